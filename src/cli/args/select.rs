//! Which cards a command speaks of.

use crate::deck::Kind;
use crate::practice::Selection;
use clap::Args as ClapArgs;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Decks or tags that are named without an option before them.
#[derive(Debug, Default, Clone, PartialEq, Eq, ClapArgs)]
pub(in crate::cli) struct What {
    /// Only these decks, or cards with these tags
    #[arg(value_name = "DECK|TAG")]
    pub(in crate::cli) names: Vec<String>,
}

/// Which cards.
#[derive(Debug, Default, Clone, PartialEq, ClapArgs)]
pub(in crate::cli) struct Select {
    /// Only this deck; may be given more than once
    #[arg(long, value_name = "DECK")]
    pub(in crate::cli) deck: Vec<String>,
    /// Only cards with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) tag: Vec<String>,
    /// Only cards of this kind; may be given more than once
    #[arg(long, value_name = "KIND", value_parser = kind())]
    pub(in crate::cli) kind: Vec<Kind>,
    /// Only cards of this level, 1 to 3; may be given more than once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(in crate::cli) level: Vec<u8>,
    /// Only this card; may be given more than once
    #[arg(long, value_name = "CARD")]
    pub(in crate::cli) card: Vec<String>,
    /// Only flagged cards
    #[arg(long)]
    pub(in crate::cli) flagged: bool,
    /// Only learned cards that you would recall today with a chance below 80%
    #[arg(long)]
    pub(in crate::cli) weak: bool,
}

impl Select {
    /// The same, without a command line, beside what is named without an option.
    pub(in crate::cli) fn selection(&self, what: &What) -> Selection {
        Selection {
            names: what.names.clone(),
            decks: self.deck.clone(),
            tags: self.tag.clone(),
            kinds: self.kind.clone(),
            levels: self.level.clone(),
            cards: self.card.clone(),
            flagged: self.flagged,
            weak: self.weak,
        }
    }
}

/// A kind by its name.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .try_map(|name| Kind::named(&name).ok_or("there is no such kind"))
}
