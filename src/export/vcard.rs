//! Contacts for telephones: vCard 3.0 (RFC 2426), which every one of them reads.
//!
//! A name stands whole in the given name of `N`: telephones show `N` in an order of their own, and no rule takes a name of any
//! language apart rightly.

use std::collections::BTreeSet;

use super::{
    Made, Outgoing,
    content_line::Lines,
    outgoing::home_numbers,
    plain::{plain, plain_lines},
};
use crate::team::{Authority, Id, Kind, Number, Person, Responder, Rota, Thing, WakeWhen};

/// Numbers of one contact that telephones are known to keep.
const NUMBERS_MAX: usize = 20;
/// The importance of a system that wakes people.
const WAKING_TIER: u8 = 1;

/// One contact for each of some people.
pub fn people<'a>(out: Outgoing<'a>, people: &[(&'a Id<Person>, &'a Person)]) -> Made {
    let mut lines = Lines::default();
    for (id, person) in people {
        card(out, id, person, &mut lines);
    }
    let home = people.iter().map(|(_, person)| home_numbers(&person.numbers)).sum();
    let silent = people.iter().filter(|(_, person)| out.numbers(&person.numbers).next().is_none()).count();
    let warnings = if silent == 0 { Vec::new() } else { vec![format!("{silent} of them without any number")] };
    Made { text: lines.into_text(), count: people.len(), left_out: out.left_out(home, 0), warnings }
}

/// One contact for a bridge or a vendor: whatever is called by a number and is nobody.
pub fn place(out: Outgoing<'_>, kind: Thing, id: &str) -> Option<Made> {
    let team = out.team;
    let (name, numbers, reach, pins, note) = match kind {
        Thing::Bridge => {
            let it = team.bridges.get(&Id::parse(id).ok()?)?;
            let pins = [("PIN", it.pin.as_ref()), ("Host key", it.host_key.as_ref())];
            (&it.name, &it.numbers, it.reach.as_ref(), pins, it.note.as_ref())
        }
        Thing::Vendor => {
            let it = team.vendors.get(&Id::parse(id).ok()?)?;
            (&it.name, &it.numbers, it.url.as_ref(), [("PIN", it.pin.as_ref()), ("", None)], it.note.as_ref())
        }
        _ => return None,
    };
    let mut lines = Lines::default();
    begin(out, &format!("{}.{id}", kind.word()), &plain(name), &mut lines);
    tel(out.numbers(numbers).map(|number| Tel { label: label(number), number, kind: of_nobody(number) }), &mut lines);
    let mut says: Vec<String> = note.iter().flat_map(|note| plain_lines(note)).collect();
    says.extend(reach.map(|reach| format!("Where: {}", plain(reach))));
    let told = pins.iter().filter_map(|(word, pin)| Some(format!("{word}: {}", plain(out.private_text(*pin)?))));
    says.extend(told);
    let left_out = out.left_out(home_numbers(numbers), pins.iter().filter(|(_, pin)| pin.is_some()).count());
    end(out, says, &left_out, &mut lines);
    Some(Made { text: lines.into_text(), count: 1, left_out, warnings: Vec::new() })
}

/// One contact with every number that may wake somebody: to be let through when a telephone is silent.
pub fn pager(out: Outgoing<'_>) -> Made {
    let wakers = wakers(out);
    let mut lines = Lines::default();
    begin(out, "oncall", &format!("ONCALL {}", plain(&out.team.name)), &mut lines);
    tel(wakers.iter().map(|(who, number, kind)| Tel { label: Some(who.clone()), number, kind: *kind }), &mut lines);
    let mut says = vec![
        "Numbers that may wake you. Let this contact through when your phone is silent. iPhone: Emergency Bypass of its ringtone. \
         Android: star it, and let starred contacts interrupt."
            .to_owned(),
        "Numbers change: delete this contact, then import it again.".to_owned(),
    ];
    says.extend(wakers.iter().map(|(who, number, _)| format!("{} {who}", number.read_aloud())));
    let callers = callers(out);
    let home = callers.iter().map(|(_, person)| home_numbers(&person.numbers)).sum();
    let left_out = out.left_out(home, 0);
    end(out, says, &left_out, &mut lines);
    let count = wakers.len();
    let warning =
        format!("it holds {count} numbers, and some phones keep {NUMBERS_MAX} of a contact: the first ones matter most");
    let warnings = if count > NUMBERS_MAX { vec![warning] } else { Vec::new() };
    Made { text: lines.into_text(), count: usize::from(count > 0), left_out, warnings }
}

fn card(out: Outgoing<'_>, id: &Id<Person>, person: &Person, lines: &mut Lines) {
    begin(out, &format!("person.{id}"), &plain(&person.name), lines);
    let all = |texts: &[String]| texts.iter().map(|text| plain(text)).collect::<Vec<_>>();
    lines.texts("NICKNAME", &all(&person.aliases), ",");
    lines.texts("ORG", &[vec![plain(&out.team.name)], all(&person.teams)].concat(), ";");
    if let Some(title) = &person.title {
        lines.text("TITLE", &plain(title));
    }
    for (index, email) in person.emails.iter().enumerate() {
        lines.text(if index == 0 { "EMAIL;TYPE=INTERNET,PREF" } else { "EMAIL;TYPE=INTERNET" }, &plain(email));
    }
    tel(out.numbers(&person.numbers).map(|number| Tel { label: label(number), number, kind: number.kind }), lines);
    lines.text("TZ;VALUE=text", &plain(person.zone.as_str()));
    let mut says: Vec<String> = person.note.iter().flat_map(|note| plain_lines(note)).collect();
    let when = match &person.wake.when {
        WakeWhen::NotSaid => None,
        WakeWhen::AnyHour => Some("at any hour".to_owned()),
        WakeWhen::Never => Some("never outside working hours".to_owned()),
        WakeWhen::If(condition) => Some(format!("if {}", plain(condition))),
    };
    let wake: Vec<String> = when.into_iter().chain(person.wake.how.as_deref().map(plain)).collect();
    says.extend(Some(format!("Wake: {}", wake.join(", "))).filter(|_| !wake.is_empty()));
    says.extend(person.message.as_ref().map(|message| format!("Message: {}", plain(message))));
    let place = person.place.as_ref().map(|place| plain(place));
    let day = [place, person.hours.map(|hours| format!("{hours} there"))].into_iter().flatten().collect::<Vec<_>>();
    says.extend(Some(format!("Works: {}", day.join(", "))).filter(|_| !day.is_empty()));
    end(out, says, &out.left_out(home_numbers(&person.numbers), 0), lines);
}

fn begin(out: Outgoing<'_>, of: &str, name: &str, lines: &mut Lines) {
    lines.raw("BEGIN", "VCARD");
    lines.raw("VERSION", "3.0");
    lines.raw("PRODID", "-//kit//kit//EN");
    lines.text("UID", &out.uid(of));
    lines.raw("REV", &out.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    lines.text("FN", name);
    lines.texts("N", &["", name, "", "", ""], ";");
    lines.text("CATEGORIES", &plain(&out.team.name));
}

/// What there is to say, which kit it is from, and what is left out; then the end.
fn end(out: Outgoing<'_>, mut says: Vec<String>, left_out: &[String], lines: &mut Lines) {
    says.push(format!("From {}. Left out: {}.", out.edition(), left_out.join(", ")));
    lines.text("NOTE", &says.join("\n"));
    lines.raw("END", "VCARD");
}

/// One number of a contact.
struct Tel<'n> {
    label: Option<String>,
    number: &'n Number,
    kind: Kind,
}

/// What a number of nobody reaches: that it is a mobile one is only what a kit takes for granted of people.
fn of_nobody(number: &Number) -> Kind {
    if number.kind == Kind::Mobile { Kind::Other } else { number.kind }
}

/// Numbers in the order to try them, the first one preferred; with their labels as Apple and Google write them.
fn tel<'n>(numbers: impl Iterator<Item = Tel<'n>>, lines: &mut Lines) {
    for (index, Tel { label, number, kind }) in numbers.enumerate() {
        let kind = match kind {
            Kind::Mobile => "CELL",
            Kind::Landline => "MAIN",
            Kind::Home => "HOME",
            Kind::Work => "WORK",
            Kind::Satellite => "X-SATELLITE",
            Kind::Pager => "PAGER",
            Kind::Other => "VOICE",
        };
        let preferred = if index == 0 { ",PREF" } else { "" };
        let item = index + 1;
        let group = if label.is_some() { format!("item{item}.") } else { String::new() };
        lines.raw(&format!("{group}TEL;TYPE={kind}{preferred}"), number.e164.as_str());
        if let Some(label) = label {
            lines.text(&format!("item{item}.X-ABLabel"), &label);
        }
    }
}

fn label(number: &Number) -> Option<String> {
    number.note.as_deref().map(plain)
}

/// Every number that may wake somebody, and whose it is: what calls people, bridges, whoever leads, then whoever else stands in
/// an order that wakes; each number once.
fn wakers(out: Outgoing<'_>) -> Vec<(String, &Number, Kind)> {
    let team = out.team;
    let mut all: Vec<(String, &Number, Kind)> = Vec::new();
    let tools = team.tools.values().map(|it| (&it.name, &it.numbers));
    for (name, numbers) in tools.chain(team.ladder().into_iter().map(|(_, it)| (&it.name, &it.numbers))) {
        all.extend(out.numbers(numbers).map(|number| (plain(name), number, of_nobody(number))));
    }
    for (_, person) in callers(out) {
        all.extend(out.numbers(&person.numbers).map(|number| (plain(&person.name), number, number.kind)));
    }
    let mut seen = BTreeSet::new();
    all.retain(|(_, number, _)| seen.insert(&number.e164));
    all
}

/// People who call others at night: who leads, who decides in a window, who answers for a system that wakes; each once.
pub(super) fn callers(out: Outgoing<'_>) -> Vec<(&Id<Person>, &Person)> {
    let team = out.team;
    let lead = team.lead.as_ref().and_then(|id| team.authority.get(id));
    let of_windows = team.authority.values().filter(|it| it.window.is_some());
    let decide = lead.into_iter().chain(of_windows).flat_map(named_in);
    let waking = team.systems.values().filter(|system| system.tier == Some(WAKING_TIER));
    let mut all: Vec<(&Id<Person>, &Person)> = Vec::new();
    for responder in decide.chain(waking.flat_map(|system| &system.owners)) {
        let ids: Vec<&str> = match responder.resolve(team) {
            Some((Thing::Person, id)) => vec![id],
            Some((_, id)) => {
                let rota = Id::<Rota>::parse(id).ok().and_then(|id| team.rotas.get(&id));
                rota.into_iter().flat_map(|rota| rota.people()).map(Id::as_str).collect()
            }
            None => Vec::new(),
        };
        for id in ids {
            let found = Id::parse(id).ok().and_then(|id| team.people.get_key_value(&id));
            all.extend(found.filter(|(id, _)| !all.iter().any(|(known, _)| known == id)));
        }
    }
    all
}

fn named_in(authority: &Authority) -> impl Iterator<Item = &Responder> {
    let delegates = authority.delegations.iter().map(|delegation| &delegation.to);
    std::iter::once(&authority.holder).chain(&authority.successors).chain(delegates)
}
