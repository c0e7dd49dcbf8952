//! What a program is lent of a credential: in variables, on its standard input, in files that go when it ends.

use zeroize::Zeroizing;

use super::{
    failure::Failure,
    opening::{Open, for_program, is_one_line},
    session::Session,
};
use crate::disk::{self, Access, Scratch};

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
        Ok(Self { variables: pairs(variables, "--env")?, input: input.map(str::to_owned), files: pairs(files, "--file")? })
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
        let now = session.context.live();
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
        let mut given = Given { variables: Vec::new(), input: None, files: None };
        for (name, field) in variables {
            let value = for_program(open, &field, now)?;
            let text = std::str::from_utf8(&value).ok().filter(|text| !text.contains('\0'));
            let text = text.ok_or_else(|| {
                Failure::usage(format!("{field} does not fit into a variable.")).hint(format!("As a file: --file {name}={field}"))
            })?;
            given.variables.push((name, Zeroizing::new(text.to_owned())));
        }
        if let Some(field) = &self.input {
            given.input = Some(for_program(open, field, now)?);
        }
        if !self.files.is_empty() {
            let folder = scratch(session)?;
            for (name, field) in &self.files {
                let path = folder.path().join(name);
                disk::create_new(&path, &for_program(open, field, now)?, Access::Private)?;
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
    let runtime = session.context.children.get("XDG_RUNTIME_DIR").map(std::path::Path::new);
    let runtime = runtime.filter(|folder| folder.is_absolute() && disk::is_folder(folder));
    if let Some(scratch) = runtime.and_then(|folder| Scratch::new(&folder.join(RUNTIME)).ok()) {
        return Ok(scratch);
    }
    let beside = session.context.outside.scratch.clone().map_or_else(|| Ok::<_, Failure>(session.home()?.join(RUNTIME)), Ok)?;
    Ok(Scratch::new(&beside)?)
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
