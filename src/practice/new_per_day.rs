//! How many new cards a day has, as the learner writes it.

use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// As it is written.
const AUTO: &str = "auto";

/// How many new cards a day has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewPerDay {
    /// As many as the minutes of the coming days can carry.
    #[default]
    Auto,
    /// So many.
    Number(u32),
}

impl FromStr for NewPerDay {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            AUTO => Ok(Self::Auto),
            _ => text.parse().map(Self::Number).map_err(|_| "a number of cards, or auto"),
        }
    }
}

impl Serialize for NewPerDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str(AUTO),
            Self::Number(number) => serializer.serialize_u32(*number),
        }
    }
}

/// A number, or `"auto"`.
impl<'de> Deserialize<'de> for NewPerDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = NewPerDay;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of cards, or \"auto\"")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<NewPerDay, E> {
                let wrong = |_| E::invalid_value(Unexpected::Signed(number), &self);
                u32::try_from(number).map(NewPerDay::Number).map_err(wrong)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<NewPerDay, E> {
                match text {
                    AUTO => Ok(NewPerDay::Auto),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}
