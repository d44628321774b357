//! How it goes, read from the log: the same for the terminal, the page and the JSON.

use super::agenda::Agenda;
use super::cards::Cards as _;
use super::daily::Daily;
use super::error::Result;
use super::recall::rightness;
use super::towards::{Towards, Way};
use crate::catalog::Catalog;
use crate::estimate::cure;
use crate::report;
use crate::report::activity::{Activity, LOOKED_BACK_DAYS};
use crate::report::card::Curve;
use crate::report::numbers::{ConfidenceSum, Cure, NumbersSum};
use crate::report::plan::Plan;
use crate::report::stats::{Cards, Known, Lens, Stats, Today};
use crate::schedule::{CardId, Day, Interview, MemoryModel, Standing, StandingSum, recent_days};
use crate::store::deck_index::Scope;
use crate::store::{Answers, Heirs, Store, StoreError};

/// So many days to come are forecast, today included.
const FORECAST_DAYS: u32 = 30;

/// Which answers are looked at.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The cards whose answers are looked at.
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
    let _snapshot = store.snapshot()?;
    let agenda = Agenda::new(catalog, store, daily, looked.scope.clone())?;
    let (fitted, heirs) = (store.traces().fitted()?, store.marks().heirs()?);
    let from = looked
        .since
        .map(|since| Ok::<_, StoreError>((since, store.traces().since(since, &heirs, usize::MAX)?)))
        .transpose()?;
    let mut all = store.traces().in_all(&heirs)?;
    if let Some((_, traces)) = &from {
        all = Answers { reviews: all.reviews, ..Answers::default() };
        traces.values().for_each(|trace| all.add(&trace.answered, &trace.by_gap));
    }
    let mut cards = Cards::new(Lens {
        model: model(store)?,
        day,
        interview: store.marks().interview()?.map(|interview| interview.day).filter(|interview| day <= *interview),
        lately: store.reviews().histories(recent_days(day), &heirs)?,
        since: from,
        some: looked.some,
    });
    let Done { activity, numbers, sure } = read(store, looked, day, &heirs, &mut cards)?;
    let first = looked.since.unwrap_or(day.before(LOOKED_BACK_DAYS - 1)).min(day);
    let met = store.states().started_by_day(first..=day, &heirs)?;
    let days = activity.days(cards.started().unwrap_or(&met));
    let mut numbers = numbers.numbers();
    for slip in &mut numbers.slips {
        slip.example = store.reviews().typed_text(slip.row)?;
        if let Some(card) = cure(&slip.slip) {
            let question = store.deck_index().prompt_of(card)?;
            slip.cure = question.map(|question| Cure { card: card.to_owned(), question });
        }
    }
    let on = store.deck_index().decks()?.into_iter().filter_map(|deck| deck.name);
    let known = Known {
        decks: on.filter(|name| !off.contains(name) && looked.is_of(name)).collect(),
        answers: cards.answers().unwrap_or(all),
        fitted,
        reviewed: store.reviews().days()?,
        today: Today::of(&days, day, cards.started().unwrap_or(&met)),
        kinds: activity.kinds(),
        days,
        numbers,
        confidence: sure.confidence(),
        forecast: agenda.forecast(store, FORECAST_DAYS)?,
        minutes_left: agenda.minutes_left(store)?,
    };
    let mut stats = cards.stats(known);
    for card in &mut stats.hardest {
        let question = store.deck_index().prompt_of(&card.card)?.unwrap_or_default();
        // A question whose values are drawn is told as it was asked.
        let asked = if question.contains('{') { store.reviews().latest_prompt(&card.card)? } else { None };
        card.question = asked.unwrap_or(question);
    }
    Ok(stats)
}

/// Reads the cards, and what was done. What was done with any of them is read by a thread beside the cards: a life's log
/// is long.
fn read(store: &Store, looked: &Looked, day: Day, heirs: &Heirs, cards: &mut Cards) -> Result<Done> {
    let mut read_cards = || -> Result<()> {
        store.deck_index().each_studied(&looked.scope, &mut |card| cards.add(&card))?;
        cards.recent().into_iter().try_for_each(|card| {
            cards.add_history(&store.traces().history(&card)?);
            Ok(())
        })
    };
    let beside = if looked.some { None } else { store.reader()? };
    let Some(beside) = beside else {
        read_cards()?;
        return Done::read(store, looked.since, day, heirs, &|card| cards.is_chosen(card));
    };
    std::thread::scope(|scope| {
        let done = scope.spawn(move || Done::read(&beside, looked.since, day, heirs, &|_| true));
        read_cards()?;
        let done = done.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // What is wrong with the file is this store's to meet, which then leaves it as it is.
        done.or_else(|_| Done::read(store, looked.since, day, heirs, &|_| true))
    })
}

/// What was done, answer by answer.
#[derive(Default)]
struct Done {
    activity: Activity,
    numbers: NumbersSum,
    sure: ConfidenceSum,
}

impl Done {
    fn read(store: &Store, since: Option<Day>, day: Day, heirs: &Heirs, fits: &dyn Fn(&str) -> bool) -> Result<Self> {
        let mut done = Self::default();
        let days = since.unwrap_or(day.before(LOOKED_BACK_DAYS - 1))..=day;
        let ever = since.unwrap_or(Day::FIRST)..=day;
        let reviews = store.reviews();
        reviews.each_of(days.clone(), heirs, &mut |answer| {
            if fits(answer.card) {
                done.activity.add(&answer);
            }
        })?;
        reviews.each_look(days, heirs, &mut |day, card, took_ms| {
            if fits(card) {
                done.activity.add_look(day, took_ms);
            }
        })?;
        reviews.each_typed(ever.clone(), heirs, &mut |typed| {
            if fits(typed.card) {
                done.numbers.add(&typed);
            }
        })?;
        reviews.each_sure(ever, heirs, &mut |answer| {
            if fits(answer.card) {
                done.sure.add(&answer);
            }
        })?;
        Ok(done)
    }
}

/// Where the plan for an interview leads to. What predicts was fitted before.
///
/// # Errors
/// The database.
pub fn plan(store: &Store, daily: &Daily, interview: Interview) -> Result<Plan> {
    let (today, on) = (daily.day, daily.on());
    let way = Way::read(store, interview, today)?;
    let (has_begun, scope) = (way.has_begun(), way.scope(&on));
    let aside = |store: &Store| Aside::read(store, &on, interview.day, today);
    // What needs no forecast is read by a thread beside it.
    let reader = store.reader()?;
    let (towards, prospects, aside) = std::thread::scope(|threads| -> Result<_> {
        let beside = reader.map(|reader| threads.spawn(move || aside(&reader)));
        let towards = Towards::read_ahead(store, way, scope)?;
        let prospects = towards.prospects(store)?;
        let read = beside.map(|beside| beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        // What is wrong with the file is this store's to meet.
        let read = read.and_then(Result::ok).map_or_else(|| aside(store), Ok)?;
        Ok((towards, prospects, read))
    })?;
    let Aside { standing, answers, rightness } = aside;
    let (cards, style) = (towards.card_counts(store)?, store.marks().wishes()?.style);
    let known = report::plan::Known { interview, today, style, cards, prospects, rightness, standing, answers };
    let mut plan = Plan::of(known);
    // What is asked today is known, and the same wherever it is said.
    if let Some(first) = plan.days.first_mut().filter(|first| has_begun && first.day == today.to_string()) {
        (first.due, first.new) = (towards.due_count(store)?, towards.new_count(store, usize::MAX)?);
    }
    Ok(plan)
}

/// What a plan says beside its forecast.
struct Aside {
    standing: Standing,
    answers: usize,
    rightness: f64,
}

impl Aside {
    fn read(store: &Store, on: &Scope, interview: Day, today: Day) -> Result<Self> {
        let (fitted, model, heirs) = (store.traces().fitted()?, model(store)?, store.marks().heirs()?);
        let lately = store.reviews().histories(recent_days(today), &heirs)?;
        let mut standing = StandingSum::default();
        let mut new = store.deck_index().new_counts(on)?.values().sum::<usize>();
        store.deck_index().each_seen(on, &mut |card, seen| {
            let lately = lately.get(card).map(Vec::as_slice).unwrap_or_default();
            new = new.saturating_sub(usize::from(!seen.is_suspended && seen.interval_days.is_none()));
            standing.add_seen(&seen, lately, &model, today, interview);
        })?;
        standing.add_unseen(new);
        Ok(Self {
            standing: standing.standing(true),
            answers: fitted.map_or(0, |fitted| fitted.reviews),
            rightness: rightness(store, today, &heirs)?,
        })
    }
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
