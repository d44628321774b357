//! Cards of ours that come back from elsewhere: what they were here, by what was written of them.

use super::card::{OURS, card_of};
use crate::deck::{Draft, DraftBody, GOES_WRONG, INSTEAD};
use crate::schedule::CardId;

/// The key of a card of ours: of an entry, where it is several cards.
pub(in crate::exchange) fn key_of(card: &CardId) -> String {
    let entry = card.as_str().splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    format!("{OURS}:{entry}")
}

/// What a card of ours asked before it left, where it comes back as a question and an answer: a number is typed again, and
/// a mistake has its scene.
pub(in crate::exchange) fn restored(key: &str, body: DraftBody) -> DraftBody {
    let DraftBody::Recall { ask, answer } = &body else { return body };
    if card_of(key).is_none() {
        return body;
    }
    let is_measured = answer.contains(|c: char| c.is_alphabetic() || "%$€".contains(c));
    let number = DraftBody::Number { ask: ask.clone(), answer: answer.clone() };
    match mistake(ask, answer) {
        Some(mistake) => mistake,
        None if is_measured && Draft::bare(number.clone()).fault().is_none() => number,
        None => body,
    }
}

fn mistake(ask: &str, answer: &str) -> Option<DraftBody> {
    let (scene, wanted) = ask.trim().rsplit_once('\n')?;
    let scene = scene.trim().to_owned();
    let (mistake, fix) = match wanted.trim() {
        INSTEAD => (scene.as_str(), answer.trim().strip_prefix("Better:")?),
        GOES_WRONG => answer.trim().strip_prefix("What goes wrong:")?.split_once("\nBetter:")?,
        _ => return None,
    };
    let (mistake, fix) = (mistake.trim().to_owned(), fix.trim().to_owned());
    Some(DraftBody::Mistake { scene, mistake, fix })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_ours_are_again_what_they_were() {
        let recall = |ask: &str, answer: &str| DraftBody::Recall { ask: ask.into(), answer: answer.into() };
        let mistake = |scene: &str, mistake: &str, fix: &str| DraftBody::Mistake {
            scene: scene.into(),
            mistake: mistake.into(),
            fix: fix.into(),
        };
        let number = |ask: &str, answer: &str| DraftBody::Number { ask: ask.into(), answer: answer.into() };
        for (ask, answer, expected) in [
            ("Our peak?", "1.2k QPS", number("Our peak?", "1.2k QPS")),
            ("How many?", "three", recall("How many?", "three")),
            ("How many?", "3", recall("How many?", "3")),
            (
                "S\nWhat goes wrong here, and what would you do?",
                "What goes wrong: M\nBetter: F",
                mistake("S", "M", "F"),
            ),
            ("S\n\nWhat would you do instead?", "Better: F", mistake("S", "S", "F")),
            ("What would you do instead?", "Better: F", recall("What would you do instead?", "Better: F")),
        ] {
            assert_eq!(restored("sysdrill:mine/a:0", recall(ask, answer)), expected, "{ask}");
            assert_eq!(restored("AUXJ]9(Sd:0", recall(ask, answer)), recall(ask, answer), "another's stays");
        }
    }
}
