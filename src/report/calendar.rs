//! A plan as a calendar: RFC 5545, a day an event.

use super::plan::Plan;
use crate::schedule::Day;

/// No line is longer than so many bytes; what is longer goes on in the next one, which begins with a space.
const LINE_BYTES: usize = 75;

/// The days of a plan on which something is asked, and the interview, as all-day events. What a day is called stays the same, so
/// that a later calendar of the same plan takes the place of this one. It was made at this time, in seconds since 1970.
pub fn calendar(plan: &Plan, made_s: i64) -> String {
    let made = chrono::DateTime::from_timestamp(made_s, 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string();
    // A later one has a greater number.
    let sequence = (made_s / 60).clamp(0, i64::from(i32::MAX));
    let event = |uid: &str, day: Day, summary: &str, about: &str| {
        let date = |day: Day| day.format("%Y%m%d").to_string();
        vec![
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{uid}"),
            format!("DTSTAMP:{made}"),
            format!("SEQUENCE:{sequence}"),
            format!("DTSTART;VALUE=DATE:{}", date(day)),
            format!("DTEND;VALUE=DATE:{}", date(day.plus(1))),
            format!("SUMMARY:{}", escaped(summary)),
            format!("DESCRIPTION:{}", escaped(about)),
            // It takes no room among the appointments of the day.
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ]
    };
    let days = plan.days.iter().filter(|day| day.due + day.new > 0).filter_map(|planned| {
        let day: Day = planned.day.parse().ok()?;
        let summary = format!("sysdrill, {:.0} min", planned.minutes);
        let about = format!("{} due, {} new.\nA forecast: sysdrill plan has the newest.", planned.due, planned.new);
        Some(event(&format!("sysdrill-day-{day}"), day, &summary, &about))
    });
    let interview = plan.interview.parse().ok().map(|day| {
        let about = format!("{} cards met, about {} recalled.", plan.expected.met, plan.expected.recalled);
        event("sysdrill-interview", day, "Interview; sysdrill warms you up", &about)
    });
    let head =
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sysdrill//plan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"];
    let lines = head.into_iter().map(str::to_owned).chain(days.chain(interview).flatten());
    lines.chain(["END:VCALENDAR".to_owned()]).map(|line| folded(&line)).collect()
}

/// A text as a value.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line with its end, or several where it is too long for one. No letter is cut in two.
fn folded(line: &str) -> String {
    let mut folded = String::new();
    let mut bytes = 0;
    for letter in line.chars() {
        if bytes + letter.len_utf8() > LINE_BYTES {
            folded.push_str("\r\n ");
            bytes = 1;
        }
        folded.push(letter);
        bytes += letter.len_utf8();
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped_and_long_lines_are_folded() {
        assert_eq!(escaped("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
        for (line, expected) in [
            ("short".to_owned(), "short\r\n".to_owned()),
            ("x".repeat(75), format!("{}\r\n", "x".repeat(75))),
            ("x".repeat(76), format!("{}\r\n x\r\n", "x".repeat(75))),
            ("x".repeat(150), format!("{}\r\n {}\r\n x\r\n", "x".repeat(75), "x".repeat(74))),
            // An umlaut is two bytes.
            (format!("{}\u{e4}", "x".repeat(74)), format!("{}\r\n \u{e4}\r\n", "x".repeat(74))),
        ] {
            assert_eq!(folded(&line), expected);
        }
    }
}
