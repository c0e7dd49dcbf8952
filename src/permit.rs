//! Permitting: a command that stands in a team directory runs on this machine only after its user has seen all of it and accepted
//! exactly that. The directory is others' to change; this machine is not.
//!
//! What is remembered (`Settings::commands`) are hashes over the program's absolute path and every word, so that another word, or a
//! program of the same name elsewhere, is another command.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    bundle::Hash,
    disk,
    program::CommandLine,
    store::{LOCK_WAIT_S, Store, StoreError},
};

/// Hexadecimal digits of the code that stands for a set of commands: 64 bits cannot be met by trying.
const CODE_DIGITS: usize = 16;

/// Characters of the code that a person types who has just seen it; a script says the whole.
const TYPED_DIGITS: usize = 6;
/// What stands between paths in a word.
const BETWEEN: [char; 14] = [' ', '\t', '\n', '\'', '"', '=', ':', ';', ',', '&', '|', '<', '>', '@'];

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

/// The folder that others change together with a team directory: its git work tree, or the directory itself.
fn shared(dir: &Path) -> Option<PathBuf> {
    let dir = disk::real(dir).ok()?;
    let tree = dir.ancestors().find(|folder| disk::exists(&folder.join(".git")));
    Some(tree.unwrap_or(&dir).to_owned())
}

/// What of a command lies in a team directory, or in the git work tree around it: its program, or a path that a word of it names.
/// Whoever can change the directory could change what an accepted command does; such a command is never run.
///
/// Commands run in the root folder, so that a relative path names nothing elsewhere.
pub fn inside(command: &CommandLine, dir: &Path) -> Option<PathBuf> {
    let shared = shared(dir)?;
    let is_inside = |path: &Path| disk::real(path).ok().filter(|real| real.starts_with(&shared));
    let (root, text) = (Path::new("/"), shared.to_string_lossy());
    let of_word = |word: &String| {
        let parts = std::iter::once(word.as_str()).chain(word.split(BETWEEN)).filter(|part| !part.is_empty());
        // A path that is not there yet is one too.
        let named = word.contains(text.as_ref()).then(|| shared.clone());
        parts.map(|part| root.join(part)).find_map(|path| is_inside(&path)).or(named)
    };
    is_inside(&command.program).or_else(|| command.arguments.iter().find_map(of_word))
}

impl Unpermitted {
    /// The beginning of the code: enough for somebody who types it off the screen that shows what it stands for. A code that is kept
    /// in a script is compared whole: commands could be made to fit a short one.
    pub fn typed_code(&self) -> &str {
        self.code.get(..TYPED_DIGITS).unwrap_or(&self.code)
    }

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
