//! What `kit init` begins with: a worked example, or an empty directory with examples in comments.

use std::path::PathBuf;

use jiff::{ToSpan, civil::Date};

use crate::team::{Id, Person, Zone};

/// The day that the example is written for: the Wednesday of its migration.
const SCENE: Date = jiff::civil::date(2026, 11, 18);

/// The example, file by file.
const EXAMPLE: [(&str, &str); 26] = [
    ("kit.toml", include_str!("example/kit.toml")),
    ("systems.toml", include_str!("example/systems.toml")),
    ("tools.toml", include_str!("example/tools.toml")),
    ("bridges.toml", include_str!("example/bridges.toml")),
    ("authority.toml", include_str!("example/authority.toml")),
    ("vendors.toml", include_str!("example/vendors.toml")),
    ("rotas.toml", include_str!("example/rotas.toml")),
    ("calendars.toml", include_str!("example/calendars.toml")),
    ("calendars/absences-joao.ics", include_str!("example/calendars/absences-joao.ics")),
    ("credentials.toml", include_str!("example/credentials.toml")),
    ("windows/epic-migration.toml", include_str!("example/windows/epic-migration.toml")),
    ("people/alan.whitfield.toml", include_str!("example/people/alan.whitfield.toml")),
    ("people/alice.okafor.toml", include_str!("example/people/alice.okafor.toml")),
    ("people/asa.bergstrom.toml", include_str!("example/people/asa.bergstrom.toml")),
    ("people/bob.reyes.toml", include_str!("example/people/bob.reyes.toml")),
    ("people/carl.meyer.toml", include_str!("example/people/carl.meyer.toml")),
    ("people/chris.lindqvist.toml", include_str!("example/people/chris.lindqvist.toml")),
    ("people/dana.fox.toml", include_str!("example/people/dana.fox.toml")),
    ("people/erin.lam.toml", include_str!("example/people/erin.lam.toml")),
    ("people/joao.souza.toml", include_str!("example/people/joao.souza.toml")),
    ("people/li.xiaomei.toml", include_str!("example/people/li.xiaomei.toml")),
    ("people/lukasz.zolkiewski.toml", include_str!("example/people/lukasz.zolkiewski.toml")),
    ("people/mia.krause.toml", include_str!("example/people/mia.krause.toml")),
    ("people/ngozi.adeyemi.toml", include_str!("example/people/ngozi.adeyemi.toml")),
    ("people/priya.nair.toml", include_str!("example/people/priya.nair.toml")),
    ("people/zoe.lefevre.toml", include_str!("example/people/zoe.lefevre.toml")),
];

/// What an empty directory has besides its founder.
const EMPTY: [(&str, &str); 10] = [
    ("kit.toml", include_str!("example/empty/kit.toml")),
    ("systems.toml", include_str!("example/empty/systems.toml")),
    ("tools.toml", include_str!("example/empty/tools.toml")),
    ("bridges.toml", include_str!("example/empty/bridges.toml")),
    ("authority.toml", include_str!("example/empty/authority.toml")),
    ("vendors.toml", include_str!("example/empty/vendors.toml")),
    ("rotas.toml", include_str!("example/empty/rotas.toml")),
    ("calendars.toml", include_str!("example/empty/calendars.toml")),
    ("credentials.toml", include_str!("example/empty/credentials.toml")),
    ("windows/example.toml", include_str!("example/empty/window.toml")),
];

/// The files of a new team directory, by their paths below it.
///
/// With `example`, the worked example, its dates moved by whole weeks so that its migration is in the week of `today`; without
/// it, the founder and examples in comments. A founder who is not of the example gets a file of their own.
pub fn template(name: &str, founder: &Id<Person>, zone: &Zone, today: Date, example: bool) -> Vec<(PathBuf, String)> {
    let weeks = whole_weeks(today);
    let named = format!("name = {}", toml::Value::String(name.to_owned()));
    let from: &[(&str, &str)] = if example { &EXAMPLE } else { &EMPTY };
    let mut files: Vec<(PathBuf, String)> = from
        .iter()
        .map(|(path, text)| (PathBuf::from(path), moved(&text.replacen("name = \"Acme\"", &named, 1), weeks)))
        .collect();
    let own = PathBuf::from(format!("people/{founder}.toml"));
    if !files.iter().any(|(path, _)| *path == own) {
        files.push((own, person_file(founder, zone)));
    }
    files
}

/// Weeks from the Monday of the scene to the Monday of a day's week.
fn whole_weeks(today: Date) -> i32 {
    let monday = |day: Date| day.saturating_sub(i32::from(day.weekday().to_monday_zero_offset()).days());
    (monday(today) - monday(SCENE)).get_days() / 7
}

/// A text with every date in it moved by whole weeks, as `2026-11-18` or `20261118`: weekdays and the distances between days
/// stay.
fn moved(text: &str, weeks: i32) -> String {
    if weeks == 0 {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("202") {
        let (before, after) = rest.split_at(at);
        let in_number = before.ends_with(|c: char| c.is_ascii_digit()) || (before.is_empty() && out.ends_with("202"));
        out.push_str(before);
        let taken = match ["%Y-%m-%d", "%Y%m%d"].iter().find_map(|form| Some((form, date_in(after, form)?))) {
            Some((form, date)) if !in_number => {
                let moved = date.saturating_add((weeks * 7).days()).strftime(form).to_string();
                out.push_str(&moved);
                moved.len()
            }
            _ => {
                out.push_str("202");
                3
            }
        };
        rest = after.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The date in one form that a text begins with, if no further digit follows.
fn date_in(text: &str, form: &str) -> Option<Date> {
    let bytes = if form.contains('-') { "2026-11-18".len() } else { "20261118".len() };
    let (date, after) = text.split_at_checked(bytes)?;
    if after.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Date::strptime(form, date).ok()
}

/// A person of whom only the id and the zone are known yet.
fn person_file(id: &Id<Person>, zone: &Zone) -> String {
    let name = id.as_str().split(['.', '-']).map(capital).collect::<Vec<_>>().join(" ");
    include_str!("example/empty/person.toml").replace("ID", id.as_str()).replace("NAME", &name).replace("ZONE", zone.as_str())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_by_whole_weeks_and_nothing_else_does() {
        let text = "start = 2026-11-15T06:00:00 # +1 202 555 0100, 2026-11, 1202\n";
        assert_eq!(moved(text, 2), "start = 2026-11-29T06:00:00 # +1 202 555 0100, 2026-11, 1202\n");
        assert_eq!(moved(text, 0), text);
        let ics = "DTSTART;VALUE=DATE:20261221\nDTSTAMP:20261102T090000Z\nUID:20261221000 120261221 +12025550170 202611181\n";
        let later = "DTSTART;VALUE=DATE:20270104\nDTSTAMP:20261116T090000Z\nUID:20261221000 120261221 +12025550170 202611181\n";
        assert_eq!(moved(ics, 2), later);
        assert_eq!(whole_weeks(SCENE), 0);
        assert_eq!(whole_weeks(jiff::civil::date(2026, 11, 22)), 0);
        assert_eq!(whole_weeks(jiff::civil::date(2026, 11, 23)), 1);
        assert_eq!(whole_weeks(jiff::civil::date(2026, 11, 15)), -1);
    }

    #[test]
    fn a_founder_is_named_after_their_id() {
        let file = person_file(&Id::parse("ann-marie.o").expect("id"), &Zone::parse("Europe/Paris").expect("zone"));
        assert!(file.contains("id = \"ann-marie.o\"\nname = \"Ann Marie O\"\nzone = \"Europe/Paris\"\n"), "{file}");
    }
}
