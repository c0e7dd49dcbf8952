//! What is said of a kit that came and does not open here: locked, or not for this device.

use crate::{
    bundle,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    open::OpenError,
    store::Store,
};

/// What is said of a newer kit that does not open here.
pub(super) fn unopened(error: OpenError<()>, store: &Store, session: &mut Session<'_>) -> Result<(), Failure> {
    match error {
        OpenError::Declined(()) => {
            session.out.say("Contacts are locked, so what changed is not shown. To open them: kit unlock");
            // Whom a kit is sealed to shows nobody who has no key of theirs at hand.
            if store.state()?.stanza.is_none() {
                session.out.say("Whether this kit is for this device yet is seen then, too.");
            }
            Ok(())
        }
        OpenError::Payload(bundle::OpenError::NotForUs { .. }) if session.read_without_asking(store).is_err() => Err(not_yet()),
        error => Err(error.map_declined(|()| Failure::usage("the contacts are locked.").hint("Open them: kit unlock")).into()),
    }
}

/// What is said where no kit was ever for this device.
pub(in crate::cli::command) fn not_yet() -> Failure {
    Failure::new(Kind::CannotOpen, "this kit is not for this device yet: a publisher has to let it in.")
        .hint("The line that they need, and the words for the phone: kit join")
        .hint("When they have published: kit sync")
}
