//! The rows of the log that an import brings.

use super::content::Content;
use super::error::Result;
use super::shelf::Brought;
use super::{Destination, Preview};
use crate::exchange::{Incoming, IncomingCard, IncomingProgress, IncomingReview};
use crate::fnv::Fnv;
use crate::log::{Import, Imported, LogId, Mark, MarkKind, Review, Row, Start, Wrote};
use crate::schedule::{CardId, CardState, Mode};
use crate::store::{Stands, Store};
use std::collections::{BTreeSet, HashMap, HashSet};

/// An answer of ours that comes back has its time, to so many milliseconds.
const ROUND_TRIP_MS: i64 = 50;

/// Writes the rows of an import, card by card.
pub(super) struct Writer<'a> {
    store: &'a mut Store,
    destination: &'a Destination<'a>,
    program: &'static str,
    import: LogId,
    at_ms: i64,
    undone: HashSet<LogId>,
    rows: Vec<Row>,
    reviews: usize,
    starts: usize,
    suspended: usize,
    flagged: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        store: &'a mut Store,
        incoming: &Incoming,
        destination: &'a Destination<'a>,
        at_ms: i64,
    ) -> Result<Self> {
        let undone = store.marks().undone()?;
        let import = store.new_session(at_ms);
        let program = incoming.program;
        Ok(Self {
            store,
            destination,
            program,
            import,
            at_ms,
            undone,
            rows: Vec::new(),
            reviews: 0,
            starts: 0,
            suspended: 0,
            flagged: 0,
        })
    }

    /// Writes what a card brings. `content` is what the file says of it now, `before` what the last import brought.
    pub(super) fn card(
        &mut self,
        card: &IncomingCard,
        origin: &str,
        cards: &[Brought],
        content: &Content,
        was: Option<String>,
        before: Option<&Imported>,
    ) -> Result<()> {
        let mut brought = Vec::new();
        for progress in &card.progress {
            let here = cards.iter().find(|here| here.gap == progress.gap || cards.len() == 1 && progress.gap.is_none());
            if let Some(here) = here {
                let origin = match progress.gap {
                    Some(gap) => format!("{origin}#{gap}"),
                    None => origin.to_owned(),
                };
                self.progress(progress, &origin, here, before.is_none(), &mut brought)?;
            }
        }
        let is_as_before = before.is_some_and(|before| before.text == content.text && before.tags == content.tags);
        if brought.is_empty() && was.is_none() && is_as_before {
            return Ok(());
        }
        let imported = Imported {
            import: self.import,
            origin: origin.to_owned(),
            text: content.text.clone(),
            tags: content.tags.clone(),
            was,
            rows: brought,
        };
        self.mark(&cards[0].id, MarkKind::Imported(imported));
        Ok(())
    }

    fn progress(
        &mut self,
        progress: &IncomingProgress,
        origin: &str,
        here: &Brought,
        is_new: bool,
        brought: &mut Vec<LogId>,
    ) -> Result<()> {
        // What was answered here comes back with the card; on the way no two answers could have the same time.
        let near = |at_ms: i64| at_ms - ROUND_TRIP_MS..=at_ms + ROUND_TRIP_MS;
        let known: BTreeSet<i64> = match here.is_ours {
            true => self.store.reviews().of_card(&here.id)?.iter().map(|entry| entry.review.at_ms).collect(),
            false => BTreeSet::new(),
        };
        let is_new = is_new && (!here.is_ours || self.store.states().of(&here.id)? == CardState::default());
        // Two answers of one moment are told apart by their order.
        let mut of_moment: HashMap<i64, u64> = HashMap::new();
        for review in progress.reviews.iter().filter(|review| known.range(near(review.at_ms)).next().is_none()) {
            let nth = of_moment.entry(review.at_ms).or_default();
            *nth += 1;
            self.review(review, origin, here, *nth, brought)?;
        }
        if let Some((day, scheduled)) = progress.start
            && !self.store.reviews().is_answered_here(&here.id)?
        {
            let day = day.min(self.destination.today);
            let kind = MarkKind::Start(Start { from: self.program.to_owned(), day, scheduled });
            self.starts += usize::from(self.decided(progress, origin, here, kind, brought)?);
        }
        if progress.is_suspended && (is_new || self.is_undecided(here, [MarkKind::Suspend, MarkKind::Resume])?) {
            self.suspended += usize::from(self.decided(progress, origin, here, MarkKind::Suspend, brought)?);
        }
        if progress.is_flagged && (is_new || self.is_undecided(here, [MarkKind::Flag, MarkKind::Unflag])?) {
            self.flagged += usize::from(self.decided(progress, origin, here, MarkKind::Flag, brought)?);
        }
        Ok(())
    }

    /// Whether nobody has decided here whether the card is in or out, or flagged: what was decided here stands.
    fn is_undecided(&self, here: &Brought, kinds: [MarkKind; 2]) -> Result<bool> {
        Ok(!self.store.marks().of_card(&here.id)?.iter().any(|mark| kinds.contains(&mark.kind)))
    }

    /// A review, unless it is there or is of a day to come.
    fn review(
        &mut self,
        review: &IncomingReview,
        origin: &str,
        here: &Brought,
        nth: u64,
        brought: &mut Vec<LogId>,
    ) -> Result<()> {
        let day = (self.destination.day_of)(review.at_ms);
        if day > self.destination.today {
            return Ok(());
        }
        let mut generation = 0;
        let id = loop {
            let id = id(review.at_ms, &[origin, "review"], &[nth, generation]);
            match self.store.reviews().stands(id)? {
                Stands::Unknown => break id,
                Stands::Live => return Ok(()),
                // What was taken back stays so: it comes again as another row.
                Stands::TakenBack => generation += 1,
            }
        };
        let row = Review {
            card: here.id.clone(),
            at_ms: review.at_ms,
            day,
            quality: review.quality,
            session: id_of_day(self.program, review.at_ms, day.epoch_days()),
            mode: Mode::Review,
            kind: here.kind.to_owned(),
            took_ms: review.took_ms,
            // What was shown there is not known; what the card says now may be something else.
            prompt: String::new(),
            given: None,
            ratio: None,
            slip: None,
            seed: None,
            drawn: None,
            steps: None,
            options: None,
            confidence: None,
            source: Some(self.program.to_owned()),
        };
        self.rows.push(row.row(id, review.at_ms));
        self.reviews += 1;
        brought.push(id);
        Ok(())
    }

    /// A mark of the time since which the card stands so, unless it is there. Says whether it is new.
    fn decided(
        &mut self,
        progress: &IncomingProgress,
        origin: &str,
        here: &Brought,
        kind: MarkKind,
        brought: &mut Vec<LogId>,
    ) -> Result<bool> {
        let what = kind.to_string();
        let mut generation = 0;
        let id = loop {
            let id = id(progress.at_ms, &[origin, &what], &[generation]);
            match self.store.marks().has(id)? {
                false => break id,
                true if self.undone.contains(&id) => generation += 1,
                true => return Ok(false),
            }
        };
        let day = match &kind {
            MarkKind::Start(start) => start.day,
            _ => (self.destination.day_of)(progress.at_ms).min(self.destination.today),
        };
        let mark = Mark::of_card(here.id.clone(), kind, progress.at_ms, day);
        self.rows.push(mark.row(id, progress.at_ms));
        brought.push(id);
        Ok(true)
    }

    fn mark(&mut self, card: &CardId, kind: MarkKind) {
        let id = self.store.new_session(self.at_ms);
        self.rows.push(Mark::of_card(card.clone(), kind, self.at_ms, self.destination.today).row(id, self.at_ms));
    }

    /// What is read meanwhile.
    pub(super) fn store(&self) -> &Store {
        self.store
    }

    /// Puts the rows into the preview, with the mark of the import itself, where there is anything.
    pub(super) fn finish(mut self, wrote: Vec<Wrote>, preview: &mut Preview) {
        (preview.reviews, preview.starts, preview.suspended, preview.flagged) =
            (self.reviews, self.starts, self.suspended, self.flagged);
        if self.rows.is_empty() && wrote.is_empty() {
            return;
        }
        let import = Import { from: self.program.to_owned(), file: self.destination.file.to_owned(), wrote };
        let mark =
            Mark { card: None, kind: MarkKind::Import(import), at_ms: self.at_ms, day: Some(self.destination.today) };
        self.rows.push(mark.row(self.import, self.at_ms));
        preview.rows = std::mem::take(&mut self.rows);
    }
}

/// An id that comes from a time and from what it is about, so that what is brought twice is there once.
fn id(at_ms: i64, about: &[&str], numbers: &[u64]) -> LogId {
    let of = |salt: u8| {
        let mut hash = Fnv::new();
        hash.add(&[salt]);
        about.iter().for_each(|text| hash.add(text.as_bytes()));
        numbers.iter().for_each(|number| hash.add(&number.to_le_bytes()));
        hash.value().to_le_bytes()
    };
    let mut entropy = [0; 10];
    entropy[..8].copy_from_slice(&of(0));
    entropy[8..].copy_from_slice(&of(1)[..2]);
    LogId::new(at_ms, entropy)
}

/// The sitting that a foreign answer counts for: that program's day.
fn id_of_day(program: &str, at_ms: i64, day: i64) -> LogId {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    id(at_ms - at_ms.rem_euclid(DAY_MS), &[program, "day"], &[day.unsigned_abs()])
}
