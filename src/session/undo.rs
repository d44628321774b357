//! Taking back what was done last, whatever it was.

use super::done::{Aside, Done, Marking};
use super::effect::Effect;
use super::event::What;
use super::item::Item;
use super::machine::{Session, Stage};
use super::open::Open;
use super::queue::Queued;
use super::reply::Refusal;
use crate::deck::Card;
use crate::log::MarkKind;
use crate::schedule::{CardId, CardState, Mode};
use std::sync::Arc;

impl Done {
    /// Whether a question was put aside by it, which then counts as asked.
    pub(super) fn put_a_question_aside(&self) -> bool {
        matches!(self, Self::Skip(aside) | Self::Suspend(aside) if aside.open.is_some())
    }
}

impl Session {
    /// Begins to take back what was done last. What is in the log is taken back there first.
    pub(super) fn undo(&mut self, at_ms: i64) -> Result<Effect, Refusal> {
        match self.done.last() {
            None => Ok(Effect::RetractLatest),
            Some(Done::Answer) => Ok(match self.answers.last() {
                Some(answer) => Effect::Retract(answer.id, answer.item.brief.id.clone()),
                None => Effect::RetractLatest,
            }),
            Some(Done::Regrade(was)) => {
                let was = *was;
                Ok(self.regrading(was, at_ms, true).unwrap_or(Effect::RetractLatest))
            }
            Some(Done::Suspend(aside)) => Ok(unmark(&aside.card, MarkKind::Suspend)),
            Some(Done::Flag(card, kind)) => Ok(unmark(card, kind.clone())),
            Some(Done::Step | Done::StepRegrade(_) | Done::Skip(_) | Done::Look(_)) => self.undo_unsaved(),
        }
    }

    /// Takes back what is in no log.
    fn undo_unsaved(&mut self) -> Result<Effect, Refusal> {
        let undone = match self.done.pop() {
            Some(Done::Step) => self.open_mut().map(|open| {
                open.asked.undo_step();
                (What::Step, open.item.brief.id.clone())
            }),
            Some(Done::StepRegrade(was)) => self.open_mut().map(|open| {
                open.asked.regrade_step(was);
                (What::Regrade, open.item.brief.id.clone())
            }),
            Some(Done::Skip(aside)) => {
                let card = aside.card.clone();
                self.bring_back(aside);
                Some((What::Skip, card))
            }
            Some(Done::Look(open)) => {
                let card = open.item.brief.id.clone();
                // The card that waits to be asked later is this one.
                self.waiting.remove(&card);
                self.reopen(*open);
                Some((What::Look, card))
            }
            other => {
                self.done.extend(other);
                None
            }
        };
        let (what, card) = undone.ok_or_else(|| Refusal::new("there is nothing to take back"))?;
        Ok(Effect::Undone(what, card))
    }

    /// The last answer was retracted and its card now stands like this: the card is asked again at once, and the open
    /// question returns after it.
    pub fn retracted(&mut self, state: CardState) {
        self.done.pop();
        let Some(answer) = self.answers.pop() else { return };
        // What is asked again in the place of an answer of an earlier round belongs to this one.
        self.lap.before = self.lap.before.min(self.answers.len());
        let card = answer.item.brief.id.clone();
        self.stands(&card, state);
        self.forget_waiting(&card);
        let mut open = answer.open;
        open.item.state = state;
        self.reopen(*open);
    }

    /// An answer from before this session was retracted: its card is asked again at once.
    pub fn retracted_earlier(&mut self, earlier: Queued, card: Arc<Card>) {
        let item = Item::new(earlier, &self.setup);
        self.forget_waiting(&item.brief.id);
        self.gone.remove(&item.brief.id);
        self.reopen(Open::new(item, card));
    }

    /// In a daily session a card waits but once; a sprint may have more questions of the same skill.
    pub(super) fn forget_waiting(&mut self, card: &CardId) {
        if self.setup.mode == Mode::Review {
            self.waiting.remove(card);
        }
    }

    /// The last mark was taken back.
    pub(super) fn unmarked(&mut self, state: CardState) -> What {
        match self.done.pop() {
            Some(Done::Suspend(mut aside)) => {
                let open = aside.open.iter_mut().map(|open| &mut open.item);
                for item in open.chain(aside.removed.items_mut()) {
                    item.state = state;
                }
                self.bring_back(aside);
                self.leave_round();
                What::Suspend
            }
            Some(Done::Flag(_, MarkKind::Unflag)) => What::Unflag,
            Some(Done::Flag(_, MarkKind::Note(_))) => What::Note,
            _ => What::Flag,
        }
    }

    /// Takes a card into this session again.
    fn bring_back(&mut self, aside: Aside) {
        let Aside { card, open, removed, was_gone } = aside;
        if !was_gone {
            self.gone.remove(&card);
        }
        self.waiting.put_back(removed);
        if let Some(open) = open {
            self.reopen(*open);
        }
    }

    /// Opens a question again; the open one returns after it.
    fn reopen(&mut self, open: Open) {
        if let Some(interrupted) = self.close()
            && (self.setup.mode != Mode::Review || interrupted.item.brief.id != open.item.brief.id)
        {
            self.waiting.queue.push_front(interrupted.item);
        }
        self.stage = Stage::Asking(Box::new(open.reopened()));
    }
}

fn unmark(card: &CardId, kind: MarkKind) -> Effect {
    Effect::Mark(Marking { card: card.clone(), kind, is_undo: true })
}
