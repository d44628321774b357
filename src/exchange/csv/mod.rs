//! CSV and its kin: tables of cards as spreadsheets, Anki and Quizlet write them.

mod columns;
mod table;

use super::html::Converted;
use super::outgoing::csv::unguarded;
use super::refused::Refused;
use super::{Incoming, IncomingCard, IncomingProgress, LeftOut};
use crate::deck::{Cloze, DraftBody};
use crate::fnv::Fnv;
use columns::{Columns, Role};
use std::collections::{HashMap, HashSet};
use table::{Row, Table};

/// How a table is to be read.
pub struct Reading<'a> {
    /// The name of the file, without its ending: what tells its cards from those of other tables.
    pub name: &'a str,
    /// What the columns are, where the learner says it.
    pub columns: Option<&'a str>,
    /// The first row has names, whatever they are.
    pub header: bool,
    /// What makes text of HTML.
    pub html: &'a dyn Fn(&str) -> Converted,
}

/// Reads a table of cards.
///
/// # Errors
/// What its columns are cannot be told, or a quote takes in lines.
pub fn read(text: &str, reading: &Reading) -> Result<Incoming, Refused> {
    let mut table = table::read(text, &columns::is_header)?;
    let mut columns = columns::find(&table.rows, table.directives.as_ref(), table.separator, reading.columns)?;
    columns.has_names |= reading.header;
    let mut media = Media::default();
    if table.directives.as_ref().is_some_and(|directives| directives.html == Some(true)) {
        table.rows.iter_mut().for_each(|row| of_html(row, &columns, reading.html, &mut media));
    }
    let directives = table.directives.as_ref();
    // A file with guids that Anki wrote has notes of Anki, wherever else they come from.
    let is_of_anki = directives.is_some_and(|directives| directives.guid_column.is_some());
    let mut cards = Cards {
        table: &table,
        columns: &columns,
        scope: scope(directives.and_then(|directives| directives.deck.as_deref()).unwrap_or(reading.name)),
        taken: HashMap::new(),
        bodies: HashSet::new(),
        cards: Vec::new(),
        left_out: Vec::new(),
    };
    table.rows.iter().skip(usize::from(columns.has_names)).for_each(|row| cards.add(row));
    let Cards { cards, mut left_out, .. } = cards;
    let rows = table.rows.len() - usize::from(columns.has_names);
    if let Some(ragged) = left_out.iter().find(|left| left.what == TOO_MANY && left.lines.len() * 2 > rows) {
        return Err(Refused::new(format!(
            "{} of its {rows} rows have more columns than {}, the first of them on line {}: a text with {} in it needs quotes",
            ragged.lines.len(),
            if columns.has_names { "its first row has names" } else { "the others" },
            ragged.lines[0],
            separator_name(table.separator)
        )));
    }
    if table.comments > 0 {
        left_out.push(Left { what: "comments: lines that begin with #", lines: Vec::new(), count: table.comments });
    }
    let mut left_out: Vec<LeftOut> = left_out.into_iter().map(Left::said).collect();
    left_out.extend(unused(&table, &columns));
    left_out.extend(media.left_out());
    let is_plain = table.directives.as_ref().is_none_or(|directives| directives.html.is_none());
    let header = if columns.has_names { ", and with --header" } else { "" };
    let advice =
        (is_plain && table.rows.iter().flat_map(|row| &row.cells).any(|cell| has_html(cell))).then(|| {
            format!("some of its cells look like HTML and came in as they stand: with a line #html:true at its top{header} they become text")
        });
    Ok(Incoming {
        program: if is_of_anki { "anki" } else { "csv" },
        what: what(&table, &columns),
        title: directives.and_then(|directives| directives.deck.clone()),
        cards,
        left_out,
        advice,
        ..Incoming::default()
    })
}

/// Whether a cell has what only HTML ends with, or a picture.
fn has_html(cell: &str) -> bool {
    ["</b>", "</i>", "</div>", "</span>", "</li>", "</p>", "<br>", "<br />", "<img ", "&nbsp;"]
        .iter()
        .any(|sign| cell.contains(sign))
}

/// What cells have that is no text.
#[derive(Default)]
struct Media {
    pictures: Vec<String>,
    sounds: usize,
}

impl Media {
    fn left_out(self) -> impl Iterator<Item = LeftOut> {
        let (pictures, sounds) = (self.pictures.len(), self.sounds);
        let named = [("pictures: a text has only their names", pictures), ("sounds and films", sounds)];
        named.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| LeftOut { what: what.to_owned(), count })
    }
}

/// Makes text of those cells that are HTML.
fn of_html(row: &mut Row, columns: &Columns, html: &dyn Fn(&str) -> Converted, media: &mut Media) {
    use Role::{Answer, Further, Question, Why};
    for (cell, role) in row.cells.iter_mut().zip(&columns.roles) {
        if matches!(role, Question | Answer | Why | Further | Role::Option | Role::Correct) {
            let converted = html(cell);
            media.pictures.extend(converted.pictures);
            media.sounds += converted.sounds;
            *cell = converted.text;
        }
    }
}

const TOO_MANY: &str = "rows with more columns than the others: a text with the separator in it needs quotes";
const BEYOND: &str = "fields beyond those of the other rows";
const NO_QUESTION: &str = "rows without a question";
const NO_ANSWER: &str = "rows without an answer";
const NO_OPTION: &str = "rows whose correct answer is none of those to choose from";
const NO_GAP: &str = "notes of a cloze type without a gap, or with broken ones";
const TWICE: &str = "rows that are there twice";
const OCCLUSION: &str = "image occlusion cards: their question is a picture";
const FURTHER: &str = "fields of notes beyond the second";

/// Rows that are left out, or something in them.
struct Left {
    what: &'static str,
    lines: Vec<usize>,
    count: usize,
}

impl Left {
    fn said(self) -> LeftOut {
        /// This many lines are named, and the rest are counted.
        const SHOWN: usize = 5;
        let lines: Vec<String> = self.lines.iter().take(SHOWN).map(usize::to_string).collect();
        let more = self.lines.len().saturating_sub(SHOWN);
        let what = match (lines.as_slice(), more) {
            ([], _) => self.what.to_owned(),
            ([line], _) => format!("{} (line {line})", self.what),
            (lines, 0) => format!("{} (lines {})", self.what, lines.join(", ")),
            (lines, more) => format!("{} (lines {} and {more} more)", self.what, lines.join(", ")),
        };
        LeftOut { what, count: self.count }
    }
}

fn separator_name(separator: char) -> String {
    match separator {
        '\t' => "a tab".to_owned(),
        ',' => "a comma".to_owned(),
        ';' => "a semicolon".to_owned(),
        '|' => "a vertical bar".to_owned(),
        ':' => "a colon".to_owned(),
        ' ' => "a space".to_owned(),
        other => format!("'{other}'"),
    }
}

/// What the file is, for people.
fn what(table: &Table, columns: &Columns) -> String {
    let by = separator_name(table.separator);
    match (&table.directives, columns.has_names) {
        (Some(_), _) => format!("a text export with header lines as Anki writes them, {by} between its columns"),
        (None, true) => format!("a table with {by} between its columns and their names in its first row"),
        (None, false) => format!("a table with {by} between its columns and no names of them"),
    }
}

/// The named columns that are not taken.
fn unused(table: &Table, columns: &Columns) -> Option<LeftOut> {
    let in_header = || {
        let names = table.directives.as_ref()?.columns.as_ref()?;
        Some(names.split(table.separator).map(str::to_owned).collect::<Vec<_>>())
    };
    let in_first = || table.rows.first().filter(|_| columns.has_names).map(|row| row.cells.clone());
    let names = in_first().or_else(in_header)?;
    let named = columns.of(Role::Unused).filter_map(|column| names.get(column));
    let names: Vec<&str> = named.map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let more = if names.len() > 6 { format!(" and {} more", names.len() - 6) } else { String::new() };
    let shown: Vec<&str> = names.iter().copied().take(6).collect();
    (!names.is_empty()).then(|| LeftOut { what: format!("columns: {}{more}", shown.join(", ")), count: names.len() })
}

/// What tells the cards of a table from those of others: its name, without what a browser adds to one that is there.
fn scope(name: &str) -> String {
    let copy = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let plain = copy.filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit())).map_or(name, |(name, _)| name);
    plain.trim().to_lowercase()
}

/// The cards of a table, as they are found.
struct Cards<'a> {
    table: &'a Table,
    columns: &'a Columns,
    scope: String,
    /// How often a key is there.
    taken: HashMap<String, usize>,
    bodies: HashSet<u64>,
    cards: Vec<IncomingCard>,
    left_out: Vec<Left>,
}

/// What Anki's note type makes of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notetype {
    Basic,
    Reversed,
    ReversedIfAsked,
    Cloze,
    Occlusion,
}

impl Notetype {
    fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        match () {
            () if name.contains("occlusion") => Self::Occlusion,
            () if name.contains("cloze") => Self::Cloze,
            () if name.contains("optional reversed") => Self::ReversedIfAsked,
            () if name.contains("reversed") => Self::Reversed,
            () => Self::Basic,
        }
    }
}

impl Cards<'_> {
    fn leave_out(&mut self, what: &'static str, row: &Row) {
        match self.left_out.iter_mut().find(|left| left.what == what) {
            Some(left) => {
                left.lines.push(row.line);
                left.count += 1;
            }
            None => self.left_out.push(Left { what, lines: vec![row.line], count: 1 }),
        }
    }

    /// The texts of the columns with that role.
    fn texts(&self, row: &Row, role: Role) -> Vec<String> {
        let cell = |column: usize| row.cells.get(column).map_or("", |cell| unguarded(cell.trim()));
        self.columns.of(role).map(|column| cell(column).to_owned()).collect()
    }

    fn text(&self, row: &Row, role: Role) -> String {
        self.texts(row, role).into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// What a column says of the row, as it stands.
    fn word(&self, row: &Row, role: Role) -> Option<String> {
        let cell = unguarded(row.cells.get(self.columns.first(role)?)?.trim());
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    fn add(&mut self, row: &Row) {
        let width = self.columns.roles.len();
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let mut further = row.cells.iter().skip(width);
        if further.any(|cell| !cell.trim().is_empty()) {
            // No text has a tab in it, so what stands after one more is a further field.
            if self.table.separator != '\t' {
                return self.leave_out(TOO_MANY, row);
            }
            self.leave_out(BEYOND, row);
        }
        let notetype = self.word(row, Role::Notetype);
        let said = self.table.directives.as_ref().and_then(|directives| directives.notetype.clone());
        let notetype = notetype.or(said).map_or(Notetype::Basic, |name| Notetype::of(&name));
        let further = self.texts(row, Role::Further);
        let has_further = further.iter().any(|text| !text.is_empty());
        let (question, answer) = (self.text(row, Role::Question), self.text(row, Role::Answer));
        if matches!(notetype, Notetype::Cloze | Notetype::Basic)
            && let Some(cloze) = gaps(&question)
        {
            return self.cloze(row, question, &cloze, answer);
        }
        let reverse = match notetype {
            Notetype::Occlusion => return self.leave_out(OCCLUSION, row),
            _ if question.is_empty() => return self.leave_out(NO_QUESTION, row),
            Notetype::Cloze => return self.leave_out(NO_GAP, row),
            Notetype::Basic => false,
            Notetype::Reversed => true,
            Notetype::ReversedIfAsked => has_further,
        };
        if has_further && notetype != Notetype::ReversedIfAsked {
            self.leave_out(FURTHER, row);
        }
        let body = match self.columns.first(Role::Correct) {
            Some(_) => match self.choice(row, &question) {
                Some(body) => body,
                None => return self.leave_out(NO_OPTION, row),
            },
            None if answer.is_empty() => return self.leave_out(NO_ANSWER, row),
            None => DraftBody::Recall { ask: question.clone(), answer: answer.clone() },
        };
        if self.is_there(&body, row) {
            return self.leave_out(TWICE, row);
        }
        let key = self.key(row, &question);
        let whole = vec![IncomingProgress::default()];
        self.push(row, format!("{key}:0"), body, None, whole.clone());
        if reverse {
            self.push(row, format!("{key}:1"), DraftBody::Recall { ask: answer, answer: question }, None, whole);
        }
    }

    fn cloze(&mut self, row: &Row, text: String, cloze: &Cloze, extra: String) {
        let gap = |gap| IncomingProgress { gap: Some(gap), ..IncomingProgress::default() };
        let progress = cloze.numbers().into_iter().map(gap).collect();
        let key = self.key(row, &text);
        let body = DraftBody::Cloze { text };
        if self.is_there(&body, row) {
            return self.leave_out(TWICE, row);
        }
        self.push(row, format!("{key}:0"), body, Some(extra), progress);
    }

    /// Whether the same card was in a row before; one with a guid of its own is another.
    fn is_there(&mut self, body: &DraftBody, row: &Row) -> bool {
        let mut hash = Fnv::new();
        let (kind, keys) = body.keys();
        let deck = self.word(row, Role::Deck).unwrap_or_default();
        let guid = self.word(row, Role::Guid).unwrap_or_default();
        let texts = keys.into_iter().map(|(_, text)| text);
        texts.chain([kind, &deck, &guid]).for_each(|text| hash.add(text.as_bytes()));
        !self.bodies.insert(hash.value())
    }

    /// What tells the row from others when it is brought again: its guid, or its question.
    fn key(&mut self, row: &Row, question: &str) -> String {
        let key = self.word(row, Role::Guid).unwrap_or_else(|| {
            let mut hash = Fnv::new();
            hash.add(self.scope.as_bytes());
            hash.add(question.as_bytes());
            format!("{:016x}", hash.value())
        });
        let times = self.taken.entry(key.clone()).or_default();
        *times += 1;
        if *times == 1 { key } else { format!("{key}-{times}") }
    }

    fn push(
        &mut self,
        row: &Row,
        key: String,
        body: DraftBody,
        extra: Option<String>,
        progress: Vec<IncomingProgress>,
    ) {
        let directives = self.table.directives.as_ref();
        let mut tags: Vec<String> = directives.map(|directives| directives.tags.clone()).unwrap_or_default();
        for cell in self.columns.of(Role::Tags).filter_map(|column| row.cells.get(column)) {
            tags.extend(split_tags(cell));
        }
        tags.extend(self.columns.of(Role::Topic).filter_map(|column| one_tag(row.cells.get(column)?)));
        let mut known = HashSet::new();
        tags.retain(|tag| known.insert(tag.clone()));
        let why: Vec<String> =
            extra.into_iter().chain(self.texts(row, Role::Why)).filter(|text| is_said_first(text, &body)).collect();
        self.cards.push(IncomingCard {
            key,
            deck: self.word(row, Role::Deck).or_else(|| directives?.deck.clone()),
            tags,
            why: (!why.is_empty()).then(|| why.join("\n\n")),
            source: self.word(row, Role::Source),
            body,
            progress,
        });
    }

    /// A question with answers to choose from: they stand under it, and the right one is the answer.
    fn choice(&self, row: &Row, question: &str) -> Option<DraftBody> {
        let options: Vec<(char, String)> =
            ('A'..='Z').zip(self.texts(row, Role::Option)).filter(|(_, text)| !text.is_empty()).collect();
        let correct = self.text(row, Role::Correct);
        let named = |part: &str| {
            let part = part.trim().trim_end_matches(['.', ')', ':']).trim();
            let plain = part.trim_start_matches("Option").trim_start_matches("option").trim();
            let letter = plain.chars().next().filter(|_| plain.chars().count() == 1).map(|c| match c {
                '1'..='9' => char::from(b'A' - 1 + c as u8 - b'0'),
                c => c.to_ascii_uppercase(),
            });
            let by_text = options.iter().find(|(_, text)| text.eq_ignore_ascii_case(part));
            by_text.or_else(|| options.iter().find(|(name, _)| Some(*name) == letter))
        };
        let right: Vec<&(char, String)> = match named(&correct) {
            Some(option) => vec![option],
            None => correct.split([',', ';', '|', '&', '/']).map(named).collect::<Option<_>>()?,
        };
        let line = |(name, text): &(char, String)| format!("{name}. {text}");
        let lines =
            |options: &[&(char, String)]| options.iter().map(|option| line(option)).collect::<Vec<_>>().join("\n");
        let all: Vec<&(char, String)> = options.iter().collect();
        Some(DraftBody::Recall { ask: format!("{question}\n\n{}", lines(&all)), answer: lines(&right) })
    }
}

/// Whether a text says something that the answer does not say word for word.
fn is_said_first(text: &str, body: &DraftBody) -> bool {
    let is_answer = matches!(body, DraftBody::Recall { answer, .. } if answer.ends_with(text));
    !text.is_empty() && !is_answer
}

/// A text with numbered gaps in Anki's notation; other braces make none.
fn gaps(text: &str) -> Option<Cloze> {
    let is_numbered = |(at, begin): (usize, &str)| {
        let rest = text[at + begin.len()..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ',');
        rest.starts_with("::")
    };
    text.match_indices("{{c").any(is_numbered).then(|| Cloze::parse(text).ok()).flatten()
}

/// Tags with commas, semicolons or bars between them, else with spaces.
fn split_tags(cell: &str) -> Vec<String> {
    match cell.contains([',', ';', '|']) {
        true => cell.split([',', ';', '|']).filter_map(one_tag).collect(),
        false => cell.split_whitespace().map(str::to_owned).collect(),
    }
}

/// Words as one tag.
fn one_tag(words: &str) -> Option<String> {
    let tag = words.split_whitespace().collect::<Vec<_>>().join("-");
    (!tag.is_empty()).then_some(tag)
}

#[cfg(test)]
mod tests;
