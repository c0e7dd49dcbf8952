//! Values, passphrases and reasons that are like no others are looked for, in every spelling, wherever a command could leave them: files and
//! their names, both streams, and the arguments and environments of all processes. Found only where `reveal` was asked to show it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use crate::{
    acme::{PASSPHRASE, token},
    seal::{code, commanded},
    vault::Vault,
    world::{World, peer},
};

/// The variable by which the child of `kit exec` is lent a value: the only place in any environment where one may stand.
const LENT: &[u8] = b"LENT=";

/// Bytes that nothing else in the world has.
fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes
}

/// All spellings of some bytes that are looked for, whatever stands around them.
fn spellings(canary: &[u8]) -> Vec<Vec<u8>> {
    let each = |before: &str| canary.iter().map(|byte| format!("{before}{byte:02X}")).collect::<String>().into_bytes();
    let upper = [each("%"), each("\\u00"), each("\\x")];
    let lower = upper.clone().map(|text| text.to_ascii_lowercase());
    let mut all = vec![canary.to_vec(), HEXLOWER.encode(canary).into_bytes(), HEXUPPER.encode(canary).into_bytes()];
    all.extend(upper.into_iter().chain(lower));
    // UTF-16 in both orders: what stands between the bytes is the same.
    all.push(canary.iter().flat_map(|byte| [*byte, 0]).take(canary.len() * 2 - 1).collect());
    for offset in 0..3_usize {
        // What stands before and after shares the first and the last letter with it: those are left out.
        let padded = [&vec![0; offset], canary].concat();
        let letters = (offset * 8).div_ceil(6)..padded.len() * 8 / 6;
        for alphabet in [BASE64_NOPAD, BASE64URL_NOPAD] {
            all.push(alphabet.encode(&padded).into_bytes()[letters.clone()].to_vec());
        }
    }
    all
}

/// Everything that is looked for at once: each spelling, by its first two bytes.
struct Hunt {
    by_start: Vec<Vec<(String, Vec<u8>)>>,
}

impl Hunt {
    fn of<'c>(canaries: impl IntoIterator<Item = (&'c str, &'c [u8])>) -> Self {
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (name, canary) in canaries {
            for spelling in spellings(canary) {
                by_start[start(&spelling)].push((name.to_owned(), spelling));
            }
        }
        Self { by_start }
    }

    /// The names of those that stand in these bytes.
    fn find(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (at, two) in bytes.windows(2).enumerate() {
            for (name, spelling) in &self.by_start[start(two)] {
                if bytes[at..].starts_with(spelling) {
                    found.insert(name.clone());
                }
            }
        }
        found
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A thread that reads the arguments and the environment of every process, again and again, while commands run.
struct Watch {
    is_over: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    /// Processes of `kit` in this world.
    kits: BTreeSet<u32>,
    /// What was found, and where.
    found: BTreeSet<String>,
    /// How often a program had a value where it may have it.
    lent: usize,
}

impl Watch {
    fn start(world: &World, hunt: Arc<Hunt>) -> Self {
        let (is_over, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Seen::default())));
        let folder = world.path("").display().to_string();
        let (over, shared) = (Arc::clone(&is_over), Arc::clone(&seen));
        let look = move || {
            while !over.load(Ordering::Relaxed) {
                processes(&hunt, &folder, &shared);
                thread::sleep(Duration::from_millis(1));
            }
        };
        Self { is_over, seen, thread: Some(thread::spawn(look)) }
    }

    fn end(mut self) -> Seen {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn processes(hunt: &Hunt, folder: &str, seen: &Mutex<Seen>) {
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // The environment first: a process that becomes another one in between is never taken for what it was.
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        let Ok(arguments) = fs::read(entry.path().join("cmdline")) else { continue };
        if id == std::process::id() || !environment.windows(folder.len()).any(|part| part == folder.as_bytes()) {
            continue;
        }
        let is_kit = arguments.split(|byte| *byte == 0).next() == Some(env!("CARGO_BIN_EXE_kit").as_bytes());
        let variables: Vec<&[u8]> = environment.split(|byte| *byte == 0).collect();
        let is_lent = |variable: &&&[u8]| !is_kit && variable.starts_with(LENT);
        let others: Vec<&[u8]> = variables.iter().filter(|variable| !is_lent(variable)).copied().collect();
        let found = [("environment", hunt.find(&others.join(&0))), ("arguments", hunt.find(&arguments))];
        let mut seen = seen.lock().unwrap();
        seen.lent += variables.iter().filter(is_lent).count();
        if is_kit {
            seen.kits.insert(id);
        }
        for (place, names) in found {
            let whose = String::from_utf8_lossy(&arguments).replace('\0', " ");
            seen.found.extend(names.iter().map(|name| format!("{name} in the {place} of {whose}")));
        }
    }
}

/// Files that were searched already, by their content.
#[derive(Default)]
struct Files {
    clean: BTreeMap<PathBuf, Vec<u8>>,
}

impl Files {
    /// What stands in files and their names, except what the test itself gave.
    fn find(&mut self, world: &World, hunt: &Hunt) -> Vec<String> {
        let mut all = Vec::new();
        for file in world.files("") {
            all.extend(hunt.find(file.as_os_str().as_encoded_bytes()).iter().map(|name| format!("{name} in the name {file:?}")));
            let Ok(bytes) = read(&world.path(&file)) else { continue };
            if file.starts_with("given") || self.clean.get(&file).is_some_and(|known| *known == bytes) {
                continue;
            }
            all.extend(hunt.find(&bytes).iter().map(|name| format!("{name} in {}", file.display())));
            self.clean.insert(file, bytes);
        }
        all
    }
}

/// A plain file, or where a link leads.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let facts = fs::symlink_metadata(path)?;
    if facts.is_symlink() { Ok(fs::read_link(path)?.into_os_string().into_encoded_bytes()) } else { fs::read(path) }
}

#[test]
fn every_spelling_that_is_planted_is_found() {
    let core = BASE32_NOPAD.encode(&random(10)).to_lowercase();
    let world = World::new();
    // The whole value has what each way of writing changes; what is looked for is the middle of it.
    let whole = format!("\"{core}\\ ü%{}", "é");
    let canaries = [("value", core.as_bytes())];
    let hunt = Arc::new(Hunt::of(canaries));
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let unicode = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    let mut planted: Vec<String> = vec![
        whole.clone(),
        serde_json::to_string(&whole).unwrap(),
        serde_json::to_string(&serde_json::to_string(&whole).unwrap()).unwrap(),
        HEXLOWER.encode(whole.as_bytes()),
        HEXUPPER.encode(whole.as_bytes()),
        percent(&whole),
        percent(&whole).to_uppercase(),
        unicode(&whole),
        format!("{whole:?}"),
        whole.encode_utf16().flat_map(u16::to_le_bytes).map(char::from).collect(),
        whole.encode_utf16().flat_map(u16::to_be_bytes).map(char::from).collect(),
    ];
    for before in ["", "a", "ab", "abc"] {
        for after in ["", "z", "zy", "zyx"] {
            let text = format!("{before}{whole}{after}");
            let alphabets = [data_encoding::BASE64, data_encoding::BASE64URL, BASE64_NOPAD, BASE64URL_NOPAD];
            planted.extend(alphabets.map(|alphabet| alphabet.encode(text.as_bytes())));
        }
    }
    for (place, text) in planted.iter().enumerate() {
        let found = hunt.find(format!("before {text} after").as_bytes());
        assert!(found.contains("value"), "{place}: {text}");
        let path = world.write(format!("folder/{place}.txt"), text);
        assert_eq!(Files::default().find(&world, &hunt), [format!("value in folder/{place}.txt")]);
        fs::remove_file(path).unwrap();
    }
    world.write(format!("folder/{core}"), "");
    assert_eq!(Files::default().find(&world, &hunt).len(), 1);
    assert!(hunt.find(HEXLOWER.encode(&random(4096)).as_bytes()).is_empty());
    // Processes: as an argument, and in an environment.
    for (argument, variable) in [(whole.as_str(), ""), ("", whole.as_str())] {
        let watch = Watch::start(&world, Arc::clone(&hunt));
        let mut sleep = world.with("PLANTED", variable).command(peer("sh"));
        let mut child = sleep.args(["-c", "read line", argument]).stdin(Stdio::piped()).spawn().unwrap();
        wait_for(|| !watch.seen.lock().unwrap().found.is_empty(), "the planted process is seen");
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(watch.end().found.len(), 1);
    }
}

fn wait_for(mut holds: impl FnMut() -> bool, what: &str) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}

/// What is looked for in this run.
struct Canaries {
    password: String,
    note: String,
    code: String,
    seed: String,
    okta: String,
    reason: String,
}

impl Canaries {
    fn new() -> Self {
        let core = || BASE32_NOPAD.encode(&random(15)).to_lowercase();
        let seed = BASE32_NOPAD.encode(&random(20));
        Self { password: core(), note: core(), code: core(), seed, okta: core(), reason: core() }
    }

    fn secrets(&self) -> [(&str, &str); 7] {
        let Self { password, note, code, seed, okta, .. } = self;
        let passphrase = PASSPHRASE.trim();
        let named = [("password", password), ("note", note), ("code", code), ("seed", seed), ("okta", okta)];
        let [a, b, c, d, e] = named.map(|(name, value)| (name, value.as_str()));
        [a, b, c, d, e, ("passphrase", passphrase), ("wrong passphrase", "wrong-but-somebodys")]
    }
}

/// The whole of a run: a world, what is looked for, and what was typed.
struct Inspection {
    vault: Vault,
    bob: World,
    /// Somebody who founds another kit, and somebody who joins.
    new: World,
    erin: World,
    canaries: Canaries,
    secrets: Arc<Hunt>,
    /// Secrets and the reason, which may be seen by its readers but in no file.
    all: Hunt,
    files: Files,
    /// By the manual page of a command: the exit statuses that were seen.
    ran: BTreeMap<String, BTreeSet<bool>>,
    /// All that is not as it has to be: told together at the end.
    wrong: Vec<String>,
}

impl Inspection {
    fn new() -> Self {
        let mut vault = Vault::sealed();
        // Files that programs are lent stand in this world too, not in the machine's memory.
        fs::create_dir(vault.mia.path("run")).unwrap();
        vault.mia = vault.mia.with("XDG_RUNTIME_DIR", vault.mia.path("run"));
        let bob = vault.acme.dana.machine("bob-home");
        let join = vault.acme.join(&bob, "bob.reyes");
        vault.acme.admit(&join);
        vault.publish();
        bob.kit(["sync"]).ok();
        // What the test itself gives stands in a folder that is left out.
        bob.write("given/p", PASSPHRASE);
        bob.write("given/wrong", "wrong-but-somebodys\n");
        fs::remove_file(bob.path("p")).unwrap();
        let canaries = Canaries::new();
        let secrets = canaries.secrets().map(|(name, value)| (name, value.as_bytes()));
        let all = secrets.into_iter().chain([("reason", canaries.reason.as_bytes())]);
        let (secrets, all) = (Arc::new(Hunt::of(secrets)), Hunt::of(all));
        let (new, erin) = (bob.machine("new-home"), bob.machine("erin-home"));
        Self { vault, bob, new, erin, canaries, secrets, all, files: Files::default(), ran: BTreeMap::new(), wrong: Vec::new() }
    }

    fn machine(&self, who: &str) -> &World {
        match who {
            "dana" => &self.vault.acme.dana,
            "alice" => &self.vault.acme.alice,
            "mia" => &self.vault.mia,
            "new" => &self.new,
            "erin" => &self.erin,
            _ => &self.bob,
        }
    }

    /// The words of a line, with the passphrase files and the reason filled in.
    fn words(&self, line: &str) -> Vec<String> {
        let one = |word: &str| match word {
            "@p" => vec!["--passphrase-file".to_owned(), "given/p".to_owned()],
            "@wrong" => vec!["--passphrase-file".to_owned(), "given/wrong".to_owned()],
            "@why" => vec!["--reason".to_owned(), self.canaries.reason.clone()],
            word => vec![word.to_owned()],
        };
        line.split_whitespace().flat_map(one).collect()
    }

    /// Runs a line, `status` or any failure (-1), with `shown` alone on stdout, and looks everywhere.
    fn run(&mut self, who: &str, status: i32, line: &str, input: &str, shown: &[&str]) -> String {
        let run = self.machine(who).kit_reading(input.as_bytes(), self.words(line));
        let is_expected = if status < 0 { run.status > 0 && run.status < 100 } else { run.status == status };
        if !is_expected {
            self.wrong.push(format!("{who}: kit {line}: status {}, not {status}: {}", run.status, run.stderr));
        }
        self.count(line, run.status == 0);
        let found: Vec<String> = self.secrets.find(run.stdout.as_bytes()).into_iter().collect();
        let talked = self.secrets.find(run.stderr.as_bytes());
        if found != shown || !talked.is_empty() {
            self.wrong.push(format!("{who}: kit {line}: {found:?} on stdout, not {shown:?}; on stderr {talked:?}"));
        }
        self.look(line);
        run.stdout.clone()
    }

    fn count(&mut self, line: &str, is_ok: bool) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for length in 0..=words.len().min(2) {
            let page = [&["kit"], &words[..length]].concat().join("-");
            self.ran.entry(page).or_default().insert(is_ok);
        }
    }

    fn look(&mut self, line: &str) {
        let world = self.machine("dana").clone();
        let found = self.files.find(&world, &self.all);
        self.wrong.extend(found.into_iter().map(|found| format!("after kit {line}: {found}")));
    }
}

/// Who, the exit status (-1: any failure), the command. `@p`, `@wrong` and `@why` are passphrases and the reason.
type Row = (&'static str, i32, &'static str);

/// Commands that read, and those that author; each with a way that works and ways that fail.
const ROWS: &[Row] = &[
    ("mia", 0, ""),
    ("mia", 0, "who payments-db"),
    ("mia", 3, "who quetzal"),
    ("mia", 0, "lookup aws-root --json"),
    ("mia", 3, "lookup quetzal"),
    ("mia", 0, "authority rollback"),
    ("mia", 3, "authority quetzal"),
    ("mia", 0, "bridge"),
    ("mia", 3, "bridge quetzal"),
    ("mia", 0, "tool slack"),
    ("mia", 3, "tool quetzal"),
    ("mia", 0, "brief payments-db --json"),
    ("mia", 3, "brief quetzal"),
    ("mia", 0, "duty"),
    ("mia", 2, "duty --nonsense"),
    ("mia", 0, "window --list"),
    ("mia", 3, "window quetzal"),
    ("mia", 0, "announce epic-migration --as mail"),
    ("mia", 3, "announce quetzal"),
    ("mia", 2, "pick --plain"),
    ("mia", 0, "status --json"),
    ("mia", 2, "status --nonsense"),
    ("mia", -1, "sync --from nowhere"),
    ("mia", -1, "sync --from given"),
    ("mia", 0, "ack @p"),
    ("mia", 5, "ack @wrong"),
    ("dana", 1, "acks"),
    ("dana", 0, "ack @p"),
    ("alice", 0, "ack @p"),
    ("bob", 0, "ack @p"),
    ("dana", 0, "acks"),
    ("mia", 0, "member list"),
    ("mia", 2, "member list --nonsense"),
    ("mia", 0, "exposure mia.krause --json"),
    ("mia", 3, "exposure quetzal"),
    ("mia", 0, "source add elsewhere"),
    ("mia", 0, "source list"),
    ("mia", 2, "source list --nonsense"),
    ("mia", -1, "source add ftp://example.com"),
    ("mia", -1, "source test ftp://example.com"),
    ("mia", 0, "source remove elsewhere"),
    ("mia", 3, "source remove elsewhere"),
    ("mia", 0, "source test"),
    ("mia", 0, "verify box/bundle.kit"),
    ("mia", -1, "verify given/p"),
    ("mia", 0, "sheets"),
    ("mia", 3, "sheets --destroyed KIT-AAAA-1-AAA"),
    ("mia", 0, "export bundle stick"),
    ("mia", -1, "export bundle given/p/x"),
    ("mia", 0, "export sheet --out sheet.pdf"),
    ("mia", 3, "export sheet quetzal"),
    ("mia", 0, "export wallet --out cards.pdf"),
    ("mia", 3, "export wallet quetzal"),
    ("mia", 2, "export sealed aws-root @why @p"),
    ("mia", 0, "export sealed aws-root @why @p --passphrase-out given/words --out sealed.pdf"),
    ("mia", 5, "export sealed aws-root @why @wrong --passphrase-out given/words2"),
    ("bob", 5, "export sealed aws-root @why @p --passphrase-out given/words2"),
    ("mia", 1, "export archive --out archive.pdf"),
    ("mia", 0, "export vcard --private --out stick/vcard"),
    ("mia", -1, "export vcard --out given/p/x"),
    ("mia", 0, "export ics --private --out stick/ics"),
    ("mia", -1, "export ics --out given/p/x"),
    ("mia", 0, "export csv --private --out stick/csv"),
    ("mia", -1, "export csv --out given/p/x"),
    ("mia", 0, "export json --private --out stick/json"),
    ("mia", -1, "export json --out given/p/x"),
    ("mia", 0, "export markdown --private --out stick/markdown"),
    ("mia", -1, "export markdown --out given/p/x"),
    ("mia", 2, "unlock --for 0h"),
    ("mia", 0, "unlock"),
    ("mia", 0, "lock"),
    ("mia", 2, "lock --nonsense"),
    ("mia", 0, "completions bash"),
    ("mia", 2, "completions quetzal"),
    ("mia", -1, "manual given/p"),
    ("mia", 0, "help reveal"),
    ("mia", 2, "help quetzal"),
    ("mia", 6, "trust --words abandon"),
    ("new", 0, "init other --name Other --as dana.fox --device desk --reader passphrase --work-factor 14 @p"),
    ("new", -1, "unlock @wrong"),
    ("new", 0, "publish other --to other-box @p"),
    ("new", 0, "export archive --out archive.pdf @p"),
    ("new", -1, "init other --name Other --as dana.fox --device desk --reader plain --work-factor 14 @p"),
    ("dana", 2, "invite --nonsense"),
    ("dana", -1, "import given/p --into team --yes"),
    ("dana", 0, "import given/x.vcf --into team --yes"),
    ("dana", 0, "publisher list --dir team"),
    ("dana", -1, "publisher list --dir given"),
    ("dana", 5, "publisher add alice.okafor --dir team @wrong"),
    ("dana", 0, "publisher add alice.okafor --dir team @p"),
    ("dana", 5, "publisher remove alice.okafor --dir team @wrong"),
    ("dana", 0, "publisher remove alice.okafor --dir team @p"),
    ("dana", 0, "tier new net --holders alice.okafor,dana.fox --dir team @p"),
    ("dana", -1, "tier new net --dir team @p"),
    ("mia", 0, "tier list --json"),
    ("mia", 2, "tier list --nonsense"),
    ("mia", 0, "tier show on-call"),
    ("mia", 3, "tier show quetzal"),
    ("dana", 0, "tier add net mia.krause --dir team @p"),
    ("dana", -1, "tier add on-call bob.reyes --dir team @wrong"),
    ("dana", -1, "tier remove on-call mia.krause --dir team @wrong"),
    ("dana", 0, "tier remove net mia.krause --dir team @p"),
    ("dana", 3, "tier rekey nothing --dir team @p"),
    ("dana", 0, "tier rekey net --dir team @p"),
    ("dana", 0, "check team"),
    ("dana", -1, "check given"),
];

/// Openings that are refused: each before anything is shown.
const REFUSED: &[Row] = &[
    ("mia", 5, "reveal aws-root --field password @why @wrong"),
    ("bob", 5, "reveal aws-root --field password @why @p"),
    ("mia", 3, "reveal aws-root --field pin @why @p"),
    ("mia", 2, "reveal aws-root @why @p"),
    ("mia", 2, "reveal aws-root --json @why @p"),
    ("mia", 2, "reveal aws-root --field password @why"),
    ("mia", 5, "reveal okta-admin --field password @why @p"),
    ("mia", 2, "reveal aws-root --field password @why @p --to given/p"),
    ("mia", -1, "reveal aws-root --field password @why @p --to given/p/x"),
    ("mia", -1, "reveal okta-admin --field password @why @p --with kit-share1:AAAA"),
    ("mia", -1, "reveal okta-admin --field password @why @p --with given/p"),
    ("mia", 5, "exec aws-root @why @wrong -- true"),
    ("bob", 5, "exec aws-root @why @p -- true"),
    ("mia", 3, "exec aws-root --env LENT=pin @why @p -- true"),
    ("mia", 3, "exec aws-root @why @p -- quetzal"),
    ("mia", 5, "request okta-admin @why @wrong"),
    ("mia", 2, "request aws-root @why @p"),
    ("mia", 2, "approve kit-ask1:AAAA --yes @why @p"),
    ("mia", 5, "rescue-drill @wrong"),
    ("bob", 5, "rescue-drill @p"),
    ("dana", 5, "seal aws-root --field user=x --keep-others --dir team @wrong"),
    ("dana", 5, "publish team @wrong"),
    ("dana", 3, "member remove quetzal --dir team @wrong"),
    ("dana", 0, "member remove mia.krause --to alice.okafor --dir team --dry-run"),
    ("mia", 5, "review 1 --device mia.krause/laptop @wrong"),
    ("mia", -1, "log verify --receipt abandon"),
    ("mia", 3, "log show 99"),
];

/// Openings that show nothing, or what was asked for alone.
const OPENED: &[(&str, &str, &[&str])] = &[
    ("mia", "reveal aws-root --field password @why @p", &["password"]),
    ("mia", "reveal aws-root --field note @why @p", &["note"]),
    ("mia", "reveal aws-root --field codes @why @p", &["code"]),
    ("mia", "reveal aws-root --field totp @why @p", &[]),
    ("mia", "reveal aws-root --field note @why @p --to given/out", &[]),
    ("mia", "exec aws-root --env LENT=password @why @p -- sh -c true", &[]),
    ("mia", "exec aws-root --env LENT=password --file NOTE=note @why @p -- sh -c :", &[]),
    ("mia", "exec aws-root --stdin note @why @p -- cat", &["note"]),
    ("mia", "rescue-drill @p", &[]),
    ("mia", "log", &[]),
    ("mia", "log show 1", &[]),
    ("mia", "log verify", &[]),
    ("mia", "sync", &[]),
    ("dana", "log --all", &[]),
    ("dana", "review 1 --device mia.krause/laptop --note fine @p", &[]),
];

#[test]
fn f6_f9_f16_no_command_leaves_a_value_anywhere() {
    let mut all = Inspection::new();
    let world = all.bob.clone();
    let watch = Watch::start(&world, Arc::clone(&all.secrets));
    world.write("given/x.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoe New\r\nTEL:+442079460999\r\nEND:VCARD\r\n");
    values_go_in(&mut all);
    managers_and_exports_fail(&mut all);
    for (who, status, line) in ROWS.iter().chain(REFUSED) {
        all.run(who, *status, line, "", &[]);
    }
    all.run("mia", 0, &format!("manual {}", world.path("man").display()), "", &[]);
    devices_come_in(&mut all);
    for (who, line, shown) in OPENED {
        all.run(who, 0, line, "", shown);
    }
    programs_fail(&mut all);
    two_open(&mut all);
    the_disk_is_full(&mut all);
    the_journal_cannot_be_written(&mut all);
    programs_are_killed(&mut all);
    what_is_kept_is_damaged(&mut all);
    a_screen_keeps_nothing(&mut all);
    all.run("dana", 0, "member remove mia.krause --to alice.okafor --dir team @p", "", &[]);
    all.run("dana", 1, "check team", "", &[]);

    let seen = watch.end();
    all.wrong.extend(seen.found);
    assert!(all.wrong.is_empty(), "{}", all.wrong.join("\n"));
    assert!(seen.kits.len() > 50 && seen.lent > 0, "{} processes of kit, {} lent", seen.kits.len(), seen.lent);
    // A command that nobody looked at fails here: all that have a page of the manual and are no mere group of others.
    let pages: Vec<String> =
        world.files("man").iter().map(|page| page.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert!(pages.len() > 50, "{pages:?}");
    let mut once = Vec::new();
    let is_group = |page: &String| pages.iter().any(|other| other.starts_with(&format!("{page}-")));
    for page in pages.iter().filter(|page| !is_group(page)) {
        let ran = all.ran.get(page).cloned().unwrap_or_default();
        if ran.len() < 2 {
            once.push(format!("{page} has to be run with success and with a failure: {ran:?}"));
        }
    }
    assert!(once.is_empty(), "{}", once.join("\n"));
}

/// Each value through a pipe; what is refused is not repeated.
fn values_go_in(all: &mut Inspection) {
    let Canaries { password, note, code, seed, okta, .. } = &all.canaries;
    let [password, note, code, seed, okta] = [password, note, code, seed, okta].map(Clone::clone);
    let no_seed = format!("{password}!");
    for (status, line, value) in [
        (2, "seal aws-root --field totp --dir team", &no_seed),
        (2, "seal aws-root --field password --field pin --dir team", &password),
        (3, "seal quetzal --field password --dir team", &password),
        (-1, "seal aws-root --field password --dir given", &password),
        (0, "seal aws-root --field password --dir team", &password),
        (0, "seal aws-root --field note --keep-others --dir team @p", &note),
        (0, "seal aws-root --field codes --keep-others --dir team @p", &code),
        (0, "seal aws-root --field totp --keep-others --dir team @p", &seed),
        (0, "seal okta-admin --field password --dir team", &okta),
        (0, "publish team --dry-run", &okta),
        (0, "publish team @p", &okta),
    ] {
        all.run("dana", status, line, value, &[]);
    }
    // What is sealed in the directory, damaged: named, and not shown.
    let file = "team/sealed/credentials/aws-root.json";
    let whole = all.bob.read(file);
    all.bob.write(file, &whole[..whole.len() / 2]);
    all.run("dana", -1, "check team", "", &[]);
    all.run("dana", -1, "seal aws-root --field password --dir team", &password, &[]);
    all.run("dana", -1, "publish team @p", "", &[]);
    all.bob.write(file, whole);
    for who in ["mia", "alice", "bob"] {
        all.run(who, 0, "sync", "", &[]);
    }
}

/// A password manager that prints the value and fails, one that prints what is no text, and exports of others that are broken:
/// what they hold is not repeated. (What a manager says on standard error is quoted: that it is no value is up to the manager.)
fn managers_and_exports_fail(all: &mut Inspection) {
    use std::os::unix::fs::PermissionsExt as _;
    let labels = all.bob.read("team/credentials.toml");
    let secret = all.canaries.password.clone();
    let scripts = [
        ("stdout", format!("echo '{secret}'; exit 3")),
        ("locked", "echo 'it is locked' >&2; exit 4".to_owned()),
        ("two", format!("printf '{secret}\\0{secret}'")),
    ];
    for (name, script) in scripts {
        let path = all.bob.write(format!("given/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        commanded(&all.vault.acme.dana, "aws-root", &format!("password = \"{}\"", path.display()));
        let run = all.machine("dana").kit(["seal", "--refresh", "--dir", "team"]);
        run.assert(run.stderr.contains("has the code "), "asked about");
        let accept = format!("seal --refresh --dir team --accept-commands {}", code(&run));
        all.run("dana", -1, &accept, "", &[]);
    }
    all.bob.write("team/credentials.toml", labels);
    for (name, text) in [
        ("cut.json", format!("{{\"items\":[{{\"login\":{{\"password\":\"{secret}\"")),
        ("other.json", format!("{{\"encrypted\":true,\"data\":\"{secret}\"}}")),
        ("cut.xml", format!("<KeePassFile><Root><Group><Entry><String><Key>Password</Key><Value>{secret}")),
        ("wrong.1pux", format!("PK\u{3}\u{4}{secret}")),
        ("otp.txt", format!("otpauth://totp/x?secret={secret}!!")),
    ] {
        all.bob.write(format!("given/{name}"), text);
        all.run("dana", -1, &format!("seal aws-root --import given/{name} --dir team @p"), "", &[]);
    }
}

/// Programs that fail, or cannot be started, with a value lent to them.
fn programs_fail(all: &mut Inspection) {
    let runtime = all.bob.path("runtime");
    fs::create_dir(&runtime).unwrap();
    fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mia = all.machine("mia").with("XDG_RUNTIME_DIR", &runtime);
    for (status, line) in [(7, "exit 7"), (143, "kill -TERM $$"), (0, "true")] {
        let mut words = all.words("exec aws-root --env LENT=password --file NOTE=note @why @p -- sh -c");
        words.push(line.to_owned());
        let run = mia.kit(words);
        run.status(status);
        let found = all.secrets.find(format!("{}{}", run.stdout, run.stderr).as_bytes());
        if !found.is_empty() {
            all.wrong.push(format!("kit {line}: {found:?}"));
        }
        all.look(line);
    }
    assert!(all.bob.files("runtime").iter().all(|file| !file.ends_with("NOTE")), "{:?}", all.bob.files("runtime"));
}

/// Another device joins and is let in.
fn devices_come_in(all: &mut Inspection) {
    let run = all.vault.acme.dana.kit(["invite"]);
    let invite = token(&run, "kit-invite1:");
    let words = crate::acme::words(&run);
    all.count("invite", true);
    all.machine("mia").kit(["trust", "--words", &words]).ok();
    all.count("trust", true);
    let join = "--as erin.lam --device laptop --reader passphrase --work-factor 14 @p";
    all.run("erin", -1, &format!("join kit-invite1:AAAA {join}"), "", &[]);
    let joined = all.run("erin", 0, &format!("join {invite} {join}"), "", &[]);
    let request = joined.lines().map(str::trim).find(|line| line.starts_with("kit-join1:")).unwrap().to_owned();
    all.run("dana", -1, &format!("member add {request} --dir team --words abandon"), "", &[]);
    all.machine("dana").write("request", &joined);
    let numbered = joined.split_whitespace().collect::<Vec<_>>();
    let is_pair = |pair: &&[&str]| pair[0].parse::<u8>().is_ok() && pair[1].chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = numbered.windows(2).filter(is_pair).map(|pair| pair[1]).take(12).collect();
    all.machine("dana").kit(["member", "add", &request, "--dir", "team", "--words", &words.join(" ")]).ok();
    all.count("member add", true);
    all.look("member add");
}

/// Shares are asked for, given and put together.
fn two_open(all: &mut Inspection) {
    let line = |text: &str, prefix: &str| {
        let found = text.lines().map(str::trim).find(|line| line.starts_with(prefix));
        found.unwrap_or_else(|| panic!("no {prefix} in {text}")).to_owned()
    };
    let asked = all.run("alice", 0, "request okta-admin --reason drill @p", "", &[]);
    let given = all.run("mia", 0, &format!("approve {} --yes @p", line(&asked, "kit-ask1:")), "", &[]);
    let share = line(&given, "kit-share1:");
    all.run("alice", 0, &format!("reveal okta-admin --field password @why @p --with {share}"), "", &["okta"]);
    all.run("bob", 5, &format!("reveal okta-admin --field password @why @p --with {share}"), "", &[]);
    let (cut, _) = share.split_at(share.len() - 9);
    all.run("alice", -1, &format!("reveal okta-admin --field password @why @p --with {cut}"), "", &[]);
}

/// Commands that write, where nothing can be flushed any more.
fn the_disk_is_full(all: &mut Inspection) {
    let password = all.canaries.password.clone();
    for (who, line) in [
        ("mia", "reveal aws-root --field password @why @p"),
        ("mia", "exec aws-root --env LENT=password @why @p -- sh -c true"),
        ("mia", "exec aws-root --file NOTE=note @why @p -- sh -c true"),
        ("mia", "rescue-drill @p"),
        ("alice", "request okta-admin @why @p"),
        ("dana", "seal aws-root --field password --dir team"),
        ("dana", "seal aws-root --field password --keep-others --dir team @p"),
        ("dana", "publish team @p"),
        ("dana", "tier remove on-call mia.krause --dir team @p"),
        ("dana", "member remove mia.krause --to alice.okafor --dir team @p"),
    ] {
        let machine = all.machine(who).clone();
        let mut strace = machine.command(peer("strace"));
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"]);
        let kit = machine.kit_command();
        strace.arg(kit.get_program()).args(kit.get_args()).args(all.words(line));
        machine.write("given/input", &password);
        strace.stdin(fs::File::open(machine.path("given/input")).unwrap());
        let out = strace.output().unwrap();
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        assert!(!out.status.success(), "{line}: {said}");
        let found = all.secrets.find(said.as_bytes());
        assert!(found.is_empty(), "{found:?} of {line}: {said}");
        all.look(line);
    }
}

/// What cannot be recorded is not opened.
fn the_journal_cannot_be_written(all: &mut Inspection) {
    let kits = all.bob.path("mia-home/kits");
    let journal = fs::read_dir(kits).unwrap().next().unwrap().unwrap().path().join("journal");
    let away = journal.with_extension("away");
    fs::rename(&journal, &away).unwrap();
    fs::write(&journal, "no folder").unwrap();
    for line in ["reveal aws-root --field password", "exec aws-root --env LENT=password", "rescue-drill", "request okta-admin"] {
        let (why, after) =
            if line == "rescue-drill" { ("", "") } else { (" @why", if line.starts_with("exec") { " -- true" } else { "" }) };
        all.run("mia", -1, &format!("{line}{why} @p{after}"), "", &[]);
    }
    fs::remove_file(&journal).unwrap();
    fs::rename(away, journal).unwrap();
}

/// `kit exec` is ended while its program runs: by a signal that it hears, and by one that it does not.
fn programs_are_killed(all: &mut Inspection) {
    for (signal, given) in [("TERM", "--env LENT=password --file NOTE=note"), ("KILL", "--env LENT=password")] {
        let mut kit = all.machine("mia").kit_command();
        kit.args(all.words(&format!("exec aws-root {given} @why @p -- sh -c")));
        kit.arg("touch started; read line").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = kit.spawn().unwrap();
        let started = all.bob.path("started");
        wait_for(|| started.exists(), "the program runs");
        fs::remove_file(started).unwrap();
        // Time for those who look at its environment.
        thread::sleep(Duration::from_millis(50));
        all.bob.run("kill", [&format!("-{signal}"), &child.id().to_string()], b"").ok();
        drop(child.stdin.take());
        let out = child.wait_with_output().unwrap();
        let found = all.secrets.find(&[out.stdout, out.stderr].concat());
        assert!(!out.status.success() && found.is_empty(), "{signal}: {found:?}");
        all.look(&format!("exec, ended by {signal}"));
    }
}

/// A changed byte in what is kept, and in what is fetched.
fn what_is_kept_is_damaged(all: &mut Inspection) {
    let generations: Vec<PathBuf> =
        all.bob.files("mia-home").into_iter().filter(|file| file.extension().is_some_and(|it| it == "kit")).collect();
    assert!(!generations.is_empty());
    let whole: Vec<Vec<u8>> = generations.iter().map(|file| all.bob.read(file)).collect();
    for (file, bytes) in generations.iter().zip(&whole) {
        let mut changed = bytes.clone();
        let at = changed.len() - 2000;
        changed[at] ^= 1;
        all.bob.write(file, changed);
    }
    all.run("mia", -1, "reveal aws-root --field password @why @p", "", &[]);
    all.run("mia", -1, "exec aws-root --env LENT=password @why @p -- true", "", &[]);
    all.run("mia", -1, "rescue-drill @p", "", &[]);
    generations.iter().zip(whole).for_each(|(file, bytes)| drop(all.bob.write(file, bytes)));
    let bundle = all.bob.read("box/bundle.kit");
    let mut changed = bundle.clone();
    let at = changed.len() - 2000;
    changed[at] ^= 1;
    all.bob.write("box/bundle.kit", changed);
    all.run("mia", 6, "sync", "", &[]);
    all.bob.write("box/bundle.kit", bundle);
}

/// On a terminal a value is seen on the screen of its own, and nowhere before or after.
fn a_screen_keeps_nothing(all: &mut Inspection) {
    let mut screen = all.machine("mia").with("TERM", "xterm").terminal(all.words("reveal aws-root --field password @why --show"));
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim());
    screen.expect("\x1b[?1049h").expect(&all.canaries.password).send("q").expect("\x1b[?1049l");
    let seen = screen.ends(0);
    let (before, rest) = seen.split_once("\x1b[?1049h").unwrap();
    let (_, after) = rest.rsplit_once("\x1b[?1049l").unwrap();
    let found = all.secrets.find(format!("{before}{after}").as_bytes());
    assert!(found.is_empty(), "{found:?}: {seen}");
    all.look("reveal on a terminal");
    let mut screen = all.machine("mia").with("TERM", "xterm").terminal(["pick"]);
    screen.expect("Enter: show it").send("aws").expect("> AWS console").send("\r");
    let seen = screen.ends(0);
    assert!(all.secrets.find(seen.as_bytes()).is_empty(), "{seen}");
    all.count("pick", true);
}
