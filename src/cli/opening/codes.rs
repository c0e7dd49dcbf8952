//! What is known of recovery codes that were shown before, and what this machine cannot know: another holder's journal comes to
//! those who read journals, and to them only later.

use std::collections::BTreeMap;

use super::{Chosen, Open};
use crate::{
    answer::clock_time,
    cli::{failure::Failure, session::Session, viewer::Codes},
    key::Passphrase,
    open,
    reveal::{Revealed, Used},
    team::FieldKind,
};

/// Which codes of a field were shown before.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Spent {
    used: Used,
    /// When journals of others were last collected here, if ever.
    heard: Option<String>,
}

/// What is known of the codes of each field that has some.
///
/// # Errors
/// When the journals cannot be read.
pub(super) fn spent(
    session: &Session<'_>,
    chosen: &Chosen,
    revealed: &Revealed,
    passphrase: Passphrase,
) -> Result<BTreeMap<String, Spent>, Failure> {
    let mut spent = BTreeMap::new();
    let fields: Vec<&str> =
        chosen.fields.iter().filter(|field| field.kind == FieldKind::Codes).map(|field| field.name.as_str()).collect();
    if fields.is_empty() {
        return Ok(spent);
    }
    let reader = open::reader(&chosen.store, &session.context.children, || Ok::<_, Failure>(passphrase))?;
    let heard = chosen.store.collected().at.map(|at| clock_time(session.moment(), at));
    for field in fields {
        let used = revealed.used(&chosen.store, &chosen.reading, &reader, field)?;
        spent.insert(field.to_owned(), Spent { used, heard: heard.clone() });
    }
    Ok(spent)
}

/// Says which recovery code a program is about to be given, and what to do if it fails; of other fields nothing.
pub(in crate::cli) fn say_spent(session: &mut Session<'_>, open: &Open, name: &str) {
    let field = open.revealed.field(name).filter(|field| field.kind == FieldKind::Codes);
    let (Some(field), Some(spent)) = (field, open.spent.get(name)) else { return };
    let codes = Codes::of(field, spent.places(), spent.words());
    let Some(place) = codes.next() else { return };
    session.out.say(format!("Code {place} of {}. {}", codes.count, codes.said));
    session.out.say("If it fails, somebody may have used it: the same command gives the next.");
}

impl Spent {
    /// The places of all that are known to have been shown, from 1.
    pub(in crate::cli) fn places(&self) -> Vec<u16> {
        [self.used.here.as_slice(), self.used.elsewhere.as_slice()].concat()
    }

    /// What is known of them, and what is not.
    pub(in crate::cli) fn words(&self) -> String {
        let count = |places: &[u16]| if places.is_empty() { "none".to_owned() } else { places.len().to_string() };
        let here = format!("This machine has shown {} before", count(&self.used.here));
        let elsewhere = match self.used.elsewhere.len() {
            0 => String::new(),
            many => format!(", others have shown {many} that it knows of"),
        };
        let heard = match &self.heard {
            Some(heard) => format!("it heard of them last at {heard}"),
            None => "it does not hear of that".to_owned(),
        };
        format!("{here}{elsewhere}; another holder may have shown more: {heard}.")
    }
}
