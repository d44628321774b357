//! The learner's own editor, opened at a line.

use crate::files;
use crate::session::Edit;
use crate::shown;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitStatus};

/// The variables that name an editor, the first that is set.
const VARIABLES: [&str; 2] = ["VISUAL", "EDITOR"];

/// How an editor is told the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// `+12 FILE`
    Plus,
    /// `FILE:12`
    Colon,
    /// `-g FILE:12`
    Goto,
    /// `-l 12 FILE`
    Option,
}

/// Editors by the names of their programs, with the option that has them wait until the file is closed.
const EDITORS: [(&[&str], Line, Option<&str>); 6] = [
    (
        &["vi", "vim", "nvim", "view", "nano", "pico", "emacs", "hx", "helix", "kak", "micro", "mg", "joe", "ne"],
        Line::Plus,
        None,
    ),
    (&["emacsclient"], Line::Plus, None),
    (&["gvim", "mvim"], Line::Plus, Some("-f")),
    (&["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"], Line::Goto, Some("--wait")),
    (&["subl", "sublime_text", "zed", "zeditor"], Line::Colon, Some("--wait")),
    (&["mate"], Line::Option, Some("--wait")),
];

/// An editor with its own arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    words: Vec<String>,
}

/// Why a file could not be edited.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// None is named.
    #[error("neither VISUAL nor EDITOR names an editor: set one, as in export EDITOR=nano")]
    NotSet,
    /// It is named so that it cannot be read.
    #[error("{variable} is '{}', in which a quote is not closed", shown::line(text))]
    Unreadable {
        /// The variable.
        variable: &'static str,
        /// What it says.
        text: String,
    },
    /// It could not be started.
    #[error("the editor {} cannot be run: {source}; VISUAL or EDITOR names another", shown::line(program))]
    NotRun {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It ended with an error.
    #[error("the editor {} ended with an error{}", shown::line(program), code(*status))]
    Failed {
        /// The program.
        program: String,
        /// How.
        status: ExitStatus,
    },
}

/// The code that a program ended with, where it has one.
fn code(status: ExitStatus) -> String {
    status.code().map(|code| format!(", code {code}")).unwrap_or_default()
}

impl Editor {
    /// The editor that VISUAL names, or else EDITOR.
    ///
    /// # Errors
    /// Neither is set, or what it says cannot be read.
    pub fn of_environment() -> Result<Self, EditorError> {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, EditorError> {
        for name in VARIABLES {
            let Some(text) = variable(name).filter(|text| !text.trim().is_empty()) else { continue };
            // A path on Windows has backslashes.
            let words = if cfg!(windows) { windows_words(&text) } else { shell_words::split(&text).ok() };
            let words = words.filter(|words| !words.is_empty());
            return words.map(|words| Self { words }).ok_or(EditorError::Unreadable { variable: name, text });
        }
        Err(EditorError::NotSet)
    }

    /// What follows the program: its own arguments, and the file at a line, from 1.
    fn arguments(&self, file: &Path, line: usize) -> Vec<OsString> {
        let own = &self.words[1..];
        let program = Path::new(&self.words[0]).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let known = EDITORS.iter().find(|(names, ..)| names.contains(&program.as_str()));
        let mut arguments: Vec<OsString> = own.iter().map(OsString::from).collect();
        let Some((_, how, wait)) = known else {
            arguments.push(file.into());
            return arguments;
        };
        let waits = |own: &String| ["-w", "--wait", "-f"].contains(&own.as_str());
        arguments.extend(wait.filter(|_| !own.iter().any(waits)).map(OsString::from));
        let at_line = |file: &Path| {
            let mut place = file.as_os_str().to_owned();
            place.push(format!(":{line}"));
            place
        };
        match how {
            Line::Plus => arguments.extend([format!("+{line}").into(), file.into()]),
            Line::Colon => arguments.push(at_line(file)),
            Line::Goto if own.iter().any(|own| own == "-g" || own == "--goto") => arguments.push(at_line(file)),
            Line::Goto => arguments.extend(["-g".into(), at_line(file)]),
            Line::Option => arguments.extend(["-l".into(), line.to_string().into(), file.into()]),
        }
        arguments
    }

    /// Opens a file at a line, and waits until the editor ends.
    ///
    /// # Errors
    /// The editor cannot be run, or says that it failed.
    pub fn open(&self, file: &Path, line: usize) -> Result<(), EditorError> {
        let program = self.words[0].clone();
        let mut command = Command::new(&program);
        command.args(self.arguments(file, line));
        // An editor wants a terminal, whatever this program reads.
        #[cfg(unix)]
        if !rustix::termios::isatty(io::stdin())
            && let Ok(terminal) = std::fs::File::open("/dev/tty")
        {
            command.stdin(terminal);
        }
        match command.status() {
            Err(source) => Err(EditorError::NotRun { program, source }),
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(EditorError::Failed { program, status }),
        }
    }
}

/// What stands below a note while it is edited.
const BELOW: &str = "# ---- your note ends here: what stands below is left out ----";

/// Opens the file of a card at its line, or the note on it in a file of its own, and gives what the note says now.
///
/// # Errors
/// What stood in the way, and where the card is.
pub(super) fn edit(edit: &Edit) -> Result<Option<String>, String> {
    let Edit { card, place, note } = edit;
    let by_hand = match place {
        Some(place) => format!("the card is in {}:{}", shown::line(&place.file), place.line),
        None => format!("sysdrill note {card} \"...\" writes one"),
    };
    let refused = |error: &dyn std::fmt::Display| format!("{error}; {by_hand}");
    let editor = Editor::of_environment().map_err(|error| refused(&error))?;
    if let Some(place) = place {
        return editor.open(Path::new(&place.file), place.line).map(|()| None).map_err(|error| refused(&error));
    }
    let path = std::env::temp_dir().join(format!("sysdrill-note-{:016x}.md", rand::random::<u64>()));
    let note = note.as_deref().unwrap_or_default();
    let text = format!("{note}\n\n{BELOW}\n# A note on {card}, shown with its answer. An empty one is taken away.\n");
    let edited = files::new_private_file(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| refused(&error))
        .and_then(|()| editor.open(&path, 1).map_err(|error| refused(&error)))
        .and_then(|()| fs::read_to_string(&path).map_err(|error| refused(&error)));
    let _ = fs::remove_file(&path);
    edited.map(|text| Some(text.split(BELOW).next().unwrap_or_default().trim().to_owned()))
}

/// Words that spaces part; in double quotes they part none.
fn windows_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    text.matches('"').count().is_multiple_of(2).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor(visual: &str, editor: &str) -> Result<Editor, EditorError> {
        Editor::of(|name| match name {
            "VISUAL" => Some(visual.to_owned()),
            _ => Some(editor.to_owned()),
        })
    }

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        let cases = [
            ("vim", "+12 /d/my deck.toml"),
            ("/usr/bin/nvim -R", "-R +12 /d/my deck.toml"),
            ("nano", "+12 /d/my deck.toml"),
            ("emacsclient -t -a ''", "-t -a  +12 /d/my deck.toml"),
            ("hx", "+12 /d/my deck.toml"),
            ("gvim", "-f +12 /d/my deck.toml"),
            ("code", "--wait -g /d/my deck.toml:12"),
            ("code -w", "-w -g /d/my deck.toml:12"),
            ("'/opt/VS Code/code' --wait -g", "--wait -g /d/my deck.toml:12"),
            ("subl", "--wait /d/my deck.toml:12"),
            ("mate", "--wait -l 12 /d/my deck.toml"),
            ("my-editor --fast", "--fast /d/my deck.toml"),
        ];
        for (words, expected) in cases {
            let arguments = editor(words, "other").unwrap().arguments(Path::new("/d/my deck.toml"), 12);
            let said: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
            assert_eq!(said.join(" "), expected, "{words}");
        }
    }

    #[test]
    fn visual_goes_before_editor_and_an_empty_one_is_not_set() {
        assert_eq!(editor("vim", "nano").unwrap().words, ["vim"]);
        assert_eq!(editor(" ", "nano").unwrap().words, ["nano"]);
        assert!(matches!(editor("", ""), Err(EditorError::NotSet)));
        assert!(matches!(editor("'vim", "nano"), Err(EditorError::Unreadable { variable: "VISUAL", .. })));
    }

    #[test]
    fn what_cannot_be_run_is_said() {
        let none = editor("/no/such/editor", "").unwrap().open(Path::new("x"), 1).unwrap_err();
        assert!(none.to_string().contains("/no/such/editor cannot be run"), "{none}");
        assert_eq!(windows_words("\"C:\\a b\\code.cmd\" -w").unwrap(), ["C:\\a b\\code.cmd", "-w"]);
        assert_eq!(windows_words("\"C:\\a b"), None);
    }
}
