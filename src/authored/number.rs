//! Telephone numbers, as they are written.

use std::collections::BTreeSet;

use super::{context::Subject, item::Item, problem::quoted, rule::Rule};
use crate::team::{Checked, Kind, Number, NumberError, Thing};

pub(super) const NUMBER: &[&str] = &["number", "kind", "carrier", "note", "checked", "checked_by"];
pub(super) const NUMBER_KINDS: [(&str, Kind); 7] = [
    ("mobile", Kind::Mobile),
    ("landline", Kind::Landline),
    ("home", Kind::Home),
    ("work", Kind::Work),
    ("satellite", Kind::Satellite),
    ("pager", Kind::Pager),
    ("other", Kind::Other),
];

impl Item<'_> {
    /// The numbers of a person, tool, bridge or vendor; only people are asked whether theirs still reach them.
    pub(super) fn numbers(&self, of: Option<&Subject>) -> Vec<Number> {
        let mut numbers: Vec<Number> = Vec::new();
        let mut seen = BTreeSet::new();
        for item in self.tables("number", NUMBER) {
            let number = item.number(of);
            if item.failed() {
                self.fail_silently();
            }
            let Some(number) = number else { continue };
            if !seen.insert(number.e164.clone()) {
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
}
