//! How old a kit is, in words that never keep it from being read.

use jiff::Timestamp;
use serde::Serialize;

use super::moment::span;

/// Seconds after which a kit's age is a warning: numbers change over a working day.
const WARN_S: i64 = 24 * 3600;
/// Seconds after which the first line says how old the kit is.
const FIRST_LINE_S: i64 = 7 * 24 * 3600;
/// Seconds by which a clock may run behind the newest signature before it is reported.
const CLOCK_SLACK_S: i64 = 24 * 3600;

/// The age of a kit at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Age {
    /// Sequence number.
    pub seq: u64,
    /// When it was signed.
    pub created: Timestamp,
    /// Seconds since then, never negative.
    pub seconds: i64,
    /// In one unit: `32 min`.
    pub text: String,
    /// What the age means.
    pub freshness: Freshness,
    /// Whether the machine's clock stands more than a day before the kit was signed.
    pub clock_behind: bool,
}

/// What an age means for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// At most a day.
    Fresh,
    /// More than a day.
    Aging,
    /// More than seven days: the first line says so.
    Old,
    /// Past the day by which its publisher wanted it refreshed.
    Overdue,
}

impl Age {
    /// The age of kit `seq` at `now`. `last_seen` is the latest time this machine has known, so that a clock set back
    /// does not make an old kit young (0 of both is no information).
    pub fn of(seq: u64, created: Timestamp, refresh_by: Timestamp, now: Timestamp, last_seen: Option<Timestamp>) -> Self {
        let latest = last_seen.map_or(now, |seen| seen.max(now)).max(created);
        let seconds = latest.as_second() - created.as_second();
        let freshness = match seconds {
            _ if latest > refresh_by => Freshness::Overdue,
            s if s > FIRST_LINE_S => Freshness::Old,
            s if s > WARN_S => Freshness::Aging,
            _ => Freshness::Fresh,
        };
        Self {
            seq,
            created,
            seconds,
            text: span(seconds),
            freshness,
            clock_behind: created.as_second() - now.as_second() > CLOCK_SLACK_S,
        }
    }

    /// What the first line adds: nothing while the kit is at most seven days old.
    pub fn on_first_line(&self) -> Option<String> {
        (self.seconds > FIRST_LINE_S).then(|| format!("kit {} old", self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(now: &str, seen: Option<&str>) -> Age {
        let time = |text: &str| text.parse().expect("a time");
        Age::of(42, time("2026-11-18T01:40:00Z"), time("2026-12-18T01:40:00Z"), time(now), seen.map(time))
    }

    #[test]
    fn old_data_warns_in_steps() {
        assert_eq!(
            (age("2026-11-18T02:12:00Z", None).text.as_str(), age("2026-11-18T02:12:00Z", None).freshness),
            ("32 min", Freshness::Fresh)
        );
        assert_eq!(age("2026-11-19T02:12:00Z", None).freshness, Freshness::Aging);
        assert_eq!(age("2026-11-27T02:12:00Z", None).on_first_line(), Some("kit 9 days old".to_owned()));
        assert_eq!(age("2027-01-01T00:00:00Z", None).freshness, Freshness::Overdue);
    }

    #[test]
    fn a_wrong_clock_is_reported_and_hides_nothing() {
        let behind = age("1970-01-01T00:00:00Z", None);
        assert!(behind.clock_behind && behind.seconds == 0);
        // A clock set back does not make the kit young again.
        assert_eq!(age("2026-11-18T02:12:00Z", Some("2026-11-28T00:00:00Z")).freshness, Freshness::Old);
        assert!(!age("2026-11-18T01:00:00Z", None).clock_behind);
    }
}
