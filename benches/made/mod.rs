//! What the benchmarks share: made-up people, a published kit of them, and whole processes timed in turns.

#![allow(dead_code, reason = "each benchmark uses its part")]

use std::{
    fmt::Write as _,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use outage_kit::key::{DeviceKey, Identity};
use tempfile::TempDir;

/// Rounds of runs; the median of an odd number is one of them.
pub(crate) const ROUNDS: usize = 21;
/// What prints a sealed page, its words beside it.
pub(crate) const SEALED_PAGE: &str = "export sealed aws-root --reason bench --passphrase-file p --passphrase-out words --force";
/// Rounds that only warm the caches.
const WARM_UPS: usize = 3;

/// A published kit on the machine of its publisher, who is a reader among many.
pub(crate) struct Kit {
    pub(crate) folder: TempDir,
    pub(crate) payload: PathBuf,
    pub(crate) reader: PathBuf,
    pub(crate) publishing: Duration,
}

impl Kit {
    pub(crate) fn published(people: usize, devices: usize) -> Self {
        let folder = TempDir::with_prefix("kit-bench-").unwrap();
        let place = folder.path();
        fs::write(place.join("p"), "a passphrase for a measurement\n").unwrap();
        let keys = ["--reader", "plain", "--work-factor", "14", "--passphrase-file", "p"];
        kit(place, ["init", "team", "--name", "Acme", "--as", "dana.fox", "--device", "desk"].into_iter().chain(keys));
        // A file of the team directory may have 4 MiB.
        for (i, from) in (0..people.max(devices)).step_by(5_000).enumerate() {
            let part = |count: usize| from.min(count)..(from + 5_000).min(count);
            fs::write(place.join(format!("team/crowd-{i}.toml")), crowd(part(people), part(devices), people)).unwrap();
        }
        let publish = ["publish", "team", "--to", "box", "--passphrase-file", "p"];
        let code = code_of_new_readers(command(place, env!("CARGO_BIN_EXE_kit"), publish));
        let started = Instant::now();
        kit(place, publish.into_iter().chain(["--ack-recipients", &code]));
        let publishing = started.elapsed();
        kit(place, ["sync"]);
        let bundle = fs::read_to_string(only_file(&place.join("box"), ".kit")).unwrap();
        let start = bundle.find("-----BEGIN AGE ENCRYPTED FILE-----").unwrap();
        let payload = place.join("payload.age");
        fs::write(&payload, &bundle[start..]).unwrap();
        let reader = only_file(&place.join("home"), "reader.txt");
        Self { payload, reader, publishing, folder }
    }

    /// A run of `kit` on this machine.
    pub(crate) fn run(&self, line: &str) -> Command {
        command(self.folder.path(), env!("CARGO_BIN_EXE_kit"), line.split(' '))
    }

    /// Seals a password of forty characters that this machine opens, and publishes it; [`SEALED_PAGE`] prints it then.
    pub(crate) fn seal(&self) {
        let place = self.folder.path();
        fs::write(place.join("password"), "k3#mP9vQ2xL7wR5tY8uB1nC4zD6fG0hJsAeKiOqW\n").unwrap();
        for line in [
            "tier new on-call --holders dana.fox --dir team --passphrase-file p",
            "seal aws-root --dir team --field user=aws-root@example.com --from-file password=password --passphrase-file p",
            "publish team --to box --passphrase-file p",
            "sync",
        ] {
            checked(self.run(line));
        }
    }

    /// A run of `age` that opens the same payload to nowhere.
    pub(crate) fn age(&self) -> Command {
        let mut age = command(self.folder.path(), "age", ["-d", "-o", "/dev/null", "-i"]);
        age.arg(&self.reader).arg(&self.payload);
        age
    }
}

/// People with two numbers each and machines for them; half sort before the example team, half behind.
pub(crate) fn crowd(people: Range<usize>, devices: Range<usize>, everybody: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "cor", "dun", "el", "fen", "gri", "hul", "ost", "jar", "kem", "lor", "mip", "nev", "pra", "quo", "rst"];
    let id = |i: usize| format!("{}{i:06}", if i.is_multiple_of(2) { 'a' } else { 'z' });
    let mut toml = String::new();
    for i in people {
        let syllable = |shift: u32| SYLLABLES[i.wrapping_mul(2_654_435_761) >> shift & 15];
        let first = format!("{}{}", syllable(4), syllable(8));
        let last = format!("{}{}{}", syllable(12), syllable(16), syllable(20));
        let _ = write!(
            toml,
            "[[person]]\nid = \"{id}\"\nname = \"{first} {last} {i}\"\ntitle = \"Engineer\"\nteams = [\"team-{team}\"]\n\
             zone = \"Europe/Berlin\"\nhours = \"09:00-17:30\"\nemails = [\"{id}@example.com\"]\n\
             [[person.number]]\nnumber = \"+1 555 2{high:02} {low:04}\"\nchecked = 2026-11-01\n\
             [[person.number]]\nnumber = \"+1 555 3{high:02} {low:04}\"\nkind = \"landline\"\n",
            id = id(i),
            team = i / 10,
            high = i / 10_000,
            low = i % 10_000,
        );
    }
    for i in devices {
        let _ = write!(
            toml,
            "[[device]]\nperson = \"{}\"\nname = \"d{i}\"\nreader = \"{}\"\nopener = \"{}\"\nkey = \"{}\"\n",
            id(i % everybody),
            Identity::generate().recipient(),
            Identity::generate().recipient(),
            DeviceKey::generate("").unwrap().public(),
        );
    }
    toml
}

pub(crate) fn command<'a>(place: &Path, program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place).env("KIT_HOME", place.join("home")).env("TZ", "Europe/Berlin");
    command.stdin(Stdio::null());
    command
}

pub(crate) fn kit<'a>(place: &Path, arguments: impl IntoIterator<Item = &'a str>) {
    checked(command(place, env!("CARGO_BIN_EXE_kit"), arguments));
}

/// What has to be accepted before so many readers are let in: a publish without it says the code and does nothing.
pub(crate) fn code_of_new_readers(mut publish: Command) -> String {
    let said = String::from_utf8(publish.output().unwrap().stderr).unwrap();
    let code = said.split_once(" have the code ").unwrap_or_else(|| panic!("{said}")).1;
    code.chars().take_while(char::is_ascii_hexdigit).collect()
}

pub(crate) fn checked(mut command: Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// How long each of some commands takes, in milliseconds: the median of runs in turns, so that a busy machine slows all.
pub(crate) fn medians(commands: &[&dyn Fn() -> Command]) -> Vec<f64> {
    medians_of(WARM_UPS, ROUNDS, commands)
}

/// The same of so many runs, for what takes long.
pub(crate) fn medians_of(warm_ups: usize, rounds: usize, commands: &[&dyn Fn() -> Command]) -> Vec<f64> {
    let mut times = vec![Vec::new(); commands.len()];
    for round in 0..warm_ups + rounds {
        for (command, times) in commands.iter().zip(&mut times) {
            let taken = time(command());
            if round >= warm_ups {
                times.push(taken);
            }
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort();
            times[times.len() / 2].as_secs_f64() * 1000.0
        })
        .collect()
}

fn time(mut command: Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let taken = started.elapsed();
    assert!(status.success(), "{command:?}");
    taken
}

/// The one file below a folder whose name ends so.
pub(crate) fn only_file(folder: &Path, ending: &str) -> PathBuf {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_str().unwrap().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, ending, &mut found);
    assert_eq!(found.len(), 1, "{ending} below {}: {found:?}", folder.display());
    found.remove(0)
}
