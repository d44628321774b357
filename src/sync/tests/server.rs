//! The same by a server, which is cut wherever it is asked.

use super::*;
use crate::sync::server::error::ServerError;
use crate::sync::server::exchange::{self, ExchangeError, Exchanged, Put, Server};
use crate::sync::state::ServerState;

type Rows = BTreeMap<Device, BTreeMap<i64, Vec<u8>>>;

/// A server of values.
#[derive(Default, Clone)]
struct Table(Arc<Mutex<Rows>>);

/// A connection to it, which ends with a chance of one in so many at each question.
struct Line {
    table: Table,
    cuts: Option<(ChaCha8Rng, u32)>,
}

impl Line {
    fn ask(&mut self) -> Result<(), ServerError> {
        let is_cut = self.cuts.as_mut().is_some_and(|(chance, one_in)| chance.random_range(0..*one_in) == 0);
        if is_cut { Err(ServerError::Lost) } else { Ok(()) }
    }
}

impl Server for Line {
    fn tops(&mut self) -> Result<BTreeMap<Device, i64>, ServerError> {
        self.ask()?;
        let rows = self.table.0.lock().unwrap();
        Ok(rows.iter().map(|(device, lines)| (device.clone(), *lines.keys().last().unwrap_or(&0))).collect())
    }

    fn lines(&mut self, device: &Device, after: i64, most: usize) -> Result<Vec<(i64, Vec<u8>)>, ServerError> {
        self.ask()?;
        let rows = self.table.0.lock().unwrap();
        let lines = rows[device].range(after + 1..).take(most);
        Ok(lines.map(|(number, line)| (*number, line.clone())).collect())
    }

    fn put(&mut self, device: &Device, first: i64, lines: &[Vec<u8>]) -> Result<Put, ServerError> {
        self.ask()?;
        let mut rows = self.table.0.lock().unwrap();
        let there = rows.entry(device.clone()).or_default();
        let numbered = || (first..).zip(lines);
        if numbered().any(|(number, line)| there.get(&number).is_some_and(|other| other != line)) {
            return Ok(Put::Taken);
        }
        there.extend(numbered().map(|(number, line)| (number, line.clone())));
        drop(rows);
        // What was put is there, and the confirmation may be lost.
        self.ask().map(|()| Put::Done)
    }
}

impl Computer {
    fn ours(&mut self) -> (State, ServerState) {
        let known = remembered(&self.store).unwrap();
        let state = known.unwrap_or_else(|| State::without_folder(Device::new((self.entropy)())));
        let new = ServerState::new("postgres://ada@h/d".to_owned(), Device::new((self.entropy)()));
        (state.clone(), state.server.unwrap_or(new))
    }

    fn exchange(&mut self, line: &mut Line) -> Result<Exchanged, ExchangeError> {
        let (state, ours) = self.ours();
        exchange::exchange(&mut self.store, line, state, ours, NOON_MS + 40 * DAY_MS, &mut self.entropy)
    }

    fn pass(&mut self, table: &Table, patience: Duration) -> Option<Exchanged> {
        let (state, ours) = self.ours();
        let line = Line { table: table.clone(), cuts: None };
        let connect = move || Ok(Box::new(line) as Box<dyn Server + Send>);
        let now_ms = NOON_MS + 40 * DAY_MS;
        exchange::in_passing(&mut self.store, connect, state, ours, now_ms, &mut self.entropy, patience).unwrap()
    }
}

#[test]
fn after_any_cut_all_have_the_union() {
    for seed in 0..8 {
        let dir = folder();
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut all = computers(dir.path(), 4);
        let table = Table::default();
        let (mut union, mut cut) = (BTreeSet::new(), 0);
        for n in 0..250 {
            let which = chance.random_range(0..all.len());
            act(&mut all[which], n, 250, &mut chance);
            if chance.random_range(0..8) == 0 {
                union.extend(all[which].lines());
                let cuts = Some((ChaCha8Rng::seed_from_u64(chance.random()), 6));
                cut += usize::from(all[which].exchange(&mut Line { table: table.clone(), cuts }).is_err());
            }
        }
        assert!(cut > 3, "{cut} were cut");
        union.extend(all.iter().flat_map(Computer::lines));
        let mut line = Line { table: table.clone(), cuts: None };
        for _ in 0..2 {
            all.iter_mut().for_each(|computer| drop(computer.exchange(&mut line).unwrap()));
        }
        let rows: usize = table.0.lock().unwrap().values().map(BTreeMap::len).sum();
        for computer in &mut all {
            let Exchanged { written, brought, renamed, .. } = computer.exchange(&mut line).unwrap();
            assert_eq!((written, brought.reviews + brought.marks, renamed), (0, 0, None));
        }
        // A row lies there once, whoever brought it and whatever was cut.
        assert_eq!(rows, union.len());
        assert_alike(&all, &union, seed);
    }
}

#[test]
fn in_passing_little_is_done_and_nothing_is_waited_for() {
    let dir = folder();
    let mut all = computers(dir.path(), 2);
    let (table, long) = (Table::default(), Duration::from_secs(600));
    let mut line = Line { table: table.clone(), cuts: None };
    assert_eq!(all[0].pass(&table, long), None, "the first time is by hand");
    all.iter_mut().for_each(|computer| drop(computer.exchange(&mut line).unwrap()));
    all[0].answer(1, NOON_MS, 4);
    assert_eq!(all[0].pass(&table, long).unwrap().written, 1);
    assert_eq!(all[1].pass(&table, long).unwrap().brought.reviews, 1);
    assert_eq!(all[0].lines(), all[1].lines());
    (0..600).for_each(|n| all[0].decide(1, MarkKind::Note(n.to_string()), NOON_MS + n));
    assert_eq!(all[0].pass(&table, long), None);
    assert_eq!(all[0].exchange(&mut line).unwrap().written, 600);
    assert_eq!(all[1].pass(&table, long), None);
    assert_eq!(all[1].exchange(&mut line).unwrap().brought.marks, 600);
    // A server that does not answer.
    let (_held, answers) = mpsc::channel::<()>();
    let (state, ours) = all[1].ours();
    let connect = move || {
        let _ = answers.recv();
        Err(ServerError::Lost)
    };
    let Computer { store, entropy } = &mut all[1];
    assert_eq!(exchange::in_passing(store, connect, state, ours, 0, entropy, Duration::ZERO).unwrap(), None);
}

/// Between looking and putting, a second computer of this one's name may put lines under the next numbers.
#[test]
fn lines_under_a_taken_number_go_under_a_new_name() {
    let table = Table::default();
    let mut line = Line { table: table.clone(), cuts: None };
    let device = Device::new([1; 8]);
    assert_eq!(line.put(&device, 3, &[b"theirs".to_vec()]).unwrap(), Put::Done);
    let mut ours = ServerState::new(String::new(), device.clone());
    ours.seen.insert(device.clone(), 2);
    let (mut entropy, mut exchanged) = (|| [2; 8], Exchanged::default());
    let mut push = exchange::Push::new(&mut line, &mut ours, 3, &mut entropy);
    push.write(b"ours\n").unwrap();
    push.end(Ok(()), &mut exchanged).unwrap();
    let new = Device::new([2; 8]);
    assert_eq!((exchanged.written, exchanged.renamed.as_ref(), &ours.device), (1, Some(&new), &new));
    assert_eq!((ours.seen[&device], ours.seen[&new]), (2, 1), "theirs are read the next time");
    let rows = table.0.lock().unwrap();
    assert_eq!((&rows[&device][&3][..], &rows[&new][&1][..]), (&b"theirs"[..], &b"ours"[..]));
}
