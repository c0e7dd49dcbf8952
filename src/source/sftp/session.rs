//! One connection: `sftp` started once, told one command at a time, each answered before the next.

use std::{ffi::OsStr, path::PathBuf, time::Duration};

use super::{
    SftpAddress,
    said::{Said, Trouble, no_connection},
};
use crate::{
    disk::{self, Access, Scratch},
    program::{Call, Heard, Limit, Talk},
    source::{Bounds, Outside, SourceError, ssh},
};

/// How often a wait looks at its deadline, and at the file that grows.
const TICK: Duration = Duration::from_millis(20);
/// How long sftp has to say goodbye.
const FAREWELL: Duration = Duration::from_millis(300);
/// Most bytes that one session says: the names of all items of an inbox.
const SAID_BYTES_MAX: u64 = 32 << 20;

/// Besides what no ssh may: no connection of somebody else's, no command, and no talk that is no trouble.
const CAGE: &[&str] = &["ControlPath=none", "RemoteCommand=none", "LogLevel=ERROR"];

/// A connection that stands.
pub(super) struct Session<'a> {
    name: String,
    talk: Talk,
    bounds: &'a Bounds,
    /// sftp says it again when all before it is done; nobody on the other side can know it.
    marker: String,
    scratch: Scratch,
    /// Whether it was given up: nothing more can be asked.
    is_over: bool,
}

impl<'a> Session<'a> {
    /// Connects.
    pub(super) fn open(address: &SftpAddress, outside: &Outside, bounds: &'a Bounds) -> Result<Self, SourceError> {
        let name = address.to_string();
        let missing = |why: &str| SourceError::Program { name: name.clone(), program: "sftp", why: why.to_owned() };
        let sftp = outside.program("sftp", &name)?;
        let scratch = outside.scratch_for("sftp", &name)?;
        let mut words: Vec<String> = vec!["-b".into(), "-".into()];
        let timeout = format!("ConnectTimeout={}", bounds.connect.as_secs().max(1));
        words.extend(ssh::CAGE.iter().chain(CAGE).copied().chain([timeout.as_str()]).map(|option| format!("-o{option}")));
        words.extend(address.port().into_iter().flat_map(|port| ["-P".to_owned(), port.to_string()]));
        words.extend(["--".to_owned(), address.host()]);
        bounds.step(format!("runs {} {}", sftp.path().display(), words.join(" ")));
        let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        // Messages are read: they come in one language, and times in one zone.
        let variables = [("LC_ALL", OsStr::new("C")), ("TZ", OsStr::new("UTC"))];
        let call = Call {
            variables: &variables,
            folder: scratch.path(),
            output_bytes_max: SAID_BYTES_MAX,
            ..Call::new(&words, Limit::Within(bounds.total))
        };
        let talk = sftp.talk(&call).map_err(|error| missing(&error.to_string()))?;
        let mut session = Self { name, talk, bounds, marker: format!("# {}", random_name()?), scratch, is_over: false };
        let mut lines = Vec::new();
        session.talk.say(&session.marker.clone());
        match session.hear(&mut lines, &Watched::Answer) {
            Err(Ended::Lost) => Err(no_connection(&session.name, &lines, bounds)),
            Err(Ended::Error(error)) => Err(error),
            Ok(()) => Ok(session),
        }
    }

    /// One command, and what was said to it.
    pub(super) fn ask(&mut self, command: &str) -> Result<Said, SourceError> {
        self.command(command, &Watched::Answer)
    }

    /// One command that says nothing when it is carried out.
    pub(super) fn tell(&mut self, command: &str) -> Result<Result<(), Trouble>, SourceError> {
        Ok(self.ask(command)?.done())
    }

    /// The bytes of a file there, at most `cap_bytes`.
    pub(super) fn get(&mut self, path: &str, cap_bytes: u64, of: Option<u64>) -> Result<Result<Vec<u8>, Trouble>, SourceError> {
        let local = random_name()?;
        let file = self.scratch.path().join(&local);
        let watched = Watched::Coming { file: file.clone(), cap_bytes, of };
        if let Err(trouble) = self.command(&format!("get \"{path}\" {local}"), &watched)?.done() {
            return Ok(Err(trouble));
        }
        if disk::length(&file) > cap_bytes {
            return Err(SourceError::TooBig { name: self.name.clone(), cap_bytes });
        }
        let bytes = disk::read(&file, cap_bytes)?;
        disk::remove(&file)?;
        Ok(Ok(bytes))
    }

    /// Makes a file there that was not there.
    pub(super) fn put(&mut self, bytes: &[u8], path: &str) -> Result<Result<(), Trouble>, SourceError> {
        let local = random_name()?;
        let file = self.scratch.path().join(&local);
        disk::create_new(&file, bytes, Access::Private)?;
        let said = self.command(&format!("put {local} \"{path}\""), &Watched::Going)?;
        disk::remove(&file)?;
        Ok(said.done())
    }

    /// Whether it was lost or given up.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// How long it may take and how much may come.
    pub(super) fn bounds(&self) -> &'a Bounds {
        self.bounds
    }

    /// Ends it, politely.
    pub(super) fn close(mut self) {
        self.talk.say("bye");
        self.talk.part(FAREWELL);
    }

    fn command(&mut self, command: &str, watched: &Watched) -> Result<Said, SourceError> {
        self.bounds.step(format!("sftp> {command}"));
        // With the hyphen, sftp goes on when a command fails.
        self.talk.say(&format!("-{command}"));
        self.talk.say(&self.marker.clone());
        let mut lines = Vec::new();
        let heard = self.hear(&mut lines, watched);
        self.is_over = heard.is_err();
        match heard {
            Ok(()) => Ok(Said(lines)),
            Err(Ended::Error(error)) => Err(error),
            Err(Ended::Lost) => Err(match watched {
                Watched::Coming { file, of: Some(of), .. } => {
                    SourceError::CutOff { name: self.name.clone(), bytes: disk::length(file), of: *of }
                }
                _ => {
                    let why = lines.iter().rev().find(|line| !line.is_empty()).map_or("it ended", String::as_str);
                    SourceError::Offline {
                        name: self.name.clone(),
                        why: format!("the connection was lost: {}", crate::source::error::said(why)),
                    }
                }
            }),
        }
    }

    /// Listens until the marker.
    fn hear(&mut self, lines: &mut Vec<String>, watched: &Watched) -> Result<(), Ended> {
        let began = self.bounds.elapsed();
        let mut flows_since = None;
        let end = format!("sftp> {}", self.marker);
        loop {
            match self.talk.hear(TICK) {
                Heard::Line(line) if line == end => return Ok(()),
                Heard::Line(line) if line.starts_with("sftp> ") => {}
                Heard::Line(line) => lines.push(line),
                Heard::End => return Err(Ended::Lost),
                Heard::Silence => {}
            }
            let now = self.bounds.elapsed();
            let bytes = watched.bytes(&self.name).map_err(Ended::Error)?;
            if bytes > 0 || matches!(watched, Watched::Going) || !lines.is_empty() {
                flows_since.get_or_insert(now);
            }
            self.bounds.check_rate(&self.name, bytes, Duration::ZERO).map_err(Ended::Error)?;
            match (flows_since, watched) {
                (None, _) if now.saturating_sub(began) > self.bounds.first_byte => {
                    let seconds = self.bounds.first_byte.as_secs();
                    return Err(Ended::Error(SourceError::NoAnswer { name: self.name.clone(), seconds }));
                }
                (Some(since), Watched::Coming { of, .. }) => {
                    self.bounds.check_rate(&self.name, bytes, now.saturating_sub(since)).map_err(Ended::Error)?;
                    self.bounds.progress(bytes, *of);
                }
                _ => {}
            }
        }
    }
}

/// What shows that something happens.
enum Watched {
    /// Lines.
    Answer,
    /// A file that grows.
    Coming { file: PathBuf, cap_bytes: u64, of: Option<u64> },
    /// Nothing: sftp does not tell how far an upload is.
    Going,
}

impl Watched {
    /// How many bytes have come.
    fn bytes(&self, name: &str) -> Result<u64, SourceError> {
        let Self::Coming { file, cap_bytes, .. } = self else { return Ok(0) };
        match disk::length(file) {
            bytes if bytes > *cap_bytes => Err(SourceError::TooBig { name: name.to_owned(), cap_bytes: *cap_bytes }),
            bytes => Ok(bytes),
        }
    }
}

/// Why a command has no end.
enum Ended {
    /// sftp ended.
    Lost,
    /// It was not waited for.
    Error(SourceError),
}

/// Sixteen digits that nobody can foresee.
pub(super) fn random_name() -> Result<String, SourceError> {
    use rand_core::RngCore;
    let mut random = [0; 8];
    let fail = |_| disk::DiskError::NoRandom { path: PathBuf::from("sftp") };
    rand_core::OsRng.try_fill_bytes(&mut random).map_err(fail)?;
    Ok(format!("{:016x}", u64::from_le_bytes(random)))
}
