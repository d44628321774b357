//! What SQLite would replay of a write-ahead log: the frames of its present round, up to the last commit.

use super::salvage::{record, varint};
use crate::log::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The lengths of the headers of a log and of a frame in it, in bytes, as SQLite's file format has them.
const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Where the salts stand in the log's header and in a frame's.
const SALTS: std::ops::Range<usize> = 16..24;
const SALTS_OF_FRAME: std::ops::Range<usize> = 8..16;
/// The header of a page that is the leaf of a table; after it come the places of its rows.
const LEAF_HEADER: usize = 8;

/// How a log begins, by the order of bytes of its checksums.
const MAGIC: [u32; 2] = [0x377f_0682, 0x377f_0683];

/// Whether a file is a write-ahead log.
///
/// # Errors
/// It cannot be read.
pub(super) fn is_one(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start.len() == 4 && MAGIC.contains(&word(&start, 0)))
}

/// The committed frames of a log.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// How many there are.
    pub(super) frames: usize,
    /// What the page that was asked for was, from frame to frame.
    pub(super) versions: Vec<Vec<u8>>,
}

/// Reads the committed frames, and the content of those of one page.
///
/// # Errors
/// The log cannot be read.
pub(super) fn committed(wal: &Path, page: u32) -> io::Result<Committed> {
    let mut file = File::open(wal)?;
    let length = file.metadata()?.len();
    let mut found = Committed::default();
    let mut header = [0; HEADER as usize];
    if length < HEADER {
        return Ok(found);
    }
    file.read_exact(&mut header)?;
    let page_bytes = u64::from(word(&header, 8));
    if page_bytes == 0 {
        return Ok(found);
    }
    let (mut versions, mut whole) = (Vec::new(), 0);
    let frame_bytes = FRAME_HEADER + page_bytes;
    for n in 0..(length - HEADER) / frame_bytes {
        let mut frame = [0; FRAME_HEADER as usize];
        file.seek(SeekFrom::Start(HEADER + n * frame_bytes))?;
        file.read_exact(&mut frame)?;
        if frame[SALTS_OF_FRAME] != header[SALTS] {
            break;
        }
        if word(&frame, 0) == page {
            let mut content = Vec::new();
            (&mut file).take(page_bytes).read_to_end(&mut content)?;
            versions.push(content);
        }
        let pages_after_commit = word(&frame, 4);
        if pages_after_commit > 0 {
            (found.frames, whole) = (usize::try_from(n).map_or(usize::MAX, |n| n + 1), versions.len());
        }
    }
    versions.truncate(whole);
    found.versions = versions;
    Ok(found)
}

/// The first row of a page that is the leaf of a table.
pub(super) fn first_row(page: &[u8]) -> Option<Vec<Cell>> {
    let place = page.get(LEAF_HEADER..LEAF_HEADER + 2)?;
    let cell = page.get(usize::from(u16::from_be_bytes([place[0], place[1]]))..)?;
    let (length, rest) = varint(cell)?;
    let (_rowid, rest) = varint(rest)?;
    record(rest.get(..usize::try_from(length).ok()?)?)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
}
