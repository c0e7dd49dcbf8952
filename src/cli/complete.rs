//! Completions: what a shell offers after Tab. Names come from the kit on this machine when it opens by itself; nothing is
//! asked, fetched, written or said, whatever goes wrong.
//!
//! An argument says which names it takes: `#[arg(add = complete::names(&[Thing::System]))]`. The parsing, the help and the
//! manual page do not look at that mark; only [`answer`] does.

use std::{
    ffi::{OsStr, OsString},
    sync::{Arc, OnceLock},
};

use clap::{Arg, Command, ValueEnum, builder::ArgExt};
use clap_complete::{
    ArgValueCompleter, CompletionCandidate,
    env::{Bash, EnvCompleter, Fish, Powershell, Zsh},
};

use super::{
    context::Context,
    help,
    options::Global,
    out::{Out, escape},
    session::Session,
};
use crate::{
    answer::{self, fold},
    team::Thing,
};

/// The variable by which a shell's script asks kit for completions. Not clap's usual `COMPLETE`: a variable of that name,
/// set by somebody for something else, must not keep kit from answering.
pub(super) const VARIABLE: &str = "KIT_COMPLETE";

/// The shells that kit has a script for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    /// `source <(kit completions bash)` in `~/.bashrc`
    Bash,
    /// `source <(kit completions zsh)` in `~/.zshrc`, after `compinit`
    Zsh,
    /// `kit completions fish | source` in `~/.config/fish/config.fish`
    Fish,
    /// `kit completions powershell | Out-String | Invoke-Expression` in `$PROFILE`
    #[value(name = "powershell")]
    Power,
}

/// A mark on an argument: its values are names of things of these kinds, several separated by commas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names(&'static [Thing]);

impl ArgExt for Names {}

/// Marks an argument as taking names of things of some kinds.
pub(super) fn names(kinds: &'static [Thing]) -> Names {
    Names(kinds)
}

/// A mark on an argument: its values are ids of sheets that were printed from this machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed;

impl ArgExt for Printed {}

/// Marks an argument as taking ids of printed sheets.
pub(super) fn printed() -> Printed {
    Printed
}

/// The script that makes a shell ask kit.
pub(super) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    // Writing to memory does not fail.
    let _ = shell.adapter().write_registration(VARIABLE, "kit", "kit", "kit", &mut script);
    script
}

/// Answers a shell's script; nothing when what it asks is not understood.
pub(super) fn answer(shell: &OsStr, context: Context, arguments: impl IntoIterator<Item = OsString>, out: &mut Out) {
    let Some(shell) = shell.to_str().and_then(|name| Shell::from_str(name, false).ok()) else { return };
    let words: Vec<OsString> = arguments.into_iter().skip_while(|word| word != "--").skip(1).collect();
    let mut kit = with_completers(help::description(context.terminal.layout.columns), &Arc::new(Kit::new(context, &words)));
    kit.build();
    let mut candidates = Vec::new();
    if shell.adapter().write_complete(&mut kit, words, None, &mut candidates).is_ok() {
        out.script(&candidates);
    }
}

impl Shell {
    fn adapter(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Zsh => &Zsh,
            Self::Fish => &Fish,
            Self::Power => &Powershell,
        }
    }
}

/// The kit on this machine, opened when the first name is wanted.
#[derive(Debug)]
struct Kit {
    context: Context,
    /// What `--kit` says on the line that is being typed.
    wanted: Option<String>,
    names: OnceLock<Vec<Name>>,
}

/// A name to offer.
#[derive(Debug)]
struct Name {
    kind: Thing,
    /// What to type.
    query: String,
    /// What is said beside it.
    about: String,
    /// The words by which it may be begun, folded.
    folded: String,
}

impl Kit {
    fn new(context: Context, words: &[OsString]) -> Self {
        let mut words = words.iter().filter_map(|word| word.to_str());
        let mut wanted = None;
        while let Some(word) = words.next() {
            match word.strip_prefix("--kit") {
                Some("") => wanted = words.next().map(str::to_owned),
                Some(value) if value.starts_with('=') => wanted = Some(value.trim_start_matches('=').to_owned()),
                _ => {}
            }
        }
        Self { context, wanted, names: OnceLock::new() }
    }

    fn names(&self) -> &[Name] {
        self.names.get_or_init(|| self.read().unwrap_or_default())
    }

    /// `None` when there is no kit, several, or none that opens by itself.
    fn read(&self) -> Option<Vec<Name>> {
        let global = Global { kit: self.wanted.clone(), no_input: true, ..Global::default() };
        let mut out = Out::of_process();
        let session = Session::new(self.context.clone(), global, &mut out).ok()?;
        let reading = session.read_without_asking(&session.store().ok()?).ok()?;
        let name = |entry: &answer::Entry<'_>| {
            let found = entry.matched(&reading.team);
            Name {
                kind: entry.kind,
                query: found.query,
                about: escape(&format!("{}, {}", entry.name, entry.kind.word())),
                folded: entry.names().map(fold).collect::<Vec<_>>().join(" "),
            }
        };
        Some(answer::entries(&reading.team).iter().map(name).collect())
    }

    /// Sheets whose ids begin so, whatever its case; needs no key.
    fn sheets(&self, typed: &str) -> Vec<CompletionCandidate> {
        let global = Global { kit: self.wanted.clone(), no_input: true, ..Global::default() };
        let mut out = Out::of_process();
        let session = Session::new(self.context.clone(), global, &mut out).ok();
        let sheets = session.and_then(|session| session.store().ok()?.sheets().ok()).unwrap_or_default();
        let typed = typed.to_ascii_uppercase();
        let own = sheets.printed.into_iter().filter(|sheet| sheet.id.starts_with(&typed));
        own.map(|sheet| CompletionCandidate::new(sheet.id).help(Some(sheet.kind.word().into()))).collect()
    }

    /// Names that begin so; else those that have a word that begins so.
    fn beginning(&self, typed: &str, kinds: &[Thing]) -> Vec<CompletionCandidate> {
        // Of several names behind one option the last is being typed.
        let (before, typed) = typed.rfind(',').map_or(("", typed), |comma| typed.split_at(comma + 1));
        let of_kind = || self.names().iter().filter(|name| kinds.contains(&name.kind));
        let lower = typed.to_ascii_lowercase();
        let mut found: Vec<&Name> = of_kind().filter(|name| name.query.starts_with(&lower)).collect();
        if found.is_empty() {
            let folded = fold(typed);
            let begins = |name: &&Name| !folded.is_empty() && format!(" {}", name.folded).contains(&format!(" {folded}"));
            found = of_kind().filter(begins).collect();
        }
        let candidate =
            |name: &Name| CompletionCandidate::new(format!("{before}{}", name.query)).help(Some(name.about.clone().into()));
        found.into_iter().map(candidate).collect()
    }
}

/// The command line with names behind the marked arguments.
fn with_completers(command: Command, kit: &Arc<Kit>) -> Command {
    let completer = |arg: Arg| match arg.get::<Names>().copied() {
        Some(Names(kinds)) => {
            let kit = Arc::clone(kit);
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| kit.beginning(&typed.to_string_lossy(), kinds)))
        }
        None if arg.get::<Printed>().is_some() => {
            let kit = Arc::clone(kit);
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| kit.sheets(&typed.to_string_lossy())))
        }
        None => arg,
    };
    command.mut_args(completer).mut_subcommands(|command| with_completers(command, kit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script_that_asks_kit() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).expect("scripts are text");
            assert!(script.contains(VARIABLE) && script.contains("kit"), "{script}");
        }
    }

    #[test]
    fn names_are_marked_on_the_command_line() {
        let kit = help::description(80);
        let lookup = kit.find_subcommand("lookup").expect("a command");
        let query = lookup.get_arguments().find(|arg| arg.get_id() == "query").expect("an argument");
        assert!(query.get::<Names>().is_some());
    }
}
