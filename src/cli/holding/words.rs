//! What is said of a tier's holders: that all of them are needed, and who could do what this device cannot.

use std::path::Path;

use crate::{
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    team::{Id, Person, Rule, Team, Tier, TierKey},
};

/// Says that nobody of the holders may be missing, where that is so.
pub(in crate::cli) fn thin(session: &mut Session<'_>, (id, tier): (&Id<Tier>, &Tier), team: &Team, dir: &Path) {
    let Some(key) = tier.key() else { return };
    let names: Vec<&str> = key.holders.iter().map(|person| team.person_name(person)).collect();
    let rule = match key.rule {
        Rule::Of { k, n } if k == n => format!("takes {k} of {n} now: {} are all needed", names.join(" and ")),
        Rule::Any if names.len() == 1 => format!("has one holder now: {}", names.join("")),
        _ => return,
    };
    session.out.line(format!("  WARN  tier {id} {rule}. Add a holder: kit tier add {id} PERSON --dir {}", dir.display()));
}

/// What is said when this device cannot give anybody a box: who can, and what they type.
pub(super) fn no_key((id, key, person): (&Id<Tier>, &TierKey, &Id<Person>), team: &Team, dir: &Path) -> Failure {
    let failure = Failure::new(Kind::CannotOpen, format!("you hold no key of tier {id}, so nothing was written."))
        .hint(format!("A holder runs: kit tier add {id} {person} --dir {}", dir.display()));
    key.holders.iter().fold(failure.hint("Holders are:"), |failure, holder| {
        let number = team.people.get(holder).and_then(|person| person.numbers.first()).map(|number| number.read_aloud());
        failure.hint(format!("  {}   {}", team.person_name(holder), number.unwrap_or("(no number)")))
    })
}
