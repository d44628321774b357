//! sysdrill: spaced repetition for system-design interviews.
//!
//! Arrows point downwards only: [`cli`]; then [`terminal`], [`jsonl`], [`practice`]; then [`intake`], [`report`] and [`sync`]; then [`drive`]; then
//! [`session`]; then [`estimate`] and [`catalog`]; then [`deck`], [`store`] and [`clock`]; then
//! [`log`]; and on the ground [`quantity`], [`schedule`], [`files`] and [`shown`].

#![forbid(unsafe_code)]

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod deck;
pub mod drive;
pub mod estimate;
pub mod exchange;
pub mod files;
mod fnv;
pub mod intake;
pub mod jsonl;
pub mod log;
pub mod practice;
pub mod quantity;
pub mod report;
pub mod schedule;
pub mod session;
pub mod shown;
pub mod store;
pub mod sync;
pub mod terminal;
pub mod web;
