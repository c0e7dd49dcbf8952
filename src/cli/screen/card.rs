//! The screen of `kit lookup`: one card of any kind.

use super::{Act, Screen, Standing, bare::join, keep};
use crate::{
    answer::{
        BridgeCard, Call, Card, CheckedCard, CredentialCard, NumberCard, PersonCard, SystemCard, There, ToolCard, VendorCard,
    },
    team::Kind,
};

/// The screen of one card.
pub(crate) fn card(columns: usize, card: &Card, standing: &Standing) -> Vec<String> {
    let mut screen = Screen::new(columns);
    let old = standing.age.on_first_line();
    match card {
        Card::Person(card) => person(&mut screen, card, old),
        Card::System(card) => system(&mut screen, card, old),
        Card::Tool(card) => tool(&mut screen, card, old),
        Card::Bridge(card) => bridge(&mut screen, card),
        Card::Vendor(card) => vendor(&mut screen, card, old),
        Card::Credential(card) => credential(&mut screen, card, old),
    }
    standing.close(&mut screen, ", offline");
    screen.into_lines()
}

fn person(screen: &mut Screen, card: &PersonCard, old: Option<String>) {
    let stand_in = card.away.as_ref().and_then(|away| Some((away, away.delegate.as_ref()?)));
    match (stand_in, &card.away) {
        (Some((away, delegate)), _) => {
            let why = format!("stands in for {}, away until {}", card.call.name, away.until);
            act(screen, delegate, vec![why, old.unwrap_or_default()]);
        }
        (None, Some(away)) => {
            act(screen, &card.call, vec![format!("away until {}", away.until), old.unwrap_or_default()]);
        }
        (None, None) => act(screen, &card.call, vec![card.wake.how.clone().unwrap_or_default(), old.unwrap_or_default()]),
    }
    screen.blank();
    if stand_in.is_some() {
        screen.row(&first_name(&card.call.name), card.call.number.as_ref().map(|number| keep(&number.shown)).unwrap_or_default());
    }
    if let Some(why) = card.away.as_ref().and_then(|away| away.why.as_ref()) {
        screen.row("Away", why);
    }
    screen.row("There now", there(&card.call.there));
    screen.row("OK to wake", &card.wake.allowed);
    if let Some(next) = card.next.as_ref().filter(|next| stand_in.is_none_or(|(_, delegate)| delegate.id != next.call.id)) {
        screen.row("No answer", format!("at {} your time call {}", next.at, called(&next.call)));
    }
    for other in card.numbers.iter().skip(1) {
        let about = [Some(kind(other.kind).to_owned()), other.note.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        screen.row("Other number", format!("{}   {about}{}", keep(&other.shown), if other.stale { "   STALE" } else { "" }));
    }
    screen.row("Message", card.message.as_deref().unwrap_or_default());
    screen.row("Mail", card.emails.join(", "));
    let role = [card.title.clone(), Some(card.teams.join(", ")).filter(|teams| !teams.is_empty())];
    screen.row("Role", role.into_iter().flatten().collect::<Vec<_>>().join(", "));
    note(screen, card.note.as_deref());
    if let Some(number) = card.call.number.as_ref() {
        screen.row("Number", checked(number));
    }
}

fn system(screen: &mut Screen, card: &SystemCard, old: Option<String>) {
    match card.first() {
        Some(owner) => {
            act(screen, &owner.call, vec![format!("{} for {}", rank(owner.position), card.id), old.unwrap_or_default()])
        }
        None => screen.act(&Act {
            verb: "NOBODY",
            name: Some("can be called for"),
            support: vec![card.name.clone(), old.unwrap_or_default()],
            ..Act::default()
        }),
    }
    screen.blank();
    for owner in &card.owners {
        let state = match &owner.away_until {
            Some(until) => format!("away until {until}"),
            None => short(&owner.call.there),
        };
        screen.row(&format!("{}  {}", owner.position, rank(owner.position)), format!("{}   {state}", called(&owner.call)));
    }
    screen.row(
        "System",
        match card.tier {
            Some(tier) => format!("{}, tier {tier}", card.name),
            None => card.name.clone(),
        },
    );
    screen.row("Needs", card.needs.join(", "));
    screen.row("Playbook", card.playbook.as_deref().unwrap_or_default());
    if let Some(runbook) = &card.runbook {
        screen.row("Runbook", "works offline:");
        screen.quote(runbook);
    }
}

fn tool(screen: &mut Screen, card: &ToolCard, old: Option<String>) {
    match card.instead.first() {
        Some(first) => {
            let reach = first.reach.clone().unwrap_or_default();
            screen.act(&Act {
                verb: "USE",
                name: Some(&first.name),
                support: vec![reach, old.unwrap_or_default()],
                ..Act::default()
            });
        }
        None => screen.act(&Act {
            verb: "NO BACKUP",
            name: Some(&format!("is written down for {}", card.name)),
            support: vec![old.unwrap_or_default()],
            ..Act::default()
        }),
    }
    screen.blank();
    for (index, instead) in card.instead.iter().enumerate() {
        let needs = if instead.needs.is_empty() { String::new() } else { format!("   needs {}", instead.needs.join(", ")) };
        screen.row(&format!("{}  {}", index + 1, instead.name), format!("{}{needs}", instead.reach.clone().unwrap_or_default()));
    }
    for avoid in &card.avoid {
        screen.row("Do not use", format!("{}: {}", avoid.what, avoid.why));
    }
    screen.row("Tool", [Some(card.name.clone()), card.purpose.clone()].into_iter().flatten().collect::<Vec<_>>().join(", "));
    screen.row("Reach", card.reach.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Is it down?", card.status_page.as_deref().unwrap_or_default());
    if let Some(owner) = &card.owner {
        screen.row("Ask", format!("{}   owner ({})", called(owner), short(&owner.there)));
    }
    screen.row("Credential", card.credential.as_deref().unwrap_or_default());
    screen.row("Checked", card.checked.as_ref().map(ago).unwrap_or_default());
}

fn bridge(screen: &mut Screen, card: &BridgeCard) {
    join(screen, card);
    screen.blank();
    screen.row("Bridge", format!("{}, number {} of {}", card.name, card.rung, card.rungs));
    for other in card.numbers.iter().skip(1) {
        screen.row("Other number", keep(&other.shown));
    }
    screen.row("Host key", card.host_key.as_deref().map(keep).unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Say first", card.say_first.as_deref().unwrap_or_default());
    note(screen, card.note.as_deref());
    screen.row("Tested", card.tested.as_ref().map(ago).unwrap_or_default());
}

fn vendor(screen: &mut Screen, card: &VendorCard, old: Option<String>) {
    screen.act(&Act {
        verb: if card.numbers.is_empty() { "NO NUMBER" } else { "CALL" },
        name: Some(&card.name),
        number: card.numbers.first().map(|number| number.shown.as_str()),
        support: vec!["hotline".to_owned(), old.unwrap_or_default()],
    });
    screen.blank();
    screen.row("Account", card.account.as_deref().map(keep).unwrap_or_default());
    screen.row("Contract", card.contract.as_deref().map(keep).unwrap_or_default());
    screen.row("Support PIN", card.pin.as_deref().map(keep).unwrap_or_default());
    for other in card.numbers.iter().skip(1) {
        screen.row("Other number", format!("{}   {}", keep(&other.shown), other.note.clone().unwrap_or_default()));
    }
    screen.row("Open a case", card.url.as_deref().unwrap_or_default());
    note(screen, card.note.as_deref());
    if let Some(number) = card.numbers.first() {
        screen.row("Number", checked(number));
    }
}

fn credential(screen: &mut Screen, card: &CredentialCard, old: Option<String>) {
    match card.owner.as_ref().or(card.holders.first()) {
        Some(call) => act(screen, call, vec![format!("answers for {}", card.id), old.unwrap_or_default()]),
        None => screen.act(&Act { verb: "NOBODY", name: Some("holds"), support: vec![card.title.clone()], ..Act::default() }),
    }
    screen.blank();
    screen.row("Credential", &card.title);
    screen.row(
        "Tier",
        format!(
            "{}, opened by {}",
            card.tier,
            match card.rule {
                crate::team::Rule::Any => "any holder".to_owned(),
                crate::team::Rule::Of { k, n } => format!("{k} of {n} holders together"),
            }
        ),
    );
    for holder in &card.holders {
        screen.row("Holder", format!("{}   {}", called(holder), short(&holder.there)));
    }
    screen.row("Sign in", card.sign_in.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Rotate by", card.rotate_by.map(|day| day.to_string()).unwrap_or_default());
}

/// The first line that calls somebody, or says that there is no number.
fn act(screen: &mut Screen, call: &Call, support: Vec<String>) {
    screen.act(&Act {
        verb: if call.number.is_some() { "CALL" } else { "NO NUMBER" },
        name: Some(&call.name),
        number: call.number.as_ref().map(|number| number.shown.as_str()),
        support,
    });
}

fn called(call: &Call) -> String {
    match &call.number {
        Some(number) => format!("{}   {}", keep(&call.name), keep(&number.shown)),
        None => format!("{} (no number)", keep(&call.name)),
    }
}

fn there(there: &There) -> String {
    let asleep = if there.likely_asleep { " Likely asleep" } else { "" };
    let works = there.works.as_ref().map(|hours| format!(" (works {hours})")).unwrap_or_default();
    format!("{} {}, {}: {}.{asleep}{works}", there.time, there.weekday, there.place, there.part.word())
}

fn short(there: &There) -> String {
    let asleep = if there.likely_asleep { ", likely asleep" } else { "" };
    format!("{} {} there, {}{asleep}", there.time, there.weekday, there.part.word())
}

fn checked(number: &NumberCard) -> String {
    match &number.checked {
        Some(check) if number.stale => format!("STALE: checked {}", ago(check)),
        Some(check) => format!("checked {}", ago(check)),
        None => "STALE: nobody has checked it".to_owned(),
    }
}

fn ago(check: &CheckedCard) -> String {
    let by = check.by.as_ref().map(|name| format!(" by {}", first_name(name))).unwrap_or_default();
    match check.days {
        ..=0 => format!("today{by}"),
        1 => format!("yesterday{by}"),
        days => format!("{days} days ago{by}"),
    }
}

fn note(screen: &mut Screen, text: Option<&str>) {
    if let Some(text) = text {
        screen.row("Note", "written by the team:");
        screen.quote(text);
    }
}

fn rank(position: usize) -> String {
    match position {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        n => format!("number {n}"),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "mobile",
        Kind::Landline => "landline",
        Kind::Home => "at home",
        Kind::Work => "at work",
        Kind::Satellite => "satellite",
        Kind::Pager => "pager",
        Kind::Other => "other",
    }
}

fn first_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_owned()
}
