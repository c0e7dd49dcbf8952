//! How long each command that answers at night takes, the whole process, beside `age -d` of the same payload; and beside
//! other programs that keep people and passwords, on the same people.
//!
//! All run in turns, so that a busy machine slows all of them; what counts is the ratio. Run it with `benches/run`, which says
//! what is missing. It prints the second and third table of docs/benchmarks.md.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod made;

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use made::{Kit, checked, command, medians};

/// The commands, and how their answers begin.
const ANSWERS: [(&str, &str); 10] = [
    ("--no-input", "CALL  Chris Lindqvist"),
    ("lookup alice", "CALL  Alice Okafor"),
    ("who payments-db", "CALL  Alice Okafor"),
    ("bridge", "JOIN  +1 202 555 0100"),
    ("tool slack", "USE  Microsoft Teams"),
    ("authority rollback", "CALL  Chris Lindqvist"),
    ("duty --as mia.krause", ""),
    ("window", ""),
    ("brief payments-db", ""),
    ("status", "READY"),
];
/// People beside the fifteen of the example team.
const SIZES: [usize; 2] = [500, 10_000];
/// People that the other programs hold.
const PEOPLE: usize = 500;
/// What opens the other programs' stores, as the kit's own key lies open beside it in this measurement.
const PASSWORD: &str = "a passphrase for a measurement";

fn main() {
    println!("| command | 500 people | beside `age -d` | 10,000 people | beside `age -d` |");
    println!("|---|---|---|---|---|");
    let tables: Vec<Vec<(f64, f64)>> = SIZES.iter().map(|&people| answers(&Kit::published(people, 10))).collect();
    for (index, (line, _)) in ANSWERS.iter().enumerate() {
        let name = if *line == "--no-input" { "kit".to_owned() } else { format!("kit {line}") };
        let cells: Vec<String> =
            tables.iter().map(|times| format!("{:.1} ms | {:.2}", times[index].0, times[index].0 / times[index].1)).collect();
        println!("| `{name}` | {} |", cells.join(" | "));
    }
    println!();
    println!("| program, {PEOPLE} people | time | beside `kit lookup alice` |");
    println!("|---|---|---|");
    for (name, time, ratio) in peers(&Kit::published(PEOPLE, 10)) {
        println!("| {name} | {time:.1} ms | {ratio:.1} |");
    }
}

/// For each command its time and that of `age -d` in the same rounds.
fn answers(kit: &Kit) -> Vec<(f64, f64)> {
    let measured = |(line, beginning): &(&str, &str)| {
        // The example team's migration is in the week in which the kit was made.
        let answer = String::from_utf8(checked(kit.run(line)).stdout).unwrap();
        assert!(answer.starts_with(beginning), "{line}: {answer}");
        let times = medians(&[&|| kit.run(line), &|| kit.age()]);
        (times[0], times[1])
    };
    ANSWERS.iter().map(measured).collect()
}

/// Other programs on the same people: name, time, and ratio to `kit lookup alice` in the same rounds.
fn peers(kit: &Kit) -> Vec<(String, f64, f64)> {
    let place = kit.folder.path();
    let people = people();
    khard(place, &people);
    pass(place, &people);
    keepassxc(place, &people);
    let khard = || command(place, "khard", ["-c", "khard.conf", "show", "Alice Okafor"]);
    let stored = |program: &'static str| {
        let mut run = command(place, program, ["show", "people/alice.okafor"]);
        run.env("PASSWORD_STORE_DIR", place.join("pass")).env("GNUPGHOME", place.join("gnupg"));
        run
    };
    let (pass, gopass) = (|| stored("pass"), || stored("gopass"));
    let keepassxc = || {
        let mut run = command(place, "keepassxc-cli", ["show", "-q", "people.kdbx", "/people/alice.okafor"]);
        run.stdin(fs::File::open(place.join("password")).unwrap());
        run
    };
    for run in [&khard as &dyn Fn() -> Command, &pass, &gopass, &keepassxc] {
        let answer = String::from_utf8(checked(run()).stdout).unwrap();
        assert!(answer.contains("+447700900123"), "{:?}: {answer}", run());
    }
    let times = medians(&[&|| kit.run("lookup alice"), &|| kit.age(), &khard, &pass, &gopass, &keepassxc]);
    let names =
        ["`kit lookup alice`", "`age -d` of its payload", "`khard show`", "`pass show`", "`gopass show`", "`keepassxc-cli show`"];
    names.iter().zip(&times).map(|(name, time)| ((*name).to_owned(), *time, time / times[0])).collect()
}

/// Ids, names and numbers of the crowd and of Alice.
fn people() -> Vec<(String, String, String)> {
    let crowd = (0..PEOPLE - 1).map(|i| (format!("person.{i:06}"), format!("Person Number{i}"), format!("+1555200{i:04}")));
    crowd.chain([("alice.okafor".to_owned(), "Alice Okafor".to_owned(), "+447700900123".to_owned())]).collect()
}

/// A folder of cards, one file a person, as khard and vdirsyncer keep them.
fn khard(place: &Path, people: &[(String, String, String)]) {
    fs::create_dir(place.join("cards")).unwrap();
    for (id, name, number) in people {
        let (first, last) = name.split_once(' ').unwrap();
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{id}\r\nFN:{name}\r\nN:{last};{first};;;\r\nTEL;TYPE=CELL:{number}\r\nEND:VCARD\r\n"
        );
        fs::write(place.join(format!("cards/{id}.vcf")), card).unwrap();
    }
    fs::write(place.join("khard.conf"), format!("[addressbooks]\n[[team]]\npath = {}\n", place.join("cards").display())).unwrap();
}

/// A store of pass and gopass, one file a person, to a key without a passphrase.
fn pass(place: &Path, people: &[(String, String, String)]) {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(place.join("gnupg")).unwrap();
    let gpg = |arguments: &[&str]| {
        let mut gpg = command(place, "gpg", ["--batch", "--yes", "-q", "--passphrase", ""]);
        gpg.args(arguments).env("GNUPGHOME", place.join("gnupg"));
        gpg
    };
    checked(gpg(&["--quick-generate-key", "kit@example.com", "future-default", "default", "never"]));
    fs::create_dir_all(place.join("pass/people")).unwrap();
    fs::write(place.join("pass/.gpg-id"), "kit@example.com\n").unwrap();
    for (id, name, number) in people {
        fs::write(place.join("entry"), format!("{number}\n{name}\n")).unwrap();
        let file = format!("pass/people/{id}.gpg");
        checked(gpg(&["--trust-model", "always", "-r", "kit@example.com", "-o", &file, "--encrypt", "entry"]));
    }
}

/// A database of KeePassXC with its own default cost of a password.
fn keepassxc(place: &Path, people: &[(String, String, String)]) {
    let mut xml =
        "<?xml version=\"1.0\"?><KeePassFile><Meta/><Root><Group><Name>Root</Name><Group><Name>people</Name>".to_owned();
    for (id, name, number) in people {
        let field = |key: &str, value: &str| format!("<String><Key>{key}</Key><Value>{value}</Value></String>");
        let _ = write!(xml, "<Entry>{}{}{}</Entry>", field("Title", id), field("UserName", name), field("URL", number));
    }
    xml += "</Group></Group></Root></KeePassFile>";
    fs::write(place.join("people.xml"), xml).unwrap();
    fs::write(place.join("password"), format!("{PASSWORD}\n")).unwrap();
    let mut import = command(place, "keepassxc-cli", ["import", "-q", "-p", "people.xml", "people.kdbx"]);
    import.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut import = import.spawn().unwrap();
    import.stdin.take().unwrap().write_all(format!("{PASSWORD}\n{PASSWORD}\n").as_bytes()).unwrap();
    assert!(import.wait().unwrap().success(), "keepassxc-cli import");
}
