//! `search`: cards by the words in them.

use super::args::{Review, ReviewOptions, Search, Select, What};
use super::bar::Bar;
use super::{Broken, CliError, Context, list, output, show, sit, undo};
use crate::catalog::Catalog;
use crate::deck::nearest;
use crate::log::MarkKind;
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::{Hit, Hits};
use crate::terminal::screen::columns;
use console::Term;
use dialoguer::{FuzzySelect, Select as Menu};
use serde::Serialize;
use textwrap::Options;

/// Rows of the list that are shown at a time.
const LIST_ROWS: usize = 12;

#[derive(Serialize)]
struct Report {
    cards: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    card: String,
    kind: String,
    question: String,
}

/// What can be done with a card that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Open,
    Ask,
    Flag,
    Suspend,
    Back,
}

const ACTIONS: [(Action, &str); 5] = [
    (Action::Open, "open it"),
    (Action::Ask, "ask me now"),
    (Action::Flag, "flag it"),
    (Action::Suspend, "suspend it"),
    (Action::Back, "back to the list"),
];

pub(super) fn run(context: Context, args: &Search) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let scope = args.select.selection(&What::default()).scope(&catalog, &store, &context.daily())?;
    let mut bar = Bar::new("reading the cards");
    catalog.take_in_words(&mut store, &mut |done, all| bar.at(done as u64, all as u64))?;
    drop(bar);
    let Hits { cards: mut hits, has_all } = store.deck_index().with_words(&args.words, &scope, args.limit)?;
    for hit in &mut hits {
        hit.prompt = list::asked(&catalog, &mut store, &hit.id, &hit.kind, &hit.prompt)?;
    }
    if args.json {
        let found =
            |hit: &Hit| Found { card: hit.id.to_string(), kind: hit.kind.clone(), question: hit.prompt.clone() };
        return Ok(output::json(&Report { cards: hits.iter().map(found).collect() })?);
    }
    if !has_all {
        output::text(&none_has_all(&store, &args.words, hits.is_empty())?)?;
    }
    if hits.is_empty() {
        return Ok(());
    }
    if Term::stdout().is_term() && console::user_attended() {
        return choose(context, store, &catalog, &hits, &args.words);
    }
    let width = columns();
    let beside = Options::new(width).initial_indent("  ").subsequent_indent("  ");
    let lines = hits.iter().map(|hit| format!("{}\n{}", hit.id, textwrap::fill(first_line(hit), &beside)));
    Ok(output::marked(&lines.collect::<Vec<_>>().join("\n"), &args.words)?)
}

/// No card has all of the words: those that stand in cards and are near to them are named.
fn none_has_all(store: &Store, words: &[String], has_none: bool) -> Result<String, CliError> {
    let known = store.deck_index().words_of_prompts()?;
    let known = || known.iter().map(String::as_str);
    let mut is_changed = false;
    let meant = |word: &String| {
        let word = word.to_lowercase();
        let is_known = known().any(|known| known.starts_with(&word));
        let near = if is_known { None } else { nearest(&word, known()).into_iter().next() };
        is_changed |= near.is_some();
        near.unwrap_or(word)
    };
    let meant: Vec<String> = words.iter().map(meant).collect();
    let said = words.join(" ");
    let hint = match (is_changed, has_none) {
        (true, _) => format!("did you mean {}?", meant.join(" ")),
        (false, true) => "try fewer, or shorter ones".to_owned(),
        (false, false) => "these have some of them".to_owned(),
    };
    let which = if words.len() == 1 { "the word" } else { "all of the words" };
    Ok(format!("no card has {which} '{said}': {hint}"))
}

fn first_line(hit: &Hit) -> &str {
    hit.prompt.lines().next().unwrap_or_default()
}

/// A list to narrow down by typing, from which a card can be opened, asked, flagged or suspended.
fn choose(
    context: Context,
    mut store: Store,
    catalog: &Catalog,
    hits: &[Hit],
    words: &[String],
) -> Result<(), CliError> {
    let width = usize::from(Term::stdout().size().1).saturating_sub(4);
    let item = |hit: &Hit| output::cut(&format!("{}  {}", hit.id, first_line(hit)), width);
    let items: Vec<String> = hits.iter().map(item).collect();
    let mut at = 0;
    output::text("Type to narrow, Enter to choose, Esc to leave")?;
    loop {
        // What is typed must fit beside it in one row.
        let list = FuzzySelect::new().with_prompt(">").items(&items).default(at).max_length(LIST_ROWS);
        let Some(chosen) = list.interact_opt().map_err(output::of_prompt)? else { return Ok(()) };
        at = chosen;
        let id = &hits[chosen].id;
        let actions = Menu::new().with_prompt(id.as_str()).items(ACTIONS.map(|(_, words)| words)).default(0);
        let action = actions.interact_opt().map_err(output::of_prompt)?.map_or(Action::Back, |at| ACTIONS[at].0);
        match action {
            Action::Open => {
                output::marked(&show::written(catalog, &mut store, id)?, words)?;
                // The list would push the question off a small screen.
                output::text("\nany key: back to the list")?;
                Term::stdout().read_key()?;
            }
            Action::Ask => {
                drop(store);
                return sit::review(context, &asking(id));
            }
            Action::Flag => undo::decide(&context, &mut store, id, &MarkKind::Flag)?,
            Action::Suspend => undo::decide(&context, &mut store, id, &MarkKind::Suspend)?,
            Action::Back => {}
        }
    }
}

/// A review of one card.
fn asking(id: &CardId) -> Review {
    let select = Select { card: vec![id.to_string()], ..Select::default() };
    Review { options: ReviewOptions { select, ..ReviewOptions::default() }, ..Review::default() }
}
