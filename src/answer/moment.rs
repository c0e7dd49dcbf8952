//! Moments in the reader's zone and in other people's.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::team::{Hours, Person, Zone};

/// Seconds of a year, for ages that only a wrong clock gives.
const YEAR_S: i64 = 365 * 86_400;

/// Where and when a question is asked: `--at`, or now, in the reader's zone.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The instant.
    pub now: Timestamp,
    /// The reader's zone: clock times without a place beside them are in it.
    pub zone: TimeZone,
}

/// A part of the day, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DayPart {
    /// 22:00 to 06:00.
    Night,
    /// 06:00 to 11:00.
    Morning,
    /// 11:00 to 14:00.
    Midday,
    /// 14:00 to 18:00.
    Afternoon,
    /// 18:00 to 22:00.
    Evening,
}

/// What time it is for somebody, and what that means for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct There {
    /// `02:12`.
    pub time: String,
    /// `Wed`.
    pub weekday: String,
    /// Place or city: `London`; `UTC` when this program does not know the zone.
    pub place: String,
    /// IANA name.
    pub zone: String,
    /// `+00:00`.
    pub utc_offset: String,
    /// The part of the day.
    pub part: DayPart,
    /// Whether the person is likely asleep, by their own hours or else 22:00 to 07:00.
    pub likely_asleep: bool,
    /// Working hours there, if the team wrote them down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works: Option<String>,
}

impl Moment {
    /// The instant on the reader's clock.
    pub fn here(&self) -> Zoned {
        self.now.to_zoned(self.zone.clone())
    }

    /// The instant on the clock of a zone; UTC where this program does not know the zone.
    pub fn at(&self, zone: &Zone) -> Zoned {
        self.now.to_zoned(zone.time_zone().unwrap_or(TimeZone::UTC))
    }

    /// The instant for a person.
    pub fn there(&self, person: &Person) -> There {
        let local = self.at(&person.zone);
        let known = person.zone.time_zone().is_some();
        There {
            time: local.strftime("%H:%M").to_string(),
            weekday: local.strftime("%a").to_string(),
            place: if known { person.place.clone().unwrap_or_else(|| person.zone.city()) } else { "UTC".to_owned() },
            zone: person.zone.to_string(),
            utc_offset: local.strftime("%:z").to_string(),
            part: DayPart::of(&local),
            likely_asleep: likely_asleep(&local, person.hours),
            works: person.hours.map(|hours| hours.to_string()),
        }
    }
}

impl DayPart {
    /// The part of the day that a local time lies in.
    pub fn of(local: &Zoned) -> Self {
        match local.hour() {
            6..=10 => Self::Morning,
            11..=13 => Self::Midday,
            14..=17 => Self::Afternoon,
            18..=21 => Self::Evening,
            _ => Self::Night,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Morning => "morning",
            Self::Midday => "midday",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }
}

/// Somebody who works at night is not asleep then; otherwise people sleep from 22:00 to 07:00, and night workers for the
/// eight hours that begin two hours after their shift.
fn likely_asleep(local: &Zoned, hours: Option<Hours>) -> bool {
    let time = local.time();
    match hours {
        Some(hours) if hours.contain(time) => false,
        Some(hours) if hours.until < hours.from => {
            let bed = hours.until.wrapping_add(jiff::Span::new().hours(2));
            Hours { from: bed, until: bed.wrapping_add(jiff::Span::new().hours(8)) }.contain(time)
        }
        _ => Hours { from: jiff::civil::time(22, 0, 0, 0), until: jiff::civil::time(7, 0, 0, 0) }.contain(time),
    }
}

/// A clock time in the reader's zone: `03:17`, with the weekday when it is another day than now: `Fri 10:00`.
pub fn clock_time(moment: &Moment, at: Timestamp) -> String {
    let at = at.to_zoned(moment.zone.clone());
    let here = moment.here();
    let form = if at.date() == here.date() {
        "%H:%M"
    } else if (at.date() - here.date()).get_days().abs() < 7 {
        "%a %H:%M"
    } else {
        "%a %-d %b %Y %H:%M"
    };
    at.strftime(form).to_string()
}

/// A day with its weekday: `Sun 22 Nov`, with the year when it is another one.
pub fn day(date: Date, today: Date) -> String {
    let form = if date.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    date.strftime(form).to_string()
}

/// A length of time in one unit, rounded down: `32 min`, `5 h`, `9 days`.
pub fn span(seconds: i64) -> String {
    let of = |count: i64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    match seconds.max(0) {
        s @ 0..60 => format!("{s} s"),
        s @ 60..7200 => format!("{} min", s / 60),
        s @ 7200..172_800 => format!("{} h", s / 3600),
        s if s < 2 * YEAR_S => of(s / 86_400, "day", "days"),
        s => of(s / YEAR_S, "year", "years"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> Zoned {
        text.parse::<jiff::civil::DateTime>().expect("a time").to_zoned(TimeZone::UTC).expect("UTC has no gaps")
    }

    #[test]
    fn every_hour_has_its_word() {
        let words: Vec<_> =
            (0..24).map(|h| DayPart::of(&local(&format!("2026-11-18T{h:02}:00"))).word().chars().next().unwrap_or(' ')).collect();
        assert_eq!(words.iter().collect::<String>(), "nnnnnnmmmmmmmmaaaaeeeenn");
    }

    #[test]
    fn sleep_follows_the_persons_own_hours() {
        let office = Hours::parse("09:00-17:30").ok();
        let nights = Hours::parse("22:00-06:00").ok();
        for (at, hours, asleep) in [
            ("2026-11-18T02:12", office, true),
            ("2026-11-18T06:59", None, true),
            ("2026-11-18T07:00", None, false),
            ("2026-11-18T21:59", office, false),
            ("2026-11-18T02:12", nights, false),
            ("2026-11-18T07:00", nights, false),
            ("2026-11-18T09:00", nights, true),
            ("2026-11-18T15:59", nights, true),
            ("2026-11-18T16:00", nights, false),
        ] {
            assert_eq!(likely_asleep(&local(at), hours), asleep, "{at} {hours:?}");
        }
    }

    #[test]
    fn clock_times_name_the_day_when_it_is_another() {
        let moment = Moment {
            now: "2026-11-18T02:12:00Z".parse().expect("a time"),
            zone: TimeZone::get("Europe/Berlin").expect("bundled"),
        };
        let at = |text: &str| clock_time(&moment, text.parse().expect("a time"));
        assert_eq!(at("2026-11-18T02:17:00Z"), "03:17");
        assert_eq!(at("2026-11-20T09:00:00Z"), "Fri 10:00");
        assert_eq!(at("2026-12-20T09:00:00Z"), "Sun 20 Dec 2026 10:00");
    }

    #[test]
    fn spans_have_one_unit() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (1920, "32 min"),
            (7200, "2 h"),
            (172_800, "2 days"),
            (YEAR_S * 73, "73 years"),
            (-5, "0 s"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }
}
