//! A package: a ZIP file with a collection and pictures in it.

use super::proto::{self, Field};
use crate::exchange::{ExchangeError, Input, Picture, Seekable};
use ruzstd::decoding::StreamingDecoder;
use std::collections::HashMap;
use std::io::Read;
use zip::ZipArchive;
use zip::result::ZipError;

/// The largest collection that is read, which is held in memory.
const LARGEST_COLLECTION: u64 = 256 << 20;
/// The largest list of pictures, and the largest picture.
const LARGEST_LIST: u64 = 16 << 20;
const LARGEST_PICTURE: u64 = 64 << 20;

/// A form of package, by what it calls its collection.
struct Layout {
    version: u64,
    file: &'static str,
    name: &'static str,
}

/// From the newest: where a package does not say which it is, the first whose file is there.
const LAYOUTS: [Layout; 3] = [
    Layout { version: 3, file: "collection.anki21b", name: "the new layout" },
    Layout { version: 2, file: "collection.anki21", name: "the layout before" },
    Layout { version: 1, file: "collection.anki2", name: "the oldest layout" },
];

/// A package, read.
pub(super) struct Package {
    /// The database.
    pub(super) collection: Vec<u8>,
    /// Which form it is of, for people.
    pub(super) layout: &'static str,
    /// Where each picture lies in the package, by its name.
    pub(super) media: HashMap<String, String>,
}

fn refused<T>(message: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Refused(message.into()))
}

const AGAIN: &str = "export it from Anki again, or download it again";

fn open(input: &Input) -> Result<ZipArchive<Box<dyn Seekable + '_>>, ExchangeError> {
    ZipArchive::new(input.open()?).or_else(|error| match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(error.into()),
        _ => refused(format!("this ZIP file was cut short or is damaged: {AGAIN}")),
    })
}

/// A file of a package; none where it has none of that name.
fn entry(
    archive: &mut ZipArchive<Box<dyn Seekable + '_>>,
    name: &str,
    is_zstd: bool,
    most: u64,
) -> Result<Option<Vec<u8>>, ExchangeError> {
    let damaged = || format!("the file {name} in it was cut short or is damaged: {AGAIN}");
    let file = match archive.by_name(name) {
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(what)) => {
            return refused(format!("the file {name} in it is packed in a way that Anki does not use ({what})"));
        }
        Err(_) => return refused(damaged()),
        Ok(file) => file,
    };
    let mut bytes = Vec::new();
    let read = match is_zstd {
        false => file.take(most + 1).read_to_end(&mut bytes),
        true => match StreamingDecoder::new(file.take(most + 1)) {
            Err(_) => return refused(damaged()),
            Ok(decoder) => decoder.take(most + 1).read_to_end(&mut bytes),
        },
    };
    if bytes.len() as u64 > most {
        return refused(format!(
            "the file {name} in it unpacks to more than {} MiB, which is more than is read: export single decks from Anki",
            most >> 20
        ));
    }
    read.or_else(|_| refused(damaged()))?;
    Ok(Some(bytes))
}

/// Which form a package is of: what it says, or else what it has.
fn layout(archive: &mut ZipArchive<Box<dyn Seekable + '_>>) -> Result<&'static Layout, ExchangeError> {
    let has = |archive: &ZipArchive<_>, file: &str| archive.index_for_name(file).is_some();
    let Some(meta) = entry(archive, "meta", false, 1024)? else {
        return LAYOUTS
            .iter()
            .find(|layout| has(archive, layout.file))
            .map_or_else(|| refused("this is a ZIP file without an Anki collection in it"), Ok);
    };
    let Some(version) = proto::number(&meta, 1) else {
        return refused(format!("its file meta is damaged: {AGAIN}"));
    };
    match LAYOUTS.iter().find(|layout| layout.version == version) {
        Some(layout) if has(archive, layout.file) => Ok(layout),
        Some(layout) => refused(format!("this package has no {}, though it says so: {AGAIN}", layout.file)),
        None => refused(format!(
            "this package is of a newer Anki (form {version}) than this version of sysdrill knows (3): export it from Anki \
             with \"Support older Anki versions\""
        )),
    }
}

/// Reads a package but for its pictures.
pub(super) fn read(input: &Input) -> Result<Package, ExchangeError> {
    let mut archive = open(input)?;
    let layout = layout(&mut archive)?;
    let is_new = layout.version == 3;
    let Some(collection) = entry(&mut archive, layout.file, is_new, LARGEST_COLLECTION)? else {
        return refused(format!("this package has no {}: {AGAIN}", layout.file));
    };
    let media = match entry(&mut archive, "media", is_new, LARGEST_LIST)? {
        None => Vec::new(),
        Some(list) => {
            let listed = if is_new { listed_in_proto(&list) } else { listed_in_json(&list) };
            match listed {
                Some(listed) => listed,
                None => return refused(format!("its list of pictures is damaged: {AGAIN}")),
            }
        }
    };
    if let Some((name, _)) = media.iter().find(|(name, _)| leads_elsewhere(name)) {
        return refused(format!(
            "it names a file '{}', which would lie outside of its folder: Anki writes no such package, and nothing of it was \
             taken in",
            crate::shown::line(name)
        ));
    }
    Ok(Package {
        collection,
        layout: layout.name,
        media: media.into_iter().filter(|(name, _)| is_safe(name)).collect(),
    })
}

/// Reads a picture.
pub(super) fn picture(input: &Input, picture: &Picture) -> Result<Vec<u8>, ExchangeError> {
    let mut archive = open(input)?;
    let is_new = layout(&mut archive)?.version == 3;
    let bytes = entry(&mut archive, &picture.place, is_new, LARGEST_PICTURE)?;
    bytes.map_or_else(|| refused(format!("the picture {} is not in it: {AGAIN}", picture.name)), Ok)
}

/// Whether a name could lie in another folder.
fn leads_elsewhere(name: &str) -> bool {
    matches!(name, "" | "." | "..") || name.contains(['/', '\\', '\0'])
}

/// Whether a name is one normal part of a path, on any system.
fn is_safe(name: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let is_numbered = (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.len() == 4
        && stem.ends_with(|c: char| c.is_ascii_digit());
    !name.is_empty()
        && name.len() <= 250
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c))
        && !DEVICES.contains(&stem.as_str())
        && !is_numbered
}

/// The names of the pictures with where they lie: a list of the older forms.
fn listed_in_json(list: &[u8]) -> Option<Vec<(String, String)>> {
    let list: HashMap<String, String> = serde_json::from_slice(list).ok()?;
    Some(list.into_iter().map(|(place, name)| (name, place)).collect())
}

/// The names of the pictures with where they lie: a list of the new form.
fn listed_in_proto(list: &[u8]) -> Option<Vec<(String, String)>> {
    let mut listed = Vec::new();
    for (field, value) in proto::fields(list)? {
        if let (1, Field::Bytes(entry)) = (field, value) {
            listed.push((proto::text(entry, 1)?, listed.len().to_string()));
        }
    }
    Some(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_lead_elsewhere_is_not_safe() {
        for name in ["a.png", "cache aside.png", "日本.jpg", "com.png", "nul-and-void.png"] {
            assert!(is_safe(name), "{name}");
        }
        for name in [
            "", ".", "..", "../a", "a/b", "a\\b", "/etc/x", "C:x", ".hidden", "nul", "NUL.png", "com1.png", "a\n",
            "a.", "a ",
        ] {
            assert!(!is_safe(name), "{name:?}");
            assert!(
                !leads_elsewhere(name) || name.contains(['/', '\\']) || name.trim_matches('.').is_empty(),
                "{name:?}"
            );
        }
    }
}
