//! `deck new`, `show`, `enable`, `disable`: the user's decks as files, and which of all decks are asked.

use super::args::NewDeck;
use super::own::{self, Named};
use super::settings::{self, Settings};
use super::{CliError, Context, output};
use crate::deck::{DeckFile, Kind, template};
use crate::files::{self, Existing};
use crate::log::Deed;
use crate::schedule::is_slug;
use crate::shown;
use console::Term;
use dialoguer::{Input, MultiSelect};

/// Writes a new deck with examples.
pub(super) fn new(context: &Context, args: &NewDeck) -> Result<(), CliError> {
    let (store, _) = own::catalog(context)?;
    let Some(name) = &name(args)? else { return Ok(output::text("no deck was made")?) };
    match own::find(context, &store, name)? {
        None => {}
        Some(Named::Own(_)) => {
            return Err(CliError::Plain(format!(
                "there is a deck {name} already: sysdrill deck edit {name} opens it, sysdrill deck show {name} prints it"
            )));
        }
        Some(Named::Embedded(_)) => {
            return Err(CliError::Plain(format!(
                "{name} is a deck of sysdrill's own: take another name; sysdrill deck show {name} prints it"
            )));
        }
    }
    let path = own::new_file(context, name)?;
    let (mut title, mut kinds) = (args.title.clone(), args.kind.clone());
    if title.is_none() && kinds.is_empty() && Term::stdout().is_term() && console::user_attended() {
        let Some(asked) = ask(name)? else { return Ok(output::text("no deck was made")?) };
        (title, kinds) = (Some(asked.0), asked.1);
    }
    let title = title.unwrap_or_else(|| own::title(name));
    if title.trim().is_empty() {
        return Err(CliError::Plain(
            "a deck's title is empty: say what people call it, as in --title \"My deck\"".to_owned(),
        ));
    }
    let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds };
    let text = template(name, title.trim(), &kinds);
    files::write(&path, Existing::Refused, |out| out.write_all(text.as_bytes())).map_err(own::of_file(&path))?;
    output::done(&format!(
        "{} is there, with {} to write over: sysdrill deck edit {name} opens it",
        shown::path(&path),
        shown::count(kinds.len(), "example")
    ))?;
    Ok(())
}

/// The name, asked for where it can be; none where the question was left.
fn name(args: &NewDeck) -> Result<Option<String>, CliError> {
    if let Some(name) = &args.name {
        return Ok(Some(name.clone()));
    }
    if !Term::stdout().is_term() || !console::user_attended() {
        return Err(CliError::Plain("say what the deck is to be called: sysdrill deck new NAME".to_owned()));
    }
    let name: String = Input::new()
        .with_prompt("Name, such as mine")
        .allow_empty(true)
        .validate_with(|name: &String| match name.trim() {
            name if name.is_empty() || is_slug(name) => Ok(()),
            _ => Err("a name has lower-case letters, digits and hyphens, as in my-deck"),
        })
        .interact_text()
        .map_err(output::of_prompt)?;
    Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// The title and the kinds; none where a question was left.
fn ask(name: &str) -> Result<Option<(String, Vec<Kind>)>, CliError> {
    let title = Input::new().with_prompt("Title").default(own::title(name)).interact_text();
    let title: String = title.map_err(output::of_prompt)?;
    let items = Kind::ALL.map(|kind| (kind.name(), true));
    let prompt = "Examples of these kinds: Space takes one in or out, Enter goes on";
    // What was taken is seen in the file; told in one line, it would be broken within a word.
    let chosen = MultiSelect::new().with_prompt(prompt).items_checked(items).report(false).interact_opt();
    let chosen = chosen.map_err(output::of_prompt)?;
    Ok(chosen.map(|chosen| (title, chosen.into_iter().map(|at| Kind::ALL[at]).collect())))
}

/// Prints a deck as it is written.
pub(super) fn show(context: &Context, name: &str) -> Result<(), CliError> {
    let (store, _) = own::catalog(context)?;
    let files = match own::find(context, &store, name)? {
        Some(Named::Own(deck)) => deck.read()?,
        Some(Named::Embedded(files)) => files,
        None => return Err(own::unknown(&store, name)?.into()),
    };
    let text = |file: &DeckFile| String::from_utf8_lossy(&file.bytes).trim_start_matches('\u{feff}').to_owned();
    let parts: Vec<String> = match files.as_slice() {
        [only] => vec![text(only)],
        several => several.iter().map(|file| format!("# {}\n\n{}", shown::line(&file.path), text(file))).collect(),
    };
    let parts = parts.iter().map(|part| part.replace("\r\n", "\n").trim_end().to_owned());
    Ok(output::as_it_is(&parts.collect::<Vec<_>>().join("\n\n"))?)
}

/// Has decks asked, or left out, from now on.
pub(super) fn switch(context: &Context, names: &[String], on: bool) -> Result<(), CliError> {
    let changed = switched(context, names, on)?;
    if !changed.is_empty() {
        let deed = if on { Deed::Enabled(changed) } else { Deed::Disabled(changed) };
        own::remember(context, &mut context.store()?, deed)?;
    }
    Ok(())
}

/// Does that, and gives the decks that were not so already.
pub(super) fn switched(context: &Context, names: &[String], on: bool) -> Result<Vec<String>, CliError> {
    let (store, catalog) = own::catalog(context)?;
    let mut changed = Vec::new();
    // What the settings name may be gone: it can be taken out all the same.
    let before = Settings::read(&context.config_file)?.decks_off;
    let is_off = |name: &String| before.contains(name);
    let unknown: Vec<String> = names.iter().filter(|name| !(on && is_off(name))).cloned().collect();
    catalog.check_decks(&store, &unknown)?;
    let mut off = before.clone();
    for name in names {
        let said = match (on, off.contains(name)) {
            (true, false) => format!("{name} is on already"),
            (false, true) => format!("{name} is off already"),
            (true, true) => {
                off.retain(|off| off != name);
                changed.push(name.clone());
                format!("{name} is on: its cards are asked")
            }
            (false, false) => {
                off.push(name.clone());
                changed.push(name.clone());
                format!(
                    "{name} is off: its cards wait, with their progress; sysdrill deck enable {name} takes it in again"
                )
            }
        };
        output::done(&said)?;
    }
    if off != before {
        settings::write(&context.config_file, "decks_off", toml_edit::Array::from_iter(off.iter()).into())?;
    }
    let decks = store.deck_index().decks()?;
    let mut all = decks.iter().filter_map(|deck| deck.name.as_ref());
    if all.all(|name| off.contains(name)) {
        output::warn("no deck is on now: sysdrill deck enable DECK takes one in again");
    }
    Ok(changed)
}
