//! Reading: what is new in the folder, and what may be wrong with it.

use super::folder::{Entry, Folder};
use super::name::{self, Device, Segment};
use super::state::{Seen, State};
use crate::log::sealed::{self, Key};
use crate::store::Came;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::io;

/// A file of lines is no larger: a segment is closed at a fraction of that, or after one row of the largest size.
pub const LARGEST_FILE: u64 = 64 << 20;
/// The end of what was read is known by so many bytes.
const TAIL: u64 = 256;
/// What a file is, so many bytes say.
const HEAD: u64 = 16;
/// How a line begins.
const LINE: &[u8] = b"{\"sum\":\"";
/// The form of the lines of this version.
pub const FORM: u64 = 1;

/// What was found.
#[derive(Debug, Default)]
pub struct Looked {
    /// Lines that may be new here.
    pub came: Vec<Came>,
    /// All lines that were read, by their keys.
    pub there: HashSet<Key>,
    /// Whether all files were read, not only what came to them.
    pub is_whole: bool,
    /// All files with lines, and how far they were read.
    pub files: BTreeMap<String, Seen>,
    /// What has the name of a segment and is no file, or is none of ours.
    pub strange: Vec<String>,
    /// What a segment was when it was closed, as the next one says it.
    closed: BTreeMap<String, String>,
    /// What segments that were read whole are.
    hashes: BTreeMap<String, String>,
    /// The latest time that a device wrote, in milliseconds since 1970, of what was read now.
    pub latest_ms: BTreeMap<Device, i64>,
}

/// How much may be read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most(pub u64);

/// Looks at the folder: at what came to it since the last time, or at all of it where something of what was there is gone or
/// is not as it was: for that it must be said which lines are `known` here, which are not given. None where more had to be read
/// than may be.
///
/// # Errors
/// The folder or a file of it cannot be read.
pub fn look(
    folder: &dyn Folder,
    state: &State,
    known: Option<&HashSet<Key>>,
    most: Most,
) -> io::Result<Option<Looked>> {
    let entries: Vec<Entry> = folder.entries()?.into_iter().filter(|entry| name::may_have_lines(&entry.name)).collect();
    let is_whole = state.reached.is_none() || !is_continued(folder, state, &entries)?;
    let none = HashSet::new();
    let known = match known {
        None if is_whole => return Ok(None),
        known => known.unwrap_or(&none),
    };
    let mut looked = Looked { is_whole, ..Looked::default() };
    let mut left = most.0;
    for entry in entries {
        let seen = state.files.get(&entry.name).filter(|_| !is_whole);
        if let Some(seen) = seen.filter(|seen| is_unchanged(seen, &entry)) {
            looked.files.insert(entry.name, seen.clone());
            continue;
        }
        let is_strange = !entry.is_file || entry.bytes > LARGEST_FILE;
        if is_strange || (seen.is_none() && !has_lines(folder, &entry)?) {
            if name::is_named_so(&entry.name) && entry.bytes > 0 {
                looked.strange.push(entry.name);
            }
            continue;
        }
        let from = seen.map_or(0, |seen| seen.read);
        let Some(rest) = left.checked_sub(entry.bytes.saturating_sub(from)) else { return Ok(None) };
        left = rest;
        read(folder, state, &entry, seen, known, &mut looked)?;
    }
    Ok(Some(looked))
}

impl Looked {
    /// The closed segments, of those that were read whole, that are not what they were when they were closed.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        let is_changed = |(name, was): &(&String, &String)| self.hashes.get(*name).is_some_and(|is| is != *was);
        self.closed.iter().filter(is_changed).map(|(name, _)| name.as_str())
    }
}

fn is_unchanged(seen: &Seen, entry: &Entry) -> bool {
    (seen.bytes, seen.modified_ns) == (entry.bytes, entry.modified_ns)
}

/// Whether every file that was read is there yet, as it was or with more at its end.
fn is_continued(folder: &dyn Folder, state: &State, entries: &[Entry]) -> io::Result<bool> {
    for (name, seen) in &state.files {
        let Some(entry) = entries.iter().find(|entry| entry.name == *name && entry.is_file) else { return Ok(false) };
        if is_unchanged(seen, entry) {
            continue;
        }
        // Where a line did not hold, it may hold now.
        let can_go_on = entry.bytes > seen.bytes && seen.damaged == 0 && entry.bytes <= LARGEST_FILE;
        if !can_go_on || tail(folder, name, seen.read)? != seen.tail {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The checksum of the last bytes before a place.
pub fn tail(folder: &dyn Folder, name: &str, read: u64) -> io::Result<u32> {
    let from = read.saturating_sub(TAIL);
    folder.read(name, from, read - from).map(|bytes| crc32fast::hash(&bytes))
}

/// Whether a file begins as ours do, or has the name of one and something in it.
fn has_lines(folder: &dyn Folder, entry: &Entry) -> io::Result<bool> {
    Ok(Segment::once(&entry.name).is_some() || folder.read(&entry.name, 0, HEAD)?.starts_with(LINE))
}

/// Reads a file from where it was read to up to its last whole line.
fn read(
    folder: &dyn Folder,
    state: &State,
    entry: &Entry,
    seen: Option<&Seen>,
    known: &HashSet<Key>,
    looked: &mut Looked,
) -> io::Result<()> {
    let from = seen.map_or(0, |seen| seen.read);
    let bytes = folder.read(&entry.name, from, LARGEST_FILE)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut file = Seen {
        bytes: entry.bytes,
        modified_ns: entry.modified_ns,
        read: from + whole as u64,
        tail: 0,
        damaged: 0,
        device: seen.and_then(|seen| seen.device.clone()),
        is_newer: seen.is_some_and(|seen| seen.is_newer),
    };
    if file.device.is_none() {
        file.device = Segment::once(&entry.name).map(|segment| segment.device);
    }
    for line in bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let Some(sealed) = sealed::unseal(line) else {
            file.damaged += 1;
            continue;
        };
        if sealed.name == "sysdrill" {
            let text = |name: &str| sealed.object.get(name).and_then(Value::as_str);
            let number = |name: &str| sealed.object.get(name).and_then(Value::as_u64);
            file.device = text("device").and_then(Device::parse).or(file.device);
            file.is_newer |= number("sync").is_none_or(|form| form > FORM);
            let before = number("segment").and_then(|number| u32::try_from(number).ok()?.checked_sub(1));
            if let (Some(device), Some(number), Some(hash)) = (&file.device, before, text("before")) {
                let segment = Segment { device: device.clone(), number };
                looked.closed.insert(segment.file_name(), hash.to_owned());
            }
            continue;
        }
        let (key, order) = (sealed.key(), sealed.order());
        if let Some(device) = &file.device {
            let latest = looked.latest_ms.entry(device.clone()).or_insert(order.1);
            *latest = order.1.max(*latest);
        }
        if looked.there.insert(key) && !known.contains(&key) {
            let is_own = file.device.as_ref() == Some(&state.device);
            looked.came.push(Came { line: line.into(), key, order, is_own });
        }
    }
    if from == 0 && Segment::of_file_name(&entry.name).is_some() {
        looked.hashes.insert(entry.name.clone(), blake3::hash(&bytes).to_hex().to_string());
    }
    let end = &bytes[..whole];
    file.tail = match (end.len() as u64) < TAIL {
        true => tail(folder, &entry.name, file.read)?,
        false => crc32fast::hash(&end[end.len() - TAIL as usize..]),
    };
    looked.files.insert(entry.name.clone(), file);
    Ok(())
}
