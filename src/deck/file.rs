//! A file of a deck, and its text.

use super::DeckError;
use std::borrow::Cow;
use std::sync::Arc;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// One file of a deck, as it was read.
#[derive(Debug, Clone)]
pub struct DeckFile {
    /// The path, for messages.
    pub path: Arc<str>,
    /// What stands in it.
    pub bytes: Cow<'static, [u8]>,
}

impl DeckFile {
    /// Its text, without a byte order mark.
    pub(super) fn text(&self) -> Result<&str, DeckError> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)),
            Err(error) => {
                let before = String::from_utf8_lossy(&self.bytes[..error.valid_up_to()]);
                let line = before.rsplit('\n').next().unwrap_or_default();
                let at = (before.matches('\n').count() + 1, line.chars().count() + 1);
                let message = "this is not UTF-8 text: save the file as UTF-8".to_owned();
                Err(DeckError { path: Arc::clone(&self.path), at: Some(at), message })
            }
        }
    }
}
