//! A table with commas, for spreadsheets and whatever else reads one. Its header lines tell Anki what the columns are.

use super::{Outgoing, OutgoingCard, OutgoingProgress, Sides, text};
use ::csv::{ErrorKind, Terminator, WriterBuilder};
use std::io::{self, Write};

/// A spreadsheet takes a cell that begins so for a formula and works it out.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What begins a cell that would be a formula: spreadsheets take the rest for a text.
const AS_TEXT: char = '\'';

/// The columns that every table has. Anki finds the fields of its cards by their names.
const COLUMNS: [&str; 9] = ["guid", "deck", "tags", "Front", "Back", "why", "source", "kind", "level"];
/// And those with what is known of the learner.
const PROGRESS: [&str; 8] = ["note", "due", "interval_days", "easiness", "lapses", "answers", "suspended", "flagged"];

/// Writes the table; `progress` says whether it has what is known of the learner.
///
/// # Errors
/// It cannot be written.
pub fn write(outgoing: &Outgoing, progress: bool, out: &mut dyn Write) -> io::Result<()> {
    // Anki has notetypes of these names in English; where nothing needs them, the dialogue may choose.
    let has_gaps = outgoing.cards.iter().any(|card| matches!(card.sides, Sides::Cloze(_)));
    let mut columns: Vec<&str> = COLUMNS.to_vec();
    if progress {
        columns.extend(PROGRESS);
    }
    let mut head = vec!["#separator:Comma".to_owned(), "#html:false".to_owned()];
    for (at, key) in ["guid", "deck", "tags"].iter().enumerate() {
        head.push(format!("#{key} column:{}", at + 1));
    }
    if has_gaps {
        columns.push("notetype");
        head.push(format!("#notetype column:{}", columns.len()));
    }
    for deck in &outgoing.decks {
        if let Some(licence) = &deck.licence {
            head.push(format!("# licence of {}: {}", deck.name, one_line(licence)));
        }
    }
    head.push(format!("#columns:{}", columns.join(",")));
    writeln!(out, "{}", head.join("\n"))?;
    let mut table = WriterBuilder::new().terminator(Terminator::Any(b'\n')).flexible(false).from_writer(out);
    for card in &outgoing.cards {
        let mut cells = cells(card);
        if progress {
            cells.extend(known(card));
        }
        if has_gaps {
            cells.push(if matches!(card.sides, Sides::Cloze(_)) { "Cloze" } else { "Basic" }.to_owned());
        }
        table.write_record(cells.iter().map(|cell| guarded(cell))).map_err(unwritten)?;
    }
    table.flush()
}

fn cells(card: &OutgoingCard) -> Vec<String> {
    let (question, answer) = match &card.sides {
        Sides::Two { ask, answer } => (text(ask), text(answer)),
        Sides::Cloze(gaps) => (gaps.clone(), String::new()),
    };
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        card.guid(),
        card.deck_name(),
        card.spaced_tags(),
        question,
        answer,
        said(&card.why),
        said(&card.source),
        card.kind.to_owned(),
        card.level.to_string(),
    ]
}

/// What is known of the learner: of a text with gaps, of the one that comes first.
fn known(card: &OutgoingCard) -> Vec<String> {
    let scheduled = |progress: &&OutgoingProgress| progress.scheduled.is_some();
    let first = card.progress.iter().filter(scheduled).min_by_key(|progress| progress.scheduled.map(|s| s.due));
    let scheduled = first.and_then(|progress| progress.scheduled);
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let any =
        |is: fn(&OutgoingProgress) -> bool| if card.progress.iter().any(is) { "yes".to_owned() } else { String::new() };
    let answers: usize = card.progress.iter().map(|progress| progress.reviews.len()).sum();
    vec![
        card.note.clone().unwrap_or_default(),
        scheduled.map(|s| s.due.to_string()).unwrap_or_default(),
        number(scheduled.map(|s| s.interval_days)),
        scheduled.map(|s| f64::from(s.easiness).to_string()).unwrap_or_default(),
        number(scheduled.map(|s| s.lapses)),
        answers.to_string(),
        any(|progress| progress.is_suspended),
        any(|progress| progress.is_flagged),
    ]
}

/// What the table could not be written to says so itself: whoever stops reading is no failure.
fn unwritten(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A cell that no spreadsheet takes for a formula. What begins with the sign itself gets another, so that it can be taken
/// off again.
fn guarded(cell: &str) -> String {
    match cell.trim_start_matches(AS_TEXT).starts_with(FORMULA) {
        true => format!("{AS_TEXT}{cell}"),
        false => cell.to_owned(),
    }
}

/// What a cell said before it was guarded.
pub(in crate::exchange) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(AS_TEXT) {
        Some(rest) if rest.trim_start_matches(AS_TEXT).starts_with(FORMULA) => rest,
        _ => cell,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cases = [
            ("100 ns", "100 ns"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("-1", "'-1"),
            ("+1", "'+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("- a\n- b", "'- a\n- b"),
            ("\tx", "'\tx"),
            ("'=x", "''=x"),
            ("'tis", "'tis"),
            ("a = b", "a = b"),
            ("", ""),
        ];
        for (cell, expected) in cases {
            assert_eq!(guarded(cell), expected, "{cell}");
            assert_eq!(unguarded(expected), cell, "{cell}");
        }
    }
}
