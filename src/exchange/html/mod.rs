//! HTML of other programs' cards, as text that reads like Markdown.
//!
//! The tokens come from a library; here is what becomes of them, in one pass without a tree, so that it takes the same time
//! whatever is nested in what. Nothing is escaped: people read the text as it is, and `snake_case` and `[0]` stay so.

mod out;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use out::{DEEPEST, Indent, Out};
use std::convert::Infallible;

/// The tags whose text stands between empty lines.
const PARAGRAPHS: [&str; 9] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "figure"];
/// The tags whose text stands on lines of its own.
const LINES: [&str; 14] = [
    "div",
    "section",
    "article",
    "header",
    "footer",
    "details",
    "summary",
    "dt",
    "dd",
    "center",
    "fieldset",
    "form",
    "figcaption",
    "address",
];
/// The tags whose text is code.
const CODES: [&str; 5] = ["pre", "code", "tt", "samp", "kbd"];
/// The tags whose text is no part of the page.
const SKIPPED: [&str; 11] =
    ["script", "style", "head", "title", "template", "object", "iframe", "svg", "math", "select", "noscript"];
/// The emphasis of a tag.
const EMPHASIS: [(&str, &str); 7] =
    [("b", "**"), ("strong", "**"), ("i", "*"), ("em", "*"), ("s", "~~"), ("del", "~~"), ("strike", "~~")];

fn emphasis(name: &str) -> Option<&'static str> {
    EMPHASIS.into_iter().find(|(tag, _)| *tag == name).map(|(_, mark)| mark)
}

/// What HTML comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Converted {
    /// The text.
    pub(super) text: String,
    /// The files of the pictures in it, in order.
    pub(super) pictures: Vec<String>,
    /// How many sounds and films it has.
    pub(super) sounds: usize,
    /// Whether it has more than pictures.
    pub(super) has_words: bool,
}

/// Converts HTML. `place` says what is written of a picture.
pub(super) fn convert(html: &str, place: &dyn Fn(&str) -> String) -> Converted {
    let mut emitter = DefaultEmitter::default();
    // What stands in a script or a style is no text.
    emitter.naively_switch_states(true);
    let mut reading = Reading::new(place);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let token: Result<Token, Infallible> = token;
        match token {
            Ok(Token::StartTag(tag)) => reading.start(&tag),
            Ok(Token::EndTag(tag)) => reading.end(&text(&tag.name)),
            Ok(Token::String(string)) => reading.string(&text(&string.value)),
            Ok(Token::Comment(_) | Token::Doctype(_) | Token::Error(_)) => {}
            Err(never) => match never {},
        }
    }
    reading.finish()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A list that is open.
enum List {
    Bullets,
    Numbers(i64),
}

/// Code that is open.
struct Code {
    text: String,
    language: Option<String>,
    /// A `pre`, where lines stand as they are.
    is_block: bool,
    /// How many tags of it are open.
    depth: usize,
}

struct Reading<'a> {
    place: &'a dyn Fn(&str) -> String,
    outs: Vec<Out>,
    lists: Vec<List>,
    code: Option<Code>,
    rows: Option<Vec<Vec<String>>>,
    /// Tables within a table, whose tags count for nothing.
    inner_tables: usize,
    /// Where a link leads, and where its text begins.
    link: Option<(String, usize)>,
    /// The tag whose text is passed over, while it is open.
    skipped: Option<String>,
    pictures: Vec<String>,
    sounds: usize,
    has_words: bool,
}

impl<'a> Reading<'a> {
    fn new(place: &'a dyn Fn(&str) -> String) -> Self {
        Self {
            place,
            outs: vec![Out::default()],
            lists: Vec::new(),
            code: None,
            rows: None,
            inner_tables: 0,
            link: None,
            skipped: None,
            pictures: Vec::new(),
            sounds: 0,
            has_words: false,
        }
    }

    fn out(&mut self) -> &mut Out {
        self.outs.last_mut().expect("the page is there until the end")
    }

    fn string(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        self.has_words |= text.chars().any(|c| !c.is_whitespace());
        match &mut self.code {
            Some(code) => code.text.push_str(&text.replace('\u{a0}', " ")),
            None => self.out().words(text),
        }
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name = text(&tag.name);
        if self.skipped.is_some() {
            return;
        }
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| text(&value.value));
        if self.code.is_some() && !matches!(name.as_str(), "table" | "tr" | "td" | "th") {
            return self.start_in_code(&name, attribute(b"class"));
        }
        if let Some(mark) = emphasis(&name) {
            return self.out().emphasis(mark);
        }
        match name.as_str() {
            name if PARAGRAPHS.contains(&name) => {
                self.out().line(2);
                if name.starts_with('h') {
                    self.out().emphasis("**");
                }
            }
            name if LINES.contains(&name) => self.out().line(1),
            name if CODES.contains(&name) => {
                let language = attribute(b"class").and_then(|class| language(&class));
                self.code = Some(Code { text: String::new(), language, is_block: name == "pre", depth: 1 });
            }
            skipped if SKIPPED.contains(&skipped) && !tag.self_closing => self.skipped = Some(name),
            "br" => self.out().line(1),
            "hr" => {
                self.out().line(2);
                self.out().words("---");
                self.out().line(2);
            }
            "blockquote" => {
                self.out().line(2);
                self.out().indent(Indent::Quote);
            }
            "ul" | "ol" | "menu" => {
                let gap = if self.lists.is_empty() { 2 } else { 1 };
                self.out().line(gap);
                if self.lists.len() < DEEPEST {
                    let first = attribute(b"start").and_then(|start| start.parse().ok()).unwrap_or(1);
                    self.lists.push(if name == "ol" { List::Numbers(first) } else { List::Bullets });
                }
            }
            "li" => self.item(),
            "sup" => self.out().raw("^"),
            "sub" => self.out().raw("_"),
            "img" => self.picture(attribute(b"src"), attribute(b"alt")),
            "audio" | "video" => self.sounds += 1,
            "a" => {
                let at = self.out().text.len();
                self.link = attribute(b"href").filter(|href| href.starts_with("http")).map(|href| (href, at));
            }
            "table" => self.table(),
            "tr" if self.inner_tables == 0 => {
                self.end_cell();
                self.rows.iter_mut().for_each(|rows| rows.push(Vec::new()));
            }
            "td" | "th" if self.inner_tables == 0 && self.rows.is_some() => {
                self.end_cell();
                self.outs.push(Out::default());
            }
            _ => {}
        }
    }

    /// A picture is named where it stands; one that lies elsewhere, by what is said of it.
    fn picture(&mut self, src: Option<String>, alt: Option<String>) {
        let Some(src) = src.filter(|src| !src.trim().is_empty()) else { return };
        let said = if src.contains("://") || src.starts_with("data:") {
            alt.map_or_else(|| "(picture)".to_owned(), |alt| format!("(picture: {alt})"))
        } else {
            let said = (self.place)(&src);
            self.pictures.push(src);
            said
        };
        self.out().words(&format!(" {said} "));
    }

    fn start_in_code(&mut self, name: &str, class: Option<String>) {
        let Some(code) = &mut self.code else { return };
        match name {
            name if CODES.contains(&name) => {
                code.depth += 1;
                code.is_block |= name == "pre";
                code.language = code.language.take().or_else(|| class.as_deref().and_then(language));
            }
            "br" => code.text.push('\n'),
            "div" | "p" | "li" if !code.text.is_empty() && !code.text.ends_with('\n') => code.text.push('\n'),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(skipped) = &self.skipped {
            if skipped == name {
                self.skipped = None;
            }
            return;
        }
        if self.code.is_some() {
            match name {
                name if CODES.contains(&name) => self.end_code(name == "pre"),
                // Whoever forgot to end the code did not mean the rest of the table.
                "td" | "th" | "tr" | "table" => self.end_code(true),
                _ => return,
            }
            if !matches!(name, "td" | "th" | "tr" | "table") {
                return;
            }
        }
        if let Some(mark) = emphasis(name) {
            return self.out().emphasis_ends(mark);
        }
        match name {
            name if PARAGRAPHS.contains(&name) => {
                if name.starts_with('h') {
                    self.out().emphasis_ends("**");
                }
                self.out().line(2);
            }
            name if LINES.contains(&name) => self.out().line(1),
            "blockquote" => {
                self.out().outdent(|indent| matches!(indent, Indent::Quote));
                self.out().line(2);
            }
            "ul" | "ol" | "menu" => {
                self.out().outdent(|indent| matches!(indent, Indent::Item { .. }));
                self.lists.pop();
                let gap = if self.lists.is_empty() { 2 } else { 1 };
                self.out().line(gap);
            }
            "li" => self.out().line(1),
            "a" => self.end_link(),
            "table" => self.end_table(),
            "td" | "th" | "tr" if self.inner_tables == 0 => self.end_cell(),
            _ => {}
        }
    }

    fn item(&mut self) {
        let level = self.lists.len().max(1);
        let mark = match self.lists.last_mut() {
            Some(List::Numbers(next)) => {
                *next = next.saturating_add(1);
                format!("{}. ", *next - 1)
            }
            _ => "- ".to_owned(),
        };
        let out = self.out();
        out.line(1);
        // The item before it of this list ends here.
        while out.indents.iter().filter(|indent| matches!(indent, Indent::Item { .. })).count() >= level {
            out.outdent(|indent| matches!(indent, Indent::Item { .. }));
        }
        let width = mark.len();
        out.indent(Indent::Item { mark: Some(mark), width });
    }

    fn end_code(&mut self, is_outer: bool) {
        let Some(code) = &mut self.code else { return };
        code.depth -= 1;
        if code.depth > 0 && !is_outer {
            return;
        }
        let Some(Code { text, language, is_block, .. }) = self.code.take() else { return };
        let is_cell = self.outs.len() > 1;
        let text = text.replace("\r\n", "\n");
        let text = if is_block { text.trim_matches('\n').trim_end() } else { text.trim() };
        if text.is_empty() {
            return;
        }
        if is_cell || !(is_block || text.contains('\n')) {
            let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest + 1);
            let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
            let one_line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            return self.out().raw(&format!("{fence}{pad}{one_line}{pad}{fence}"));
        }
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let out = self.out();
        out.line(2);
        out.raw(&format!("{fence}{}", language.unwrap_or_default()));
        for line in text.lines() {
            out.line(1);
            out.begin_line();
            out.text.push_str(line);
        }
        out.line(1);
        out.raw(&fence);
        out.line(2);
    }

    fn end_link(&mut self) {
        let Some((href, at)) = self.link.take() else { return };
        let out = self.out();
        let said = out.text.get(at..).unwrap_or_default().trim();
        if !said.is_empty() && !href.contains(said) {
            out.space = false;
            out.raw(&format!(" ({href})"));
        }
    }

    fn table(&mut self) {
        if self.rows.is_some() {
            self.inner_tables += 1;
            return;
        }
        self.out().line(2);
        self.rows = Some(Vec::new());
    }

    fn end_cell(&mut self) {
        if self.outs.len() < 2 {
            return;
        }
        let cell = self.outs.pop().map(Out::finish).unwrap_or_default();
        let cell = cell.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ");
        if let Some(rows) = &mut self.rows {
            if rows.is_empty() {
                rows.push(Vec::new());
            }
            rows.last_mut().expect("there is one").push(cell.replace('|', "\\|"));
        }
    }

    fn end_table(&mut self) {
        if self.inner_tables > 0 {
            self.inner_tables -= 1;
            return;
        }
        self.end_cell();
        let Some(mut rows) = self.rows.take() else { return };
        rows.retain(|row| !row.is_empty());
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let out = self.out();
        out.line(2);
        for (at, mut row) in rows.into_iter().enumerate() {
            row.resize(columns, String::new());
            out.raw(&format!("| {} |", row.join(" | ")));
            out.line(1);
            if at == 0 {
                out.raw(&format!("|{}", " --- |".repeat(columns)));
                out.line(1);
            }
        }
        out.line(2);
    }

    fn finish(mut self) -> Converted {
        if self.code.is_some() {
            self.end_code(true);
        }
        if self.rows.is_some() {
            self.inner_tables = 0;
            self.end_table();
        }
        let text = self.outs.swap_remove(0).finish();
        Converted { text, pictures: self.pictures, sounds: self.sounds, has_words: self.has_words }
    }
}

/// The language that a class of `pre` or `code` names: `lang-sql`, `language-rust`.
fn language(class: &str) -> Option<String> {
    let named = class.split_ascii_whitespace().find_map(|class| {
        class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")).or_else(|| class.strip_prefix("brush:"))
    })?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+#-_.".contains(c);
    (!named.is_empty() && named.len() <= 20 && named.chars().all(is_name)).then(|| named.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn md(html: &str) -> String {
        convert(html, &|name| format!("(picture: {name})")).text
    }

    #[test]
    fn html_becomes_text_that_reads_like_markdown() {
        let cases = [
            ("plain", "plain"),
            ("a  b\n c\td", "a b c d"),
            ("a &lt; b &amp;&amp; c&nbsp;&gt; d &mdash; &#x65e5;", "a < b && c > d — 日"),
            ("snake_case, a[0], 2*3*4", "snake_case, a[0], 2*3*4"),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("one<div>two</div><div>three</div>four", "one\ntwo\nthree\nfour"),
            ("<div>one</div><div><br></div><div>two</div>", "one\ntwo"),
            ("<p>one</p><p>two</p>", "one\n\ntwo"),
            ("<b>Cache-aside</b> (lazy loading)", "**Cache-aside** (lazy loading)"),
            ("a<b> b </b>c <i>d</i><u>e</u>", "a **b** c *d*e"),
            ("<b>a<br>b</b>", "**a**\n**b**"),
            ("<b></b><i> </i>x", "x"),
            ("<ul><li>write-through: <i>one</i></li><li>later</li></ul>", "- write-through: *one*\n- later"),
            (
                "Letters:<ol><li>A</li><li>C<ul><li>x</li></ul></li><li>I</li></ol>end",
                "Letters:\n\n1. A\n2. C\n   - x\n3. I\n\nend",
            ),
            ("<ol start=5><li>A<li>B</ol>", "5. A\n6. B"),
            (
                "<pre><code class=\"lang-sql\">SELECT *\n  FROM t\n WHERE n &lt; 5;\n</code></pre>after",
                "```sql\nSELECT *\n  FROM t\n WHERE n < 5;\n```\n\nafter",
            ),
            ("<pre class='language-rust'>let a;<br>let b;</pre>", "```rust\nlet a;\nlet b;\n```"),
            ("use <code>a_b</code>, <code>x`y</code>", "use `a_b`, ``x`y``"),
            ("<code>a<br>b</code>", "```\na\nb\n```"),
            (
                "<table><tr><th>SQL</th><th>NoSQL</th></tr><tr><td>joins</td><td>scale&nbsp;out<br>a|b</td></tr></table>",
                "| SQL | NoSQL |\n| --- | --- |\n| joins | scale out / a\\|b |",
            ),
            (
                "<table><tbody><tr><td>1<td>2<tr><td><table><tr><td>in</table></table>x",
                "| 1 | 2 |\n| --- | --- |\n| in |  |\n\nx",
            ),
            ("O(n<sup>2</sup>), H<sub>2</sub>O", "O(n^2), H_2O"),
            ("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc"),
            (
                "<a href=\"https://x.org/a\">the paper</a>, <a href='https://x.org/b'>x.org/b</a>, <a href='javascript:x'>y</a>",
                "the paper (https://x.org/a), x.org/b, y",
            ),
            ("<a href='https://x.org/#top'></a>Top", "Top"),
            ("a<img src=\"x y.png\">b", "a (picture: x y.png) b"),
            ("<img src='https://x.org/y.png' alt=Ring>", "(picture: Ring)"),
            ("<script>alert('x')</script><style>.a{}</style>ok<!-- no --><iframe src=x>no</iframe>", "ok"),
            ("<h2>Title</h2>text", "**Title**\n\ntext"),
            ("\\(W + R &gt; N\\) {{c1::a::b}}", "\\(W + R > N\\) {{c1::a::b}}"),
            ("a < b, x<y, 1 <2", "a < b, x"),
            ("</b></td></ul></blockquote>stray</table>", "stray"),
            ("", ""),
            ("日本語・émoji 🚀", "日本語・émoji 🚀"),
        ];
        for (html, expected) in cases {
            assert_eq!(md(html), expected, "{html}");
        }
    }

    #[test]
    fn whatever_is_nested_is_read_in_one_pass() {
        for tag in ["div", "b", "ul", "li", "table", "blockquote", "pre", "span", "td", "script", "sup", "a", "ol><li"]
        {
            let html = format!("<{tag}>").repeat(20_000) + "end";
            let text = md(&html);
            assert!(text.len() <= 2 * html.len(), "{tag}");
        }
        let attributes = format!("<b {}>end", "a=1 b=2 ".repeat(20_000));
        assert_eq!(md(&attributes), "**end**");
        md(&"<".repeat(100_000));
        md(&"&".repeat(100_000));
        md(&"<!--".repeat(50_000));
    }
}
