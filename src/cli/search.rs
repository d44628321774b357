//! `search`: cards by the words in them.

use super::args::{Review, ReviewOptions, Search, Select, What};
use super::bar::Bar;
use super::{Broken, CliError, Context, output, show, sit};
use crate::catalog::Catalog;
use crate::log::{Mark, MarkKind};
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::Hit;
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
    let hits = store.deck_index().with_words(&args.words, &scope, args.limit)?;
    if args.json {
        let found =
            |hit: &Hit| Found { card: hit.id.to_string(), kind: hit.kind.clone(), question: hit.prompt.clone() };
        return Ok(output::json(&Report { cards: hits.iter().map(found).collect() })?);
    }
    if hits.is_empty() {
        let words = args.words.join(" ");
        return Ok(output::text(&format!("no card has the words '{words}': try fewer, or shorter ones"))?);
    }
    if Term::stdout().is_term() && console::user_attended() {
        return choose(context, store, &catalog, &hits, &args.words);
    }
    let width = columns();
    let beside = Options::new(width).initial_indent("  ").subsequent_indent("  ");
    let lines = hits.iter().map(|hit| format!("{}\n{}", hit.id, textwrap::fill(first_line(hit), &beside)));
    Ok(output::marked(&lines.collect::<Vec<_>>().join("\n"), &args.words)?)
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
    loop {
        let list = FuzzySelect::new()
            .with_prompt("Type to narrow, Enter to choose, Esc to leave")
            .items(&items)
            .default(at)
            .max_length(LIST_ROWS);
        let Some(chosen) = list.interact_opt().map_err(output::of_prompt)? else { return Ok(()) };
        at = chosen;
        let id = &hits[chosen].id;
        let actions = Menu::new().with_prompt(id.as_str()).items(ACTIONS.map(|(_, words)| words)).default(0);
        let action = actions.interact_opt().map_err(output::of_prompt)?.map_or(Action::Back, |at| ACTIONS[at].0);
        match action {
            Action::Open => output::marked(&show::written(catalog, &mut store, id)?, words)?,
            Action::Ask => {
                drop(store);
                return sit::review(context, &asking(id));
            }
            Action::Flag => decide(&context, &mut store, id, MarkKind::Flag, "flagged")?,
            Action::Suspend => decide(&context, &mut store, id, MarkKind::Suspend, "suspended")?,
            Action::Back => {}
        }
    }
}

/// A review of one card.
fn asking(id: &CardId) -> Review {
    let select = Select { card: vec![id.to_string()], ..Select::default() };
    Review { options: ReviewOptions { select, ..ReviewOptions::default() }, ..Review::default() }
}

fn decide(context: &Context, store: &mut Store, id: &CardId, kind: MarkKind, word: &str) -> Result<(), CliError> {
    store.mark(&Mark::of_card(id.clone(), kind, context.clock.now_ms(), context.clock.today()))?;
    Ok(output::text(&format!("{word} {id}"))?)
}
