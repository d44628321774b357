//! The memory model as commands use it: with the learner's own parameters once the log says enough.

use super::CliError;
use super::bar::Bar;
use crate::practice;
use crate::schedule::{CardId, CardState, Day, Fitted, History, MemoryModel, Studied, Trace, recent_days};
use crate::store::Store;
use std::collections::HashMap;

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
    /// With parameters that are fitted to the log as it is, if it has grown enough since they were; of a log that is too
    /// long to be walked in passing, only if that is asked for.
    pub(super) fn read(store: &mut Store, day: Day, all: bool) -> Result<Self, CliError> {
        let mut bar = Bar::new("predicting anew");
        practice::fit(store, all, &mut |done, total| bar.at(done, total))?;
        drop(bar);
        let fitted = store.traces().fitted()?;
        let model = MemoryModel::new(&fitted.as_ref().map(|fitted| fitted.parameters.clone()).unwrap_or_default());
        let lately = store.reviews().histories(recent_days(day))?;
        Ok(Self { day, traces: store.traces().of_deck(None)?, lately, model, fitted })
    }

    /// A card as the statistics see it.
    pub(super) fn studied(&self, card: &CardId, state: CardState) -> Studied {
        let lately = self.lately.get(card).map(Vec::as_slice).unwrap_or_default();
        Studied::new(state, self.traces.get(card).copied(), lately, self.day)
    }
}
