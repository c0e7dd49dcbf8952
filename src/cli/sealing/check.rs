//! What is looked at before anything is asked for.

use std::path::Path;

use super::{Wanted, Way};
use crate::{
    bundle::capsule::Field,
    cli::{failure::Failure, session::Session},
    seal::{Seen, Target},
    team::FieldKind,
};

/// Where nothing is said of fields (`is_bare`), those that the sealed version has are asked for again, by the names and kinds of its
/// label; a command of the directory stays what it is. Without a terminal there are none to ask for.
///
/// # Errors
/// Usage without a terminal, with what to say instead.
pub(in crate::cli) fn again(
    seen: &Seen,
    (fields, is_bare): (&mut Vec<Wanted>, bool),
    dir: &Path,
    session: &Session<'_>,
) -> Result<(), Failure> {
    let Some(old) = seen.old.as_ref().filter(|_| is_bare) else { return Ok(()) };
    if !session.ask.allowed {
        if !fields.is_empty() {
            return Ok(());
        }
        let options: Vec<String> = old.fields.iter().map(|field| option(&field.name, kind_of(field.kind, &field.name))).collect();
        return Err(Failure::usage("no field is named, so there is nothing to seal.")
            .hint(format!("As it was: kit seal {} {} --dir {}", seen.id, options.join(" "), dir.display()))
            .hint("One of them, with the others as they are: --field password --keep-others"));
    }
    let mut all: Vec<Wanted> = Vec::new();
    for label in &old.fields {
        match fields.iter().position(|field| field.name == label.name) {
            Some(at) => all.push(fields.remove(at)),
            None => all.push(Wanted {
                name: label.name.clone(),
                kind: kind_of(label.kind, &label.name),
                is_kind_given: true,
                way: Way::Asked,
            }),
        }
    }
    all.append(fields);
    *fields = all;
    Ok(())
}

fn kind_of(kind: FieldKind, name: &str) -> FieldKind {
    if kind == FieldKind::Unknown { FieldKind::of_name(name) } else { kind }
}

/// How a field of some kind is said on the command line.
fn option(name: &str, kind: FieldKind) -> String {
    let kind_word = if FieldKind::of_name(name) == kind { String::new() } else { format!(" --kind {name}={kind}") };
    match kind {
        FieldKind::File => format!("--from-file {name}=PATH"),
        FieldKind::Text if kind_word.is_empty() => format!("--field {name}=…"),
        _ => format!("--field {name}{kind_word}"),
    }
}

/// Whether there is something to seal.
///
/// # Errors
/// Usage when there is nothing.
pub(in crate::cli) fn check_fields(seen: &Seen, (fields, imported): (&[Wanted], &[Field]), dir: &Path) -> Result<(), Failure> {
    if fields.is_empty() && imported.is_empty() {
        let dir = dir.display();
        return Err(Failure::usage("no field is named, so there is nothing to seal.")
            .hint(format!("Name them: kit seal {} --field user=… --field password --field totp --dir {dir}", seen.id)));
    }
    Ok(())
}

/// Warns of what the new version will not have any more.
pub(in crate::cli) fn warn_of_lost(
    target: &Target,
    (fields, imported): (&[Wanted], &[Field]),
    keeps: bool,
    session: &mut Session<'_>,
) {
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
}
