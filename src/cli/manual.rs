//! `man`: the pages of the manual, one a command, from what the commands say of themselves.

use super::args::{Args, EVERY_COMMAND, VARIABLES};
use super::{CliError, output};
use crate::shown;
use clap::{Arg, Command, CommandFactory};
use clap_mangen::Man;
use roff::{Roff, bold, italic, roman};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Where a help text begins to list examples.
const EXAMPLES: &str = "Examples:\n";

/// Writes all pages into a folder. Pages that are there already are replaced.
pub(super) fn write(folder: &Path) -> Result<(), CliError> {
    let error = |source| CliError::File { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(error)?;
    let mut program = Args::command();
    program.build();
    let mut pages = Vec::new();
    collect(&program, &mut pages);
    for (name, page) in &pages {
        // Anybody may read them.
        fs::write(folder.join(name), page).map_err(error)?;
    }
    Ok(output::done(&format!("{} written to {}", shown::count(pages.len(), "page"), shown::path(folder),))?)
}

fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The pages of a command and of those below it, each with the name of its file.
fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let is_told = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    let mut text = Vec::new();
    if page(command, &mut text).is_ok() {
        pages.push((format!("{}.1", name(command)), text));
    }
    command.get_subcommands().filter(is_told).for_each(|below| collect(below, pages));
}

fn page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let is_program = command.get_name() == name(command);
    let is_help = |below: &Command| below.get_name() == "help";
    let hidden = |below: Command| if is_help(&below) { below.hide(true) } else { below };
    let told = command.clone().mut_args(|arg| told(arg, is_program)).mut_subcommands(hidden);
    let about = told.get_long_about().or_else(|| told.get_about()).map(ToString::to_string).unwrap_or_default();
    let help = told.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (prose, examples) = help.split_once(EXAMPLES).unwrap_or((&help, ""));
    let (examples, more) = examples.split_once("\n\n").unwrap_or((examples, ""));
    let man = Man::new(told.clone());
    // The date is left empty: the same program writes the same pages.
    writeln!(out, ".TH {} 1 \"\" \"sysdrill {}\" \"sysdrill\"", name(&told), env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(out)?;
    section("SYNOPSIS", |page| {
        let usage = told.clone().render_usage().to_string();
        for line in usage.trim_start_matches("Usage:").lines() {
            page.text([bold(line.trim()), roff::line_break()]);
        }
    })
    .to_writer(out)?;
    section("DESCRIPTION", |page| {
        for text in [format!("{}.", about.trim_end_matches('.')).as_str(), prose, more] {
            paragraphs(page, text);
        }
    })
    .to_writer(out)?;
    man.render_options_section(out)?;
    if !is_program {
        let mut page = Roff::new();
        page.control("PP", []);
        page.text([roman("Options that every command takes are in "), bold("sysdrill"), roman("(1).")]);
        page.to_writer(out)?;
    }
    if !told.get_subcommands().all(is_help) {
        man.render_subcommands_section(out)?;
    }
    if !examples.is_empty() {
        section("EXAMPLES", |page| commands(page, examples)).to_writer(out)?;
    }
    if is_program {
        environment().to_writer(out)?;
    }
    see_also(command).to_writer(out)
}

/// An argument as it stands on a page: its values in a line, and what every command takes on the first page alone.
fn told(arg: Arg, is_program: bool) -> Arg {
    if arg.get_help_heading() == Some(EVERY_COMMAND) && !is_program {
        return arg.hide(true);
    }
    if arg.get_id() == "help" {
        return arg.help("Print help").long_help("Print help");
    }
    let Some(help) = arg.get_help().map(ToString::to_string) else { return arg };
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let are_told = !arg.get_action().takes_values() || values.iter().all(|value| help.contains(value));
    let help = if are_told { help } else { format!("{help}; one of {}", values.join(", ")) };
    arg.help(help).hide_possible_values(true)
}

fn section(head: &str, fill: impl FnOnce(&mut Roff)) -> Roff {
    let mut page = Roff::new();
    page.control("SH", [head]);
    fill(&mut page);
    page
}

fn paragraphs(page: &mut Roff, text: &str) {
    for (at, paragraph) in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).enumerate() {
        if at > 0 {
            page.control("PP", []);
        }
        page.text([roman(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))]);
    }
    page.control("PP", []);
}

/// Commands, a line each, and below each what is said of it, at any width.
fn commands(page: &mut Roff, text: &str) {
    for line in text.lines() {
        let (command, said) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
        page.control(if said.is_empty() { "PP" } else { "TP" }, []);
        page.text([bold(command)]);
        if !said.is_empty() {
            page.text([roman(said.trim())]);
        }
    }
}

fn environment() -> Roff {
    section("ENVIRONMENT", |page| {
        let options = VARIABLES.map(|(option, variable)| (variable, format!("stands for --{option}")));
        let others = [("NO_COLOR", "where it is set and not empty, no colours".to_owned())];
        let editor = [("VISUAL, EDITOR", "the editor that files are opened in".to_owned())];
        for (variable, what) in options.into_iter().chain(others).chain(editor) {
            page.control("TP", []);
            page.text([bold(variable)]);
            page.text([roman(what)]);
        }
    })
}

/// The page above, and the first one.
fn see_also(command: &Command) -> Roff {
    let own = name(command);
    let above = own.rsplit_once('-').map(|(above, _)| above);
    section("SEE ALSO", |page| match above {
        Some(above) if above != "sysdrill" => {
            page.text([bold(above), roman("(1), "), bold("sysdrill"), roman("(1)")]);
        }
        Some(_) => {
            page.text([bold("sysdrill"), roman("(1)")]);
        }
        None => {
            page.text([italic("sysdrill COMMAND --help"), roman(" tells the same on the spot.")]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_page_with_its_examples_and_own_options() {
        let mut program = Args::command();
        program.build();
        let mut pages = Vec::new();
        collect(&program, &mut pages);
        let page = |name: &str| {
            let (_, text) = pages.iter().find(|(file, _)| file == name).unwrap_or_else(|| panic!("no {name}"));
            String::from_utf8(text.clone()).unwrap()
        };
        let review = page("sysdrill-review.1");
        for part in [
            ".TH sysdrill-review 1 \"\" \"sysdrill ",
            "\\fBsysdrill review [OPTIONS] [DECK|TAG]...\\fR",
            "\\fB\\-\\-kind\\fR \\fI<KIND>\\fR\nOnly cards of this kind; may be given more than once; one of number, estimate,",
            ".SH EXAMPLES\n.PP\n\\fBsysdrill review latency \\-\\-minutes 5\\fR\n",
            ".SH \"SEE ALSO\"",
        ] {
            assert!(review.contains(part), "{part} is not in\n{review}");
        }
        assert!(!review.contains("rollover") && !review.contains("Possible values"), "{review}");
        let first = page("sysdrill.1");
        assert!(first.contains("rollover") && first.contains("SYSDRILL_DB") && first.contains("sysdrill\\-review(1)"));
        assert!(page("sysdrill-deck-check.1").contains("sysdrill\\-deck\\fR(1)"));
        assert!(pages.iter().all(|(name, text)| !text.is_empty() && !name.contains("help")));
    }
}
