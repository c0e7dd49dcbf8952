//! Asking whether new readers and signers are expected, before a kit is made that lets them.

use super::{
    failure::{Failure, Kind},
    session::Session,
};
use crate::vouch::Unvouched;

/// Who can read or sign from now on is accepted by somebody who says exactly that, or nothing is published.
pub(super) fn accept(unvouched: &Unvouched, acknowledged: Option<&str>, session: &mut Session<'_>) -> Result<(), Failure> {
    if unvouched.is_empty() {
        return Ok(());
    }
    session.out.say("Nobody on this machine has accepted these yet:");
    for reader in &unvouched.readers {
        session.out.say(format!("  + {reader} can read"));
    }
    for signer in &unvouched.signers {
        session.out.say(format!("  + {signer} signs, or says who signs"));
    }
    let code = &unvouched.code;
    session.out.say(format!("All readers and signers together have the code {code}."));
    let typed = match acknowledged {
        Some(typed) => typed.to_owned(),
        None if session.ask.allowed => session.ask.line("Type the code to let them:", "--ack-recipients")?,
        None => String::new(),
    };
    if typed.trim() == code {
        return Ok(());
    }
    Err(Failure::new(Kind::No, "the new readers were not accepted, so nothing was published.")
        .hint("If you expect each of them:  kit publish … --ack-recipients CODE     with the code above")
        .hint("If not, see who wrote them into the directory: its devices/ folder, roots.kit, and their history in git."))
}
