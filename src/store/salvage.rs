//! Reading what is left of a damaged file, page by page, without SQLite's help.
//!
//! The log is append-only and each of its rows has a checksum, so every row that can still be found anywhere in the
//! file, or in the pages of its write-ahead log, is one that was written. The layout is that of SQLite's
//! "Database File Format": table b-tree leaves, records, overflow chains, and the frames of a WAL.

use crate::log::{Cell, Holds, LARGEST_ROW_BYTES, MOST_COLUMNS, Row, Table};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// What the database is made with.
const PAGE: usize = 4096;
/// The first byte of a page that is the leaf of a table.
const TABLE_LEAF: u8 = 0x0d;
/// The lengths of the headers of a file, of a write-ahead log and of a frame in it, in bytes, as SQLite's file format has them.
const FILE_HEADER: usize = 100;
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// No row is longer, with its header; what claims to be is damage.
const LONGEST_ROW: usize = LARGEST_ROW_BYTES + PAGE;

/// Whether a row without a checksum is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    /// It is: schema 1 wrote none.
    IfThere,
    /// It is not: what was found by trying may be anything.
    Asked,
}

/// The header of a record of the log has a byte or more for each column, and its own length.
const SHORTEST_HEADER: usize = 5;
const LONGEST_HEADER: usize = 9 * (MOST_COLUMNS + 2);

/// A row of the log as it was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Rows are numbered as they were written.
    pub(super) number: i64,
    pub(super) row: Row,
}

/// Finds every row of the log in a database file and its write-ahead log.
///
/// # Errors
/// The files cannot be read.
pub(super) fn rows(path: &Path, wal: &Path) -> io::Result<Vec<Found>> {
    let mut pages = Pages::open(path, wal)?;
    let mut found = Vec::new();
    for place in pages.places() {
        let page = pages.read(place)?;
        let header = if place == (Place { in_wal: false, at: 0 }) { FILE_HEADER } else { 0 };
        leaf(&page, header, &mut pages, &mut found);
    }
    Ok(found)
}

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    in_wal: bool,
    at: u64,
}

struct Pages {
    database: File,
    wal: Option<File>,
    /// The frame that has a page's latest content.
    frames: HashMap<u32, Place>,
    all: Vec<Place>,
}

impl Pages {
    fn open(path: &Path, wal: &Path) -> io::Result<Self> {
        let database = File::open(path)?;
        let length = database.metadata()?.len();
        let mut all: Vec<Place> =
            (0..length.div_ceil(PAGE as u64)).map(|page| Place { in_wal: false, at: page * PAGE as u64 }).collect();
        let mut frames = HashMap::new();
        let mut wal = File::open(wal).ok();
        if let Some(wal) = &mut wal {
            for (page, place) in committed(wal)? {
                frames.insert(page, place);
                all.push(place);
            }
        }
        Ok(Self { database, wal, frames, all })
    }

    fn places(&self) -> Vec<Place> {
        self.all.clone()
    }

    /// A page; what lies behind the end of the file, or cannot be read, is zeros.
    fn read(&mut self, place: Place) -> io::Result<Vec<u8>> {
        let file = if place.in_wal { self.wal.as_mut() } else { Some(&mut self.database) };
        let mut page = Vec::with_capacity(PAGE);
        if let Some(file) = file {
            file.seek(SeekFrom::Start(place.at))?;
            let _ = file.take(PAGE as u64).read_to_end(&mut page);
        }
        page.resize(PAGE, 0);
        Ok(page)
    }

    /// The page of that number as it was last written.
    fn numbered(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let in_file = Place { in_wal: false, at: u64::from(number.saturating_sub(1)) * PAGE as u64 };
        let place = self.frames.get(&number).copied().unwrap_or(in_file);
        self.read(place)
    }
}

/// The frames of a write-ahead log, each with the page it holds. What comes after the last commit of its generation is
/// left out: it was never confirmed, and may have been refused.
fn committed(wal: &mut File) -> io::Result<Vec<(u32, Place)>> {
    let length = wal.metadata()?.len();
    let mut frames: Vec<(u32, u64, Place)> = Vec::new();
    let mut last: HashMap<u64, u64> = HashMap::new();
    let mut at = WAL_HEADER;
    while at + FRAME_HEADER < length {
        let mut header = [0; 16];
        wal.seek(SeekFrom::Start(at))?;
        wal.read_exact(&mut header)?;
        let number = |from: usize| header[from..from + 4].iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte));
        let (page, pages_after_commit, salts) =
            (number(0), number(4), u64::from(number(8)) << 32 | u64::from(number(12)));
        if pages_after_commit > 0 {
            last.insert(salts, at);
        }
        frames.push((page, salts, Place { in_wal: true, at: at + FRAME_HEADER }));
        at += FRAME_HEADER + PAGE as u64;
    }
    frames.retain(|(_, salts, place)| last.get(salts).is_some_and(|last| place.at <= last + FRAME_HEADER));
    Ok(frames.into_iter().map(|(page, _, place)| (page, place)).collect())
}

/// Takes the rows of the log out of a page: cell by cell if it is the leaf of a table, and where it does not read as one
/// in all its cells, at each offset, for a damaged byte of a header hides none of the rows behind it.
fn leaf(page: &[u8], header: usize, pages: &mut Pages, found: &mut Vec<Found>) {
    if !whole_leaf(page, header, pages, found) {
        for at in header..PAGE {
            if may_be_cell(&page[at..]) {
                let row = payload(&page[at..], pages).and_then(|(number, payload)| Some((number, record(&payload)?)));
                found.extend(row.and_then(|row| of_log(row, Sum::Asked)));
            }
        }
    }
}

/// Takes the rows of the log out of the leaf of a table. Says whether it is as whole as it looks: no cell is lost or
/// there twice, and all of them are of the log or none.
fn whole_leaf(page: &[u8], header: usize, pages: &mut Pages, found: &mut Vec<Found>) -> bool {
    if page[header] != TABLE_LEAF {
        return false;
    }
    let number = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    let (cells, content) = (number(header + 3), number(header + 5));
    let end = header + 8 + 2 * cells;
    if end > PAGE {
        return false;
    }
    let mut places: Vec<usize> = (header + 8..end).step_by(2).map(number).collect();
    let mut of_log_cells = 0;
    for at in &places {
        let row = page.get(*at..).and_then(|cell| payload(cell, pages));
        let row = row.and_then(|(number, payload)| of_log((number, record(&payload)?), Sum::IfThere));
        of_log_cells += usize::from(row.is_some());
        found.extend(row);
    }
    places.sort_unstable();
    places.dedup();
    let begins = places.first().map_or(content == PAGE, |first| *first == content);
    places.len() == cells && begins && (of_log_cells == cells || of_log_cells == 0)
}

/// Whether a cell with a row of the log may begin here: what cannot is most of a page, and is passed over at once.
fn may_be_cell(bytes: &[u8]) -> bool {
    let header = || {
        let (length, rest) = varint(bytes)?;
        let (_, rest) = varint(rest)?;
        let (header, _) = varint(rest)?;
        Some((usize::try_from(length).ok()?, usize::try_from(header).ok()?))
    };
    header().is_some_and(|(length, header)| {
        (SHORTEST_HEADER..=LONGEST_HEADER).contains(&header) && (header..=LONGEST_ROW).contains(&length)
    })
}

/// A cell's row number and its record, gathered from its overflow pages.
fn payload(cell: &[u8], pages: &mut Pages) -> Option<(i64, Vec<u8>)> {
    let (length, rest) = varint(cell)?;
    let (rowid, rest) = varint(rest)?;
    let rowid = rowid.cast_signed();
    let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST_ROW)?;
    // "Let X be U-35 ..., M be ((U-12)*32/255)-23 and let K be M+((P-M)%(U-4))."
    let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
    if length <= most {
        return rest.get(..length).map(|payload| (rowid, payload.to_vec()));
    }
    let kept = least + (length - least) % (PAGE - 4);
    let local = if kept <= most { kept } else { least };
    let mut payload = rest.get(..local)?.to_vec();
    let mut next = word(rest.get(local..)?)?;
    while payload.len() < length && next != 0 {
        let page = pages.numbered(next).ok()?;
        let take = (length - payload.len()).min(PAGE - 4);
        payload.extend_from_slice(page.get(4..4 + take)?);
        next = word(&page)?;
    }
    (payload.len() == length).then_some((rowid, payload))
}

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.try_into().ok().map(u32::from_be_bytes)
}

/// SQLite's variable-length integer, big-endian, at most nine bytes.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for at in 0..9 {
        let byte = *bytes.get(at)?;
        if at == 8 {
            return Some((value << 8 | u64::from(byte), &bytes[9..]));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// The values of a record.
pub(super) fn record(payload: &[u8]) -> Option<Vec<Cell>> {
    let (header, mut types) = varint(payload)?;
    let header = usize::try_from(header).ok()?;
    types = types.get(..header.checked_sub(payload.len() - types.len())?)?;
    let mut body = payload.get(header..)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        let (kind, rest) = varint(types)?;
        types = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((kind - 12) / 2).ok()?,
        };
        let bytes = body.get(..length)?;
        body = &body[length..];
        values.push(match kind {
            0 => Cell::Null,
            7 => Cell::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
            8 => Cell::Integer(0),
            9 => Cell::Integer(1),
            1..=6 => {
                let negative = bytes[0] & 0x80 != 0;
                let start = if negative { -1i64 } else { 0 };
                Cell::Integer(bytes.iter().fold(start, |value, byte| value << 8 | i64::from(*byte)))
            }
            _ if kind % 2 == 0 => Cell::Blob(bytes.to_vec()),
            _ => Cell::Text(String::from_utf8(bytes.to_vec()).ok()?),
        });
    }
    Some(values)
}

/// A row of the log whose checksum holds; a row of schema 1 has none, and is taken for what it is.
fn of_log((number, cells): (i64, Vec<Cell>), sum: Sum) -> Option<Found> {
    Table::ALL.iter().find_map(|table| Some(Found { number, row: row_of(*table, &cells, sum)? }))
}

/// The cells as a row of this table. The checksum stands after the first columns, what was added later after the
/// checksum; a row that was written before has less.
fn row_of(table: Table, cells: &[Cell], asked: Sum) -> Option<Row> {
    let (columns, first) = (table.columns(), table.first_columns());
    if !(first..=columns.len() + 1).contains(&cells.len()) {
        return None;
    }
    let kept = match cells.get(first) {
        None | Some(Cell::Null) => None,
        Some(Cell::Integer(sum)) => Some(*sum),
        Some(_) => return None,
    };
    let mut cells: Vec<Cell> = cells[..first].iter().chain(cells.iter().skip(first + 1)).cloned().collect();
    cells.resize(columns.len(), Cell::Null);
    for (cell, column) in cells.iter_mut().zip(columns) {
        // A whole number in a REAL column is stored as an integer.
        if let (Cell::Integer(whole), Holds::Ratio) = (&*cell, column.holds) {
            *cell = Cell::Real(*whole as f64);
        }
    }
    let mut row = Row { table, cells };
    let sum = i64::from(table.checksum(&row.values()));
    if kept.map_or(asked == Sum::Asked, |kept| kept != sum) {
        return None;
    }
    // What was written is what it is, though an earlier version may have taken in what nobody can read.
    row.mend();
    table.check(&row.values()).is_ok().then_some(row)
}
