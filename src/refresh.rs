//! Refreshing: the commands of credentials are asked for their values, and what changed is sealed anew.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    bundle::capsule::Field,
    fill::{self, FillError},
    permit,
    program::{ChildEnvironment, CommandLine, LineError},
    seal::{SealingError, Target},
    store::Store,
    team::{Capsule, FieldKind},
};

/// By field: the command that prints its value.
pub type FieldCommands = BTreeMap<String, CommandLine>;

/// What became of one credential.
#[derive(Debug)]
pub enum Refreshed {
    /// It has new values.
    Sealed(Capsule),
    /// The values are those that this machine sealed last, to the key that is current.
    Same,
}

/// Why a credential was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// A command is none on this machine.
    #[error("{field}: {error}")]
    Line {
        /// Of which field.
        field: String,
        /// Why not.
        error: LineError,
    },
    /// A command is, or names, what others change together with the directory.
    #[error("{field}: its command names {}, which changes together with the team directory", .path.display())]
    Inside {
        /// Of which field.
        field: String,
        /// What it names.
        path: PathBuf,
    },
    /// A command gave no value.
    #[error("{field}: {error}")]
    Value {
        /// Of which field.
        field: String,
        /// Why not.
        error: FillError,
    },
    /// The old capsule has values that no command prints.
    #[error("{} would be lost: no command prints it", .0.join(", "))]
    LeftOut(Vec<String>),
    /// It could not be sealed.
    #[error(transparent)]
    Sealing(#[from] SealingError),
}

/// Takes the lines of a credential's commands in a team directory apart.
///
/// # Errors
/// [`RefreshError::Line`], [`RefreshError::Inside`] with the first that is no command here.
pub fn commands(
    lines: &BTreeMap<String, String>,
    dir: &Path,
    environment: &ChildEnvironment,
) -> Result<FieldCommands, RefreshError> {
    let parsed = lines.iter().map(|(field, line)| {
        let command = CommandLine::parse(line, environment);
        let command = command.map_err(|error| RefreshError::Line { field: field.clone(), error })?;
        match permit::inside(&command, dir) {
            Some(path) => Err(RefreshError::Inside { field: field.clone(), path }),
            None => Ok((field.clone(), command)),
        }
    });
    parsed.collect()
}

/// Runs the commands of a credential one after the other (their managers lock each other out), in the order of their names. A
/// field keeps the kind that it has in the old capsule.
///
/// # Errors
/// [`RefreshError::Value`] with the first that gave none.
pub fn values(target: &Target, commands: &FieldCommands, environment: &ChildEnvironment) -> Result<Vec<Field>, RefreshError> {
    let run = |(name, command): (&String, &CommandLine)| {
        let known = target.old.iter().flat_map(|old| &old.fields).find(|field| &field.name == name).map(|field| field.kind);
        let kind = known.filter(|kind| *kind != FieldKind::Unknown).unwrap_or_else(|| FieldKind::of_name(name));
        fill::by_command(name, kind, command, environment).map_err(|error| RefreshError::Value { field: name.clone(), error })
    };
    commands.iter().map(run).collect()
}

/// Brings one credential up to date.
///
/// # Errors
/// [`RefreshError`]: its capsule is as it was.
pub fn refresh(
    (store, dir): (&Store, &Path),
    target: &Target,
    commands: &FieldCommands,
    environment: &ChildEnvironment,
    now: Timestamp,
) -> Result<Refreshed, RefreshError> {
    let names: Vec<&str> = commands.keys().map(String::as_str).collect();
    let left_out = target.left_out(&names);
    if !left_out.is_empty() {
        return Err(RefreshError::LeftOut(left_out.into_iter().map(str::to_owned).collect()));
    }
    let fields = values(target, commands, environment)?;
    if let Some(old) = &target.old {
        let is_current = (&old.tier, old.key) == (&target.tier.0, target.tier.1.version);
        let digests = store.digests().map_err(SealingError::from)?;
        if is_current && digests.is_same(&target.id, old, &fields) {
            return Ok(Refreshed::Same);
        }
    }
    Ok(Refreshed::Sealed(target.seal((store, dir), &fields, now, true)?))
}
