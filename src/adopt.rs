//! Adopt: a proposal becomes edits of the team directory, still in memory.

use crate::{
    authored::edit::{EditError, Edits, MoreOfPerson, NewPerson, NumberText},
    import::{Gain, NewNumber, Proposal},
};

/// Puts what a proposal adds into the files of a directory. The caller checks the whole, shows it, and writes.
///
/// # Errors
/// [`EditError`] for the first edit that cannot be made; `edits` is then of no use any more.
pub fn adopt(edits: &mut Edits, proposal: &Proposal) -> Result<(), EditError> {
    for added in &proposal.added {
        edits.add_person(&NewPerson {
            id: added.id.clone(),
            name: added.name.clone(),
            zone: added.zone.clone(),
            zone_comment: added.zone_assumed.then(|| "assumed when imported: no card says it".to_owned()),
            more: more(&added.gain),
        })?;
    }
    for changed in &proposal.changed {
        edits.extend_person(&changed.id, &more(&changed.gain))?;
    }
    Ok(())
}

fn more(gain: &Gain) -> MoreOfPerson {
    MoreOfPerson {
        title: gain.title.clone(),
        teams: gain.teams.clone(),
        aliases: gain.aliases.clone(),
        emails: gain.emails.clone(),
        numbers: gain.numbers.iter().map(number).collect(),
        note: gain.note.clone(),
    }
}

fn number(new: &NewNumber) -> NumberText {
    NumberText {
        number: new.number.written.clone(),
        kind: new.number.kind,
        note: new.number.note.clone(),
        comment: new.was.as_ref().map(|was| format!("in the address book: {was}")),
    }
}
