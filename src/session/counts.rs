//! How much a day asks.

use serde::Serialize;
use std::fmt;

/// What a day still asks of some cards, and how much of it there is time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Cards scheduled for the day or before; under a plan, those that it takes into the day.
    pub due: usize,
    /// Of these, as many as are expected to fit; none where all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitting: Option<usize>,
    /// New cards that the day has.
    pub new: usize,
    /// Whether that number is a guess: the new cards have so much time, however many they are.
    #[serde(skip)]
    pub new_by_time: bool,
    /// Cards that the day owes a repeat.
    pub owed: usize,
}

impl Counts {
    /// What there is time for, where that is not all.
    pub fn what_fits(&self) -> Option<String> {
        let fitting = self.fitting?;
        let fit = if fitting == 1 { "fits" } else { "fit" };
        Some(format!(
            "about {fitting} of the due cards {fit}, the most urgent first; the rest comes over the next days"
        ))
    }

    /// Whether the day asks nothing.
    pub fn is_nothing(&self) -> bool {
        (self.due, self.new, self.owed) == (0, 0, 0)
    }
}

/// As `38 due, 2 to repeat, about 10 new`; what there is not is not said.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.new_by_time { "about " } else { "" };
        let parts = [(self.due, "", "due"), (self.owed, "", "to repeat"), (self.new, about, "new")];
        let parts = parts.iter().filter(|(count, ..)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, about, what)| format!("{about}{count} {what}")).collect();
        f.write_str(&parts.join(", "))
    }
}
