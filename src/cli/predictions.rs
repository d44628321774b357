//! The memory model as commands use it: with the learner's own parameters once the log says enough.

use super::CliError;
use super::progress::Progress;
use crate::schedule::{
    CardId, CardState, Day, Fitted, Histories, History, MemoryModel, Parameters, Studied, Trace, is_fit_wanted,
    is_fitted_whole, recent_days,
};
use crate::store::Store;
use crate::terminal::wait;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A fit that takes longer than this is spoken of.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the learner's answers left, and the model that predicts from it.
pub(super) struct Predictions {
    day: Day,
    pub(super) traces: HashMap<CardId, Trace>,
    /// The live reviews of the last days.
    pub(super) lately: HashMap<CardId, History>,
    pub(super) model: MemoryModel,
    /// What the model's parameters were fitted to; none for the published ones.
    pub(super) fitted: Option<Fitted>,
}

impl Predictions {
    fn read(store: &Store, day: Day) -> Result<Self, CliError> {
        let fitted = store.fitted()?;
        let lately = store.histories_of(recent_days(day))?;
        Ok(Self { day, traces: store.traces(None)?, lately, model: model(fitted.as_ref()), fitted })
    }

    /// A card as the statistics see it.
    pub(super) fn studied(&self, card: &CardId, state: CardState) -> Studied {
        let lately = self.lately.get(card).map(Vec::as_slice).unwrap_or_default();
        Studied::new(state, self.traces.get(card).copied(), lately, self.day)
    }

    /// Live reviews.
    pub(super) fn reviews(&self) -> usize {
        self.traces.values().map(|trace| trace.reviews).sum()
    }

    /// Whether the log has grown so much that the parameters should be fitted anew.
    pub(super) fn is_fit_wanted(&self) -> bool {
        is_fit_wanted(self.reviews(), self.fitted.as_ref())
    }
}

fn model(fitted: Option<&Fitted>) -> MemoryModel {
    MemoryModel::new(&fitted.map(|fitted| fitted.parameters.clone()).unwrap_or_default())
}

/// Runs a command with the parameters there are. Meanwhile, if the log has grown enough, they are fitted anew, for the
/// next command; but not to a log so long that this would hold anybody up: [`run_fitted`] does that. Interrupted, nothing
/// but the fit is lost.
pub(super) fn run_while_fitting(
    mut store: Store,
    day: Day,
    command: impl FnOnce(&Store, Predictions) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let predictions = Predictions::read(&store, day)?;
    let is_wanted = predictions.is_fit_wanted() && is_fitted_whole(predictions.reviews());
    let fitting = if is_wanted { Some(Fitting::begin(&store, &predictions)?) } else { None };
    command(&store, predictions)?;
    if let Some(fitted) = fitting.and_then(Fitting::finish) {
        keep(&mut store, &fitted)?;
    }
    Ok(())
}

/// Runs a command with parameters that are fitted to the log as it is, however long it is, if it has grown enough since
/// they were.
pub(super) fn run_fitted(
    mut store: Store,
    day: Day,
    command: impl FnOnce(&Store, Predictions) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut predictions = Predictions::read(&store, day)?;
    if predictions.is_fit_wanted()
        && let Some(fitted) = Fitting::begin(&store, &predictions)?.finish()
    {
        keep(&mut store, &fitted)?;
        predictions = Predictions::read(&store, day)?;
    }
    command(&store, predictions)
}

fn keep(store: &mut Store, fitted: &Fitted) -> Result<(), CliError> {
    let mut progress = Progress::new("predicting anew");
    Ok(store.keep_fitted(fitted, &mut |done, total| progress.at(done, total))?)
}

/// A fit in a thread of its own, which ends with the program if nobody waits for it.
struct Fitting {
    parameters: Receiver<Option<Parameters>>,
    reviews: usize,
    log_reviews: usize,
}

impl Fitting {
    fn begin(store: &Store, predictions: &Predictions) -> Result<Self, CliError> {
        let histories = store.histories_to_fit(&predictions.traces)?;
        let reviews = histories.values().map(Vec::len).sum();
        Ok(Self { parameters: fit(histories), reviews, log_reviews: predictions.reviews() })
    }

    fn finish(self) -> Option<Fitted> {
        let Self { parameters, reviews, log_reviews } = self;
        let parameters = match parameters.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => {
                wait("fitting the predictions to your answers", || parameters.recv()).ok()?
            }
            fitted => fitted.ok()?,
        }?;
        Some(Fitted { parameters, reviews, log_reviews })
    }
}

fn fit(histories: Histories) -> Receiver<Option<Parameters>> {
    let (done, fitting) = channel();
    thread::spawn(move || done.send(Parameters::fit(&histories)));
    fitting
}
