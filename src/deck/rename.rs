//! A deck that gets another name: what changes in the text of its files, and of those that refer to its cards.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys whose values name cards.
const LINKS: [&str; 5] = ["see", "after", "was", "replaces", "unlike"];

/// The text of a deck's file after the deck `old` was named `new`: what names its cards follows. Everything else, and
/// every byte between, stays as it is. A text that is no TOML stays whole.
pub fn relinked(text: &str, old: &str, new: &str) -> String {
    changed(text, |table, body, changes| links(table, &Names { old, new, body }, false, changes))
}

/// The same of the file with the `[deck]` table: it has the new name, and `was` keeps the old one, so that progress moves.
pub fn renamed(text: &str, old: &str, new: &str) -> String {
    let text = relinked(text, old, new);
    changed(&text, |table, body, changes| head(table, body, old, new, changes))
}

type Changes = Vec<(Range<usize>, String)>;

/// The names, and the text that the places are of.
struct Names<'a> {
    old: &'a str,
    new: &'a str,
    body: &'a str,
}

fn changed(text: &str, find: impl FnOnce(&DeTable, &str, &mut Changes)) -> String {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(table) = DeTable::parse(body) else { return text.to_owned() };
    let mut changes = Vec::new();
    find(table.get_ref(), body, &mut changes);
    changes.sort_by_key(|(place, _)| place.start);
    let mut written = text[..text.len() - body.len()].to_owned();
    let mut done = 0;
    for (place, instead) in changes {
        written.push_str(&body[done..place.start]);
        written.push_str(&instead);
        done = place.end;
    }
    written.push_str(&body[done..]);
    written
}

/// Finds what names a card of the deck, below any key or, `within` one that names cards, in it.
fn links(table: &DeTable, names: &Names, within: bool, changes: &mut Changes) {
    for (key, value) in table {
        if within {
            names.change(key.get_ref(), key.span(), changes);
        }
        of_value(value, names, LINKS.contains(&key.get_ref().as_ref()), changes);
    }
}

fn of_value(value: &Spanned<DeValue>, names: &Names, within: bool, changes: &mut Changes) {
    match value.get_ref() {
        DeValue::Table(table) => links(table, names, within, changes),
        DeValue::Array(items) => items.iter().for_each(|item| of_value(item, names, within, changes)),
        DeValue::String(text) if within => names.change(text, value.span(), changes),
        _ => {}
    }
}

impl Names<'_> {
    fn change(&self, text: &str, place: Range<usize>, changes: &mut Changes) {
        let is_card = text.strip_prefix(self.old).is_some_and(|rest| rest.starts_with('/'));
        // Between its quotes a name of a card is written as it is.
        if let Some(at) = self.body[place.clone()].find(text).filter(|_| is_card) {
            let start = place.start + at;
            changes.push((start..start + self.old.len(), self.new.to_owned()));
        }
    }
}

fn head(table: &DeTable, body: &str, old: &str, new: &str, changes: &mut Changes) {
    let Some(deck) = table.get("deck") else { return };
    let DeValue::Table(fields) = deck.get_ref() else { return };
    let Some(name) = fields.get("name") else { return };
    changes.push((name.span(), format!("\"{new}\"")));
    let Some(was) = fields.get("was") else {
        let key = format!("was = [\"{old}\"]");
        // An inline table has no lines.
        if body[deck.span()].starts_with('{') {
            return changes.push((name.span().end..name.span().end, format!(", {key}")));
        }
        let rest = &body[name.span().end..];
        let end = name.span().end + rest.find('\n').unwrap_or(rest.len());
        let (end, line_end) = if body[..end].ends_with('\r') { (end - 1, "\r\n") } else { (end, "\n") };
        return changes.push((end..end, format!("{line_end}{key}")));
    };
    let DeValue::Array(before) = was.get_ref() else { return };
    let before = before.iter().filter_map(|item| match item.get_ref() {
        DeValue::String(text) => Some(text.as_ref()),
        _ => None,
    });
    let names = before.filter(|name| *name != new && *name != old).chain([old]);
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    changes.push((was.span(), format!("[{}]", names.join(", "))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_changes_and_was_keeps_the_old_one() {
        let cases = [
            (
                "a new was",
                "[deck]\nname = \"mine\" # ours\ntitle = \"T\"\n",
                "[deck]\nname = \"work\" # ours\nwas = [\"mine\"]\ntitle = \"T\"\n",
            ),
            (
                "at the end",
                "[deck]\ntitle = \"T\"\nname = 'mine'",
                "[deck]\ntitle = \"T\"\nname = \"work\"\nwas = [\"mine\"]",
            ),
            (
                "windows",
                "\u{feff}[deck]\r\nname = \"mine\"\r\n",
                "\u{feff}[deck]\r\nname = \"work\"\r\nwas = [\"mine\"]\r\n",
            ),
            (
                "one before",
                "[deck]\nname = \"mine\"\nwas = [\"first\"] # x\n",
                "[deck]\nname = \"work\"\nwas = [\"first\", \"mine\"] # x\n",
            ),
            ("and back", "[deck]\nname = \"mine\"\nwas = [\"work\"]\n", "[deck]\nname = \"work\"\nwas = [\"mine\"]\n"),
            (
                "inline",
                "deck = { name = \"mine\", title = \"T\" }\n",
                "deck = { name = \"work\", was = [\"mine\"], title = \"T\" }\n",
            ),
        ];
        for (what, text, expected) in cases {
            assert_eq!(renamed(text, "mine", "work"), expected, "{what}");
        }
    }

    #[test]
    fn links_follow_and_prose_stays() {
        let text = "# mine/a\n[[recall]]\nid = \"a\"\nask = \"mine/a?\"\nsee = [\"mine/b\", 'mine/m/x', \"c\", \"miner/a\"]\n\
                    after = [ \"mine/b\" ]\nwas = [\"mine/old\"]\nreplaces = \"mine/z\"\nunlike = { \"mine/b\" = \"mine/b is not\" }\n\
                    [[matrix]]\nsee = [\"mine/b\"]\n[[matrix.row]]\nsee = [\"mine/c\"]\ncells = [\"mine/b\", \"x\"]\n";
        let expected = "# mine/a\n[[recall]]\nid = \"a\"\nask = \"mine/a?\"\nsee = [\"work/b\", 'work/m/x', \"c\", \"miner/a\"]\n\
                    after = [ \"work/b\" ]\nwas = [\"work/old\"]\nreplaces = \"work/z\"\nunlike = { \"work/b\" = \"mine/b is not\" }\n\
                    [[matrix]]\nsee = [\"work/b\"]\n[[matrix.row]]\nsee = [\"work/c\"]\ncells = [\"mine/b\", \"x\"]\n";
        assert_eq!(relinked(text, "mine", "work"), expected);
        assert_eq!(relinked("no [toml", "mine", "work"), "no [toml");
    }
}
