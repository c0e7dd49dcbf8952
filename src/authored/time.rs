//! Dates, moments and zones, as they are written.

use std::cell::Cell;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, Offset},
};
use toml::value::{Datetime, Offset as TomlOffset};

use super::{context::Spot, item::Item, nearest::nearest, node::Value, problem::quoted, rule::Rule};
use crate::team::{Checked, Id, Person, Thing, Zone};

/// The zone that local times of an item are in.
pub(super) struct LocalZone {
    zone: Option<Zone>,
    /// Whether there is no use in reporting that it is missing: it was written and is none, or was reported already.
    excused: Cell<bool>,
}

impl LocalZone {
    /// The zone, if one was written and is one.
    pub(super) fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// Whether there is no use in reporting that there is none.
    pub(super) fn is_excused(&self) -> bool {
        self.excused.get()
    }
}

impl Item<'_> {
    /// A date.
    pub(super) fn date(&self, key: &str) -> Option<Date> {
        let node = self.value(key)?;
        let date = match &node.value {
            Value::Moment(at) if at.time.is_none() => at.date.and_then(civil_date),
            _ => None,
        };
        if date.is_none() {
            self.wrong(key, node, "a date", format!("Like this, without quotation marks:  {key} = 2026-11-12"));
        }
        date
    }

    /// The item's zone for local times.
    pub(super) fn local_zone(&self) -> LocalZone {
        let zone = self.zone("zone");
        let excused = Cell::new(zone.is_none() && self.has("zone"));
        LocalZone { zone, excused }
    }

    /// A moment: with its offset, or local in the item's zone.
    pub(super) fn moment(&self, key: &str, zone: &LocalZone) -> Option<Timestamp> {
        let node = self.value(key)?;
        let example = format!("Like this, without quotation marks:  {key} = 2026-11-15T06:00:00+01:00");
        let Value::Moment(Datetime { date: Some(date), time: Some(time), offset }) = &node.value else {
            self.wrong(key, node, "a date with a time", example);
            return None;
        };
        let spot = Spot { file: self.file, at: node.span.start };
        let clock = civil_date(*date).map(|date| {
            // Leap seconds are no moments of their own here.
            date.at(
                time.hour.min(23).cast_signed(),
                time.minute.min(59).cast_signed(),
                time.second.unwrap_or(0).min(59).cast_signed(),
                0,
            )
        });
        let Some(clock) = clock else {
            self.wrong(key, node, "a date with a time", example);
            return None;
        };
        match offset {
            Some(TomlOffset::Z) => Offset::UTC.to_timestamp(clock).ok(),
            Some(TomlOffset::Custom { minutes }) => {
                Offset::from_seconds(i32::from(*minutes) * 60).ok().and_then(|offset| offset.to_timestamp(clock).ok())
            }
            None => self.local_moment(clock, zone, spot),
        }
    }

    fn local_moment(&self, clock: DateTime, zone: &LocalZone, spot: Spot) -> Option<Timestamp> {
        let Some((name, rules)) = zone.zone.as_ref().and_then(|zone| Some((zone, zone.time_zone()?))) else {
            self.fail_silently();
            if !zone.excused.replace(true) {
                let hint = "Add  zone = \"Europe/Berlin\"  beside it, or an offset: 2026-11-15T06:00:00+01:00".to_owned();
                self.fail(Rule::LocalTime, spot, "this time says neither its zone nor its offset".to_owned(), Some(hint));
            }
            return None;
        };
        let moment = rules.to_ambiguous_timestamp(clock);
        let often = match moment.offset() {
            AmbiguousOffset::Unambiguous { .. } => return moment.unambiguous().ok(),
            AmbiguousOffset::Gap { .. } => "never",
            AmbiguousOffset::Fold { .. } => "twice",
        };
        let message = format!("this time happens {often} in {name}: the clocks change");
        self.fail(Rule::LocalTime, spot, message, Some("Add its offset: 2026-10-25T02:30:00+01:00".to_owned()));
        None
    }

    /// A time zone.
    pub(super) fn zone(&self, key: &str) -> Option<Zone> {
        let (text, spot) = self.raw_text(key)?;
        let zone = Zone::parse(text).ok();
        if zone.is_none() {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let city =
                |name: &&str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&text.replace(' ', "_")));
            let known = || names.iter().map(String::as_str);
            let hint = match known().find(city).or_else(|| nearest(text, known())) {
                Some(meant) => format!("Did you mean {}?", quoted(meant)),
                None => "Zones are named after a city, as \"Europe/London\" or \"America/New_York\".".to_owned(),
            };
            self.fail(Rule::Zone, spot, format!("no time zone is called {}", quoted(text)), Some(hint));
        }
        zone
    }
    /// When and by whom something was checked.
    pub(super) fn checked(&self, key: &str, by_key: &str) -> Option<Checked> {
        let by: Option<Id<Person>> = self.reference(by_key, Thing::Person);
        let on = self.date(key);
        if self.has(by_key) {
            self.must(key, "2026-11-12");
        }
        let on = on?;
        // A day of grace: it may be tomorrow already where the checker is.
        if on > self.cx.today.tomorrow().unwrap_or(self.cx.today) {
            let message = format!("this check lies in the future ({on})");
            self.cx.report(
                Rule::FutureCheck,
                self.spot_at(key),
                None,
                message,
                Some("Write the day on which it was done.".to_owned()),
            );
        }
        Some(Checked { on, by })
    }
}

fn civil_date(date: toml::value::Date) -> Option<Date> {
    Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
}
