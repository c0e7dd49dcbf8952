//! The team directory that a command names, or that this machine published last: what `DIR` in a hint stands for here, so that the
//! hint can be pasted.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::{disk, store::Store};

/// What stands in hints for a team directory.
const PLACEHOLDER: &str = "DIR";
/// Commands whose directory is another one than the team's.
const OTHERS: [&str; 2] = ["init ", "manual "];

/// The directory as the command line names it.
pub(super) fn named(matches: &ArgMatches) -> Option<String> {
    let mut matches = matches;
    while let Some((_, own)) = matches.subcommand() {
        matches = own;
    }
    matches.try_get_one::<PathBuf>("dir").ok().flatten()?.to_str().map(typed)
}

/// The directory that was published last, as it is typed in the folder that the user is in; [`None`] where nothing was published
/// from here, where it is gone, and where the kits of this machine have several. `kit` is what `--kit` says.
pub(super) fn published(home: Option<&Path>, kit: Option<&str>, folder: Option<&Path>) -> Option<String> {
    let home = home?;
    let mut found = None;
    for id in Store::list(home).ok()?.iter().filter(|id| kit.is_none_or(|kit| id.to_string().starts_with(kit))) {
        let Some(own) = Store::open(home, id).and_then(|store| store.settings()).ok()?.directory else { continue };
        if found.as_ref().is_some_and(|other| *other != own) {
            return None;
        }
        found = Some(own);
    }
    let found = found?;
    let directory = Path::new(&found);
    let near = folder.and_then(|folder| directory.strip_prefix(folder).ok()).filter(|near| !near.as_os_str().is_empty());
    disk::is_folder(directory).then(|| near.unwrap_or(directory).to_str().map(typed)).flatten()
}

/// A hint with the directory in the place of every `DIR` that means it.
pub(super) fn filled(hint: &str, directory: &str) -> String {
    let mut filled = String::with_capacity(hint.len());
    let mut rest = hint;
    while let Some((before, after)) = rest.split_once(PLACEHOLDER) {
        filled.push_str(before);
        let is_part = |c: char| c.is_alphanumeric() || "_<-".contains(c);
        let is_word = !filled.ends_with(is_part) && !after.starts_with(is_part);
        let is_other = OTHERS.iter().any(|other| filled.ends_with(other));
        filled.push_str(if is_word && !is_other { directory } else { PLACEHOLDER });
        rest = after;
    }
    filled + rest
}

/// A path as a shell takes it.
fn typed(path: &str) -> String {
    let is_plain = path.chars().all(|c| c.is_alphanumeric() || "-_./:=@%+,".contains(c));
    if is_plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_the_team_directory_is_filled() {
        for (hint, expected) in [
            ("kit publish DIR", "kit publish team"),
            ("kit seal db --dir DIR, then kit publish DIR.", "kit seal db --dir team, then kit publish team."),
            ("git log DIR/sealed/tiers", "git log team/sealed/tiers"),
            ("Usage: kit seal --dir <DIR> <NAME>", "Usage: kit seal --dir <DIR> <NAME>"),
            ("Make one:       kit init DIR --name TEAM", "Make one:       kit init DIR --name TEAM"),
            ("SUBDIR DIRECTORY KIT_DIR", "SUBDIR DIRECTORY KIT_DIR"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(filled(hint, "team"), expected);
        }
        assert_eq!(typed("/srv/our team/it's"), "'/srv/our team/it'\\''s'");
    }
}
