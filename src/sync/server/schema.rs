//! The schema's numbered steps, and which of them a part of the program needs.

/// The steps; one is never edited once it is released.
pub const STEPS: [&str; 3] =
    [include_str!("migrations/001.sql"), include_str!("migrations/002.sql"), include_str!("migrations/003.sql")];
/// The number of the last step.
pub const NEWEST: i32 = STEPS.len() as i32;
/// The log.
pub const LOG: i32 = 1;
/// Decks that are published.
pub const DECKS: i32 = 2;
/// The board.
pub const BOARD: i32 = 3;
/// The role that all learners have in common.
pub const GROUP: &str = "sysdrill_learner";
