//! How it goes, read from the log: the same for the terminal, the page and the JSON.

use super::agenda::Agenda;
use super::daily::Daily;
use super::error::Result;
use crate::catalog::Catalog;
use crate::report::activity::{Activity, LOOKED_BACK_DAYS};
use crate::report::card::Curve;
use crate::report::numbers::{ConfidenceSum, NumbersSum};
use crate::report::stats::{Cards, Known, Stats, Today};
use crate::report::{self, plan::Plan};
use crate::schedule::{CardId, Day, Interview, MemoryModel, StandingSum, Studied, recent_days};
use crate::store::Store;
use crate::store::deck_index::Scope;

/// So many days to come are forecast, today included.
const FORECAST_DAYS: u32 = 30;

/// Which answers are looked at.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Of these cards.
    pub scope: Scope,
    /// Whether these are not all that there are.
    pub some: bool,
    /// From this day on; without one, of the last year, and typed numbers of all time.
    pub since: Option<Day>,
}

/// What predicts, with the parameters that are kept.
fn model(store: &Store) -> Result<MemoryModel> {
    Ok(MemoryModel::new(&store.traces().fitted()?.map(|fitted| fitted.parameters).unwrap_or_default()))
}

/// How it goes. What predicts was fitted before.
///
/// # Errors
/// The database.
pub fn stats(catalog: &Catalog, store: &Store, daily: Daily, looked: &Looked) -> Result<Stats> {
    let day = daily.day;
    let off = daily.decks_off.clone();
    let agenda = Agenda::new(catalog, store, daily, looked.scope.clone())?;
    let (fitted, model) = (store.traces().fitted()?, model(store)?);
    let lately = store.reviews().histories(recent_days(day))?;
    let interview = store.marks().interview()?.map(|interview| interview.day).filter(|interview| day <= *interview);
    let mut cards = Cards::new(&model, day, interview, &lately, looked.some);
    store.deck_index().each_studied(&looked.scope, &mut |card| cards.add(&card))?;

    let since = looked.since.unwrap_or(day.before(LOOKED_BACK_DAYS - 1));
    let mut activity = Activity::default();
    store.reviews().each_of(since..=day, &mut |answer| {
        if cards.is_chosen(answer.card) {
            activity.add(&answer);
        }
    })?;
    let ever = looked.since.unwrap_or(Day::FIRST);
    let (mut numbers, mut sure) = (NumbersSum::default(), ConfidenceSum::default());
    store.reviews().each_typed(ever..=day, &mut |typed| {
        if cards.is_chosen(typed.card) {
            numbers.add(&typed);
        }
    })?;
    store.reviews().each_sure(ever..=day, &mut |answer| {
        if cards.is_chosen(answer.card) {
            sure.add(&answer);
        }
    })?;
    let recent = cards.recent();
    for card in &recent {
        cards.add_history(&store.traces().history(card)?);
    }
    let days = activity.days(&store.states().started_by_day(since..=day)?);
    let mut numbers = numbers.numbers();
    for slip in &mut numbers.slips {
        slip.example = store.reviews().typed_text(slip.row)?;
    }
    let today = days.last().filter(|last| last.day == day);
    let on = store.deck_index().decks()?.into_iter().filter_map(|deck| deck.name);
    let answers = cards.answers().map_or_else(|| store.traces().in_all(), Ok)?;
    let known = Known {
        decks: on.filter(|name| !off.contains(name) && looked.is_of(name)).collect(),
        answers,
        fitted,
        reviewed: store.reviews().days()?,
        today: Today {
            answers: today.map_or(0, |today| today.answers),
            right: today.map_or(0, |today| today.right),
            minutes: today.map_or(0.0, |today| today.minutes),
            new: store.states().started_on(day)?,
        },
        kinds: activity.kinds(),
        days,
        numbers,
        confidence: sure.confidence(),
        forecast: agenda.forecast(store, FORECAST_DAYS)?,
        flagged: store.deck_index().flagged()?.len(),
    };
    let mut stats = cards.stats(known);
    for card in &mut stats.hardest {
        card.question = store.deck_index().prompt_of(&card.card)?.unwrap_or_default();
    }
    Ok(stats)
}

/// Where the plan for an interview leads to. What predicts was fitted before.
///
/// # Errors
/// The database.
pub fn plan(catalog: &Catalog, store: &Store, daily: Daily, interview: Interview) -> Result<Plan> {
    let (today, on) = (daily.day, daily.on());
    let agenda = Agenda::new(catalog, store, daily, on.clone())?;
    let (cards, prospects) = agenda.prospects(store)?;
    let (fitted, model) = (store.traces().fitted()?, model(store)?);
    let lately = store.reviews().histories(recent_days(today))?;
    let mut standing = StandingSum::default();
    store.deck_index().each_studied(&on, &mut |card| {
        let lately = CardId::parse(card.card).ok().and_then(|id| lately.get(&id)).map(Vec::as_slice);
        let studied = Studied::new(card.state, card.trace, lately.unwrap_or_default(), today);
        standing.add(&studied, &model, today, Some(interview.day));
    })?;
    Ok(Plan::of(report::plan::Known {
        interview,
        today,
        style: store.marks().wishes()?.style,
        cards,
        prospects,
        standing: standing.standing(true),
        answers: fitted.map_or(0, |fitted| fitted.reviews),
    }))
}

/// How likely a card was recalled until a day, and how it was answered.
///
/// # Errors
/// The database.
pub fn curve(store: &Store, card: &CardId, until: Day) -> Result<Curve> {
    Ok(Curve::of(&store.traces().history(card)?, &model(store)?, until))
}

impl Looked {
    fn is_of(&self, deck: &str) -> bool {
        self.scope.decks.is_empty() || self.scope.decks.iter().any(|of| of == deck)
    }
}
