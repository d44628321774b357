//! One log on several computers, by a PostgreSQL that a group shares. Each learner sees their own rows alone, by the role that
//! logs in. [`exchange`] is what goes to and fro; [`connection`] and what is named after those who ask
//! ([`admin`], [`learner`], [`shelf`], [`board`]) speak SQL, and nothing else does.

pub mod address;
pub mod admin;
pub mod board;
pub mod connection;
pub mod error;
pub mod exchange;
pub mod learner;
pub mod password;
pub mod schema;
pub mod shelf;
