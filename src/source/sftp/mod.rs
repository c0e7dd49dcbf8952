//! A folder of another machine as a source, through the system's `sftp`, caged: the user's keys, agent and known hosts work
//! as they do for `ssh`, and a server that is not known is not talked to.
//!
//! | part | is |
//! |---|---|
//! | `address` | the address, and what sftp is told of it |
//! | `session` | one connection, one command at a time |
//! | `said`, `listing` | what it answers |
//! | `swap` | publishing: compare and swap without a server's help |
//! | `inbox` | what members send |

mod address;
mod inbox;
mod listing;
mod said;
mod session;
mod swap;

use listing::Listed;
use said::Trouble;
use session::Session;

pub(super) use address::SftpAddress;

use super::{Bounds, Fetch, Fetched, Inbox, Outside, Source, SourceError, Version};

/// A folder at the other end of an `sftp`.
#[derive(Debug, Clone)]
struct SftpSource {
    address: SftpAddress,
    outside: Outside,
}

impl SftpSource {
    fn session<'a>(&self, bounds: &'a Bounds) -> Result<Session<'a>, SourceError> {
        Session::open(&self.address, &self.outside, bounds)
    }

    /// What stands where the bundle belongs.
    fn standing(&self, session: &mut Session<'_>) -> Result<Option<Listed>, SourceError> {
        let said = session.ask(&format!("ls -ln \"{}\"", self.address.file()))?;
        match said.listed(Listed::read).map(|list| <[Listed; 1]>::try_from(list)) {
            Ok(Ok([listed])) if matches!(listed.kind, '-' | 'l') => Ok(Some(listed)),
            // The list of a folder, or of nothing.
            Ok(_) => {
                let what = format!("what is called {} there is no file", self.address.name());
                Err(SourceError::Answer { name: self.name(), what })
            }
            Err(Trouble::Missing) => Ok(None),
            Err(trouble) => Err(trouble.error(&self.name(), "reading")),
        }
    }

    /// Whether the folder is there, or could be made by a publisher.
    fn check_folder(&self, session: &mut Session<'_>) -> Result<(), SourceError> {
        let folder = self.address.folder();
        for path in [Some(folder.as_str()), self.address.above()].into_iter().flatten() {
            match session.ask(&format!("ls -1 \"{path}\""))?.listed(|_| Some(())) {
                Err(Trouble::Missing) => {}
                Ok(_) => return Ok(()),
                Err(trouble) => return Err(trouble.error(&self.name(), "reading")),
            }
        }
        Err(SourceError::Answer { name: self.name(), what: format!("there is no folder {folder}, nor the one above it") })
    }

    /// An empty folder whose name says which bundle stands there: the hash, which no list has.
    fn mark(&self, sha256: &str) -> String {
        self.address.path(&format!(".{}.is-{sha256}", self.address.name()))
    }

    fn read(&self, session: &mut Session<'_>, known: Option<&Version>) -> Result<Fetch, SourceError> {
        let Some(listed) = self.standing(session)? else {
            self.check_folder(session)?;
            return Ok(Fetch::Nothing);
        };
        if let Some((looks, sha256)) = known.and_then(|known| known.as_str().rsplit_once(' '))
            && looks == listed.looks()
            && data_encoding::HEXLOWER.decode(sha256.as_bytes()).is_ok()
            && session.ask(&format!("ls -1 \"{}\"", self.mark(sha256)))?.listed(|_| Some(())).is_ok()
        {
            return Ok(Fetch::Unchanged);
        }
        let cap_bytes = session.bounds().cap_bytes;
        if listed.size > cap_bytes {
            return Err(SourceError::TooBig { name: self.name(), cap_bytes });
        }
        match session.get(&self.address.file(), cap_bytes, Some(listed.size))? {
            Ok(bytes) => {
                let version = Version::new(format!("{} {}", listed.looks(), Version::of(&bytes)));
                Ok(Fetch::Bytes(Fetched { bytes, version }))
            }
            Err(Trouble::Missing) => Ok(Fetch::Nothing),
            Err(trouble) => Err(trouble.error(&self.name(), "reading")),
        }
    }
}

impl Source for SftpSource {
    /// The list is asked first: bytes come only when it shows another size or time, or no mark that it is still the same.
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError> {
        let mut session = self.session(bounds)?;
        let fetch = self.read(&mut session, known)?;
        session.close();
        Ok(fetch)
    }

    fn publish(&self, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
        let mut session = self.session(bounds)?;
        self.swap(&mut session, bytes, expected)?;
        session.close();
        Ok(())
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        Some(self)
    }

    fn name(&self) -> String {
        self.address.to_string()
    }
}
