//! Work on one repository: a bare one in a scratch folder, into which the tip of one branch is fetched, without its history.
//! Nothing is ever checked out: one blob of one path is read, by its name.

use std::path::PathBuf;

use super::{
    super::{Bounds, SourceError},
    address::GitAddress,
    cage::{Cage, Errand, Words},
    said,
};
use crate::disk::Scratch;

/// Where the fetched tip stands in the scratch repository.
const TIP: &str = "refs/kit/tip";
/// How a pointer of Git LFS begins, and the most bytes of one.
const LFS: (&[u8], usize) = (b"version https://git-lfs.github.com/", 1024);
/// Most bytes of a listing: the items of an inbox.
const LISTING_BYTES_MAX: u64 = 16 << 20;

/// The name of an object: hex digits, 40 or 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Oid(String);

/// How much of a branch is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All files of its tip.
    Files,
    /// Their names, from a server that can leave out the rest.
    Names,
}

/// A scratch repository for one errand with one source. All of it is removed when dropped.
pub(super) struct Work<'a> {
    pub(super) cage: &'a Cage,
    address: &'a GitAddress,
    bounds: &'a Bounds,
    scratch: Scratch,
    repository: PathBuf,
}

impl Oid {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (is_hex && matches!(text.len(), 40 | 64)).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The commit at the tip of a branch, asked in one short request; [`None`] when there is no such branch.
pub(super) fn tip_there(cage: &Cage, address: &GitAddress, branch: &str, bounds: &Bounds) -> Result<Option<Oid>, SourceError> {
    let (remote, reference, reader) = (address.remote(), format!("refs/heads/{branch}"), cage.local_reader());
    let mut words = vec!["ls-remote", "--quiet"];
    words.extend(reader.as_deref());
    words.extend(["--", &remote, &reference]);
    let answer = cage.run(&Words::new(&words, None), &Errand::Ask, bounds)?;
    let answer = String::from_utf8_lossy(&answer);
    // A pattern matches the ends of names, so others may come too.
    let mut lines = answer.lines().filter_map(|line| line.split_once('\t'));
    let found = lines.find(|(_, name)| *name == reference).and_then(|(oid, _)| Oid::parse(oid));
    bounds.step(match &found {
        Some(oid) => format!("git: branch {branch} is at {}", short(oid)),
        None => format!("git: there is no branch {branch}"),
    });
    Ok(found)
}

impl<'a> Work<'a> {
    /// Makes an empty repository in `scratch`.
    pub(super) fn new(
        cage: &'a Cage,
        address: &'a GitAddress,
        scratch: Scratch,
        bounds: &'a Bounds,
    ) -> Result<Self, SourceError> {
        let repository = scratch.path().join("repository");
        let work = Self { cage, address, bounds, scratch, repository };
        work.init("sha1")?;
        Ok(work)
    }

    fn init(&self, format: &str) -> Result<(), SourceError> {
        let (format, folder) = (format!("--object-format={format}"), self.repository.to_string_lossy());
        let words = ["init", "--quiet", "--bare", "--template=", &format, "--", &folder];
        // Named as an argument: the folder is not there yet.
        self.cage.run(&Words::new(&words, None), &Errand::Here, self.bounds).map(drop)
    }

    /// Fetches the tip of a branch without its history; [`None`] when there is no such branch.
    pub(super) fn fetch(&mut self, branch: &str, part: Part) -> Result<Option<Oid>, SourceError> {
        let (remote, reference) = (self.address.remote(), format!("+refs/heads/{branch}:{TIP}"));
        let reader = self.cage.local_reader();
        let mut words = vec![
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--refmap=",
        ];
        words.extend((part == Part::Names).then_some("--filter=blob:none"));
        words.extend(reader.as_deref());
        words.extend(["--", &remote, &reference]);
        let errand = Errand::Receive(&self.scratch);
        let output = self.cage.call(&Words::new(&words, Some(&self.repository)), &errand, self.bounds)?;
        if output.status.success() {
            let tip = self.git(&["rev-parse", "--verify", "--end-of-options", "refs/kit/tip^{commit}"])?;
            return self.oid(&tip).map(Some);
        }
        if said::is_no_branch(&output.said) {
            self.bounds.step(format!("git: there is no branch {branch}"));
            return Ok(None);
        }
        if said::is_sha256(&output.said) && self.repository.ends_with("repository") {
            self.repository = self.scratch.path().join("repository-sha256");
            self.init("sha256")?;
            return self.fetch(branch, part);
        }
        Err(said::error(&self.address.to_string(), &output.said))
    }

    /// The blob of the file at a path of a commit; [`None`] when nothing is there.
    ///
    /// # Errors
    /// [`SourceError::Answer`] when something else than a file is.
    pub(super) fn entry(&self, commit: &Oid, path: &str) -> Result<Option<Oid>, SourceError> {
        let listing = self.git(&["ls-tree", "--full-tree", "-z", commit.as_str(), "--", path])?;
        let listing = String::from_utf8_lossy(&listing);
        let found = listing.split('\0').filter_map(|line| line.split_once('\t')).find(|(_, name)| *name == path);
        let Some((facts, _)) = found else { return Ok(None) };
        let mut facts = facts.split_ascii_whitespace();
        let (mode, _, oid) = (facts.next(), facts.next(), facts.next());
        let kind = match mode {
            Some("100644" | "100755" | "100664") => return self.oid(oid.unwrap_or_default().as_bytes()).map(Some),
            Some("120000") => "a link",
            Some("160000") => "a submodule",
            Some("040000") => "a folder",
            _ => "no file",
        };
        Err(self.answer(format!("{path} is {kind} there, not a file")))
    }

    /// The bytes of a file, at most the bounds' cap of them.
    pub(super) fn blob(&self, blob: &Oid) -> Result<Vec<u8>, SourceError> {
        let size = self.git(&["cat-file", "-s", blob.as_str()])?;
        let size = String::from_utf8_lossy(&size).trim().parse::<u64>();
        let size = size.map_err(|_| self.answer("git gave no size of an object".to_owned()))?;
        if size > self.bounds.cap_bytes {
            return Err(SourceError::TooBig { name: self.address.to_string(), cap_bytes: self.bounds.cap_bytes });
        }
        let words = ["cat-file", "blob", blob.as_str()];
        let words = Words { answer_bytes_max: size, ..Words::new(&words, Some(&self.repository)) };
        let bytes = self.cage.run(&words, &Errand::Here, self.bounds)?;
        if bytes.len() < LFS.1 && bytes.starts_with(LFS.0) {
            let what = "holds a pointer of Git LFS, not the file itself: the kit has to be kept out of LFS (.gitattributes)";
            return Err(self.answer(what.to_owned()));
        }
        Ok(bytes)
    }

    /// The names of the files below a folder of a commit.
    pub(super) fn names(&self, commit: &Oid, folder: &str) -> Result<Vec<String>, SourceError> {
        let words = ["ls-tree", "--full-tree", "-r", "-z", "--name-only", commit.as_str(), "--", folder];
        let words = Words { answer_bytes_max: LISTING_BYTES_MAX, ..Words::new(&words, Some(&self.repository)) };
        let listing = self.cage.run(&words, &Errand::Here, self.bounds)?;
        Ok(String::from_utf8_lossy(&listing).split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// Runs git in the scratch repository, with no input and a short answer.
    pub(super) fn git(&self, words: &[&str]) -> Result<Vec<u8>, SourceError> {
        self.cage.run(&Words::new(words, Some(&self.repository)), &Errand::Here, self.bounds)
    }

    /// The same with an input.
    pub(super) fn git_reading(&self, words: &[&str], input: &[u8], answer_bytes_max: u64) -> Result<Vec<u8>, SourceError> {
        let words = Words { input, answer_bytes_max, ..Words::new(words, Some(&self.repository)) };
        self.cage.run(&words, &Errand::Here, self.bounds)
    }

    /// Sends one commit to a branch, never by force: the server compares what the branch held. Gives why it was refused.
    pub(super) fn push(&self, commit: &Oid, branch: &str) -> Result<Result<(), String>, SourceError> {
        let (remote, reference) = (self.address.remote(), format!("{}:refs/heads/{branch}", commit.as_str()));
        let writer = self.cage.local_writer();
        if let Some(folder) = self.address.folder() {
            self.cage.check_hooks(&folder, self.bounds)?;
        }
        let mut words = vec!["push", "--porcelain", "--no-verify", "--recurse-submodules=no"];
        words.extend(writer.as_deref());
        words.extend(["--", &remote, &reference]);
        let output = self.cage.call(&Words::new(&words, Some(&self.repository)), &Errand::Send, self.bounds)?;
        let answer = String::from_utf8_lossy(&output.stdout);
        // "!\t<from>:<to>\t[remote rejected] (why)"
        if let Some(refused) = answer.lines().find_map(|line| line.strip_prefix("!\t")) {
            let summary = refused.rsplit('\t').next().unwrap_or(refused);
            return Ok(Err(said::reason(&format!("{summary}\n{}", remote_lines(&output.said)))));
        }
        if output.status.success() { Ok(Ok(())) } else { Err(said::error(&self.address.to_string(), &output.said)) }
    }

    pub(super) fn oid(&self, answer: &[u8]) -> Result<Oid, SourceError> {
        let text = String::from_utf8_lossy(answer);
        Oid::parse(text.trim()).ok_or_else(|| self.answer("git gave no name of an object".to_owned()))
    }

    pub(super) fn answer(&self, what: String) -> SourceError {
        SourceError::Answer { name: self.address.to_string(), what }
    }
}

/// What the server itself said.
fn remote_lines(talk: &str) -> String {
    talk.lines().filter(|line| line.starts_with("remote: ")).collect::<Vec<_>>().join("\n")
}

/// The start of a name, for people.
pub(super) fn short(oid: &Oid) -> &str {
    oid.as_str().get(..12).unwrap_or_default()
}
