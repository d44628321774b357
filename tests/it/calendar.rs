//! A plan as a calendar.

use crate::harness::World;
use std::fs;

const NOW: &str = "2026-11-21T09:00:00Z";

/// The values of a property, in the order of the events; what was folded is put together.
fn values(calendar: &str, property: &str) -> Vec<String> {
    let unfolded = calendar.replace("\r\n ", "");
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        (name.split(';').next() == Some(property)).then(|| value.to_owned())
    };
    unfolded.lines().filter_map(value).collect()
}

#[test]
fn each_day_of_the_plan_and_the_interview_are_events_that_a_later_calendar_replaces() {
    let world = World::new();
    world.ok(&["plan", "--interview", "2026-12-05", "--days-off", "sun", "--now", NOW]);
    let said = world.ok(&["plan", "--ics", "plan.ics", "--now", NOW]);
    let calendar = fs::read_to_string(world.path("plan.ics")).unwrap();
    assert!(said.contains("13 days written to plan.ics"), "{said}");
    assert_eq!(calendar.matches('\n').count(), calendar.matches("\r\n").count());
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    assert!(calendar.lines().all(|line| line.len() <= 75), "{calendar}");
    let starts = values(&calendar, "DTSTART");
    assert_eq!((starts.first().unwrap().as_str(), starts.last().unwrap().as_str()), ("20261121", "20261205"));
    assert!(!starts.contains(&"20261122".to_owned()), "nothing is asked on a Sunday: {starts:?}");
    assert_eq!(values(&calendar, "DTEND").last().unwrap(), "20261206");
    assert!(values(&calendar, "DTSTAMP").iter().all(|stamp| stamp == "20261121T090000Z"));
    let uids = values(&calendar, "UID");
    assert_eq!(
        (uids.len(), uids[0].as_str(), uids[12].as_str()),
        (13, "sysdrill-day-2026-11-21", "sysdrill-interview")
    );
    assert!(values(&calendar, "DESCRIPTION")[0].starts_with("0 due\\, "), "{calendar}");
    // A day later the same days are called the same, and come later.
    let later = world.ok(&["plan", "--ics", "-", "--now", "2026-11-23T09:00:00Z"]);
    assert!(values(&later, "UID").iter().all(|uid| uids.contains(uid)));
    let number = |calendar: &str| values(calendar, "SEQUENCE")[0].parse::<i64>().unwrap();
    assert!(number(&later) > number(&calendar));
}

#[test]
fn without_a_plan_there_is_no_calendar() {
    let world = World::new();
    assert!(world.fails(1, &["plan", "--ics", "plan.ics", "--now", NOW]).contains("--interview 2026-12-15"));
    world.ok(&["plan", "--interview", "2026-12-05", "--now", NOW]);
    assert!(world.fails(1, &["plan", "--ics", "plan.ics", "--now", "2026-12-05T09:00:00Z"]).contains("no day is left"));
    assert!(world.fails(1, &["plan", "--ics", "config", "--now", NOW]).contains("config"));
    assert!(!world.path("plan.ics").exists());
}
