//! From a draft to a team: every rule over every file, in one run.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    across, calendar,
    context::{Commands, Context, Spot, Subject},
    draft::{Draft, stem},
    duties, head, held,
    item::Item,
    nearest::nearest,
    node::{Entry, Table, Value},
    problem::{Problem, Problems, quoted},
    reference::slug,
    rota,
    rule::{Rule, Weight},
    sealed, things,
};
use crate::team::{Id, Region, Team, Thing};

/// The words that may stand at the top of a file.
const TOP: [&str; 14] = [
    "team",
    "policy",
    "person",
    "system",
    "tool",
    "bridge",
    "authority",
    "vendor",
    "tier",
    "credential",
    "window",
    "rota",
    "calendar",
    "device",
];
/// What people write for a word of [`TOP`], and no count of letters would find.
const TOP_ALSO: [(&str, &str); 8] = [
    ("oncall", "rota"),
    ("schedule", "rota"),
    ("people", "person"),
    ("persons", "person"),
    ("authorities", "authority"),
    ("member", "person"),
    ("members", "person"),
    ("contact", "person"),
];

/// A team directory without errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What a kit is made from.
    pub team: Team,
    /// The country of numbers that are written without one, if the team named it.
    pub region: Option<Region>,
    /// Which commands print the values of which credential. Of no use to members, so no kit has them.
    pub commands: Commands,
    /// Facts that somebody should look at; waived ones are left out.
    pub warnings: Vec<Problem>,
}

/// Checks a draft against every rule. `today` is for what goes out of date; nothing else depends on a clock.
///
/// # Errors
/// [`Problems`] with every mistake of every file, sorted by file and line.
pub fn check(draft: &Draft, today: Date) -> Result<Checked, Problems> {
    let mut cx = Context::new(draft, today);
    index(&mut cx);
    let cx = cx;
    syntax(&cx);
    duplicate_ids(&cx);
    let (mut team, waivers) = head::read(&cx);
    for (at, file) in draft.files.iter().enumerate() {
        for entry in file.root.entries() {
            one_kind(&cx, at, entry, &mut team);
        }
    }
    sealed::read(&cx, &mut team);
    across::check(&cx, &team);
    if !cx.has_errors() {
        held::check(&cx, &team);
    }
    let region = cx.region.get().copied().flatten();
    let (errors, mut warnings) = sorted(cx.take_found());
    warnings.retain(|warning| !waivers.iter().any(|waiver| head::waives(waiver, warning, today)));
    if errors.is_empty() {
        Ok(Checked { team, region, commands: cx.commands.take(), warnings })
    } else {
        Err(Problems { errors, warnings })
    }
}

/// Takes down every id, so that references can be told from slips whatever the order of the files.
fn index(cx: &mut Context<'_>) {
    for problem in &cx.draft.unread {
        cx.maybe.insert(stem(&problem.file).to_owned());
    }
    for (at, file) in cx.draft.files.iter().enumerate() {
        if !file.faults.is_empty() {
            cx.maybe.insert(file.stem().to_owned());
            cx.maybe.extend(ids_by_eye(&file.text));
        }
        for entry in file.root.entries().filter(|entry| !["team", "policy", "device"].contains(&entry.key.as_str())) {
            let kind = Thing::from_word(&entry.key);
            for (id, spot) in ids_under(entry, at) {
                if let Some(id) = id.as_ref().filter(|id| Id::<()>::parse(id).is_err()) {
                    // What the others call it is probably what it should have been called.
                    cx.maybe.extend([slug(id, '.'), slug(id, '-'), file.stem().to_owned()]);
                }
                match (id, kind) {
                    (Some(id), Some(kind)) => cx.ids.entry((kind, id)).or_default().push(spot),
                    (Some(id), None) => {
                        cx.maybe.insert(id);
                    }
                    (None, _) => {
                        cx.maybe.insert(file.stem().to_owned());
                    }
                }
            }
        }
    }
}

fn ids_under(entry: &Entry, file: usize) -> Vec<(Option<String>, Spot)> {
    let id_of = |table: &Table, start: usize| {
        let text = table.get("id").and_then(|id| match &id.node.value {
            Value::Text(text) => Some((text.clone(), id.node.span.start)),
            _ => None,
        });
        match text {
            Some((text, at)) => (Some(text), Spot { file, at }),
            None => (None, Spot { file, at: start }),
        }
    };
    match &entry.node.value {
        Value::Table(table) => vec![id_of(table, entry.key_at)],
        Value::List(list) => list
            .iter()
            .filter_map(|node| match &node.value {
                Value::Table(table) => Some(id_of(table, node.span.start)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The ids in a file that is no TOML, as a reader would see them.
fn ids_by_eye(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("id")?.trim_start().strip_prefix('='))
        .map(|rest| rest.trim().trim_matches(['"', '\'']).to_owned())
        .collect()
}

fn syntax(cx: &Context<'_>) {
    for (at, file) in cx.draft.files.iter().enumerate() {
        for fault in &file.faults {
            let spot = Spot { file: at, at: fault.at };
            cx.report(Rule::Syntax, spot, None, format!("this is not TOML: {}", fault.message), None);
        }
    }
    if cx.draft.tables().next().is_none() && cx.draft.unread.is_empty() {
        cx.report_unplaced(Problem {
            file: "kit.toml".to_owned(),
            line: 1,
            column: 1,
            rule: Rule::NoTeam,
            weight: Weight::Error,
            about: None,
            message: "no .toml file stands in this directory".to_owned(),
            hint: Some("Is it the team directory?  kit init DIR  makes a new one.".to_owned()),
        });
    }
}

fn duplicate_ids(cx: &Context<'_>) {
    for ((kind, id), spots) in &cx.ids {
        let Some((first, others)) = spots.split_first() else { continue };
        for spot in others {
            let message =
                format!("{} {} is written down twice: the other is at {}", kind.word(), quoted(id), cx.where_is(*first));
            cx.report(Rule::DuplicateId, *spot, None, message, Some("Give one of them another id, or make them one.".to_owned()));
        }
    }
}

/// Reads all the things under one key at the top of a file.
fn one_kind(cx: &Context<'_>, file: usize, entry: &Entry, team: &mut Team) {
    let place = (cx, file, entry);
    match entry.key.as_str() {
        // Read before all others.
        "team" | "policy" => {}
        "person" => each(place, things::PERSON, &mut team.people, things::person),
        "system" => each(place, things::SYSTEM, &mut team.systems, things::system),
        "tool" => each(place, things::TOOL, &mut team.tools, things::tool),
        "bridge" => each(place, things::BRIDGE, &mut team.bridges, things::bridge),
        "vendor" => each(place, things::VENDOR, &mut team.vendors, things::vendor),
        "authority" => each(place, duties::AUTHORITY, &mut team.authority, duties::authority),
        "tier" => each(place, duties::TIER, &mut team.tiers, duties::tier),
        "credential" => each(place, duties::CREDENTIAL, &mut team.credentials, duties::credential),
        "window" => each(place, duties::WINDOW, &mut team.windows, duties::window),
        "rota" => each(place, rota::ROTA, &mut team.rotas, rota::rota),
        "calendar" => each(place, calendar::CALENDAR, &mut team.calendars, calendar::calendar),
        "device" => {
            for item in items(place, duties::DEVICE) {
                team.devices.extend(duties::device(&item).filter(|_| !item.failed()));
            }
        }
        _ => stranger(cx, file, entry),
    }
}

/// Makes one thing of one table.
type Reads<'c, T, V> = fn(&Item<'c>, Option<&Subject>) -> Option<(Id<T>, V)>;
/// All the tables under one key of one file.
type Under<'c> = (&'c Context<'c>, usize, &'c Entry);

fn each<'c, T, V>(place: Under<'c>, keys: &'static [&'static str], map: &mut BTreeMap<Id<T>, V>, read: Reads<'c, T, V>) {
    for item in items(place, keys) {
        let subject = Thing::from_word(&place.2.key)
            .zip(item.value("id"))
            .and_then(|(kind, node)| if let Value::Text(id) = &node.value { Some((kind, id.clone())) } else { None });
        if let Some((id, thing)) = read(&item, subject.as_ref())
            && !item.failed()
        {
            map.insert(id, thing);
        }
    }
}

fn items<'c>((cx, file, entry): Under<'c>, keys: &'static [&'static str]) -> Vec<Item<'c>> {
    let refuse = |what: &str| {
        let message = format!("{} wants tables, not {what}", quoted(&entry.key));
        let hint = format!("Write [[{}]], with two brackets on each side, above each one.", entry.key);
        cx.report(Rule::WrongType, Spot { file, at: entry.key_at }, None, message, Some(hint));
    };
    let Value::List(list) = &entry.node.value else {
        refuse(entry.node.value.kind());
        return Vec::new();
    };
    let items: Vec<_> = list.iter().filter_map(|node| Item::new(cx, file, node, &entry.key, keys)).collect();
    if items.len() < list.len() {
        refuse("a list of something else");
    }
    items
}

fn stranger(cx: &Context<'_>, file: usize, entry: &Entry) {
    let spot = Spot { file, at: entry.key_at };
    let is_table = match &entry.node.value {
        Value::Table(_) => true,
        Value::List(list) => list.iter().any(|node| matches!(node.value, Value::Table(_))),
        _ => false,
    };
    if !is_table {
        let message = format!("{} stands outside any table", quoted(&entry.key));
        cx.report(
            Rule::UnknownKey,
            spot,
            None,
            message,
            Some("Put the table it belongs to above it, for example [[person]].".to_owned()),
        );
        return;
    }
    let also = TOP_ALSO.iter().find(|(word, _)| *word == entry.key).map(|(_, meant)| *meant);
    let hint = match also.or_else(|| nearest(&entry.key, TOP)) {
        Some(meant @ ("team" | "policy")) => format!("Did you mean [{meant}]?"),
        Some(meant) => format!("Did you mean [[{meant}]]?"),
        None => format!("Known here: {}.", TOP.join(", ")),
    };
    cx.report(Rule::UnknownKey, spot, None, format!("nothing here is called {}", quoted(&entry.key)), Some(hint));
}

fn sorted(mut found: Vec<Problem>) -> (Vec<Problem>, Vec<Problem>) {
    found.sort_by(|a, b| (&a.file, a.line, a.column, a.rule, &a.message).cmp(&(&b.file, b.line, b.column, b.rule, &b.message)));
    found.dedup();
    found.into_iter().partition(|problem| problem.weight == Weight::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../docs/guide/team-directory.md");

    #[test]
    fn the_guide_lists_every_rule_as_it_is() {
        for rule in Rule::ALL {
            let weight = if rule.weight() == Weight::Error { "error" } else { "warning" };
            let row = format!("| `{}` | {weight} | {} |\n", rule.word(), rule.about());
            assert!(GUIDE.contains(&row), "docs/guide/team-directory.md lacks this row:\n{row}");
        }
        assert_eq!(GUIDE.matches(" | error | ").count() + GUIDE.matches(" | warning | ").count(), Rule::ALL.len());
    }

    #[test]
    fn the_guide_lists_every_key_and_no_other() {
        for (table, keys) in [
            ("[team]", head::TEAM),
            ("[policy]", head::POLICY),
            ("[[policy.waiver]]", head::WAIVER),
            ("[[person]]", things::PERSON),
            ("[[person.number]]", crate::authored::number::NUMBER),
            ("[[person.absence]]", things::ABSENCE),
            ("[[system]]", things::SYSTEM),
            ("[[tool]]", things::TOOL),
            ("[[tool.avoid]]", things::AVOID),
            ("[[bridge]]", things::BRIDGE),
            ("[[vendor]]", things::VENDOR),
            ("[[authority]]", duties::AUTHORITY),
            ("[[authority.delegation]]", duties::DELEGATION),
            ("[[rota]]", rota::ROTA),
            ("[[rota.shift]]", rota::SHIFT),
            ("[[rota.override]]", rota::OVERRIDE),
            ("[[calendar]]", calendar::CALENDAR),
            ("[[tier]]", duties::TIER),
            ("[[credential]]", duties::CREDENTIAL),
            ("[[window]]", duties::WINDOW),
            ("[[window.role]]", duties::ROLE),
            ("[[window.rehearsal]]", duties::REHEARSAL),
            ("[[device]]", duties::DEVICE),
        ] {
            let row = GUIDE.lines().find_map(|line| line.strip_prefix(&format!("| `{table}` | "))).expect(table);
            // Explanations stand in brackets or after a colon.
            let mut listed: Vec<&str> = Vec::new();
            let mut depth = 0_usize;
            for (at, part) in row.split('`').enumerate() {
                if at % 2 == 1 && depth == 0 {
                    listed.push(part);
                } else if at % 2 == 0 {
                    depth = (depth + part.matches('(').count()).saturating_sub(part.matches(')').count());
                }
            }
            listed.sort_unstable();
            let mut known = keys.to_vec();
            known.retain(|key| !(table == "[policy]" && *key == "waiver"));
            known.sort_unstable();
            assert_eq!(listed, known, "{table}");
        }
    }
}
