//! The screen of `kit who`: the first call, then everybody in the agreed order and when to try the next.

use super::{
    Act, Screen, Standing, WIDE_COLUMNS,
    call::{self, called, dial, local, nobody_but, said},
    keep,
    line::{Dialled, about_the_line, calls, checks, fastest},
};
use crate::{
    answer::{Call, Hotline, Step, Who, Why},
    team::Thing,
};

/// Most lines of a screen for the emergency, unless everybody is asked for.
const LINES_MAX: usize = 24;
/// Calls that are shown whatever else there is to say.
const CALLS_MIN: usize = 3;

/// The screen of `kit who`; `dialled_from` is the country whose digits stand under the numbers.
pub(crate) fn who(screen: &mut Screen, who: &Who, dialled_from: Option<&str>, standing: &Standing) {
    // As many calls as leave the screen its height, and how to see the others.
    let all = who.line.steps.len();
    let is_tall = |screen: &Screen| screen.columns >= WIDE_COLUMNS && !screen.accessible && screen.lines.len() > LINES_MAX;
    for most in (CALLS_MIN.min(all)..=all).rev() {
        let layout = screen.layout();
        *screen = Screen::new(layout);
        with_calls(screen, who, most, dialled_from, standing);
        if who.everybody.is_some() || !is_tall(screen) {
            break;
        }
    }
}

fn with_calls(screen: &mut Screen, who: &Who, most: usize, dialled_from: Option<&str>, standing: &Standing) {
    let old = standing.old();
    let mut says_how = false;
    match (who.line.first(), who.hotline()) {
        (_, Some(hotline)) if who.is_hotline_first() => hotline_first(screen, hotline, old),
        (Some(step), _) => says_how = first_call(screen, who, step, old),
        _ => nobody(screen, who, old),
    }
    screen.blank();
    if who.is_hotline_first() && who.kind == Thing::Vendor {
        hotline_details(screen, who);
    }
    screen.row("What if", who.what_if.as_deref().unwrap_or_default());
    losses(screen, who);
    who.notes.iter().for_each(|note| screen.row("Not now", note));
    screen.blank();
    calls(screen, "Call", &who.line, most, dialled_from);
    if let Some(following) = &who.following {
        screen.row("Then", format!("{} from {}", following.people.join(", "), keep(&following.from_clock)));
    }
    screen.row("Holders", who.holders.as_deref().unwrap_or_default());
    let asleep = who.line.first().filter(|step| step.call.there.likely_asleep && !says_how);
    if let Some(how) = asleep.and_then(|step| step.wake_how.as_ref()) {
        screen.row("Wake", how);
    }
    about_the_line(screen, &who.line, None);
    for hotline in who.hotlines.iter().filter(|hotline| hotline.number.is_some()) {
        if !(who.is_hotline_first() && who.hotline() == Some(hotline)) {
            screen.row("Hotline", in_a_row(hotline));
        }
    }
    screen.blank();
    fastest(screen, &who.line);
    if !who.ok_to_wake.is_empty() {
        screen.text(&who.ok_to_wake);
    }
    checks(screen, who.line.steps.get(..most).unwrap_or(&who.line.steps));
    everybody(screen, who, most, dialled_from);
    standing.close(screen);
}

/// What falls with what is assumed, or that nothing of this order does.
fn losses(screen: &mut Screen, who: &Who) {
    let is_lost = |why: &Why| matches!(why, Why::Out | Why::NumberDown { .. });
    if who.what_if.is_some() && who.lost.is_empty() && !who.line.skipped.iter().any(|skipped| is_lost(&skipped.why)) {
        screen.row("Lost", "nothing in this order");
    }
    who.lost.iter().for_each(|lost| screen.row("Lost", lost));
}

/// The line that calls somebody; whether it says how to wake them.
fn first_call(screen: &mut Screen, who: &Who, step: &Step, old: String) -> bool {
    let (name, Call { there, .. }) = (&said(&step.call), &step.call);
    let asleep = if there.likely_asleep { ", likely asleep" } else { "" };
    let local = format!("{} {}{asleep}", there.place, there.time);
    let place = match (who.kind, &step.on_until_clock) {
        (Thing::Rota, Some(until)) => format!("on duty until {until}"),
        (Thing::Authority, _) if who.is_lead => format!("in charge now, {local}"),
        (Thing::Authority, _) => format!("decides, {local}"),
        _ => local,
    };
    let number = step.call.shown().unwrap_or_default().to_owned();
    if let Some(how) = step.wake_how.as_ref().filter(|_| there.likely_asleep && old.is_empty()) {
        // How to wake them stands on the first line only where all of it has room.
        let place = format!("{place}: {how}");
        if screen.has_room(&["CALL".to_owned(), name.clone(), number.clone(), place.clone()]) {
            screen.act(&Act { verb: "CALL", name: Some(name), number: Some(&number), support: vec![place] });
            return true;
        }
    }
    screen.act(&Act { verb: "CALL", name: Some(name), number: Some(&number), support: vec![old, place] });
    false
}

fn hotline_first(screen: &mut Screen, hotline: &Hotline, old: String) {
    screen.act(&Act {
        verb: "CALL",
        name: Some(&hotline.name),
        number: hotline.number.as_ref().map(|number| number.shown.as_str()),
        support: vec![old, "hotline".to_owned()],
    });
}

/// Nobody of the order is left: that first, and on the same line whom to call all the same.
fn nobody(screen: &mut Screen, who: &Who, old: String) {
    let left = format!("is left for {}", who.id);
    let Some(charge) = &who.in_charge else {
        return call::nobody(screen, &left, vec![old, who.rendezvous.clone().unwrap_or_default()]);
    };
    nobody_but(screen, &left, &charge.call, old);
}

fn hotline_details(screen: &mut Screen, who: &Who) {
    let Some(hotline) = who.hotline() else { return };
    screen.row("Dial", hotline.dial.as_deref().map(keep).unwrap_or_default());
    screen.row("Account", hotline.account.as_deref().map(keep).unwrap_or_default());
    screen.row("Contract", hotline.contract.as_deref().map(keep).unwrap_or_default());
    screen.row("Support PIN", hotline.pin.as_deref().map(keep).unwrap_or_default());
    screen.row("Open a case", hotline.url.as_deref().unwrap_or_default());
    screen.row("Note", hotline.note.as_deref().unwrap_or_default());
}

fn in_a_row(hotline: &Hotline) -> String {
    let about = [("account", &hotline.account), ("contract", &hotline.contract), ("PIN", &hotline.pin)];
    let about = about.into_iter().filter_map(|(word, text)| Some(keep(&format!("{word} {}", text.as_ref()?))));
    let number = hotline.number.as_ref().map(|number| keep(&number.shown)).unwrap_or_default();
    let dial = hotline.dial.as_deref().map(|digits| format!("   dial {}", keep(digits))).unwrap_or_default();
    let about: Vec<String> = about.collect();
    format!("{}   {number}{dial}   {}", keep(&hotline.name), about.join(", ")).trim_end().to_owned()
}

/// Everybody else, or how to see them.
fn everybody(screen: &mut Screen, who: &Who, most: usize, dialled_from: Option<&str>) {
    let Some(others) = &who.everybody else {
        let from = dialled_from.map(|country| format!(" --from {country}")).unwrap_or_default();
        let command = keep(&format!("kit who {}{from} --all", who.id));
        let more = who.line.steps.len().saturating_sub(most);
        return screen.text(&match more {
            0 if who.line.steps.is_empty() => format!("Whole team list   {command}"),
            0 => format!("Nobody answers: whole team list   {command}"),
            more => format!("{more} more in this order, then the whole team list:   {command}"),
        });
    };
    screen.blank();
    let heads = [keep("Everybody else"), "Number".to_owned(), "There now".to_owned(), "Team".to_owned()];
    let mut table = Dialled::new(screen, heads.into(), dialled_from, ["", "", ""]);
    for other in others {
        let not = other.not.as_ref().filter(|why| **why != Why::NoNumber);
        let team = not.map_or_else(|| other.teams.join(", "), Why::text);
        let is_lost = matches!(other.not, Some(Why::Out | Why::NumberDown { .. }));
        let number = if is_lost { "lost".to_owned() } else { dial(&other.call) };
        let row = vec![keep(&said(&other.call)), number, local(&other.call.there), team];
        table.row(row, other.dial.as_deref());
    }
    if !others.is_empty() {
        table.close(screen);
    }
    if let Some(charge) = &who.in_charge {
        screen.row("In charge", called(&charge.call));
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;
    use crate::{
        answer::{Age, Match, Moment, Scene, WhatIf},
        cli::screen::Layout,
        team::{Id, Number, Override, Person, Responder, Rota, Shift, System, Team, Wake, WakeWhen, Zone},
    };

    fn person(name: &str, zone: &str, number: &str) -> Person {
        Person {
            name: name.into(),
            aliases: vec![],
            title: None,
            teams: vec![],
            zone: Zone::parse(zone).expect("bundled"),
            hours: None,
            place: None,
            emails: vec![],
            numbers: vec![Number::parse(number, None).expect("a number")],
            message: None,
            wake: Wake { how: None, when: WakeWhen::AnyHour },
            calendars: vec![],
            absences: vec![],
            note: None,
        }
    }

    /// Bob and Mia take weeks on call for `api`; Alice comes after them.
    fn team() -> Team {
        let id = |text: &str| Id::parse(text).expect("an id");
        let mut team = Team::named("Acme");
        team.people.insert(id("alice"), person("Alice Okafor", "Europe/London", "+44 7700 900123"));
        team.people.insert(id("bob"), person("Bob Reyes", "America/New_York", "+1 202 555 0143"));
        team.people.insert(Id::parse("mia").expect("an id"), person("Mia Krause", "Europe/Berlin", "+49 171 3920011"));
        let shift = Shift {
            name: None,
            zone: Zone::parse("Europe/Berlin").expect("bundled"),
            people: vec![Id::parse("bob").expect("an id"), Id::parse("mia").expect("an id")],
            first: date(2026, 11, 16),
            turn_days: 7,
            handover: jiff::civil::time(9, 0, 0, 0),
            hours: None,
            days: vec![],
        };
        let rota = Rota { name: "API on call".into(), aliases: vec![], until: None, shifts: vec![shift], overrides: vec![] };
        team.rotas.insert(Id::parse("on-call").expect("an id"), rota);
        let system = System {
            name: "API".into(),
            aliases: vec![],
            tier: Some(1),
            owners: vec![Responder::new("on-call"), Responder::new("alice")],
            playbook: None,
            runbook: None,
            needs: vec![],
        };
        team.systems.insert(Id::parse("api").expect("an id"), system);
        team
    }

    fn shown(team: &Team, kind: Thing, id: &str) -> Vec<String> {
        let now = "2026-11-18T02:12:00Z".parse().expect("a time");
        let moment = Moment { now, zone: TimeZone::get("Europe/Berlin").expect("bundled") };
        let scene = Scene { team, moment: &moment, what_if: &WhatIf::default() };
        let found = Match { kind, id: id.into(), name: id.into(), query: id.into() };
        let answer = crate::answer::who(scene, &found, false).expect("somebody");
        let standing =
            Standing { age: Age::of(7, now, now, now, None), signed_by: vec![], verified: true, notes: vec![], as_of: None };
        let mut screen = Screen::new(Layout { columns: 80, accessible: false, ascii: false });
        who(&mut screen, &answer, None, &standing);
        screen.into_lines()
    }

    #[test]
    fn a_rota_says_until_when_and_who_follows() {
        let mut team = team();
        let lines = shown(&team, Thing::Rota, "on-call");
        assert_eq!(lines.first().map(String::as_str), Some("CALL  Bob Reyes   +1 202 555 0143   on duty until Mon 09:00"));
        assert!(lines.contains(&"  Then          Mia Krause from Mon 09:00".to_owned()), "{lines:#?}");
        let lines = shown(&team, Thing::System, "api");
        assert!(lines.contains(&"  On duty       Bob Reyes until Mon 09:00 (API on call)".to_owned()), "{lines:#?}");
        let rota = team.rotas.values_mut().next().expect("the rota");
        rota.overrides.push(Override {
            from: "2026-11-18T00:00:00Z".parse().expect("a time"),
            until: "2026-11-18T06:00:00Z".parse().expect("a time"),
            person: Id::parse("mia").expect("an id"),
            instead_of: None,
            why: None,
        });
        let lines = shown(&team, Thing::System, "api");
        assert!(lines.contains(&"  On duty       Mia Krause until 07:00 (API on call), for Bob Reyes".to_owned()), "{lines:#?}");
    }

    #[test]
    fn what_a_rota_does_not_say_stands_on_the_screen() {
        let mut team = team();
        team.rotas.values_mut().next().expect("the rota").until = "2026-11-01T00:00:00Z".parse().ok();
        let lines = shown(&team, Thing::System, "api");
        assert_eq!(lines.first().map(String::as_str), Some("CALL  Alice Okafor   +44 7700 900123   London 02:12, likely asleep"));
        assert!(lines.contains(&"  Unknown       API on call: planned until Sun 1 Nov only".to_owned()), "{lines:#?}");
        let lines = shown(&team, Thing::Rota, "on-call");
        assert_eq!(lines.first().map(String::as_str), Some("NOBODY  is left for on-call   kit bridge"));
        assert!(lines.contains(&"  Unknown       API on call: planned until Sun 1 Nov only".to_owned()), "{lines:#?}");
    }
}
