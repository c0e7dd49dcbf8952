//! Errors of what is sealed and does not go on from what was signed.

use crate::{
    cli::failure::{Failure, Kind},
    succeed::Break,
};

/// Why a directory is not published.
pub(super) fn swapped(error: &Break, done: &str) -> Failure {
    let failure = Failure::new(Kind::NotTrusted, format!("{error}."));
    let failure = match error {
        Break::OtherKey { .. } => {
            failure.hint(format!("{done} Whoever swapped it could open all that is sealed to it from then on."))
        }
        _ => failure.hint(format!("{done} Versions only go up.")),
    };
    failure.hint("Take the file of that tier back (git log DIR/sealed/tiers), and ask who changed it.")
}

/// Why a kit is not taken although publishers signed it.
pub(in crate::cli) fn not_taken(error: &Break, seq: u64) -> Failure {
    let what = format!("kit {seq} is signed, and is not taken: {error}. Nothing changed.");
    let failure = Failure::new(Kind::NotTrusted, what);
    let failure = match error {
        Break::OtherKey { .. } => {
            failure.hint("Whoever made that key can open all that is sealed to it from now on. Nobody else may be able to.")
        }
        _ => failure.hint("Versions only go up: somebody put an old key back."),
    };
    failure
        .hint("Call those who publish, on numbers that you know: kit who")
        .hint("If they ended that tier and made it again, they give it a new key: kit tier rekey TIER --dir DIR, then kit publish DIR")
        .hint("Your kit still works, as it was.")
}
