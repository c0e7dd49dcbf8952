//! One line of `ls -ln`: `-rw-r--r--    ? 1000     1000         6 Nov 23 17:46 /srv/kit/bundle.kit`.

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// The first letter: `-` for a file, `d` for a folder.
    pub kind: char,
    /// Who may read and write, as nine bits.
    pub mode: u32,
    /// In bytes.
    pub size: u64,
    /// To the minute; after half a year to the day.
    pub time: String,
    /// The last part of its path, escaped where it is not plain ASCII.
    pub name: String,
}

impl Listed {
    /// Reads a line; [`None`] when it is none.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let rights = words.next()?;
        let mut letters = rights.chars();
        let kind = letters.next().filter(|kind| "-dlbcps".contains(*kind))?;
        if rights.len() < 10 || !rights.is_ascii() {
            return None;
        }
        let mode = letters.take(9).fold(0, |mode, letter| mode << 1 | u32::from(!matches!(letter, '-' | 'S' | 'T')));
        let size = words.nth(3)?.parse().ok()?;
        let time = format!("{}-{}-{}", words.next()?, words.next()?, words.next()?);
        // A name may have spaces; what is looked for here has none, or is the only one on the list.
        let name = name(words.last()?).to_owned();
        Some(Self { kind, mode, size, time, name })
    }

    /// What stays the same while nobody replaces it. Two files of one size and one minute have the same.
    pub(super) fn looks(&self) -> String {
        format!("{} {}", self.size, self.time)
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_openssh_are_read_and_others_are_not() {
        let line = "-rw-r--r--    ? root     root            6 Nov 23 17:46 /tmp/sx/a b/bundle.kit";
        let listed = Listed::read(line).unwrap();
        assert_eq!((listed.kind, listed.mode, listed.size, listed.name.as_str()), ('-', 0o644, 6, "bundle.kit"));
        assert_eq!(listed.looks(), "6 Nov-23-17:46");
        let folder = Listed::read("drwxrwsr-t    3 1000     100          4096 Jan  1  2024 /srv/kit/.").unwrap();
        assert_eq!((folder.kind, folder.mode, folder.name.as_str()), ('d', 0o775, "."));
        assert_eq!(folder.looks(), "4096 Jan-1-2024");
        assert_eq!(Listed::read("drwx--S--T    3 1000     100          4096 Jan  1  2024 x").unwrap().mode, 0o700);
        for line in [
            "",
            "Can't ls: \"/x\" not found",
            "-rw-r--r-- ? root root x Nov 23 17:46 /a",
            "-rw ? r r 6 Nov 23 17:46 /a",
            "-rw-r--r-- ? r r 6 Nov 23 17:46",
        ] {
            assert_eq!(Listed::read(line), None, "{line}");
        }
    }
}
