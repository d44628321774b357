//! Writing: a device's own segments, to which it alone appends.

use super::folder::Folder;
use super::look::{FORM, Looked, tail};
use super::name::Segment;
use super::state::{Seen, State};
use crate::log::sealed;
use std::collections::BTreeMap;
use std::io;

/// A segment of this length is closed.
const SEGMENT_BYTES: u64 = 1 << 20;
/// So many names are tried for a new segment.
const TRIES: u32 = 100;

/// Writes lines at the end of a device's segments.
pub struct Pen<'a> {
    folder: &'a dyn Folder,
    state: &'a mut State,
    /// What waits to be written.
    lines: Vec<u8>,
    /// How many lines were written.
    pub written: usize,
}

impl<'a> Pen<'a> {
    /// Goes on in the segment that was written last if it is as it was left, and else with a new one: whatever has happened to
    /// a file, nothing is put behind it.
    pub fn new(folder: &'a dyn Folder, state: &'a mut State, looked: &Looked) -> Self {
        let current = state.current();
        let found = looked.files.get(&current.file_name());
        let is_as_left = found.is_some_and(|seen| seen.bytes == state.segment.1 && seen.read == seen.bytes);
        if !is_as_left {
            let of_own = looked.files.keys().filter_map(|name| Segment::once(name));
            let highest = of_own.filter(|segment| segment.device == state.device).map(|segment| segment.number).max();
            state.segment = (highest.unwrap_or(0).max(state.segment.0), u64::MAX);
        }
        state.files.clone_from(&looked.files);
        Self { folder, state, lines: Vec::new(), written: 0 }
    }

    /// Writes a line, with its end.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.lines.extend_from_slice(line.trim_ascii_end());
        self.lines.push(b'\n');
        self.written += 1;
        let there = if self.begins_new() { 0 } else { self.state.segment.1 };
        if there + self.lines.len() as u64 >= SEGMENT_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(&mut self.lines);
        let mut before = None;
        let mut at = self.state.segment.1;
        if self.begins_new() {
            before = self.hash_of_closed()?;
            self.state.segment.0 += 1;
            at = 0;
        }
        for _ in 0..TRIES {
            let current = self.state.current();
            let name = current.file_name();
            let text =
                if at == 0 { [header(&current, before.take()).as_bytes(), &lines].concat() } else { lines.clone() };
            match self.folder.append(&name, at, &text) {
                Ok(entry) => {
                    self.state.segment.1 = entry.bytes;
                    let seen = Seen {
                        bytes: entry.bytes,
                        modified_ns: entry.modified_ns,
                        read: entry.bytes,
                        tail: tail(self.folder, &name, entry.bytes)?,
                        damaged: 0,
                        device: Some(current.device),
                        is_newer: false,
                    };
                    self.state.files.insert(name, seen);
                    return Ok(());
                }
                // Something has the name, or the file is not as it was a moment ago.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.state.segment.0 += 1;
                    at = 0;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn begins_new(&self) -> bool {
        self.state.segment.1 >= SEGMENT_BYTES || self.state.segment.0 == 0
    }

    /// The hash of the segment that is closed by its length, for the next one to say.
    fn hash_of_closed(&self) -> io::Result<Option<String>> {
        let current = self.state.current().file_name();
        if self.state.segment.1 == u64::MAX || !self.state.files.contains_key(&current) {
            return Ok(None);
        }
        let bytes = self.folder.read(&current, 0, self.state.segment.1)?;
        Ok(Some(blake3::hash(&bytes).to_hex().to_string()))
    }
}

/// The first line of a segment: its form, whose it is, and what the one before it was when it was closed.
fn header(segment: &Segment, before: Option<String>) -> String {
    let device: String = segment.device.clone().into();
    let says = serde_json::json!({ "sync": FORM, "device": device, "segment": segment.number, "before": before });
    sealed::seal(&serde_json::json!(BTreeMap::from([("sysdrill", says)])).to_string())
}
