//! The parts of a side, which writers know in place of kinds of cards.

/// A part of a side.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A text as decks write it: lines, with code, lists and tables as Markdown has them.
    Text(String),
    /// What is no part of the card, but is said of it.
    Remark(String),
    /// Points or options; numbered where they are steps.
    List {
        /// Each a text.
        items: Vec<String>,
        /// Whether their order says something.
        numbered: bool,
    },
    /// Options side by side in one dimension.
    Row {
        /// What the cells speak of.
        dimension: String,
        /// The options.
        options: Vec<String>,
        /// One for each option; none where they are asked for.
        cells: Option<Vec<String>>,
    },
}

impl Block {
    /// As lines of plain text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Remark(text) => format!("({text})"),
            Self::List { items, numbered } => {
                let item = |(at, item): (usize, &String)| match numbered {
                    true => format!("{}. {item}", at + 1),
                    false => format!("- {item}"),
                };
                items.iter().enumerate().map(item).collect::<Vec<_>>().join("\n")
            }
            Self::Row { dimension, options, cells: None } => format!("{dimension}: {}?", options.join(", ")),
            Self::Row { options, cells: Some(cells), .. } => {
                let lines = options.iter().zip(cells).map(|(option, cell)| format!("{option}: {cell}"));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// Blocks as lines of plain text, with an empty line between them.
pub fn text(blocks: &[Block]) -> String {
    blocks.iter().map(Block::text).collect::<Vec<_>>().join("\n\n")
}
