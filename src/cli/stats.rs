//! `stats`: how it goes.

use super::args::{Looked as LookedArgs, Stats as StatsArgs};
use super::{Broken, CliError, Context, output, predictions};
use crate::catalog::Catalog;
use crate::practice::{self, Looked, Selection};
use crate::report::stats::Stats;
use crate::report::text::{self, Look};
use crate::store::Store;
use crate::terminal::screen::{columns, room};

pub(super) fn run(context: &Context, args: &StatsArgs) -> Result<(), CliError> {
    let stats = known(context, args)?;
    if args.json {
        return Ok(output::json(&stats)?);
    }
    let look = Look { width: columns(), room: room(), plain: context.settings.is_plain() };
    Ok(output::lines(&text::lines(&stats, look))?)
}

fn known(context: &Context, args: &StatsArgs) -> Result<Stats, CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    predictions::fit(&mut store, args.all)?;
    let looked = looked(context, &catalog, &store, &args.looked)?;
    Ok(practice::stats(&catalog, &store, context.daily(), &looked)?)
}

/// Which answers are asked for.
pub(super) fn looked(
    context: &Context,
    catalog: &Catalog,
    store: &Store,
    args: &LookedArgs,
) -> Result<Looked, CliError> {
    let today = context.clock.today();
    if let Some(since) = args.since.filter(|since| *since > today) {
        return Err(CliError::Plain(format!("--since {since} is still to come: today is {today}")));
    }
    let some = !args.deck.is_empty() || !args.tag.is_empty();
    let selection = Selection { decks: args.deck.clone(), tags: args.tag.clone(), ..Selection::default() };
    Ok(Looked { scope: selection.scope(catalog, store, &context.daily())?, some, since: args.since })
}
