//! From the bytes of a text file to its text.

use super::refused::Refused;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// No text with cards in it is longer, in bytes.
pub const LONGEST_TEXT: u64 = 64 << 20;

/// The encoding of a name, such as `utf-16`, `latin1` or `windows-1252`.
///
/// # Errors
/// No encoding has that name.
pub fn named(name: &str) -> Result<&'static Encoding, Refused> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        Refused::new(format!(
            "no encoding is called '{name}'; there are utf-8, utf-16, utf-16be, latin1, windows-1252 and those of the web, \
             such as shift_jis or gbk"
        ))
    })
}

/// The text that these bytes are in that encoding; without one it must be UTF-8, with or without a byte order mark.
///
/// # Errors
/// It is no such text, with the encoding that it seems to have.
pub fn text(bytes: &[u8], encoding: Option<&'static Encoding>) -> Result<String, Refused> {
    let text = match encoding {
        Some(encoding) => {
            // "utf-16" says nothing of the order of its bytes.
            let is_turned =
                encoding == UTF_16LE && Encoding::for_bom(bytes).is_none() && seems_16(bytes) == Some(UTF_16BE);
            let encoding = if is_turned { UTF_16BE } else { encoding };
            let (text, used, is_damaged) = encoding.decode(bytes);
            if is_damaged {
                return Err(Refused::new(format!("it has bytes that stand for nothing in {}", used.name())));
            }
            text.into_owned()
        }
        None => utf_8(bytes)?.to_owned(),
    };
    check(&text)?;
    Ok(text)
}

/// Which UTF-16 bytes without a mark seem to be: every other one of a text with few foreign letters is zero.
fn seems_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(4096)];
    let zeros = |at: usize| start.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let most = start.len() / 2 * 3 / 4;
    match (zeros(0), zeros(1)) {
        _ if start.len() < 4 => None,
        (0, second) if second > most => Some(UTF_16LE),
        (first, 0) if first > most => Some(UTF_16BE),
        _ => None,
    }
}

fn utf_8(bytes: &[u8]) -> Result<&str, Refused> {
    let seems =
        |name: &str| Err(Refused::new(format!("this looks like {name}: say --encoding {}", name.to_lowercase())));
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding == UTF_16LE || encoding == UTF_16BE => return seems("UTF-16"),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(encoding) = seems_16(bytes) {
        return seems(encoding.name());
    }
    str::from_utf8(bytes).map_err(|error| {
        let (sound, rest) = bytes.split_at(error.valid_up_to());
        let line = line_of(sound);
        let is_text = !bytes.iter().any(|byte| is_control(char::from(*byte)));
        // In Windows-1252 these five bytes stand for nothing, so that Latin-1 is only the name people know.
        match is_text {
            true => Refused::new(format!(
                "line {line} has the byte {:#04x}, so this is not UTF-8; it looks like Latin-1 or Windows-1252: say --encoding \
                 windows-1252, or save it as UTF-8",
                rest[0]
            )),
            false => Refused::new(format!("it is no text: line {line} has the byte {:#04x}", rest[0])),
        }
    })
}

/// Whether the beginning of a file is that of a text, in whatever encoding.
pub fn is_text(head: &[u8]) -> bool {
    let is_marked = Encoding::for_bom(head).is_some();
    let controls = head.iter().filter(|byte| is_control(char::from(**byte)) && **byte != 0).count();
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    // UTF-16 without a mark has zeros; so has a text that somebody cut out of a disk, and its line is named.
    is_marked || controls == 0 && zeros * 2 <= head.len()
}

/// What stands in no text: control characters other than a tab, the ends of lines and pages.
fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0e'..='\x1a' | '\x1c'..='\x1f')
}

fn check(text: &str) -> Result<(), Refused> {
    let mut number = 0;
    for line in text.split_inclusive('\n') {
        number += 1;
        if let Some(c) = line.chars().find(|c| is_control(*c)) {
            return Err(Refused::new(format!("it is no text: line {number} has the character {:#04x}", u32::from(c))));
        }
    }
    Ok(())
}

/// The number of the line on which what follows these bytes stands.
fn line_of(before: &[u8]) -> usize {
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// The name of the case, the bytes, the encoding that was named, and the text or what is said.
    type Case<'a> = (&'a str, &'a [u8], Option<&'a str>, Result<&'a str, &'a str>);

    #[test]
    fn a_text_is_read_or_its_encoding_named() {
        let with_mark = [b"\xff\xfe".as_slice(), &utf_16("a,b\n")].concat();
        let cases: [Case; 12] = [
            ("UTF-8", "é,日本\n".as_bytes(), None, Ok("é,日本\n")),
            ("UTF-8 with a mark", b"\xef\xbb\xbfa,b", None, Ok("a,b")),
            ("nothing", b"", None, Ok("")),
            ("UTF-16 with a mark", &with_mark, None, Err("looks like UTF-16: say --encoding utf-16")),
            ("UTF-16 with a mark, named", &with_mark, Some("utf-16"), Ok("a,b\n")),
            ("UTF-16 without a mark", &utf_16("a,b\nc,d\n"), None, Err("say --encoding utf-16le")),
            ("UTF-16 without a mark, named", &utf_16("a,b\n"), Some("utf-16le"), Ok("a,b\n")),
            ("half a character", b"\xff\xfea", Some("utf-16"), Err("stand for nothing in UTF-16LE")),
            ("Latin-1", b"one\ncaf\xe9,na\xefve\n", None, Err("line 2 has the byte 0xe9")),
            ("Latin-1, named", b"caf\xe9", Some("latin1"), Ok("café")),
            ("a NUL", b"a,b\nc,\0d\n", None, Err("line 2 has the character 0x00")),
            ("no text", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, Err("it is no text: line 1 has the byte 0x89")),
        ];
        for (name, bytes, encoding, expected) in cases {
            let read = text(bytes, encoding.map(|name| named(name).unwrap()));
            match (read, expected) {
                (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{name}"),
                (Err(error), Err(expected)) => assert!(error.0.contains(expected), "{name}: {error}"),
                (read, _) => panic!("{name}: {read:?}"),
            }
        }
        assert!(named("klingon").unwrap_err().0.contains("'klingon'"));
    }
}
