//! Asking before a command of a team directory runs here for the first time.

use crate::{
    cli::{
        failure::{Failure, Kind},
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
    let asks = given.is_none() && session.ask.allowed;
    let code = if asks { new.typed_code() } else { &new.code };
    session.out.say(format!("All of it together has the code {code}."));
    let mut question = "Type the code to let it run, now and later (Enter: no):";
    let is_accepted = loop {
        let typed = match given {
            Some(typed) => break typed.trim() == code,
            None if asks => session.ask.line(question, "--accept-commands")?,
            None => break false,
        };
        if typed.is_empty() || typed == code {
            break !typed.is_empty();
        }
        question = "That is not the code. Once more (Enter: no):";
    };
    if is_accepted {
        return Ok(new.permit(store)?);
    }
    let failure = Failure::new(Kind::No, "the commands were not accepted, so nothing was run and nothing sealed.");
    let failure = if asks {
        failure
    } else {
        failure.hint("If you would run each of them yourself:  kit seal … --accept-commands CODE     with the code above")
    };
    Err(failure.hint("If not, see who wrote them: [credential.from] in the directory, and its history in git."))
}
