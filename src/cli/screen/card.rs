//! The screen of `kit lookup`: one card of any kind.

use super::{Act, Screen, Standing, Table, bare::join, keep};
use crate::{
    answer::{
        BridgeCard, Call, Card, CheckedCard, CredentialCard, LineUp, NumberCard, PersonCard, SystemCard, There, ToolCard,
        UseInstead, VendorCard,
    },
    team::Kind,
};

/// The screen of one card.
pub(crate) fn card(screen: &mut Screen, card: &Card, standing: &Standing) {
    let old = standing.age.on_first_line();
    match card {
        Card::Person(card) => person(screen, card, old),
        Card::System(card) => system(screen, card, old),
        Card::Tool(card) => tool(screen, card, old),
        Card::Bridge(card) => bridge(screen, card, old),
        Card::Vendor(card) => vendor(screen, card, old),
        Card::Credential(card) => credential(screen, card, old),
    }
    standing.close(screen, ", offline");
}

fn person(screen: &mut Screen, card: &PersonCard, old: Option<String>) {
    let old = old.unwrap_or_default();
    let gone = card.away.as_ref().map(|away| format!("away until {}", away.until));
    match (&card.instead, &gone) {
        (Some(call), Some(gone)) => act(screen, call, vec![old, format!("for {}, {gone}", card.call.name)]),
        (Some(call), None) => act(screen, call, vec![old, format!("for {}, who has no number", card.call.name)]),
        (None, Some(gone)) => act(screen, &card.call, vec![gone.clone(), old]),
        (None, None) if card.call.number.is_none() => {
            let other = card.message.clone().or_else(|| card.emails.first().map(|mail| format!("mail {mail}")));
            act(screen, &card.call, vec![other.unwrap_or_default(), old]);
        }
        (None, None) => act(screen, &card.call, vec![old, card.wake.how.clone().unwrap_or_default()]),
    }
    screen.blank();
    if card.instead.is_some() {
        screen.row(&first_name(&card.call.name), card.call.number.as_ref().map_or("no number".to_owned(), |it| keep(&it.shown)));
    }
    if let Some(why) = card.away.as_ref().and_then(|away| away.why.as_ref()) {
        screen.row("Away", why);
    }
    screen.row("There now", there(&card.call.there));
    screen.row("OK to wake", &card.wake.allowed);
    if let Some(next) = card.next.as_ref().filter(|next| card.instead.as_ref().is_none_or(|call| call.id != next.call.id)) {
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
    let old = old.unwrap_or_default();
    match (card.line.first(), &card.fallback) {
        (Some(step), _) => act(screen, &step.call, vec![old, format!("{} for {}", rank(step.position), card.id)]),
        (None, Some(call)) => act(screen, call, vec![old, format!("in charge; no owner of {} can be called", card.id)]),
        (None, None) => screen.act(&Act {
            verb: "NOBODY",
            name: Some("can be called for"),
            support: vec![card.name.clone(), old],
            ..Act::default()
        }),
    }
    screen.blank();
    line_up(screen, &card.line);
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

/// The steps of a line-up, then who was skipped and why.
fn line_up(screen: &mut Screen, line: &LineUp) {
    let mut steps = Table::new([keep("   Call").as_str(), "Number", "There now", "Checked"], 2);
    for step in &line.steps {
        let name = format!("{}  {}", step.position, step.call.name);
        steps.row([keep(&name), dial(&step.call), short(&step.call.there), checked_when(&step.call)]);
    }
    if !steps.is_empty() {
        screen.table(&steps);
        screen.blank();
    }
    for skipped in &line.skipped {
        let delegate = skipped.delegate.as_ref().map(|name| format!(", {name} stands in")).unwrap_or_default();
        screen.row("Skipped", format!("{}, {}{delegate}", keep(&skipped.name), skipped.why.text()));
    }
    for unknown in &line.unknown {
        screen.row("Unknown", unknown);
    }
}

fn tool(screen: &mut Screen, card: &ToolCard, old: Option<String>) {
    let old = old.unwrap_or_default();
    match (card.instead.first(), &card.owner) {
        (Some(first), _) => screen.act(&Act {
            verb: "USE",
            name: Some(&first.name),
            number: first.number.as_deref(),
            support: vec![
                pin(first),
                old,
                if first.number.is_some() { String::new() } else { first.reach.clone().unwrap_or_default() },
            ],
        }),
        (None, Some(owner)) if owner.number.is_some() => {
            act(screen, owner, vec![old, format!("owner of {}, which has no backup", card.name)]);
        }
        (None, _) => screen.act(&Act {
            verb: "NO BACKUP",
            name: Some(&format!("is written down for {}", card.name)),
            support: vec![old],
            ..Act::default()
        }),
    }
    screen.blank();
    let mut instead = Table::new([keep("   Instead").as_str(), "How", "Needs"], 3);
    for (index, way) in card.instead.iter().enumerate() {
        let how = match &way.number {
            Some(number) => format!("{}   {}", keep(number), pin(way)),
            None => way.reach.clone().unwrap_or_default(),
        };
        instead.row([keep(&format!("{}  {}", index + 1, way.name)), how.trim_end().to_owned(), way.needs.join(", ")]);
    }
    if !instead.is_empty() {
        screen.table(&instead);
        screen.blank();
    }
    for avoid in &card.avoid {
        screen.row("Do not use", format!("{}: {}", avoid.what, avoid.why));
    }
    screen.row("Tool", [Some(card.name.clone()), card.purpose.clone()].into_iter().flatten().collect::<Vec<_>>().join(", "));
    screen.row("Reach", card.reach.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Is it down?", card.status_page.as_deref().unwrap_or_default());
    if let Some(owner) = &card.owner {
        screen.row("Ask", format!("{}   {}", called(owner), short(&owner.there)));
    }
    screen.row("Credential", card.credential.as_deref().unwrap_or_default());
    screen.row("Checked", card.checked.as_ref().map(ago).unwrap_or_default());
}

fn bridge(screen: &mut Screen, card: &BridgeCard, old: Option<String>) {
    join(screen, card, old);
    screen.blank();
    screen.row("Bridge", format!("{}, number {} of {}", card.name, card.rung, card.rungs));
    for other in card.numbers.iter().skip(1) {
        screen.row("Other number", format!("{}   {}", keep(&other.shown), other.note.clone().unwrap_or_default()));
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
        support: vec![old.unwrap_or_default(), "hotline".to_owned()],
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
    let can_be_called = |call: &&Call| call.number.is_some();
    let holder = card.holders.iter().find(can_be_called);
    match card.owner.as_ref().filter(can_be_called).or(holder).or(card.owner.as_ref()) {
        Some(call) => act(screen, call, vec![old.unwrap_or_default(), format!("answers for {}", card.id)]),
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
    screen.blank();
    let mut holders = Table::new(["Holder", "Number", "There now", "Checked"], 2);
    for holder in &card.holders {
        holders.row([keep(&holder.name), dial(holder), short(&holder.there), checked_when(holder)]);
    }
    if !holders.is_empty() {
        screen.table(&holders);
        screen.blank();
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

/// The number of a table's row.
fn dial(call: &Call) -> String {
    call.number.as_ref().map_or_else(|| keep("no number"), |number| keep(&number.shown))
}

/// When the number of a table's row was last checked.
fn checked_when(call: &Call) -> String {
    match &call.number {
        Some(number) if number.stale => "STALE".to_owned(),
        Some(NumberCard { checked: Some(check), .. }) => keep(&days_ago(check)),
        _ => String::new(),
    }
}

fn pin(way: &UseInstead) -> String {
    way.pin.as_ref().map(|pin| keep(&format!("PIN {pin}"))).unwrap_or_default()
}

fn there(there: &There) -> String {
    let asleep = if there.likely_asleep { ". Likely asleep" } else { "" };
    let works = there.works.as_ref().map(|hours| format!(" (works {})", keep(hours))).unwrap_or_default();
    format!("{}, {}: {}{asleep}{works}", keep(&format!("{} {}", there.time, there.weekday)), there.place, there.part.word())
}

fn short(there: &There) -> String {
    let asleep = if there.likely_asleep { ", likely asleep" } else { "" };
    format!("{}  {}{asleep}", keep(&format!("{} {}", there.time, there.weekday)), there.part.word())
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
    format!("{}{by}", days_ago(check))
}

fn days_ago(check: &CheckedCard) -> String {
    match check.days {
        // The day may have begun elsewhere; further ahead, this machine's clock is wrong and a count would be too.
        ..-1 => format!("on {}", check.on),
        -1..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
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
