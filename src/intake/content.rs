//! What a card says, to know whether it was changed: there, or here.

use crate::deck::Draft;
use crate::fnv::Fnv;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// What a card asks and answers, and its tags, each as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) tags: String,
}

impl Content {
    /// The content of a card that is to be written.
    pub(super) fn of_draft(draft: &Draft) -> Self {
        let (kind, keys) = draft.body.keys();
        let why = draft.why.as_deref();
        let texts: Vec<(&str, &str)> = keys.into_iter().chain(why.map(|why| ("why", why))).collect();
        Self::of(kind, &texts, &draft.tags)
    }

    /// The content of a card's block in a file; none where it is written in another way than drafts are.
    pub(super) fn of_block(block: &str, draft: &Draft) -> Option<Self> {
        let document: DocumentMut = block.parse().ok()?;
        let (kind, keys) = draft.body.keys();
        let (is, table) = only_table(&document)?;
        if is != kind {
            return Self::of_other(is, table);
        }
        let text = |key: &'static str| table.get(key).and_then(Item::as_str);
        let mut texts = Vec::new();
        for (key, _) in keys {
            texts.push((key, text(key)?));
        }
        texts.extend(text("why").map(|why| ("why", why)));
        Some(Self::of(kind, &texts, &tags(table)))
    }

    /// The content of a card's block that is written just as drafts are: with no comment in it, and no other key.
    pub(super) fn of_written(block: &str) -> Option<Self> {
        let document: DocumentMut = block.parse().ok()?;
        let (kind, table) = only_table(&document)?;
        let mut again = Table::new();
        for (key, item) in table {
            again.insert(key, item.as_array().map_or_else(|| item.as_str().map(value), |_| Some(tags_of(table)))?);
        }
        let mut written = DocumentMut::new();
        written.insert(kind, Item::ArrayOfTables([again].into_iter().collect()));
        let is_it = written.to_string().trim() == block.replace("\r\n", "\n").trim();
        is_it.then(|| Self::of_other(kind, table)).flatten()
    }

    /// The content of a card of another kind, by the keys that this one has.
    fn of_other(kind: &str, table: &Table) -> Option<Self> {
        const KEYS: [&str; 6] = ["ask", "answer", "text", "scene", "mistake", "fix"];
        let texts: Vec<(&str, &str)> = KEYS
            .into_iter()
            .chain(["why"])
            .filter_map(|key| Some((key, table.get(key).and_then(Item::as_str)?)))
            .collect();
        Some(Self::of(kind, &texts, &tags(table)))
    }

    fn of(kind: &str, texts: &[(&str, &str)], tags: &[String]) -> Self {
        let texts: Vec<(&str, String)> =
            texts.iter().map(|(key, text)| (*key, text.trim().replace("\r\n", "\n"))).collect();
        let parts: Vec<&[u8]> = std::iter::once(kind.as_bytes())
            .chain(texts.iter().flat_map(|(key, text)| [key.as_bytes(), text.as_bytes()]))
            .collect();
        let tags: Vec<&[u8]> = tags.iter().map(|tag| tag.trim().as_bytes()).collect();
        Self { text: hash(&parts), tags: hash(&tags) }
    }
}

fn tags_of(table: &Table) -> Item {
    value(tags(table).iter().collect::<Array>())
}

fn tags(table: &Table) -> Vec<String> {
    let tags = table.get("tags").and_then(Item::as_array);
    tags.into_iter().flatten().filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
}

/// The one table of cards that a block has, with its kind.
pub(super) fn only_table(document: &DocumentMut) -> Option<(&str, &Table)> {
    let mut items = document.iter();
    match (items.next(), items.next()) {
        (Some((kind, Item::ArrayOfTables(tables))), None) if tables.len() == 1 => Some((kind, tables.get(0)?)),
        _ => None,
    }
}

/// A hash of parts, as marks have it.
pub(super) fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Fnv::new();
    parts.iter().for_each(|part| hash.add(part));
    format!("{:016x}", hash.value())
}
