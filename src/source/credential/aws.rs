//! Which keys are used for S3, and in which order they are looked for.

use super::{AwsKeys, AwsProfile, CredentialCommand, ProfileKeys};
use crate::source::{Bounds, Outside, SourceError};

/// Keys for S3: those of the command that the user named for this source; else of the profile that the address names; else
/// of the environment; else of the profile that AWS_PROFILE names, or `default`.
///
/// # Errors
/// [`SourceError::Setup`] when there are none, or they are half there or expired.
pub(in crate::source) fn aws(
    command: Option<&CredentialCommand>,
    named_profile: bool,
    profile: &AwsProfile,
    outside: &Outside,
    bounds: &Bounds,
    name: &str,
) -> Result<AwsKeys, SourceError> {
    let fail = |why: &str| SourceError::Setup { name: name.to_owned(), why: why.to_owned() };
    let of_command = |command: &CredentialCommand| match command.run(outside, bounds, name)?.aws() {
        Some(keys) => Ok(keys.clone()),
        None => Err(fail("the command for its credentials printed something else than keys for S3")),
    };
    if let Some(command) = command {
        return of_command(command);
    }
    if !named_profile && let Some(id) = outside.variable("AWS_ACCESS_KEY_ID") {
        let secret = outside.variable("AWS_SECRET_ACCESS_KEY");
        let secret = secret.ok_or_else(|| fail("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"))?;
        let keys = AwsKeys::new(id, secret, outside.variable("AWS_SESSION_TOKEN")).map_err(fail)?;
        bounds.step("credentials: from the environment");
        return Ok(keys);
    }
    match &profile.keys {
        ProfileKeys::Static(keys) => {
            bounds.step("credentials: from a profile of AWS's files");
            Ok(keys.clone())
        }
        ProfileKeys::Command(command) => of_command(command),
        ProfileKeys::Elsewhere => {
            Err(fail("its profile needs AWS's own tools to get keys: let them print them (credentials from a command)"))
        }
        ProfileKeys::None => Err(fail("no credentials: not from a command, the environment, or the files of AWS")),
    }
}
