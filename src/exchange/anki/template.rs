//! The templates of Anki's notes: from the fields of a note to the HTML of a side.

use std::collections::HashMap;

/// No side is longer, in bytes: a template may name a long field often.
const LONGEST: usize = 1 << 20;
/// No condition is nested deeper.
const DEEPEST: usize = 64;

/// What a template is filled with.
pub(super) struct Filling<'a> {
    /// The HTML of each field, by its name.
    pub(super) fields: &'a HashMap<&'a str, &'a str>,
    /// What is not of the note: `Tags`, `Deck`, `Card` and others.
    pub(super) special: &'a [(&'a str, &'a str)],
    /// Whether it is the question.
    pub(super) is_question: bool,
    /// What `{{cloze:...}}` stands for: the text with its gaps, or nothing.
    pub(super) keeps_cloze: bool,
}

/// A side, filled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// The HTML.
    pub(super) html: String,
    /// The hints that are shown on a click.
    pub(super) hints: Vec<String>,
}

/// Fills a template. What is in braces and means nothing stays out.
pub(super) fn fill(template: &str, filling: &Filling) -> Filled {
    let mut filled = Filled::default();
    // Of each condition that is open, its name and whether it holds.
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let (before, tail) = rest.split_at(start);
        let Some(end) = tail.find("}}") else { break };
        let holds = open.iter().all(|(_, holds)| *holds);
        if holds {
            push(&mut filled.html, before);
        }
        // `{{{Field}}}` is a field too.
        let inside = tail[2..end].trim_matches(['{', '}']).trim();
        rest = tail[end + 2..].trim_start_matches('}');
        match inside.chars().next() {
            Some('#') if open.len() < DEEPEST => open.push((inside[1..].trim(), filling.has(inside[1..].trim()))),
            Some('^') if open.len() < DEEPEST => open.push((inside[1..].trim(), !filling.has(inside[1..].trim()))),
            Some('/') => {
                if let Some(at) = open.iter().rposition(|(name, _)| *name == inside[1..].trim()) {
                    open.truncate(at);
                }
            }
            Some('!' | '=') | None => {}
            Some(_) if holds => filling.field(inside, &mut filled),
            Some(_) => {}
        }
    }
    if open.iter().all(|(_, holds)| *holds) {
        push(&mut filled.html, rest);
    }
    filled
}

fn push(html: &mut String, more: &str) {
    if html.len() + more.len() <= LONGEST {
        html.push_str(more);
    }
}

impl Filling<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let special = || self.special.iter().find(|(special, _)| *special == name).map(|(_, value)| *value);
        self.fields.get(name).copied().or_else(special)
    }

    /// Whether a field has more than white space in it.
    fn has(&self, name: &str) -> bool {
        // `{{#c1}}`: on each card of a text with gaps one of them holds; what is shown with one is shown.
        let is_gap = name.strip_prefix('c').is_some_and(|number| number.parse::<u16>().is_ok());
        is_gap || self.value(name).is_some_and(|value| !is_blank(value))
    }

    fn field(&self, inside: &str, filled: &mut Filled) {
        let mut parts = inside.rsplit(':');
        let name = parts.next().unwrap_or_default().trim();
        let filters: Vec<&str> = parts.map(str::trim).collect();
        let is = |filter: &str| filters.iter().any(|f| *f == filter || f.starts_with(&format!("{filter} ")));
        let Some(value) = self.value(name) else { return };
        if is("tts") || is("tts-voices") || (is("type") && self.is_question) {
            return;
        }
        if is("hint") {
            if !is_blank(value) {
                filled.hints.push(value.to_owned());
            }
        } else if !is("cloze") || self.keeps_cloze {
            push(&mut filled.html, value);
        }
    }
}

/// Whether HTML shows nothing.
pub(super) fn is_blank(html: &str) -> bool {
    let html = html.replace("&nbsp;", " ");
    let mut in_tag = false;
    for (at, c) in html.char_indices() {
        match c {
            '<' if !html[at..].get(..4).is_some_and(|tag| tag.eq_ignore_ascii_case("<img")) => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag || c.is_whitespace() => {}
            _ => return false,
        }
    }
    true
}

/// What an answer says beyond the question: what follows the line that ends the question, where there is one.
pub(super) fn beyond_the_question(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let line =
        ["<hr id=answer", "<hr id=\"answer\"", "<hr id='answer'"].iter().filter_map(|line| lower.find(line)).min();
    let end = line.and_then(|at| Some(at + html[at..].find('>')? + 1));
    end.map_or(html, |end| &html[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_as_anki_fills_them() {
        let fields = HashMap::from([
            ("Front", "<b>Q</b>"),
            ("Back", "A"),
            ("Empty", "<br> &nbsp;"),
            ("Picture", "<img src=x>"),
            ("Hint", "think"),
            ("Text", "{{c1::a}}"),
        ]);
        let special = [("Deck", "D::E"), ("FrontSide", "")];
        let cases = [
            ("{{Front}}", "<b>Q</b>", "<b>Q</b>"),
            ("{{ Front }}-{{text:Front}}", "<b>Q</b>-<b>Q</b>", "<b>Q</b>-<b>Q</b>"),
            ("{{type:Back}}", "", "A"),
            ("{{type:nc:Back}}", "", "A"),
            ("{{#Back}}yes{{/Back}}{{^Back}}no{{/Back}}", "yes", "yes"),
            ("{{#Empty}}yes{{/Empty}}{{^Empty}}no{{/Empty}}", "no", "no"),
            ("{{#Picture}}yes{{/Picture}}", "yes", "yes"),
            ("{{#Back}}{{#Empty}}{{Front}}{{/Empty}}b{{/Back}}", "b", "b"),
            ("{{#c1}}{{cloze:Text}}{{/c1}}", "{{c1::a}}", "{{c1::a}}"),
            ("{{hint:Hint}}x", "x", "x"),
            ("{{tts en_US voices=Apple:Front}}x", "x", "x"),
            ("{{FrontSide}}<hr id=answer>{{Deck}}", "<hr id=answer>D::E", "<hr id=answer>D::E"),
            ("{{{Back}}} {{Nothing}}{{!note}} {{", "A  {{", "A  {{"),
            ("{{/Back}}{{#Back}}open", "open", "open"),
            ("}}{{", "}}{{", "}}{{"),
        ];
        for (template, question, answer) in cases {
            for (is_question, expected) in [(true, question), (false, answer)] {
                let filling = Filling { fields: &fields, special: &special, is_question, keeps_cloze: true };
                assert_eq!(fill(template, &filling).html, expected, "{template}");
            }
        }
        let filling = Filling { fields: &fields, special: &special, is_question: true, keeps_cloze: false };
        assert_eq!(
            fill("{{cloze:Text}}{{hint:Hint}}", &filling),
            Filled { html: String::new(), hints: vec!["think".into()] }
        );
        assert!(fill(&"{{Front}}".repeat(1 << 20), &filling).html.len() <= LONGEST);
    }

    #[test]
    fn an_answer_begins_where_the_question_ends() {
        assert_eq!(beyond_the_question("Q<hr id=answer>A"), "A");
        assert_eq!(beyond_the_question("Q<HR ID=\"answer\" class=x>\nA"), "\nA");
        assert_eq!(beyond_the_question("A<hr>B"), "A<hr>B");
    }
}
