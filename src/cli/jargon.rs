//! What libraries and the system say, in words of somebody who uses the program.

/// What is said, and what is said instead. These come from the system, from SQLite, and from the readers of TOML and of
/// command lines.
const JARGON: [(&str, &str); 16] = [
    ("No such file or directory", "there is no such file or folder"),
    ("Permission denied", "you may not read or write it: look at the permissions of it and of its folder"),
    ("Is a directory", "it is a folder, and a file is needed"),
    ("Not a directory", "a part of this path is a file and no folder"),
    ("Directory not empty", "the folder is not empty"),
    ("File exists", "it is there already: name another, or remove it first"),
    ("entity already exists", "it is there already: name another, or remove it first"),
    ("No space left on device", "the disk is full: make room first"),
    ("Read-only file system", "its disk may only be read: name a place elsewhere"),
    ("invalid digit found in string", "a whole number is needed"),
    ("cannot parse integer from empty string", "a whole number is needed"),
    ("number too large to fit in target type", "it is too large"),
    ("stream did not contain valid UTF-8", "it is no text in UTF-8: save it as UTF-8"),
    ("unrecognized subcommand", "there is no command"),
    ("a similar subcommand exists", "a similar command exists"),
    ("database disk image is malformed", "its pages do not fit together"),
];

/// The same without the words of libraries, and without the numbers of the system's errors.
pub(super) fn in_words(said: &str) -> String {
    let mut said = JARGON.iter().fold(said.to_owned(), |said, (jargon, words)| said.replace(jargon, words));
    if let Some((before, range)) = said.split_once(" is not in ")
        && let Some((from, rest)) = range.split_once("..=")
        && from.chars().all(|c| c.is_ascii_digit())
    {
        let allowed = match rest.strip_prefix(&u32::MAX.to_string()) {
            Some(rest) => format!("{from} or more{rest}"),
            None => format!("from {from} to {rest}"),
        };
        said = format!("{before} is out of range: a whole number is needed, {allowed}");
    }
    // rusqlite's word before what is wrong in a column.
    if let Some((before, rest)) = said.split_once("Conversion error from type ")
        && let Some((_, what)) = rest.split_once(", ")
    {
        said = format!("{before}{what}");
    }
    while let Some(at) = said.find(" (os error ") {
        let Some(end) = said[at..].find(')') else { break };
        said.replace_range(at..=at + end, "");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_in_words() {
        for (said, words) in [
            ("a.csv: No such file or directory (os error 2)", "a.csv: there is no such file or folder"),
            (
                "invalid value 'x' for '-n': invalid digit found in string",
                "invalid value 'x' for '-n': a whole number is needed",
            ),
            ("'-1': -1 is not in 0..=1440\n", "'-1': -1 is out of range: a whole number is needed, from 0 to 1440\n"),
            (
                "row 1: Conversion error from type Null at index: 0, the column c is damaged",
                "row 1: the column c is damaged",
            ),
            ("x: Connection refused (os error 111), y", "x: Connection refused, y"),
            ("nothing of these (os error", "nothing of these (os error"),
        ] {
            assert_eq!(in_words(said), words);
        }
    }
}
