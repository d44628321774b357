//! A deck, or a selection of cards, as a sheet to read: cards in sections by tag, matrices as tables.
//!
//! Here belong the sheet as a value and its two writers, text for a width in columns and Markdown.

use crate::deck::{Body, Card};
use crate::session::Face;
use comfy_table::presets::ASCII_NO_BORDERS;
use comfy_table::{ContentArrangement, Table as Grid};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use textwrap::Options;

/// The seed of the example that stands for a generated question: a sheet is the same each time.
const EXAMPLE_SEED: u64 = 0;
/// A table whose columns would be narrower than this, in columns of text, is written as lists.
const NARROWEST_COLUMN: usize = 13;
/// The section of cards that have no tag but those that all have.
const NO_SECTION: &str = "other cards";

/// What a sheet shows of a card beside what its deck says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remark {
    /// Whether the learner is likely to have forgotten it.
    pub weak: bool,
    /// The learner's own note.
    pub note: Option<String>,
}

/// Cards to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Sections in the order of their first card.
    pub sections: Vec<Section>,
}

/// The cards of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The tag.
    pub title: String,
    /// In the order of the decks.
    pub entries: Vec<Entry>,
}

/// What stands in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A question and its answer.
    Card(Box<Written>),
    /// A matrix with those of its rows and verdicts that were selected.
    Matrix(Box<Matrix>),
}

/// A card as it is asked and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: String,
    /// What is asked; of a generated question, an example.
    pub ask: String,
    /// The answer, a paragraph each.
    pub answer: Vec<String>,
    /// The points of a probe.
    pub points: Vec<String>,
    /// What follows from it.
    pub why: Option<String>,
    /// Where the fact comes from, with its year.
    pub source: Option<String>,
    /// The family of a number: those that are learned side by side have one name.
    pub family: Option<String>,
    /// What is known of the learner.
    pub remark: Remark,
}

/// Options side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// What is compared.
    pub title: String,
    /// The options, in order.
    pub options: Vec<String>,
    /// Each dimension with a cell for each option, and whether it is weak.
    pub rows: Vec<(String, Vec<String>, bool)>,
    /// Given this, which option and why.
    pub verdicts: Vec<Written>,
}

impl Written {
    /// A card with what is known of it.
    pub fn of(card: &Card, remark: Remark) -> Self {
        let Face { prompt, revealed } = Face::of(card, EXAMPLE_SEED);
        let year = card.as_of.map(|year| format!(" ({year})")).unwrap_or_default();
        Self {
            id: card.id.to_string(),
            ask: prompt,
            answer: revealed.text.lines().map(str::to_owned).collect(),
            points: revealed.points,
            why: revealed.why,
            source: card.source.as_ref().map(|source| format!("{source}{year}")),
            family: match &card.body {
                Body::Number(number) => number.family.clone(),
                _ => None,
            },
            remark,
        }
    }
}

impl Sheet {
    /// A sheet of these cards, in their order; `remark` knows the learner.
    pub fn of(cards: &[Arc<Card>], remark: impl Fn(&Card) -> Remark) -> Self {
        let of_all = shared_tags(cards);
        let mut sheet = Self { sections: Vec::new() };
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut matrices: HashMap<&str, (usize, usize)> = HashMap::new();
        for card in cards {
            let title = card.tags.iter().find(|tag| !of_all.contains(tag.as_str())).map_or(NO_SECTION, String::as_str);
            // A matrix stays together, in the section of its first card.
            let known = card.id.matrix().and_then(|matrix| matrices.get(matrix)).copied();
            let (section, entry) = known.unwrap_or_else(|| {
                let section = *places.entry(title).or_insert_with(|| {
                    sheet.sections.push(Section { title: title.to_owned(), entries: Vec::new() });
                    sheet.sections.len() - 1
                });
                (section, sheet.sections[section].entries.len())
            });
            let entries = &mut sheet.sections[section].entries;
            match &card.body {
                Body::Row { matrix, .. } | Body::Verdict { matrix, .. } => {
                    if entry == entries.len() {
                        entries.push(Entry::Matrix(Box::new(Matrix {
                            title: matrix.title.clone(),
                            options: matrix.options.clone(),
                            rows: Vec::new(),
                            verdicts: Vec::new(),
                        })));
                        matrices.extend(card.id.matrix().map(|matrix| (matrix, (section, entry))));
                    }
                    if let Entry::Matrix(shown) = &mut entries[entry] {
                        shown.add(card, remark(card));
                    }
                }
                _ => entries.push(Entry::Card(Box::new(Written::of(card, remark(card))))),
            }
        }
        sheet
    }

    /// Whether a section's name tells it from others.
    fn is_headed(&self, section: &Section) -> bool {
        self.sections.len() > 1 || section.title != NO_SECTION
    }

    /// The sheet as text of this width in columns; `blank` leaves the answers out.
    pub fn text(&self, title: &str, width: usize, blank: bool) -> String {
        let section = |section: &Section| {
            let heading = self.is_headed(section).then(|| section.title.to_uppercase());
            let entries = section.entries.iter().map(|entry| match entry {
                Entry::Card(card) => card.text(width, blank),
                Entry::Matrix(matrix) => matrix.text(width, blank),
            });
            heading.into_iter().chain(entries).collect::<Vec<_>>().join("\n\n")
        };
        std::iter::once(title.to_owned()).chain(self.sections.iter().map(section)).collect::<Vec<_>>().join("\n\n\n")
    }

    /// The sheet as Markdown; `blank` leaves the answers out.
    pub fn markdown(&self, title: &str, blank: bool) -> String {
        let mut parts = vec![format!("# {}", escaped(title))];
        for section in &self.sections {
            if self.is_headed(section) {
                parts.push(format!("## {}", escaped(&section.title)));
            }
            parts.extend(section.entries.iter().map(|entry| match entry {
                Entry::Card(card) => card.markdown("###", blank),
                Entry::Matrix(matrix) => matrix.markdown(blank),
            }));
        }
        parts.join("\n\n")
    }
}

/// The tags that every card has: no section can be told by them.
fn shared_tags(cards: &[Arc<Card>]) -> HashSet<&str> {
    let Some((first, rest)) = cards.split_first() else { return HashSet::new() };
    let in_all = |tag: &&str| !rest.is_empty() && rest.iter().all(|card| card.tags.iter().any(|other| other == tag));
    first.tags.iter().map(String::as_str).filter(in_all).collect()
}

fn wrapped(text: &str, width: usize, first: &str, then: &str) -> Vec<String> {
    let options = Options::new(width).initial_indent(first).subsequent_indent(then).break_words(false);
    text.lines().flat_map(|line| textwrap::wrap(line, &options)).map(|line| line.into_owned()).collect()
}

impl Written {
    /// As text of this width in columns.
    pub fn text(&self, width: usize, blank: bool) -> String {
        let weak = if self.remark.weak { " (weak)" } else { "" };
        let mut lines = wrapped(&format!("{}{weak}", self.ask), width, "", "");
        if blank {
            lines.push("  ____".to_owned());
            return lines.join("\n");
        }
        lines.extend(self.points.iter().flat_map(|point| wrapped(point, width, "  - ", "    ")));
        lines.extend(self.answer.iter().flat_map(|text| wrapped(text, width, "  ", "    ")));
        lines.extend(self.why.iter().flat_map(|why| wrapped(&format!("Why: {why}"), width, "  ", "  ")));
        lines.extend(self.remark.note.iter().flat_map(|note| wrapped(&format!("Note: {note}"), width, "  ", "  ")));
        lines.join("\n")
    }

    fn markdown(&self, heading: &str, blank: bool) -> String {
        let weak = if self.remark.weak { " (weak)" } else { "" };
        let mut parts = vec![format!("{heading} {}{weak}", escaped(&self.ask.replace('\n', " ")))];
        if blank {
            return parts.remove(0);
        }
        let points = self.points.iter().map(|point| format!("- {}", escaped(point))).collect::<Vec<_>>();
        parts.extend((!points.is_empty()).then(|| points.join("\n")));
        // Two spaces at a line's end keep its break.
        let answer = self.answer.iter().map(|line| escaped(line)).collect::<Vec<_>>();
        parts.push(answer.join("  \n"));
        parts.extend(self.why.iter().map(|why| format!("*{}*", escaped(why))));
        parts.extend(self.remark.note.iter().map(|note| format!("> {}", escaped(note).replace('\n', "\n> "))));
        parts.extend(self.source.iter().map(|source| format!("Source: {}", escaped(source))));
        parts.join("\n\n")
    }
}

impl Matrix {
    fn add(&mut self, card: &Card, remark: Remark) {
        match &card.body {
            Body::Row { row, .. } => self.rows.push((row.dimension.clone(), row.cells.clone(), remark.weak)),
            _ => self.verdicts.push(Written::of(card, remark)),
        }
    }

    fn cells(cells: &[String], blank: bool) -> Vec<String> {
        if blank { vec![String::new(); cells.len()] } else { cells.to_vec() }
    }

    fn text(&self, width: usize, blank: bool) -> String {
        let mut table = wrapped(&self.title, width, "", "");
        if !self.rows.is_empty() {
            let fits = width / (self.options.len() + 1) >= NARROWEST_COLUMN;
            table.push(if fits { self.grid(width, blank) } else { self.lists(width, blank) });
        }
        let verdicts = self.verdicts.iter().map(|verdict| verdict.text(width, blank));
        [table.join("\n")].into_iter().chain(verdicts).collect::<Vec<_>>().join("\n\n")
    }

    fn grid(&self, width: usize, blank: bool) -> String {
        let mut grid = Grid::new();
        grid.load_style(ASCII_NO_BORDERS).set_content_arrangement(ContentArrangement::Dynamic);
        grid.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        grid.set_header([String::new()].into_iter().chain(self.options.iter().cloned()));
        for (dimension, cells, weak) in &self.rows {
            let weak = if *weak { " (weak)" } else { "" };
            grid.add_row([format!("{dimension}{weak}")].into_iter().chain(Self::cells(cells, blank)));
        }
        grid.to_string()
    }

    fn lists(&self, width: usize, blank: bool) -> String {
        let row = |(dimension, cells, weak): &(String, Vec<String>, bool)| {
            let weak = if *weak { " (weak)" } else { "" };
            let cells = Self::cells(cells, blank);
            let cells = self.options.iter().zip(&cells).map(|(option, cell)| format!("{option}: {cell}"));
            let cells = cells.flat_map(|cell| wrapped(&cell, width, "    ", "      "));
            wrapped(&format!("{dimension}{weak}"), width, "  ", "  ").into_iter().chain(cells).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(row).collect::<Vec<_>>().join("\n")
    }

    fn markdown(&self, blank: bool) -> String {
        let mut parts = vec![format!("### {}", escaped(&self.title))];
        if !self.rows.is_empty() {
            let line = |cells: Vec<String>| {
                format!("| {} |", cells.iter().map(|cell| in_cell(cell)).collect::<Vec<_>>().join(" | "))
            };
            let head = [String::new()].into_iter().chain(self.options.iter().cloned()).collect();
            let mut lines = vec![line(head), format!("|{}", "---|".repeat(self.options.len() + 1))];
            for (dimension, cells, _) in &self.rows {
                lines.push(line([dimension.clone()].into_iter().chain(Self::cells(cells, blank)).collect()));
            }
            parts.push(lines.join("\n"));
        }
        parts.extend(self.verdicts.iter().map(|verdict| verdict.markdown("####", blank)));
        parts.join("\n\n")
    }
}

/// A text of a deck is no Markdown: what would be markup is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn in_cell(text: &str) -> String {
    escaped(text).replace('\n', " ")
}
