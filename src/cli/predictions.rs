//! The memory model as commands use it: with the learner's own parameters once the log says enough.

use super::CliError;
use super::bar::Bar;
use crate::practice;
use crate::store::Store;

/// Fits what predicts to the log as it is, if it has grown enough since it was fitted; to a log that is too long to be
/// walked in passing only if that is asked for.
pub(super) fn fit(store: &mut Store, all: bool) -> Result<(), CliError> {
    let mut bar = Bar::new("predicting anew");
    Ok(practice::fit(store, all, &mut |done, total| bar.at(done, total))?)
}
