//! `review`: a session on the cards that are due.

use super::args::{Review, Select};
use super::{Broken, CliError, Context};
use crate::deck::{Card, Library};
use crate::drive::{Drive, FrontEnd, Opening};
use crate::jsonl::JsonLines;
use crate::schedule::{CardId, CardState, Mode};
use crate::session::{Candidate, Planned, Session, Setup, plan, weak_step_ids};
use crate::store::Store;
use crate::terminal::Terminal;
use console::Term;
use std::collections::HashMap;
use std::io::{self, BufReader};

/// Which cards a command may ask.
pub(super) struct Filter<'a> {
    select: &'a Select,
    off: &'a [String],
}

impl<'a> Filter<'a> {
    /// Checks that the decks named exist.
    pub(super) fn new(library: &Library, select: &'a Select, off: &'a [String]) -> Result<Self, CliError> {
        for name in select.deck.iter().chain(off) {
            library.deck(name)?;
        }
        Ok(Self { select, off })
    }

    fn takes(&self, card: &Card) -> bool {
        let Select { deck, tag, kind } = self.select;
        let name = card.id.deck();
        // A deck that is asked for by name is asked, though it be switched off.
        let deck_fits =
            if deck.is_empty() { !self.off.iter().any(|off| off == name) } else { deck.iter().any(|d| d == name) };
        deck_fits
            && (tag.is_empty() || tag.iter().any(|tag| card.tags.contains(tag)))
            && (kind.is_empty() || kind.iter().any(|kind| kind.0 == card.body.kind()))
    }

    /// The cards that may be asked, with their states.
    pub(super) fn candidates<'b>(
        &self,
        library: &'b Library,
        states: &HashMap<CardId, CardState>,
    ) -> Vec<Candidate<'b>> {
        let fits = library.cards().filter(|card| self.takes(card));
        fits.map(|card| Candidate { card, state: states.get(&card.id).copied().unwrap_or_default() }).collect()
    }
}

pub(super) fn review(mut context: Context, args: &Review) -> Result<(), CliError> {
    let library = context.library(Broken::LeftOut)?;
    let filter = Filter::new(&library, &args.select, &context.settings.decks_off)?;
    let term = Term::stdout();
    let person = term.is_term() && console::user_attended();
    if !args.json && !person {
        return Err(CliError::Plain(
            "review needs a terminal to ask in: run it in one, or use review --json from a program".to_owned(),
        ));
    }
    let mut store = context.store()?;
    let (day, states) = (context.clock.today(), store.states()?);
    let allowance = args.new.unwrap_or(context.settings.new_per_day).saturating_sub(store.started_on(day)?);
    let seed = args.seed.unwrap_or_else(|| rand::random_range(0..crate::estimate::SEEDS));
    let candidates = filter.candidates(&library, &states);
    let (mut planned, counts) = plan(&candidates, day, allowance as usize, seed);
    planned.truncate(args.limit.unwrap_or(usize::MAX));
    recall_weak_steps(&mut planned, &store)?;
    let minutes = args.minutes.unwrap_or(context.settings.minutes);
    let budget_s = (minutes > 0).then(|| f64::from(minutes) * 60.0);
    let setup = Setup { mode: Mode::Review, day, budget_s, median_seconds: store.median_seconds()? };
    let session = Session::new(setup, planned);
    let opening = Opening { mode: Mode::Review.name(), counts, budget_s };
    let drive = Drive { session, store: &mut store, library: &library, clock: &mut context.clock };
    let mut front: Box<dyn FrontEnd> = if args.json {
        Box::new(JsonLines::new(BufReader::new(io::stdin()), io::stdout()))
    } else {
        Box::new(Terminal::new(term, args.scale.unwrap_or(context.settings.scale).into()))
    };
    Ok(drive.run(front.as_mut(), opening)?)
}

/// A chain that is owed a repeat is asked its weak steps alone; which they are stands in the log.
fn recall_weak_steps(planned: &mut [Planned], store: &Store) -> Result<(), CliError> {
    for owed in planned.iter_mut().filter(|planned| planned.repeat) {
        let log = store.log(&owed.card.id)?;
        let latest = log.iter().rev().find(|entry| !entry.retracted);
        owed.weak = latest.and_then(|entry| entry.review.steps.as_deref()).map(weak_step_ids).unwrap_or_default();
    }
    Ok(())
}
