//! Somebody else published first: what they changed, and how to go on so that nothing of either is lost.

use crate::{
    answer::diff,
    bundle::{self, Verified},
    cli::{
        explain::STILL_WORKS,
        failure::{Failure, Kind},
        session::Session,
    },
    key::{Identity, Passphrase},
    open::{self, OpenError, Reading, name_of_key},
    program::ChildEnvironment,
    store::{Store, StoreError},
};

/// The kit that was in the way.
pub(in crate::cli) struct Theirs<'a> {
    /// Where it is.
    pub(in crate::cli) place: &'a str,
    /// The kit itself.
    pub(in crate::cli) kit: &'a Verified,
    /// What is here: `kit 42`.
    pub(in crate::cli) ours: &'a str,
}

/// Tells what somebody else published, and gives the failure that says how to go on. `opened` is what is current here, with the
/// key that opens it, if it could be opened; `is_known` whether `kit sync` asks that place anyway.
pub(in crate::cli) fn overtaken(
    theirs: &Theirs<'_>,
    opened: Option<&(Identity, Reading)>,
    is_known: bool,
    dir: &str,
    session: &mut Session<'_>,
) -> Failure {
    let Theirs { place, kit, ours } = *theirs;
    let seq = kit.seq();
    if let Some((identity, reading)) = opened {
        let signers: Vec<String> = kit.signers().iter().map(|key| name_of_key(&reading.team, key)).collect();
        session.out.say(format!("Kit {seq}, signed by {} at {}, changed:", signers.join(", "), kit.head().created));
        match bundle::open(kit, identity, None) {
            Ok(opened) => {
                let changes = diff(&reading.team, &opened.team);
                changes.iter().for_each(|change| session.out.say(format!("  {}", change.line())));
                if changes.is_empty() {
                    session.out.say("  nothing of what it says: it was signed anew");
                }
            }
            Err(error) => session.out.say(format!("  what, cannot be shown here: {error}")),
        }
    } else {
        session.out.say(format!("Kit {seq} was signed at {}. What it changed is shown by kit sync.", kit.head().created));
    }
    let from = if is_known { String::new() } else { format!(" --from {place}") };
    let what = format!("somebody else published: {place} holds kit {seq}, this machine has {ours}. Nothing was published.");
    Failure::new(Kind::No, what)
        .hint(format!("1. Take theirs in: kit sync{from}"))
        .hint("2. Take their change over into the directory: git pull")
        .hint(format!("3. Publish both: kit publish {dir}"))
        .hint(STILL_WORKS)
}

/// What is current here, with the key that opens it; [`None`] when nothing is yet, or nobody says the passphrase.
pub(in crate::cli) fn opened(
    store: &Store,
    children: &ChildEnvironment,
    passphrase: Option<&Passphrase>,
) -> Result<Option<(Identity, Reading)>, Failure> {
    let generation = match store.current() {
        Err(StoreError::Empty { .. }) => return Ok(None),
        generation => generation?,
    };
    let locked = |()| Failure::usage("the contacts are locked.").hint("To open them: kit unlock");
    match open::reader(store, children, || passphrase.cloned().ok_or(())) {
        Err(OpenError::Declined(())) => Ok(None),
        Err(error) => Err(error.map_declined(locked).into()),
        Ok(identity) => {
            let reading =
                open::open_with(store, generation, &identity).map_err(|error: OpenError<()>| error.map_declined(locked))?;
            Ok(Some((identity, reading)))
        }
    }
}
