//! The real binary, driven as a user or a script would.

mod anki;
mod anki_import;
mod calendar;
mod completion;
mod crash;
mod daily;
mod damage;
mod deck_files;
mod decks;
mod disk;
mod export;
mod files;
mod find;
mod foreign;
mod harness;
mod index;
mod keep;
mod markdown;
mod markdown_history;
mod neighbours;
mod one_file;
mod own;
mod page;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod postgres_server;
mod promises;
mod quiz;
mod recorded;
mod relations;
mod schedule;
mod see;
mod serve;
mod session;
mod settings;
mod stats;
mod sync;
mod tables;
#[cfg(target_os = "linux")]
mod terminal;
mod undo;
