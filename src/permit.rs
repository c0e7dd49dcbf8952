//! Permitting: a command that stands in a team directory runs on this machine only after its user has seen all of it and accepted
//! exactly that. The directory is others' to change; this machine is not.
//!
//! What is remembered (`Settings::commands`) are hashes over the program's absolute path and every word, so that another word, or a
//! program of the same name elsewhere, is another command.

use std::collections::BTreeSet;

use crate::{
    bundle::Hash,
    program::CommandLine,
    store::{LOCK_WAIT_S, Store, StoreError},
};

/// Hexadecimal digits of the code that stands for a set of commands: 64 bits cannot be met by trying.
const CODE_DIGITS: usize = 16;

/// What has to be accepted before it runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Unpermitted {
    /// The commands, each once, as they can be typed.
    pub lines: Vec<String>,
    /// What to say to accept exactly these.
    pub code: String,
    hashes: BTreeSet<String>,
}

/// What stands for a command. No word holds a NUL, so no two commands give the same bytes.
pub fn of_command(command: &CommandLine) -> String {
    Hash::of(format!("kit-command-v1\0{}", command.words().join("\0")).as_bytes()).to_string()
}

/// Those of some commands that nobody on this machine accepted; [`None`] when there are none.
pub fn unpermitted<'c>(accepted: &BTreeSet<String>, commands: impl IntoIterator<Item = &'c CommandLine>) -> Option<Unpermitted> {
    let new: BTreeSet<&CommandLine> = commands.into_iter().filter(|command| !accepted.contains(&of_command(command))).collect();
    if new.is_empty() {
        return None;
    }
    let hashes: BTreeSet<String> = new.iter().map(|command| of_command(command)).collect();
    let all: String = hashes.iter().map(|hash| format!("{hash}\n")).collect();
    let code = Hash::of(all.as_bytes()).to_string().chars().take(CODE_DIGITS).collect();
    Some(Unpermitted { lines: new.iter().map(|command| command.shown()).collect(), code, hashes })
}

impl Unpermitted {
    /// Remembers that they were accepted.
    ///
    /// # Errors
    /// [`StoreError`]; they are then asked about again.
    pub fn permit(self, store: &Store) -> Result<(), StoreError> {
        let lock = store.lock(LOCK_WAIT_S)?;
        let mut settings = store.settings()?;
        settings.commands.extend(self.hashes);
        store.set_settings(&lock, &settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(program: &str, arguments: &[&str]) -> CommandLine {
        CommandLine { program: program.into(), arguments: arguments.iter().map(|word| (*word).to_owned()).collect() }
    }

    #[test]
    fn another_word_or_another_path_is_another_command() {
        let op = command("/usr/bin/op", &["read", "op://a/b"]);
        let accepted = BTreeSet::from([of_command(&op)]);
        assert_eq!(unpermitted(&accepted, [&op, &op]), None);
        for other in [
            command("/usr/bin/op", &["read", "op://a/c"]),
            command("/tmp/op", &["read", "op://a/b"]),
            command("/usr/bin/op", &["read op://a/b"]),
            command("/usr/bin/op", &["read", "op://a/b", ""]),
        ] {
            let found = unpermitted(&accepted, [&op, &other]).expect("another one");
            assert_eq!(found.lines, [other.shown()]);
        }
        let two = unpermitted(&accepted, [&command("/a", &[]), &command("/b", &[])]).unwrap();
        let one = unpermitted(&accepted, [&command("/a", &[])]).unwrap();
        assert_ne!(two.code, one.code, "a code is for exactly these");
    }
}
