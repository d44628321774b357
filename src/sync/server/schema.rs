//! The schema's numbered steps, and which of them a part of the program needs.

/// The steps; one is never edited once it is released.
pub const STEPS: [&str; 1] = [include_str!("migrations/001.sql")];
/// The number of the last step.
pub const NEWEST: i32 = STEPS.len() as i32;
/// The log.
pub const LOG: i32 = 1;
/// The role that all learners have in common.
pub const GROUP: &str = "sysdrill_learner";
