//! What leaves for another program: cards with two sides and how they stand, as values, and the writers of each format.

pub mod apkg;
mod block;
mod card;
pub mod csv;
mod html;
pub mod markdown;
mod restored;

pub use block::{Block, text};
pub(super) use card::OURS;
use card::deck_name;
pub use card::{Asked, Outgoing, OutgoingCard, OutgoingDeck, OutgoingProgress, OutgoingReview, Sides, card_of};
pub(super) use restored::{key_of, restored};
