//! Rotas: who is on duty when, in turns that follow the clock of a place.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::{Hours, Id, Person, Zone};

/// Days in which a shift with gaps has one.
const WEEK_DAYS: u16 = 7;
/// Stretches before the last one that may go on: as many as could be on duty at once.
const LINES_MAX: usize = 64;

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rota {
    /// Full name.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Up to when it is planned; after it nobody knows who is on duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whoever is on the first shift that runs is called first, then the second.
    pub shifts: Vec<Shift>,
    /// Swaps: somebody else for a while.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// One line of a rota: people in the order of their turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// What it is called: `Europe by day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose clock it follows.
    pub zone: Zone,
    /// Who takes turns, in order; after the last the first again.
    pub people: Vec<Id<Person>>,
    /// The day on which the first one's first turn begins, in `zone`.
    pub first: Date,
    /// Days of a turn, at least 1: 7 for a week.
    pub turn_days: u16,
    /// When one turn ends and the next begins, in `zone`; with `hours`, a turn ends with the hours of its last day instead.
    pub handover: Time,
    /// The hours of a day that it covers, from hand-over to hand-over if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// The weekdays that it covers, 1 for Monday to 7 for Sunday: the days on which its hours begin. All if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
}

/// Somebody else for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who takes over.
    pub person: Id<Person>,
    /// From whom; from whoever would be called first if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Id<Person>>,
    /// Why, in words that may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Somebody on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn<'a> {
    /// Who.
    pub person: &'a Id<Person>,
    /// Whose turn it would have been, when they swapped.
    pub instead_of: Option<&'a Id<Person>>,
    /// When it ends.
    pub until: Timestamp,
}

/// A stretch of time in which somebody stands at one place of a rota: a turn, or as much of it as nobody else takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell<'a> {
    /// Who.
    pub person: &'a Id<Person>,
    /// Whose turn it would have been, when they swapped.
    pub instead_of: Option<&'a Id<Person>>,
    /// How many are called before them.
    pub before: usize,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Why nobody knows who is on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unplanned {
    /// The rota was planned up to this time only.
    Ended(Timestamp),
    /// This program does not know the zone that a shift follows.
    Zone(Zone),
}

impl Rota {
    /// Who is on duty at a moment, in the order to call them, each once; empty between two shifts.
    ///
    /// # Errors
    /// [`Unplanned`] when the rota does not say.
    pub fn on(&self, now: Timestamp) -> Result<Vec<Turn<'_>>, Unplanned> {
        Ok(self.lines(now)?.into_iter().map(|(_, turn)| turn).collect())
    }

    /// The same, each with the number of the shift whose turn it is; none for a swap that adds somebody.
    fn lines(&self, now: Timestamp) -> Result<Vec<(Option<usize>, Turn<'_>)>, Unplanned> {
        if let Some(until) = self.until.filter(|until| *until <= now) {
            return Err(Unplanned::Ended(until));
        }
        let mut turns = Vec::new();
        for (index, shift) in self.shifts.iter().enumerate() {
            turns.extend(shift.on(now)?.map(|turn| (Some(index), turn)));
        }
        for swap in self.overrides.iter().filter(|swap| swap.from <= now && now < swap.until) {
            let whose = match &swap.instead_of {
                Some(person) => turns.iter_mut().find(|(_, turn)| turn.person == person),
                None => turns.first_mut(),
            };
            match whose {
                Some((_, turn)) => {
                    let until = turn.until.min(swap.until);
                    *turn = Turn { person: &swap.person, instead_of: Some(turn.person), until };
                }
                None if swap.instead_of.is_none() => {
                    turns.push((None, Turn { person: &swap.person, instead_of: None, until: swap.until }));
                }
                None => {}
            }
        }
        // A turn ends early when somebody else takes over within it.
        for (_, turn) in &mut turns {
            let taken = self.overrides.iter().filter(|swap| {
                now < swap.from && swap.from < turn.until && swap.instead_of.as_ref().is_none_or(|person| person == turn.person)
            });
            turn.until = taken.map(|swap| swap.from).chain([turn.until]).chain(self.until).min().unwrap_or(turn.until);
        }
        let mut seen = BTreeSet::new();
        turns.retain(|(_, turn)| seen.insert(turn.person));
        Ok(turns)
    }

    /// Who is on duty when, from `from` to `to`: whole turns, also those that begin before or end after; sorted by their
    /// beginning, then by who is called first. Up to where the rota is planned.
    ///
    /// # Errors
    /// [`Unplanned::Zone`] when a shift follows a zone that this program does not know.
    pub fn spells(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Spell<'_>>, Unplanned> {
        let turn_days = self.shifts.iter().map(|shift| shift.turn_days).max().unwrap_or(1);
        let beyond = SignedDuration::from_hours(24 * (i64::from(turn_days) + 2));
        let first = from.saturating_sub(beyond).unwrap_or(from);
        let last = to.saturating_add(beyond).unwrap_or(to);
        let mut edges = vec![first];
        edges.extend(self.changes(first, last));
        let mut spells: Vec<Spell<'_>> = Vec::new();
        for (&start, &end) in edges.iter().zip(edges.iter().skip(1)) {
            let lines = match self.lines(start) {
                Ok(lines) => lines,
                Err(Unplanned::Ended(_)) => break,
                Err(unplanned) => return Err(unplanned),
            };
            for (before, (shift, turn)) in lines.into_iter().enumerate() {
                let is_new = shift.and_then(|index| self.shifts.get(index)).is_some_and(|shift| shift.begins_turn(start));
                let same = |spell: &&mut Spell<'_>| {
                    let is_their = spell.person == turn.person && spell.instead_of == turn.instead_of;
                    is_their && spell.before == before && spell.until == start && !is_new
                };
                match spells.iter_mut().rev().take(LINES_MAX).find(same) {
                    Some(spell) => spell.until = end,
                    None => {
                        spells.push(Spell { person: turn.person, instead_of: turn.instead_of, before, from: start, until: end })
                    }
                }
            }
        }
        spells.retain(|spell| from < spell.until && spell.from < to);
        spells.sort_by_key(|spell| (spell.from, spell.before));
        Ok(spells)
    }

    /// Every moment after `from`, up to `to`, at which somebody else may be on duty; sorted, each once.
    pub fn changes(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let swaps = self.overrides.iter().flat_map(|swap| [swap.from, swap.until]);
        let mut changes: Vec<Timestamp> = self.shifts.iter().flat_map(|shift| shift.edges(from, to)).chain(swaps).collect();
        changes.extend(self.until);
        changes.retain(|at| from < *at && *at <= to);
        changes.sort();
        changes.dedup();
        changes
    }

    /// Everybody who is ever on it.
    pub fn people(&self) -> impl Iterator<Item = &Id<Person>> {
        self.shifts.iter().flat_map(|shift| &shift.people).chain(self.overrides.iter().map(|swap| &swap.person))
    }
}

impl Shift {
    fn on(&self, now: Timestamp) -> Result<Option<Turn<'_>>, Unplanned> {
        let rules = self.zone.time_zone().ok_or_else(|| Unplanned::Zone(self.zone.clone()))?;
        let today = now.to_zoned(rules.clone()).date();
        // What runs now began today or yesterday.
        for day in [today, today.saturating_sub(1.day())] {
            let Some((from, mut until)) = self.span(day, &rules) else { continue };
            let Some(person) = self.person(day).filter(|_| from <= now && now < until) else { continue };
            if self.has_no_gap() {
                let last = self.last_day(day);
                until = self.span(last, &rules).map_or(until, |(_, to)| to);
            } else {
                // The same person's next day follows without a gap; in a week there is one.
                let mut next = day;
                for _ in 0..self.turn_days.min(WEEK_DAYS) {
                    next = next.saturating_add(1.day());
                    match self.span(next, &rules) {
                        Some((from, to)) if from <= until && self.person(next) == Some(person) => until = to,
                        _ => break,
                    }
                }
            }
            return Ok(Some(Turn { person, instead_of: None, until }));
        }
        Ok(None)
    }

    /// Whether a turn begins at a moment.
    fn begins_turn(&self, at: Timestamp) -> bool {
        let Some(rules) = self.zone.time_zone() else { return false };
        let day = at.to_zoned(rules.clone()).date();
        let is_first = (day - self.first).get_days().checked_rem_euclid(i32::from(self.turn_days)) == Some(0);
        is_first && self.span(day, &rules).is_some_and(|(from, _)| from == at)
    }

    /// Whether each day's part ends when the next one begins.
    fn has_no_gap(&self) -> bool {
        let is_daily = self.days.is_empty() || (1..=7).all(|day| self.days.contains(&day));
        is_daily && self.hours.is_none_or(|hours| hours.from == hours.until)
    }

    /// The last day of the turn that a day is in; where the same person has the next turn too, as many days ahead as a turn has.
    fn last_day(&self, day: Date) -> Date {
        let turn_days = i32::from(self.turn_days);
        let gone = (day - self.first).get_days().checked_rem_euclid(turn_days).unwrap_or(0);
        let next = day.saturating_add((turn_days - gone).days());
        if self.person(next) == self.person(day) {
            day.saturating_add(turn_days.days())
        } else {
            day.saturating_add((turn_days - gone - 1).days())
        }
    }

    /// When the part that begins on a day runs, if the shift covers that day. Where the clocks are put forward over its
    /// start, it begins as they are; where they are put back, at the first of the two times.
    fn span(&self, day: Date, rules: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !(self.days.is_empty() || self.days.contains(&day.weekday().to_monday_one_offset().cast_unsigned())) {
            return None;
        }
        let (from, until) = self.hours.map_or((self.handover, self.handover), |hours| (hours.from, hours.until));
        let last = if until <= from { day.tomorrow().ok()? } else { day };
        Some((rules.to_timestamp(day.to_datetime(from)).ok()?, rules.to_timestamp(last.to_datetime(until)).ok()?))
    }

    /// Whose turn the part that begins on a day is; nobody's before the first one.
    fn person(&self, day: Date) -> Option<&Id<Person>> {
        let turn = (day - self.first).get_days().checked_div_euclid(i32::from(self.turn_days))?;
        self.people.get(usize::try_from(turn).ok()?.checked_rem(self.people.len())?)
    }

    /// The starts and ends of every day's part that touches a span of time.
    fn edges(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let Some(rules) = self.zone.time_zone() else { return Vec::new() };
        let date = |at: Timestamp| at.to_zoned(rules.clone()).date();
        let first = date(from).saturating_sub(1.day());
        let days = first.series(1.day()).take_while(|day| *day <= date(to));
        days.filter_map(|day| self.span(day, &rules)).flat_map(|(from, to)| [from, to]).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn shift(people: &[&str]) -> Shift {
        Shift {
            name: None,
            zone: Zone::parse("Europe/Berlin").expect("bundled"),
            people: people.iter().map(|id| Id::parse(id).expect("an id")).collect(),
            first: date(2026, 10, 19),
            turn_days: 7,
            handover: time(9, 0, 0, 0),
            hours: None,
            days: vec![],
        }
    }

    fn rota(shifts: Vec<Shift>) -> Rota {
        Rota { name: "On call".into(), aliases: vec![], until: None, shifts, overrides: vec![] }
    }

    fn on(rota: &Rota, now: &str) -> Vec<(String, String)> {
        let turns = rota.on(at(now)).expect("planned");
        turns.iter().map(|turn| (turn.person.to_string(), turn.until.to_string())).collect()
    }

    fn one(person: &str, until: &str) -> Vec<(String, String)> {
        vec![(person.to_owned(), until.to_owned())]
    }

    #[test]
    fn weeks_change_hands_at_the_clock_of_the_place_through_the_end_of_summer_time() {
        let rota = rota(vec![shift(&["ann", "ben", "cem"])]);
        assert_eq!(on(&rota, "2026-10-19T06:59:59Z"), []);
        // Summer time ends on 25 October: 09:00 is 07:00Z before it and 08:00Z after.
        assert_eq!(on(&rota, "2026-10-19T07:00:00Z"), one("ann", "2026-10-26T08:00:00Z"));
        assert_eq!(on(&rota, "2026-10-26T07:59:59Z"), one("ann", "2026-10-26T08:00:00Z"));
        assert_eq!(on(&rota, "2026-10-26T08:00:00Z"), one("ben", "2026-11-02T08:00:00Z"));
        assert_eq!(on(&rota, "2026-11-09T08:00:00Z"), one("ann", "2026-11-16T08:00:00Z"));
        // And begins on 28 March.
        assert_eq!(on(&rota, "2027-03-29T06:59:59Z"), one("ben", "2027-03-29T07:00:00Z"));
        assert_eq!(on(&rota, "2027-03-29T07:00:00Z"), one("cem", "2027-04-05T07:00:00Z"));
    }

    #[test]
    fn hours_cover_a_part_of_each_day_and_may_go_over_midnight() {
        let night = Shift { hours: Hours::parse("22:00-06:00").ok(), days: vec![5], ..shift(&["ann"]) };
        let rota = rota(vec![night]);
        assert_eq!(on(&rota, "2026-11-20T20:59:59Z"), [], "Friday, before 22:00");
        assert_eq!(on(&rota, "2026-11-20T21:00:00Z"), one("ann", "2026-11-21T05:00:00Z"));
        assert_eq!(on(&rota, "2026-11-21T04:59:59Z"), one("ann", "2026-11-21T05:00:00Z"));
        assert_eq!(on(&rota, "2026-11-21T05:00:00Z"), []);
        assert_eq!(on(&rota, "2026-11-21T21:30:00Z"), [], "Saturday is not covered");
    }

    #[test]
    fn a_swap_takes_the_turn_of_one_and_gives_it_back() {
        let mut rota = rota(vec![shift(&["ann", "ben"]), shift(&["ben", "cem"])]);
        rota.overrides.push(Override {
            from: at("2026-10-20T12:00:00Z"),
            until: at("2026-10-20T18:00:00Z"),
            person: Id::parse("dan").expect("an id"),
            instead_of: None,
            why: None,
        });
        let people = |now: &str| on(&rota, now).into_iter().map(|(person, _)| person).collect::<Vec<_>>();
        assert_eq!(on(&rota, "2026-10-20T11:00:00Z")[0], ("ann".into(), "2026-10-20T12:00:00Z".into()));
        assert_eq!(people("2026-10-20T12:00:00Z"), ["dan", "ben"]);
        assert_eq!(on(&rota, "2026-10-20T12:00:00Z")[0].1, "2026-10-20T18:00:00Z");
        assert_eq!(people("2026-10-20T18:00:00Z"), ["ann", "ben"]);
        // In the week of ben and cem nobody is called twice.
        assert_eq!(people("2026-10-27T12:00:00Z"), ["ben", "cem"]);
    }

    #[test]
    fn after_its_end_nobody_knows() {
        let mut rota = rota(vec![shift(&["ann"])]);
        rota.until = Some(at("2026-10-21T00:00:00Z"));
        assert_eq!(on(&rota, "2026-10-20T23:59:59Z"), one("ann", "2026-10-21T00:00:00Z"));
        assert_eq!(rota.on(at("2026-10-21T00:00:00Z")), Err(Unplanned::Ended(at("2026-10-21T00:00:00Z"))));
    }

    #[test]
    fn between_two_changes_nothing_changes() {
        let day = Shift { hours: Hours::parse("08:00-20:00").ok(), ..shift(&["ann", "ben"]) };
        let sydney = Shift { zone: Zone::parse("Australia/Sydney").expect("bundled"), ..shift(&["cem", "dan", "eve"]) };
        let rota = rota(vec![day, sydney]);
        let (from, to) = (at("2026-10-01T00:00:00Z"), at("2027-04-30T00:00:00Z"));
        let changes = rota.changes(from, to);
        let mut edges = changes.iter().copied().peekable();
        let mut now = from;
        let mut before = rota.on(now).expect("planned").iter().map(|turn| turn.person.clone()).collect::<Vec<_>>();
        while now < to {
            now = now.checked_add(30.minutes()).expect("in range");
            let after = rota.on(now).expect("planned").iter().map(|turn| turn.person.clone()).collect::<Vec<_>>();
            let passed = edges.next_if(|edge| *edge <= now).is_some();
            while edges.next_if(|edge| *edge <= now).is_some() {}
            assert!(passed || after == before, "{now}: {before:?} {after:?}");
            before = after;
        }
    }

    #[test]
    fn spells_are_whole_turns_through_the_end_of_summer_time_and_swaps_cut_them() {
        let mut rota = rota(vec![shift(&["ann", "ben"]), shift(&["cem"])]);
        rota.overrides.push(Override {
            from: at("2026-10-20T12:00:00Z"),
            until: at("2026-10-20T18:00:00Z"),
            person: Id::parse("dan").expect("an id"),
            instead_of: Id::parse("ann").ok(),
            why: None,
        });
        let told = |from: &str, to: &str| -> Vec<String> {
            let spells = rota.spells(at(from), at(to)).expect("planned");
            spells.iter().map(|it| format!("{} {} {} {}", it.person, it.before, it.from, it.until)).collect()
        };
        let expected = [
            "ann 0 2026-10-19T07:00:00Z 2026-10-20T12:00:00Z",
            "cem 1 2026-10-19T07:00:00Z 2026-10-26T08:00:00Z",
            "dan 0 2026-10-20T12:00:00Z 2026-10-20T18:00:00Z",
            "ann 0 2026-10-20T18:00:00Z 2026-10-26T08:00:00Z",
            "ben 0 2026-10-26T08:00:00Z 2026-11-02T08:00:00Z",
            "cem 1 2026-10-26T08:00:00Z 2026-11-02T08:00:00Z",
        ];
        assert_eq!(told("2026-10-19T08:00:00Z", "2026-11-02T08:00:00Z"), expected);
        // Asked for in the middle of them, they are the same: nothing depends on when it is asked.
        assert_eq!(told("2026-10-25T08:00:00Z", "2026-10-27T08:00:00Z"), [expected[1], expected[3], expected[4], expected[5]]);
        assert_eq!(told("2026-10-01T08:00:00Z", "2026-10-19T07:00:00Z").len(), 0);
    }

    #[test]
    fn at_every_moment_the_spells_say_who_is_on() {
        let day = Shift { hours: Hours::parse("08:00-20:00").ok(), days: vec![1, 2, 3, 4, 5], ..shift(&["ann", "ben"]) };
        let sydney =
            Shift { zone: Zone::parse("Australia/Sydney").expect("bundled"), turn_days: 3, ..shift(&["cem", "ann", "eve"]) };
        let mut rota = rota(vec![day, sydney]);
        rota.until = Some(at("2027-04-10T00:00:00Z"));
        let (from, to) = (at("2026-11-01T00:00:00Z"), at("2027-04-20T00:00:00Z"));
        let spells = rota.spells(from, to).expect("planned");
        let mut now = from;
        while now < to {
            let on: Vec<_> = rota.on(now).unwrap_or_default().iter().map(|turn| turn.person.clone()).collect();
            let mut said: Vec<_> = spells.iter().filter(|it| it.from <= now && now < it.until).collect();
            said.sort_by_key(|spell| spell.before);
            assert_eq!(said.iter().map(|spell| spell.person.clone()).collect::<Vec<_>>(), on, "{now}");
            now = now.checked_add(30.minutes()).expect("in range");
        }
    }
}
