//! Pictures that lie beside what is read, as files of their own.

use super::{ExchangeError, Input, Picture};
use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// No picture is larger, in bytes.
const LARGEST: u64 = 64 << 20;

/// The files of a folder by their names, each with its place. A folder that is not there has none.
pub(super) fn files(folder: &Path) -> HashMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files
        .filter_map(|file| Some((file.file_name().into_string().ok()?, file.path().to_str()?.to_owned())))
        .filter(|(name, _)| !name.starts_with('.'))
        .collect()
}

/// The folder of that name beside what is read; a pipe has none.
pub(super) fn folder(input: &Input, name: &str) -> PathBuf {
    input.path().parent().map(|parent| parent.join(name)).unwrap_or_default()
}

/// Reads such a picture.
pub(super) fn picture(_: &Input, picture: &Picture) -> Result<Vec<u8>, ExchangeError> {
    Ok(Input::at(Path::new(&picture.place))?.read(LARGEST)?)
}

/// The pictures of Markdown, which its cards name by paths.
#[derive(Default)]
pub(super) struct Linked {
    pub(super) pictures: Vec<Picture>,
}

impl Linked {
    /// A text in which each picture that there is stands as `(picture: PLACE)`, with its place in `media`. Paths lead from
    /// the folder of the file, or from `root`, and never out of that.
    pub(super) fn in_text(&mut self, text: &str, folder: &Path, root: &Path, media: &Path) -> String {
        let (mut said, mut from) = (String::new(), 0);
        for (range, target) in links(text) {
            let Some(name) = self.name_of(target, folder, root) else { continue };
            said += &text[from..range.start];
            said += &format!("(picture: {})", media.join(name).display());
            from = range.end;
        }
        said + &text[from..]
    }

    /// The name under which a picture is copied; none where there is no such file.
    fn name_of(&mut self, target: &str, folder: &Path, root: &Path) -> Option<String> {
        let target = target.split('|').next()?.trim().replace("%20", " ");
        let (below, tried) = match target.strip_prefix("@/") {
            Some(rest) => (rest.to_owned(), vec![root]),
            None => (target, vec![folder, root]),
        };
        let is_below =
            Path::new(&below).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let file = tried.into_iter().map(|folder| folder.join(&below)).find(|file| is_below && file.is_file())?;
        let place = file.to_str()?.to_owned();
        if let Some(known) = self.pictures.iter().find(|picture| picture.place == place) {
            return Some(known.name.clone());
        }
        let plain = file.file_name()?.to_str()?.to_owned();
        let is_taken = |name: &str| self.pictures.iter().any(|picture| picture.name == name);
        let name =
            (1..).map(|n| if n == 1 { plain.clone() } else { format!("{n}-{plain}") }).find(|name| !is_taken(name))?;
        self.pictures.push(Picture { name: name.clone(), place });
        Some(name)
    }
}

/// `![alt](target)` and `![[target]]` in a text, each with its place; not in code.
fn links(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("![").map(|at| from + at) {
        from = at + 2;
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        if text[line..at].matches('`').count() % 2 == 1 {
            continue;
        }
        let rest = &text[from..];
        let rest = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let target = match rest.strip_prefix('[') {
            Some(wiki) => wiki.find("]]").map(|end| (1..1 + end, end + 3)),
            None => rest.find("](").and_then(|open| {
                let close = rest[open..].find(')')? + open;
                // A title may follow in quotes.
                let inside = &rest[open + 2..close];
                let target = inside.split(" \"").next().unwrap_or(inside);
                Some((open + 2..open + 2 + target.len(), close + 1))
            }),
        };
        if let Some((target, length)) = target {
            found.push((at..from + length, &rest[target]));
            from += length;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_their_paths_and_never_outside() {
        let outside = tempfile::tempdir().unwrap();
        let root = &outside.path().join("root");
        fs::create_dir_all(root.join("a/img")).unwrap();
        for file in ["a/ring.png", "a/img/ring.png", "top one.png"] {
            fs::write(root.join(file), file).unwrap();
        }
        fs::write(outside.path().join("out.png"), "x").unwrap();
        let mut linked = Linked::default();
        let mut said = |text: &str| linked.in_text(text, &root.join("a"), root, Path::new("/m"));
        for (text, expected) in [
            ("See ![the ring](ring.png) and more.", "See (picture: /m/ring.png) and more."),
            ("![](img/ring.png \"title\")", "(picture: /m/2-ring.png)"),
            ("![x](@/top%20one.png)![[top one.png|200]]", "(picture: /m/top one.png)(picture: /m/top one.png)"),
            ("![ring](ring.png)", "(picture: /m/ring.png)"),
            ("![gone](gone.png), `![x](ring.png)`", "![gone](gone.png), `![x](ring.png)`"),
            ("![x](../../out.png)![x](/etc/hostname)", "![x](../../out.png)![x](/etc/hostname)"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        let names: Vec<&str> = linked.pictures.iter().map(|picture| picture.name.as_str()).collect();
        assert_eq!(names, ["ring.png", "2-ring.png", "top one.png"]);
    }
}
