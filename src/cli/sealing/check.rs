//! What is looked at before anything is asked for.

use super::Wanted;
use crate::{
    bundle::capsule::Field,
    cli::{failure::Failure, session::Session},
    seal::Target,
};

/// Whether there is something to seal; warns of what the new version will not have any more.
///
/// # Errors
/// Usage when there is nothing.
pub(in crate::cli) fn check_fields(
    target: &Target,
    (fields, imported): (&[Wanted], &[Field]),
    keeps: bool,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    if fields.is_empty() && imported.is_empty() {
        return Err(Failure::usage("no field is named, so there is nothing to seal.")
            .hint(format!("Name them: kit seal {} --field user=… --field password --field totp --dir DIR", target.id)));
    }
    let names: Vec<&str> =
        fields.iter().map(|field| field.name.as_str()).chain(imported.iter().map(|field| field.name.as_str())).collect();
    let left_out = target.left_out(&names);
    if let Some(old) = target.old.as_ref().filter(|_| !keeps && !left_out.is_empty()) {
        session.out.say(format!(
            "Version {} has {} too; version {} will not. To keep: stop here (Ctrl-C), and add --keep-others.",
            old.version,
            left_out.join(", "),
            target.version
        ));
    }
    Ok(())
}
