//! Errors of asking for shares, giving them and gathering them.

use crate::{
    approve::ApproveError,
    bundle::{AskError, PastedError, ShareError, TierError, share::VOICE_WORDS},
    cli::failure::{Failure, Kind},
    gather::GatherError,
    request::RequestError,
    team::{Id, Person},
};

/// Whoever sends something on that was made for this is no friend.
const NOT_THEIRS: &str = "Give nothing for it. Call whoever it names, on the number of your own kit: kit lookup NAME";
/// Which of two kits is older cannot be known from here.
const BOTH_SYNC: &str = "You and they: kit sync. Then they ask again: kit request NAME";

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let text = format!("the request: {error}.");
        match error {
            AskError::Pasted(PastedError::Content(_)) => Self::new(Kind::NotTrusted, text).hint(NOT_THEIRS),
            AskError::Pasted(_) => Self::usage(text).hint("Copy the whole text again; it begins with kit-ask1:"),
            AskError::Length(_) | AskError::Mistyped => {
                Self::usage(text).hint("Have them read it again, in its four groups; there is no letter O, I, L or U in it.")
            }
            AskError::Sign(error) => error.into(),
            AskError::TooLong => Self::usage(text).hint("Say it in fewer words. Nothing was asked for."),
            AskError::Random => Self::usage(text).hint("Nothing was asked for. Try again."),
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        let text = format!("{error}.");
        match error {
            RequestError::Ask(error) => error.into(),
            RequestError::Record(error) => error.into(),
            RequestError::NotSealed(id) => Self::new(Kind::NotFound, text).hint(format!("Whom to ask about it: kit who {id}")),
            RequestError::NoKey(_) => Self::new(Kind::NotFound, text).hint("Is a newer kit there? kit sync"),
            RequestError::NotSplit { holders, .. } => {
                Self::usage(text).hint("A holder opens it: kit reveal NAME").hint(format!("The holders: {}", listed(&holders)))
            }
        }
    }
}

impl From<ApproveError> for Failure {
    fn from(error: ApproveError) -> Self {
        let text = format!("{error}.");
        match error {
            ApproveError::Store(error) => error.into(),
            ApproveError::Ask(error) => error.into(),
            ApproveError::Unseal(error) => error.into(),
            ApproveError::Record(error) => error.into(),
            ApproveError::Tier(error) => error.into(),
            ApproveError::Share(error) => error.into(),
            ApproveError::OtherKit => {
                Self::new(Kind::NotTrusted, text).hint("If you are in both kits, say which: kit --kit ID approve TEXT")
            }
            ApproveError::Stranger => Self::new(Kind::NotTrusted, text)
                .hint("Did they join lately? Look for a newer kit: kit sync")
                .hint("Else give nothing: whoever asks is not in your team's kit."),
            ApproveError::OtherKey(_) => Self::new(Kind::NotTrusted, text).hint(NOT_THEIRS).hint(BOTH_SYNC),
            ApproveError::Ambiguous(_) => {
                Self::new(Kind::Ambiguous, text).hint("Have them send the text instead: kit approve TEXT")
            }
            ApproveError::OtherVersion { versions } => {
                let failure = Self::new(Kind::CannotOpen, text);
                match versions {
                    Some((asked, newest)) if asked > newest => failure.hint("Your kit is the older one: kit sync"),
                    Some((asked, newest)) if asked < newest => {
                        failure.hint("Their kit is the older one. They run: kit sync, then kit request NAME")
                    }
                    _ => failure.hint(BOTH_SYNC),
                }
            }
            ApproveError::NotSplit(_) => Self::usage(text).hint("If they hold it, they run: kit reveal NAME"),
            ApproveError::Own => Self::usage(text).hint("Another holder runs this. When they did: kit reveal NAME"),
            ApproveError::NotHolder { holders, .. } => {
                Self::new(Kind::CannotOpen, text).hint(format!("Who has a share: {}", listed(&holders)))
            }
        }
    }
}

impl From<ShareError> for Failure {
    fn from(error: ShareError) -> Self {
        let text = format!("the share: {error}.");
        match error {
            ShareError::Wrong(TierError::BadShare(holder)) => Self::new(
                Kind::NotTrusted,
                format!(
                    "the share of {holder} is not the one that they were given for this key, though no word of it is misheard."
                ),
            )
            .hint(format!(
                "Call {holder}: an older key's share, or one that was changed. They: kit sync, then kit approve again"
            )),
            ShareError::Wrong(error) => error.into(),
            ShareError::Pasted(_) => Self::usage(text).hint("Copy the whole text again; it begins with kit-share1:"),
            ShareError::NotForUs => {
                Self::new(Kind::CannotOpen, text).hint("It opens on the device that asked. Ask from this one: kit request NAME")
            }
            ShareError::OlderKey => Self::new(Kind::NotTrusted, text)
                .hint("Whoever gave it has an older kit. They run: kit sync, then kit approve CODE once more"),
            ShareError::NewerKey => {
                Self::new(Kind::CannotOpen, text).hint("The kit here is older: kit sync, then ask again: kit request NAME")
            }
            ShareError::OtherKit | ShareError::OtherTier(_) => {
                Self::usage(text).hint("It answers another request. For this one: kit request NAME")
            }
            ShareError::Count(_) => Self::usage(text).hint(format!(
                "All {VOICE_WORDS} words in their order, with spaces between; or the text that begins with kit-share1:"
            )),
            ShareError::UnknownWord(at) => {
                Self::usage(text).hint(format!("Have them read word {at} again, and spell it: four letters are enough."))
            }
            ShareError::Misheard { holder } => {
                let whom = holder.map_or_else(|| "them".to_owned(), |holder| holder.to_string());
                Self::usage(text).hint(format!("One would have been found out. Have {whom} read all groups again, slowly."))
            }
            ShareError::Recipient(_) | ShareError::Age(_) | ShareError::Content => {
                Self::new(Kind::NotTrusted, text).hint("Nothing was opened. Have them give it again: kit approve CODE")
            }
        }
    }
}

impl From<GatherError> for Failure {
    fn from(error: GatherError) -> Self {
        let text = format!("{error}.");
        match error {
            GatherError::Share { place, error } => {
                let mut failure = Self::from(error);
                failure.message = format!("share {place}: {}", failure.message.trim_start_matches("the share: "));
                failure
            }
            GatherError::Twice(_) => Self::new(Kind::CannotOpen, text).hint("Ask another holder: kit request NAME"),
        }
    }
}

fn listed(holders: &[Id<Person>]) -> String {
    holders.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
