//! Adopt: a proposal becomes edits of the team directory, checked as a whole and still in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    authored::{
        Checked, Draft, Problem, Problems, check,
        edit::{EditError, Edits, MoreOfPerson, NewPerson, NumberText},
    },
    import::{Gain, NewNumber, Proposal, Skipped},
    team::{Id, Person, Thing},
};

/// What a directory would be after an import.
#[derive(Debug)]
pub struct Adopted {
    /// The files to write: `edits.changes()` shows them, `edits.write(dir)` writes them.
    pub edits: Edits,
    /// The proposal without what the rules of the directory refuse; that is in [`Proposal::skipped`] now.
    pub proposal: Proposal,
    /// The team as it would be.
    pub checked: Checked,
}

/// Why nothing of a proposal can be adopted.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// A file that cannot be edited in place.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The directory has mistakes of its own.
    #[error(transparent)]
    Directory(#[from] Problems),
}

/// Puts what a proposal adds into a directory as it was read. Nothing is written.
///
/// 1. All of it is put in and the whole directory checked, by the same rules that `kit check` uses.
/// 2. Whoever stands where a rule is broken is taken out again and said to be skipped, with the rule's own words.
/// 3. When the break shows elsewhere (two names that look alike), halves are tried until the one is found.
///
/// # Errors
/// [`AdoptError`]; a single refused person is no error.
pub fn adopt(draft: &Draft, mut proposal: Proposal, today: Date) -> Result<Adopted, AdoptError> {
    let base = Edits::of_draft(draft)?;
    loop {
        let (edits, files) = with(&base, &proposal, |_| true)?;
        let after = edits.draft();
        let problems = match check(&after, today) {
            Ok(checked) => return Ok(Adopted { edits, proposal, checked }),
            Err(problems) => problems,
        };
        let mut refused = BTreeMap::new();
        for problem in &problems.errors {
            if let Some(id) = blamed(problem, &after, &files, &proposal) {
                refused.entry(id).or_insert_with(|| problem.message.clone());
            }
        }
        if refused.is_empty() {
            refused = halved(&base, &proposal, today)?;
        }
        if refused.is_empty() {
            return Err(AdoptError::Directory(problems));
        }
        refuse(&mut proposal, &refused);
    }
}

/// The directory with those people of a proposal that are wanted, and the file of each.
fn with(
    base: &Edits,
    proposal: &Proposal,
    wanted: impl Fn(&Id<Person>) -> bool,
) -> Result<(Edits, BTreeMap<Id<Person>, String>), EditError> {
    let mut edits = base.clone();
    let mut files = BTreeMap::new();
    for added in proposal.added.iter().filter(|added| wanted(&added.id)) {
        let file = edits.add_person(&NewPerson {
            id: added.id.clone(),
            name: added.name.clone(),
            zone: added.zone.clone(),
            zone_comment: added.zone_assumed.then(|| "assumed when imported: no card says it".to_owned()),
            more: more(&added.gain),
        })?;
        files.insert(added.id.clone(), file);
    }
    for changed in proposal.changed.iter().filter(|changed| wanted(&changed.id)) {
        files.insert(changed.id.clone(), edits.extend_person(&changed.id, &more(&changed.gain))?);
    }
    Ok((edits, files))
}

/// Who of a proposal stands where a problem is: the last one to begin before it in that file.
fn blamed(problem: &Problem, after: &Draft, files: &BTreeMap<Id<Person>, String>, proposal: &Proposal) -> Option<Id<Person>> {
    let of_proposal =
        |id: &Id<Person>| proposal.added.iter().any(|a| a.id == *id) || proposal.changed.iter().any(|c| c.id == *id);
    let here = files.iter().filter(|(id, file)| **file == problem.file && of_proposal(id));
    let begins = here.filter_map(|(id, _)| {
        let places = after.places(Thing::Person, id.as_str());
        let line = places.iter().find(|place| place.file == problem.file).map(|place| place.line)?;
        (line <= problem.line).then_some((line, id))
    });
    begins.max().map(|(_, id)| id.clone())
}

/// Takes people in by halves: whoever alone breaks what held before them is refused.
fn halved(base: &Edits, proposal: &Proposal, today: Date) -> Result<BTreeMap<Id<Person>, String>, AdoptError> {
    let added = proposal.added.iter().map(|added| added.id.clone());
    let all: Vec<_> = added.chain(proposal.changed.iter().map(|changed| changed.id.clone())).collect();
    let mut taken: BTreeSet<Id<Person>> = BTreeSet::new();
    let mut refused = BTreeMap::new();
    let mut waiting = vec![all];
    // A directory with mistakes of its own would refuse everybody.
    if let Err(problems) = check(&base.draft(), today) {
        return Err(AdoptError::Directory(problems));
    }
    while let Some(mut half) = waiting.pop().filter(|half| !half.is_empty()) {
        let (edits, _) = with(base, proposal, |id| taken.contains(id) || half.contains(id))?;
        match (check(&edits.draft(), today), half.len()) {
            (Ok(_), _) => taken.extend(half),
            (Err(problems), 1) => {
                let why = problems.errors.first().map(|problem| problem.message.clone()).unwrap_or_default();
                refused.extend(half.pop().map(|id| (id, why)));
            }
            (Err(_), len) => {
                let second = half.split_off(len / 2);
                waiting.push(second);
                waiting.push(half);
            }
        }
    }
    Ok(refused)
}

fn refuse(proposal: &mut Proposal, refused: &BTreeMap<Id<Person>, String>) {
    let skipped = |lines: &[usize], who: &str, why: &str| Skipped {
        line: lines.first().copied().unwrap_or(1),
        who: Some(who.to_owned()),
        why: why.to_owned(),
        broken: false,
    };
    let Proposal { added, changed, skipped: list, .. } = proposal;
    added.retain(|one| {
        refused.get(&one.id).is_none_or(|why| {
            list.push(skipped(&one.lines, &one.name, why));
            false
        })
    });
    changed.retain(|one| {
        refused.get(&one.id).is_none_or(|why| {
            list.push(skipped(&one.lines, &one.name, why));
            false
        })
    });
    list.sort_by_key(|one| one.line);
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
