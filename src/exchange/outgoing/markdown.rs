//! Decks as Markdown, as hashcards writes cards and sysdrill reads them: `Q:` and `A:`, `C:` with `[gaps]`, and below each
//! card its name in a comment, so that it keeps its progress when it comes back.

use super::{Block, Outgoing, OutgoingCard, OutgoingDeck, Sides, text};
use crate::deck::Cloze;
use std::collections::HashSet;
use toml_edit::{Array, DocumentMut, value};

/// What begins a side, or ends a card, at the beginning of a line.
const MARKS: [&str; 5] = ["Q:", "A:", "C:", "T:", "D:"];
const RULE: &str = "---";

/// A file for each deck, each with the deck's name.
pub fn files(outgoing: &Outgoing) -> Vec<(String, String)> {
    let file = |deck: &OutgoingDeck| {
        let cards: Vec<&OutgoingCard> = outgoing.cards.iter().filter(|card| card.id.deck() == deck.name).collect();
        (deck.name.clone(), file(deck, &cards))
    };
    outgoing.decks.iter().map(file).collect()
}

fn file(deck: &OutgoingDeck, cards: &[&OutgoingCard]) -> String {
    let mut parts = vec![front(deck, cards)];
    let mut taken = HashSet::new();
    cards.iter().for_each(|card| parts.extend(blocks(card, &mut taken)));
    parts.join("\n\n") + "\n"
}

/// What the file says of itself.
fn front(deck: &OutgoingDeck, cards: &[&OutgoingCard]) -> String {
    let mut front = DocumentMut::new();
    front.insert("name", value(&deck.name));
    front.insert("title", value(&deck.title));
    if !deck.about.is_empty() {
        front.insert("about", value(&deck.about));
    }
    if let Some(licence) = &deck.licence {
        front.insert("licence", value(licence));
    }
    front.insert("dialect", value("hashcards"));
    let of_all = |tag: &&String| cards.iter().all(|card| card.tags.contains(tag));
    let tags: Array = cards.first().into_iter().flat_map(|card| &card.tags).filter(of_all).collect();
    if !tags.is_empty() {
        front.insert("tags", value(tags));
    }
    let level = cards.first().map(|card| card.level).filter(|level| cards.iter().all(|card| card.level == *level));
    if let Some(level) = level {
        front.insert("level", value(i64::from(level)));
    }
    // Graded as a number is what has a number for its whole answer.
    if cards.iter().any(|card| card.kind == "number" && remarks(card).is_empty()) {
        front.insert("numbers", value(true));
    }
    format!("{RULE}\n{front}{RULE}")
}

/// A card, or of a text whose gaps Markdown cannot say, a card for each.
fn blocks(card: &OutgoingCard, taken: &mut HashSet<String>) -> Vec<String> {
    let id = card.id.as_str().split_once('/').map_or("", |(_, rest)| rest).replace('/', "-");
    let id = card.sample.map_or(id.clone(), |sample| format!("{id}-{sample}"));
    let id = free(&id, taken);
    let after = remarks(card);
    match &card.sides {
        Sides::Two { ask, answer } => {
            let answer = answer.iter().cloned().chain(after).collect::<Vec<_>>();
            vec![two(&text(ask), &text(&answer), &id)]
        }
        Sides::Cloze(gaps) => {
            let Ok(cloze) = Cloze::parse(gaps) else { return Vec::new() };
            let after = text(&after);
            if let Some((gaps, numbers)) = brackets(gaps) {
                let numbers = numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(" ");
                let whole = [gaps, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
                return vec![format!("C:{}\n<!-- id: {id} {numbers} -->", side(&whole))];
            }
            let gap = |number: u16| {
                let answer = [cloze.answer(number), after.clone()];
                let answer = answer.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
                two(&cloze.question(number), &answer, &free(&format!("{id}-{number}"), taken))
            };
            cloze.numbers().into_iter().map(gap).collect()
        }
    }
}

/// Whether the card has the id in Markdown that it has here.
pub fn keeps_its_id(card: &OutgoingCard) -> bool {
    let is_one_name = card.sample.is_none() && card.id.as_str().matches('/').count() == 1;
    is_one_name && !matches!(&card.sides, Sides::Cloze(gaps) if brackets(gaps).is_none())
}

/// What is said after the answer; here it is a part of it.
fn remarks(card: &OutgoingCard) -> Vec<Block> {
    let source = card.source.as_ref().map(|source| format!("Source: {source}"));
    let note = card.note.as_ref().map(|note| format!("Note: {note}"));
    [card.why.clone(), note, source].into_iter().flatten().map(Block::Text).collect()
}

fn two(ask: &str, answer: &str, id: &str) -> String {
    format!("Q:{}\nA:{}\n<!-- id: {id} -->", side(ask), side(answer))
}

/// A side after its mark. A line that would begin another, or end the card, is moved in by a space.
fn side(text: &str) -> String {
    let text = text.trim().replace("<!--", "<! --");
    let mut in_fence = false;
    let lines = text.lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        in_fence ^= is_fence;
        let is_mark = MARKS.iter().any(|mark| line.starts_with(mark)) || line.trim_end() == RULE;
        if is_mark && !in_fence { format!(" {line}") } else { line.trim_end().to_owned() }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    // Code, lists and tables begin at the beginning of a line.
    let first = text.trim_start();
    let is_block = first.starts_with(['`', '~', '|', '-', '*', '+', '>', '#'])
        || first.split_once('.').is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
    if is_block && first.contains('\n') { format!("\n{first}") } else { format!(" {first}") }
}

/// A text with gaps with brackets around them, and the numbers of the gaps in order; none where brackets do not say it: a
/// hint, gaps of one number or within one another, brackets in the text.
fn brackets(gaps: &str) -> Option<(String, Vec<u16>)> {
    if gaps.contains(['[', ']', '\\', '`', '$']) {
        return None;
    }
    let (mut said, mut numbers, mut rest) = (String::new(), Vec::new(), gaps);
    while let Some((before, after)) = rest.split_once("{{c") {
        let (number, after) = after.split_once("::")?;
        let (words, after) = after.split_once("}}")?;
        let number: u16 = number.parse().ok()?;
        if words.contains("::") || words.contains(['{', '}']) || after.starts_with('}') || after.starts_with('(') {
            return None;
        }
        said.push_str(&format!("{before}[{words}]"));
        numbers.push(number);
        rest = after;
    }
    said.push_str(rest);
    // The reader numbers them as they come.
    numbers.is_sorted_by(|one, next| one < next).then_some((said, numbers))
}

/// A name that no other card of the file has.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut names = (1..).map(|n| if n == 1 { name.to_owned() } else { format!("{name}-{n}") });
    names.find(|name| taken.insert(name.clone())).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_read_as_they_were_written() {
        let cases = [
            ("plain", " plain"),
            ("a\n\nb", " a\n\nb"),
            ("A: first\nQ: second\n---", " A: first\n Q: second\n ---"),
            ("```\nA: code\n---\n```", "\n```\nA: code\n---\n```"),
            ("- a\n- b", "\n- a\n- b"),
            ("1. a\n2. b", "\n1. a\n2. b"),
            ("-1", " -1"),
            ("<!-- id: x -->", " <! -- id: x -->"),
        ];
        for (text, expected) in cases {
            assert_eq!(side(text), expected, "{text}");
        }
    }

    #[test]
    fn gaps_are_brackets_where_brackets_say_it() {
        let cases = [
            ("{{c1::R}} + {{c2::W}} > N", Some(("[R] + [W] > N", vec![1, 2]))),
            ("a {{c3::x}}", Some(("a [x]", vec![3]))),
            ("{{c2::a}} {{c1::b}}", None),
            ("{{c1::a}} {{c1::b}}", None),
            ("{{c1::a::hint}}", None),
            ("{{c1::a {{c2::b}}}}", None),
            ("x[0] {{c1::a}}", None),
            ("{{c1::a}}(b)", None),
        ];
        for (gaps, expected) in cases {
            let expected = expected.map(|(text, numbers)| (text.to_owned(), numbers));
            assert_eq!(brackets(gaps), expected, "{gaps}");
        }
    }
}
