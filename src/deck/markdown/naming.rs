//! The names of cards as comments in their file, so that they stay whatever is edited. Every other byte stays as it is.
//!
//! A comment stands on a line of its own below the card. In notes for Obsidian it stands at the end of the card's last line where
//! it can, for older versions of the plugin read on wrongly after a line that is a comment.

use super::find::{FoundCard, find};
use super::note::{is_comment, named_in};
use super::read;
use super::shape::{CODE_BLOCK, HTML, MATH_BLOCK, Shape, TABLE, lines};
use crate::deck::{DeckError, DeckFile, Dialect, Location};
use std::ops::Range;
use std::sync::Arc;

/// A file with the names of its cards in it.
#[derive(Debug)]
pub struct Named {
    /// What is to stand in it.
    pub bytes: Vec<u8>,
    /// The comments that are new, each with the line of its card, from 1.
    pub comments: Vec<(usize, String)>,
    /// How the file writes its cards.
    pub dialect: Dialect,
}

/// Writes the names of all cards of a file that have none, or no key for a new gap; none where the file has no cards.
///
/// # Errors
/// What is wrong with its cards, or a card that would be another one with a comment in it.
pub fn named(file: &DeckFile) -> Result<Option<Named>, Vec<DeckError>> {
    let Some(before) = read(file, Location::Embedded, None)? else { return Ok(None) };
    let whole = file.text().map_err(|error| vec![error])?;
    let mark = file.bytes.len() - whole.len();
    let shape = Shape::of(whole);
    let found = find(whole);
    let (mut bytes, mut written, mut comments) = (file.bytes[..mark].to_vec(), 0, Vec::new());
    for card in found.notes.iter().filter(|card| !card.note.is_named()) {
        let comment = comment(card);
        let block = &card.block.range;
        let is_its_own = |range: &&Range<usize>| {
            block.start <= range.start && range.end <= block.end && named_in(&whole[(*range).clone()]).is_some()
        };
        let (place, added) = match shape.comments.iter().find(is_its_own) {
            Some(before) => (before.clone(), comment.clone()),
            None => place(whole, &shape, card, found.dialect, &comment),
        };
        bytes.extend_from_slice(&whole.as_bytes()[written..place.start]);
        bytes.extend_from_slice(added.as_bytes());
        written = place.end;
        comments.push((card.block.line + 1, comment));
    }
    bytes.extend_from_slice(&whole.as_bytes()[written..]);
    let after = DeckFile { path: Arc::clone(&file.path), bytes: bytes.clone().into() };
    let after = read(&after, Location::Embedded, None)?;
    let after = after.map(|deck| deck.cards).unwrap_or_default();
    let said = |card: &crate::deck::Card| (card.id.clone(), card.body.prompt(), card.body.answer());
    let changed = before.cards.iter().find(|card| !after.iter().any(|other| said(other) == said(card)));
    match changed {
        None if after.len() == before.cards.len() => Ok(Some(Named { bytes, comments, dialect: found.dialect })),
        changed => {
            let line = changed.map_or(1, |card| card.place.line);
            let message =
                "a comment below this card would be a part of it: is code, or a comment, left open?".to_owned();
            Err(vec![DeckError { path: Arc::clone(&file.path), at: Some((line, 1)), message }])
        }
    }
}

fn comment(card: &FoundCard) -> String {
    let keys: String = card.note.keys().into_iter().map(|(_, key)| format!(" {key}")).collect();
    format!("<!-- id: {}{keys} -->", card.name)
}

/// Where a comment goes, and what is added there.
fn place(whole: &str, shape: &Shape, card: &FoundCard, dialect: Dialect, comment: &str) -> (Range<usize>, String) {
    let at = |at: usize| at..at;
    let range = card.block.range.clone();
    if dialect == Dialect::Obsidian {
        let all = lines(&whole[..range.end], range.start);
        let last = all.iter().rfind(|line| !line.is_blank() && !is_comment(shape, line));
        // An anchor must be the last of its line.
        let fits = last.filter(|line| {
            let block = shape.is(line.at, CODE_BLOCK | TABLE | HTML | MATH_BLOCK);
            let anchor = line.text.split_whitespace().next_back().is_some_and(|word| word.starts_with('^'));
            !block && !anchor && !line.text.contains("<!--")
        });
        if let Some(line) = fits {
            return (at(line.at + line.text.trim_end().len()), format!(" {comment}"));
        }
    }
    let crlf = whole[range.end..].starts_with("\r\n") || whole[range.end..].is_empty() && whole.contains("\r\n");
    (at(range.end), format!("{}{comment}", if crlf { "\r\n" } else { "\n" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> DeckFile {
        DeckFile { path: "d.md".into(), bytes: text.as_bytes().to_vec().into() }
    }

    fn with_names(text: &str) -> String {
        let named = named(&file(text)).unwrap_or_else(|errors| panic!("{errors:?}\n{text}")).unwrap();
        String::from_utf8(named.bytes).unwrap()
    }

    #[test]
    fn names_stand_below_their_cards_or_at_the_end_of_their_line() {
        for (text, expected) in [
            ("Q: a?\nA: b\n\nQ: c?\nA: d", "Q: a?\nA: b\n<!-- id: a-X -->\n\nQ: c?\nA: d\n<!-- id: c-X -->"),
            ("Q: a?\nA:\n```\nx\n```\n---\n", "Q: a?\nA:\n```\nx\n```\n<!-- id: a-X -->\n---\n"),
            ("C: [a] b [c]\n", "C: [a] b [c]\n<!-- id: cloze-X X X -->\n"),
            (
                "Q: a?\nA: b\n---\nis it?::yes\nnotes\n",
                "Q: a?\nA: b\n<!-- id: a-X -->\n---\nis it?::yes\n<!-- id: is-it-X -->\nnotes\n",
            ),
            ("#flashcards\na::b\nc::d\n", "#flashcards\na::b <!-- id: a-X -->\nc::d <!-- id: c-X -->\n"),
            ("a::b\n<!--SR:!2026-12-20,21,250-->\n", "a::b <!-- id: a-X -->\n<!--SR:!2026-12-20,21,250-->\n"),
            ("a::b ^x\n<!--SR:!2026-12-20,21,250-->\n", "a::b ^x\n<!--SR:!2026-12-20,21,250-->\n<!-- id: a-X -->\n"),
            ("#flashcards\na\n?\n- b\n- c\n\nd\n", "#flashcards\na\n?\n- b\n- c <!-- id: a-X -->\n\nd\n"),
            ("#flashcards\na\n?\n```\nb\n```\n\nd\n", "#flashcards\na\n?\n```\nb\n```\n<!-- id: a-X -->\n\nd\n"),
            ("Q: a?\nA: b\n<!-- id: mine -->\n", "Q: a?\nA: b\n<!-- id: mine -->\n"),
        ] {
            let found = with_names(text);
            // What the hashes are is said elsewhere.
            let hidden: Vec<String> = found
                .split(' ')
                .map(|word| {
                    let is_hash = |part: &str| part.len() >= 6 && part.bytes().all(|b| b.is_ascii_hexdigit());
                    let parts: Vec<&str> = word.split('-').map(|part| if is_hash(part) { "X" } else { part }).collect();
                    parts.join("-")
                })
                .collect();
            assert_eq!(hidden.join(" "), expected, "{text}");
            assert_eq!(with_names(&found), found, "twice is once");
            let crlf = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(with_names(&crlf(text)), crlf(&found), "with other ends of lines");
            assert_eq!(with_names(&format!("\u{feff}{text}")), format!("\u{feff}{found}"), "with a byte order mark");
        }
    }

    #[test]
    fn a_new_gap_gets_its_key() {
        for (text, new) in [
            ("C: [a] b [c] d\n<!-- id: x -->\n", "C: [a] b [c] [d]\n<!-- id: x -->\n"),
            ("#flashcards\n==a== b ==c== d\n\ne::f\n", "#flashcards\n==a== b ==c== ==d=="),
            ("C: [a] b [c] d\n", "C: [a] b [c] [d]"),
        ] {
            let named = with_names(text);
            let gap_more = named.replacen(" d", if text.starts_with('#') { " ==d==" } else { " [d]" }, 1);
            assert!(gap_more.starts_with(new), "{gap_more}");
            let again = with_names(&gap_more);
            let keys = |text: &str| {
                let comment = text.split("<!-- id: ").nth(1).unwrap().split(" -->").next().unwrap().to_owned();
                comment.split(' ').map(str::to_owned).collect::<Vec<_>>()
            };
            let (before, after) = (keys(&named), keys(&again));
            if before.len() > 1 {
                assert_eq!((&after[..3], after.len()), (&before[..3], 4), "{again}");
            } else {
                assert_eq!(again, gap_more, "a name without keys needs none");
            }
            assert_eq!(with_names(&again), again, "twice is once");
        }
    }

    #[test]
    fn the_samples_keep_their_cards_and_every_other_byte() {
        for sample in ["hashcards/Caching.md", "hashcards/Latency.md", "obsidian/System Design.md", "obsidian/crlf.md"]
        {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deck/markdown/samples").join(sample);
            let text = std::fs::read_to_string(path).unwrap();
            let named = named(&file(&text)).unwrap().unwrap();
            assert!(!named.comments.is_empty());
            let mut without = String::from_utf8(named.bytes).unwrap();
            let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
            for (_, comment) in &named.comments {
                let own = format!("{eol}{comment}");
                let added = if without.contains(&own) { own } else { format!(" {comment}") };
                without = without.replacen(&added, "", 1);
            }
            assert_eq!(without, text, "{sample}");
        }
    }

    #[test]
    fn a_card_that_a_comment_would_change_is_told() {
        let errors = named(&file("Q: a?\nA: b\n\nQ: c?\nA:\n```\nnever closed\n")).unwrap_err();
        assert!(
            errors[0].to_string().starts_with("d.md:4:1: a comment below this card would be a part of it"),
            "{errors:?}"
        );
        assert!(named(&file("nothing\n")).unwrap().is_none());
    }
}
