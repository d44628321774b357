//! What a sync remembers, in the database and nowhere else: a file that is put back to an earlier state remembers what it
//! did then.

use super::name::{Device, Segment};
use crate::store::{Reached, Store, StoreError};
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
    /// The server, where there is one.
    #[serde(default)]
    pub server: Option<ServerState>,
}

/// What a sync remembers of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerState {
    /// Where it is, without a password.
    pub url: String,
    /// What this computer is called there.
    pub device: Device,
    /// Up to which number the lines of each device were read, without a gap.
    pub seen: BTreeMap<Device, i64>,
    /// The rows that are there; none before the first sync is through.
    pub reached: Option<Reached>,
    /// Whether this learner takes part in the group's board.
    #[serde(default)]
    pub board: bool,
    /// The published decks that come with each sync, by their names.
    #[serde(default)]
    pub decks: BTreeMap<String, Subscribed>,
}

/// A published deck that comes with each sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// The version that came last.
    pub version: i32,
    /// The name of its file here, which stays.
    pub file: String,
    /// A hash of that version.
    pub hash: String,
}

impl ServerState {
    /// Before the first sync with a server.
    pub fn new(url: String, device: Device) -> Self {
        Self { url, device, seen: BTreeMap::new(), reached: None, board: false, decks: BTreeMap::new() }
    }
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
            server: None,
        }
    }

    /// A computer without a folder yet.
    pub fn without_folder(device: Device) -> Self {
        Self::new(Path::new(""), device)
    }

    /// Whether there is a folder.
    pub fn has_folder(&self) -> bool {
        !self.folder.as_os_str().is_empty()
    }

    /// The same computer with another folder.
    pub fn moved_to(self, folder: &Path) -> Self {
        if self.folder == folder {
            return self;
        }
        Self { with_decks: self.with_decks, server: self.server, ..Self::new(folder, self.device) }
    }

    /// The segment that was written last.
    pub fn current(&self) -> Segment {
        Segment { device: self.device.clone(), number: self.segment.0 }
    }
}

/// As it is kept.
pub fn text(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

/// What this file remembers of its sync; none before the first.
///
/// # Errors
/// The database could not be read.
pub fn remembered(store: &Store) -> Result<Option<State>, StoreError> {
    Ok(store.sync_state()?.and_then(|state| serde_json::from_str(&state).ok()))
}

/// Keeps what a sync is to remember from now on.
///
/// # Errors
/// The database could not be written.
pub fn remember(store: &mut Store, state: &State) -> Result<(), StoreError> {
    store.keep_sync_state(&text(state))
}
