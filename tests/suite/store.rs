//! The store: what is accepted, what is kept, and what is still answered when something in it is broken.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use outage_kit::{
    bundle::{Hash, KitId, RootKeys, Roots, sign, verify},
    disk::DiskError,
    key::{DeviceKey, Identity, Signer},
    store::{Accepted, Asked, DeviceFiles, How, Mark, Note, ReaderHome, ReaderKey, Settings, Store, StoreError, Trust},
    team::{Device, Id, Team},
};
use secrecy::ExposeSecret;

use crate::child::{Job, Under, job};

/// Ids of a kit, and of another.
pub(crate) const KIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbbbbbbbbbbbbbbba";

/// A member's home with one store, and what a publisher makes for it.
pub(crate) struct Member {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) home: PathBuf,
}

impl Member {
    pub(crate) fn new() -> Self {
        Self::at("home")
    }

    /// A member whose home is called so.
    fn at(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().join(name);
        Store::create(&home, &trusted(), &settings(), &files()).expect("a store is made");
        Self { folder, home }
    }

    /// A member that accepted these numbers.
    pub(crate) fn with(seqs: &[u64]) -> Self {
        let member = Self::new();
        for &seq in seqs {
            assert_eq!(member.accept(1, seq).expect("accepted"), Accepted::New);
        }
        member
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(&self.home, &kit()).expect("the store opens")
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home.join("kits").join(KIT)
    }

    pub(crate) fn accept(&self, root: u32, seq: u64) -> Result<Accepted, StoreError> {
        self.accept_bytes(bundle(root, seq, "as published"))
    }

    pub(crate) fn accept_bytes(&self, bytes: Vec<u8>) -> Result<Accepted, StoreError> {
        let mut store = Store::open(&self.home, &kit())?;
        let verified = store.verify(bytes).expect("a good bundle");
        let lock = store.lock(10)?;
        store.accept(&lock, &verified, at(0))
    }

    /// The current generation as `root-seq`, and what is said beside it.
    fn current(&self) -> Result<(u32, u64, Vec<Note>), StoreError> {
        let generation = Store::open(&self.home, &kit())?.current()?;
        let verified = generation.verified();
        assert_eq!(verified.bytes(), bundle(verified.root_version(), verified.seq(), "as published"), "whole");
        Ok((verified.root_version(), verified.seq(), generation.notes().to_vec()))
    }

    pub(crate) fn seq(&self) -> u64 {
        self.current().expect("a generation answers").1
    }

    /// The files of generations, the lowest first.
    pub(crate) fn generations(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> =
            fs::read_dir(self.dir().join("generations")).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        paths.sort();
        paths
    }

    fn newest(&self) -> PathBuf {
        self.generations().pop().expect("a generation")
    }

    /// Writes a bundle into a file outside of the home.
    pub(crate) fn bundle_file(&self, root: u32, seq: u64) -> PathBuf {
        let path = self.folder.path().join(format!("{root}-{seq}.offered"));
        fs::write(&path, bundle(root, seq, "as published")).expect("written");
        path
    }
}

pub(crate) fn kit() -> KitId {
    KitId::parse(KIT).expect("a kit id")
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-18T02:12:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(seconds)
}

/// Root version, number, name of the team, how many signatures.
type Order = (u32, u64, String, usize);

/// Makes bundles of one kit; the same call gives the same bytes, though encryption never does.
pub(crate) struct Publisher {
    signers: [Signer; 2],
    device: Device,
    /// One chain after the other, each a version longer.
    chains: Vec<Roots>,
    made: Mutex<BTreeMap<Order, Vec<u8>>>,
}

static PUBLISHER: LazyLock<Publisher> = LazyLock::new(|| Publisher::of(kit()));
static OTHER_PUBLISHER: LazyLock<Publisher> = LazyLock::new(|| Publisher::of(KitId::parse(OTHER).expect("a kit id")));

impl Publisher {
    fn of(kit: KitId) -> Self {
        let signers = ["one", "two"].map(|name| Signer::device(DeviceKey::generate(name).expect("random bytes")));
        let publish_keys = signers.iter().map(|signer| signer.public().clone()).collect();
        let root_keys = vec![signers[0].public().clone()];
        let keys = RootKeys { root_keys, root_threshold: 1, publish_keys, publish_threshold: 1 };
        let mut chains = vec![Roots::first(kit, keys.clone(), &[&signers[0]]).expect("a root")];
        for version in 1..9 {
            chains.push(chains[version - 1].next(keys.clone(), &[&signers[0]]).expect("the next root"));
        }
        let device = Device {
            person: Id::parse("alice.okafor").expect("an id"),
            name: "laptop".to_owned(),
            reader: Identity::generate().recipient().to_string(),
            opener: Identity::generate().recipient().to_string(),
            key: signers[0].public().to_string(),
            added: None,
        };
        Self { signers, device, chains, made: Mutex::default() }
    }

    /// A bundle under a root version whose team has this name, signed by the first one or two publishers.
    fn bundle(&self, root: u32, seq: u64, name: &str, signatures: usize) -> Vec<u8> {
        let mut made = self.made.lock().expect("no test panics in here");
        let key = (root, seq, name.to_owned(), 1);
        if !made.contains_key(&key) {
            let roots = &self.chains[root as usize - 1];
            let mut team = Team::named(name);
            team.devices = vec![self.device.clone()];
            let sealed = outage_kit::bundle::seal(&team, roots.kit(), seq).expect("sealed");
            for count in [1, 2] {
                let signers: Vec<&Signer> = self.signers.iter().take(count).collect();
                let signed = sign(sealed.clone(), roots, at(0), at(86_400 * 30), &signers).expect("signed");
                made.insert((root, seq, name.to_owned(), count), signed.bytes().to_vec());
            }
        }
        made[&(root, seq, name.to_owned(), signatures)].clone()
    }

    fn trust(&self) -> Trust {
        Trust { pin: self.chains[0].pin(), verified: How::Unverified }
    }
}

/// What this machine trusts for the kit.
pub(crate) fn trusted() -> Trust {
    PUBLISHER.trust()
}

pub(crate) fn settings() -> Settings {
    Settings {
        person: Id::parse("alice.okafor").expect("an id"),
        device: "laptop".to_owned(),
        reader: ReaderHome::Plain,
        sources: vec!["/media/stick".to_owned()],
        credentials: BTreeMap::new(),
        commands: std::collections::BTreeSet::new(),
        directory: None,
        acknowledged: Default::default(),
    }
}

pub(crate) fn files() -> DeviceFiles {
    DeviceFiles {
        reader: ReaderKey::Plain("AGE-SECRET-KEY-EXAMPLE\n".to_owned().into()),
        opener: b"sealed opener".to_vec(),
        device_key: b"sealed device key".to_vec(),
    }
}

pub(crate) fn bundle(root: u32, seq: u64, name: &str) -> Vec<u8> {
    PUBLISHER.bundle(root, seq, name, 1)
}

fn is_damaged(note: &Note) -> bool {
    matches!(note, Note::Damaged { .. })
}

// What is accepted.

#[test]
fn a_new_store_is_empty_and_says_so() {
    let member = Member::new();
    let error = member.current().expect_err("nothing arrived");
    assert!(matches!(error, StoreError::Empty { .. }), "{error}");
    assert!(error.to_string().contains("Run kit sync"), "{error}");
    assert_eq!(Store::list(&member.home).expect("listed"), [kit()]);
    assert_eq!(member.store().trust().verified, How::Unverified);
    assert_eq!(member.store().settings().expect("settings"), settings());
    assert_eq!(member.store().opener().expect("opener"), b"sealed opener");
    assert_eq!(member.store().device_key().expect("device key"), b"sealed device key");
    let ReaderKey::Plain(reader) = member.store().reader().expect("reader") else { panic!("plain") };
    assert_eq!(reader.expose_secret(), "AGE-SECRET-KEY-EXAMPLE\n");
}

#[test]
fn higher_is_new_equal_is_current_lower_is_rollback_and_other_is_fork_a4_a5() {
    let member = Member::with(&[41, 42]);
    assert_eq!(member.accept(1, 42).expect("known"), Accepted::AlreadyCurrent);

    let rollback = member.accept(1, 41).expect_err("older");
    assert!(matches!(rollback, StoreError::Rollback { .. }));
    assert_eq!(rollback.to_string(), "ROLLBACK: kit 41 is older than kit 42, which is here");

    let fork = member.accept_bytes(bundle(1, 42, "of a liar")).expect_err("another 42");
    let StoreError::Fork { here, offered } = &fork else { panic!("{fork}") };
    assert_ne!(here.head, offered.head);
    for hash in [here.head, offered.head] {
        assert!(fork.to_string().contains(&hash.to_string()), "{fork}");
    }
    assert_eq!(member.current().expect("still there"), (1, 42, vec![]));
    assert_eq!(member.generations().len(), 2, "nothing refused was written");
}

#[test]
fn a_rollback_is_refused_after_old_generations_were_pruned_too() {
    let member = Member::with(&[1, 2, 3, 4, 5]);
    assert_eq!(member.generations().len(), 3);
    for old in 1..=4 {
        assert!(matches!(member.accept(1, old), Err(StoreError::Rollback { .. })), "{old}");
    }
}

#[test]
fn a_higher_root_starts_the_numbers_again_b5() {
    let member = Member::with(&[(1 << 53) - 1]);
    assert_eq!(member.accept(2, 43).expect("recovery"), Accepted::New);
    assert_eq!(member.current().expect("current"), (2, 43, vec![]));
    assert!(matches!(member.accept(1, (1 << 53) - 1), Err(StoreError::Rollback { .. })));
    assert_eq!(member.accept(2, 44).expect("goes on"), Accepted::New);
}

#[test]
fn the_same_head_with_other_signatures_is_the_same_kit() {
    let member = Member::with(&[42]);
    assert_eq!(member.accept_bytes(PUBLISHER.bundle(1, 42, "as published", 2)).expect("known"), Accepted::AlreadyCurrent);
    assert_eq!(member.generations().len(), 1);
}

#[test]
fn a_bundle_of_another_kit_is_refused_a9() {
    let member = Member::new();
    let mut store = member.store();
    let foreign = verify(OTHER_PUBLISHER.bundle(1, 1, "x", 1), &OTHER_PUBLISHER.trust().pin).expect("good elsewhere");
    let lock = store.lock(0).expect("free");
    assert!(matches!(store.accept(&lock, &foreign, at(0)), Err(StoreError::OtherKit { .. })));
    assert!(store.verify(foreign.bytes().to_vec()).is_err());
    // The same kit by its id, but made by somebody else.
    let impostor = Publisher::of(kit());
    let posed = verify(impostor.bundle(1, 1, "x", 1), &impostor.trust().pin).expect("good for whoever trusts them");
    assert!(matches!(store.accept(&lock, &posed, at(0)), Err(StoreError::OtherRoot { .. })));
    assert!(member.generations().is_empty());
}

#[test]
fn two_kits_live_in_one_home() {
    let member = Member::with(&[42]);
    let other = KitId::parse(OTHER).expect("a kit id");
    Store::create(&member.home, &OTHER_PUBLISHER.trust(), &settings(), &files()).expect("made");
    assert_eq!(Store::list(&member.home).expect("listed"), [kit(), other.clone()]);
    assert!(matches!(Store::open(&member.home, &other).expect("opens").current(), Err(StoreError::Empty { .. })));
    assert_eq!(member.seq(), 42);
}

#[test]
fn three_generations_are_kept_and_the_current_one_always() {
    let member = Member::with(&[1, 2]);
    assert_eq!(member.generations().len(), 2);
    for seq in 3..20 {
        member.accept(1, seq).expect("accepted");
        let names: Vec<_> =
            member.generations().iter().map(|p| p.file_name().expect("a name").to_string_lossy().into_owned()).collect();
        for kept in [seq - 2, seq - 1, seq] {
            assert!(names.iter().any(|name| name.starts_with(&format!("1-{kept}-"))), "{kept} in {names:?}");
        }
        assert_eq!(names.len(), 3);
    }
}

#[test]
fn a_member_who_was_away_through_eight_roots_catches_up_from_one_bundle_f43() {
    let member = Member::with(&[42]);
    assert_eq!(member.accept(9, 7).expect("the chain is in the bundle"), Accepted::New);
    assert_eq!(member.current().expect("current"), (9, 7, vec![]));
}

#[test]
fn the_clock_decides_nothing_g1_f33() {
    for seconds in [-1_795_000_000, -86_400 * 365, 0, 86_400 * 365, 2_300_000_000] {
        let member = Member::with(&[41]);
        let mut store = member.store();
        let verified = store.verify(bundle(1, 42, "as published")).expect("good");
        let lock = store.lock(0).expect("free");
        assert_eq!(store.accept(&lock, &verified, at(seconds)).expect("accepted"), Accepted::New);
        assert_eq!(store.accept(&lock, &verified, at(-seconds)).expect("accepted"), Accepted::AlreadyCurrent);
        assert_eq!(member.current().expect("answers"), (1, 42, vec![]));
        assert_eq!(store.state().expect("state").last_seen, Some(at(seconds.abs())));
    }
}

// What is remembered.

#[test]
fn the_last_seen_time_never_goes_back_g2() {
    let member = Member::with(&[42]);
    let mut store = member.store();
    let lock = store.lock(0).expect("free");
    store.remember(&lock, at(3600), Some(7), &[]).expect("remembered");
    store.remember(&lock, at(-86_400 * 365), None, &[]).expect("remembered");
    let state = store.state().expect("state");
    assert_eq!((state.last_seen, state.stanza), (Some(at(3600)), Some(7)));
    assert_eq!(store.current().expect("current").state(), &state);
}

#[test]
fn each_source_keeps_its_last_good_time_and_its_last_error() {
    let member = Member::with(&[42]);
    let mut store = member.store();
    let lock = store.lock(0).expect("free");
    let asked = |error: Option<&str>| Asked {
        source: "/media/stick".to_owned(),
        error: error.map(str::to_owned),
        kind: None,
        held: None,
    };
    store.remember(&lock, at(1), None, &[asked(None)]).expect("remembered");
    store.remember(&lock, at(2), None, &[asked(Some(&"not there".repeat(100)))]).expect("remembered");
    let note = store.state().expect("state").sources["/media/stick"].clone();
    assert_eq!(note.last_good, Some(at(1)));
    let (when, why) = note.last_error.expect("it failed");
    assert_eq!((when, why.len()), (at(2), 256));
    store.remember(&lock, at(3), None, &[asked(None)]).expect("remembered");
    assert_eq!(store.state().expect("state").sources["/media/stick"].last_error, None);
}

#[test]
fn words_confirm_what_was_not_verified_and_nothing_else_changes() {
    let member = Member::with(&[42]);
    let mut store = member.store();
    let lock = store.lock(0).expect("free");
    assert!(!store.trust().is_verified());
    store.confirm_words(&lock, store.trust().pin.clone()).expect("confirmed");
    assert!(store.trust().is_verified());
    assert_eq!(member.store().trust(), &Trust { verified: How::Words, ..trusted() });
    // The copy too.
    fs::remove_file(member.dir().join("trust.json")).expect("removed");
    assert_eq!(member.store().trust().verified, How::Words);
}

#[test]
fn settings_with_an_unknown_key_are_refused_by_name() {
    let member = Member::new();
    let path = member.dir().join("settings.json");
    let text = fs::read_to_string(&path).expect("settings").replacen('{', "{\"colour\": 1,", 1);
    fs::write(&path, text).expect("written");
    let error = member.store().settings().expect_err("unknown key").to_string();
    assert!(error.contains("settings.json") && error.contains("colour"), "{error}");
}

// What is broken.

/// The ways in which the bytes of a file can rot: each byte changed, each shorter length, empty, gone; of a large file a sample.
fn each_rot(path: &Path, mut then: impl FnMut(&str)) {
    let whole = fs::read(path).expect("the file is there");
    let step = if whole.len() < 2_000 { 1 } else { whole.len() / 250 };
    for at in (0..whole.len()).step_by(step) {
        let mut rotten = whole.clone();
        rotten[at] ^= 1 << (at % 8);
        fs::write(path, rotten).expect("written");
        then(&format!("byte {at} of {} changed", path.display()));
        fs::write(path, &whole[..at]).expect("written");
        then(&format!("{} cut to {at} bytes", path.display()));
    }
    fs::remove_file(path).expect("removed");
    then(&format!("{} gone", path.display()));
    fs::write(path, whole).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("private again");
}

#[test]
fn any_decay_of_state_json_is_noted_and_answers_go_on() {
    let member = Member::with(&[40, 41, 42]);
    each_rot(&member.dir().join("state.json"), |how| {
        let (_, seq, notes) = member.current().unwrap_or_else(|e| panic!("{how}: {e}"));
        assert_eq!(seq, 42, "{how}");
        assert!(matches!(notes.as_slice(), [Note::StateRebuilt { .. }]), "{how}: {notes:?}");
    });
    assert_eq!(member.current().expect("whole again"), (1, 42, vec![]));
}

#[test]
fn any_decay_of_trust_json_is_noted_and_answers_go_on() {
    let member = Member::with(&[41, 42]);
    each_rot(&member.dir().join("trust.json"), |how| {
        let (_, seq, notes) = member.current().unwrap_or_else(|e| panic!("{how}: {e}"));
        assert_eq!(seq, 42, "{how}");
        assert!(matches!(notes.as_slice(), [Note::TrustFromCopy { .. }]), "{how}: {notes:?}");
    });
    assert_eq!(member.current().expect("whole again"), (1, 42, vec![]));
}

#[test]
fn any_decay_of_the_current_generation_falls_back_and_the_same_bundle_mends_it() {
    let member = Member::with(&[41, 42]);
    each_rot(&member.newest(), |how| {
        let (_, seq, notes) = member.current().unwrap_or_else(|e| panic!("{how}: {e}"));
        assert_eq!(seq, 41, "{how}");
        assert!(matches!(notes.last(), Some(Note::Behind { .. })), "{how}: {notes:?}");
        assert_eq!(notes.iter().filter(|note| is_damaged(note)).count(), notes.len() - 1, "{how}: {notes:?}");
        assert!(matches!(member.accept(1, 41), Err(StoreError::Rollback { .. })), "{how}: 42 was accepted before");
    });
    fs::write(member.newest(), b"rot").expect("written");
    assert_eq!(member.accept(1, 42).expect("again"), Accepted::Mended);
    assert_eq!(member.current().expect("whole again"), (1, 42, vec![]));
}

#[test]
fn a_write_mends_what_decayed() {
    for broken in ["trust.json", "state.json"] {
        let member = Member::with(&[41, 42]);
        fs::write(member.dir().join(broken), b"rot").expect("written");
        assert_eq!(member.accept(1, 42).expect("known"), Accepted::AlreadyCurrent);
        assert_eq!(member.current().expect("mended"), (1, 42, vec![]), "{broken}");
    }
}

#[test]
fn every_subset_of_trust_state_and_current_generation_may_be_gone() {
    for missing in 0..8 {
        let member = Member::with(&[41, 42]);
        let (trust, state, generation) = (missing & 1 != 0, missing & 2 != 0, missing & 4 != 0);
        let gone =
            [(trust, member.dir().join("trust.json")), (state, member.dir().join("state.json")), (generation, member.newest())];
        for (_, path) in gone.iter().filter(|(is_gone, _)| *is_gone) {
            fs::remove_file(path).expect("removed");
        }
        let case = format!("trust {trust}, state {state}, generation {generation}");
        if trust && state {
            let error = member.current().expect_err("nothing left to trust");
            assert!(matches!(error, StoreError::TrustLost { .. }), "{case}: {error}");
            assert!(error.to_string().contains("Join again"), "{error}");
            assert!(
                matches!(Store::create(&member.home, &trusted(), &settings(), &files()), Err(StoreError::Exists { .. })),
                "keys are kept"
            );
            Store::restore_trust(&member.home, &trusted()).expect("joined again");
        }
        let expected = if generation { 41 } else { 42 };
        assert_eq!(member.seq(), expected, "{case}");
        assert!(!member.current().expect("answers").2.is_empty() || missing == 0, "{case}: it is said");
        if !(generation && state) {
            // Unless both the file and the record of it are gone, what was accepted stays accepted.
            assert!(matches!(member.accept(1, 41), Err(StoreError::Rollback { .. })), "{case}");
        }
        member.accept(1, 43).expect("the next one is accepted");
        assert_eq!(member.current().expect("whole"), (1, 43, vec![]), "{case}");
    }
}

#[test]
fn nothing_left_is_not_empty() {
    let member = Member::with(&[42]);
    fs::write(member.newest(), b"rot").expect("written");
    let error = member.current().expect_err("nothing usable");
    assert!(matches!(error, StoreError::NoGeneration { .. }));
    assert!(error.to_string().contains("cannot be used: "), "{error}");
    fs::remove_file(member.newest()).expect("removed");
    assert!(matches!(member.current(), Err(StoreError::NoGeneration { .. })));
    fs::remove_file(member.dir().join("state.json")).expect("removed");
    assert!(matches!(member.current(), Err(StoreError::NoGeneration { .. })));
}

#[test]
fn an_old_state_does_not_hide_a_newer_generation_f20() {
    let member = Member::with(&[41]);
    let old = fs::read(member.dir().join("state.json")).expect("state");
    member.accept(1, 42).expect("accepted");
    fs::write(member.dir().join("state.json"), old).expect("restored");
    let (_, seq, notes) = member.current().expect("answers");
    assert_eq!(seq, 42);
    assert!(matches!(notes.as_slice(), [Note::Ahead { .. }]), "{notes:?}");
    assert!(matches!(member.accept(1, 41), Err(StoreError::Rollback { .. })));
    assert!(matches!(member.accept_bytes(bundle(1, 42, "of a liar")), Err(StoreError::Fork { .. })));
    assert_eq!(member.accept(1, 42).expect("known"), Accepted::AlreadyCurrent);
    assert_eq!(member.current().expect("mended"), (1, 42, vec![]));
}

#[test]
fn a_file_with_a_high_number_and_no_good_bundle_counts_for_nothing() {
    let member = Member::with(&[41, 42]);
    let planted = member.dir().join("generations/9-99-0123456789abcdef.kit");
    for bytes in [b"rot".to_vec(), bundle(1, 42, "as published"), bundle(9, 99, "under another hash")] {
        fs::write(&planted, bytes).expect("written");
        let (_, seq, notes) = member.current().expect("answers");
        assert_eq!(seq, 42);
        assert!(matches!(notes.as_slice(), [Note::Damaged { path, .. }] if *path == planted), "{notes:?}");
    }
    for seq in 43..50 {
        member.accept(1, seq).expect("accepted");
        assert_eq!(member.generations().len(), 4, "three good ones, and the one that nobody may count or remove");
    }
    assert!(planted.exists());
}

// Who may.

#[test]
fn everything_is_private_whatever_the_umask_f1() {
    for umask in ["000", "022", "077", "777"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().join("home");
        let script = format!("umask {umask}");
        let pinned = folder.path().join("pinned");
        fs::write(&pinned, serde_json::to_vec(&trusted()).expect("text")).expect("written");
        let create = job(&[Path::new("create"), &home, Path::new(KIT), &pinned]);
        assert_eq!(create.answer(&Under::Shell(&script)), "made");
        let member = Member { folder, home };
        let accept = job(&[Path::new("accept"), &member.home, Path::new(KIT), &member.bundle_file(1, 42)]);
        assert_eq!(accept.answer(&Under::Shell(&script)), "New");
        let mut modes = BTreeMap::new();
        collect_modes(&member.home, &mut modes);
        assert!(modes.len() >= 12, "{modes:?}");
        for (path, (is_folder, mode)) in modes {
            assert_eq!(mode, if is_folder { 0o700 } else { 0o600 }, "umask {umask}: {}", path.display());
        }
    }
}

fn collect_modes(path: &Path, modes: &mut BTreeMap<PathBuf, (bool, u32)>) {
    let facts = fs::symlink_metadata(path).expect("facts");
    modes.insert(path.to_owned(), (facts.is_dir(), facts.mode() & 0o7777));
    if facts.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            collect_modes(&entry.expect("an entry").path(), modes);
        }
    }
}

#[test]
fn folders_that_others_may_write_to_are_refused_with_the_command_that_mends_it() {
    let member = Member::with(&[42]);
    for folder in [
        member.home.clone(),
        member.home.join("kits"),
        member.dir(),
        member.dir().join("generations"),
        member.dir().join("device"),
    ] {
        for mode in [0o777, 0o1777, 0o720, 0o702] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("opened");
            let error = member.current().expect_err("exposed").to_string();
            assert!(error.contains(&format!("chmod go-w {}", folder.display())), "{error}");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("closed to writing");
        assert_eq!(member.seq(), 42);
    }
}

#[test]
fn a_file_that_others_may_write_to_is_refused() {
    let member = Member::with(&[41, 42]);
    for name in ["trust.json", "state.json"] {
        let path = member.dir().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("opened");
        assert!(matches!(member.current(), Err(StoreError::Disk(DiskError::Exposed { .. }))), "{name}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("closed to writing");
        assert_eq!(member.current().expect("answers"), (1, 42, vec![]), "{name}");
    }
    fs::set_permissions(member.newest(), fs::Permissions::from_mode(0o666)).expect("opened");
    assert_eq!(member.seq(), 41);
    let key = member.dir().join("device/reader.txt");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("opened");
    let error = member.store().reader().expect_err("readable").to_string();
    assert!(error.contains("chmod go-rwx"), "{error}");
}

#[test]
fn a_store_of_another_user_is_refused_f5() {
    let member = Member::with(&[42]);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(member.dir(), Some(65_534), None).expect("given away");
        assert!(matches!(member.current(), Err(StoreError::Disk(DiskError::Foreign { uid: 65_534, .. }))));
    } else {
        // Root owns the root folder.
        assert!(matches!(outage_kit::disk::check_private(Path::new("/")), Err(DiskError::Foreign { uid: 0, .. })));
    }
}

#[test]
fn a_link_pipe_or_folder_in_place_of_any_store_file_is_not_followed_f2() {
    for name in ["trust.json", "state.json", "settings.json", "lock", "device/reader.txt", "device", "generations", ""] {
        for (kind, make) in stand_ins() {
            let member = Member::with(&[41, 42]);
            let path = member.dir().join(name);
            let path = if name.is_empty() { member.dir() } else { path };
            let target = member.folder.path().join("elsewhere");
            fs::rename(&path, &target).expect("moved");
            make(&path, &target);
            let before = fs::metadata(&target).expect("facts").modified().expect("a time");
            let outcome = member.accept(1, 43);
            let is_read = matches!(name, "settings.json" | "device/reader.txt");
            assert!(outcome.is_err() || is_read, "{name} as {kind}: {outcome:?}");
            if is_read {
                assert!(member.store().settings().and(member.store().reader().map(|_| ())).is_err(), "{name} as {kind}");
            }
            assert_eq!(fs::metadata(&target).expect("facts").modified().expect("a time"), before, "{name} as {kind}: untouched");
        }
    }
}

type Make = fn(&Path, &Path);

fn stand_ins() -> [(&'static str, Make); 3] {
    [
        ("link", |path, target| symlink(target, path).expect("a link")),
        ("pipe", |path, _| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
        }),
        ("wrong kind", |path, target| {
            if target.is_dir() {
                fs::write(path, b"").expect("a file");
            } else {
                fs::create_dir(path).expect("a folder");
            }
        }),
    ]
}

#[test]
fn a_planted_link_in_place_of_a_generation_is_not_read() {
    let member = Member::with(&[41, 42]);
    let newest = member.newest();
    let elsewhere = member.folder.path().join("elsewhere.kit");
    fs::rename(&newest, &elsewhere).expect("moved");
    symlink(&elsewhere, &newest).expect("a link");
    assert_eq!(member.seq(), 41);
}

#[test]
fn the_home_itself_may_be_a_link() {
    let member = Member::with(&[42]);
    let link = member.folder.path().join("link");
    symlink(&member.home, &link).expect("a link");
    assert_eq!(Store::open(&link, &kit()).expect("opens").current().expect("answers").verified().seq(), 42);
}

#[test]
fn homes_with_spaces_newlines_and_other_letters_work_f39() {
    for name in ["a b", "a\nb", "größe 'x'", "-rf", "\u{1b}[31m"] {
        let member = Member::at(name);
        assert_eq!(member.accept(1, 42).expect("accepted"), Accepted::New);
        assert_eq!(member.seq(), 42);
    }
}

#[test]
fn a_home_that_is_missing_or_no_folder_is_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("missing");
    assert!(matches!(Store::open(&missing, &kit()), Err(StoreError::NotHere { .. })));
    assert_eq!(Store::list(&missing).expect("nothing"), []);
    assert!(!missing.exists(), "nothing was made");
    let file = folder.path().join("file");
    fs::write(&file, b"").expect("written");
    assert!(Store::open(&file, &kit()).is_err());
    assert!(Store::list(&file).is_err());
    assert!(matches!(Store::create(&file, &trusted(), &settings(), &files()), Err(StoreError::Disk(DiskError::Kind { .. }))));
    symlink(folder.path().join("nowhere"), folder.path().join("dangling")).expect("a link");
    assert!(Store::create(&folder.path().join("dangling"), &trusted(), &settings(), &files()).is_err());
    assert!(!folder.path().join("nowhere").exists(), "nothing was made elsewhere");
}

// Making one.

#[test]
fn a_kit_that_is_here_is_not_made_again() {
    let member = Member::with(&[42]);
    let other = DeviceFiles { opener: b"other".to_vec(), ..files() };
    assert!(matches!(Store::create(&member.home, &trusted(), &settings(), &other), Err(StoreError::Exists { .. })));
    assert_eq!(member.store().opener().expect("the old one"), b"sealed opener");
    assert_eq!(member.seq(), 42);
}

#[test]
fn a_store_whose_making_was_cut_short_is_made_again() {
    let member = Member::new();
    for name in ["trust.json", "state.json"] {
        fs::remove_file(member.dir().join(name)).expect("removed");
    }
    assert!(matches!(member.current(), Err(StoreError::HalfMade { .. })));
    assert_eq!(Store::list(&member.home).expect("listed"), []);
    let sealed = DeviceFiles { reader: ReaderKey::Sealed(b"sealed reader".to_vec()), ..files() };
    Store::create(&member.home, &trusted(), &settings(), &sealed).expect("made again");
    assert!(matches!(member.store().reader().expect("reader"), ReaderKey::Sealed(bytes) if bytes == b"sealed reader"));
}

#[test]
fn a_missing_reader_is_missing_where_the_settings_name_a_file_and_in_the_keyring_where_they_do_not() {
    let member = Member::new();
    fs::remove_file(member.dir().join("device/reader.txt")).expect("removed");
    assert!(matches!(member.store().reader(), Err(StoreError::Disk(DiskError::Missing { .. }))));
    let store = member.store();
    let lock = store.lock(0).expect("free");
    store.set_settings(&lock, &Settings { reader: ReaderHome::Keyring, ..settings() }).expect("set");
    assert!(matches!(store.reader().expect("reader"), ReaderKey::Keyring));
}

// Reading.

/// The calls of a job that name something in the home, one a line, as strace prints them.
fn calls(member: &Member, job: &Job, classes: &str) -> Vec<String> {
    let trace = member.folder.path().join("trace");
    let path = trace.to_str().expect("UTF-8").to_owned();
    job.answer(&Under::Strace(&["-o", &path, "-y", "-s", "4096", "-e", &format!("trace={classes}")]));
    let home = member.home.to_str().expect("UTF-8");
    fs::read_to_string(trace).expect("a trace").lines().filter(|line| line.contains(home)).map(str::to_owned).collect()
}

#[test]
fn reading_opens_nothing_for_writing_takes_no_lock_and_reads_three_files() {
    let member = Member::with(&[40, 41, 42]);
    let current = job(&[Path::new("current"), &member.home, Path::new(KIT)]);
    let writing = "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,\
                   truncate,ftruncate,write,pwrite64,writev,fsync,fdatasync,flock,utimensat";
    assert_eq!(calls(&member, &current, writing), Vec::<String>::new());
    let opened = calls(&member, &current, "openat,open,creat,openat2");
    for call in &opened {
        assert!(!["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag)), "{call}");
    }
    let files: Vec<_> = opened.iter().filter(|call| !call.contains("O_DIRECTORY")).collect();
    assert_eq!(files.len(), 3, "trust, state, one generation: {files:#?}");
}

#[test]
fn a_read_only_disk_answers_and_says_read_only_to_a_writer_f10() {
    let member = Member::with(&[41, 42]);
    let home = member.home.to_str().expect("UTF-8");
    let script = format!("mount --bind '{home}' '{home}'; mount -o remount,ro,bind '{home}'");
    let ask = |what: &str| job(&[Path::new(what), &member.home, Path::new(KIT)]).answer(&Under::Mounts(&script));
    assert_eq!(ask("current"), "42");
    assert!(ask("remember").ends_with("the disk is read-only"), "{}", ask("remember"));
    // With damage in it as well.
    fs::write(member.newest(), b"rot").expect("written");
    fs::remove_file(member.dir().join("state.json")).expect("removed");
    assert_eq!(ask("current"), "41");
}

#[test]
fn a_reader_sees_whole_generations_while_they_are_swapped_under_it_f3() {
    let member = Member::with(&[41, 42]);
    let (newest, older) = (member.newest(), member.generations().remove(0));
    let (good, other) = (fs::read(&newest).expect("bytes"), fs::read(&older).expect("bytes"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                for bytes in [&other, &good] {
                    let beside = member.folder.path().join("beside");
                    fs::write(&beside, bytes).expect("written");
                    fs::set_permissions(&beside, fs::Permissions::from_mode(0o600)).expect("private");
                    fs::rename(&beside, &newest).expect("swapped");
                }
            }
        });
        for _ in 0..2_000 {
            // `Member::current` compares the bytes with what was published under the number that it gives.
            let (_, seq, notes) = member.current().expect("one of the two");
            assert!(seq == 42 || (seq == 41 && notes.iter().any(is_damaged)), "{seq}: {notes:?}");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn marks_are_shown_by_number_and_by_root_when_it_is_not_the_first() {
    let mark = |root, seq| Mark { root, root_sha256: Hash::of(b""), seq, head: Hash::of(b""), sha256: Hash::of(b"") }.to_string();
    assert_eq!((mark(1, 42), mark(2, 43)), ("42".to_owned(), "43 (root 2)".to_owned()));
}
