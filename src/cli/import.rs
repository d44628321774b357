//! `import`: an export of sysdrill, or a file of another program, read in.

use super::args::Import;
use super::bar::Bar;
use super::settings::Settings;
use super::{Broken, CliError, Context, output, own};
use crate::catalog::Catalog;
use crate::deck::markdown::is_markdown;
use crate::deck::{Body, Draft, DraftBody};
use crate::exchange::{self, ExchangeError, Incoming, Input, ReadOptions, Zone};
use crate::files::{self, Existing};
use crate::intake::{self, Destination, IntakeError, Preview};
use crate::schedule::CardId;
use crate::shown::{self, count};
use crate::store::deck_index::DeckRow;
use crate::store::{ReadIn, Store};
use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// The next step where a file is not there.
const NEXT: &str = "sysdrill export --to FILE writes one of sysdrill's own";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// No more is taken from a pipe that is no export, for it is kept in memory.
const MOST_FROM_A_PIPE: u64 = 256 << 20;
/// A dry run shows so many cards.
const SHOWN: usize = 3;
/// So many cards are named.
const NAMED: usize = 10;

impl From<IntakeError> for CliError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => Self::Store(error),
            IntakeError::File { path, source } => Self::of_named(&path, source, NEXT),
            IntakeError::Decks(errors) => Self::Decks(errors),
            IntakeError::Refused(message) => Self::Plain(message),
        }
    }
}

pub(super) fn run(context: &Context, args: &Import) -> Result<(), CliError> {
    let wrong = |source| CliError::File { path: args.file.clone(), source };
    let own = || {
        let folder = shown::path(&own::folder(context));
        CliError::Plain(format!(
            "{} is a deck of sysdrill, which needs no import: copy it into {folder}, or say --decks for where it lies",
            shown::path(&args.file)
        ))
    };
    if args.file == Path::new("-") {
        let mut input = BufReader::new(io::stdin());
        if is_export(input.fill_buf()?) {
            return export(context, args, &mut input);
        }
        let mut bytes = Vec::new();
        input.take(MOST_FROM_A_PIPE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_FROM_A_PIPE {
            return Err(wrong(io::Error::other("more than 256 MiB from a pipe: give the file's name instead")));
        }
        return foreign(context, args, &Input::of_bytes(bytes));
    }
    let input = Input::at(&args.file).map_err(wrong)?;
    let is_deck = |head: &str| head.lines().any(|line| line.trim_end() == "[deck]") && !head.starts_with('{');
    if args.file.join("deck.toml").is_file() || input.text_head().is_some_and(is_deck) {
        return Err(own());
    }
    if is_export(input.head()) {
        return export(context, args, &mut BufReader::new(input.open().map_err(wrong)?));
    }
    foreign(context, args, &input)
}

/// Whether something begins as an export of sysdrill does, or as a line of one.
fn is_export(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    ["sysdrill", "review", "retraction", "mark", "settings", "state", "end"].iter().any(|name| {
        let signs = ["{", &format!("\"{name}\""), ":", "{"];
        signs.iter().try_fold(head, |rest, sign| rest.trim_ascii_start().strip_prefix(sign.as_bytes())).is_some()
    })
}

/// An export in which a program has put the lines of an object below each other, with a line an object again.
fn line_by_line(input: &mut dyn BufRead) -> Result<Option<Vec<u8>>, CliError> {
    let head = input.fill_buf()?;
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.trim_ascii() != b"{" {
        return Ok(None);
    }
    let mut lines = Vec::new();
    for object in serde_json::Deserializer::from_reader(input.take(MOST_FROM_A_PIPE)).into_iter::<serde_json::Value>() {
        let object = object.map_err(|error| CliError::Plain(format!("this is no export of sysdrill: {error}")))?;
        serde_json::to_writer(&mut lines, &object).map_err(io::Error::from)?;
        lines.push(b'\n');
    }
    Ok(Some(lines))
}

/// Takes a file of another program in.
fn foreign(context: &Context, args: &Import, input: &Input) -> Result<(), CliError> {
    let path = &args.file;
    let refused = |error| match error {
        ExchangeError::Io(source) => CliError::File { path: path.clone(), source },
        ExchangeError::Refused(message) => CliError::Plain(format!("{}: {message}", shown::path(path))),
    };
    let options = ReadOptions {
        media: args.media.as_ref().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone())),
        encoding: args.encoding.clone(),
        columns: args.columns.clone(),
        header: args.header,
        decks: Some(context.deck_folder.0.clone()),
        zone: context.clock.fixed_offset().map_or(Zone::System, Zone::Fixed),
    };
    let incoming = exchange::read(input, &options).map_err(refused)?;
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let is_closed = |deck: &DeckRow| !deck.user || is_markdown(&deck.path);
    let decks = store.deck_index().decks()?;
    let taken: Vec<String> = decks.into_iter().filter(is_closed).filter_map(|deck| deck.name).collect();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let destination = Destination {
        folder: &context.deck_folder.0,
        deck: args.deck.as_deref(),
        file: &file,
        taken: &taken,
        now_ms: context.clock.now_ms(),
        today: context.clock.today(),
        day_of: &|at_ms| context.clock.day_of(at_ms),
    };
    let mut bar = Bar::new("looking at the cards");
    let preview =
        intake::preview(&mut store, &incoming, &destination, &mut |done, all| bar.at(done as u64, all as u64))?;
    drop(bar);
    let mut lines = vec![format!("{file} is {}: {}", incoming.what, brings(&incoming))];
    lines.extend(said(&preview, args.dry_run));
    lines.extend(differing(&catalog, &mut store, &preview)?);
    lines.extend(incoming.advice.clone().filter(|_| !preview.new.is_empty()));
    if args.dry_run {
        lines.extend(preview.new.iter().take(SHOWN).flat_map(shown_card));
        lines.push("nothing was written: this was a dry run".to_owned());
        return Ok(output::text(&lines.join("\n"))?);
    }
    let (deck, is_empty, has_new) = (preview.deck.clone(), preview.is_empty(), !preview.new.is_empty());
    if let Some(folder) = &args.media {
        lines.push(copy_pictures(input, &incoming, folder).map_err(refused)?);
    }
    let mut bar = Bar::new("importing");
    preview.carry_out(&mut store, &mut |done, all| bar.at(done as u64, all as u64))?;
    drop(bar);
    lines.push(match (is_empty, has_new) {
        (true, _) => "nothing is new".to_owned(),
        (false, true) => format!("sysdrill review {deck} asks them; sysdrill undo --import takes all of this back"),
        (false, false) => "sysdrill undo --import takes all of this back".to_owned(),
    });
    Ok(output::done(&lines.join("\n"))?)
}

/// What a file has, in a few words.
fn brings(incoming: &Incoming) -> String {
    let standing = incoming.cards.iter().flat_map(|card| &card.progress);
    let (cards, reviews) = standing.fold((0, 0), |(cards, reviews), s| (cards + 1, reviews + s.reviews.len()));
    format!("{}, {}", count(cards, "card"), count(reviews, "answer"))
}

/// What an import did, or would do.
fn said(preview: &Preview, is_dry: bool) -> Vec<String> {
    let come = if is_dry { "would come in" } else { "came in" };
    let keep = match (is_dry, preview.starts) {
        (true, 1) => "would keep its due day",
        (true, _) => "would keep their due days",
        (false, 1) => "keeps its due day",
        (false, _) => "keep their due days",
    };
    let mut lines = Vec::new();
    if !preview.new.is_empty() {
        let entries = count(preview.new.len(), "entry");
        lines.push(format!("{entries} {come}, in the deck {} ({})", preview.deck, shown::path(&preview.path)));
    }
    let mut history = Vec::new();
    if preview.reviews > 0 {
        history.push(format!("{} {come} as history", count(preview.reviews, "answer")));
    }
    if preview.starts > 0 {
        history.push(format!("{} {keep}", count(preview.starts, "card")));
    }
    for (cards, how) in [(preview.suspended, "suspended"), (preview.flagged, "flagged")] {
        if cards > 0 {
            history.push(format!("{} {come} {how}", count(cards, "card")));
        }
    }
    if !history.is_empty() {
        lines.push(history.join("; "));
    }
    if !preview.returning.is_empty() {
        let known = match preview.reviews {
            0 => "they are here, and stay as they are",
            _ => "what was answered there is history here, and due days stay as they are",
        };
        lines.push(format!("{} of your decks came back: {known}", count(preview.returning.len(), "card")));
    }
    if preview.updated > 0 {
        let change = if is_dry { "would be changed" } else { "changed" };
        let they = if preview.updated == 1 { "it was" } else { "they were" };
        lines.push(format!("{} {change} as {they} changed there", count(preview.updated, "entry")));
    }
    if preview.same > 0 {
        let elsewhere: Vec<&str> =
            preview.homes.iter().map(String::as_str).filter(|home| *home != preview.deck).collect();
        lines.push(format!(
            "{} {} there already{}",
            count(preview.same, "entry"),
            if preview.same == 1 { "is" } else { "are" },
            match elsewhere.as_slice() {
                [] => String::new(),
                decks => format!(", in {}, and stay there: --deck is for new cards", decks.join(", ")),
            }
        ));
    }
    if !preview.edited.is_empty() {
        lines.push(format!("changed there and here, so left as they are here: {}", named(&preview.edited)));
    }
    if preview.removed > 0 {
        let stay = if preview.removed == 1 { "stays" } else { "stay" };
        lines.push(format!("{} that you took out of the deck {stay} out", count(preview.removed, "entry")));
    }
    lines.extend(preview.left_out.iter().map(|left| format!("left out: {} ({})", left.what, left.count)));
    lines
}

/// The ids of a few cards.
fn named(cards: &[CardId]) -> String {
    let named: Vec<&str> = cards.iter().take(NAMED).map(CardId::as_str).collect();
    let more = cards.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &more
}

/// The cards of ours that say something else where they were than they do here.
fn differing(catalog: &Catalog, store: &mut Store, preview: &Preview) -> Result<Option<String>, CliError> {
    let words =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let mut changed = Vec::new();
    for (id, there) in &preview.returning {
        let (DraftBody::Recall { ask, answer } | DraftBody::Number { ask, answer }) = there else { continue };
        let Some(card) = catalog.card(store, id)? else { continue };
        if !matches!(card.body, Body::Recall { .. } | Body::Number(_)) {
            continue;
        }
        // What is said after the answer may stand with it there.
        let is_same =
            words(ask) == words(&card.body.prompt()) && words(answer).starts_with(&words(&card.body.answer()));
        if !is_same {
            changed.push(id.clone());
        }
    }
    Ok((!changed.is_empty()).then(|| {
        let named = named(&changed);
        format!("worded otherwise there, and left as they are here: {named}; sysdrill deck edit CARD opens one")
    }))
}

/// A card as it will stand in the file, in a few lines.
fn shown_card(draft: &Draft) -> Vec<String> {
    let mut lines = vec![String::new()];
    let indented = |mark: &str, text: &str| text.lines().map(|line| format!("  {mark} {line}")).collect::<Vec<_>>();
    match &draft.body {
        DraftBody::Recall { ask, answer } | DraftBody::Number { ask, answer } => {
            lines.extend(indented("?", ask));
            lines.extend(indented("=", answer));
        }
        DraftBody::Cloze { text } => lines.extend(indented("_", text)),
        DraftBody::Mistake { scene, mistake, fix } => {
            lines.extend(indented("?", scene));
            lines.extend(indented("!", mistake));
            lines.extend(indented("=", fix));
        }
    }
    if !draft.tags.is_empty() {
        lines.push(format!("  # {}", draft.tags.join(", ")));
    }
    lines
}

/// Copies the pictures of a file into a folder. One that is there is left alone.
fn copy_pictures(input: &Input, incoming: &Incoming, folder: &Path) -> Result<String, ExchangeError> {
    let mut copied = 0;
    for picture in &incoming.pictures {
        let path = folder.join(&picture.name);
        if fs::symlink_metadata(&path).is_ok() {
            continue;
        }
        let bytes = exchange::picture(input, picture)?;
        files::write(&path, Existing::Refused, |out| out.write_all(&bytes))?;
        copied += 1;
    }
    if incoming.pictures.is_empty() {
        return Ok("it has no pictures to copy".to_owned());
    }
    let there = incoming.pictures.len() - copied;
    let there = if there > 0 { format!("; {there} were there already") } else { String::new() };
    Ok(format!("{} copied to {}{there}", count(copied, "picture"), shown::path(folder)))
}

/// Reads an export of sysdrill in.
fn export(context: &Context, args: &Import, input: &mut dyn BufRead) -> Result<(), CliError> {
    let is_of_table = args.columns.is_some() || args.encoding.is_some() || args.header;
    let is_of_cards = args.deck.is_some() || args.media.is_some() || is_of_table;
    if is_of_cards || args.dry_run {
        return Err(CliError::Plain(
            "this is an export of sysdrill: it brings a log and no cards, so it takes no --deck, --media, --columns, \
             --header, --encoding or --dry-run"
                .to_owned(),
        ));
    }
    if input.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        input.consume(BYTE_ORDER_MARK.len());
    }
    let mut store = context.store()?;
    let mut bar = Bar::new("importing");
    let check = |text: &str| {
        let file = Path::new("the settings in the export");
        Settings::parse(file, text).map(drop).map_err(|error| error.to_string())
    };
    let again = line_by_line(input)?;
    let imported = match &again {
        Some(lines) => store.import(&mut lines.as_slice(), &check, &mut |done| bar.at(done, 0))?,
        None => store.import(input, &check, &mut |done| bar.at(done, 0))?,
    };
    drop(bar);
    let mut lines = told(&imported);
    if imported.reviews + imported.others > 0 {
        lines.extend(without_deck(context, &mut store)?);
    }
    if let Some(settings) = imported.settings {
        let file = &context.config_file;
        lines.push(match fs::exists(file).map_err(|source| CliError::File { path: file.clone(), source })? {
            true => format!("the settings in {} stay as they are", shown::path(file)),
            false => {
                files::write(file, Existing::Refused, |out| out.write_all(settings.as_bytes()))
                    .map_err(|source| CliError::File { path: file.clone(), source })?;
                format!("the settings are in {}", shown::path(file))
            }
        });
    }
    Ok(output::done(&lines.join("\n"))?)
}

/// The cards of the log that no deck here has: an export brings no decks.
fn without_deck(context: &Context, store: &mut Store) -> Result<Option<String>, CliError> {
    let catalog = context.catalog(store, Broken::LeftOut)?;
    let mut has_deck: HashSet<String> = store.deck_index().card_names()?.into_iter().collect();
    has_deck.extend(store.deck_index().taken_over()?.into_keys().map(|card| card.to_string()));
    let known = store.states().all()?;
    let mut cards: Vec<CardId> = known.into_keys().filter(|card| !has_deck.contains(card.as_str())).collect();
    cards.sort();
    if cards.is_empty() || !catalog.errors.is_empty() {
        return Ok(None);
    }
    let (is, them) = if cards.len() == 1 { ("is", "it comes") } else { ("are", "they come") };
    Ok(Some(format!(
        "{} of the log {is} in no deck here: {}. An export has no decks: copy yours into {}, and {them} with what was answered",
        count(cards.len(), "card"),
        named(&cards),
        shown::path(&own::folder(context))
    )))
}

/// What an export brought.
fn told(imported: &ReadIn) -> Vec<String> {
    let mut lines = vec![format!(
        "{} and {} came in; {} there already",
        count(imported.reviews, "review"),
        match imported.others {
            1 => "1 retraction or decision".to_owned(),
            others => format!("{others} retractions and decisions"),
        },
        if imported.known == 1 { "1 row was".to_owned() } else { format!("{} rows were", imported.known) }
    )];
    if imported.differing > 0 {
        lines.push(format!(
            "{} of them differ from what is here, so one of the two is damaged: what is here stands; sysdrill doctor tells \
             whether it is sound",
            imported.differing
        ));
    }
    if !imported.has_end {
        lines.push(
            "this export is of an earlier version and has no last line that says how much there should be: should it \
             have been cut short, export it again"
                .to_owned(),
        );
    }
    lines
}

/// Takes the last import back.
pub(super) fn take_back(context: &Context, store: &mut Store) -> Result<String, CliError> {
    let (now_ms, today) = (context.clock.now_ms(), context.clock.today());
    let Some(taken) = intake::take_back(store, &context.deck_folder.0, now_ms, today)? else {
        return Ok("there is no import to take back".to_owned());
    };
    let file = shown::line(&taken.import.file);
    let mut lines = vec![format!(
        "took back the import of {file}: {} and {} count no more",
        count(taken.cards, "entry"),
        count(taken.reviews, "answer")
    )];
    if taken.own > 0 {
        let stay = if taken.own == 1 { "was given here and stays" } else { "were given here and stay" };
        lines.push(format!("{} to its cards {stay} in the log", count(taken.own, "answer")));
    }
    let mut removed: Vec<&Path> = Vec::new();
    for file in &taken.removed {
        // Of a folder that went with all its files, itself is named.
        let gone = file.parent().filter(|folder| !folder.exists()).unwrap_or(file);
        if removed.last() != Some(&gone) {
            removed.push(gone);
        }
    }
    lines.extend(removed.into_iter().map(|path| format!("removed {}", shown::path(path))));
    lines.extend(taken.restored.iter().map(|path| format!("{} is as it was before", shown::path(path))));
    lines.extend(
        taken
            .taken_out
            .iter()
            .map(|(path, cards)| format!("took {} out of {}", count(*cards, "entry"), shown::path(path))),
    );
    if !taken.edited.is_empty() {
        let (named, n) = (named(&taken.edited), taken.edited.len());
        let (they, them) = if n == 1 { ("it stays", "opens it") } else { ("they stay", "opens one of them") };
        lines.push(format!("you changed {named} since, so {they}: sysdrill deck edit CARD {them}"));
    }
    if taken.removed.len() + taken.restored.len() + taken.taken_out.len() + taken.edited.len() == 0 {
        lines.push("no file of a deck has its cards any more".to_owned());
    }
    Ok(lines.join("\n"))
}
