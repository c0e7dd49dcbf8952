//! Days that are no public holiday and matter before one calls: Father's Day is a Sunday like any other on no roster.
//!
//! The rules are those of each country's custom, worked out for any year.

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};

use super::Reach;
use crate::team::NamedDays;

/// When a day is in a year.
#[derive(Clone, Copy)]
enum When {
    /// The same day each year: month, day.
    Fixed(i8, i8),
    /// The n-th of a weekday in a month, from its end if negative: month, weekday, n.
    Nth(i8, Weekday, i8),
    /// Days after Easter Sunday, before it if negative.
    Easter(i32),
    /// The last Sunday of May, or the first of June when that is Whit Sunday.
    FrenchMothers,
    /// The Friday before Midsummer Day, between 19 and 25 June.
    MidsummersEve,
}

use When::{Easter, Fixed, FrenchMothers, MidsummersEve, Nth};

/// The observances of a country within reach, earliest first.
pub(super) fn observances(country: &str, reach: Reach) -> Vec<NamedDays> {
    let mut days: Vec<NamedDays> = (reach.from.year()..=reach.until.year())
        .flat_map(|year| rules(country).into_iter().filter_map(move |(name, when)| Some((name, on(when, year)?))))
        .filter(|(_, day)| reach.touches(*day, *day))
        .map(|(name, day)| NamedDays { from: day, until: day, name: name.to_owned() })
        .collect();
    days.sort_by(|a, b| (a.from, &a.name).cmp(&(b.from, &b.name)));
    days
}

fn rules(country: &str) -> Vec<(&'static str, When)> {
    let mut rules = vec![("Father's Day", fathers(country)), ("Mother's Day", mothers(country))];
    // Where it is a day for couples or a working day like others, nobody is asked to mind it.
    if !["IN", "JP", "SG"].contains(&country) {
        rules.push(("Christmas Eve", Fixed(12, 24)));
    }
    if country == "SE" {
        rules.push(("Midsummer's Eve", MidsummersEve));
    }
    rules.push(("New Year's Eve", Fixed(12, 31)));
    rules
}

fn fathers(country: &str) -> When {
    match country {
        "DE" => Easter(39),
        "AT" | "BE" => Nth(6, Weekday::Sunday, 2),
        "CH" => Nth(6, Weekday::Sunday, 1),
        "ES" | "IT" | "PT" => Fixed(3, 19),
        "PL" => Fixed(6, 23),
        "DK" => Fixed(6, 5),
        "SE" | "NO" | "FI" => Nth(11, Weekday::Sunday, 2),
        "AU" | "NZ" => Nth(9, Weekday::Sunday, 1),
        "BR" => Nth(8, Weekday::Sunday, 2),
        _ => Nth(6, Weekday::Sunday, 3),
    }
}

fn mothers(country: &str) -> When {
    match country {
        "GB" | "IE" => Easter(-21),
        "ES" | "PT" => Nth(5, Weekday::Sunday, 1),
        "FR" => FrenchMothers,
        "SE" => Nth(5, Weekday::Sunday, -1),
        "NO" => Nth(2, Weekday::Sunday, 2),
        "PL" => Fixed(5, 26),
        _ => Nth(5, Weekday::Sunday, 2),
    }
}

fn on(when: When, year: i16) -> Option<Date> {
    match when {
        Fixed(month, day) => Date::new(year, month, day).ok(),
        Nth(month, weekday, n) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(n, weekday).ok(),
        Easter(days) => easter(year)?.checked_add(days.days()).ok(),
        FrenchMothers => {
            let last = date(year, 5, 1).nth_weekday_of_month(-1, Weekday::Sunday).ok()?;
            if on(Easter(49), year) == Some(last) { on(Nth(6, Weekday::Sunday, 1), year) } else { Some(last) }
        }
        MidsummersEve => (19..=25).filter_map(|day| Date::new(year, 6, day).ok()).find(|day| day.weekday() == Weekday::Friday),
    }
}

/// Easter Sunday of the western churches (the anonymous Gregorian algorithm, Nature, 1876).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(country: &str, name: &str, year: i16) -> Vec<String> {
        let reach = Reach { from: date(year, 1, 1), until: date(year, 12, 31) };
        observances(country, reach).into_iter().filter(|day| day.name == name).map(|day| day.from.to_string()).collect()
    }

    #[test]
    fn fathers_are_left_alone_on_their_day_in_each_country() {
        // Taken from printed calendars of each country, not from the rules.
        for (country, day) in [
            ("US", "2027-06-20"),
            ("GB", "2027-06-20"),
            ("FR", "2027-06-20"),
            ("JP", "2027-06-20"),
            ("DE", "2027-05-06"),
            ("AT", "2027-06-13"),
            ("BE", "2027-06-13"),
            ("CH", "2027-06-06"),
            ("ES", "2027-03-19"),
            ("IT", "2027-03-19"),
            ("PT", "2027-03-19"),
            ("PL", "2027-06-23"),
            ("DK", "2027-06-05"),
            ("SE", "2027-11-14"),
            ("NO", "2027-11-14"),
            ("FI", "2027-11-14"),
            ("AU", "2027-09-05"),
            ("NZ", "2027-09-05"),
            ("BR", "2027-08-08"),
        ] {
            assert_eq!(of(country, "Father's Day", 2027), [day], "{country}");
        }
    }

    #[test]
    fn mothers_too_and_the_eves() {
        for (country, year, day) in [
            ("US", 2027, "2027-05-09"),
            ("DE", 2027, "2027-05-09"),
            ("GB", 2027, "2027-03-07"),
            ("IE", 2026, "2026-03-15"),
            ("ES", 2027, "2027-05-02"),
            ("PL", 2027, "2027-05-26"),
            ("SE", 2027, "2027-05-30"),
            ("NO", 2027, "2027-02-14"),
            ("FR", 2027, "2027-05-30"),
            // Whit Sunday is 31 May in 2020 and 28 May in 2023: the day moves to June.
            ("FR", 2020, "2020-06-07"),
            ("FR", 2023, "2023-06-04"),
        ] {
            assert_eq!(of(country, "Mother's Day", year), [day], "{country}");
        }
        assert_eq!(of("SE", "Midsummer's Eve", 2027), ["2027-06-25"]);
        assert_eq!(of("US", "Christmas Eve", 2026), ["2026-12-24"]);
        assert_eq!(of("JP", "Christmas Eve", 2026), Vec::<String>::new());
        assert_eq!(of("JP", "New Year's Eve", 2026), ["2026-12-31"]);
    }

    #[test]
    fn easter_is_where_almanacs_have_it() {
        for (year, month, day) in
            [(1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2076, 4, 19)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }
}
