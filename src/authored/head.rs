//! The `[team]` and `[policy]` tables, read before all others: they say how the rest is read.

use jiff::civil::Date;

use super::{
    context::{Context, Spot},
    item::Item,
    nearest::nearest,
    node::Value,
    problem::{Problem, quoted},
    rule::{Rule, Weight},
    things::plain,
};
use crate::team::{Id, Person, Policy, Region, Team, Thing, Waiver};

pub(super) const TEAM: &[&str] = &["name", "lead", "rendezvous", "say_first", "woken_by", "suggested_sources", "region"];
pub(super) const POLICY: &[&str] = &[
    "number_stale_days",
    "refresh_days",
    "owners_min",
    "answer_within_min",
    "rotate_within_h",
    "rescue_days",
    "auditors",
    "waiver",
];
pub(super) const WAIVER: &[&str] = &["what", "owner", "reason", "until"];

/// How an address begins that may be suggested to members.
const SUGGESTED: &[&str] = &["https://", "git+ssh://", "git+https://", "s3://", "azblob://", "sftp://"];

/// Longest that a number may count as checked, and a kit as fresh: ten years.
const DAYS_MAX: i64 = 3650;
/// Most minutes that a policy can give people to answer.
const ANSWER_WITHIN_MAX: i64 = 60;
/// Longest that a policy can leave an opened credential as it is, in hours: a month.
const ROTATE_WITHIN_MAX: i64 = 744;
/// Most owners that a policy can ask for.
const OWNERS_MAX: i64 = 20;

/// Reads both tables; what they lack is empty in the team that is given back.
pub(super) fn read(cx: &Context<'_>) -> (Team, Vec<Waiver>) {
    let mut team = Team::named(String::new());
    if let Some(item) = the_one(cx, "team", TEAM) {
        item.must("name", "\"Acme\"");
        team.name = item.name("name").unwrap_or_default();
        team.lead = item.reference("lead", Thing::Authority);
        team.rendezvous = item.text("rendezvous");
        team.say_first = item.text("say_first");
        team.woken_by = plain(item.texts("woken_by"));
        team.suggested_sources = suggested_sources(&item);
        let _ = cx.region.set(region(cx, &item));
    } else if cx.draft.unread.is_empty() && cx.draft.tables().next().is_some() && !torn(cx) {
        let file = cx.draft.files.iter().find(|file| file.name == "kit.toml").map_or("kit.toml", |file| file.name.as_str());
        cx.report_unplaced(Problem {
            file: file.to_owned(),
            line: 1,
            column: 1,
            rule: Rule::NoTeam,
            weight: Weight::Error,
            about: None,
            message: "no file has a [team] table".to_owned(),
            hint: Some("Add to kit.toml:  [team]  and below it  name = \"Acme\"".to_owned()),
        });
    }
    if let Some(item) = the_one(cx, "policy", POLICY) {
        let standard = Policy::default();
        team.policy = Policy {
            number_stale_days: item.whole("number_stale_days", 1, DAYS_MAX).unwrap_or(standard.number_stale_days),
            refresh_days: item.whole("refresh_days", 1, DAYS_MAX).unwrap_or(standard.refresh_days),
            answer_within_min: item.whole("answer_within_min", 1, ANSWER_WITHIN_MAX).unwrap_or(standard.answer_within_min),
            rotate_within_h: item.whole("rotate_within_h", 1, ROTATE_WITHIN_MAX).unwrap_or(standard.rotate_within_h),
            rescue_days: item.whole("rescue_days", 1, DAYS_MAX).unwrap_or(standard.rescue_days),
            auditors: item.references("auditors", Thing::Person),
            owners_min: item.whole("owners_min", 1, OWNERS_MAX).unwrap_or(standard.owners_min),
            waivers: item.tables("waiver", WAIVER).iter().filter_map(waiver).collect(),
        };
    }
    let _ = cx.policy.set(team.policy.clone());
    let waivers = team.policy.waivers.clone();
    (team, waivers)
}

/// Whether a waiver sets a finding aside on a day.
pub(super) fn waives(waiver: &Waiver, finding: &Problem, today: Date) -> bool {
    let (rule, about) = split(&waiver.what);
    today <= waiver.until
        && rule == finding.rule.word()
        && (about.is_empty() || finding.about.as_deref() == Some(about))
        && !matches!(finding.rule, Rule::WaiverOver)
}

fn split(what: &str) -> (&str, &str) {
    let (rule, about) = what.trim().split_once(char::is_whitespace).unwrap_or((what.trim(), ""));
    (rule, about.trim())
}

/// The only table of its name in all files; a second one is reported.
fn the_one<'c>(cx: &'c Context<'c>, key: &str, keys: &'static [&'static str]) -> Option<Item<'c>> {
    let mut found: Option<Item<'c>> = None;
    for (at, file) in cx.draft.files.iter().enumerate() {
        let Some(entry) = file.root.get(key) else { continue };
        let spot = Spot { file: at, at: entry.key_at };
        if let Some(first) = &found {
            let message = format!("there are two [{key}] tables: the other is at {}", cx.where_is(first.spot()));
            cx.report(Rule::TwoTables, spot, None, message, Some("Make them one.".to_owned()));
        } else if matches!(entry.node.value, Value::Table(_)) {
            found = Item::new(cx, at, &entry.node, key, keys);
        } else {
            let message = format!("{} wants one table, not {}", quoted(key), entry.node.value.kind());
            cx.report(Rule::WrongType, spot, None, message, Some(format!("Write [{key}], with one bracket on each side.")));
        }
    }
    found
}

/// Whether `[team]` may stand in what could not be read, or is there in another form.
fn torn(cx: &Context<'_>) -> bool {
    cx.draft.files.iter().any(|file| {
        file.root.get("team").is_some()
            || file.root.entries().any(|entry| nearest(&entry.key, ["team"]).is_some())
            || (!file.faults.is_empty() && file.text.contains("[team"))
    })
}

fn region(cx: &Context<'_>, item: &Item<'_>) -> Option<Region> {
    let bad = || cx.region_is_bad.set(true);
    if !item.has("region") {
        if item.means("region") {
            bad();
        }
        return None;
    }
    let Some((text, spot)) = item.raw_text("region") else {
        bad();
        return None;
    };
    let region = Region::parse(text).ok();
    if region.is_none() {
        bad();
        let hint = "Two letters, for example  region = \"GB\"".to_owned();
        item.fail(Rule::Word, spot, format!("{} is no country code", quoted(text)), Some(hint));
    }
    region
}

/// Where members may be sent to: addresses on a network only, since a path or a program would be of their own machine, and
/// without a password, since every member could read it.
fn suggested_sources(item: &Item<'_>) -> Vec<String> {
    let is_good = |text: &str| {
        let rest = SUGGESTED.iter().find_map(|scheme| text.strip_prefix(scheme));
        rest.is_some_and(|rest| {
            let authority = rest.split('/').next().unwrap_or_default();
            let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic());
            is_plain && !authority.is_empty() && !authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
        })
    };
    let (good, bad): (Vec<_>, Vec<_>) = item.texts("suggested_sources").into_iter().partition(|(text, _)| is_good(text));
    for (_, spot) in bad {
        let hint = format!("An address on a network, without a password; it begins with {}", SUGGESTED.join(", "));
        item.fail(Rule::Word, spot, "this is no source that members could add".to_owned(), Some(hint));
    }
    plain(good)
}

fn waiver(item: &Item<'_>) -> Option<Waiver> {
    item.must("what", "\"few-owners system:payments-db\"");
    item.must("owner", "\"alice.okafor\"");
    item.must("reason", "\"second owner starts on 1 March\"");
    item.must("until", "2027-03-01");
    let (what, reason, until) = (item.text("what"), item.text("reason"), item.date("until"));
    let owner: Option<Id<Person>> = item.reference("owner", Thing::Person);
    if let Some(what) = &what {
        known_finding(item, what);
    }
    if let (Some(what), Some(until)) = (&what, until.filter(|until| *until < item.cx.today)) {
        let message = format!("the waiver of {} ended on {until}", quoted(what));
        item.cx.report(
            Rule::WaiverOver,
            item.spot_at("until"),
            None,
            message,
            Some("Put right what it waives, or take it out.".to_owned()),
        );
    }
    Some(Waiver { what: what?, owner: owner?.to_string(), reason: reason?, until: until? })
}

/// A waiver names a warning, and what it is about: a slip here would waive nothing and tell nobody.
fn known_finding(item: &Item<'_>, what: &str) {
    let spot = item.spot_at("what");
    let (word, about) = split(what);
    let warnings = || Rule::ALL.iter().filter(|rule| rule.weight() == Weight::Warning).map(|rule| rule.word());
    match Rule::from_word(word) {
        Some(rule) if rule.weight() == Weight::Warning => {}
        Some(_) => {
            let hint = "Only warnings can be waived; mistakes are put right.".to_owned();
            item.fail(Rule::Word, spot, format!("{} is a mistake and cannot be waived", quoted(word)), Some(hint));
            return;
        }
        None => {
            let hint = match nearest(word, warnings()) {
                Some(meant) => format!("Did you mean {}?", quoted(meant)),
                None => format!("It can be {}.", warnings().collect::<Vec<_>>().join(", ")),
            };
            item.fail(Rule::Word, spot, format!("no warning is called {}", quoted(word)), Some(hint));
            return;
        }
    }
    let exists = |(kind, id): (&str, &str)| {
        Thing::from_word(kind).is_some_and(|kind| item.cx.ids.contains_key(&(kind, id.to_owned()))) || item.cx.maybe.contains(id)
    };
    if !about.is_empty() && !about.split_once(':').is_some_and(exists) {
        let hint = "After the rule, name the thing:  what = \"few-owners system:payments-db\"".to_owned();
        item.fail(Rule::Dangling, spot, format!("there is no {}", quoted(about)), Some(hint));
    }
}
