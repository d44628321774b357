//! Bytes of a terminal to keys. Nothing here touches a terminal.

use super::device::Input;
use console::Key;

const ESCAPE: u8 = 0x1b;
const CTRL_C: u8 = 0x03;
const PASTE_ENDS: &[u8] = b"\x1b[201~";
/// A paste that is longer is cut: no answer is.
const LONGEST_PASTE: usize = 64 * 1024;

/// Bytes that were read and are not yet an input.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// A paste began and has not ended.
    pasted: Option<Vec<u8>>,
}

/// What the first bytes are.
enum First {
    Input(Input, usize),
    /// So many bytes mean nothing here.
    Skip(usize),
    PasteBegins(usize),
    /// More bytes are needed to tell.
    More,
}

impl Decoder {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether an input has begun, and its rest is awaited.
    pub(super) fn is_within(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// The next whole input.
    pub(super) fn next(&mut self) -> Option<Input> {
        loop {
            if self.pasted.is_some() {
                return self.paste();
            }
            match first(&self.bytes) {
                First::More => return None,
                First::Skip(length) => drop(self.bytes.drain(..length)),
                First::PasteBegins(length) => {
                    self.bytes.drain(..length);
                    self.pasted = Some(Vec::new());
                }
                First::Input(input, length) => {
                    self.bytes.drain(..length);
                    return Some(input);
                }
            }
        }
    }

    /// Nothing more came: an escape that stands alone is the Escape key, and what is cut short means nothing.
    pub(super) fn flush(&mut self) -> Option<Input> {
        if self.pasted.is_some() {
            return None;
        }
        let bytes = std::mem::take(&mut self.bytes);
        (bytes == [ESCAPE]).then_some(Input::Key(Key::Escape))
    }

    fn paste(&mut self) -> Option<Input> {
        let ends = self.bytes.windows(PASTE_ENDS.len()).position(|bytes| bytes == PASTE_ENDS);
        // The end itself may be cut in two.
        let whole = ends.unwrap_or(self.bytes.len().saturating_sub(PASTE_ENDS.len() - 1));
        let pasted = self.pasted.get_or_insert_default();
        pasted.extend(self.bytes.drain(..whole));
        pasted.truncate(LONGEST_PASTE);
        ends?;
        self.bytes.drain(..PASTE_ENDS.len());
        let pasted = self.pasted.take()?;
        Some(Input::Paste(String::from_utf8_lossy(&pasted).into_owned()))
    }
}

fn first(bytes: &[u8]) -> First {
    let key = |key| First::Input(Input::Key(key), 1);
    match bytes {
        [] => First::More,
        [ESCAPE, rest @ ..] => escape(rest),
        [b'\r' | b'\n', ..] => key(Key::Enter),
        [0x7f | 0x08, ..] => key(Key::Backspace),
        [b'\t', ..] => key(Key::Tab),
        [0x01, ..] => key(Key::Home),
        [0x05, ..] => key(Key::End),
        [CTRL_C, ..] => key(Key::CtrlC),
        [byte, ..] if byte.is_ascii() => key(Key::Char(char::from(*byte))),
        _ => letter(bytes),
    }
}

/// A letter of several bytes.
fn letter(bytes: &[u8]) -> First {
    let of = |length: usize| bytes.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()?.chars().next());
    match (2..=4).find_map(|length| Some((of(length)?, length))) {
        Some((letter, length)) => First::Input(Input::Key(Key::Char(letter)), length),
        None if bytes.len() < 4 && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none()) => {
            First::More
        }
        None => First::Skip(1),
    }
}

/// What follows an escape.
fn escape(rest: &[u8]) -> First {
    let (kind, body) = match rest {
        [] => return First::More,
        [b'[', body @ ..] => (b'[', body),
        [b'O', body @ ..] => (b'O', body),
        // Alt with a key: it is neither Escape nor that key.
        [_, ..] => return First::Skip(2),
    };
    let Some(end) = body.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        // A sequence has no other bytes, and none is so long.
        let is_sequence = body.len() < 32 && body.iter().all(|byte| (0x20..0x40).contains(byte));
        return if is_sequence { First::More } else { First::Skip(2 + body.len()) };
    };
    let length = 2 + end + 1;
    let key = match (kind, &body[..end], body[end]) {
        (b'[', b"200", b'~') => return First::PasteBegins(length),
        (_, b"", b'A') => Key::ArrowUp,
        (_, b"", b'B') => Key::ArrowDown,
        (_, b"", b'C') => Key::ArrowRight,
        (_, b"", b'D') => Key::ArrowLeft,
        (_, b"", b'H') | (b'[', b"1" | b"7", b'~') => Key::Home,
        (_, b"", b'F') | (b'[', b"4" | b"8", b'~') => Key::End,
        (b'[', b"3", b'~') => Key::Del,
        (b'O', b"", b'M') => Key::Enter,
        _ => return First::Skip(length),
    };
    First::Input(Input::Key(key), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(chunks: &[&[u8]]) -> Vec<Input> {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        for chunk in chunks {
            decoder.push(chunk);
            inputs.extend(std::iter::from_fn(|| decoder.next()));
        }
        inputs.extend(decoder.flush());
        inputs
    }

    #[test]
    fn bytes_are_keys() {
        let keys = |keys: &[Key]| keys.iter().cloned().map(Input::Key).collect::<Vec<_>>();
        for (bytes, expected) in [
            (&b"a1"[..], keys(&[Key::Char('a'), Key::Char('1')])),
            (b"\r\n", keys(&[Key::Enter, Key::Enter])),
            (b"\x1b", keys(&[Key::Escape])),
            (b"\x1b[A\x1bOB", keys(&[Key::ArrowUp, Key::ArrowDown])),
            (b"\x1b[H\x1b[1~\x01", keys(&[Key::Home, Key::Home, Key::Home])),
            (b"\x1b[3~\x7f\x08", keys(&[Key::Del, Key::Backspace, Key::Backspace])),
            ("µ写".as_bytes(), keys(&[Key::Char('µ'), Key::Char('写')])),
            // Ctrl-Left, Alt-q and F5 are no keys of this program: they are neither Escape nor letters.
            (b"\x1b[1;5Dx", keys(&[Key::Char('x')])),
            (b"\x1bqx", keys(&[Key::Char('x')])),
            (b"\x1b[15~x", keys(&[Key::Char('x')])),
            (b"\xff\xfex", keys(&[Key::Char('x')])),
            (b"\x03", keys(&[Key::CtrlC])),
            (b"\x1a", keys(&[Key::Char('\x1a')])),
        ] {
            assert_eq!(decoded(&[bytes]), expected, "{bytes:?}");
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(decoded(&single), expected, "{bytes:?} a byte at a time");
        }
    }

    #[test]
    fn a_paste_is_one_input_however_it_comes() {
        let bytes = b"x\x1b[200~100 ns\r200 ns\r\x1b[201~y";
        let expected =
            [Input::Key(Key::Char('x')), Input::Paste("100 ns\r200 ns\r".to_owned()), Input::Key(Key::Char('y'))];
        assert_eq!(decoded(&[bytes]), expected);
        for at in 0..bytes.len() {
            assert_eq!(decoded(&[&bytes[..at], &bytes[at..]]), expected, "cut at {at}");
        }
    }
}
