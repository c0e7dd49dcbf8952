//! Why something falls, in words: what is down, and through what it is needed.

use serde::Serialize;

use super::Scene;
use crate::team::{Kind, Number, Thing};

/// Why something falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Falls {
    /// What is down, by name; empty when it is the thing itself.
    pub with: String,
    /// What lies between: the names of what is needed, nearest first.
    pub through: Vec<String>,
    /// In a few words: `falls with Okta`.
    pub text: String,
}

impl Falls {
    /// From the names that lead from the first need to what is down, as [`WhatIf::fells`](super::WhatIf::fells) gives them.
    pub fn of(chain: Vec<String>) -> Self {
        let mut through = chain;
        let with = through.pop().unwrap_or_default();
        let text = match (with.as_str(), through.as_slice()) {
            ("", _) => "down".to_owned(),
            (with, []) => format!("falls with {}", said(with)),
            (with, names) => format!("falls with {}, through {}", said(with), names.join(" and ")),
        };
        Self { with, through, text }
    }

    /// Why a thing falls in a scene, if it does.
    pub fn of_thing(scene: Scene<'_>, kind: Thing, id: &str) -> Option<Self> {
        scene.what_if.fells(scene.team, kind, id).map(Self::of)
    }
}

/// The numbers of a bridge or a vendor that still ring, or what takes the last of them away; `None` when it has no number.
///
/// They are nobody's mobile, whatever the default kind says: only their own network, or telephones as a whole, fell them.
pub(super) fn still_ringing<'a>(scene: Scene<'_>, numbers: &'a [Number]) -> Option<Result<Vec<&'a Number>, Falls>> {
    let lost = |number: &Number| {
        let dial_in = if number.kind == Kind::Satellite { Kind::Satellite } else { Kind::Landline };
        scene.what_if.fells_number(&Number { kind: dial_in, ..number.clone() })
    };
    let ringing: Vec<&Number> = numbers.iter().filter(|number| lost(number).is_none()).collect();
    match numbers.iter().find_map(lost) {
        _ if numbers.is_empty() => None,
        Some(name) if ringing.is_empty() => Some(Err(Falls::of(vec![name]))),
        _ => Some(Ok(ringing)),
    }
}

/// What everybody needs has an article; names of things have none.
fn said(name: &str) -> String {
    if matches!(name, "internet" | "mobile network" | "telephones") { format!("the {name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_what_is_down_first() {
        for (chain, text) in [
            (&[][..], "down"),
            (&["Okta"], "falls with Okta"),
            (&["internet"], "falls with the internet"),
            (&["Google", "Okta"], "falls with Okta, through Google"),
            (&["A", "B", "C"], "falls with C, through A and B"),
        ] {
            assert_eq!(Falls::of(chain.iter().map(|&name| name.to_owned()).collect()).text, text);
        }
    }
}
