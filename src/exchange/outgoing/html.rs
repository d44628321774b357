//! Texts as HTML. Whatever a deck says, nothing of it is markup of its own: there is no script in a card.

use super::Block;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// What Anki takes for a sound, a voice or a formula to be typeset, which a text of a deck is not.
const COMMANDS: [&str; 6] = ["[sound:", "[anki:", "[latex]", "[/latex]", "[$]", "[$$]"];

/// A text that is no markup at all.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br>"),
            // What Anki splits fields at, and what no page can show.
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    inert(out)
}

/// Takes from a page what Anki would carry out.
fn inert(page: String) -> String {
    if !page.contains('[') {
        return page;
    }
    COMMANDS.iter().fold(page, |page, command| match page.contains(command) {
        true => page.replace(command, &format!("&#91;{}", &command[1..])),
        false => page,
    })
}

/// Blocks as a page.
pub(super) fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => self::text(text),
        Block::Remark(text) => format!("<p class=\"remark\">{}</p>", escaped(text)),
        Block::List { items, numbered } => {
            let list = if *numbered { "ol" } else { "ul" };
            let items: String = items.iter().map(|item| format!("<li>{}</li>", line(item))).collect();
            format!("<{list}>{items}</{list}>")
        }
        Block::Row { dimension, options, cells } => {
            let head: String = options.iter().map(|option| format!("<th>{}</th>", line(option))).collect();
            let cell = |at: usize| cells.as_ref().and_then(|cells| cells.get(at)).map_or("?".to_owned(), |c| line(c));
            let cells: String = (0..options.len()).map(|at| format!("<td>{}</td>", cell(at))).collect();
            let dimension = line(dimension);
            format!("<table><tr><th></th>{head}</tr><tr><th>{dimension}</th>{cells}</tr></table>")
        }
    }
}

/// A text with gaps as a page in which Anki finds them, and no others.
pub(super) fn gaps(text: &str) -> String {
    // What is written to be read as it stands, in the meantime by signs that no text has.
    const BRACE: char = '\u{f0000}';
    const SIGNS: [(&str, char, &str); 3] = [
        (r"\{{", '\u{f0001}', "&#123;&#123;"),
        (r"\}}", '\u{f0002}', "&#125;&#125;"),
        (r"\::", '\u{f0003}', "&#58;&#58;"),
    ];
    let text = SIGNS.iter().fold(text.to_owned(), |text, (written, sign, _)| text.replace(written, &sign.to_string()));
    let mut signed = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("}}}") {
        let braces = rest[at..].bytes().take_while(|byte| *byte == b'}').count();
        signed.push_str(&rest[..at]);
        // Two end a gap; of an odd number the first ends none, and Anki would take it for the end.
        if braces % 2 == 1 {
            signed.push(BRACE);
        }
        signed.push_str(&"}".repeat(braces / 2 * 2));
        rest = &rest[at + braces..];
    }
    signed.push_str(rest);
    let page = line(&signed).replace(BRACE, "&#125;");
    SIGNS.iter().fold(page, |page, (_, sign, shown)| page.replace(*sign, shown))
}

/// A text as a page, without the paragraph around it where it is one.
pub(super) fn line(text: &str) -> String {
    let page = self::text(text);
    match page.strip_prefix("<p>").and_then(|page| page.strip_suffix("</p>")) {
        Some(one) if !one.contains("<p>") => one.to_owned(),
        _ => page,
    }
}

/// A text as a page. Code, lists, tables and what is strong are as in Markdown; each line stays one. All else that
/// Markdown would take for markup stands as it is written, for most texts are plain: `> 5 ms` is no quotation, `# of
/// requests` no heading, `a*b*c` a product.
pub(super) fn text(text: &str) -> String {
    // A form feed or the like is nothing that a page can show.
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let mut page = String::with_capacity(text.len() + 16);
    let events = Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter();
    let mut kept: Vec<Event> = Vec::new();
    // How deep in what stands as it is written.
    let mut literal = 0usize;
    for (event, place) in events {
        if literal > 0 {
            match event {
                Event::Start(_) => literal += 1,
                Event::End(_) => literal -= 1,
                _ => {}
            }
            continue;
        }
        let source = || text[place.clone()].trim_end_matches('\n');
        match event {
            Event::Start(Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::HtmlBlock) => {
                literal = 1;
                kept.push(Event::Html(format!("<p>{}</p>", escaped(source())).into()));
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis) => {
                literal = 1;
                kept.push(Event::Html(escaped(source()).into()));
            }
            Event::Start(Tag::Strong) if !is_strong(source()) => {
                literal = 1;
                kept.push(Event::Html(escaped(source()).into()));
            }
            Event::Rule => kept.push(Event::Html(format!("<p>{}</p>", escaped(source())).into())),
            Event::InlineHtml(_) => kept.push(Event::Html(escaped(source()).into())),
            Event::SoftBreak => kept.push(Event::HardBreak),
            event => kept.push(event),
        }
    }
    debug_assert!(!kept.iter().any(|event| matches!(event, Event::End(TagEnd::HtmlBlock))));
    html::push_html(&mut page, kept.into_iter());
    inert(page.trim_end().replace("<br />\n", "<br>"))
}

/// Whether what Markdown takes for strong is meant so: `**so**` is, `__init__` is a name.
fn is_strong(source: &str) -> bool {
    source.starts_with("**")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_pages() {
        let cases = [
            ("plain", "100 ns", "<p>100 ns</p>"),
            ("lines stay", "a\nb", "<p>a<br>b</p>"),
            ("paragraphs", "a\n\nb", "<p>a</p>\n<p>b</p>"),
            ("comparison", "> 5 ms & < 9 ms", "<p>&gt; 5 ms &amp; &lt; 9 ms</p>"),
            ("count", "# of requests", "<p># of requests</p>"),
            ("product", "a*b*c and 2 * 3", "<p>a*b*c and 2 * 3</p>"),
            ("names", "__init__ and snake_case_name", "<p>__init__ and snake_case_name</p>"),
            ("strong", "**never** this", "<p><strong>never</strong> this</p>"),
            ("code", "run `a < b`", "<p>run <code>a &lt; b</code></p>"),
            ("fence", "```rust\nlet a = &b;\n```", "<pre><code class=\"language-rust\">let a = &amp;b;\n</code></pre>"),
            ("list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("script", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("inline", "a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>"),
            ("link", "[a](javascript:b) ![c](d)", "<p>[a](javascript:b) ![c](d)</p>"),
            ("underlined", "a\n---", "<p>a<br>---</p>"),
            ("rule", "---", "<p>---</p>"),
            ("sound", "[sound:a.mp3] [latex]b[/latex]", "<p>&#91;sound:a.mp3] &#91;latex]b&#91;/latex]</p>"),
            ("control", "a\u{1f}b\u{0}", "<p>ab</p>"),
            ("empty", "", ""),
        ];
        for (name, markdown, page) in cases {
            assert_eq!(text(markdown), page, "{name}");
        }
        assert_eq!(
            text("|a|b|\n|---|---|\n|1|`2`|"),
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n<tr><td>1</td><td><code>2</code></td></tr>\n</tbody></table>"
        );
    }

    #[test]
    fn gaps_stay_gaps_and_no_others_are_there() {
        let cases = [
            ("{{c1::R}} + {{c2::W::how many}} > N", "{{c1::R}} + {{c2::W::how many}} &gt; N"),
            (r"\{{ .x }} is {{c1::`a < b`}}", "&#123;&#123; .x }} is {{c1::<code>a &lt; b</code>}}"),
            (r"{{c1::std\::vector}}", "{{c1::std&#58;&#58;vector}}"),
            ("{{c1::{a}}}", "{{c1::{a&#125;}}"),
            ("{{c1::a {{c2::b}}}}", "{{c1::a {{c2::b}}}}"),
        ];
        for (text, page) in cases {
            assert_eq!(gaps(text), page);
        }
    }

    #[test]
    fn no_text_is_markup_of_its_own() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "`<b>`<b>",
            "```\"><script>\n<script>\n```",
            "|<i>|\n|---|\n|<script>|",
            "- <script>",
            "<!-- a -->",
            "<a\nhref=x>",
            "<https://a.b>",
        ];
        for hostile in hostile {
            for page in [text(hostile), line(hostile), escaped(hostile)] {
                let allowed = ["p", "br", "code", "pre", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"];
                for tag in page.split('<').skip(1) {
                    let name: String =
                        tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                    assert!(allowed.contains(&name.as_str()), "{hostile}: {page}");
                }
            }
        }
    }
}
