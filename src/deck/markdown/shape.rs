//! What of a Markdown text is no prose: code, math, comments, links, tables, task boxes.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
use std::ops::Range;

/// Marks of a byte: what it is part of.
pub(super) const CODE: u16 = 1;
pub(super) const MATH: u16 = 2;
pub(super) const COMMENT: u16 = 4;
pub(super) const HTML: u16 = 8;
pub(super) const LINK: u16 = 16;
pub(super) const TABLE: u16 = 32;
pub(super) const TASK: u16 = 64;
/// Code that stands on lines of its own.
pub(super) const CODE_BLOCK: u16 = 128;
/// The same of math.
pub(super) const MATH_BLOCK: u16 = 256;

/// Where in a text no card may be looked for.
pub(super) struct Shape<'a> {
    text: &'a str,
    marks: Vec<u16>,
    /// The comments, in order.
    pub(super) comments: Vec<Range<usize>>,
}

impl<'a> Shape<'a> {
    /// Reads a text as CommonMark with tables, task boxes, math, footnotes and wiki links.
    pub(super) fn of(text: &'a str) -> Self {
        // Most cards are plain: without any of these signs, all of it is prose.
        let is_sign = |byte: u8| matches!(byte, b'`' | b'~' | b'$' | b'[' | b'<' | b'|' | b'\\' | b'\t');
        if !text.bytes().any(is_sign) && !text.contains("    ") {
            return Self { text, marks: vec![0; text.len()], comments: Vec::new() };
        }
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_WIKILINKS;
        let parser = Parser::new_ext(text, options);
        let mut shape = Self { text, marks: vec![0; text.len()], comments: Vec::new() };
        for (_, definition) in parser.reference_definitions().iter() {
            shape.mark(definition.span.clone(), LINK);
        }
        for (event, range) in parser.into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(_)) => shape.mark(range, CODE | CODE_BLOCK),
                Event::Code(_) => shape.mark(range, CODE),
                Event::DisplayMath(_) => shape.mark(range, MATH | MATH_BLOCK),
                // "$5 and [$10]" is no math.
                Event::InlineMath(_) if !text[range.end..].starts_with(|c: char| c.is_ascii_digit()) => {
                    shape.mark(range, MATH);
                }
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => shape.html(range),
                Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. })
                    if link_type != LinkType::Email || text[range.clone()].starts_with('<') =>
                {
                    shape.mark(range, LINK);
                }
                Event::FootnoteReference(_) => shape.mark(range, LINK),
                Event::Start(Tag::Table(_)) => shape.mark(range, TABLE),
                Event::TaskListMarker(_) => shape.mark(range, TASK),
                _ => {}
            }
        }
        shape.brackets_of_math();
        shape.comments.sort_by_key(|range| range.start);
        shape.comments.dedup();
        shape
    }

    fn mark(&mut self, range: Range<usize>, mark: u16) {
        self.marks[range].iter_mut().for_each(|marks| *marks |= mark);
    }

    /// HTML, in which there may be comments.
    fn html(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let rest = &self.text[at..range.end];
            let begins = rest.find("<!--").map_or(range.end, |found| at + found);
            if !self.text[at..begins].trim().is_empty() {
                self.mark(at..begins, HTML);
            }
            if begins == range.end {
                break;
            }
            let ends = self.text[begins..range.end].find("-->").map_or(range.end, |found| begins + found + 3);
            self.mark(begins..ends, COMMENT);
            self.comments.push(begins..ends);
            at = ends;
        }
    }

    /// `\(...\)` is math as well; `\[...\]` is not, for it is how brackets are written that are no gap.
    fn brackets_of_math(&mut self) {
        let mut from = 0;
        while let Some(begins) = self.text[from..].find("\\(").map(|found| from + found) {
            let line = self.text[begins..].lines().next().unwrap_or_default();
            let Some(length) = line.find("\\)") else {
                from = begins + 2;
                continue;
            };
            self.mark(begins..begins + length + 2, MATH);
            from = begins + length + 2;
        }
    }

    /// Whether the byte at this place is part of any of these.
    pub(super) fn is(&self, at: usize, marks: u16) -> bool {
        self.marks.get(at).is_some_and(|found| found & marks != 0)
    }

    /// Whether the byte at this place is part of math and of nothing else.
    pub(super) fn is_math(&self, at: usize) -> bool {
        self.marks.get(at).is_some_and(|marks| *marks != 0 && *marks & !(MATH | MATH_BLOCK) == 0)
    }

    /// Whether the byte at this place is prose.
    pub(super) fn is_prose(&self, at: usize) -> bool {
        self.marks.get(at).is_none_or(|marks| *marks == 0)
    }
}

/// A line of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where it begins.
    pub(super) at: usize,
    /// Without its end.
    pub(super) text: &'a str,
    /// Where the next one begins.
    pub(super) next: usize,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where it ends, without what ends it.
    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// The lines of a text from a place on.
pub(super) fn lines(text: &str, from: usize) -> Vec<Line<'_>> {
    let mut at = from;
    let line = |whole: &'_ str, at: usize| (at, whole.len());
    text[from..]
        .split_inclusive('\n')
        .map(|whole| {
            let (begins, length) = line(whole, at);
            at += length;
            Line { at: begins, text: whole.trim_end_matches(['\n', '\r']), next: at }
        })
        .collect()
}
