//! What the library's errors mean to a person: the kind, which is the exit status, and what to do now. `source` has those of places.

mod hold;
mod joining;
mod leave;
mod opening;
mod paper;
mod quorum;
mod remember;
mod sealed;
pub(super) mod sealing;
mod source;
mod succession;

pub(super) use leave::nobody;
pub(super) use opening::wrong_too_often;
pub(super) use source::next_step;
pub(super) use succession::not_taken;
use succession::swapped;

use super::failure::{Failure, Kind};
use crate::{
    acknowledge::AcknowledgeError,
    adopt::AdoptError,
    authored::{LoadError, edit::EditError},
    bundle::{self, Refusal},
    carry::CarryError,
    disk::DiskError,
    key::{DeviceKeyError, SealedError, keyring::KeyringError},
    open::OpenError,
    publish::PublishError,
    recall::RecallError,
    schedule::ScheduleError,
    source::SourceError,
    store::StoreError,
};

/// Said wherever something failed that leaves the kit on this machine as it was.
pub(super) const STILL_WORKS: &str = "Your kit still works, as it was.";
/// Where somebody goes for whom kit itself has failed.
const BY_HAND: &str = "By hand, with stock tools: docs/format.md, \"Recover without kit\".";
/// Said after a wrong passphrase.
const TRY_AGAIN: &str =
    "Nothing is locked: try again as often as you need. The passphrase is the one you chose at kit init or kit join.";

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        let failure = Self::usage(format!("{error}."));
        match error {
            DiskError::Missing { .. } => failure.hint("Is the name right? See what is there with ls."),
            DiskError::Locked { .. } => failure.hint("Try again when it is done."),
            _ => failure.hint("Nothing was changed. Mend it and run the same again."),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = format!("{error}.");
        match error {
            StoreError::Disk(error) => error.into(),
            StoreError::NotHere { .. } | StoreError::HalfMade { .. } => {
                Self::new(Kind::NotFound, text).hint("Join it: kit join INVITE --as YOUR.ID")
            }
            StoreError::Exists { .. } => {
                Self::usage(text).hint("See it: kit status").hint("For a second kit of your own, set KIT_HOME to another folder.")
            }
            StoreError::Empty { .. } => Self::new(Kind::NotFound, text)
                .hint("Get it: kit sync")
                .hint("As its publisher, make the first one: kit publish DIR --to PLACE"),
            StoreError::Rollback { .. }
            | StoreError::RootFork { .. }
            | StoreError::Fork { .. }
            | StoreError::OtherKit { .. }
            | StoreError::OtherRoot { .. } => Self::new(Kind::NotTrusted, text).hint(STILL_WORKS),
            StoreError::NoGeneration { .. } | StoreError::TrustLost { .. } => Self::new(Kind::NotTrusted, text).hint(BY_HAND),
            StoreError::QueueFull { .. } => Self::usage(text).hint("Deliver them first: kit sync"),
            StoreError::Sheets { path, .. } => Self::usage(text)
                .hint("The kit itself is as it was, and what was printed still holds.")
                .hint(format!("To begin anew with what is printed from now on: mv {0} {0}.old", path.display())),
            StoreError::Settings { path, .. } => Self::usage(text).hint(format!("Mend or replace {}", path.display())),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(Kind::NotTrusted, format!("{refusal}."))
            .hint("Nothing of it was kept. Get the file again, from another place if there is one.")
    }
}

impl From<bundle::OpenError> for Failure {
    fn from(error: bundle::OpenError) -> Self {
        let failure = Self::new(Kind::CannotOpen, format!("the kit cannot be opened: {error}."));
        match error {
            bundle::OpenError::NotForUs { .. } => failure
                .hint("A publisher lets this device in. The line that they need: kit join")
                .hint("They: kit member add LINE --dir DIR, then kit publish DIR. Then you: kit sync"),
            _ => failure.hint("Tell its publisher. Older kits are kept on this machine.").hint(BY_HAND),
        }
    }
}

impl From<SealedError> for Failure {
    fn from(error: SealedError) -> Self {
        let failure = Self::new(Kind::CannotOpen, format!("{error}."));
        match error {
            SealedError::WrongPassphrase => failure.hint(TRY_AGAIN),
            _ => failure
                .hint("If the file is beyond repair, join again as another device: kit join INVITE --as YOUR.ID --device NAME"),
        }
    }
}

impl From<DeviceKeyError> for Failure {
    fn from(error: DeviceKeyError) -> Self {
        let failure = Self::new(Kind::CannotOpen, format!("the key that signs: {error}."));
        match error {
            DeviceKeyError::WrongPassphrase => failure.hint(TRY_AGAIN),
            _ => failure.hint("Another publisher of the team can go on: kit publisher list --dir DIR"),
        }
    }
}

impl From<KeyringError> for Failure {
    fn from(error: KeyringError) -> Self {
        Self::new(Kind::CannotOpen, format!("the platform's keyring: {error}."))
            .hint("Log in to the desktop, or unlock its keyring, and try again.")
            .hint("Where there is none, use another home for the key: kit join … --reader passphrase")
    }
}

impl From<OpenError<Self>> for Failure {
    fn from(error: OpenError<Self>) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            OpenError::Sealed(error) => error.into(),
            OpenError::Keyring(error) => error.into(),
            OpenError::Payload(error) => error.into(),
            OpenError::Declined(failure) => failure,
            OpenError::NotInKeyring | OpenError::Identity(_) => Self::new(Kind::CannotOpen, format!("{error}."))
                .hint("Join again as another device: kit join INVITE --as YOUR.ID --device NAME"),
        }
    }
}

impl From<RecallError<Self>> for Failure {
    fn from(error: RecallError<Self>) -> Self {
        let text = format!("{error}.");
        match error {
            RecallError::Open(error) => error.into(),
            RecallError::NotKept { seq, asked, kept } => {
                let failure = Self::new(Kind::NotFound, text);
                let failure = match kept.first() {
                    Some(newest) if *newest < seq => failure.hint("The newest kit comes with: kit sync"),
                    _ => failure
                        .hint("An older kit is only on machines that had it: kit sync does not bring it.")
                        .hint(somebody_else(seq, asked)),
                };
                failure.hint(comparable(&kept))
            }
            RecallError::NotForUs { seq, asked, .. } => Self::new(Kind::CannotOpen, text).hint(somebody_else(seq, asked)),
        }
    }
}

fn somebody_else(seq: u64, (first, second): (u64, u64)) -> String {
    format!("Whoever can open kit {seq} runs there: kit announce --diff {first}..{second}")
}

/// Which of the kits of this machine, the newest first, can be compared with each other.
fn comparable(kept: &[u64]) -> String {
    match kept {
        [] => "No other kit is here.".to_owned(),
        [only] => format!("Here is only kit {only}: nothing to compare it with."),
        [newest, oldest] => format!("Here can be compared: kit announce --diff {oldest}..{newest}"),
        [newest, second, ..] => {
            let numbers: Vec<String> = kept.iter().rev().map(ToString::to_string).collect();
            format!("Here can be compared any two of {}: kit announce --diff {second}..{newest}", numbers.join(", "))
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Disk(error) => error.into(),
            LoadError::Mistakes(problems) => {
                let text = format!("{problems}, so nothing was done.");
                problems
                    .errors
                    .iter()
                    .fold(Self::new(Kind::No, text), |failure, problem| failure.hint(problem.to_string()))
                    .hint("All of them, and the warnings: kit check DIR")
            }
        }
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        Self::usage(format!("{error}.")).hint("Mend the file by hand, then run the same again.")
    }
}

impl From<AdoptError> for Failure {
    fn from(error: AdoptError) -> Self {
        match error {
            AdoptError::Edit(error) => error.into(),
            AdoptError::Directory(problems) => LoadError::from(problems).into(),
        }
    }
}

impl From<CarryError> for Failure {
    fn from(error: CarryError) -> Self {
        let text = format!("{error}.");
        match error {
            CarryError::Store(error) => error.into(),
            CarryError::Source(error) => error.into(),
            CarryError::Newer { .. } => {
                Self::new(Kind::No, text).hint("Nothing was written. Take that one: kit sync --from FILE")
            }
            CarryError::Other { .. } => Self::new(Kind::No, text)
                .hint("Nothing was written. Name another place, or overwrite it: kit export bundle PLACE --force"),
        }
    }
}

impl From<AcknowledgeError> for Failure {
    fn from(error: AcknowledgeError) -> Self {
        let text = format!("{error}.");
        match error {
            AcknowledgeError::Store(error) => error.into(),
            AcknowledgeError::DeviceKey(error) => error.into(),
            AcknowledgeError::NotInRoster => Self::new(Kind::CannotOpen, text)
                .hint("Its publisher lets it in: kit member add REQUEST --dir DIR, then kit publish DIR")
                .hint("Then: kit sync"),
            AcknowledgeError::NobodyReads | AcknowledgeError::Letter(_) | AcknowledgeError::Name(_) => {
                Self::usage(text).hint("Tell whoever asked for it by phone that you have the kit: kit status")
            }
        }
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let text = format!("{error}.");
        match error {
            PublishError::Load(error) => error.into(),
            PublishError::Source(error @ (SourceError::Unsupported { .. } | SourceError::Address { .. })) => error.into(),
            PublishError::Source(_) => Self::new(Kind::NoSource, format!("{text} Nothing was published."))
                .hint("The first place decides. When it answers again: kit publish DIR")
                .hint("What is wrong with it: kit source test     To let another one decide: kit source add PLACE --first"),
            PublishError::Store(error) => error.into(),
            PublishError::Roots(error) => error.into(),
            PublishError::OtherKit { .. } => Self::usage(text).hint("Name the directory of this kit."),
            PublishError::OtherChain => Self::new(Kind::NotTrusted, text).hint(
                "The directory's roots.kit is older, or another. Bring it up to date, or put back that of the last publish: git log roots.kit",
            ),
            PublishError::Raced => Self::new(Kind::No, text).hint("Look at what came, then publish again: kit publish DIR"),
            PublishError::NoPlace => {
                Self::usage(text).hint("Name one; it is remembered: kit publish DIR --to PLACE     (a folder, a share, a stick)")
            }
            PublishError::Behind { .. } => {
                Self::new(Kind::No, text).hint("Somebody else published. See what they changed: kit sync")
            }
            PublishError::Swapped(error) => swapped(&error, "Nothing was published."),
            PublishError::Stranger { .. } => {
                Self::new(Kind::NotTrusted, text).hint("Nothing was published. Look at that place, or name another.")
            }
            PublishError::NotPublisher(_) => Self::new(Kind::NotTrusted, text)
                .hint("A publisher lets this device publish: kit publisher add YOUR.ID --dir DIR, then kit publish DIR"),
            PublishError::Seal(_) | PublishError::Sign(_) => Self::usage(text).hint("Nothing was published."),
        }
    }
}

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Self {
        let text = format!("{error}.");
        match error {
            ScheduleError::Foreign(_) => Self::usage(text)
                .hint("Nothing was changed. Look at it; if nobody needs it, put it elsewhere, then try again.")
                .hint("What kit would write: kit sync --install-timer --dry-run"),
            ScheduleError::Timer(_) => Self::usage(text).hint("Put this program and KIT_HOME at paths of plain text."),
            ScheduleError::Disk(error) => error.into(),
        }
    }
}
