//! What the reader of TOML says of a slip, in words of somebody who writes it.

const NO_VALUE: &str = "this is no value: text stands in quotes, and a number, true or false stands alone";

const NUMBER: &str = "this is no number: write it as in 15, 0.5 or 1_000; anything else stands in quotes";

/// What it says, to its first letters, and what is said instead.
const SAID: [(&str, &str); 51] = [
    ("string values must be quoted", NO_VALUE),
    ("invalid boolean", NO_VALUE),
    ("missing value", NO_VALUE),
    ("invalid value", NO_VALUE),
    ("missing opening quote", NO_VALUE),
    ("invalid string", NO_VALUE),
    ("invalid date", NUMBER),
    ("invalid integer", NUMBER),
    ("invalid float", NUMBER),
    ("invalid mantissa", NUMBER),
    ("invalid fraction", NUMBER),
    ("invalid exponent", NUMBER),
    ("invalid hexadecimal", NUMBER),
    ("invalid octal", NUMBER),
    ("invalid binary", NUMBER),
    ("integers with a radix", NUMBER),
    ("radix must be lowercase", NUMBER),
    ("redundant", NUMBER),
    ("unexpected sign", NUMBER),
    ("`_` may only go between digits", NUMBER),
    ("unexpected leading zero", "a number does not begin with 0"),
    ("unquoted keys cannot be empty", "a name is missing here"),
    ("missing key", "a name is missing here"),
    ("invalid unquoted key", "a name is letters, digits, - and _"),
    ("invalid key", "a name is letters, digits, - and _"),
    ("keys cannot be multi-line", "a name stands in one line"),
    ("key with no value", "this name has no value: write name = value"),
    ("missing assignment", "this name has no value: write name = value"),
    ("extra `=`", "there is one = too many"),
    ("extra assignment", "there is one = too many"),
    ("unexpected `=`", "there is one = too many"),
    ("unexpected key or value", "a line has one name = value and nothing after it but a comment with #"),
    ("unexpected content", "a line has one name = value and nothing after it but a comment with #"),
    ("missing array opening", "a ] stands here without its ["),
    ("missing table open", "a ] stands here without its ["),
    ("missing inline table opening", "a } stands here without its {"),
    ("unclosed array table", "the name of a table has no ]] at its end"),
    ("unclosed table", "the name of a table has no ] at its end"),
    ("invalid table", "the name of a table stands alone in its line, as in [deck] or [[recall]]"),
    ("missing comma", "a comma is missing before this"),
    ("extra comma", "there is one comma too many"),
    ("unclosed array", "this list has no ] at its end"),
    ("unclosed inline table", "this table in a line has no } at its end"),
    ("invalid inline table", "a table in a line is written { name = value, name = value }"),
    ("invalid basic string", "this text has no \" at its end"),
    ("invalid literal string", "this text has no ' at its end"),
    ("invalid multi-line basic string", "this text has no \"\"\" at its end"),
    ("invalid multi-line literal string", "this text has no ''' at its end"),
    ("duplicate key", "this name is there twice"),
    ("cannot extend value", "this name is there already, with another kind of value"),
    ("missing escaped value", ESCAPE),
];

const ESCAPE: &str = "in double quotes a \\ stands before n, t, \", \\ and a few others alone: write \\\\, or put the text in single quotes";

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
        assert_eq!(syntax_in_words(error.message()), ESCAPE);
    }

    /// Whatever is left out, or typed in between, no word of the library is left.
    #[test]
    fn a_slip_anywhere_is_said_in_words() {
        let sound = "[deck]\nname = \"m\"\n\n[[recall]]\nid = 'one'\nlevel = 1\ntags = [\"a\", 'b']\nrate = 0.5\n\
                     is_new = true\nwhy = \"\"\"\nlong\n\"\"\"\nraw = '''\nlong\n'''\nkey.dotted = { x = 1, y = 2 } # said\n";
        let mut unsaid = std::collections::BTreeMap::new();
        for at in 0..sound.len() {
            let without = format!("{}{}", &sound[..at], &sound[at + 1..]);
            let with = "=\"'[]{},#.x0-+_\\\n ".chars().map(|typed| format!("{}{typed}{}", &sound[..at], &sound[at..]));
            for text in with.chain([without, sound[..at].to_owned()]) {
                let Err(error) = toml::de::DeTable::parse(&text) else { continue };
                let message = error.message();
                if syntax_in_words(message) == message {
                    unsaid.entry(message.to_owned()).or_insert(text);
                }
            }
        }
        assert!(unsaid.is_empty(), "{unsaid:#?}");
    }
}
