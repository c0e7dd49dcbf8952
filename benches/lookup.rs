//! How long `kit lookup alice` takes, the whole process, beside `age -d` of the same payload to nowhere.
//!
//! The two run in turns, so that a busy machine slows both; what counts is the ratio. Run it with `benches/run`, which
//! needs the Debian packages age and time. It prints the table of docs/benchmarks.md.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

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

/// People and member devices, beside the fifteen people of the example team.
const CASES: [(usize, usize); 6] = [(500, 10), (10_000, 10), (100_000, 10), (500, 1_000), (500, 10_000), (100_000, 10_000)];
/// Pairs of runs; the median of an odd number is one of them.
const ROUNDS: usize = 21;
/// Runs that only warm the caches.
const WARM_UPS: usize = 3;

fn main() {
    println!("| people | devices | payload | `kit lookup alice` | `age -d` | ratio | memory of kit | of age | publish |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (people, devices) in CASES {
        println!("{}", Kit::published(people, devices).measured(people, devices));
    }
}

/// A published kit on the machine of its publisher, who is a reader among many.
struct Kit {
    folder: TempDir,
    payload: PathBuf,
    reader: PathBuf,
    publishing: Duration,
}

impl Kit {
    fn published(people: usize, devices: usize) -> Self {
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

    fn measured(&self, people: usize, devices: usize) -> String {
        let lookup = || command(self.folder.path(), env!("CARGO_BIN_EXE_kit"), ["lookup", "alice"]);
        let decrypt = || {
            let mut age = command(self.folder.path(), "age", ["-d", "-o", "/dev/null", "-i"]);
            age.arg(&self.reader).arg(&self.payload);
            age
        };
        let answer = String::from_utf8(checked(lookup()).stdout).unwrap();
        assert!(answer.starts_with("CALL  Alice Okafor   +44 7700 900123"), "{answer}");
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..WARM_UPS + ROUNDS {
            let pair = (time(lookup()), time(decrypt()));
            if round >= WARM_UPS {
                ours.push(pair.0);
                theirs.push(pair.1);
            }
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let payload_kb = fs::metadata(&self.payload).unwrap().len() / 1000;
        format!(
            "| {people} | {devices} | {payload_kb} kB | {:.1} ms | {:.1} ms | {:.2} | {} MB | {} MB | {:.1} s |",
            milliseconds(ours),
            milliseconds(theirs),
            ours.as_secs_f64() / theirs.as_secs_f64(),
            memory_mb(&lookup()),
            memory_mb(&decrypt()),
            self.publishing.as_secs_f64(),
        )
    }
}

/// People with two numbers each and machines for them; half sort before the example team, half behind.
fn crowd(people: Range<usize>, devices: Range<usize>, everybody: usize) -> String {
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

fn command<'a>(place: &Path, program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place).env("KIT_HOME", place.join("home")).env("TZ", "Europe/Berlin");
    command.stdin(Stdio::null());
    command
}

fn kit<'a>(place: &Path, arguments: impl IntoIterator<Item = &'a str>) {
    checked(command(place, env!("CARGO_BIN_EXE_kit"), arguments));
}

/// What has to be accepted before so many readers are let in: a publish without it says the code and does nothing.
fn code_of_new_readers(mut publish: Command) -> String {
    let said = String::from_utf8(publish.output().unwrap().stderr).unwrap();
    let code = said.split_once(" have the code ").unwrap_or_else(|| panic!("{said}")).1;
    code.chars().take_while(char::is_ascii_hexdigit).collect()
}

fn checked(mut command: Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn time(mut command: Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().unwrap();
    let taken = started.elapsed();
    assert!(status.success(), "{command:?}");
    taken
}

/// The most memory that a run ever had, as GNU time reports it.
fn memory_mb(command: &Command) -> u64 {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    timed
        .current_dir(command.get_current_dir().unwrap())
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let report = String::from_utf8(checked(timed).stderr).unwrap();
    report.lines().last().and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok()).expect("GNU time prints a number") / 1000
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The one file below a folder whose name ends so.
fn only_file(folder: &Path, ending: &str) -> PathBuf {
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
