//! `question::answer`, `:::`, `?`, `??` and `==gaps==`, as the Spaced Repetition plugin for Obsidian writes cards.

use super::block::Block;
use super::front::topics;
use super::note::{self, Gap, Note, Said, clean};
use super::shape::{CODE, CODE_BLOCK, COMMENT, HTML, Line, MATH_BLOCK, Shape, TABLE, TASK, lines};

/// Whether a file says that it has such cards: by a tag, or by what the plugin wrote.
pub(super) fn says_so(text: &str, shape: &Shape, from: usize, tags: &[String]) -> bool {
    let is_tagged = |line: &Line| is_prose(shape, line) && tag_of(text, shape, line).is_some();
    tags.iter().any(|tag| topics(tag).is_some())
        || shape.comments.iter().any(|comment| note::is_schedule(&text[comment.clone()]))
        || lines(text, from).iter().any(is_tagged)
}

/// Whether a file is little else than lines that read as cards.
pub(super) fn is_mostly(text: &str, shape: &Shape, from: usize) -> bool {
    let all = lines(text, from);
    let prose: Vec<&Line> = all.iter().filter(|line| is_prose(shape, line) && !line.text.starts_with('#')).collect();
    let singles = prose.iter().filter(|line| single(text, shape, line, false).is_some()).count();
    singles >= 2 && 2 * singles > prose.len()
}

fn is_prose(shape: &Shape, line: &Line) -> bool {
    !line.is_blank() && !shape.is(first(line), CODE_BLOCK | COMMENT | HTML | TABLE | MATH_BLOCK)
}

/// The first byte of a line that is no space.
fn first(line: &Line) -> usize {
    line.at + (line.text.len() - line.text.trim_start().len())
}

/// The topics of the first tag of a deck in a line.
fn tag_of(text: &str, shape: &Shape, line: &Line) -> Option<Vec<String>> {
    let mut from = line.at;
    text[line.at..line.end()].split_whitespace().find_map(|word| {
        let at = from + text[from..].find(word)?;
        from = at + word.len();
        word.starts_with('#').then(|| topics(word)).flatten().filter(|_| shape.is_prose(at))
    })
}

fn is_only_tags(line: &Line) -> bool {
    let is_tag = |word: &str| word.len() > 1 && word.starts_with('#') && !word.starts_with("##");
    line.text.split_whitespace().all(is_tag)
}

/// What a paragraph was found to be so far.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Gaps,
    Sides,
}

/// How sure it is that a file has such cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sure {
    /// It says so.
    Said,
    /// It is little else than lines with `::`, so all of these are cards; what is highlighted in it need not be.
    Mostly,
    /// Only what hardly is anything else is a card.
    No,
}

/// Finds the cards of a file.
pub(super) fn find(text: &str, shape: &Shape, from: usize, tags: &[String], sure: Sure) -> Vec<Block> {
    let of_file = tags.iter().find_map(|tag| topics(tag));
    let says_so = |line: &Line| {
        is_prose(shape, line) && tag_of(text, shape, line).is_some() && single(text, shape, line, false).is_none()
    };
    let first_tag = || lines(text, from).into_iter().find(says_so);
    // What stands before the tag by which a note says that it has cards is none: fields of the note, say.
    let begins = if of_file.is_some() { from } else { first_tag().map_or(from, |line| line.at) };
    let of_file = of_file.unwrap_or_default();
    // Where a note has these, its answers go on to them, over blank lines.
    let has_ends = lines(text, from).iter().any(|line| is_end(line.text) && is_prose(shape, line));
    let mut finding = Finding { text, blocks: Vec::new(), open: None, own: None, of_file };
    let number = text[..from].matches('\n').count();
    for (at, line) in lines(text, from).into_iter().enumerate().map(|(at, line)| (number + at, line)) {
        if shape.is(first(&line), CODE_BLOCK) || shape.is(line.at, CODE_BLOCK) {
            finding.text_line(at, &line);
        } else if is_end(line.text) {
            finding.end();
        } else if has_ends && line.is_blank() && finding.kind() == Some(Kind::Sides) {
            continue;
        } else if line.is_blank() || is_rule(line.text) && finding.kind().is_none_or(|kind| kind == Kind::Text) {
            finding.end();
        } else if note::is_comment(shape, &line) {
            finding.comment(&line);
        } else if is_only_tags(&line) && tag_of(text, shape, &line).is_some() {
            finding.of_file = tag_of(text, shape, &line).unwrap_or_default();
        } else if shape.is(first(&line), TABLE | HTML | MATH_BLOCK) {
            finding.text_line(at, &line);
        } else if matches!(line.text.trim_end(), "?" | "??") {
            finding.separator(at, &line);
        } else if finding.kind() != Some(Kind::Sides) && single(text, shape, &line, sure == Sure::No).is_some() {
            finding.single(at, &line, tag_of(text, shape, &line));
        } else {
            let has_gap = sure == Sure::Said
                && !highlights(&text[line.at..line.end()], |at| shape.is_prose(line.at + at)).is_empty();
            finding.own = finding.own.take().or_else(|| tag_of(text, shape, &line));
            finding.text_line(at, &line);
            if has_gap && finding.kind() == Some(Kind::Text) {
                finding.turn(Kind::Gaps);
            }
        }
    }
    finding.end();
    let mut blocks = finding.blocks;
    blocks.retain(|block| block.range.start >= begins || text[block.range.clone()].contains("<!--SR:"));
    blocks
}

/// What some have the plugin end a card with.
fn is_end(text: &str) -> bool {
    text.trim_end() == "+++"
}

/// A line across the page.
fn is_rule(text: &str) -> bool {
    let signs = text.trim();
    signs.len() >= 3 && ["-", "*", "_"].iter().any(|sign| signs.trim_start_matches(sign).is_empty())
}

struct Finding<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    /// The paragraph that is read.
    open: Option<(Kind, Block)>,
    /// The topics of a tag within it.
    own: Option<Vec<String>>,
    /// Those of the last tag that stood alone.
    of_file: Vec<String>,
}

impl Finding<'_> {
    fn kind(&self) -> Option<Kind> {
        self.open.as_ref().map(|(kind, _)| *kind)
    }

    fn turn(&mut self, to: Kind) {
        if let Some((kind, _)) = &mut self.open {
            *kind = to;
        }
    }

    fn block(&self, at: usize, line: &Line) -> Block {
        Block { range: line.at..line.end(), line: at, tags: Vec::new() }
    }

    fn text_line(&mut self, at: usize, line: &Line) {
        let block = self.block(at, line);
        self.open.get_or_insert((Kind::Text, block)).1.range.end = line.end();
    }

    /// Between the two sides of a card.
    fn separator(&mut self, at: usize, line: &Line) {
        if self.open.is_some() {
            self.turn(Kind::Sides);
        }
        self.text_line(at, line);
    }

    fn single(&mut self, at: usize, line: &Line, own: Option<Vec<String>>) {
        self.end();
        let tags = own.unwrap_or_else(|| self.of_file.clone());
        self.blocks.push(Block { tags, ..self.block(at, line) });
    }

    /// A comment below a card is part of it, a schedule after a blank line too.
    fn comment(&mut self, line: &Line) {
        if let Some((kind, block)) = &mut self.open {
            if *kind != Kind::Text {
                block.range.end = line.end();
            }
        } else if let Some(last) = self.blocks.last_mut() {
            let between = &self.text[last.range.end..line.at];
            let lines = if note::is_schedule(line.text) { 2 } else { 1 };
            if between.trim().is_empty() && between.matches('\n').count() <= lines {
                last.range.end = line.end();
            }
        }
    }

    fn end(&mut self) {
        let own = self.own.take();
        let Some((kind, block)) = self.open.take().filter(|(kind, _)| *kind != Kind::Text) else { return };
        if kind == Kind::Gaps || matches!(note(&self.text[block.range.clone()]), Ok(Some(_))) {
            self.blocks.push(Block { tags: own.unwrap_or_else(|| self.of_file.clone()), ..block });
        }
    }
}

/// Reads the card of a block; none where it has none.
pub(super) fn note(text: &str) -> Result<Option<Note>, (usize, String)> {
    let shape = Shape::of(text);
    let id = note::id(text, &shape)?;
    let all = lines(text, 0);
    let is_separator = |line: &&Line| matches!(line.text.trim_end(), "?" | "??") && !shape.is(line.at, CODE | COMMENT);
    let said = if let Some(line) = all.iter().skip(1).find(is_separator) {
        let (front, back) = (clean(text, 0..line.at, &shape), clean(text, line.next..text.len(), &shape));
        Some(Said::Sides { front, back, both: line.text.trim_end() == "??" })
    } else if let Some((line, single)) = all.iter().find_map(|line| Some((line, single(text, &shape, line, false)?))) {
        let front = clean(text, line.at + single.marker..line.at + single.at, &shape);
        let back = clean(text, line.at + single.at + single.length..line.end(), &shape);
        Some(Said::Sides { front, back, both: single.length == 3 })
    } else {
        let (text, gaps) = gaps(&clean(text, 0..text.len(), &shape));
        (!gaps.is_empty()).then_some(Said::Gaps { text, gaps })
    };
    let is_whole =
        |said: &Said| !matches!(said, Said::Sides { front, back, .. } if front.is_empty() || back.is_empty());
    Ok(said.filter(is_whole).map(|said| Note { id, said }))
}

/// A line that is a card of its own.
pub(super) struct Single {
    /// The length of what makes it an item of a list.
    marker: usize,
    /// Where in the line the separator stands, and its length.
    at: usize,
    length: usize,
}

/// Reads `question::answer`, or `question;;answer` as some have it set. The first `::` of a line decides: where it is code, or a
/// name such as `std::vector`, the line is no card. `strict` leaves out what stands in notes for other reasons.
pub(super) fn single(text: &str, shape: &Shape, line: &Line, strict: bool) -> Option<Single> {
    let semicolons = line.text.find(";;").filter(|at| !strict && !is_highlighted(text, shape, line, *at));
    let colons = line.text.find("::");
    let is_set_otherwise = semicolons.is_some_and(|at| colons.is_none_or(|colons| at < colons));
    let at = if is_set_otherwise { semicolons? } else { colons? };
    let has_box = (line.at..line.end()).any(|at| shape.is(at, TASK));
    if shape.is(first(line), CODE_BLOCK | COMMENT | HTML | TABLE | MATH_BLOCK)
        || has_box
        || !shape.is_prose(line.at + at)
    {
        return None;
    }
    let sign = if is_set_otherwise { b';' } else { b':' };
    let length = line.text[at..].bytes().take_while(|byte| *byte == sign).count();
    let marker = marker(line.text);
    let back = &text[line.at + at + length.min(3)..line.end()];
    let front = line.text.get(marker..at)?;
    let comment = back.find("<!--").unwrap_or(back.len());
    let empty = front.trim().is_empty() || back[..comment].trim().is_empty();
    let is_other = || is_field(front, back) || is_name(front, back) || strict && is_doubtful(front, back);
    if length > 3 || empty || !is_set_otherwise && is_other() {
        return None;
    }
    Some(Single { marker, at, length })
}

/// Whether a place in a line stands in a highlight, where `;;` parts a gap from its number or its hint.
fn is_highlighted(text: &str, shape: &Shape, line: &Line, at: usize) -> bool {
    let highlights = highlights(&text[line.at..line.end()], |at| shape.is_prose(line.at + at));
    highlights.iter().any(|(from, to)| (*from..*to).contains(&at))
}

/// The length of `- `, `* `, `+ ` or `1. ` at the beginning of a line.
fn marker(text: &str) -> usize {
    let indent = text.len() - text.trim_start().len();
    let item = &text[indent..];
    let digits = item.bytes().take_while(u8::is_ascii_digit).count();
    let length = match item.as_bytes().get(digits) {
        Some(b'-' | b'*' | b'+') if digits == 0 => 1,
        Some(b'.' | b')') if digits > 0 => digits + 1,
        _ => return indent,
    };
    if item[length..].starts_with(' ') { indent + length + 1 } else { indent }
}

/// `[due:: tomorrow]` and `(due:: tomorrow)` are fields of a note.
fn is_field(front: &str, back: &str) -> bool {
    [('[', ']'), ('(', ')')].iter().any(|(open, close)| {
        front.rfind(*open).is_some_and(|at| !front[at..].contains(*close))
            && back.contains(*close)
            && back.starts_with(' ')
    })
}

/// Namespaces and types whose members are written with `::`.
const NAMESPACES: [&str; 40] = [
    "std",
    "core",
    "alloc",
    "crate",
    "self",
    "super",
    "boost",
    "absl",
    "folly",
    "tokio",
    "serde",
    "fmt",
    "mem",
    "vec",
    "vector",
    "string",
    "map",
    "chrono",
    "thread",
    "mutex",
    "atomic",
    "io",
    "fs",
    "net",
    "sync",
    "iter",
    "Vec",
    "String",
    "Option",
    "Result",
    "Box",
    "Rc",
    "Arc",
    "Self",
    "Some",
    "AWS",
    "Math",
    "Array",
    "Object",
    "ActiveRecord",
];

/// Whether `::` joins the parts of a name in code or of an address.
fn is_name(front: &str, back: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let left = front.trim_end_matches(part);
    let left = &front[left.len()..];
    let right = &back[..back.find(|c: char| !part(c)).unwrap_or(back.len())];
    if left.is_empty() || right.is_empty() {
        // A method of a generic type, an address, a selector.
        let after_type = front.ends_with('>') && !right.is_empty();
        let loopback = front.ends_with(' ') && (right == "1" || back.starts_with('/'));
        return after_type || loopback || front.ends_with(':') || back.starts_with(['<', '~', '{']) && !left.is_empty();
    }
    let after = &back[right.len()..];
    let camel = |word: &str| word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    let hex = |word: &str| word.chars().all(|c| c.is_ascii_hexdigit());
    let mixed = |word: &str| word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(|c| c.is_ascii_alphabetic());
    // A sentence that goes on after a full stop is prose, not the question of a card.
    let in_prose = front.trim().contains(". ") && !front.trim_end().ends_with(['?', '!', '.']);
    NAMESPACES.contains(&left)
        || after.starts_with("::")
        || after.starts_with(['(', '<', '!', ';'])
        || left.contains('_')
        || right.contains('_')
        || camel(left)
        || camel(right)
        || front[..front.len() - left.len()].ends_with(':') && hex(left)
        || left.len() == 4 && hex(left) && mixed(left) && hex(right)
        || in_prose
}

/// Whether a line may well be something else than a card in a file that does not say that it has cards.
fn is_doubtful(front: &str, back: &str) -> bool {
    let front_ends = front.trim_end();
    let asks = front_ends.ends_with(['?', '!']);
    let spaced = front.ends_with(' ') && back.trim_start_matches(':').starts_with(' ');
    // The signature of a function.
    let signature = back.contains("->") || back.contains("=>");
    !(asks || spaced && !signature && front_ends.split_whitespace().count() + back.split_whitespace().count() > 2)
}

/// The `==highlights==` of a text that are prose: each with its ends in all, and those of what stands in it.
fn highlights(text: &str, is_prose: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while let Some(sign) = text[at..].find("==").map(|found| at + found) {
        let length = text[sign..].bytes().take_while(|byte| *byte == b'=').count();
        at = sign + length;
        if length != 2 || !is_prose(sign) {
            continue;
        }
        let begins = |at: usize| text[at..].starts_with(|c: char| !c.is_whitespace());
        open = match open {
            Some(from) if !text[from..sign].contains('\n') => {
                let ends = text[..sign].ends_with(|c: char| !c.is_whitespace());
                if ends && sign > from + 2 {
                    found.push((from, sign + 2));
                    None
                } else {
                    begins(sign + 2).then_some(sign)
                }
            }
            _ => begins(sign + 2).then_some(sign),
        };
    }
    found
}

/// A text without the signs of its gaps, and the gaps: `==answer==`, `==1;;answer==`, `==answer;;hint==`. Beside numbered
/// ones, those without a number stay as they are.
fn gaps(text: &str) -> (String, Vec<Gap>) {
    let shape = Shape::of(text);
    let number = |inside: &str| inside.split_once(";;").and_then(|(number, _)| number.parse::<u16>().ok());
    let mut found = highlights(text, |at| shape.is_prose(at));
    if found.iter().any(|(from, to)| number(&text[from + 2..to - 2]).is_some()) {
        found.retain(|(from, to)| number(&text[from + 2..to - 2]).is_some());
    }
    let (mut plain, mut gaps, mut from) = (String::new(), Vec::new(), 0);
    for (begins, ends) in found {
        plain += &text[from..begins];
        let inside = &text[begins + 2..ends - 2];
        let (number, inside) = match number(inside) {
            Some(number) => (number, inside.split_once(";;").map_or(inside, |(_, rest)| rest)),
            None => (gaps.len() as u16 + 1, inside),
        };
        let (words, hint) = inside.split_once(";;").map_or((inside, None), |(words, hint)| (words, Some(hint)));
        let range = plain.len()..plain.len() + words.len();
        plain += words;
        gaps.push(Gap { range, number, hint: hint.map(str::to_owned) });
        from = ends;
    }
    plain += &text[from..];
    (plain, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_card(line: &str, strict: bool) -> bool {
        single(line, &Shape::of(line), &lines(line, 0)[0], strict).is_some()
    }

    #[test]
    fn a_line_is_a_card_or_a_name_in_code() {
        for line in [
            "Latency of L1?::0.5 ns",
            "crlf q::crlf a",
            "Capital of France::Paris",
            "RTT in a datacenter:::500 µs",
            "#flashcards/databases Which lock?::FOR UPDATE ^block-id",
            "- item :: of a list",
            "What does `a` do? :: it is `b::c`",
            "$R + W$::more than N",
            "What is a using directive? ;; It spares a prefix of namespace + :: .",
        ] {
            assert!(is_card(line, false), "{line}");
        }
        for line in [
            "Ordinary notes, no card here. A C++ name like std::vector is a trap.",
            "Use std::mem::swap",
            "call Foo::bar() then",
            "HashMap::new makes one",
            "the address fe80::1 is local",
            "the address ::1 is local",
            "AWS::EC2::Instance",
            "`inline::code` is not a card, but `x` a::b is.",
            "[a::b](http://x) is a link",
            "<https://x.y/a::b> is a link",
            "- [ ] call Bob :: tomorrow",
            "[due:: tomorrow]",
            "only a front::",
            "::: tip",
            "$a::b$ is math",
            "<p>a :: b</p>",
            "::before",
            "A ==cloze;;hint== is none of these.",
            "`for (;;)` is a loop",
            "What is it? ;;",
        ] {
            assert!(!is_card(line, false), "{line}");
        }
        for (line, strictly) in [
            ("What is it?::a card", true),
            ("the front :: the back", true),
            ("one ;; two", false),
            ("key:: value", false),
            ("some word::another word", false),
            ("map :: (a -> b) -> [a] -> [b]", false),
        ] {
            assert_eq!(is_card(line, true), strictly, "{line}");
        }
    }

    #[test]
    fn highlights_are_gaps_where_they_are_prose() {
        type Gaps = &'static [(u16, &'static str, Option<&'static str>)];
        let cases: [(&str, &str, Gaps); 7] = [
            (
                "The ==quorum== rule is ==W + R > N==.",
                "The quorum rule is W + R > N.",
                &[(1, "quorum", None), (2, "W + R > N", None)],
            ),
            ("A ==cloze;;what?== one", "A cloze one", &[(1, "cloze", Some("what?"))]),
            ("==plain== and ==2;;b== and ==1;;a;;h==", "==plain== and b and a", &[(2, "b", None), (1, "a", Some("h"))]),
            ("`==code==` and ==yes==", "`==code==` and yes", &[(1, "yes", None)]),
            ("a == b and c == d", "a == b and c == d", &[]),
            ("$x ==y== z$", "$x ==y== z$", &[]),
            ("===no===", "===no===", &[]),
        ];
        for (text, plain, expected) in cases {
            let (found, gaps) = gaps(text);
            let gaps: Vec<(u16, &str, Option<&str>)> =
                gaps.iter().map(|gap| (gap.number, &found[gap.range.clone()], gap.hint.as_deref())).collect();
            assert_eq!((found.as_str(), gaps.as_slice()), (plain, expected), "{text}");
        }
    }
}
