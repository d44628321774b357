//! What is read: a file, a folder, or what came through a pipe.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

/// So much of a file's beginning tells what it is.
const HEAD_BYTES: u64 = 4096;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Something that can be read from any place on.
pub trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// What an import reads.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    /// What came through a pipe.
    bytes: Option<Vec<u8>>,
    is_folder: bool,
    head: Vec<u8>,
}

impl Input {
    /// A file or a folder.
    ///
    /// # Errors
    /// It cannot be opened, or is a device.
    pub fn at(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        let mut source = Self { path: path.to_owned(), bytes: None, is_folder: metadata.is_dir(), head: Vec::new() };
        if !source.is_folder {
            if !metadata.is_file() {
                return Err(io::Error::other("it is no file, but a pipe or a device: - reads standard input"));
            }
            let mut head = Vec::new();
            source.open()?.take(HEAD_BYTES).read_to_end(&mut head)?;
            source.head = head;
        }
        Ok(source)
    }

    /// What came through a pipe.
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        let head = bytes[..bytes.len().min(HEAD_BYTES as usize)].to_vec();
        Self { path: PathBuf::from("-"), bytes: Some(bytes), is_folder: false, head }
    }

    /// Where it lies; `-` is a pipe.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// How it begins.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How its text begins, if it is one: without a byte order mark and white space.
    pub fn text_head(&self) -> Option<&str> {
        let head = self.head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.head);
        let text = match std::str::from_utf8(head) {
            Ok(text) => text,
            // It was cut within a character.
            Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
            Err(_) => return None,
        };
        (!text.contains('\0')).then(|| text.trim_start())
    }

    /// Opens it at its beginning.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Seekable + '_>> {
        match &self.bytes {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Ok(Box::new(BufReader::new(File::open(&self.path)?))),
        }
    }

    /// All that it has, up to so many bytes.
    ///
    /// # Errors
    /// It cannot be read, or has more.
    pub fn read(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(io::Error::other(format!("it has more than {} MiB", most >> 20)));
        }
        Ok(bytes)
    }
}
