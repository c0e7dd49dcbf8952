//! The values of a team directory that mean something: references, numbers, times, zones, addresses.

use std::cell::Cell;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, Offset},
};
use toml::value::{Datetime, Offset as TomlOffset};

use super::{
    form,
    item::{Item, Spot, Subject},
    nearest::nearest,
    node::Value,
    problem::quoted,
    rule::Rule,
};
use crate::team::{Checked, Id, Kind, Need, Number, NumberError, Person, Ref, Thing, Zone};

const NUMBER_KEYS: &[&str] = &["number", "kind", "carrier", "note", "checked", "checked_by"];
const NUMBER_KINDS: [(&str, Kind); 7] = [
    ("mobile", Kind::Mobile),
    ("landline", Kind::Landline),
    ("home", Kind::Home),
    ("work", Kind::Work),
    ("satellite", Kind::Satellite),
    ("pager", Kind::Pager),
    ("other", Kind::Other),
];

const DEVICE_HINT: &str = "Files of devices are written by  kit member add;  do not edit the keys in them.";

/// The zone that local times of an item are in.
pub(super) struct LocalZone {
    zone: Option<Zone>,
    /// Whether there is no use in reporting that it is missing: it was written and is none, or was reported already.
    excused: Cell<bool>,
}

impl Item<'_> {
    /// The item's own id.
    pub(super) fn id<T>(&self, example: &str) -> Option<Id<T>> {
        self.must("id", &format!("\"{example}\""));
        let (text, spot) = self.raw_text("id")?;
        match Id::parse(text) {
            Ok(id) => Some(id),
            Err(error) => {
                let slug = slug(text);
                let hint = Id::<T>::parse(&slug)
                    .map_or_else(|_| format!("Like this:  id = \"{example}\""), |id| format!("Like this:  id = \"{id}\""));
                self.fail(Rule::Id, spot, format!("{} is no id: {error}", quoted(text)), Some(hint));
                None
            }
        }
    }

    /// A reference to one thing of a kind.
    pub(super) fn reference<T>(&self, key: &str, kind: Thing) -> Option<Id<T>> {
        let (text, spot) = self.raw_text(key)?;
        self.resolve(text, spot, kind)
    }

    /// References to things of a kind, each different.
    pub(super) fn references<T>(&self, key: &str, kind: Thing) -> Vec<Id<T>> {
        self.texts(key).iter().filter_map(|(text, spot)| self.resolve(text, *spot, kind)).collect()
    }

    fn resolve<T>(&self, text: &str, spot: Spot, kind: Thing) -> Option<Id<T>> {
        let known = self.cx.ids.contains_key(&(kind, text.to_owned()));
        if !known {
            if !self.cx.maybe.contains(text) {
                self.dangling(text, spot, &[kind], &[]);
            }
            self.fail_silently();
            return None;
        }
        let id = Id::parse(text).ok();
        if id.is_none() {
            self.fail_silently();
        }
        id
    }

    /// What the item needs, noted for the rule of cycles.
    pub(super) fn needs(&self, of: Option<&Subject>) -> Vec<Need> {
        let mut needs = Vec::new();
        for (text, spot) in self.texts("needs") {
            if !Need::COMMON.contains(&text.as_str()) {
                let Some(to) = self.resolve_any(&text, spot, &Need::KINDS, &Need::COMMON) else { continue };
                if let Some(of) = of {
                    self.edge(of, to, spot, "needs", |seen| &mut seen.needs);
                }
            }
            needs.push(Need::new(text));
        }
        needs
    }

    /// What to use instead, noted for the rule of cycles.
    pub(super) fn backups(&self, of: Option<&Subject>) -> Vec<Ref> {
        let mut backups = Vec::new();
        for (text, spot) in self.texts("backups") {
            let Some(to) = self.resolve_any(&text, spot, &Ref::KINDS, &[]) else { continue };
            if let Some(of) = of {
                self.edge(of, to, spot, "is a backup of", |seen| &mut seen.backups);
            }
            backups.push(Ref::new(text));
        }
        backups
    }

    fn edge(
        &self,
        of: &Subject,
        to: Subject,
        spot: Spot,
        verb: &str,
        list: impl Fn(&mut super::item::Seen) -> &mut Vec<(Subject, Subject, Spot)>,
    ) {
        if *of == to {
            let message = format!("{} {} {verb} itself", to.0.word(), quoted(&to.1));
            self.fail(Rule::Own, spot, message, Some("Take it out of the list.".to_owned()));
        } else {
            list(&mut self.cx.seen.borrow_mut()).push((of.clone(), to, spot));
        }
    }

    fn resolve_any(&self, text: &str, spot: Spot, kinds: &[Thing], words: &[&str]) -> Option<Subject> {
        let exists = |kind: Thing, id: &str| self.cx.ids.contains_key(&(kind, id.to_owned()));
        let (named, id) = match text.split_once(':').map(|(word, id)| (Thing::from_word(word), id)) {
            Some((Some(kind), id)) if kinds.contains(&kind) => (Some(kind), id),
            _ => (None, text),
        };
        let found: Vec<Thing> =
            kinds.iter().copied().filter(|kind| named.is_none_or(|named| named == *kind) && exists(*kind, id)).collect();
        let Some(&kind) = found.first() else {
            if !self.cx.maybe.contains(id) {
                self.dangling(text, spot, kinds, words);
            }
            self.fail_silently();
            return None;
        };
        if found.len() > 1 {
            let choices: Vec<String> = found.iter().map(|kind| format!("\"{}:{id}\"", kind.word())).collect();
            let message = format!("{} is {}; the {} is taken", quoted(id), kinds_in_words(&found, "and"), kind.word());
            self.cx.report(Rule::Ambiguous, spot, None, message, Some(format!("Say which: {}", choices.join(" or "))));
        }
        Some((kind, id.to_owned()))
    }

    fn dangling(&self, text: &str, spot: Spot, kinds: &[Thing], words: &[&str]) {
        let ids = self.cx.ids.keys().filter(|(kind, _)| kinds.contains(kind)).map(|(_, id)| id.as_str());
        let hint = match nearest(text, ids.chain(words.iter().copied())) {
            Some(meant) => format!("Did you mean {}?", quoted(meant)),
            None if words.is_empty() => {
                let word = kinds.first().map_or("", |kind| kind.word());
                format!("Write it down as a [[{word}]], or take it out here.")
            }
            None => format!("Write it down as a [[tool]], [[vendor]] or [[system]], or use one of: {}.", words.join(", ")),
        };
        self.fail(
            Rule::Dangling,
            spot,
            format!("there is no {} {}", kinds_in_words(kinds, "or").replace("a ", ""), quoted(text)),
            Some(hint),
        );
    }

    /// A date.
    pub(super) fn date(&self, key: &str) -> Option<Date> {
        let node = self.value(key)?;
        let date = match &node.value {
            Value::Moment(at) if at.time.is_none() => at.date.and_then(civil_date),
            _ => None,
        };
        if date.is_none() {
            self.wrong(key, node, "a date", format!("Like this, without quotation marks:  {key} = 2026-11-12"));
        }
        date
    }

    /// The item's zone for local times.
    pub(super) fn local_zone(&self) -> LocalZone {
        let zone = self.zone("zone");
        let excused = Cell::new(zone.is_none() && self.has("zone"));
        LocalZone { zone, excused }
    }

    /// A moment: with its offset, or local in the item's zone.
    pub(super) fn moment(&self, key: &str, zone: &LocalZone) -> Option<Timestamp> {
        let node = self.value(key)?;
        let example = format!("Like this, without quotation marks:  {key} = 2026-11-15T06:00:00+01:00");
        let Value::Moment(Datetime { date: Some(date), time: Some(time), offset }) = &node.value else {
            self.wrong(key, node, "a date with a time", example);
            return None;
        };
        let spot = Spot { file: self.file, at: node.span.start };
        let clock = civil_date(*date).map(|date| {
            // Leap seconds are no moments of their own here.
            date.at(
                time.hour.min(23).cast_signed(),
                time.minute.min(59).cast_signed(),
                time.second.unwrap_or(0).min(59).cast_signed(),
                0,
            )
        });
        let Some(clock) = clock else {
            self.wrong(key, node, "a date with a time", example);
            return None;
        };
        match offset {
            Some(TomlOffset::Z) => Offset::UTC.to_timestamp(clock).ok(),
            Some(TomlOffset::Custom { minutes }) => {
                Offset::from_seconds(i32::from(*minutes) * 60).ok().and_then(|offset| offset.to_timestamp(clock).ok())
            }
            None => self.local_moment(clock, zone, spot),
        }
    }

    fn local_moment(&self, clock: DateTime, zone: &LocalZone, spot: Spot) -> Option<Timestamp> {
        let Some((name, rules)) = zone.zone.as_ref().and_then(|zone| Some((zone, zone.time_zone()?))) else {
            self.fail_silently();
            if !zone.excused.replace(true) {
                let hint = "Add  zone = \"Europe/Berlin\"  beside it, or an offset: 2026-11-15T06:00:00+01:00".to_owned();
                self.fail(Rule::LocalTime, spot, "this time says neither its zone nor its offset".to_owned(), Some(hint));
            }
            return None;
        };
        let moment = rules.to_ambiguous_timestamp(clock);
        let often = match moment.offset() {
            AmbiguousOffset::Unambiguous { .. } => return moment.unambiguous().ok(),
            AmbiguousOffset::Gap { .. } => "never",
            AmbiguousOffset::Fold { .. } => "twice",
        };
        let message = format!("this time happens {often} in {name}: the clocks change");
        self.fail(Rule::LocalTime, spot, message, Some("Add its offset: 2026-10-25T02:30:00+01:00".to_owned()));
        None
    }

    /// A time zone.
    pub(super) fn zone(&self, key: &str) -> Option<Zone> {
        let (text, spot) = self.raw_text(key)?;
        let zone = Zone::parse(text).ok();
        if zone.is_none() {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let city =
                |name: &&str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&text.replace(' ', "_")));
            let known = || names.iter().map(String::as_str);
            let hint = match known().find(city).or_else(|| nearest(text, known())) {
                Some(meant) => format!("Did you mean {}?", quoted(meant)),
                None => "Zones are named after a city, as \"Europe/London\" or \"America/New_York\".".to_owned(),
            };
            self.fail(Rule::Zone, spot, format!("no time zone is called {}", quoted(text)), Some(hint));
        }
        zone
    }

    /// A text that may have web addresses in it.
    pub(super) fn address(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| self.good_address(key, form::address_fault(text)))
    }

    /// The address of a web page.
    pub(super) fn page(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| self.good_address(key, form::page_fault(text)))
    }

    fn good_address(&self, key: &str, fault: Option<String>) -> bool {
        let Some(fault) = fault else { return true };
        let spot = self.spot_at(key);
        let hint = "Web addresses begin with https://, and then the host.".to_owned();
        self.fail(Rule::Address, spot, format!("the address in {} is not safe to open: {fault}", quoted(key)), Some(hint));
        false
    }

    /// When and by whom something was checked.
    pub(super) fn checked(&self, key: &str, by_key: &str) -> Option<Checked> {
        let by: Option<Id<Person>> = self.reference(by_key, Thing::Person);
        let on = self.date(key);
        if self.has(by_key) {
            self.must(key, "2026-11-12");
        }
        let on = on?;
        // A day of grace: it may be tomorrow already where the checker is.
        if on > self.cx.today.tomorrow().unwrap_or(self.cx.today) {
            let message = format!("this check lies in the future ({on})");
            self.cx.report(
                Rule::FutureCheck,
                self.spot_at(key),
                None,
                message,
                Some("Write the day on which it was done.".to_owned()),
            );
        }
        Some(Checked { on, by })
    }

    /// An age recipient, in the form that `key` prints.
    pub(super) fn recipient(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        let recipient = form::recipient(text);
        if recipient.is_none() {
            let message = format!("{} is no age recipient", quoted(text));
            self.fail(Rule::DeviceKey, spot, message, Some(DEVICE_HINT.to_owned()));
        }
        recipient
    }

    /// An OpenSSH public key that signs, without its comment.
    pub(super) fn verify_key(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        let public = form::verify_key(text);
        if public.is_none() {
            let message = format!("{} is no public key of kind ssh-ed25519 or sk-ssh-ed25519@openssh.com", quoted(text));
            self.fail(Rule::DeviceKey, spot, message, Some(DEVICE_HINT.to_owned()));
        }
        public
    }

    /// The numbers of a person, bridge or vendor.
    pub(super) fn numbers(&self, of: Option<&Subject>) -> Vec<Number> {
        let mut numbers: Vec<Number> = Vec::new();
        for item in self.tables("number", NUMBER_KEYS) {
            let number = item.number(of);
            if item.failed() {
                self.fail_silently();
            }
            let Some(number) = number else { continue };
            if numbers.iter().any(|other| other.e164 == number.e164) {
                let message = format!("the number {} stands here twice", number.shown);
                self.fail(Rule::Twice, item.spot_at("number"), message, Some("Take one of them away.".to_owned()));
                continue;
            }
            numbers.push(number);
        }
        numbers
    }

    fn number(&self, of: Option<&Subject>) -> Option<Number> {
        self.must("number", "\"+44 7700 900123\"");
        let kind = self.word("kind", &NUMBER_KINDS).unwrap_or_default();
        let (carrier, note, checked) = (self.text("carrier"), self.text("note"), self.checked("checked", "checked_by"));
        let number = self.dialable("number")?;
        if let Some((Thing::Person, person)) = of {
            self.freshness(person, &number, checked.as_ref());
            let spot = self.spot_at("number");
            self.cx.seen.borrow_mut().numbers.push((number.e164.to_string(), person.clone(), spot));
        }
        Some(Number { kind, carrier, note, checked, ..number })
    }

    fn dialable(&self, key: &str) -> Option<Number> {
        let (text, spot) = self.raw_text(key)?;
        match Number::parse(text, self.cx.region.get().copied().flatten()) {
            Ok(number) => Some(number),
            // A region that was written and is none has been reported where it stands.
            Err(NumberError::NoCountry(_)) if self.cx.region_is_bad.get() => {
                self.fail_silently();
                None
            }
            Err(error) => {
                let (rule, hint) = match &error {
                    NumberError::NoCountry(_) => (
                        Rule::NumberCountry,
                        "Write it with its country (+44 …), or add  region = \"GB\"  to [team] for all such numbers.",
                    ),
                    NumberError::Character { .. } => (
                        Rule::NumberDialable,
                        "Digits and + ( ) . / - only. What to key in afterwards goes into \"note\" or \"pin\".",
                    ),
                    _ => (Rule::NumberDialable, "Like this:  number = \"+44 7700 900123\""),
                };
                let why = match error {
                    NumberError::NoCountry(_) => format!("the number {} has no country", quoted(text)),
                    NumberError::Character { found, .. } => {
                        format!("{} is not a number to dial: {} cannot be in it", quoted(text), quoted(&found.to_string()))
                    }
                    NumberError::NotDialable { why, .. } => format!("{} is not a number to dial: {why}", quoted(text)),
                    NumberError::Region(_) => error.to_string(),
                };
                self.fail(rule, spot, why, Some(hint.to_owned()));
                None
            }
        }
    }

    fn freshness(&self, person: &str, number: &Number, checked: Option<&Checked>) {
        let Some(days_max) = self.cx.policy.get().map(|policy| i32::from(policy.number_stale_days)) else { return };
        let Some(checked) = checked else {
            self.cx.seen.borrow_mut().unchecked.push(person.to_owned());
            return;
        };
        let days = (self.cx.today - checked.on).get_days();
        if days > days_max {
            let message = format!("{} was last checked {days} days ago, on {}", number.shown, checked.on);
            let hint = "Ring it, then write  checked = (the day)  and  checked_by = (who rang)".to_owned();
            self.cx.report(Rule::StaleNumber, self.spot_at("checked"), Some(format!("person:{person}")), message, Some(hint));
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Clone>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let (text, spot) = self.raw_text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone());
        if found.is_none() {
            let all = words.iter().map(|(word, _)| quoted(word)).collect::<Vec<_>>().join(", ");
            let hint = match nearest(text, words.iter().map(|(word, _)| *word)) {
                Some(meant) => format!("Did you mean {}? It can be {all}.", quoted(meant)),
                None => format!("It can be {all}."),
            };
            self.fail(Rule::Word, spot, format!("{} cannot be {}", quoted(key), quoted(text)), Some(hint));
        }
        found
    }

    /// Other names, noted for the rule of names that two things share.
    pub(super) fn aliases(&self, of: Option<&Subject>) -> Vec<String> {
        let aliases = self.texts("aliases");
        for (alias, spot) in &aliases {
            if self.good_letters(alias, *spot)
                && let Some(of) = of
            {
                self.cx.seen.borrow_mut().aliases.push((of.clone(), alias.clone(), *spot));
            }
        }
        aliases.into_iter().map(|(alias, _)| alias).collect()
    }

    /// The full name, noted for the rule of names that look alike.
    pub(super) fn full_name(&self, key: &str, of: Option<&Subject>, example: &str) -> Option<String> {
        self.must(key, &format!("\"{example}\""));
        let name = self.name(key)?;
        if let Some(of) = of {
            self.cx.seen.borrow_mut().names.push((of.clone(), name.clone(), self.spot_at(key)));
        }
        Some(name)
    }
}

fn civil_date(date: toml::value::Date) -> Option<Date> {
    Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
}

/// `a tool`, `a tool or a bridge`, `a tool, a vendor or a system`.
fn kinds_in_words(kinds: &[Thing], last: &str) -> String {
    let words: Vec<String> = kinds.iter().map(|kind| format!("a {}", kind.word())).collect();
    match words.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

/// The id that a name would have: `alice.okafor` of `Alice Okafor`.
pub(super) fn slug(name: &str) -> String {
    let plain: String = deunicode::deunicode(name).to_lowercase();
    let dotted: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '.' }).collect();
    dotted.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".").trim_matches('-').to_owned()
}
