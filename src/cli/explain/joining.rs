//! Errors of beginning a team and of getting into one: keys, invites, requests, who is let in, who publishes.

use crate::{
    admit::AdmitError,
    appoint::{AppointError, RootsError},
    bundle::{invite::InviteError, join_request::JoinError},
    cli::failure::{Failure, Kind},
    enrol::EnrolError,
    init::InitError,
    join::JoiningError,
};

impl From<EnrolError> for Failure {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Sealed(error) => error.into(),
            EnrolError::DeviceKey(error) => error.into(),
            EnrolError::Keyring(error) => error.into(),
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let text = format!("{error}.");
        match error {
            InitError::Taken(_) => Self::usage(text).hint("Name a folder that is not there yet."),
            InitError::Load(error) => error.into(),
            InitError::Enrol(error) => error.into(),
            InitError::Store(error) => error.into(),
            InitError::Edit(error) => error.into(),
            InitError::Disk(error) => error.into(),
            InitError::Root(_) | InitError::Randomness(_) => Self::usage(text).hint("Nothing was made. Try again."),
        }
    }
}

impl From<InviteError> for Failure {
    fn from(error: InviteError) -> Self {
        Self::usage(format!("the invite: {error}.")).hint("Copy the whole line again; it begins with kit-invite1:")
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        Self::usage(format!("the request: {error}.")).hint("Copy the whole line again; it begins with kit-join1:")
    }
}

impl From<JoiningError> for Failure {
    fn from(error: JoiningError) -> Self {
        let text = format!("{error}.");
        match error {
            JoiningError::Enrol(error) => error.into(),
            JoiningError::Request(error) => error.into(),
            JoiningError::Sealed(error) => error.into(),
            JoiningError::DeviceKey(error) => error.into(),
            JoiningError::Open(error) => error.map_declined(|never| match never {}).into(),
            JoiningError::Identity(_) => {
                Self::new(Kind::CannotOpen, text).hint("Join again as another device: kit join INVITE --as YOUR.ID --device NAME")
            }
            JoiningError::OtherRoot => Self::new(Kind::NotTrusted, text)
                .hint("Ask the publisher to read you the 12 words of kit invite, on a number that you know: kit trust"),
            JoiningError::Other { .. } => {
                Self::usage(text).hint("For a second device of this machine, set KIT_HOME to another folder.")
            }
            JoiningError::Store(error) => error.into(),
        }
    }
}

impl From<AdmitError> for Failure {
    fn from(error: AdmitError) -> Self {
        let text = format!("{error}.");
        match error {
            AdmitError::Load(error) => error.into(),
            AdmitError::Roots(error) => error.into(),
            AdmitError::Store(error) => error.into(),
            AdmitError::Edit(error) => error.into(),
            AdmitError::OtherKit { .. } => {
                Self::usage(text).hint("They joined with another kit's invite: send them this one's (kit invite).")
            }
            AdmitError::SharedKey { .. } => {
                Self::new(Kind::NotTrusted, text).hint("Each device has keys of its own: ask its owner who made this request.")
            }
            AdmitError::Unknown { person, nearest } => {
                let failure = Self::new(Kind::NotFound, text);
                match nearest {
                    Some(nearest) => {
                        failure.hint(format!("Did you mean {nearest}? Then they join again: kit join INVITE --as {nearest}"))
                    }
                    None => failure.hint(format!("Write them down first: people/{person}.toml")),
                }
            }
            AdmitError::Taken { person, device } => Self::usage(text).hint(format!(
                "If they set it up anew, remove devices/{person}.{device}.toml first; else they join with --device NAME."
            )),
        }
    }
}

impl From<RootsError> for Failure {
    fn from(error: RootsError) -> Self {
        let text = format!("{error}.");
        match error {
            RootsError::Disk(error) => error.into(),
            RootsError::Missing { .. } => {
                Self::usage(text).hint("Name the team directory; roots.kit belongs in it, and into its git repository.")
            }
            RootsError::Refused { .. } => {
                Self::new(Kind::NotTrusted, text).hint("Put back the file as it was last published: git log roots.kit")
            }
        }
    }
}

impl From<AppointError> for Failure {
    fn from(error: AppointError) -> Self {
        let text = format!("{error}.");
        match error {
            AppointError::Roots(error) => error.into(),
            AppointError::Disk(error) => error.into(),
            AppointError::NotRoot(_) => {
                Self::new(Kind::NotTrusted, text).hint("Ask somebody who publishes: kit publisher list --dir DIR")
            }
            AppointError::Sign(_) | AppointError::AlreadyPublisher | AppointError::NoPublisher | AppointError::Last => {
                Self::usage(text).hint("Who publishes: kit publisher list --dir DIR")
            }
        }
    }
}
