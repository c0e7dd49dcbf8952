//! Times as people type them after `--at`.

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

use super::failure::Failure;

/// Reads a time: RFC 3339 (`2026-11-18T02:12:00Z`), a local date and time (`2026-11-18 03:12`), a weekday and time
/// (`Sun 03:00`, the next one from now) or a time alone (`03:00`, the next one from now); local ones in `zone`.
///
/// # Errors
/// Usage, with the forms that are understood.
pub(super) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| local(text, zone)).or_else(|| upcoming(text, now, zone)).ok_or_else(|| {
        Failure::usage(format!("{text:?} is not a time that kit understands."))
            .hint("Write it as \"Sun 03:00\", \"03:00\", \"2026-11-18 03:12\" or 2026-11-18T02:12:00Z.")
    })
}

fn local(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let time = civil::DateTime::strptime("%Y-%m-%d %H:%M", text)
        .or_else(|_| text.parse::<civil::DateTime>())
        .or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    zone.to_timestamp(time).ok()
}

fn upcoming(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let (weekday, clock) = match text.split_once(' ') {
        Some((day, clock)) => (Some(weekday(day)?), clock),
        None => (None, text),
    };
    let clock = civil::Time::strptime("%H:%M", clock).ok()?;
    let today = now.to_zoned(zone.clone()).date();
    // The week ahead, today included, and the same weekday again when its time has passed.
    (0..=7).find_map(|days| {
        let date = today.checked_add(days.days()).ok()?;
        let at = zone.to_timestamp(date.to_datetime(clock)).ok()?;
        (weekday.is_none_or(|day| day == date.weekday()) && at >= now).then_some(at)
    })
}

fn weekday(text: &str) -> Option<civil::Weekday> {
    use civil::Weekday as W;
    let named = [
        (W::Monday, "monday"),
        (W::Tuesday, "tuesday"),
        (W::Wednesday, "wednesday"),
        (W::Thursday, "thursday"),
        (W::Friday, "friday"),
        (W::Saturday, "saturday"),
        (W::Sunday, "sunday"),
    ];
    let text = text.to_ascii_lowercase();
    named.into_iter().find(|(_, name)| text.len() >= 3 && name.starts_with(&text)).map(|(day, _)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let now = "2026-11-18T02:12:00Z".parse().expect("a time");
        for (text, at) in [
            ("2026-11-18T02:12:00Z", "2026-11-18T02:12:00Z"),
            ("2026-11-18 03:12", "2026-11-18T02:12:00Z"),
            ("Sun 03:00", "2026-11-22T02:00:00Z"),
            ("wednesday 03:12", "2026-11-18T02:12:00Z"),
            ("Wed 03:11", "2026-11-25T02:11:00Z"),
            ("03:00", "2026-11-19T02:00:00Z"),
            ("04:00", "2026-11-18T03:00:00Z"),
            ("2026-11-20", "2026-11-19T23:00:00Z"),
        ] {
            assert_eq!(parse(text, now, &zone).expect(text).to_string(), at, "{text}");
        }
        for bad in ["", "soon", "Su 03:00", "25:00", "Sun", "2026-13-01"] {
            assert!(parse(bad, now, &zone).is_err(), "{bad}");
        }
    }
}
