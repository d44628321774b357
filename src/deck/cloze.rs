//! Texts with gaps, in Anki's notation: `{{c1::answer::hint}}`, or `{{answer}}` numbered in order.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

/// The highest number of a gap.
const HIGHEST: u16 = 499;

/// A text with gaps. Each number is a card: its gaps are left out and the others filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloze {
    pieces: Vec<Piece>,
    /// What looks like a gap without a number beside gaps that have one, and is shown as it stands.
    pub stray: Option<String>,
}

/// A part of such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Gap(Gap),
}

/// Words that may be left out; there may be gaps among them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gap {
    numbers: Vec<u16>,
    pieces: Vec<Piece>,
    hint: Option<String>,
}

/// How a card of a text with gaps shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// `[...]`, or the hint, stands for the gap.
    Question(u16),
    /// The words of the gap stand in brackets.
    Answer(u16),
    /// As the question, and `[ ]` stands for the gaps of other numbers; 0 is nobody's.
    Listed(u16),
    /// All gaps are filled in.
    Whole,
}

impl Cloze {
    /// Reads a text with gaps.
    ///
    /// # Errors
    /// There is no gap, or one is empty, not closed, or has an impossible number: says what is to be done.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbered = text.match_indices("{{").any(|(at, _)| !is_escaped(text, at) && number(&text[at..]).is_some());
        let mut reader = Reader { text, at: 0, numbered, next: 1, stray: None };
        let pieces = reader.pieces(false)?;
        let cloze = Self { pieces, stray: reader.stray };
        match cloze.numbers() {
            numbers if numbers.is_empty() => {
                Err("has no gap: write {{c1::what is asked}} around the words to be recalled".to_owned())
            }
            numbers if numbers.iter().any(|number| !(1..=HIGHEST).contains(number)) => {
                Err(format!("has a gap with an impossible number: gaps are numbered from c1 to c{HIGHEST}"))
            }
            _ => Ok(cloze),
        }
    }

    /// A text whose gaps are these bytes of it, in order, each with its number and its hint.
    pub(super) fn of(text: &str, gaps: impl IntoIterator<Item = (Range<usize>, u16, Option<String>)>) -> Self {
        let (mut pieces, mut from) = (Vec::new(), 0);
        for (range, number, hint) in gaps {
            pieces.push(Piece::Text(text[from..range.start].to_owned()));
            let words = vec![Piece::Text(text[range.clone()].to_owned())];
            pieces.push(Piece::Gap(Gap { numbers: vec![number], pieces: words, hint }));
            from = range.end;
        }
        pieces.push(Piece::Text(text[from..].to_owned()));
        Self { pieces, stray: None }
    }

    /// The numbers of its gaps, each once, in order.
    pub fn numbers(&self) -> Vec<u16> {
        let mut numbers = BTreeSet::new();
        gather(&self.pieces, &mut numbers);
        numbers.into_iter().collect()
    }

    /// The text in Anki's notation, as [`Cloze::parse`] reads it.
    pub fn notation(&self) -> String {
        written(&self.pieces, false)
    }

    /// The text with `[...]`, or the hint in brackets, for the gaps of this number.
    pub fn question(&self, number: u16) -> String {
        shown(&self.pieces, Side::Question(number))
    }

    /// The text with the words of this number's gaps in brackets.
    pub fn answer(&self, number: u16) -> String {
        shown(&self.pieces, Side::Answer(number))
    }

    /// The question with `[ ]` for all other gaps.
    pub fn listed(&self, number: u16) -> String {
        shown(&self.pieces, Side::Listed(number))
    }

    /// The words that the first gap of this number hides.
    pub fn hidden(&self, number: u16) -> String {
        let gap = self.pieces.iter().find_map(|piece| match piece {
            Piece::Gap(gap) if gap.numbers.contains(&number) => Some(gap),
            _ => None,
        });
        gap.map(|gap| shown(&gap.pieces, Side::Whole)).unwrap_or_default()
    }

    /// The text without any of its gaps, and without their hints.
    pub fn around(&self) -> String {
        self.listed(0)
    }
}

/// Whether a gap's sign at this place is written to be read as it stands.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].ends_with('\\')
}

fn gather(pieces: &[Piece], numbers: &mut BTreeSet<u16>) {
    for piece in pieces {
        if let Piece::Gap(gap) = piece {
            numbers.extend(&gap.numbers);
            gather(&gap.pieces, numbers);
        }
    }
}

fn written(pieces: &[Piece], inside: bool) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(words) => {
            let words = words.replace("{{", r"\{{");
            if inside { words.replace("}}", r"\}}").replace("::", r"\::") } else { words }
        }
        Piece::Gap(Gap { numbers, pieces, hint }) => {
            let numbers = numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
            let hint = hint.as_ref().map(|hint| format!("::{hint}")).unwrap_or_default();
            format!("{{{{c{numbers}::{}{hint}}}}}", written(pieces, true))
        }
    };
    pieces.iter().map(piece).collect()
}

fn shown(pieces: &[Piece], side: Side) -> String {
    let mut text = String::new();
    for piece in pieces {
        match (piece, side) {
            (Piece::Text(words), _) => text.push_str(words),
            (Piece::Gap(gap), Side::Question(number) | Side::Listed(number)) if gap.numbers.contains(&number) => {
                let _ = write!(text, "[{}]", gap.hint.as_deref().unwrap_or("..."));
            }
            (Piece::Gap(gap), Side::Answer(number)) if gap.numbers.contains(&number) => {
                let _ = write!(text, "[{}]", shown(&gap.pieces, Side::Whole));
            }
            (Piece::Gap(_), Side::Listed(_)) => text.push_str("[ ]"),
            (Piece::Gap(gap), _) => text.push_str(&shown(&gap.pieces, side)),
        }
    }
    text
}

/// The numbers after `{{c` up to `::`, and how long all of that is.
fn number(text: &str) -> Option<(Vec<u16>, usize)> {
    let list = text.strip_prefix("{{c")?;
    let end = list.find("::")?;
    let digits = |number: &str| (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(());
    let numbers = list[..end].split(',').map(|number| {
        digits(number)?;
        // What is too large for a number is no gap's.
        Some(number.parse().unwrap_or(u16::MAX))
    });
    Some((numbers.collect::<Option<_>>()?, 3 + end + 2))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Gaps have numbers; what has none is text.
    numbered: bool,
    /// The number of the next gap, where they have none.
    next: u16,
    stray: Option<String>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Reads up to the end, or inside a gap up to what ends it.
    fn pieces(&mut self, inside: bool) -> Result<Vec<Piece>, String> {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        while let Some(c) = self.rest().chars().next() {
            if let Some(sign) = ["{{", "}}", "::"].iter().find(|sign| self.rest()[c.len_utf8()..].starts_with(**sign))
                && c == '\\'
            {
                text.push_str(sign);
                self.at += 3;
            } else if inside && (self.rest().starts_with("::") || self.closes()) {
                break;
            } else if let Some((numbers, length)) = self.opens() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Gap(self.gap(numbers, length)?));
            } else {
                text.push(c);
                self.at += c.len_utf8();
            }
        }
        pieces.push(Piece::Text(text));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        Ok(pieces)
    }

    /// Whether a gap ends here: of three braces the first belongs to what stands in it.
    fn closes(&self) -> bool {
        let braces = self.rest().bytes().take_while(|b| *b == b'}').count();
        braces >= 2 && braces % 2 == 0
    }

    /// The numbers of the gap that begins here, and the length of what says so.
    fn opens(&mut self) -> Option<(Vec<u16>, usize)> {
        if !self.rest().starts_with("{{") {
            return None;
        }
        if let Some(found) = number(self.rest()) {
            return Some(found);
        }
        if self.numbered {
            let line = self.rest().lines().next().unwrap_or_default();
            let in_code = self.text[..self.at].matches('`').count() % 2 == 1;
            let end = line.find("}}").filter(|_| !in_code);
            let stray = end.map(|end| line[..end + 2].to_owned());
            self.stray = self.stray.take().or(stray);
            return None;
        }
        self.next += 1;
        Some((vec![self.next - 1], 2))
    }

    fn gap(&mut self, numbers: Vec<u16>, length: usize) -> Result<Gap, String> {
        let begins: String = self.rest().chars().take(20).collect();
        self.at += length;
        let pieces = self.pieces(true)?;
        let mut hint = None;
        if self.rest().starts_with("::") {
            self.at += 2;
            let end = self.rest().find("}}").unwrap_or(self.rest().len());
            hint = Some(self.rest()[..end].trim().to_owned()).filter(|hint| !hint.is_empty());
            self.at += end;
        }
        if !self.rest().starts_with("}}") {
            return Err(format!(
                "has a gap that is not closed, '{begins}': end it with }}}}, or write \\{{{{ for braces"
            ));
        }
        self.at += 2;
        if shown(&pieces, Side::Whole).trim().is_empty() {
            return Err(format!("has a gap with nothing in it, '{begins}': write what is asked into it"));
        }
        Ok(Gap { numbers, pieces, hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each number asks and answers.
    fn cards(text: &str) -> Vec<(u16, String, String)> {
        let cloze = Cloze::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let card = |number| (number, cloze.question(number), cloze.answer(number));
        cloze.numbers().into_iter().map(card).collect()
    }

    #[test]
    fn each_number_is_a_card() {
        type Cards = &'static [(u16, &'static str, &'static str)];
        let cases: [(&str, Cards); 12] = [
            (
                "Memory takes {{c1::100 ns::time}}, a seek {{c2::10 ms}}.",
                &[
                    (1, "Memory takes [time], a seek 10 ms.", "Memory takes [100 ns], a seek 10 ms."),
                    (2, "Memory takes 100 ns, a seek [...].", "Memory takes 100 ns, a seek [10 ms]."),
                ],
            ),
            ("{{R}} + {{W}} > N", &[(1, "[...] + W > N", "[R] + W > N"), (2, "R + [...] > N", "R + [W] > N")]),
            ("{{c1::R}} + {{c1::W}} > N", &[(1, "[...] + [...] > N", "[R] + [W] > N")]),
            ("{{c3::x}}", &[(3, "[...]", "[x]")]),
            ("{{c1::a {{c2::b}} c}} d", &[(1, "[...] d", "[a b c] d"), (2, "a [...] c d", "a [b] c d")]),
            ("{{c1,2::both}}", &[(1, "[...]", "[both]"), (2, "[...]", "[both]")]),
            // Braces that are meant as they stand.
            (r"\{{ user }} is {{filled in}}", &[(1, "{{ user }} is [...]", "{{ user }} is [filled in]")]),
            ("`{{ .Values.x }}` is {{c1::Helm}}", &[(1, "`{{ .Values.x }}` is [...]", "`{{ .Values.x }}` is [Helm]")]),
            ("{{c1::{a: 1}}}", &[(1, "[...]", "[{a: 1}]")]),
            (r"{{c1::a\}}b}}", &[(1, "[...]", "[a}}b]")]),
            (
                "{{c1::struct{}}} and {{c2::x}}",
                &[(1, "[...] and x", "[struct{}] and x"), (2, "struct{} and [...]", "struct{} and [x]")],
            ),
            // A namespace is no hint.
            (r"{{c1::std\::vector::a type}} grows", &[(1, "[a type] grows", "[std::vector] grows")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, q, a)| (*n, (*q).to_owned(), (*a).to_owned())).collect();
            assert_eq!(cards(text), expected, "{text}");
            let notation = Cloze::parse(text).unwrap().notation();
            assert_eq!(cards(&notation), expected, "{text}: {notation}");
        }
    }

    #[test]
    fn among_other_cards_no_gap_is_filled_in() {
        for (text, number, listed) in [
            ("{{c1::R}} and {{c2::W::hint}}", 1, "[...] and [ ]"),
            ("{{c1::R}} and {{c2::W::hint}}", 2, "[ ] and [hint]"),
            ("{{c1::a {{c2::b}} c}} d", 1, "[...] d"),
            ("{{c1::a {{c2::b}} c}} d", 2, "[ ] d"),
        ] {
            assert_eq!(Cloze::parse(text).unwrap().listed(number), listed, "{text}");
        }
        assert_eq!(Cloze::parse("{{c1::R}} and {{c2::W::hint}}").unwrap().around(), "[ ] and [ ]");
    }

    #[test]
    fn what_is_wrong_with_a_gap_is_said() {
        for (text, said) in [
            ("no gap", "has no gap"),
            ("{{c1::open", "is not closed, '{{c1::open'"),
            ("{{c1::}}", "nothing in it"),
            ("{{ }}", "nothing in it"),
            ("{{c0::x}}", "from c1 to c499"),
            ("{{c70000::x}}", "from c1 to c499"),
            (r"\{{c1::x}}", "has no gap"),
        ] {
            let error = Cloze::parse(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn braces_without_a_number_beside_numbered_gaps_are_told_unless_they_are_code() {
        assert_eq!(Cloze::parse("{{c1::a}} and {{b}}").unwrap().stray.as_deref(), Some("{{b}}"));
        assert_eq!(Cloze::parse(r"{{c1::a}}, `{{b}}` and \{{c}}").unwrap().stray, None);
    }
}
