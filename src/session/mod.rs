//! One sitting: what is asked, what a reply means, what is to be saved.
//!
//! A state machine without input or output. Cards and their states come in; questions, answers and feedback go out as
//! values. What must be on disk before it is confirmed goes out as an [`Effect`], and what became of it comes back through
//! [`Session::saved`] and its like. A new front end touches nothing here.

mod ask;
mod counts;
mod decisions;
mod done;
mod effect;
mod ending;
mod event;
mod face;
mod feedback;
mod item;
mod judge;
mod machine;
mod open;
mod outcome;
mod question;
mod queue;
mod reply;
mod score;
mod setup;
mod step;
mod summary;
mod time_box;
mod undo;
mod waiting;
pub mod words;

pub use counts::Counts;
pub use done::{Answering, Marking, Regrading};
pub use effect::{Effect, Marked};
pub use event::{Begun, Edit, EditPlace, Event, What};
pub use face::Face;
pub use feedback::{Feedback, LEECH_LAPSES, Marks, Next, Schedule, SlipName, leech_advice};
pub use machine::Session;
pub use question::{ChainPlace, Drawing, First, Form, GradeMeans, Known, Phase, Question, Revealed, Table};
pub use queue::{Candidate, Queued, in_turn, queue_in_order, queue_of_day, round, sprint};
pub use reply::{ODDS, Refusal, Reply, Which};
pub use score::{Score, Skill, Sprint, score};
pub use setup::{NewTime, Order, Setup};
pub use step::Step;
pub use summary::{Ahead, DayLoad, Ending, Hard, Round, Summary, Unfinished};

#[cfg(test)]
mod tests;
