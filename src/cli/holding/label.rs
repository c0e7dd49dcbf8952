//! The label of a tier: its key is made for the first time, or nobody needs it any more.

use std::path::Path;

use super::Work;
use crate::{
    authored::{
        edit::Edits,
        sealed::{self, SealedFiles},
    },
    cli::{failure::Failure, session::Session},
    disband,
    hold::{self, HoldError},
    team::{Id, Person, Rule, Tier},
};

/// What `kit tier new` was told besides the id.
pub(in crate::cli) struct Label<'a> {
    pub(in crate::cli) holders: &'a [Id<Person>],
    pub(in crate::cli) rule: Option<Rule>,
    pub(in crate::cli) name: Option<&'a str>,
}

/// Makes the key of a tier. Who holds it, and how many it takes, may be said anew until it has one.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn begin(id: &Id<Tier>, given: &Label<'_>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let work = Work::of(dir, None, session)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    // A slip of the pen is told before anything that follows from it.
    work.ground(session).known(given.holders)?;
    let label = match work.team.tiers.get(id) {
        Some(label) if label.key().is_some() => return Err(HoldError::HasKey(id.clone()).into()),
        Some(label) => {
            if let Some(name) = given.name.filter(|name| *name != label.name) {
                let (what, written) = ("name", label.name.clone());
                let differs = HoldError::Differs { tier: id.clone(), what, written };
                return Err(Failure::from(differs).hint(format!("You said: {name}")));
            }
            let holders = if given.holders.is_empty() { label.holders.clone() } else { given.holders.to_vec() };
            let rule = given.rule.unwrap_or_else(|| label.rule.for_holders(holders.len()));
            if (&holders, rule) != (&label.holders, label.rule) {
                edits.set_holders(id, rule, &holders)?;
            }
            Tier { rule, holders, ..label.clone() }
        }
        None if given.holders.is_empty() => {
            return Err(Failure::from(HoldError::NoTier(id.clone())).hint("Or say who holds it: --holders a,b"));
        }
        None => {
            let label = Tier {
                name: given.name.unwrap_or(id.as_str()).to_owned(),
                rule: given.rule.unwrap_or_default(),
                holders: given.holders.to_vec(),
                keys: Vec::new(),
            };
            edits.add_tier(id, &label)?;
            label
        }
    };
    let tier = hold::begin(&work.ground(session), id, &label)?;
    work.keep(("MADE", id, &tier), (&edits, SealedFiles::default()), dir, session)
}

/// Ends a tier that no credential needs.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn end(id: &Id<Tier>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let work = Work::of(dir, None, session)?;
    disband::unused(&work.team, id)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    let file = edits.remove_tier(id)?;
    disband::disband(dir, id, &edits, session.moment().here().date())?;
    let dir = dir.display();
    session.out.lines([
        format!("ENDED  tier {id}: nothing was sealed to it"),
        format!("  wrote   {dir}/{file}"),
        format!("  gone    {dir}/{}", sealed::tier_file(id)),
        format!("  Its key is only in the history of the directory; to have it back: git checkout {dir}"),
        format!("  It counts from the next kit on: kit publish {dir}"),
    ]);
    Ok(())
}
