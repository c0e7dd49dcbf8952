//! Tiers in what people wrote: a new label, and who holds one.

use toml_edit::{Array, ArrayOfTables, Item, Table, Value};

use super::{
    EditError, Edits,
    table::{push, text},
};
use crate::team::{Id, Person, Rule, Tier};

/// Where a tier is written down that has no label yet.
const FILE: &str = "credentials.toml";

impl Edits {
    /// Writes a tier down, below the credentials; the file's name is given back. The keys are not part of it.
    ///
    /// # Errors
    /// [`EditError::Taken`] when it has a label, [`EditError::Shape`].
    pub fn add_tier(&mut self, id: &Id<Tier>, tier: &Tier) -> Result<String, EditError> {
        if let Some((file, _)) = self.find_tier(id) {
            return Err(EditError::Taken { file, what: format!("the tier {:?}", id.as_str()) });
        }
        let mut table = Table::new();
        table.insert("id", text(id.as_str()));
        table.insert("name", text(&tier.name));
        table.insert("holders", Item::Value(tier.holders.iter().map(Id::as_str).collect::<Array>().into()));
        table.insert("rule", text(&tier.rule.to_string()));
        let name = self.folded.get(FILE).cloned().unwrap_or_else(|| FILE.to_owned());
        let Some(document) = self.files.get_mut(&name).and_then(|file| file.document.as_mut()) else {
            self.new_file(&name, "tier", table);
            return Ok(name);
        };
        table.decor_mut().set_prefix("\n");
        let shape = || EditError::Shape { file: name.clone(), what: "tier".to_owned(), expected: "[[tier]]" };
        let tiers = document.entry("tier").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        tiers.as_array_of_tables_mut().ok_or_else(shape)?.push(table);
        self.touch(&name);
        Ok(name)
    }

    /// Says who holds a tier that has a label, and how many of them it takes; comments stay. The file's name is given back.
    ///
    /// # Errors
    /// [`EditError::Unknown`] without a label, [`EditError::Shape`].
    pub fn set_holders(&mut self, id: &Id<Tier>, rule: Rule, holders: &[Id<Person>]) -> Result<String, EditError> {
        let unknown = || EditError::Unknown(format!("the tier {id}"));
        let (name, at) = self.find_tier(id).ok_or_else(unknown)?;
        let document = self.files.get_mut(&name).and_then(|file| file.document.as_mut()).ok_or_else(unknown)?;
        let tiers = document.get_mut("tier").and_then(Item::as_array_of_tables_mut);
        let shape = |what: &str, expected| EditError::Shape { file: name.clone(), what: what.to_owned(), expected };
        let tier = tiers.and_then(|tiers| tiers.get_mut(at)).ok_or_else(|| shape("tier", "[[tier]]"))?;
        let list = tier.entry("holders").or_insert_with(|| Item::Value(Array::new().into()));
        let list = list.as_array_mut().ok_or_else(|| shape("holders", "a list"))?;
        let stays = |value: &Value| value.as_str().is_some_and(|id| holders.iter().any(|holder| holder.as_str() == id));
        let gone: Vec<usize> = list.iter().enumerate().filter(|(_, value)| !stays(value)).map(|(at, _)| at).collect();
        gone.into_iter().rev().for_each(|at| take_out(list, at));
        let first = list.get_mut(0).filter(|value| !value.decor().prefix().and_then(|raw| raw.as_str()).is_some_and(has_line));
        if let Some(first) = first {
            first.decor_mut().set_prefix("");
        }
        for holder in holders {
            if !list.iter().any(|value| value.as_str() == Some(holder.as_str())) {
                push(list, holder.as_str());
            }
        }
        match tier.get_mut("rule") {
            Some(Item::Value(value)) if value.as_str() != Some(rule.to_string().as_str()) => {
                let decor = value.decor().clone();
                *value = Value::from(rule.to_string());
                *value.decor_mut() = decor;
            }
            None if rule != Rule::default() => {
                tier.insert("rule", text(&rule.to_string()));
            }
            _ => {}
        }
        self.touch(&name);
        Ok(name)
    }

    /// Takes the label of a tier out, and its file when nothing else stands there; the file's name is given back.
    ///
    /// # Errors
    /// [`EditError::Unknown`] without a label, [`EditError::Shape`].
    pub fn remove_tier(&mut self, id: &Id<Tier>) -> Result<String, EditError> {
        let unknown = || EditError::Unknown(format!("the tier {id}"));
        let (name, at) = self.find_tier(id).ok_or_else(unknown)?;
        let file = self.files.get_mut(&name).ok_or_else(unknown)?;
        let document = file.document.as_mut().ok_or_else(unknown)?;
        let shape = || EditError::Shape { file: name.clone(), what: "tier".to_owned(), expected: "[[tier]]" };
        let tiers = document.get_mut("tier").and_then(Item::as_array_of_tables_mut).ok_or_else(shape)?;
        tiers.remove(at);
        if tiers.is_empty() {
            document.remove("tier");
        }
        if document.is_empty() {
            file.document = None;
        }
        self.touch(&name);
        Ok(name)
    }

    fn touch(&mut self, name: &str) {
        if let Some(file) = self.files.get_mut(name) {
            file.touched = true;
        }
    }

    fn find_tier(&self, id: &Id<Tier>) -> Option<(String, usize)> {
        self.files.iter().find_map(|(name, file)| {
            let (at, _) = file.ids("tier").into_iter().find(|(_, known)| known == id.as_str())?;
            Some((name.clone(), at))
        })
    }
}

/// Takes a value out. A comment behind the value before it stands in front of this one, and stays; one behind this one goes.
fn take_out(list: &mut Array, at: usize) {
    let removed = list.remove(at);
    let before = removed.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let Some((kept, _)) = before.split_once('\n') else { return };
    let joined = |text: &str| text.split_once('\n').map(|(_, rest)| format!("{kept}\n{rest}"));
    let next = list.get_mut(at);
    match next {
        Some(next) => {
            let text = next.decor().prefix().and_then(|raw| raw.as_str()).and_then(joined);
            text.into_iter().for_each(|text| next.decor_mut().set_prefix(text));
        }
        None => {
            let text = list.trailing().as_str().and_then(joined);
            text.into_iter().for_each(|text| list.set_trailing(text));
        }
    }
}

fn has_line(prefix: &str) -> bool {
    prefix.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: &str = "# What holders open.\n[[tier]]\nid = \"prod\" # the big one\nname = \"Production\"\nholders = [\n    \"ann\", # first\n    \"ben\",\n]\nrule = \"2-of-2\" # both\n\n[[credential]]\nid = \"root\"\n";

    #[test]
    fn holders_come_and_go_and_comments_stay() {
        let mut edits = Edits::of([("credentials.toml".to_owned(), LABELS.to_owned())]).expect("TOML");
        let ids = |ids: &[&str]| -> Vec<Id<Person>> { ids.iter().map(|id| Id::parse(id).expect("an id")).collect() };
        let prod = Id::parse("prod").expect("an id");
        let text = |edits: &Edits| edits.changes().pop().and_then(|change| change.after).expect("a change");
        edits.set_holders(&prod, Rule::Of { k: 2, n: 3 }, &ids(&["ann", "ben", "cem"])).expect("is there");
        let expected = LABELS.replace("\"ben\",\n", "\"ben\",\n    \"cem\",\n").replace("2-of-2", "2-of-3");
        assert_eq!(text(&edits), expected);
        edits.set_holders(&prod, Rule::Of { k: 2, n: 2 }, &ids(&["ann", "cem"])).expect("is there");
        assert_eq!(text(&edits), LABELS.replace("ben", "cem"));
        let tier = Tier { name: "New".into(), rule: Rule::Any, holders: ids(&["ann", "ben"]), keys: Vec::new() };
        assert!(matches!(edits.add_tier(&prod, &tier), Err(EditError::Taken { .. })));
        edits.add_tier(&Id::parse("new").expect("an id"), &tier).expect("is new");
        let added = "\n[[tier]]\nid = \"new\"\nname = \"New\"\nholders = [\"ann\", \"ben\"]\nrule = \"any\"\n";
        let after = text(&edits);
        assert!(after.contains(added) && after.starts_with("# What holders open.\n"), "{after}");
    }
}
