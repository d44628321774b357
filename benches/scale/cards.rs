//! The cards of a collection: each is a function of its place, so that none has to be kept.

use serde_json::{Value, json};
use std::fmt::Write;

/// Every block of so many cards in a file has the same kinds; what is left over are recall cards.
const BLOCK: u32 = 20;

const THINGS: [&str; 16] = [
    "cache", "queue", "replica", "shard", "index", "log", "leader", "client", "gateway", "bucket", "lease", "cursor",
    "snapshot", "token", "batch", "stream",
];
const DEEDS: [&str; 16] = [
    "loses a write",
    "falls behind",
    "restarts",
    "runs hot",
    "splits",
    "drops a request",
    "times out",
    "is full",
    "moves",
    "reads old data",
    "retries",
    "is rebuilt",
    "fails over",
    "waits for a lock",
    "grows",
    "is throttled",
];
const OPTIONS: [&str; 3] = ["Push", "Pull", "Both"];
/// What is the same in every estimate.
const ESTIMATE: &str = r#"unit = "QPS"
answer = "users * actions / day"
given.users = { pick = ["1M", "5M", "20M", "50M"] }
given.actions = { pick = [5, 10, 20] }
[[estimate.work]]
say = "{users} x {actions} in 86,400 s"
value = "users * actions / day"
[[estimate.check]]
given = { users = "20M", actions = 10 }
answer = "2315/s""#;

/// How the cards lie in files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// All cards.
    pub(crate) cards: u32,
    /// Deck files.
    pub(crate) files: u32,
}

impl Shape {
    /// Cards spread over 200 files, or over fewer when a file would have less than 50.
    pub(crate) fn of(cards: u32) -> Self {
        Self { cards, files: (cards / 50).clamp(1, 200) }
    }

    fn in_file(self, file: u32) -> u32 {
        let (each, more) = (self.cards / self.files, self.cards % self.files);
        each + u32::from(file < more)
    }

    /// A card by its number in the whole collection: the files' cards one after the other in turn.
    pub(crate) fn card(self, number: u32) -> Card {
        let (file, place) = (number % self.files, number / self.files);
        Card { file, place, in_file: self.in_file(file) }
    }

    /// The card of that id.
    pub(crate) fn find(self, id: &str) -> Option<Card> {
        let mut parts = id.split('/');
        let file: u32 = parts.next()?.strip_prefix("deck-")?.parse().ok()?;
        let (first, last) = (parts.next()?, parts.next());
        let place: u32 = first.rsplit('-').next()?.parse().ok()?;
        let within: u32 = last.map_or(Some(0), |last| last.rsplit('-').next()?.parse().ok())?;
        Some(Card { file, place: place + within, in_file: self.in_file(file) })
    }

    /// The text of a deck file. Another `edition` has one sentence in other words.
    pub(crate) fn deck(self, file: u32, edition: u32) -> String {
        let mut text =
            format!("[deck]\nname = \"deck-{file:03}\"\ntitle = \"Deck {file}\"\nabout = \"To measure with.\"\n");
        let in_file = self.in_file(file);
        for place in 0..in_file {
            Card { file, place, in_file }.write(&mut text, if place == 0 { edition } else { 0 });
        }
        text
    }

    /// The cards of a file as hashcards reads them.
    pub(crate) fn markdown(self, file: u32) -> String {
        let in_file = self.in_file(file);
        let cards = (0..in_file).map(|place| Card { file, place, in_file });
        cards.map(|card| format!("Q: {}\nA: {}\n\n", card.prompt(), card.answer())).collect()
    }
}

/// The kinds, with the place of a row or a verdict in its matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recall,
    Number,
    Row(u32),
    Verdict(u32),
    Probe,
    Estimate,
}

/// A card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card {
    file: u32,
    place: u32,
    in_file: u32,
}

impl Card {
    fn kind(self) -> Kind {
        let whole = self.in_file / BLOCK * BLOCK;
        match self.place % BLOCK {
            _ if self.place >= whole => Kind::Recall,
            at @ 0..3 => Kind::Row(at),
            at @ 3..5 => Kind::Verdict(at),
            5..9 => Kind::Number,
            9 => Kind::Probe,
            10 => Kind::Estimate,
            _ => Kind::Recall,
        }
    }

    /// As the log names its kind.
    pub(crate) fn kind_name(self) -> &'static str {
        match self.kind() {
            Kind::Recall => "recall",
            Kind::Number => "number",
            Kind::Row(_) => "matrix",
            Kind::Verdict(_) => "choice",
            Kind::Probe => "probe",
            Kind::Estimate => "estimate",
        }
    }

    /// Whether its values are drawn.
    pub(crate) fn is_generated(self) -> bool {
        self.kind() == Kind::Estimate
    }

    /// Its id.
    pub(crate) fn id(self) -> String {
        let Self { file, place, .. } = self;
        match self.kind() {
            Kind::Row(at) => format!("deck-{file:03}/table-{:05}/row-{at}", place - at),
            Kind::Verdict(at) => format!("deck-{file:03}/table-{:05}/case-{at}", place - at),
            _ => format!("deck-{file:03}/{}-{place:05}", self.kind_name()),
        }
    }

    /// A number that looks like chance.
    fn mixed(self, salt: u32) -> u32 {
        let mut x = u64::from(self.file) << 40 | u64::from(self.place) << 8 | u64::from(salt);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x >> 40) as u32
    }

    fn thing(self, salt: u32) -> &'static str {
        THINGS[self.mixed(salt) as usize % THINGS.len()]
    }

    fn deed(self, salt: u32) -> &'static str {
        DEEDS[self.mixed(salt) as usize % DEEDS.len()]
    }

    /// What is asked.
    pub(crate) fn prompt(self) -> String {
        let at = format!("{}.{}", self.file, self.place);
        match self.kind() {
            Kind::Recall => format!("{at}: a {} {}. What holds the {}?", self.thing(1), self.deed(2), self.thing(3)),
            Kind::Number => format!("{at}: how long until the {} {}?", self.thing(1), self.deed(2)),
            Kind::Row(_) => format!("{at}: the {} {}", self.thing(1), self.deed(2)),
            Kind::Verdict(_) => format!("{at}: every {} {} at night. Which one?", self.thing(1), self.deed(2)),
            Kind::Probe => format!("{at}: the {} {}. What do you do?", self.thing(1), self.deed(2)),
            Kind::Estimate => format!("{at}: 20M users, 10 requests a day each. Average QPS?"),
        }
    }

    fn milliseconds(self) -> u32 {
        3 + self.mixed(4) % 900
    }

    fn pick(self) -> usize {
        self.mixed(5) as usize % OPTIONS.len()
    }

    /// What is right.
    pub(crate) fn answer(self) -> String {
        match self.kind() {
            Kind::Recall | Kind::Probe => format!("The {} keeps a copy until it {}.", self.thing(6), self.deed(7)),
            Kind::Number => format!("{} ms", self.milliseconds()),
            Kind::Row(_) => format!("The {}; the {}; neither", self.thing(6), self.thing(7)),
            Kind::Verdict(_) => OPTIONS[self.pick()].to_owned(),
            Kind::Estimate => "2.3k QPS".to_owned(),
        }
    }

    /// A reply that is right, to a question as it was asked.
    pub(crate) fn right(self, question: &Value) -> Value {
        let value = |name: &str| question["values"][name].as_str().unwrap_or("1").to_owned();
        match self.kind() {
            Kind::Recall | Kind::Row(_) => json!({ "grade": "good", "took_s": 8.0 }),
            Kind::Number => json!({ "answer": self.answer(), "took_s": 6.0 }),
            Kind::Verdict(_) => json!({ "answer": self.pick(), "took_s": 9.0 }),
            Kind::Probe => json!({ "said": [0, 1, 2], "took_s": 25.0 }),
            Kind::Estimate => {
                json!({ "answer": format!("{}*{}/86400", value("users"), value("actions")), "took_s": 20.0 })
            }
        }
    }

    /// Writes it as its deck file has it. The first row of a matrix brings the matrix along.
    fn write(self, text: &mut String, edition: u32) {
        let said = if edition == 0 { String::new() } else { format!(" In words number {edition}.") };
        let why = format!("Because the {} {} before the {} does.{said}", self.thing(8), self.deed(9), self.thing(10));
        let level = 1 + self.place % 3;
        let mut table = |table: &str, id: &str, keys: &str| {
            let common = format!("id = \"{id}\"\nlevel = {level}\nwhy = \"{why}\"\nsource = \"arithmetic\"");
            writeln!(text, "\n[[{table}]]\n{common}\n{keys}").expect("a text takes all");
        };
        let (id, ask, answer) = (self.id(), self.prompt(), self.answer());
        let mut names = id.rsplit('/');
        let (name, parent) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let asked = format!("ask = \"{ask}\"\nanswer = \"{answer}\"");
        match self.kind() {
            Kind::Recall => table("recall", name, &asked),
            Kind::Number => table("number", name, &asked),
            Kind::Probe => {
                let points = [self.thing(11), self.thing(12), self.thing(13)];
                table("probe", name, &format!("ask = \"{ask}\"\npoints = {points:?}\nsay = \"{answer}\""));
            }
            Kind::Estimate => {
                let ask = format!("{}.{}: {{users}} users, {{actions}} requests a day each.", self.file, self.place);
                table("estimate", name, &format!("ask = \"{ask} Average QPS?\"\n{ESTIMATE}"));
            }
            Kind::Row(at) => {
                if at == 0 {
                    let title = format!("title = \"Ways to feed the {}\"\noptions = {OPTIONS:?}", self.thing(14));
                    table("matrix", parent, &title);
                }
                let cells = [self.thing(6), self.thing(7), "neither"];
                table("matrix.row", name, &format!("dimension = \"{ask}\"\ncells = {cells:?}"));
            }
            Kind::Verdict(_) => {
                let because = format!("because = \"The {} {}.\"", self.thing(15), self.deed(16));
                table("matrix.verdict", name, &format!("given = \"{ask}\"\npick = \"{answer}\"\n{because}"));
            }
        }
    }
}
