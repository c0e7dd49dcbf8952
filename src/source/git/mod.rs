//! A git repository as a source, through the system's git, caged.
//!
//! ```text
//! same tip as before? ──ls-remote──> nothing more            (one connection)
//! otherwise ──fetch, one branch, no history──> scratch repository ──cat-file──> one blob of one path
//! publish ──one commit on the tip──> plain push: the server compares ──> lost: look again
//! ```
//!
//! What stands in the branch decides nothing by its history: a branch that was rewound or forced gives other bytes, and those
//! are judged like any. Nothing is merged or checked out.
//!
//! | part | is |
//! |---|---|
//! | `address` | what people write, and what git is given |
//! | `cage` | how git is run: settings, environment, time and size |
//! | `work` | one errand: a scratch repository, a tip, a blob |
//! | `change`, `inbox` | commits on top of a tip; the branch of what members send |
//! | `said` | what git's words mean |

mod address;
mod cage;
mod change;
mod inbox;
mod said;
mod work;

use std::sync::Arc;

pub(super) use address::GitAddress;

use super::{Bounds, Fetch, Fetched, Inbox, Outside, Source, SourceError, Version};
use cage::Cage;
use change::{Change, Verdict};
use work::{Oid, Part, Work, short, tip_there};

/// One file of one branch of a repository.
#[derive(Debug, Clone)]
pub(super) struct GitSource {
    address: GitAddress,
    outside: Outside,
}

impl GitAddress {
    /// The source at this address.
    pub(super) fn source(&self, outside: &Outside) -> Arc<dyn Source> {
        Arc::new(GitSource { address: self.clone(), outside: outside.clone() })
    }
}

impl GitSource {
    fn cage(&self, bounds: &Bounds) -> Result<Cage, SourceError> {
        cage::check_there(&self.address)?;
        Cage::new(&self.address, &self.outside, bounds)
    }

    fn work<'a>(&'a self, cage: &'a Cage, bounds: &'a Bounds) -> Result<Work<'a>, SourceError> {
        let scratch = self.outside.scratch_for("git", &self.name())?;
        Work::new(cage, &self.address, scratch, bounds)
    }
}

impl Source for GitSource {
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError> {
        let cage = self.cage(bounds)?;
        if let Some((known, _)) = known.and_then(parts) {
            match tip_there(&cage, &self.address, self.address.branch(), bounds)? {
                None => return Ok(Fetch::Nothing),
                Some(tip) if tip == known => return Ok(Fetch::Unchanged),
                Some(_) => {}
            }
        }
        let mut work = self.work(&cage, bounds)?;
        let Some(tip) = work.fetch(self.address.branch(), Part::Files)? else { return Ok(Fetch::Nothing) };
        let Some(blob) = work.entry(&tip, self.address.path())? else {
            bounds.step(format!("git: commit {} has no {}", short(&tip), self.address.path()));
            return Ok(Fetch::Nothing);
        };
        let bytes = work.blob(&blob)?;
        bounds.step(format!("git: commit {}, {}, {} bytes", short(&tip), self.address.path(), bytes.len()));
        Ok(Fetch::Bytes(Fetched { bytes, version: Version::new(format!("{} {}", tip.as_str(), blob.as_str())) }))
    }

    /// One commit on top of the branch, pushed without force. Other files of the branch stay, and others may have changed
    /// them meanwhile; if somebody else changed this one, the race is lost.
    fn publish(&self, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
        let lost = || SourceError::LostRace { name: self.name() };
        let expected = match expected {
            Some(version) => Some(parts(version).ok_or_else(lost)?.1),
            None => None,
        };
        let cage = self.cage(bounds)?;
        let mut work = self.work(&cage, bounds)?;
        let (branch, path) = (self.address.branch(), self.address.path());
        let change = Change { branch, path, bytes, part: Part::Files, message: "kit: publish" };
        let sent =
            work.change(
                &change,
                &self.address,
                bounds,
                |there| {
                    if there == expected.as_ref() { Verdict::Go } else { Verdict::Lost }
                },
            )?;
        // Read back: the name of a commit is the hash of all that is in it.
        let tip = tip_there(&cage, &self.address, branch, bounds)?;
        if tip.is_some() && tip == sent {
            return Ok(());
        }
        // Something else is on top already: then our file has to be below it.
        let tip = work.fetch(branch, Part::Files)?;
        let blob = tip.map(|tip| work.entry(&tip, path)).transpose()?.flatten();
        match blob.map(|blob| work.blob(&blob)).transpose()? {
            Some(back) if back == bytes => Ok(()),
            _ => Err(SourceError::ReadBack { name: self.name() }),
        }
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        Some(self)
    }

    fn name(&self) -> String {
        self.address.to_string()
    }
}

/// Commit and blob of a version's text.
fn parts(version: &Version) -> Option<(Oid, Oid)> {
    let (commit, blob) = version.as_str().split_once(' ')?;
    Some((Oid::parse(commit)?, Oid::parse(blob)?))
}
