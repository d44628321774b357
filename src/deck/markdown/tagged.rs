//! `Q:`/`A:`, `C:` with `[gaps]`, and `T:`/`D:`, as hashcards and repeater write cards.

use super::block::Block;
use super::note::{Gap, Note, Said, clean};
use super::obsidian;
use super::shape::{CODE_BLOCK, COMMENT, Line, MATH_BLOCK, Shape, lines};

/// What a file in such a dialect has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) blocks: Vec<Block>,
    /// The lines outside of cards, from 0.
    pub(super) free: Vec<usize>,
}

/// Finds the cards; lines `a::b` outside of them only where they are asked for, and where `strict`, only what is no code. A
/// heading ends a card where one as high stands outside of cards: there headings part the file, and no answer.
pub(super) fn find(text: &str, shape: &Shape, from: usize, singles: bool, strict: bool) -> Found {
    let mut found = Found::default();
    let mut open: Option<Block> = None;
    let first = text[..from].matches('\n').count();
    let (mut deepest, mut after_blank) = (0, true);
    for (at, line) in lines(text, from).into_iter().enumerate().map(|(at, line)| (first + at, line)) {
        if is_plain(shape, &line) {
            if ["Q:", "C:", "T:"].iter().any(|tag| line.text.starts_with(tag)) {
                found.blocks.extend(open.take());
                open = Some(Block { range: line.at..line.end(), line: at, tags: Vec::new() });
                continue;
            }
            if is_rule(line.text) {
                found.blocks.extend(open.take());
                continue;
            }
        }
        if line.is_blank() {
            after_blank = true;
            continue;
        }
        if let Some(level) = heading(line.text).filter(|_| is_plain(shape, &line)) {
            if open.is_none() {
                deepest = deepest.max(level);
            } else if after_blank && level <= deepest {
                found.blocks.extend(open.take());
            }
        }
        after_blank = false;
        if let Some(open) = &mut open {
            open.range.end = line.end();
        } else if singles && obsidian::single(text, shape, &line, strict).is_some() {
            found.blocks.push(Block { range: line.at..line.end(), line: at, tags: Vec::new() });
        } else if super::note::is_comment(shape, &line) {
            // What names a card stands below it.
            if let Some(last) = found.blocks.last_mut().filter(|last| last.ends_before(text, line.at)) {
                last.range.end = line.end();
            }
        } else {
            found.free.push(at);
        }
    }
    found.blocks.extend(open);
    found
}

/// Whether what stands at the beginning of a line may begin a card or end one.
fn is_plain(shape: &Shape, line: &Line) -> bool {
    !shape.is(line.at, CODE_BLOCK | COMMENT | MATH_BLOCK)
}

fn is_rule(text: &str) -> bool {
    text.trim_end() == "---"
}

/// The level of a heading.
fn heading(text: &str) -> Option<usize> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && text[level..].starts_with(' ')).then_some(level)
}

/// Where a card ends: headings after a blank line with nothing below them are those of what comes next.
fn end_of(text: &str, shape: &Shape) -> usize {
    let all = lines(text, 0);
    let mut end = text.len();
    for (at, line) in all.iter().enumerate().skip(1).rev() {
        if line.is_blank() || super::note::is_comment(shape, line) {
            continue;
        }
        if heading(line.text).is_none() || !is_plain(shape, line) || !all[at - 1].is_blank() {
            break;
        }
        end = line.at;
    }
    end
}

/// The line of code that is never closed and goes on over what looks like further cards.
pub(super) fn unclosed(text: &str) -> Option<usize> {
    let mut open: Option<(usize, &str)> = None;
    let mut swallows = false;
    for (at, line) in text.lines().enumerate() {
        let sign = line.trim_start();
        let length = ["`", "~"].iter().map(|c| sign.len() - sign.trim_start_matches(*c).len()).max().unwrap_or(0);
        match open {
            None if length >= 3 && !sign[length..].contains('`') => {
                (open, swallows) = (Some((at, &sign[..length])), false)
            }
            Some((_, fence)) if sign.starts_with(fence) && sign[length..].trim().is_empty() => open = None,
            Some(_) => swallows |= ["Q:", "C:", "T:"].iter().any(|tag| line.starts_with(tag)),
            None => {}
        }
    }
    open.filter(|_| swallows).map(|(at, _)| at)
}

/// Reads the card of a block; what is wrong with it has its line, from 0.
pub(super) fn note(text: &str) -> Result<Note, (usize, String)> {
    if let Some(at) = unclosed(text) {
        let message = "the code that begins here is not closed, and takes in the cards below: close it with ``` on a line of its own";
        return Err((at, message.to_owned()));
    }
    let shape = Shape::of(text);
    let id = super::note::id(text, &shape)?;
    let second =
        |tag: &str| lines(text, 0).into_iter().find(|line| is_plain(&shape, line) && line.text.starts_with(tag));
    let part = |range: std::ops::Range<usize>| clean(text, range, &shape);
    let line_of = |at: usize| text[..at].matches('\n').count();
    let end = end_of(text, &shape);
    let two = |what: &str, tag: &str, other: &str| {
        let Some(line) = second(tag) else {
            let in_code = |line: &Line| line.text.starts_with(tag) && shape.is(line.at, CODE_BLOCK);
            if lines(text, 0).iter().any(in_code)
                && let Some(at) = lines(text, 0).iter().position(|line| shape.is(line.at, CODE_BLOCK))
            {
                let message = format!(
                    "the code that begins here goes on over the {other}: close it with ``` on a line of its own"
                );
                return Err((at, message));
            }
            return Err((0, format!("this {what} has no {other}: add a line that begins with {tag}")));
        };
        let (first, second) = (part(2..line.at), part(line.at + 2..end.max(line.at + 2)));
        match (first.is_empty(), second.is_empty()) {
            (true, _) => Err((0, format!("this {what} is empty"))),
            (_, true) => Err((line_of(line.at), format!("this {other} is empty"))),
            _ => Ok((first, second)),
        }
    };
    let said = if text.starts_with("Q:") {
        let (front, back) = two("question", "A:", "answer")?;
        Said::Sides { front, back, both: false }
    } else if text.starts_with("T:") {
        let (term, definition) = two("term", "D:", "definition")?;
        let text = format!("Term: {term}\n\nDefinition: {definition}");
        let (first, second) = (6..6 + term.len(), text.len() - definition.len()..text.len());
        let gap = |range, number| Gap { range, number, hint: None };
        Said::Gaps { text, gaps: vec![gap(first, 1), gap(second, 2)] }
    } else if text.starts_with("C:") {
        let said = part(2..end.max(2));
        // Where nothing else is asked, brackets in a formula are what is.
        let found = brackets(&said, false);
        let (text, gaps) = if found.1.is_empty() { brackets(&said, true) } else { found };
        if gaps.is_empty() {
            return Err((0, "this text has no gap: put [brackets] around what is asked".to_owned()));
        }
        Said::Gaps { text, gaps }
    } else {
        return obsidian::note(text)?.ok_or_else(|| (0, "this is no card".to_owned()));
    };
    Ok(Note { id, said })
}

/// A text without the brackets of its gaps, and the gaps. Brackets that are code, links, notes or boxes stay, and those of
/// math where that is not looked at.
fn brackets(text: &str, in_math: bool) -> (String, Vec<Gap>) {
    let shape = Shape::of(text);
    let bytes = text.as_bytes();
    let is_open = |at: usize| shape.is_prose(at) || in_math && shape.is_math(at);
    let escapes = |at: usize| bytes[at] == b'\\' && is_open(at) && matches!(bytes.get(at + 1), Some(b'[' | b']'));
    let (mut pairs, mut open, mut at) = (Vec::new(), None, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if at + 1 < bytes.len() && bytes[at + 1].is_ascii_punctuation() => at += 1,
            b'[' if is_open(at) => open = Some(at),
            b']' if is_open(at) => {
                let gap = open.take().filter(|open| {
                    let inside = &text[open + 1..at];
                    !inside.trim().is_empty() && !inside.starts_with('^')
                });
                pairs.extend(gap.map(|open| (open, at)));
            }
            _ => {}
        }
        at += 1;
    }
    let (mut plain, mut gaps, mut begins) = (String::new(), Vec::new(), 0);
    let mut next = pairs.iter().peekable();
    for (at, c) in text.char_indices() {
        match next.peek() {
            Some((open, _)) if *open == at => begins = plain.len(),
            Some((_, close)) if *close == at => {
                gaps.push(Gap { range: begins..plain.len(), number: gaps.len() as u16 + 1, hint: None });
                next.next();
            }
            _ if escapes(at) => {}
            _ => plain.push(c),
        }
    }
    (plain, gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_gaps_where_they_are_prose() {
        let cases: [(&str, &str, &[&str]); 12] = [
            ("A [ring] moves [K/n] keys.", "A ring moves K/n keys.", &["ring", "K/n"]),
            (r"Escaped \[not\] and [yes]", "Escaped [not] and yes", &["yes"]),
            ("![alt](a.png) and [yes]", "![alt](a.png) and yes", &["yes"]),
            ("[link](http://x.y) and [yes]", "[link](http://x.y) and yes", &["yes"]),
            ("`a[0]` and [yes]", "`a[0]` and yes", &["yes"]),
            ("$x[1]$ and [yes]", "$x[1]$ and yes", &["yes"]),
            (r"\(x[1]\) and [yes]", r"\(x[1]\) and yes", &["yes"]),
            ("- [x] done\n- [ ] open [yes]", "- [x] done\n- [ ] open yes", &["yes"]),
            ("[outer [inner] rest]", "[outer inner rest]", &["inner"]),
            ("[] and [ ] and [yes]", "[] and [ ] and yes", &["yes"]),
            ("It costs $5 and [$10]", "It costs $5 and $10", &["$10"]),
            ("[[wiki link]] and [yes]", "[[wiki link]] and yes", &["yes"]),
        ];
        for (text, plain, words) in cases {
            let (found, gaps) = brackets(text, false);
            let found_words: Vec<&str> = gaps.iter().map(|gap| &found[gap.range.clone()]).collect();
            assert_eq!((found.as_str(), found_words.as_slice()), (plain, words), "{text}");
        }
    }
}
