//! One table of a team directory and how its keys are read: each mistake is reported once, where it stands.

use std::{cell::Cell, collections::BTreeSet};

use super::{
    context::{Context, Spot},
    form,
    nearest::nearest,
    node::{Entry, Node, Table, Value},
    problem::{quoted, shown},
    rule::Rule,
};
use crate::team::{Thing, field_fault, note_fault};

/// One table: `[team]`, a `[[person]]`, a `[[person.number]]`.
pub(super) struct Item<'c> {
    pub(super) cx: &'c Context<'c>,
    pub(super) file: usize,
    start: usize,
    table: &'c Table,
    /// The key it stands under: `person`, `person.number`.
    path: String,
    /// Keys that an unknown key probably stands for: they are not missing as well.
    meant: Vec<&'static str>,
    torn: bool,
    failed: Cell<bool>,
}

impl<'c> Item<'c> {
    /// Takes up a table and reports the keys that do not belong in it.
    pub(super) fn new(
        cx: &'c Context<'c>,
        file: usize,
        node: &'c Node,
        path: &str,
        keys: &'static [&'static str],
    ) -> Option<Self> {
        let Value::Table(table) = &node.value else { return None };
        // What is torn by a slip in the grammar is only half there, and no rule can be asked of it.
        let torn = cx.file(file).is_some_and(|file| file.fault_within(node.span.start));
        let mut item = Self {
            cx,
            file,
            start: node.span.start,
            table,
            path: path.to_owned(),
            meant: Vec::new(),
            torn,
            failed: Cell::new(torn),
        };
        for entry in table.entries() {
            if !keys.contains(&entry.key.as_str()) {
                let meant = item.unknown(entry, keys);
                item.meant.extend(meant);
            }
        }
        Some(item)
    }

    fn unknown(&self, entry: &Entry, keys: &'static [&'static str]) -> Option<&'static str> {
        let spot = self.spot_of(entry);
        if form::is_secret_key(&entry.key) {
            let message = format!("{} is a place for a secret, and secrets never stand in these files", quoted(&entry.key));
            self.fail(Rule::Secret, spot, message, Some(SECRET_HINT.to_owned()));
            return None;
        }
        // `numbers` for `number`: the plural is what the screens say.
        let meant = keys
            .iter()
            .copied()
            .find(|key| entry.key == format!("{key}s") || entry.key.replace('-', "_") == *key)
            .or_else(|| nearest(&entry.key, keys.iter().copied()));
        let hint = match meant {
            Some(meant) => format!("Did you mean {}?", quoted(meant)),
            None => format!("Known here: {}.", keys.join(", ")),
        };
        self.fail(Rule::UnknownKey, spot, format!("[{}] has no key {}", self.path, quoted(&entry.key)), Some(hint));
        meant
    }

    pub(super) fn is_person(&self) -> bool {
        self.path == Thing::Person.word()
    }

    /// Where the table begins.
    pub(super) fn spot(&self) -> Spot {
        Spot { file: self.file, at: self.start }
    }

    /// Where the value of a key stands, or the table when it is not there.
    pub(super) fn spot_at(&self, key: &str) -> Spot {
        self.table.get(key).map_or(self.spot(), |entry| self.spot_of(entry))
    }

    fn spot_of(&self, entry: &Entry) -> Spot {
        Spot { file: self.file, at: entry.key_at }
    }

    /// Reports an error of this item, which is then left out of the team.
    pub(super) fn fail(&self, rule: Rule, spot: Spot, message: String, hint: Option<String>) {
        self.failed.set(true);
        self.cx.report(rule, spot, None, message, hint);
    }

    /// Marks the item as broken by something that was reported elsewhere.
    pub(super) fn fail_silently(&self) {
        self.failed.set(true);
    }

    pub(super) fn failed(&self) -> bool {
        self.failed.get()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Whether an unknown key was probably meant to be this one.
    pub(super) fn means(&self, key: &str) -> bool {
        self.meant.contains(&key)
    }

    pub(super) fn value(&self, key: &str) -> Option<&'c Node> {
        self.table.get(key).map(|entry| &entry.node)
    }

    /// Reports a key that has to be there and is not.
    pub(super) fn must(&self, key: &str, example: &str) {
        if self.has(key) {
            return;
        }
        self.failed.set(true);
        if !self.torn && !self.meant.contains(&key) {
            let message = format!("this [{}] has no {}", self.path, quoted(key));
            self.fail(Rule::MissingKey, self.spot(), message, Some(format!("Add a line such as  {key} = {example}")));
        }
    }

    pub(super) fn wrong(&self, key: &str, node: &Node, wants: &str, hint: String) {
        let spot = Spot { file: self.file, at: node.span.start };
        self.fail(Rule::WrongType, spot, format!("{} wants {wants}, not {}", quoted(key), node.value.kind()), Some(hint));
    }

    /// A text as written; only that it is no secret is certain, so that it may stand in a message.
    pub(super) fn raw_text(&self, key: &str) -> Option<(&'c str, Spot)> {
        let node = self.value(key)?;
        let Value::Text(text) = &node.value else {
            self.wrong(key, node, "a text", format!("Write it in quotation marks:  {key} = \"…\""));
            return None;
        };
        let spot = Spot { file: self.file, at: node.span.start };
        self.no_secret(key, text, spot).then_some((text.as_str(), spot))
    }

    /// A text of one line.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        self.good_text(key, text, spot).then(|| text.to_owned())
    }

    /// A text of one line or more.
    pub(super) fn note(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        if let Some(fault) = note_fault(text) {
            self.fail(Rule::Text, spot, format!("{} cannot be shown: {fault}", quoted(key)), Some(TEXT_HINT.to_owned()));
            return None;
        }
        Some(text.to_owned())
    }

    /// A name: a text of one line whose letters are what they look like.
    pub(super) fn name(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        (self.good_text(key, text, spot) && self.good_letters(text, spot)).then(|| text.to_owned())
    }

    /// A list of texts of one line, each different.
    pub(super) fn texts(&self, key: &str) -> Vec<(String, Spot)> {
        let Some(node) = self.value(key) else { return Vec::new() };
        let Value::List(list) = &node.value else {
            self.wrong(key, node, "a list of texts", format!("Write it in brackets:  {key} = [\"…\"]"));
            return Vec::new();
        };
        let mut texts: Vec<(String, Spot)> = Vec::new();
        let mut seen = BTreeSet::new();
        for node in list {
            let spot = Spot { file: self.file, at: node.span.start };
            let Value::Text(text) = &node.value else {
                self.wrong(key, node, "a list of texts", format!("Write each in quotation marks:  {key} = [\"…\"]"));
                continue;
            };
            if !self.no_secret(key, text, spot) {
                continue;
            }
            if !seen.insert(text) {
                self.fail(
                    Rule::Twice,
                    spot,
                    format!("{} stands twice in {}", quoted(text), quoted(key)),
                    Some(ONE_HINT.to_owned()),
                );
            } else if self.good_text(key, text, spot) {
                texts.push((text.clone(), spot));
            }
        }
        texts
    }

    /// A whole number within limits.
    pub(super) fn whole<T: TryFrom<i64>>(&self, key: &str, least: i64, most: i64) -> Option<T> {
        let node = self.value(key)?;
        let Value::Whole(number) = node.value else {
            self.wrong(key, node, "a whole number", format!("Write it without quotation marks:  {key} = {least}"));
            return None;
        };
        let fits = (least..=most).contains(&number).then(|| T::try_from(number).ok()).flatten();
        if fits.is_none() {
            let spot = Spot { file: self.file, at: node.span.start };
            self.fail(Rule::Range, spot, format!("{} is {number}: it goes from {least} to {most}", quoted(key)), None);
        }
        fits
    }

    /// The tables under a key: `[[person.number]]`.
    pub(super) fn tables(&self, key: &str, keys: &'static [&'static str]) -> Vec<Item<'c>> {
        let Some(node) = self.value(key) else { return Vec::new() };
        let path = format!("{}.{key}", self.path);
        let hint = format!("Write [[{path}]] on a line of its own, and the keys below it.");
        let Value::List(list) = &node.value else {
            self.wrong(key, node, "tables", hint);
            return Vec::new();
        };
        let mut items = Vec::new();
        for node in list {
            match Item::new(self.cx, self.file, node, &path, keys) {
                Some(item) => items.push(item),
                None => self.wrong(key, node, "tables", hint.clone()),
            }
        }
        items
    }

    pub(super) fn good_text(&self, key: &str, text: &str, spot: Spot) -> bool {
        if let Some(fault) = field_fault(text) {
            self.fail(Rule::Text, spot, format!("{} cannot be shown: {fault}", quoted(key)), Some(TEXT_HINT.to_owned()));
            return false;
        }
        true
    }

    pub(super) fn no_secret(&self, key: &str, text: &str, spot: Spot) -> bool {
        let secret = form::holds_secret(text);
        if secret {
            let message = format!("{} holds a secret, and secrets never stand in these files", quoted(key));
            self.fail(Rule::Secret, spot, message, Some(SECRET_HINT.to_owned()));
        }
        !secret
    }

    /// Whether a name's letters are what they look like.
    pub(super) fn good_letters(&self, text: &str, spot: Spot) -> bool {
        let Some(word) = form::mixed_word(text) else { return true };
        let letters: Vec<String> =
            word.chars().filter(|c| !c.is_ascii()).map(|c| format!("{c} U+{:04X}", u32::from(c))).collect();
        let message = format!("{} mixes letters of alphabets that look alike ({})", quoted(word), shown(&letters.join(", ")));
        self.fail(Rule::MixedScript, spot, message, Some("Type the word anew in one alphabet.".to_owned()));
        false
    }
}

const SECRET_HINT: &str = "Take it out. If it was ever committed or sent, change it: it is known.\n\
     A credential has labels here (title, tier, owner, rotate_by); its values are sealed, each for its holders only.";
const TEXT_HINT: &str = "Type it anew: pasted text often brings such characters along.";
const ONE_HINT: &str = "Take one of them away.";
