//! Which file is whose: a segment's name, and who wrote in it.

use serde::{Deserialize, Serialize};
use std::fmt;

const PREFIX: &str = "sysdrill-";
const ENDING: &str = ".jsonl";
/// The digits of a device's name.
const DIGITS: usize = 16;

/// A computer with a log of its own, by a random name. It says nothing about the computer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Device(String);

impl Device {
    /// A new one, of eight random bytes.
    pub fn new(entropy: [u8; 8]) -> Self {
        Self(format!("{:016x}", u64::from_be_bytes(entropy)))
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        (text.len() == DIGITS && text.chars().all(is_digit)).then(|| Self(text.to_owned()))
    }
}

impl TryFrom<String> for Device {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is no device"))
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.0
    }
}

/// In short, as it is told.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0[..6])
    }
}

/// A segment: the n-th file that a device writes, from 1. The one with the highest number is open, the others are closed and
/// never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Who alone writes it.
    pub device: Device,
    /// Its number.
    pub number: u32,
}

impl Segment {
    /// Its file's name.
    pub fn file_name(&self) -> String {
        format!("{PREFIX}{}-{:06}{ENDING}", self.device.0, self.number)
    }

    /// Reads a file's name. What a sync program or a file manager made of it is none.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (segment, rest) = Self::beginning(name)?;
        (rest == ENDING && segment.file_name() == name).then_some(segment)
    }

    /// The segment that a file was, by how its name begins.
    pub fn once(name: &str) -> Option<Self> {
        Self::beginning(name).map(|(segment, _)| segment)
    }

    fn beginning(name: &str) -> Option<(Self, &str)> {
        let rest = name.strip_prefix(PREFIX)?;
        let (device, rest) = (Device::parse(rest.get(..DIGITS)?)?, rest[DIGITS..].strip_prefix('-')?);
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some((Self { device, number: rest[..digits].parse().ok()? }, &rest[digits..]))
    }
}

/// Whether a file may have lines of a log: by its name, before a look into it. What a sync program is about to write is not
/// looked at.
pub fn may_have_lines(name: &str) -> bool {
    let is_hidden = name.starts_with(['.', '~']);
    !is_hidden
        && (name.ends_with(ENDING) || (name.starts_with(PREFIX) && name.contains(ENDING) && !name.ends_with(".tmp")))
}

/// Whether a file that has other things in it would be worth a word: it has the name of a log's.
pub fn is_named_so(name: &str) -> bool {
    name.starts_with(PREFIX) && may_have_lines(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_known_by_its_name_and_a_copy_of_it_too() {
        let segment = Segment { device: Device::new([1, 2, 3, 4, 5, 6, 7, 8]), number: 7 };
        let name = segment.file_name();
        assert_eq!(name, "sysdrill-0102030405060708-000007.jsonl");
        assert_eq!(Segment::of_file_name(&name), Some(segment.clone()));
        let stem = name.trim_end_matches(ENDING);
        for copy in [
            format!("{stem} (Ada's conflicted copy 2026-11-21).jsonl"),
            format!("{stem}.sync-conflict-20261121-090000-ABCDEFG.jsonl"),
            format!("{stem} 2.jsonl"),
            format!("{name}.1"),
        ] {
            assert_eq!(Segment::of_file_name(&copy), None, "{copy}");
            assert_eq!(Segment::once(&copy), Some(segment.clone()), "{copy}");
            assert!(may_have_lines(&copy), "{copy}");
        }
        for other in
            [".syncthing.sysdrill-0102030405060708-000007.jsonl.tmp", "~syncthing~a.jsonl", "notes.txt", "a.toml"]
        {
            assert!(!may_have_lines(other), "{other}");
        }
        for other in ["sysdrill-é.jsonl", "sysdrill-0102030405060708.jsonl", "sysdrill-0102030405060708-x.jsonl", ""] {
            assert_eq!(Segment::once(other), None, "{other}");
        }
    }
}
