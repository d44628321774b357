//! The group's board: what a learner gives, and what all read.

use super::link::{self, Failed};
use super::lock;
use crate::cli::{Broken, CliError, Context, output};
use crate::practice::{self, Looked, Selection};
use crate::shown::count;
use crate::store::Store;
use crate::sync;
use crate::sync::server::board::{Group, Own};
use crate::sync::server::connection::Connection;
use crate::sync::server::schema;

/// The days that count.
const DAYS: i64 = 14;

/// Shows the board, and takes part in it or no more.
pub(super) fn run(context: &Context, join: bool, leave: bool) -> Result<(), CliError> {
    let _lock = lock::held(context)?;
    let mut store = context.store()?;
    let (address, mut server) = link::remembered(&store, schema::BOARD)?;
    let failed = |error| link::failed(&address, &error);
    if join || leave {
        let Some(mut state) = sync::remembered(&store)? else { return Ok(()) };
        if leave {
            server.leave_board().map_err(failed)?;
        } else {
            give(context, &mut store, &mut server).map_err(|error| error.at(&address))?;
        }
        if let Some(ours) = &mut state.server {
            ours.board = join;
        }
        sync::remember(&mut store, &state)?;
        output::done(if join {
            "you take part: your figures go there with each sync; sysdrill sync board --leave ends that"
        } else {
            "you take part no more, and your figures are deleted there"
        })?;
    }
    Ok(output::text(&told(&server.board().map_err(failed)?))?)
}

/// Gives the learner's figures.
pub(super) fn give(context: &Context, store: &mut Store, server: &mut Connection) -> Result<(), Failed> {
    let own = own(context, store)?;
    Ok(server.join_board(&own)?)
}

fn own(context: &Context, store: &mut Store) -> Result<Own, CliError> {
    let catalog = context.catalog(store, Broken::LeftOut)?;
    let scope = Selection::default().scope(&catalog, store, &context.daily())?;
    let stats = practice::stats(&catalog, store, context.daily(), &Looked { scope, some: false, since: None })?;
    let first = stats.day.before(DAYS - 1);
    let days_kept =
        stats.days.iter().filter(|done| (first..=stats.day).contains(&done.day) && done.answers > 0).count();
    let mut topics: Vec<String> =
        store.deck_index().decks()?.into_iter().filter(|deck| !deck.user).filter_map(|deck| deck.name).collect();
    // What learners call their own decks is nobody else's business.
    let ours = sync::remembered(store)?.and_then(|state| state.server);
    topics.extend(ours.into_iter().flat_map(|ours| ours.decks.into_keys()));
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let recent = stats.decks.iter().filter(|deck| topics.contains(&deck.deck)).map(|deck| {
        let recent = &deck.standing.recent;
        (deck.deck.clone(), number(recent.answers), number(recent.recalled))
    });
    Ok(Own {
        days_kept: number(days_kept),
        cards_known: number(stats.phases.young + stats.phases.mature),
        topics: recent.filter(|(_, answers, _)| *answers > 0).collect(),
    })
}

fn told(group: &Group) -> String {
    let Some((people, days, cards)) = group.people else {
        return "the board has figures when five people take part: sysdrill sync board --join takes part".to_owned();
    };
    let mut lines = vec![format!(
        "{people} people take part. On average they learned on {} of the last {DAYS}, and know {} or so.",
        count(usize::try_from(days).unwrap_or(0), "day"),
        count(usize::try_from(cards).unwrap_or(0), "card"),
    )];
    if !group.topics.is_empty() {
        lines.push("Right in the last 30 days, the weakest deck first:".to_owned());
    }
    lines.extend(group.topics.iter().map(|(topic, people, right)| format!("  {right:>3}%  {topic} ({people} people)")));
    lines.join("\n")
}
