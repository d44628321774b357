//! What the Spaced Repetition plugin for Obsidian keeps of a card: a comment below it, `<!--SR:!2026-12-20,21,250-->`, with a
//! part for each of its sides or gaps. It says how they stand and not what was answered.

use super::IncomingProgress;
use super::anki::easiness_by_fsrs;
use super::zone::Zone;
use crate::schedule::{Day, Easiness, Scheduled};
use chrono::{DateTime, Utc};

/// The due day that the plugin writes for a side that was not asked while its sibling was.
const NEVER_ASKED: &str = "2000-01-01";

/// How the sides or gaps of a card stand, by what is written with it; a side of which nothing is written is none. What cannot be
/// read is given back as it stands.
pub fn schedules(written: &str, zone: Zone) -> Result<Vec<Option<IncomingProgress>>, String> {
    let Some((_, rest)) = written.split_once("<!--SR:") else { return Ok(Vec::new()) };
    let Some((comment, _)) = rest.split_once("-->") else { return Err(rest.lines().next().unwrap_or("").to_owned()) };
    let parts = comment.trim().trim_start_matches('!').split('!');
    parts.map(|part| schedule(part.trim(), zone).ok_or_else(|| part.to_owned())).collect()
}

/// One side; none within for one that was never asked.
fn schedule(part: &str, zone: Zone) -> Option<Option<IncomingProgress>> {
    let fields: Vec<&str> = part.split(',').map(str::trim).collect();
    match fields.as_slice() {
        ["fsrs", due, interval, stability, difficulty, _state, repetitions, lapses, _steps, last] => {
            let at = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc));
            if *last == "-" {
                return Some(None);
            }
            let last = at(last)?;
            let scheduled = Scheduled {
                easiness: easiness_by_fsrs(difficulty.parse().ok()?, stability.parse().ok()?, 0.9),
                interval_days: whole_days(interval)?,
                repetitions: repetitions.parse().ok()?,
                lapses: lapses.parse().ok()?,
                due: Day::of(zone.local(at(due)?), 0),
            };
            Some(Some(IncomingProgress {
                at_ms: last.timestamp_millis(),
                ..starts(Day::of(zone.local(last), 0), scheduled)
            }))
        }
        [due, _, _] if *due == NEVER_ASKED => Some(None),
        [due, interval, ease] => {
            let due: Day = due.parse().ok()?;
            let interval_days = whole_days(interval)?;
            let hundredths: f64 = ease.parse().ok().filter(|ease: &f64| ease.is_finite())?;
            let easiness = Easiness::from_hundredths((hundredths.round() as i64).clamp(130, 1000))?;
            // How often it was asked is not kept: a longer interval than the first comes of two recalls or more.
            let repetitions = if interval_days > 1 { 2 } else { 1 };
            let scheduled = Scheduled { easiness, interval_days, repetitions, lapses: 0, due };
            let day = due.before(interval_days.into());
            let noon =
                chrono::NaiveDate::from_epoch_days(i32::try_from(day.epoch_days()).ok()?)?.and_hms_opt(12, 0, 0)?;
            Some(Some(IncomingProgress { at_ms: zone.ms_of(noon), ..starts(day, scheduled) }))
        }
        _ => None,
    }
}

fn starts(day: Day, scheduled: Scheduled) -> IncomingProgress {
    IncomingProgress { start: Some((day, scheduled)), ..IncomingProgress::default() }
}

/// An interval, which the plugin may write with a fraction.
fn whole_days(text: &str) -> Option<u32> {
    let days: f64 = text.parse().ok()?;
    (0.0..=36_500.0).contains(&days).then(|| days.round().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn each_side_stands_as_its_part_says() {
        let zone = Zone::Fixed(FixedOffset::east_opt(3600).unwrap());
        let cases: [(&str, &[&str]); 9] = [
            ("a::b", &[]),
            ("a::b\n<!--SR:!2026-12-20,21,250-->", &["2026-11-29: due 2026-12-20, 21, 2.5"]),
            (
                "a:::b <!--SR:!2026-12-02,3,230!2026-12-05,6,250-->",
                &["2026-11-29: due 2026-12-02, 3, 2.3", "2026-11-29: due 2026-12-05, 6, 2.5"],
            ),
            ("a:::b\n<!--SR:!2026-12-02,3.4,130!2000-01-01,1,250-->", &["2026-11-29: due 2026-12-02, 3, 1.3", "new"]),
            ("a::b\n> [!sr|card-metadata] \n>  <!--SR:!2026-12-20,21,250-->", &["2026-11-29: due 2026-12-20, 21, 2.5"]),
            ("a::b\n<!--SR:2026-12-20,21,250-->", &["2026-11-29: due 2026-12-20, 21, 2.5"]),
            ("a::b\n<!--SR:!2026-12-20,1,90-->", &["2026-12-19: due 2026-12-20, 1, 1.3"]),
            (
                "a::b\n<!--SR:!fsrs,2026-12-20T00:00:00.000Z,21,20.53,5.3,2,4,1,0,2026-11-29T23:30:00.000Z-->",
                &["2026-11-30: due 2026-12-20, 21, 2.86"],
            ),
            ("a::b\n<!--SR:!fsrs,2026-12-20T00:00:00.000Z,0,0,0,0,0,0,0,- -->", &["new"]),
        ];
        for (written, expected) in cases {
            let shown = |progress: &Option<IncomingProgress>| {
                progress.as_ref().and_then(|progress| progress.start).map_or("new".to_owned(), |(day, s)| {
                    format!("{day}: due {}, {}, {}", s.due, s.interval_days, f64::from(s.easiness))
                })
            };
            let found = schedules(written, zone).unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected, "{written}");
        }
        for written in [
            "<!--SR:!soon,1,250-->",
            "<!--SR:!2026-12-20,1-->",
            "<!--SR:!2026-12-20,1e9,250-->",
            "<!--SR:!2026-12-20,1,NaN-->",
            "<!--SR:!x",
        ] {
            assert!(schedules(written, zone).is_err(), "{written}");
        }
    }
}
