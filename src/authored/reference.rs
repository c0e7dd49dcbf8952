//! Ids and what refers to them: dangling references, and the arrows between things for the rules of cycles.

use super::{
    context::{Seen, Spot, Subject},
    item::Item,
    nearest::nearest,
    problem::quoted,
    rule::Rule,
};
use crate::team::{Id, Need, Ref, Responder, Thing};

impl Item<'_> {
    /// The item's own id.
    pub(super) fn id<T>(&self, example: &str) -> Option<Id<T>> {
        self.must("id", &format!("\"{example}\""));
        let (text, spot) = self.raw_text("id")?;
        match Id::parse(text) {
            Ok(id) => Some(id),
            Err(error) => {
                let slug = slug(text, if self.is_person() { '.' } else { '-' });
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

    /// Whoever answers for something: a person or a rota.
    pub(super) fn responder(&self, key: &str) -> Option<Responder> {
        let (text, spot) = self.raw_text(key)?;
        self.resolve_any(text, spot, &Responder::KINDS, &[]).map(|_| Responder::new(text))
    }

    /// The same, several and each different.
    pub(super) fn responders(&self, key: &str) -> Vec<Responder> {
        let known = |text: &str, spot| self.resolve_any(text, spot, &Responder::KINDS, &[]).is_some();
        self.texts(key).into_iter().filter(|(text, spot)| known(text, *spot)).map(|(text, _)| Responder::new(text)).collect()
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
        list: impl Fn(&mut Seen) -> &mut Vec<(Subject, Subject, Spot)>,
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
        let left = self.cx.searches.get();
        self.cx.searches.set(left.saturating_sub(1));
        let meant = if left > 0 { nearest(text, ids.chain(words.iter().copied())) } else { None };
        let hint = match meant {
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

/// The id that a name would have: `alice.okafor` of `Alice Okafor`, with `-` instead of `.` for what is no person.
pub(super) fn slug(name: &str, joint: char) -> String {
    let plain: String = deunicode::deunicode(name).to_lowercase();
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|word| !word.is_empty()).collect();
    words.join(&joint.to_string()).trim_matches('-').to_owned()
}
