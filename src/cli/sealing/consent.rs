//! Asking before a command of a team directory runs here for the first time.

use crate::{
    cli::{
        failure::{Failure, Kind},
        publishing::is_typed,
        session::Session,
    },
    permit::unpermitted,
    program::CommandLine,
    store::Store,
};

/// Whether these commands may run. `given` is the code from the command line.
///
/// # Errors
/// When they are not accepted.
pub(in crate::cli) fn may_run<'c>(
    store: &Store,
    commands: impl IntoIterator<Item = &'c CommandLine>,
    given: Option<&str>,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let Some(new) = unpermitted(&store.settings()?.commands, commands) else { return Ok(()) };
    session.out.say("The team directory wants to run this here, and nobody on this machine has accepted it yet:");
    new.lines.iter().for_each(|line| session.out.say(format!("  {line}")));
    session.out.say(format!("All of it together has the code {}.", new.code));
    if is_typed(&new.code, given, ("Type the code to let it run, now and later:", "--accept-commands"), session)? {
        return Ok(new.permit(store)?);
    }
    Err(Failure::new(Kind::No, "the commands were not accepted, so nothing was run and nothing sealed.")
        .hint("If you would run each of them yourself:  kit seal … --accept-commands CODE     with the code above")
        .hint("If not, see who wrote them: [credential.from] in the directory, and its history in git."))
}
