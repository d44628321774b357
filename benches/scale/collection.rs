//! A collection on disk: decks, settings, and a database with a log.

use crate::cards::Shape;
use crate::learner::{self, Log};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use sysdrill::store::Store;

/// An error with what it is about.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SEED: u64 = 20_261_121;
/// The embedded decks are switched off: only the collection's own cards count.
const CONFIG: &str = "decks_off = [\"conversions\", \"interview\", \"latency\", \"mistakes\", \"quick-answers\", \
                      \"trade-offs\"]\n";
/// The days for which a copy has a backup already, so that none is made while something is timed.
const BACKED_UP: std::ops::Range<i64> = 0..60;

/// A collection that is there.
#[derive(Debug, Clone)]
pub(crate) struct Collection {
    /// How its cards lie in files.
    pub(crate) shape: Shape,
    /// How many reviews it has.
    pub(crate) reviews: usize,
    dir: PathBuf,
}

impl Collection {
    /// The collection of that size in a folder: the one that is there, or a new one.
    pub(crate) fn get(folder: &Path, cards: u32, reviews: usize) -> Result<Self> {
        let dir = folder.join(format!("{}-{}", short(cards as usize), short(reviews)));
        let collection = Self { shape: Shape::of(cards), reviews, dir };
        let mark = collection.mark()?;
        if fs::read_to_string(collection.marker()).is_ok_and(|found| found == mark) {
            return Ok(collection);
        }
        let began = Instant::now();
        let _ = fs::remove_dir_all(&collection.dir);
        collection.make()?;
        fs::write(collection.marker(), mark)?;
        eprintln!("{}: made in {:.0} s", collection.name(), began.elapsed().as_secs_f64());
        Ok(collection)
    }

    /// As it is called in tables.
    pub(crate) fn name(&self) -> String {
        format!("{} cards, {} reviews", short(self.shape.cards as usize), short(self.reviews))
    }

    fn marker(&self) -> PathBuf {
        self.dir.join("complete")
    }

    /// The folder of settings and decks.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// The database.
    pub(crate) fn db(&self) -> PathBuf {
        self.dir.join("sysdrill.db")
    }

    /// A deck file.
    pub(crate) fn deck(&self, file: u32) -> PathBuf {
        self.config().join(format!("decks/deck-{file:03}.toml"))
    }

    /// A folder for other things.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What a complete collection says of itself: one of another version, or with a database of another, is made anew.
    fn mark(&self) -> Result<String> {
        let scratch = self.dir.with_extension("scratch");
        let _ = fs::remove_dir_all(&scratch);
        let path = scratch.join("new.db");
        drop(open(&path)?);
        let schema: Vec<String> = Connection::open(&path)?
            .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        fs::remove_dir_all(&scratch)?;
        let deck = crc32fast::hash(self.shape.deck(0, 0).as_bytes());
        Ok(format!("version {}, seed {SEED}, deck {deck}\n{CONFIG}{}\n", learner::VERSION, schema.join("\n")))
    }

    fn make(&self) -> Result<()> {
        fs::create_dir_all(self.config().join("decks"))?;
        fs::write(self.config().join("config.toml"), CONFIG)?;
        for file in 0..self.shape.files {
            fs::write(self.deck(file), self.shape.deck(file, 0))?;
        }
        drop(open(&self.db())?);
        let log = Log::simulate(self.shape, self.reviews, SEED);
        take_in(&self.db(), &log, &self.name())?;
        back_up_beforehand(&self.dir)
    }

    /// A database with this many other reviews of the same cards.
    pub(crate) fn other_log(&self, number: u64, reviews: usize) -> Result<PathBuf> {
        let path = self.beside(&format!("other-{number}")).join("other.db");
        let _ = fs::remove_dir_all(self.beside(&format!("other-{number}")));
        take_in(&path, &Log::others(self.shape, reviews, SEED + 100 + number), "another log")?;
        Ok(path)
    }

    /// A copy of the database that is gone when it is dropped.
    pub(crate) fn copy(&self, name: &str) -> Result<Copy> {
        let dir = self.beside(name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir)?;
        fs::copy(self.db(), dir.join("sysdrill.db"))?;
        back_up_beforehand(&dir)?;
        Ok(Copy { dir })
    }
}

/// A copy of a database in a folder of its own.
#[derive(Debug)]
pub(crate) struct Copy {
    dir: PathBuf,
}

impl Copy {
    /// The database.
    pub(crate) fn db(&self) -> PathBuf {
        self.dir.join("sysdrill.db")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn open(path: &Path) -> Result<Store> {
    Ok(Store::open(path, Box::new(|| [7; 10]))?)
}

fn take_in(db: &Path, log: &Log, name: &str) -> Result<()> {
    let began = Instant::now();
    let imported = open(db)?.import(&mut log.lines(), &|_| Ok(()), &mut |_| ())?;
    assert_eq!(imported.reviews, log.len(), "every line is a review that was not there");
    if log.len() >= 100_000 {
        eprintln!("{name}: taken in in {:.0} s", began.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Puts empty files where the next days' backups would be: what is timed is not a day's first session.
fn back_up_beforehand(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir.join("backups"))?;
    for ahead in BACKED_UP {
        let day = sysdrill::schedule::Day::from_epoch_days(learner::TODAY + ahead).ok_or("no such day")?;
        fs::write(dir.join(format!("backups/sysdrill-{day}.db")), "")?;
    }
    Ok(())
}

/// A number as it is written on the command line: `10k`, `1M`.
pub(crate) fn short(number: usize) -> String {
    match number {
        0 => "0".to_owned(),
        n if n % 1_000_000 == 0 => format!("{}M", n / 1_000_000),
        n if n % 1000 == 0 => format!("{}k", n / 1000),
        n => n.to_string(),
    }
}
