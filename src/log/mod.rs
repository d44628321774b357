//! The log: what the learner did, row by row.
//!
//! A log has three kinds of rows: a [`Review`] is an answer, a [`Retraction`] takes one back, and a [`Mark`] is anything
//! else that was decided or done. Rows are only ever appended; a card's state is the fold over its rows
//! ([`crate::schedule::fold`]). This module knows no file and no database: `store` keeps the rows.

mod history;
mod id;
mod line;
mod mark;
mod review;
pub mod sealed;
mod table;

pub use history::{Answer, CardLog, Folded};
pub use id::LogId;
pub use line::{Line, LineError};
pub use mark::{Deed, Import, Imported, Mark, MarkKind, Start, Wrote, standing};
pub use review::{LogEntry, Retraction, Review, Saved};
pub use table::{Cell, Column, Holds, LARGEST_ROW_BYTES, MOST_COLUMNS, Row, Table, Unfit, Value};
