//! Times as people type them after `--at`, and lengths of time: `15m`, `1h`, `2d`.

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

use super::failure::Failure;

/// Longest length, in seconds: ten years.
const LENGTH_SECONDS_MAX: u64 = 3650 * 86_400;

/// A length of time, with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Length {
    /// In seconds.
    pub(super) seconds: u64,
    /// As it was typed.
    pub(super) text: String,
}

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

/// Reads a whole number and a unit: m (minutes), h (hours) or d (days).
///
/// # Errors
/// What would be right, for whoever typed it.
pub(super) fn parse_length(text: &str) -> Result<Length, String> {
    let wrong = || "a number and m, h or d, for example 15m, 1h or 2d".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=LENGTH_SECONDS_MAX).contains(seconds));
    let seconds = seconds.ok_or_else(|| "from 1m to 3650d".to_owned())?;
    Ok(Length { seconds, text: text.to_owned() })
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

    #[test]
    fn lengths_have_one_unit() {
        let seconds = |text: &str| parse_length(text).map(|length| length.seconds).ok();
        assert_eq!((seconds("15m"), seconds("1h"), seconds(" 2d ")), (Some(900), Some(3600), Some(172_800)));
        for wrong in ["", "m", "15", "0m", "-1h", "+1h", "1.5h", "1 h", "h1", "1h30m", "99999999999999999999d", "4000d", "1é"] {
            assert_eq!(seconds(wrong), None, "{wrong:?}");
        }
    }
}
