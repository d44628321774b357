//! What the reader of TOML says of a slip, in words of somebody who writes it.

const NO_VALUE: &str = "this is no value: text stands in quotes, and a number, true or false stands alone";

/// What it says, to its first letters, and what is said instead.
const SAID: [(&str, &str); 13] = [
    ("string values must be quoted", NO_VALUE),
    ("invalid boolean", NO_VALUE),
    ("missing value", NO_VALUE),
    ("unquoted keys cannot be empty", "a name is missing here"),
    ("key with no value", "this name has no value: write name = value"),
    ("unclosed array table", "the name of a table has no ]] at its end"),
    ("unclosed table", "the name of a table has no ] at its end"),
    ("unclosed array", "this list has no ] at its end"),
    ("unexpected leading zero", "a number does not begin with 0"),
    ("invalid basic string", "this text has no \" at its end"),
    ("invalid literal string", "this text has no ' at its end"),
    ("duplicate key", "this name is there twice"),
    (
        "missing escaped value",
        "in double quotes a \\ stands before n, t, \", \\ and a few others alone: write \\\\, or put the text in single quotes",
    ),
];

/// The same in words.
pub fn syntax_in_words(message: &str) -> String {
    let said = SAID.iter().find(|(said, _)| message.starts_with(said));
    said.map_or_else(|| message.to_owned(), |(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slip_is_said_in_words() {
        for (text, words) in [
            ("a = ten", NO_VALUE),
            ("a = lots", NO_VALUE),
            ("a =", NO_VALUE),
            ("[[[", "a name is missing here"),
            ("a b", "this name has no value: write name = value"),
            ("a = [1", "this list has no ] at its end"),
            ("a = 010", "a number does not begin with 0"),
            ("a = \"abc", "this text has no \" at its end"),
            ("a = 'abc", "this text has no ' at its end"),
            ("a = 1\na = 2", "this name is there twice"),
            ("[[card\n", "the name of a table has no ]] at its end"),
            ("[card\n", "the name of a table has no ] at its end"),
        ] {
            let error = toml::de::DeTable::parse(text).unwrap_err();
            let said = syntax_in_words(error.message());
            assert_eq!(said, words, "{text}: {}", error.message());
        }
        let error = toml::de::DeTable::parse(r#"a = "\q""#).unwrap_err();
        assert!(syntax_in_words(error.message()).contains("single quotes"), "{}", error.message());
    }
}
