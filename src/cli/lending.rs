//! What a program is lent of a credential: in variables, on its standard input, in files that go when it ends.

use std::{collections::BTreeSet, path::PathBuf};

use zeroize::Zeroizing;

use super::{
    failure::Failure,
    opening::{Chosen, Open, for_program, is_one_line, say_spent},
    session::Session,
};
use crate::{
    disk::{self, Access, Scratch},
    team::FieldKind,
};

/// The folder below the user's own for what lives as long as they are signed in.
const RUNTIME: &str = "outage-kit";

/// Which values go where.
pub(super) struct Lent {
    variables: Vec<(String, String)>,
    input: Option<String>,
    files: Vec<(String, String)>,
}

/// Values for a program.
pub(super) struct Given {
    /// Variables of its environment.
    pub variables: Vec<(String, Zeroizing<String>)>,
    /// What it reads.
    pub input: Option<Zeroizing<Vec<u8>>>,
    /// The folder of its files, while it is there.
    pub files: Option<Scratch>,
}

impl Lent {
    /// Reads `VAR=FIELD` and fields.
    ///
    /// # Errors
    /// Usage.
    pub(super) fn parse(variables: &[String], input: Option<&str>, files: &[String]) -> Result<Self, Failure> {
        let pairs = |texts: &[String], option: &str| texts.iter().map(|text| pair(text, option)).collect::<Result<Vec<_>, _>>();
        let lent =
            Self { variables: pairs(variables, "--env")?, input: input.map(str::to_owned), files: pairs(files, "--file")? };
        let mut names = BTreeSet::new();
        match lent.variables.iter().chain(&lent.files).find(|(name, _)| !names.insert(name)) {
            Some((name, _)) => Err(Failure::usage(format!("{name} is named twice, and holds one value. Nothing was opened."))
                .hint("Another name for the other: --env OTHER=FIELD")),
            None => Ok(lent),
        }
    }

    /// Looks whether the fields that are named are there; without any named, whether each has a variable of its own.
    ///
    /// # Errors
    /// Not found; usage.
    pub(super) fn check(&self, chosen: &Chosen) -> Result<(), Failure> {
        self.fields().try_for_each(|field| chosen.field(field).map(|_| ()))?;
        if self.fields().next().is_some() {
            return Ok(());
        }
        let id = &chosen.card.id;
        let mut names: Vec<(String, &str)> = Vec::new();
        for field in chosen.fields.iter().filter(|field| is_short(field.kind)) {
            let name = variable(id, &field.name);
            if let Some((_, other)) = names.iter().find(|(taken, _)| *taken == name) {
                let text = format!("{other} and {} would both be in {name}. Nothing was opened.", field.name);
                return Err(Failure::usage(text).hint(format!("Name them: --env {name}={other}")));
            }
            names.push((name, &field.name));
        }
        Ok(())
    }

    /// The fields that are named, for the record; [`None`] where that is none.
    pub(super) fn named(&self) -> Option<String> {
        let fields: BTreeSet<&str> = self.fields().collect();
        Some(fields.into_iter().collect::<Vec<_>>().join(", ")).filter(|fields| !fields.is_empty())
    }

    /// The fields that are named.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().chain(&self.files).map(|(_, field)| field.as_str()).chain(self.input.as_deref())
    }

    /// Gives them; without any named, each value of one line.
    ///
    /// # Errors
    /// When a value is not what its kind says, or a file cannot be written.
    pub(super) fn give(&self, session: &mut Session<'_>, open: &Open) -> Result<Given, Failure> {
        let id = &open.chosen.card.id;
        let mut variables = self.variables.clone();
        if self.fields().next().is_none() {
            let short = open.chosen.fields.iter().filter(|field| is_one_line(open, &field.name));
            let named = short.map(|field| (variable(id, &field.name), field.name.clone()));
            let (steering, plain): (Vec<_>, Vec<_>) = named.partition(|(name, _)| steers(name));
            for (name, field) in steering {
                session
                    .out
                    .say(format!("kit: {name} would steer the program, so it is not set. If it is meant: --env {name}={field}"));
            }
            variables = plain;
        }
        let named: BTreeSet<&str> = self.fields().collect();
        named.into_iter().for_each(|field| say_spent(session, open, field));
        let mut given = Given { variables: Vec::new(), input: None, files: None };
        for (name, field) in variables {
            let value = for_program(open, &field, &session.context)?;
            let text = std::str::from_utf8(&value).ok().filter(|text| !text.contains('\0'));
            let text = text.ok_or_else(|| {
                Failure::usage(format!("{field} does not fit into a variable.")).hint(format!("As a file: --file {name}={field}"))
            })?;
            given.variables.push((name, Zeroizing::new(text.to_owned())));
        }
        if let Some(field) = &self.input {
            given.input = Some(for_program(open, field, &session.context)?);
        }
        if !self.files.is_empty() {
            let folder = scratch(session)?;
            for (name, field) in &self.files {
                let path = folder.path().join(name);
                disk::create_new(&path, &for_program(open, field, &session.context)?, Access::Private)?;
                given.variables.push((name.clone(), Zeroizing::new(path.to_string_lossy().into_owned())));
            }
            given.files = Some(folder);
        }
        Ok(given)
    }
}

/// Variables that shells and loaders act on.
const STEERING: &[&str] = &["PATH", "IFS", "ENV", "BASH_ENV", "HOME", "SHELL", "EDITOR", "PAGER", "PS4"];
/// Beginnings and ends of variables that loaders, interpreters and clients act on.
const STEERING_PARTS: &[&str] = &[
    "LD_",
    "DYLD_",
    "GIT_",
    "BASH_",
    "PYTHON",
    "PERL",
    "RUBY",
    "NODE_",
    "JAVA_",
    "_OPTIONS",
    "_PROXY",
    "_ENDPOINT",
    "_ENDPOINT_URL",
    "_CONFIG_FILE",
    "_CA_BUNDLE",
    "_PRELOAD",
    "_COMMAND",
];

/// A private folder: in memory where the system has one for the user, else beside the kits.
fn scratch(session: &Session<'_>) -> Result<Scratch, Failure> {
    let mut refused = None;
    for folder in folders(session) {
        match Scratch::new(&folder) {
            Ok(scratch) => return Ok(scratch),
            Err(error) => refused = Some(error),
        }
    }
    refused.map_or_else(|| session.home().map(|_| ()), |error| Err(error.into()))?;
    Err(Failure::usage("there is no folder for files of this user.").hint("Name one: KIT_HOME=/some/folder kit …"))
}

/// Where files for programs may stand, the best place first: what the system has for this user while they are signed in, memory,
/// the disk.
fn folders(session: &Session<'_>) -> Vec<PathBuf> {
    let runtime = session.context.children.get("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime.filter(|folder| folder.is_absolute() && disk::is_folder(folder));
    let beside = session.context.outside.scratch.clone();
    [runtime.map(|folder| folder.join(RUNTIME)), disk::memory(), beside].into_iter().flatten().collect()
}

/// Removes the files of programs whose kit was killed. Whatever cannot be removed now is tried again next time.
pub(super) fn sweep(session: &Session<'_>) {
    for folder in folders(session) {
        let _ = disk::sweep_scratch(&folder);
    }
}

/// Folders in which a killed kit left files, which may hold a value.
pub(super) fn left_behind(session: &Session<'_>) -> Vec<PathBuf> {
    folders(session).into_iter().filter(|folder| disk::left_behind(folder) > 0).collect()
}

/// Whether values of a kind are given without being asked for, where they have one line.
pub(super) fn is_short(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::Secret | FieldKind::Totp | FieldKind::Unknown)
}

/// Whether a variable does more than hold a value: names in a kit must not choose what a program loads, runs or talks to.
fn steers(name: &str) -> bool {
    STEERING.contains(&name) || STEERING_PARTS.iter().any(|part| name.starts_with(part) || name.ends_with(part))
}

/// `aws-root` and `password` make `AWS_ROOT_PASSWORD`.
fn variable(id: &str, field: &str) -> String {
    let name: String =
        format!("{id}_{field}").chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn pair(text: &str, option: &str) -> Result<(String, String), Failure> {
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let pair = text.split_once('=').filter(|(name, field)| is_name(name) && !field.is_empty());
    pair.map(|(name, field)| (name.to_owned(), field.to_owned())).ok_or_else(|| {
        Failure::usage(format!("{option} takes a variable and a field; this is none. Nothing was opened."))
            .hint(format!("For example: {option} PGPASSWORD=password"))
    })
}
