//! The functions of an expression.

/// The functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Log2,
    Sqrt,
    Ceil,
    Floor,
    Min,
    Max,
}

impl Function {
    const ALL: [(&'static str, Self); 6] = [
        ("log2", Self::Log2),
        ("sqrt", Self::Sqrt),
        ("ceil", Self::Ceil),
        ("floor", Self::Floor),
        ("min", Self::Min),
        ("max", Self::Max),
    ];

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, function)| *function)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    pub(super) fn takes(self, arguments: usize) -> bool {
        match self {
            Self::Min | Self::Max => arguments >= 1,
            _ => arguments == 1,
        }
    }

    pub(super) fn arity(self) -> &'static str {
        match self {
            Self::Min | Self::Max => "one value or more, with commas between them",
            _ => "one value",
        }
    }
}
