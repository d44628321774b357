//! What a day could still have when its cards are done.

use super::agenda::Agenda;
use super::daily::Daily;
use super::error::Result;
use super::recall::fit_for_plan;
use crate::catalog::Catalog;
use crate::deck::Kind;
use crate::session::Counts;
use crate::store::Store;
use crate::store::deck_index::{Indexed, Scope};

/// What could fill the rest of a day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rest {
    /// New cards that were never asked, at most so many as were wanted. Under a plan there are none: it has its own.
    pub new: usize,
    /// What the plan has for the rest of the day's minutes; none without a plan.
    pub planned: Option<Counts>,
    /// The minutes that a day has, and the seconds that are left of them; none where a day has no end.
    pub box_left: Option<(u32, f64)>,
    /// Whether there is anything for a sprint.
    pub has_estimates: bool,
    /// No interview is planned for.
    pub is_unplanned: bool,
}

/// Looks what is there beyond the day's cards, at most so many new ones.
///
/// # Errors
/// A deck or a tag that there is not, or the database.
pub fn rest(store: &mut Store, catalog: &Catalog, daily: Daily, scope: &Scope, most_new: usize) -> Result<Rest> {
    let is_unplanned = store.marks().interview()?.is_none_or(|interview| interview.day < daily.day);
    let estimate = Kind::Estimate.name().to_owned();
    let may_be_asked = scope.kinds.is_empty() || scope.kinds.contains(&estimate);
    let estimates = Scope { kinds: vec![estimate], ..scope.clone() };
    let is_asked = |card: &Indexed| card.answers == 1 && !card.state.suspended;
    let has_estimates = may_be_asked && store.deck_index().all_cards(&estimates)?.iter().any(is_asked);
    fit_for_plan(store, daily.day)?;
    let agenda = Agenda::new(catalog, store, daily, scope.clone())?;
    let planned = match agenda.left_s(store)? {
        Some(left_s) if left_s > 0.0 => Some(agenda.today(store)?),
        Some(_) => Some(Counts::default()),
        None => None,
    };
    let new = if planned.is_none() { agenda.new_within(store, most_new)? } else { 0 };
    let minutes = agenda.minutes();
    let spent_s = store.reviews().box_seconds(agenda.day())?;
    let box_left = (minutes > 0).then(|| (minutes, (f64::from(minutes) * 60.0 - spent_s).max(0.0)));
    Ok(Rest { new, planned, box_left, has_estimates, is_unplanned })
}
