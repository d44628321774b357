//! What a sync remembers, in the database and nowhere else: a file that is put back to an earlier state remembers what it
//! did then.

use super::name::{Device, Segment};
use crate::store::Reached;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How far a file of the folder was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its length then.
    pub bytes: u64,
    /// When it was written last, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Up to where whole lines were read.
    pub read: u64,
    /// A checksum of the last bytes before that.
    pub tail: u32,
    /// Lines whose checksum did not hold.
    pub damaged: usize,
    /// Who wrote it, as it says itself.
    pub device: Option<Device>,
    /// Whether a newer version began it.
    pub is_newer: bool,
}

/// What a sync remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Where the folder is on this computer.
    pub folder: PathBuf,
    /// What this computer is called there.
    pub device: Device,
    /// Whether own decks travel too.
    pub with_decks: bool,
    /// The segment that was written last, and its length; 0 before the first.
    pub segment: (u32, u64),
    /// The files that were read.
    pub files: BTreeMap<String, Seen>,
    /// The rows that are in the folder; none before the first sync is through.
    pub reached: Option<Reached>,
    /// What was the same here and there of each deck file: a hash.
    pub decks: BTreeMap<String, String>,
}

impl State {
    /// Before the first sync with a folder.
    pub fn new(folder: &Path, device: Device) -> Self {
        Self {
            folder: folder.to_owned(),
            device,
            with_decks: false,
            segment: (0, 0),
            files: BTreeMap::new(),
            reached: None,
            decks: BTreeMap::new(),
        }
    }

    /// The same computer with another folder.
    pub fn moved_to(self, folder: &Path) -> Self {
        if self.folder == folder {
            return self;
        }
        Self { with_decks: self.with_decks, ..Self::new(folder, self.device) }
    }

    /// The segment that was written last.
    pub fn current(&self) -> Segment {
        Segment { device: self.device.clone(), number: self.segment.0 }
    }
}
