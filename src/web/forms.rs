//! What the forms of the pages say, as they come from a browser.

use super::sitting::{Act, Sent};
use crate::fnv::Fnv;
use crate::quantity::Unit;
use crate::schedule::{CardId, Quality};
use crate::session::{ODDS, Reply, Which};

/// The fields of a form that say nothing of what is meant: the same form sent again may differ in them.
const ASIDE: [&str; 2] = ["token", "took"];

/// The fields of a form, or of an address.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of these names and values. A browser ends lines in its own way.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value of a name, where it is not empty.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All that they say, in short.
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::new();
        for (name, value) in self.0.iter().filter(|(name, _)| !ASIDE.contains(&name.as_str())) {
            hash.add(name.as_bytes());
            hash.add(value.as_bytes());
        }
        hash.value()
    }

    /// The form of a session's page; none where it is none that a page of ours has.
    pub fn sent(&self) -> Option<Sent> {
        Some(Sent {
            session: self.get("session").and_then(|id| id.parse().ok()),
            n: self.get("n")?.parse().ok()?,
            card: self.get("card").and_then(|id| CardId::parse(id).ok()),
            entries: self.get("entries").and_then(|count| count.parse().ok()).unwrap_or_default(),
            asked: self.get("asked").and_then(|hash| hash.parse().ok()).unwrap_or_default(),
            seed: self.get("seed").and_then(|seed| seed.parse().ok()),
            act: self.act()?,
            took_s: self.get("took").and_then(|seconds| seconds.parse().ok()),
            confidence: self.get("sure").and_then(|odds| odds.parse().ok()).filter(|odds| ODDS.contains(odds)),
            fingerprint: self.fingerprint(),
        })
    }

    fn act(&self) -> Option<Act> {
        let said = self.get("do")?;
        let (word, rest) = said.split_once(' ').unwrap_or((said, ""));
        let quality = || rest.parse().ok().and_then(Quality::new);
        let which = || match rest {
            "last" => Which::Last,
            _ => Which::Open,
        };
        Some(match word {
            "answer" => Act::Say(Reply::Answer(with_unit(self.get("text")?, self.get("unit").unwrap_or_default()))),
            "pick" => Act::Say(Reply::Answer(rest.to_owned())),
            "grade" => Act::Say(Reply::Grade(quality()?)),
            "regrade" => Act::Say(Reply::Regrade(quality()?)),
            "said" => Act::Say(Reply::Said(self.all("point").filter_map(|at| at.parse().ok()).collect())),
            "said-all" => Act::SaidAll,
            "said-none" => Act::SaidNone,
            "blank" => Act::Say(Reply::Blank),
            "reveal" => Act::Say(Reply::Reveal),
            "look" => Act::Say(Reply::Look),
            "ask" => Act::AskNow,
            "start" => Act::Start,
            "next" => Act::Next,
            "undo" => Act::Say(Reply::Undo),
            "skip" => Act::Say(Reply::Skip),
            "suspend" => Act::Say(Reply::Suspend(which())),
            "flag" => Act::Flag(which(), true),
            "unflag" => Act::Flag(which(), false),
            "again" => Act::Say(Reply::Again),
            "quit" => Act::Say(Reply::Quit),
            _ => return None,
        })
    }
}

/// What was typed, in the unit that was chosen beside it; a text with letters says its unit itself.
fn with_unit(text: &str, unit: &str) -> String {
    let text = text.trim();
    let is_single = text.parse::<f64>().is_ok();
    match unit {
        "" => text.to_owned(),
        _ if text.is_empty() || text.chars().any(|c| c.is_alphabetic() || "$%".contains(c)) => text.to_owned(),
        // A magnitude stands at its number.
        "k" | "M" | "G" | "T" if is_single => format!("{text}{unit}"),
        _ if is_single => format!("{text} {unit}"),
        "k" | "M" | "G" | "T" => format!("({text}) * 1{unit}"),
        _ => format!("({text}) {unit}"),
    }
}

/// The units and magnitudes that can be chosen beside a number where this unit is asked; one that is chosen is not asked for again.
pub fn units(asked_in: &str) -> Vec<String> {
    let (head, under) =
        asked_in.split_once('/').map_or((asked_in, String::new()), |(head, under)| (head, format!("/{under}")));
    let plain: &[&str] = match head {
        "ns" | "us" | "µs" | "ms" | "s" | "min" | "h" | "day" | "days" => &["ns", "us", "ms", "s", "min", "h", "day"],
        "B" | "kB" | "KB" | "MB" | "GB" | "TB" | "PB" => &["kB", "MB", "GB", "TB", "PB"],
        "KiB" | "MiB" | "GiB" | "TiB" => &["KiB", "MiB", "GiB", "TiB"],
        "kbps" | "Mbps" | "Gbps" | "Tbps" => &["Mbps", "Gbps", "Tbps"],
        "%" => &[],
        _ => return ["k", "M", "G", "T"].map(str::to_owned).to_vec(),
    };
    let own = Unit::parse(asked_in).map(|unit| unit.one()).ok();
    let is_another = |unit: &String| Unit::parse(unit).is_ok_and(|unit| Some(unit.one()) != own);
    plain.iter().map(|unit| format!("{unit}{under}")).filter(is_another).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::readings;

    fn form(fields: &[(&str, &str)]) -> Fields {
        Fields::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_a_button_says_is_one_act() {
        let say = |reply| Some(Act::Say(reply));
        for (said, act) in [
            ("grade 4", say(Reply::Grade(Quality::GOOD))),
            ("regrade 1", say(Reply::Regrade(Quality::AGAIN))),
            ("pick Leader and followers", say(Reply::Answer("Leader and followers".to_owned()))),
            ("suspend", say(Reply::Suspend(Which::Open))),
            ("suspend last", say(Reply::Suspend(Which::Last))),
            ("flag", Some(Act::Flag(Which::Open, true))),
            ("unflag last", Some(Act::Flag(Which::Last, false))),
            ("reveal", say(Reply::Reveal)),
            ("grade 6", None),
            ("grade", None),
            ("grade <script>", None),
            ("", None),
            ("edit", None),
        ] {
            assert_eq!(form(&[("do", said)]).act(), act, "{said}");
        }
        assert_eq!(form(&[]).act(), None);
        let ticked = form(&[("do", "said"), ("point", "0"), ("point", "2"), ("point", "x")]);
        assert_eq!(ticked.act(), say(Reply::Said(vec![0, 2])));
    }

    #[test]
    fn a_form_is_known_again_whatever_its_time() {
        let one = form(&[("n", "1"), ("do", "grade 4"), ("took", "3.5"), ("token", "a")]);
        let again = form(&[("n", "1"), ("do", "grade 4"), ("took", "9"), ("token", "b")]);
        let other = form(&[("n", "1"), ("do", "grade 1"), ("took", "3.5"), ("token", "a")]);
        assert_eq!(one.fingerprint(), again.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn a_chosen_unit_stands_behind_what_has_none() {
        for (text, unit, read) in [
            ("5.8", "k", "5.8k"),
            ("5.8", "", "5.8"),
            ("200", "us", "200 us"),
            ("200 ms", "us", "200 ms"),
            ("5k", "M", "5k"),
            ("50*10", "k", "(50*10) * 1k"),
            ("50*10", "ms", "(50*10) ms"),
            ("", "ms", ""),
            (" 3 ", "GB/day", "3 GB/day"),
        ] {
            assert_eq!(with_unit(text, unit), read);
        }
    }

    #[test]
    fn every_unit_that_is_offered_can_be_an_answer() {
        let asked = [
            "ms", "s", "h", "day", "GB", "MB/s", "GB/day", "TB/day", "Gbps", "QPS", "$", "$/month", "servers", "", "%",
            "/s",
        ];
        for asked_in in asked {
            let dimension = Unit::parse(asked_in).unwrap().dimension();
            for unit in units(asked_in) {
                for number in ["5.8", "50*10"] {
                    let text = with_unit(number, &unit);
                    let all = readings(&text, dimension, asked_in).unwrap_or_else(|error| panic!("{text}: {error:?}"));
                    let is_read = |typed: &crate::quantity::Typed| {
                        typed.in_unit(&Unit::parse(asked_in).unwrap()).is_some_and(|value| value.dimension == dimension)
                    };
                    assert!(all.iter().any(is_read), "{text} in {asked_in}");
                }
            }
        }
    }
}
