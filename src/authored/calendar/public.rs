//! Public holidays that come with the program: of whole countries, for ten years.

use jiff::civil::Date;

use super::Reach;
use crate::team::NamedDays;

/// `country;name;days`, sorted by country; comments begin with `#`. Written by `scripts/public-holidays`.
const TABLE: &str = include_str!("public-holidays.txt");

/// The codes of the countries that have calendars (ISO 3166-1 alpha-2), sorted.
pub(super) fn countries() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    rows().map(|(country, ..)| country).filter(move |country| std::mem::replace(&mut last, country) != *country)
}

/// A country by its code as the table writes it.
pub(super) fn country(code: &str) -> Option<&'static str> {
    countries().find(|country| *country == code)
}

/// The public holidays of a country within reach, earliest first.
pub(super) fn holidays(country: &str, reach: Reach) -> Vec<NamedDays> {
    let mut days: Vec<NamedDays> = rows()
        .filter(|(of, ..)| *of == country)
        .flat_map(|(_, name, days)| days.split(' ').filter_map(move |day| Some((name, Date::strptime("%Y%m%d", day).ok()?))))
        .filter(|(_, day)| reach.touches(*day, *day))
        .map(|(name, day)| NamedDays { from: day, until: day, name: name.to_owned() })
        .collect();
    days.sort_by(|a, b| (a.from, &a.name).cmp(&(b.from, &b.name)));
    days
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (country, rest) = line.split_once(';')?;
        let (name, days) = rest.split_once(';')?;
        Some((country, name, days))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::team::field_fault;

    fn days(country: &str, year: i16) -> Vec<(String, String)> {
        let reach = Reach { from: date(year, 1, 1), until: date(year, 12, 31) };
        holidays(country, reach).into_iter().map(|day| (day.from.to_string(), day.name)).collect()
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        for (country, name, days) in rows() {
            assert!(country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()), "{country}");
            assert_eq!(field_fault(name), None, "{name}");
            for day in days.split(' ') {
                let year = Date::strptime("%Y%m%d", day).expect("a day").year();
                assert!((2026..=2035).contains(&year), "{country} {name} {day}");
            }
        }
        let known: Vec<_> = countries().collect();
        let expected = "AT AU BE BR CA CH CZ DE DK ES FI FR GB IE IN IT JP NL NO NZ PL PT SE SG US";
        assert_eq!(known, expected.split(' ').collect::<Vec<_>>());
        for country in known {
            for year in 2026..=2035 {
                assert!(days(country, year).len() >= 4, "{country} {year}");
            }
        }
    }

    #[test]
    fn days_are_those_that_governments_print() {
        // Bundesministerium des Innern; gov.uk/bank-holidays; opm.gov/federal-holidays; service-public.fr; Fair Work Ombudsman.
        let has = |country: &str, day: &str| days(country, day[..4].parse().expect("a year")).iter().any(|(on, _)| on == day);
        for day in [
            "2027-01-01",
            "2027-03-26",
            "2027-03-29",
            "2027-05-01",
            "2027-05-06",
            "2027-05-17",
            "2027-10-03",
            "2027-12-25",
            "2027-12-26",
        ] {
            assert!(has("DE", day), "{day}");
        }
        assert_eq!(days("DE", 2027).len(), 9);
        for (country, day) in [
            ("GB", "2026-12-25"),
            ("GB", "2026-12-28"), // in place of Saturday the 26th
            ("GB", "2027-03-26"),
            ("GB", "2027-05-03"),
            ("US", "2026-11-26"),
            ("US", "2027-01-18"),
            ("US", "2027-06-18"), // in place of Saturday the 19th
            ("US", "2027-07-05"), // in place of Sunday the 4th
            ("US", "2027-09-06"),
            ("FR", "2027-07-14"),
            ("AU", "2027-01-26"),
            ("NZ", "2027-02-08"), // Waitangi Day, in place of Saturday the 6th
            ("JP", "2027-01-11"),
            ("SE", "2027-06-26"),
            ("BR", "2027-09-07"),
            ("CH", "2027-08-01"),
        ] {
            assert!(has(country, day), "{country} {day}");
        }
        assert!(!has("GB", "2027-03-29"), "Scotland has no Easter Monday: it is of no whole country");
        assert!(!has("DE", "2027-06-20"));
    }
}
