//! How likely the cards of a day are to be recalled.

use super::error::Result;
use crate::schedule::{CardId, Day, Fitted, MemoryModel, Parameters, is_fit_wanted, is_fitted_in_passing};
use crate::store::{Heard, Heirs, Store, StoreError};
use std::collections::{BTreeSet, HashMap};

/// What was predicted is held against the answers of so many days; it is trusted as if so many more had come out as predicted.
const LATELY_DAYS: i64 = 8;
const TRUSTED: f64 = 40.0;
/// Of cards with more reviews than these some are looked at: their answers tell it.
const MOST_WALKED: usize = 4_000;

/// The chance of recalling each of these cards on a day; one never asked is not in it.
pub(super) fn recalls<'a>(
    store: &Store,
    cards: impl Iterator<Item = &'a CardId>,
    day: Day,
) -> Result<HashMap<CardId, f64>> {
    let model = model(store)?;
    let decks: BTreeSet<&str> = cards.map(CardId::deck).collect();
    let mut recalls = HashMap::new();
    for deck in decks {
        let of_deck = store.traces().of_deck(Some(deck))?.into_iter();
        recalls.extend(of_deck.map(|(card, trace)| (card, model.recall(&trace.memory, day))));
    }
    Ok(recalls)
}

/// The learner's memory, as far as it is known.
pub(super) fn model(store: &Store) -> std::result::Result<MemoryModel, StoreError> {
    let fitted = store.traces().fitted()?;
    Ok(MemoryModel::new(&fitted.map_or_else(Parameters::of_most, |fitted| fitted.parameters)))
}

/// How many times as many answers of the last days were right as was predicted, of those to cards that were not seen for some
/// days: most cards will not have been on the day of an interview.
pub(super) fn rightness(store: &Store, day: Day, heirs: &Heirs) -> Result<f64> {
    let (mut recalled, mut expected) = (TRUSTED, TRUSTED);
    for trace in store.traces().since(day.before(LATELY_DAYS), heirs, MOST_WALKED)?.values() {
        for tally in &trace.by_gap[1..] {
            recalled += tally.recalled as f64;
            expected += tally.expected;
        }
    }
    Ok(recalled / expected)
}

/// Fits the parameters, where a plan decides on that day what is asked: whatever speaks of the day reads the same ones.
///
/// # Errors
/// The database could not be read or written.
pub fn fit_for_plan(store: &mut Store, day: Day) -> Result<()> {
    match store.marks().interview()? {
        Some(interview) if day < interview.day => fit(store, false, &mut |_, _| ()),
        _ => Ok(()),
    }
}

/// Fits the parameters to the log as it is, if it has grown enough since they were. Of a log that is too long to be
/// walked in passing only if `all` is wanted. `heard` hears how much of the log was walked.
///
/// # Errors
/// The database could not be read or written.
pub fn fit(store: &mut Store, all: bool, heard: Heard) -> Result<()> {
    let reviews = store.reviews().count()?;
    let before = store.traces().fitted()?;
    if !is_fit_wanted(reviews, before.as_ref()) || !(all || is_fitted_in_passing(reviews)) {
        return Ok(());
    }
    let histories = store.traces().histories_to_fit()?;
    let fitted_to = histories.values().map(Vec::len).sum();
    // A log of days to come says nothing yet.
    if fitted_to == 0 {
        return Ok(());
    }
    let fitted = Fitted { parameters: Parameters::fit(&histories), reviews: fitted_to, log_reviews: reviews };
    Ok(store.keep_fitted(&fitted, heard)?)
}
