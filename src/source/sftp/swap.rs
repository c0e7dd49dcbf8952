//! Publishing over sftp, which knows neither locks nor hashes: compare and swap, made of renames.
//!
//! ```text
//! .bundle.kit.ID/ID   made, uploaded, read back
//!   └─rename──> .bundle.kit.lock/ID    one only: a folder with something in it is not replaced
//!                  └─rename──> bundle.kit        the swap, which frees the lock in the same moment
//! ```
//!
//! Whoever holds the lock reads what stands there, and swaps if that is what was expected. The swap moves a file *out of the
//! lock*, so only the holder's own file can get there: whoever was thought dead, lost the lock, and wakes up, finds nothing to
//! move. So a lock may be taken over without asking whether its holder lives: by removing the holder's file, of whose name
//! nobody else has one. That needs no clock, and no deadline that anybody would have to keep.
//!
//! Readers see `bundle.kit`, which is only ever replaced by a rename. What a killed publisher leaves is swept by the next.

use std::{thread, time::Duration};

use super::{Session, SftpSource, listing, session::random_name};
use crate::source::{Bounds, STANDING_CAP_BYTES, Source, SourceError, Version, sftp::Listed, sftp::Trouble};

/// How often a taken lock is looked at.
const RETRY_EVERY: Duration = Duration::from_millis(100);
/// A lock that one publisher holds for longer than this part of what a publish may take is taken over.
const LEASE_PART: u32 = 3;
/// One publisher's names.
struct Stage {
    id: String,
    /// The folder that becomes the lock.
    folder: String,
    lock: String,
}

impl SftpSource {
    /// Puts `bytes` in place of what is `expected`.
    pub(super) fn swap(&self, session: &mut Session<'_>, bytes: &[u8], expected: Option<&Version>) -> Result<(), SourceError> {
        let place = self.place(session)?;
        let id = random_name()?;
        let hidden = |what: &str| self.address.path(&format!(".{}.{what}", self.address.name()));
        let stage = Stage { folder: hidden(&id), lock: hidden("lock"), id };
        let mut result =
            self.upload(session, &stage, &place, bytes).and_then(|()| self.swap_locked(session, &stage, bytes, expected));
        // Wherever it has got to; a connection that is gone leaves it to the next publisher.
        for folder in [&stage.folder, &stage.lock] {
            if result.is_err() && !session.is_over() {
                let _ = session.tell(&format!("rm \"{folder}/{}\"", stage.id));
                let _ = session.tell(&format!("rmdir \"{folder}\""))?;
            }
        }
        // Whoever has published meanwhile has swept this one's files from under it: then that is the reason.
        if matches!(result, Err(SourceError::Answer { .. } | SourceError::ReadBack { .. } | SourceError::Busy { .. }))
            && !session.is_over()
            && self.standing_hash(session)?.as_deref() != expected.map(hash_of)
        {
            result = Err(SourceError::LostRace { name: self.name() });
        }
        result
    }

    /// The folder, made if need be, and what it lets whom do.
    fn place(&self, session: &mut Session<'_>) -> Result<Listed, SourceError> {
        let folder = self.address.folder();
        let list = format!("ls -lan \"{folder}\"");
        let mut listed = session.ask(&list)?.listed(Listed::read);
        if listed == Err(Trouble::Missing) {
            session.tell(&format!("mkdir \"{folder}\""))?.map_err(|trouble| self.refused(trouble, "making the folder"))?;
            listed = session.ask(&list)?.listed(Listed::read);
        }
        let listed = listed.map_err(|trouble| trouble.error(&self.name(), "reading"))?;
        let own = listed.into_iter().find(|listed| listed.name == "." && listed.kind == 'd');
        own.ok_or_else(|| SourceError::Answer { name: self.name(), what: format!("{folder} is no folder") })
    }

    /// Uploads, and reads back what was uploaded, where nobody looks.
    fn upload(&self, session: &mut Session<'_>, stage: &Stage, place: &Listed, bytes: &[u8]) -> Result<(), SourceError> {
        let Stage { id, folder, .. } = stage;
        session.tell(&format!("mkdir \"{folder}\""))?.map_err(|trouble| self.refused(trouble, "making a folder"))?;
        // Whoever may write in the place may take over there; and may read what members may read.
        let _ = session.tell(&format!("chmod {:o} \"{folder}\"", place.mode))?;
        let file = format!("{folder}/{id}");
        session.put(bytes, &file)?.map_err(|trouble| self.refused(trouble, "sending it"))?;
        let _ = session.tell(&format!("chmod {:o} \"{file}\"", place.mode & 0o666))?;
        match session.get(&file, bytes.len() as u64, Some(bytes.len() as u64))? {
            Ok(back) if back == bytes => Ok(()),
            _ => Err(SourceError::ReadBack { name: self.name() }),
        }
    }

    fn swap_locked(
        &self,
        session: &mut Session<'_>,
        stage: &Stage,
        bytes: &[u8],
        expected: Option<&Version>,
    ) -> Result<(), SourceError> {
        let Stage { id, lock, .. } = stage;
        self.take_lock(session, stage)?;
        let left_over = self.left_over(session)?;
        let standing = self.standing_hash(session)?;
        if standing.as_deref() != expected.map(hash_of) {
            return Err(SourceError::LostRace { name: self.name() });
        }
        // No mark may say of the old bundle that it still stands there, so it goes before, and has to.
        if let Some(Err(trouble)) =
            standing.as_deref().map(|old| session.tell(&format!("rmdir \"{}\"", self.mark(old)))).transpose()?
            && trouble != Trouble::Missing
        {
            return Err(self.refused(trouble, "removing the mark of the old one"));
        }
        let mark = self.mark(Version::of(bytes).as_str());
        let _ = session.tell(&format!("mkdir \"{mark}\""))?;
        let file = self.address.file();
        match session.tell(&format!("rename \"{lock}/{id}\" \"{file}\"")) {
            Ok(Ok(())) => {}
            Ok(Err(Trouble::Missing)) => {
                let why = "it was taken for dead, and its lock taken over".to_owned();
                return Err(SourceError::Busy { name: self.name(), why });
            }
            Ok(Err(Trouble::Other(_))) if standing.is_some() => {
                let why = "the server cannot replace a file in one step (posix-rename@openssh.com)".to_owned();
                return Err(SourceError::ReadOnly { name: self.name(), why });
            }
            Ok(Err(trouble)) => return Err(self.refused(trouble, "putting it in place")),
            // Sent, and the answer lost: what stands there tells.
            Err(error) => return if self.is_there(bytes, session.bounds()) { Ok(()) } else { Err(error) },
        }
        // It is published, whatever becomes of the rest.
        let _ = self.sweep(session, lock, &left_over, &mark);
        Ok(())
    }

    /// Waits for the lock, or takes over one that its holder has held for too long.
    fn take_lock(&self, session: &mut Session<'_>, stage: &Stage) -> Result<(), SourceError> {
        let Stage { folder, lock, .. } = stage;
        let lease = session.bounds().total / LEASE_PART;
        let mut seen: Option<(Vec<String>, Duration)> = None;
        loop {
            // One that is empty is nobody's; some servers replace it by themselves.
            let _ = session.tell(&format!("rmdir \"{lock}\""))?;
            match session.tell(&format!("rename \"{folder}\" \"{lock}\""))? {
                Ok(()) => return Ok(()),
                // Swept by somebody who has published since it was made: that somebody is ahead.
                Err(Trouble::Missing) => return Err(SourceError::LostRace { name: self.name() }),
                Err(Trouble::Denied) => return Err(self.refused(Trouble::Denied, "taking the lock")),
                Err(Trouble::Other(_)) => {}
            }
            let said = session.ask(&format!("ls -1 \"{lock}\""))?;
            let holder = said.listed(|line| Some(listing::name(line).to_owned())).unwrap_or_default();
            let now = session.bounds().elapsed();
            let since = match &seen {
                Some((same, since)) if *same == holder => *since,
                _ => now,
            };
            let held_for = now.saturating_sub(since);
            if held_for > lease {
                session
                    .bounds()
                    .step(format!("the lock is held for {} s without a change: it is taken over", held_for.as_secs()));
                for name in holder.iter().filter(|name| is_plain(name)) {
                    let _ = session.tell(&format!("rm \"{lock}/{name}\""))?;
                }
                seen = None;
                continue;
            }
            if now + lease / LEASE_PART > session.bounds().total {
                let why = format!("the lock {lock} is held, and was not free within {} s", now.as_secs());
                return Err(SourceError::Busy { name: self.name(), why });
            }
            seen = Some((holder, since));
            thread::sleep(RETRY_EVERY);
        }
    }

    /// What others left beside the bundle: the folders of publishers, dead or waiting, and marks. Whoever waits now has lost
    /// once this one has published.
    fn left_over(&self, session: &mut Session<'_>) -> Result<Vec<String>, SourceError> {
        let said = session.ask(&format!("ls -1a \"{}\"", self.address.folder()))?;
        let prefix = format!(".{}.", self.address.name());
        let is_hex = |text: &str, length| text.len() == length && data_encoding::HEXLOWER.decode(text.as_bytes()).is_ok();
        let left = |line: &str| {
            let rest = listing::name(line).strip_prefix(&prefix)?;
            let is_left = is_hex(rest, 16) || rest.strip_prefix("is-").is_some_and(|hash| is_hex(hash, 64));
            is_left.then(|| rest.to_owned())
        };
        Ok(said.listed(left).unwrap_or_default())
    }

    /// Takes away what was left over, but not the mark of what stands there now.
    fn sweep(&self, session: &mut Session<'_>, lock: &str, left_over: &[String], mark: &str) -> Result<(), SourceError> {
        let _ = session.tell(&format!("rmdir \"{lock}\""))?;
        for rest in left_over {
            let folder = self.address.path(&format!(".{}.{rest}", self.address.name()));
            if folder != mark {
                let _ = session.tell(&format!("rm \"{folder}/{rest}\""))?;
                let _ = session.tell(&format!("rmdir \"{folder}\""))?;
            }
        }
        Ok(())
    }

    fn standing_hash(&self, session: &mut Session<'_>) -> Result<Option<String>, SourceError> {
        match session.get(&self.address.file(), STANDING_CAP_BYTES, None)? {
            Ok(bytes) => Ok(Some(Version::of(&bytes).to_string())),
            Err(Trouble::Missing) => Ok(None),
            Err(trouble) => Err(trouble.error(&self.name(), "reading what stands there")),
        }
    }

    /// Whether these bytes stand there, asked anew.
    fn is_there(&self, bytes: &[u8], bounds: &Bounds) -> bool {
        let hash = self.session(bounds).and_then(|mut session| self.standing_hash(&mut session));
        hash.is_ok_and(|hash| hash.as_deref() == Some(Version::of(bytes).as_str()))
    }

    /// Why it cannot be written there.
    fn refused(&self, trouble: Trouble, doing: &str) -> SourceError {
        match trouble {
            Trouble::Denied => SourceError::ReadOnly { name: self.name(), why: format!("{doing}: permission denied") },
            Trouble::Other(why) => SourceError::Answer {
                name: self.name(),
                what: format!("{doing} failed; a full disk or a used-up quota looks like this: {why}"),
            },
            Trouble::Missing => trouble.error(&self.name(), doing),
        }
    }
}

/// The hash in the text of a version.
fn hash_of(version: &Version) -> &str {
    version.as_str().rsplit(' ').next().unwrap_or_default()
}

/// Whether a name can stand in a command as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}
