//! Cards before they stand in a file: what an own card, an imported one or a new deck writes into it.

use super::{Cloze, DeckFile, Location, parse};
use crate::schedule::is_slug;
use std::collections::HashSet;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// A card as `add`, an import or a new deck will write it into a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The second part of its id.
    pub slug: String,
    /// 1 is learned first, 3 last; none leaves it to the deck.
    pub level: Option<u8>,
    /// Topics and systems.
    pub tags: Vec<String>,
    /// One or two sentences shown after the answer.
    pub why: Option<String>,
    /// Where the fact comes from.
    pub source: Option<String>,
    /// The name that the card has where it was taken from, such as `anki:AUXJ]9(Sd:0`: the next import knows it by that.
    pub origin: Option<String>,
    /// What is asked.
    pub body: DraftBody,
}

/// What a draft asks, by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftBody {
    /// A question with a short answer.
    Recall {
        /// The question.
        ask: String,
        /// The answer.
        answer: String,
    },
    /// A fact with a unit.
    Number {
        /// The question.
        ask: String,
        /// The number with its unit.
        answer: String,
    },
    /// A text with gaps, `{{c1::answer::hint}}`: one card for each number.
    Cloze {
        /// The text.
        text: String,
    },
    /// A scene with a mistake in it.
    Mistake {
        /// What happens.
        scene: String,
        /// What is wrong with it.
        mistake: String,
        /// What to say or do instead.
        fix: String,
    },
}

impl DraftBody {
    /// The table that such a card is written as, and its keys.
    pub fn keys(&self) -> (&'static str, Vec<(&'static str, &str)>) {
        match self {
            Self::Recall { ask, answer } => ("recall", vec![("ask", ask), ("answer", answer)]),
            Self::Number { ask, answer } => ("number", vec![("ask", ask), ("answer", answer)]),
            Self::Cloze { text } => ("cloze", vec![("text", text)]),
            Self::Mistake { scene, mistake, fix } => {
                ("mistake", vec![("scene", scene), ("mistake", mistake), ("fix", fix)])
            }
        }
    }
}

impl DraftBody {
    /// What it asks, as it may be read before the answer: the words that a slug is made of.
    pub fn asks(&self) -> String {
        match self {
            Self::Recall { ask, .. } | Self::Number { ask, .. } => ask.clone(),
            Self::Cloze { text } => Cloze::parse(text).map_or_else(|_| text.clone(), |cloze| cloze.around()),
            Self::Mistake { scene, .. } => scene.clone(),
        }
    }
}

impl Draft {
    /// A card that has nothing but what it asks.
    pub fn bare(body: DraftBody) -> Self {
        let slug = "card".to_owned();
        Self { slug, level: None, tags: Vec::new(), why: None, source: None, origin: None, body }
    }

    /// The card as a block of a deck's text, from its `[[kind]]` to the end of a line: to be written at the end of a file.
    pub fn toml(&self) -> String {
        let (kind, keys) = self.body.keys();
        let mut table = Table::new();
        table.insert("id", value(&self.slug));
        for (key, text) in keys {
            table.insert(key, value(text));
        }
        for (key, text) in [("why", &self.why), ("source", &self.source), ("origin", &self.origin)] {
            if let Some(text) = text {
                table.insert(key, value(text));
            }
        }
        if let Some(level) = self.level {
            table.insert("level", value(i64::from(level)));
        }
        if !self.tags.is_empty() {
            table.insert("tags", value(self.tags.iter().collect::<Array>()));
        }
        let mut document = DocumentMut::new();
        document.insert(kind, Item::ArrayOfTables([table].into_iter().collect()));
        document.to_string()
    }

    /// The text of a deck's file with the card at its end; whatever stands there stays as it is, and so do the ends of
    /// its lines.
    pub fn at_end_of(&self, text: &str) -> String {
        let block = match text.lines().next_back() {
            None => self.toml(),
            Some("") => self.toml(),
            Some(_) => format!("\n{}", self.toml()),
        };
        let is_ended = text.is_empty() || text.ends_with('\n');
        let block = if is_ended { block } else { format!("\n{block}") };
        let block = if text.contains("\r\n") { block.replace('\n', "\r\n") } else { block };
        format!("{text}{block}")
    }

    /// What is wrong with the card itself, whatever deck it goes to; none where it can be asked.
    pub fn fault(&self) -> Option<String> {
        let text = format!("{}\n{}", head("draft", "Draft"), self.toml());
        let file = DeckFile { path: "draft".into(), bytes: text.into_bytes().into() };
        let errors = parse(&[file], Location::User("draft".into())).err()?;
        errors.into_iter().next().map(|error| error.message)
    }
}

/// The head of a new deck.
pub fn head(name: &str, title: &str) -> String {
    let mut table = Table::new();
    table.insert("name", value(name));
    table.insert("title", value(title));
    let mut document = DocumentMut::new();
    document.insert("deck", Item::Table(table));
    document.to_string()
}

/// No slug is longer, in bytes.
const LONGEST_SLUG: usize = 60;

/// A slug for a card that asks this, which none of those taken is; it is taken from then on.
pub fn slug(ask: &str, taken: &mut HashSet<String>) -> String {
    let mut slug = String::new();
    for word in ask.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST_SLUG && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST_SLUG).map(|c| c.to_ascii_lowercase()));
    }
    if slug.is_empty() {
        slug.push_str("card");
    }
    let mut free = slug.clone();
    for number in 2.. {
        if taken.insert(free.clone()) {
            break;
        }
        free = format!("{slug}-{number}");
    }
    debug_assert!(is_slug(&free));
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_reads_as_it_was_written() {
        let draft = Draft {
            slug: "quorum".into(),
            level: Some(1),
            tags: vec!["theory::cap".into()],
            why: None,
            source: None,
            origin: Some("anki:AUXJ]9(Sd:0".into()),
            body: DraftBody::Recall {
                ask: "When do \"R\" and W overlap?".into(),
                answer: "R + W > N\nalways\n".into(),
            },
        };
        let expected = "[[recall]]\nid = \"quorum\"\nask = 'When do \"R\" and W overlap?'\nanswer = \"\"\"\nR + W > N\nalways\n\"\"\"\n\
                        origin = \"anki:AUXJ]9(Sd:0\"\nlevel = 1\ntags = [\"theory::cap\"]\n";
        assert_eq!(draft.toml(), expected);
    }

    #[test]
    fn a_draft_goes_to_the_end_and_leaves_what_stands_there() {
        let body = DraftBody::Recall { ask: "Why?".into(), answer: "So.".into() };
        let draft =
            Draft { slug: "why".into(), level: None, tags: Vec::new(), why: None, source: None, origin: None, body };
        let block = draft.toml();
        assert_eq!(draft.at_end_of(""), block);
        assert_eq!(draft.at_end_of("# mine"), format!("# mine\n\n{block}"));
        assert_eq!(draft.at_end_of("# mine\n"), format!("# mine\n\n{block}"));
        assert_eq!(draft.at_end_of("# mine\n\n"), format!("# mine\n\n{block}"));
        let windows = draft.at_end_of("\u{feff}# mine\r\n");
        assert_eq!(windows, format!("\u{feff}# mine\r\n\r\n{}", block.replace('\n', "\r\n")));
    }

    #[test]
    fn a_draft_says_what_is_wrong_with_it() {
        let number = |answer: &str| Draft {
            slug: "peak".into(),
            level: None,
            tags: Vec::new(),
            why: None,
            source: None,
            origin: None,
            body: DraftBody::Number { ask: "Our peak?".into(), answer: answer.into() },
        };
        assert_eq!(number("1.2k QPS").fault(), None);
        for wrong in ["a lot", "1.2k QBS", "", "0"] {
            assert!(number(wrong).fault().is_some(), "{wrong}");
        }
    }

    #[test]
    fn slugs_are_words_and_never_the_same() {
        let mut taken = HashSet::new();
        let cases = [
            ("What does CAP stand for?", "what-does-cap-stand-for"),
            ("what does CAP stand for", "what-does-cap-stand-for-2"),
            ("日本", "card"),
            ("!", "card-2"),
        ];
        for (ask, expected) in cases {
            assert_eq!(slug(ask, &mut taken), expected, "{ask}");
        }
        assert!(slug(&"word ".repeat(100), &mut taken).len() <= LONGEST_SLUG);
    }
}
