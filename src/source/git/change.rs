//! Changing a branch: one commit on top of what it holds, sent without force, again when somebody else was faster.
//!
//! The server compares what the branch held with what the commit was made from, so of two who send at once one is refused. A
//! commit says nothing about who made it, where or when.

use std::{thread, time::Duration};

use super::{
    super::{Bounds, SourceError},
    address::GitAddress,
    said,
    work::{Entry, Oid, Part, Work, short},
};

/// Author and time of every commit.
const NOBODY: &str = "kit <kit@kit.invalid> 946684800 +0000";
/// How often a commit is made anew when others are faster. Those who send at the same time get through one after the other.
const TRIES: u32 = 60;
/// How often the same refusal is met again while nobody else comes through: somebody died while holding the branch's lock.
const STUCK: u32 = 8;
/// How long is waited before another try, at least; up to as long again, for each of them another while.
const PAUSE: Duration = Duration::from_millis(20);
/// Longest of these waits, with all tries.
const PAUSE_MAX: Duration = Duration::from_millis(800);

/// A file that is to stand in the branch.
pub(super) struct Change<'a> {
    /// The branch.
    pub branch: &'a str,
    /// The file's path.
    pub path: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// How much of the branch is fetched to decide.
    pub part: Part,
    /// What the commit says.
    pub message: &'static str,
}

/// What to do with a branch that holds this at the path.
pub(super) enum Verdict {
    /// Put the file there.
    Go,
    /// It is there already.
    Done,
    /// Somebody else won.
    Lost,
}

impl Work<'_> {
    /// Makes the change when `judge` says so of what the branch holds, each time anew. Gives the commit that holds it.
    ///
    /// # Errors
    /// [`SourceError::LostRace`] when `judge` says so; [`SourceError::ReadOnly`] when the server refuses for another reason.
    pub(super) fn change(
        &mut self,
        change: &Change<'_>,
        address: &GitAddress,
        bounds: &Bounds,
        mut judge: impl FnMut(Option<&Entry>) -> Verdict,
    ) -> Result<Option<Oid>, SourceError> {
        let name = || address.to_string();
        let (mut last, mut stuck) = (None, 0);
        for attempt in 1..=TRIES {
            let tip = self.fetch(change.branch, change.part)?;
            let entry = match &tip {
                Some(tip) => self.entry(tip, change.path)?,
                None => None,
            };
            match judge(entry.as_ref()) {
                Verdict::Go => {}
                Verdict::Done => return Ok(tip),
                Verdict::Lost => return Err(SourceError::LostRace { name: name() }),
            }
            let commit = self.commit(change, tip.as_ref())?;
            bounds.step(format!("git: sending {} to branch {}, try {attempt}", short(&commit), change.branch));
            let Err(reason) = self.push(&commit, change.branch)? else { return Ok(Some(commit)) };
            bounds.step(format!("git: refused: {reason}"));
            if !said::is_race(&reason) {
                return Err(SourceError::ReadOnly { name: name(), why: reason });
            }
            stuck = if last.as_ref() == Some(&tip) { stuck + 1 } else { 0 };
            if stuck == STUCK {
                return Err(SourceError::Busy { name: name(), why: reason });
            }
            last = Some(tip);
            // Each waits a while of its own: the commits are different.
            let own = commit.as_str().get(..2).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
            let pause = PAUSE * attempt;
            thread::sleep((pause + pause * own / 255).min(PAUSE_MAX).min(bounds.left()));
        }
        Err(SourceError::Busy { name: name(), why: format!("others were faster {TRIES} times") })
    }

    /// A commit on top of `tip` that holds its files and the new one.
    fn commit(&self, change: &Change<'_>, tip: Option<&Oid>) -> Result<Oid, SourceError> {
        if let Some(tip) = tip {
            self.check_folders(tip, change.path)?;
        }
        let mut stream = format!(
            "commit refs/kit/next\nmark :1\nauthor {NOBODY}\ncommitter {NOBODY}\ndata {}\n{}\n",
            change.message.len(),
            change.message
        );
        if let Some(tip) = tip {
            stream += &format!("from {}\n", tip.as_str());
        }
        stream += &format!("M 100644 inline {}\ndata {}\n", change.path, change.bytes.len());
        let mut stream = stream.into_bytes();
        stream.extend_from_slice(change.bytes);
        stream.extend_from_slice(b"\nget-mark :1\ndone\n");
        // By force: of an earlier try there may be another one under this name here.
        let answer = self.git_reading(&["fast-import", "--quiet", "--done", "--force"], &stream, 1 << 10)?;
        self.oid(&answer)
    }

    /// What stands where a folder has to be is one, or is not there: no other file of the branch is replaced.
    fn check_folders(&self, tip: &Oid, path: &str) -> Result<(), SourceError> {
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or_default();
            let kind = self.git(&["ls-tree", "--full-tree", "-z", "-d", tip.as_str(), "--", folder])?;
            if kind.is_empty() && self.entry(tip, folder)?.is_some() {
                return Err(self.answer(format!("{folder} is a file there, not a folder")));
            }
        }
        Ok(())
    }
}
