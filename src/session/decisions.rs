//! Decisions about a card: it is suspended, flagged, skipped, or looked at first.

use super::done::{Aside, Done, Marking};
use super::effect::{Effect, Marked};
use super::machine::Session;
use super::open::Open;
use super::reply::{Refusal, Which};
use crate::deck::Card;
use crate::log::MarkKind;
use crate::schedule::{CardId, CardState, GAP_BEFORE_TEST};
use std::sync::Arc;

/// After how many other cards a card that was looked at is asked.
const LOOKED_GAP: usize = 4;

impl Session {
    /// The card that a decision is about, and its state.
    fn concerned(&self, which: Which) -> Result<(CardId, CardState), Refusal> {
        let item = match which {
            Which::Open => self.open().map(|open| &open.item).ok_or_else(|| self.nothing_is_open())?,
            Which::Last => {
                let none = || Refusal::new("nothing was answered in this session yet");
                self.answers.last().map(|answer| &answer.item).ok_or_else(none)?
            }
        };
        Ok((item.brief.id.clone(), item.state))
    }

    pub(super) fn mark(&self, which: Which, kind: impl Fn(CardState) -> MarkKind) -> Result<Effect, Refusal> {
        let (card, state) = self.concerned(which)?;
        Ok(Effect::Mark(Marking { card, kind: kind(state), is_undo: false }))
    }

    /// The mark is on disk and the card now stands like this: a suspended one leaves the session, one that was looked at
    /// comes later.
    pub fn marked(&mut self, marking: Marking, state: CardState) -> Marked {
        let Marking { card, kind, is_undo } = marking;
        self.stands(&card, state);
        if is_undo {
            return Marked::TakenBack(self.unmarked(state));
        }
        match kind {
            MarkKind::Suspend => {
                let aside = self.put_aside(&card);
                self.done.push(Done::Suspend(aside));
                self.leave_round();
                Marked::Suspended
            }
            MarkKind::Look { .. } => self.looked(),
            MarkKind::Note(text) => {
                self.done.push(Done::Flag(card, MarkKind::Note(text.clone())));
                Marked::Noted(text)
            }
            kind => {
                self.done.push(Done::Flag(card, kind));
                Marked::Flagged(state.flagged)
            }
        }
    }

    pub(super) fn edit(&self, which: Which) -> Result<Effect, Refusal> {
        Ok(Effect::Edit(self.concerned(which)?.0))
    }

    /// A note on a card, to be saved.
    pub fn note(card: CardId, text: &str) -> Effect {
        Effect::Mark(Marking { card, kind: MarkKind::Note(text.to_owned()), is_undo: false })
    }

    /// A card was changed in its file. Where it is open, it is asked as it is written now; where no deck has it any more, it
    /// does not return in this session.
    pub fn reread(&mut self, id: &CardId, card: Option<Arc<Card>>) {
        let now = |open: &Open, card: &Arc<Card>| {
            let mut item = open.item.clone();
            item.brief = card.brief();
            item.weak.clear();
            Open { took_s: open.took_s, ..Open::new(item, Arc::clone(card)) }
        };
        if let Some(card) = &card {
            for answer in self.answers.iter_mut().filter(|answer| answer.item.brief.id == *id) {
                *answer.open = now(&answer.open, card);
            }
        }
        if !self.is_open(id) {
            return;
        }
        // A chain is asked from its beginning.
        while matches!(self.done.last(), Some(Done::Step | Done::StepRegrade(_))) {
            self.done.pop();
        }
        match card {
            Some(card) => {
                if let Some(open) = self.open_mut() {
                    *open = now(open, &card);
                }
            }
            None => drop(self.put_aside(id)),
        }
    }

    /// Everything in this session that has to do with a card takes its state.
    pub(super) fn stands(&mut self, card: &CardId, state: CardState) {
        let answered = self.answers.iter_mut().map(|answer| &mut answer.item);
        for item in answered.chain(self.waiting.items_mut()).filter(|item| item.brief.id == *card) {
            item.state = state;
        }
        if let Some(open) = self.open_mut().filter(|open| open.item.brief.id == *card) {
            open.item.state = state;
        }
    }

    pub(super) fn skip(&mut self) -> Result<Effect, Refusal> {
        let (card, _) = self.concerned(Which::Open)?;
        let aside = self.put_aside(&card);
        self.done.push(Done::Skip(aside));
        Ok(Effect::Skipped(card))
    }

    /// Takes a card out of this session.
    fn put_aside(&mut self, card: &CardId) -> Aside {
        let open = if self.is_open(card) { self.close() } else { None };
        let was_gone = !self.gone.insert(card.clone());
        Aside { card: card.clone(), open, removed: self.waiting.remove(card), was_gone }
    }

    pub(super) fn look(&self, took_s: f64) -> Result<Effect, Refusal> {
        let Some(open) = self.open() else { return Err(self.nothing_is_open()) };
        if open.item.state.started.is_some() || open.item.repeat || !open.asked.answered().is_empty() {
            return Err(Refusal::new("only a new card can be looked at: this one was asked before"));
        }
        let kind = MarkKind::Look { took_ms: (took_s * 1000.0).round() as u64 };
        Ok(Effect::Mark(Marking { card: open.item.brief.id.clone(), kind, is_undo: false }))
    }

    /// The open card was looked at: it is asked later.
    fn looked(&mut self) -> Marked {
        let Ok(open) = self.take_open() else { return Marked::Looked(None) };
        self.time_box.pass(open.counted_s(&self.setup));
        self.longest_read_s = open.longest_s(&self.setup);
        let revealed = open.asked.look(&open.card);
        let later = open.item.clone().later();
        if self.is_planned() {
            self.waiting.repeats.push_back(later.not_before(self.passed() + 1 + GAP_BEFORE_TEST));
        } else {
            let at = LOOKED_GAP.min(self.waiting.queue.len());
            self.waiting.queue.insert(at, later);
        }
        self.done.push(Done::Look(open));
        Marked::Looked(Some(Box::new(revealed)))
    }
}
