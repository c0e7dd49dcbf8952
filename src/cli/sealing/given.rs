//! What the command line says of each field: its name, its kind, and where its value comes from. Never the value itself, unless
//! the name says that it is no secret.

use std::path::PathBuf;

use crate::{
    cli::failure::Failure,
    program::{ChildEnvironment, CommandLine, LineError},
    team::{FieldKind, is_field_name},
};

/// Most of what people type for one field.
const KINDS: &str = "text, secret, totp, codes, note or file";

/// The options, as they were typed.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Given<'a> {
    /// `--field`.
    pub fields: &'a [String],
    /// `--from`.
    pub from: &'a [String],
    /// `--from-file`.
    pub files: &'a [String],
    /// `--kind`.
    pub kinds: &'a [String],
}

impl Given<'_> {
    /// Whether nothing was said of fields.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        [self.fields, self.from, self.files].iter().all(|texts| texts.is_empty())
    }
}

/// One field that is to be sealed.
#[derive(Debug)]
pub(in crate::cli) struct Wanted {
    /// Its name.
    pub name: String,
    /// Its kind, by `--kind` or by its name.
    pub kind: FieldKind,
    /// Whether `--kind` said so.
    pub is_kind_given: bool,
    /// Where its value comes from.
    pub way: Way,
}

/// Where a value comes from.
#[derive(Debug)]
pub(in crate::cli) enum Way {
    /// Somebody types it.
    Asked,
    /// It stands on the command line: a user name, an address.
    Said(String),
    /// A command that was typed prints it.
    Command(CommandLine),
    /// A command of the team directory prints it.
    Team(CommandLine),
    /// It is a file.
    File(PathBuf),
}

/// The fields that the options name, in their order.
///
/// # Errors
/// Usage; nothing behind a `=` is repeated.
pub(in crate::cli) fn wanted(given: Given<'_>, environment: &ChildEnvironment) -> Result<Vec<Wanted>, Failure> {
    let mut all: Vec<Wanted> = Vec::new();
    let mut take = |name: &str, way: Way| {
        let name = checked(name)?;
        if all.iter().any(|other| other.name == name) {
            return Err(Failure::usage(format!("the field {name} is there twice.")).hint("Name each field once."));
        }
        all.push(Wanted { kind: FieldKind::of_name(&name), is_kind_given: false, name, way });
        Ok(())
    };
    for field in given.fields {
        match field.split_once('=') {
            None => take(field, Way::Asked)?,
            // What ends in "=" may be a value by itself, in base64.
            Some((_, rest)) if rest.trim_matches('=').is_empty() => return Err(no_name()),
            Some((name, value)) if FieldKind::of_name(&checked(name)?) == FieldKind::Text => {
                take(name, Way::Said(value.to_owned()))?;
            }
            Some((name, _)) => return Err(value_in_arguments(name)),
        }
    }
    for text in given.from {
        let (name, line) = parted(text, "--from 'NAME=COMMAND'")?;
        let command = CommandLine::parse(line, environment).map_err(|error| {
            Failure::usage(format!("the command for {name}: {}.", without_words(&error)))
                .hint("Write a program and its words: --from 'password=op read op://…'")
        })?;
        take(name, Way::Command(command))?;
    }
    for text in given.files {
        let (name, path) = parted(text, "--from-file NAME=PATH")?;
        take(name, Way::File(path.into()))?;
    }
    for text in given.kinds {
        let (name, word) = parted(text, "--kind NAME=KIND")?;
        let kind = FieldKind::from_word(word);
        let kind =
            kind.ok_or_else(|| Failure::usage(format!("there is no such kind for {name}.")).hint(format!("It can be {KINDS}.")))?;
        let field = all.iter_mut().find(|field| field.name == name);
        let field = field.ok_or_else(|| {
            Failure::usage(format!("--kind names {name}, and no field is called so.")).hint(format!("Add it: --field {name}"))
        })?;
        (field.kind, field.is_kind_given) = (kind, true);
    }
    Ok(all)
}

/// A value that stands where other programs and the shell's history see it.
fn value_in_arguments(name: &str) -> Failure {
    Failure::usage(format!(
        "{name} has its value on the command line, where other programs and the history of the shell see it; it is not taken."
    ))
    .hint(format!("Type it when asked:     --field {name}"))
    .hint(format!("From another program:   --from '{name}=op read op://…'     or     … | kit seal NAME --field {name} --dir DIR"))
    .hint("If it is a real one, take it out of the history, and better change it.")
}

fn parted<'t>(text: &'t str, form: &str) -> Result<(&'t str, &'t str), Failure> {
    let parted = text.split_once('=').filter(|(name, rest)| is_field_name(name) && !rest.is_empty());
    parted.ok_or_else(|| Failure::usage(format!("an option has not the form {form}.")).hint(NAMES))
}

fn checked(name: &str) -> Result<String, Failure> {
    if is_field_name(name) {
        return Ok(name.to_owned());
    }
    Err(no_name())
}

fn no_name() -> Failure {
    Failure::usage("a field has a name that cannot be one.").hint(NAMES)
}

const NAMES: &str =
    "Names have a-z, 0-9, \".\", \"-\" and \"_\", 32 characters at most: user, password, totp, codes, note, db-user";

/// Why a line is no command, without any of it: what was meant as a value may have slipped in.
fn without_words(error: &LineError) -> String {
    match error {
        LineError::Words(why) => (*why).to_owned(),
        LineError::Path(_) => "its first word is no program by its absolute path".to_owned(),
        LineError::Name(_) => "its first word is no program in the folders of PATH".to_owned(),
    }
}
