//! The example team: what `kit init` makes passes `kit check`, and can answer the screens.

use jiff::civil::{Date, date};
use outage_kit::{
    authored::{self, Draft},
    team::{Id, Team, Zone},
};

fn draft(founder: &str, today: Date, example: bool) -> Draft {
    let founder = Id::parse(founder).expect("id");
    let files = authored::template("Acme", &founder, &Zone::parse("Europe/Berlin").expect("zone"), today, example);
    Draft::of(files.iter().map(|(path, text)| (path.to_str().expect("ASCII"), text.as_str())))
}

fn team(founder: &str, today: Date, example: bool) -> (Team, Vec<String>) {
    let checked = authored::check(&draft(founder, today, example), today)
        .unwrap_or_else(|problems| panic!("{}", problems.errors.iter().map(|p| format!("{p}\n")).collect::<String>()));
    (checked.team, checked.warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn the_example_has_no_mistakes_and_no_warnings_in_its_week() {
    for today in [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22), date(2026, 11, 23), date(2031, 3, 5)] {
        let (team, warnings) = team("dana.fox", today, true);
        assert_eq!(warnings, Vec::<String>::new(), "{today}");
        assert_eq!(team.people.len(), 15);
        assert_eq!(team.systems.len(), 11);
    }
}
