//! The memory model as commands use it: with the learner's own parameters once the log says enough.

use super::CliError;
use crate::schedule::{CardId, Day, Histories, MemoryModel, Parameters, is_enough_to_fit, is_fit_wanted};
use crate::store::Store;
use crate::terminal::wait;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A fit that takes longer than this, once the output is written, is spoken of.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the learner answered, and the model that predicts from it.
pub(super) struct Predictions {
    pub(super) histories: Arc<Histories>,
    pub(super) model: MemoryModel,
    /// Live reviews.
    pub(super) reviews: usize,
    /// The live reviews that the model's parameters were fitted to; none for the published ones.
    pub(super) fitted_to: Option<usize>,
}

impl Predictions {
    pub(super) fn read(store: &Store) -> Result<Self, CliError> {
        let histories = Arc::new(store.histories()?);
        let reviews = histories.values().map(Vec::len).sum();
        let fitted = store.fitted()?.filter(|_| is_enough_to_fit(reviews));
        let (fitted_to, parameters) = fitted.unzip();
        Ok(Self { histories, model: MemoryModel::new(&parameters.unwrap_or_default()), reviews, fitted_to })
    }

    /// The chance of recalling a card on a day; 0 for one never asked.
    pub(super) fn recall(&self, card: &CardId, day: Day) -> f64 {
        let state = self.histories.get(card).and_then(|history| self.model.state(history));
        state.map_or(0.0, |state| self.model.recall(&state, day))
    }
}

/// Runs a command with the parameters there are. Meanwhile, if the log has grown enough, they are fitted anew, for the
/// next command. Interrupted, nothing but the fit is lost.
pub(super) fn run_while_fitting(
    mut store: Store,
    command: impl FnOnce(&Store, &Predictions) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let predictions = Predictions::read(&store)?;
    let wanted = is_fit_wanted(predictions.reviews, predictions.fitted_to);
    let fitting = wanted.then(|| fit(Arc::clone(&predictions.histories)));
    command(&store, &predictions)?;
    if let Some(parameters) = fitting.and_then(|fitting| finish(&fitting)) {
        store.keep_fitted(predictions.reviews, &parameters)?;
    }
    Ok(())
}

/// Fits in a thread of its own, which ends with the program if nobody waits for it.
fn fit(histories: Arc<Histories>) -> Receiver<Option<Parameters>> {
    let (done, fitting) = channel();
    thread::spawn(move || done.send(Parameters::fit(&histories)));
    fitting
}

fn finish(fitting: &Receiver<Option<Parameters>>) -> Option<Parameters> {
    match fitting.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => wait("fitting the predictions to your answers", || fitting.recv()).ok()?,
        fitted => fitted.ok()?,
    }
}
