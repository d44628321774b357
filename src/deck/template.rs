//! A new deck, with one example of each kind to write over.

use super::Kind;
use super::draft::head;

const ABOVE: &str = "\
# A deck of your own. `sysdrill deck check` says what is wrong in it and what could be better.
# The examples below are cards already: write yours over them.
# An id never changes; the wording may, and the progress stays.

";
const BELOW_HEAD: &str = "\
# about = \"What these cards are about, in a sentence.\"
# licence = \"CC0-1.0\"      # on what terms others may use it
# tags = [\"work\"]          # every card has these too

# Every card may also have:
#   level = 1              # 1 is learned first, 3 last; 2 where nothing is said
#   tags = [\"caching\"]
#   why = \"A sentence shown after the answer.\"
#   source = \"Where the fact comes from.\"
#   after = [\"an-id\"]      # not met before that card is
";
const MATRIX: &str = r#"
# Options side by side.
[[matrix]]
id = "work-queue"
title = "How our jobs are queued"
options = ["A table in our database", "A broker"]
"#;

/// A deck of this name and title with an example of each of these kinds.
pub fn template(name: &str, title: &str, kinds: &[Kind]) -> String {
    let mut text = format!("{ABOVE}{}{BELOW_HEAD}", head(name, title));
    let is_of_matrix = |kind: &Kind| matches!(kind, Kind::Matrix | Kind::Choice);
    kinds.iter().filter(|kind| !is_of_matrix(kind)).for_each(|kind| text.push_str(example(*kind)));
    // Rows and verdicts are parts of one table.
    if kinds.iter().any(is_of_matrix) {
        text.push_str(MATRIX);
        let parts = [Kind::Matrix, Kind::Choice].into_iter().filter(|kind| kinds.contains(kind));
        parts.for_each(|kind| text.push_str(example(kind)));
    }
    text
}

/// A card of this kind, with what is to be known of it.
fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => {
            r#"
# A fact with a unit; the answer is typed, and graded by how far off it is.
[[number]]
id = "checkout-peak"
ask = "Peak load of our checkout?"
answer = "1.2k QPS"                        # a bare number is read in this unit
accept = ["1k QPS", "1.5k QPS"]            # all that is right; without it, a factor of 1.5
why = "Three instances carry it; a fourth is for the deploy."
"#
        }
        Kind::Estimate => {
            r#"
# A generated question: its values are drawn anew each time.
[[estimate]]
id = "orders-a-second"
ask = "Our shop takes {orders} orders a day. How many a second on average?"
unit = "QPS"                               # what a bare number is read in
given.orders = { pick = ["200k", "1M", "5M"] }
answer = "orders / day"
  [[estimate.work]]                        # how to get there, shown after the answer
  say = "{orders} orders in 86,400 seconds"
  value = "orders / day"
  [[estimate.check]]                       # what the formula is held to
  given = { orders = "1M" }
  answer = "11.574/s"
"#
        }
        Kind::Recall => {
            r#"
# A question with a short answer: think, reveal, grade yourself.
[[recall]]
id = "deploy-freeze"
ask = "Who lifts our deploy freeze?"
answer = "The engineer on call, in the incident channel."
"#
        }
        Kind::Cloze => {
            r#"
# A text with gaps: each number is a card, and a gap may have a hint.
[[cloze]]
id = "our-retries"
text = "Our clients wait {{c1::100 ms}} before the first retry and give up after {{c2::three::how many}}."
"#
        }
        Kind::Probe => {
            r#"
# An interviewer's question, answered aloud, then ticked off point by point.
[[probe]]
id = "hardest-incident"
ask = "Tell me about the hardest incident you led."
points = ["what users saw", "how the cause was found", "what was changed for good"]    # 3 to 5
say = "Payments timed out for an hour: a retry storm behind one slow shard. I shed load first, found the shard by its queue, and we gave retries a budget."
seconds = 60
"#
        }
        Kind::Matrix => {
            r#"  [[matrix.row]]                           # say the cells of a row
  id = "throughput"
  dimension = "Jobs a second"
  cells = ["A few thousand", "A million"]  # one an option
"#
        }
        Kind::Choice => {
            r#"  [[matrix.verdict]]                       # given a constraint, pick an option
  id = "same-transaction"
  given = "A job must exist if and only if its order does."
  pick = "A table in our database"
  because = "The job's row commits with the order; the price is polling."
"#
        }
        Kind::Mistake => {
            r#"
# A scene, the mistake in it, and what to do instead.
[[mistake]]
id = "boxes-first"
scene = "Asked for our newsfeed, I drew six services before anything else."
mistake = "Nothing was asked: neither users nor reads a second were known."
fix = "Two minutes of questions and one estimate, then the boxes that they call for."
"#
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Deck, DeckFile, Library, lint};
    use crate::estimate::{bands, omissions, prove};
    use std::collections::BTreeSet;

    fn deck(kinds: &[Kind]) -> Library {
        let bytes = template("mine", "A \"new\" deck", kinds).into_bytes().into();
        Library::new(&[vec![DeckFile { path: "mine.toml".into(), bytes }]])
    }

    #[test]
    fn every_kind_has_an_example_that_is_a_sound_card() {
        for kinds in Kind::ALL.iter().map(std::slice::from_ref).chain([&Kind::ALL[..]]) {
            let library = deck(kinds);
            assert_eq!(library.errors, [], "{kinds:?}");
            let mine = library.deck("mine").unwrap();
            assert_eq!(mine.title, "A \"new\" deck");
            let found: BTreeSet<Kind> = mine.cards.iter().map(|card| card.body.kind()).collect();
            assert_eq!(found, kinds.iter().copied().collect(), "{kinds:?}");
        }
    }

    #[test]
    fn nothing_can_be_said_against_a_new_deck() {
        let library = deck(&Kind::ALL);
        let is_new = |deck: &Deck| deck.name == "mine";
        let found = lint(&library, is_new).and(bands(&library, is_new));
        assert_eq!((found.errors, found.warnings), (Vec::new(), Vec::new()));
        for card in &library.deck("mine").unwrap().cards {
            if let crate::deck::Body::Estimate(estimate) = &card.body {
                assert_eq!(prove(card, estimate, 200), []);
                assert_eq!(omissions(card, estimate, 200), []);
            }
        }
    }
}
