//! What goes to and fro between a log and a server, whatever speaks with the server.
//!
//! A learner's lines lie on the server in the order in which each device wrote them: (device, number). A device adds at the end
//! of its own lines alone, so that what is new is what lies behind what was seen of each. Nothing leans on a number or a time
//! that the server gives: such ones appear in another order than the rows do.

use super::error::ServerError;
use crate::log::sealed::{self, Key};
use crate::store::{Brought, Came, ExportError, Store, StoreError};
use crate::sync::name::Device;
use crate::sync::patience::within;
use crate::sync::state::{ServerState, State, remember, text};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::time::Duration;

/// So many lines go in one transaction, and come in one answer.
const BATCH: usize = 1000;
/// And so many bytes at most, but for the last line.
const BATCH_BYTES: usize = 4 << 20;
/// So many lines are taken in at once.
const PORTION: usize = 50_000;
/// In passing so many lines come and go at most.
const MOST_IN_PASSING: i64 = 500;
/// So many names are tried where others have them.
const TRIES: usize = 100;
/// A clock is ahead that wrote a time so long after the present, in milliseconds.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;

/// What a sync asks of a server. It is a trait so that a test can have one that is cut at any place.
pub trait Server {
    /// The number of the last line of each of the learner's devices.
    ///
    /// # Errors
    /// The server did not say.
    fn tops(&mut self) -> Result<BTreeMap<Device, i64>, ServerError>;

    /// The lines of a device behind a number, in their order, at most so many.
    ///
    /// # Errors
    /// The server did not say.
    fn lines(&mut self, device: &Device, after: i64, most: usize) -> Result<Vec<(i64, Vec<u8>)>, ServerError>;

    /// Puts lines there, numbered from the first, all of them or none. What lies there already and is the same is no error.
    ///
    /// # Errors
    /// The server did not confirm it.
    fn put(&mut self, device: &Device, first: i64, lines: &[Vec<u8>]) -> Result<Put, ServerError>;
}

/// What became of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// They are there.
    Done,
    /// Others lie there under these numbers: somebody else has the name. Nothing was put.
    Taken,
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl From<ExportError> for ExchangeError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::Store(error),
            ExportError::Io(error) => Self::Server(ServerError::Plain(error.to_string())),
        }
    }
}

/// What a sync with a server did and saw.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// Rows that went there.
    pub written: usize,
    /// Rows that came.
    pub brought: Brought,
    /// The learner's other devices.
    pub others: usize,
    /// The new name of this computer, where another one has its old name.
    pub renamed: Option<Device>,
    /// Whether the server lacked lines that it had: it was put back to an earlier state.
    pub is_put_back: bool,
    /// Lines of each device that do not hold.
    pub damaged: BTreeMap<Device, usize>,
    /// Devices whose clock is ahead: what they wrote last is of that time, in milliseconds since 1970.
    pub ahead: Vec<(Device, i64)>,
}

/// Reads what came, takes it in, and puts there what the server lacks.
///
/// # Errors
/// The server or the database cannot be read or written. What was confirmed before that stays so.
pub fn exchange(
    store: &mut Store,
    server: &mut dyn Server,
    mut state: State,
    mut ours: ServerState,
    now_ms: i64,
    entropy: &mut dyn FnMut() -> [u8; 8],
) -> Result<Exchanged, ExchangeError> {
    ours = trusted(store, ours)?;
    let mut pull = Pull::begin(server, ours, entropy)?;
    let known = if pull.is_whole() { store.keys()? } else { HashSet::new() };
    let mut brought = Brought::default();
    // Until all is through, what is remembered is what was: a sync that is cut reads again what it had read.
    let before = text(&state);
    loop {
        let came = pull.next(server, &known, PORTION)?;
        let is_last = came.is_empty();
        // Also without anything: what waits may be known by now.
        if !is_last || brought == Brought::default() {
            brought = sum(brought, store.take_lines(came, &before)?);
        }
        if is_last {
            break;
        }
    }
    let Pulled { mut exchanged, mut ours, there, next, reached } = pull.end(brought, now_ms, entropy);
    if exchanged.renamed.is_some() {
        let mut renamed = ours.clone();
        renamed.seen.clear();
        renamed.reached = None;
        state.server = Some(renamed);
        remember(store, &state)?;
    }
    let mut push = Push::new(server, &mut ours, next, entropy);
    let collected = store.lines_beyond(reached.as_ref(), &there, &mut |line| push.write(line));
    let pushed = push.end(collected.map_err(ExchangeError::from), &mut exchanged);
    let pushed = pushed.map(|reached| ours.reached = Some(reached));
    if pushed.is_err() {
        // What lies there of ours is found by reading it the next time.
        return pushed.map(|()| exchanged);
    }
    state.server = Some(ours);
    if text(&state) != before {
        remember(store, &state)?;
    }
    Ok(exchanged)
}

/// A sync that stands in nobody's way: what takes longer than `patience`, connecting included, or is more than some days'
/// answers, is left for a sync by hand, and none is given.
///
/// # Errors
/// As [`exchange`].
pub fn in_passing(
    store: &mut Store,
    connect: impl FnOnce() -> Result<Box<dyn Server + Send>, ServerError> + Send + 'static,
    mut state: State,
    ours: ServerState,
    now_ms: i64,
    entropy: &mut dyn FnMut() -> [u8; 8],
    patience: Duration,
) -> Result<Option<Exchanged>, ExchangeError> {
    let ours = trusted(store, ours)?;
    let before = text(&state);
    let spare = entropy();
    let found = within(patience * 2 / 3, move || {
        let mut server = connect()?;
        let mut pull = Pull::begin(&mut *server, ours, &mut || spare)?;
        if pull.is_whole() || pull.left() > MOST_IN_PASSING {
            return Ok(None);
        }
        let came = pull.next(&mut *server, &HashSet::new(), PORTION)?;
        Ok::<_, ServerError>(Some((server, pull, came)))
    });
    let Some((mut server, pull, came)) = found.transpose()?.flatten() else { return Ok(None) };
    let brought = if came.is_empty() { Brought::default() } else { store.take_lines(came, &before)? };
    let Pulled { mut exchanged, mut ours, there, next, reached } = pull.end(brought, now_ms, entropy);
    let mut lines = Vec::new();
    let collected = store.lines_beyond(reached.as_ref(), &there, &mut |line| {
        lines.push(line.to_vec());
        if lines.len() as i64 > MOST_IN_PASSING { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
    });
    let reached = match collected {
        Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::FileTooLarge => return Ok(None),
        collected => collected?,
    };
    if !lines.is_empty() {
        let spare = entropy();
        let pushed = within(patience / 3, move || {
            let mut entropy = || spare;
            let mut push = Push::new(&mut *server, &mut ours, next, &mut entropy);
            let wrote = lines.iter().try_for_each(|line| push.write(line)).map_err(ExportError::from);
            push.end(wrote.map_err(ExchangeError::from), &mut exchanged).map(|()| (ours, exchanged))
        });
        let Some(pushed) = pushed.transpose()? else { return Ok(None) };
        (ours, exchanged) = pushed;
    }
    ours.reached = Some(reached);
    state.server = Some(ours);
    if text(&state) != before {
        remember(store, &state)?;
    }
    Ok(Some(exchanged))
}

/// What is known of a log whose rows have other numbers by now is nothing.
///
/// # Errors
/// The database could not be read.
pub fn trusted(store: &Store, mut ours: ServerState) -> Result<ServerState, StoreError> {
    if let Some(reached) = &ours.reached
        && !store.still_reaches(reached)?
    {
        ours.reached = None;
    }
    Ok(ours)
}

fn sum(a: Brought, b: Brought) -> Brought {
    Brought {
        reviews: a.reviews + b.reviews,
        retractions: a.retractions + b.retractions,
        marks: a.marks + b.marks,
        differing: a.differing + b.differing,
        foreign_own: a.foreign_own + b.foreign_own,
        // These are all that there are.
        newer: b.newer,
        waiting: b.waiting,
    }
}

/// Reading what is new.
pub struct Pull {
    ours: ServerState,
    tops: BTreeMap<Device, i64>,
    /// Up to where each device was read now.
    at: BTreeMap<Device, i64>,
    there: HashSet<Key>,
    damaged: BTreeMap<Device, usize>,
    latest_ms: BTreeMap<Device, i64>,
    was: Device,
    is_put_back: bool,
}

/// What a pull leaves for the push.
pub struct Pulled {
    /// What was seen so far.
    pub exchanged: Exchanged,
    /// What is remembered when the push is through.
    pub ours: ServerState,
    /// The lines that were read.
    pub there: HashSet<Key>,
    /// The number of this device's next line.
    pub next: i64,
    /// The rows that were there before.
    pub reached: Option<crate::store::Reached>,
}

impl Pull {
    /// Asks how far each device is there. Where one is not as far as it was seen, the server was put back to an earlier state:
    /// all is read again, and this computer goes on under a new name, since others may have seen lines under its numbers.
    ///
    /// # Errors
    /// The server did not say.
    pub fn begin(
        server: &mut dyn Server,
        mut ours: ServerState,
        entropy: &mut dyn FnMut() -> [u8; 8],
    ) -> Result<Self, ServerError> {
        let tops = server.tops()?;
        let was = ours.device.clone();
        let is_put_back = ours.seen.iter().any(|(device, seen)| tops.get(device).is_none_or(|top| top < seen));
        if is_put_back {
            (ours.device, ours.reached) = (Device::new(entropy()), None);
        }
        if ours.reached.is_none() {
            ours.seen.clear();
        }
        let at = ours.seen.clone();
        Ok(Self {
            ours,
            tops,
            at,
            there: HashSet::new(),
            damaged: BTreeMap::new(),
            latest_ms: BTreeMap::new(),
            was,
            is_put_back,
        })
    }

    /// Whether all is read, and not only what is new.
    pub fn is_whole(&self) -> bool {
        self.ours.reached.is_none()
    }

    /// How many lines are to be read at most.
    pub fn left(&self) -> i64 {
        self.tops.iter().map(|(device, top)| top - self.at.get(device).copied().unwrap_or(0)).sum()
    }

    /// The next lines that are not `known`, about so many; none at the end.
    ///
    /// # Errors
    /// The server did not say.
    pub fn next(
        &mut self,
        server: &mut dyn Server,
        known: &HashSet<Key>,
        most: usize,
    ) -> Result<Vec<Came>, ServerError> {
        let mut came = Vec::new();
        let devices: Vec<(Device, i64)> = self.tops.iter().map(|(device, top)| (device.clone(), *top)).collect();
        for (device, top) in devices {
            while came.len() < most && self.at.get(&device).copied().unwrap_or(0) < top {
                let after = self.at.get(&device).copied().unwrap_or(0);
                let lines = server.lines(&device, after, BATCH)?;
                // What was there a moment ago is there no more.
                let Some((last, _)) = lines.last() else { break };
                self.at.insert(device.clone(), *last);
                for (number, line) in lines {
                    self.read(&device, number, &line, known, &mut came);
                }
            }
        }
        Ok(came)
    }

    fn read(&mut self, device: &Device, number: i64, line: &[u8], known: &HashSet<Key>, came: &mut Vec<Came>) {
        // Behind a gap, whose lines a transaction has that is not through yet, all is read again the next time.
        let seen = self.ours.seen.entry(device.clone()).or_default();
        if *seen + 1 == number {
            *seen = number;
        }
        let Some(sealed) = sealed::unseal(line) else {
            *self.damaged.entry(device.clone()).or_default() += 1;
            return;
        };
        let (key, order) = (sealed.key(), sealed.order());
        let latest = self.latest_ms.entry(device.clone()).or_insert(order.1);
        *latest = order.1.max(*latest);
        if self.there.insert(key) && !known.contains(&key) {
            came.push(Came { line: line.into(), key, order, is_own: *device == self.ours.device });
        }
    }

    /// What was seen, when all of it is taken in.
    pub fn end(mut self, brought: Brought, now_ms: i64, entropy: &mut dyn FnMut() -> [u8; 8]) -> Pulled {
        self.ours.seen.retain(|_, seen| *seen > 0);
        let reached = self.ours.reached.clone();
        if brought.foreign_own > 0 {
            self.ours.device = Device::new(entropy());
        }
        let top = self.tops.get(&self.ours.device).copied().unwrap_or(0);
        let next = top.max(self.at.get(&self.ours.device).copied().unwrap_or(0)) + 1;
        let is_ahead = |(_, at_ms): &(&Device, &i64)| **at_ms > now_ms.saturating_add(AHEAD_MS);
        let ahead = self.latest_ms.iter().filter(is_ahead).map(|(device, at_ms)| (device.clone(), *at_ms));
        let exchanged = Exchanged {
            brought,
            others: self.tops.keys().filter(|device| **device != self.was && **device != self.ours.device).count(),
            renamed: (self.ours.device != self.was).then(|| self.ours.device.clone()),
            is_put_back: self.is_put_back,
            damaged: self.damaged,
            ahead: ahead.collect(),
            written: 0,
        };
        Pulled { exchanged, ours: self.ours, there: self.there, next, reached }
    }
}

/// Putting lines there, in batches.
pub struct Push<'a> {
    server: &'a mut dyn Server,
    ours: &'a mut ServerState,
    next: i64,
    lines: Vec<Vec<u8>>,
    bytes: usize,
    written: usize,
    is_renamed: bool,
    failed: Option<ServerError>,
    entropy: &'a mut dyn FnMut() -> [u8; 8],
}

impl<'a> Push<'a> {
    /// Goes on with the device's next number.
    pub fn new(
        server: &'a mut dyn Server,
        ours: &'a mut ServerState,
        next: i64,
        entropy: &'a mut dyn FnMut() -> [u8; 8],
    ) -> Self {
        Self { server, ours, next, lines: Vec::new(), bytes: 0, written: 0, is_renamed: false, failed: None, entropy }
    }

    /// Takes a line, and puts a batch there when it is full.
    ///
    /// # Errors
    /// The server did not confirm it: [`Push::end`] says why.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let line = line.trim_ascii_end();
        self.bytes += line.len();
        self.lines.push(line.to_vec());
        if self.lines.len() >= BATCH || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        if lines.is_empty() {
            return Ok(());
        }
        for _ in 0..TRIES {
            match self.server.put(&self.ours.device, self.next, &lines) {
                Ok(Put::Done) => {
                    let seen = self.ours.seen.entry(self.ours.device.clone()).or_default();
                    let last = self.next + lines.len() as i64 - 1;
                    if *seen + 1 == self.next {
                        *seen = last;
                    }
                    self.next = last + 1;
                    self.written += lines.len();
                    return Ok(());
                }
                Ok(Put::Taken) => {
                    self.ours.device = Device::new((self.entropy)());
                    (self.next, self.is_renamed) = (1, true);
                }
                Err(error) => {
                    self.failed = Some(error);
                    return Err(io::ErrorKind::Other.into());
                }
            }
        }
        self.failed = Some(ServerError::Plain("the server has other lines under every name that was tried".to_owned()));
        Err(io::ErrorKind::Other.into())
    }

    /// Puts there what is left. `collected` is what became of collecting the lines.
    ///
    /// # Errors
    /// The lines could not be collected, or the server did not confirm them.
    pub fn end<T>(
        mut self,
        collected: Result<T, ExchangeError>,
        exchanged: &mut Exchanged,
    ) -> Result<T, ExchangeError> {
        let flushed = if collected.is_ok() { self.flush() } else { Ok(()) };
        exchanged.written = self.written;
        if self.is_renamed {
            exchanged.renamed = Some(self.ours.device.clone());
        }
        match self.failed {
            Some(error) => Err(error.into()),
            None => {
                flushed.map_err(ExportError::from)?;
                collected
            }
        }
    }
}
