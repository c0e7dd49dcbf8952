//! The direction of the house: who may use whom, and the one place for each thing that touches the world outside.
//!
//! `docs/architecture.md` draws the same table. `clippy.toml` forbids the same calls by type; this test says *where* they belong.

use std::{collections::BTreeMap, fs, path::Path};

use crate::rust_text::{Source, is_word, sources};

/// A module and those it may use. All arrows go down.
const MAY_USE: [(&str, &[&str]); 20] = [
    ("team", &[]),
    ("program", &[]),
    ("key", &["program"]),
    ("disk", &[]),
    ("source", &["disk", "program"]),
    ("authored", &["team", "key", "disk", "program"]),
    ("bundle", &["team", "key"]),
    ("answer", &["team"]),
    ("ready", &["team"]),
    ("code", &[]),
    ("paper", &["code"]),
    ("export", &["team", "answer", "code", "paper"]),
    ("import", &["team", "otp"]),
    ("timer", &[]),
    ("otp", &[]),
    ("store", &["team", "bundle", "key", "disk", "source"]),
    (PROCEDURES, BELOW_PROCEDURES),
    ("cli", BELOW_CLI),
    ("main", &["cli"]),
    ("lib", BELOW_CLI),
];

/// The files directly in `src/`: verbs that tie things together. One may use another, without a circle.
const PROCEDURES: &str = "procedures";
const BELOW_PROCEDURES: &[&str] = &[
    "team", "program", "key", "disk", "source", "authored", "bundle", "answer", "ready", "code", "paper", "export", "import",
    "timer", "otp", "store", PROCEDURES,
];
const BELOW_CLI: &[&str] = &[
    "team", "program", "key", "disk", "source", "authored", "bundle", "answer", "ready", "code", "paper", "export", "import",
    "timer", "otp", "store", PROCEDURES, "cli",
];

/// What touches the world outside, and the only places for it (paths that start so).
const ONE_PLACE: &[(&[&str], &[&str], &str)] = &[
    (&["println!", "eprintln!", "print!", "eprint!"], &["cli/out"], "only cli::out prints"),
    (
        &["io::stdout", "io::stderr", "io::stdin"],
        &["cli/out", "cli/ask", "cli/context"],
        "cli::out answers, cli::ask asks, cli::context looks whether they are terminals",
    ),
    (&["rpassword::"], &["cli/ask"], "only cli::ask asks"),
    (&["dbg!", "todo!", "unimplemented!"], &[], "left over from work"),
    (&["process::exit", "process::abort"], &[], "main returns an ExitCode; nothing exits by itself"),
    (
        &[
            "std::env",
            "env::var",
            "env::vars",
            "env::args",
            "env::current_dir",
            "env::temp_dir",
            "env::current_exe",
            "directories::",
        ],
        &["cli/context", "main.rs"],
        "the environment comes in through cli::context",
    ),
    (
        &["SystemTime::now", "Timestamp::now", "Zoned::now", "TimeZone::system"],
        &["cli/context"],
        "the clock comes in through cli::context",
    ),
    (&["Instant::now"], &["cli/context", "program/", "source/"], "deadlines belong to what comes from outside"),
    (&["std::fs", "fs::File", "File::open", "File::create", "OpenOptions"], &["disk/"], "only disk touches files"),
    (&["std::net", "TcpStream", "UdpSocket"], &["source/"], "only source talks to other machines"),
    (&["process::Command", "Command::new"], &["program/"], "other programs are started by program only, caged"),
];

#[test]
fn imports_go_down_only() {
    let sources = sources();
    report(sources.iter().flat_map(|source| wrong_arrows(source, &procedures(&sources))).collect());
}

#[test]
fn procedures_use_each_other_without_a_circle() {
    let sources = sources();
    let names = procedures(&sources);
    let uses: BTreeMap<String, Vec<String>> = sources
        .iter()
        .filter(|source| module_of(&source.path) == PROCEDURES)
        .map(|source| {
            let own = source.path.trim_end_matches(".rs").to_owned();
            let others = references(source).into_iter().map(|(_, name)| name);
            let others = others.filter(|name| *name != own && names.contains(name)).collect();
            (own, others)
        })
        .collect();
    for start in uses.keys() {
        let mut seen = vec![];
        let mut next = uses[start].clone();
        while let Some(name) = next.pop() {
            assert_ne!(&name, start, "{start} and {name} use each other in a circle: {uses:?}");
            if !seen.contains(&name) {
                next.extend(uses[&name].iter().cloned());
                seen.push(name);
            }
        }
    }
}

#[test]
fn each_thing_outside_is_touched_in_one_place() {
    report(sources().iter().flat_map(misplaced).collect());
}

#[test]
fn the_architecture_page_draws_the_same_table() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    for (module, below) in MAY_USE.iter().filter(|(module, _)| !["lib", "main"].contains(module)) {
        let below = match *module {
            "cli" => "all of the above".to_owned(),
            PROCEDURES => "all of the above, each other without a circle".to_owned(),
            _ if below.is_empty() => "nothing".to_owned(),
            _ => below.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let shown = if *module == PROCEDURES { "procedures".to_owned() } else { format!("`{module}`") };
        let row = format!("| {shown} | {below} |");
        assert!(page.contains(&row), "docs/architecture.md has no row starting with\n{row}");
    }
}

#[test]
fn a_wrong_arrow_is_found_wherever_it_hides() {
    let found = |path: &str, text: &str| wrong_arrows(&Source::new(path, text), &["publish".to_owned()]);
    assert_eq!(found("team/person.rs", "\nuse crate::store::Store;"), ["src/team/person.rs:2: team must not use store"]);
    assert_eq!(found("bundle/open.rs", "fn f() { crate::disk::read() }"), ["src/bundle/open.rs:1: bundle must not use disk"]);
    assert_eq!(found("answer/mod.rs", "use super::cli;"), ["src/answer/mod.rs:1: answer must not use cli"]);
    assert_eq!(found("answer/who.rs", "use super::super::{team, key::{x}};"), ["src/answer/who.rs:1: answer must not use key"]);
    assert_eq!(
        found("store/mod.rs", "use crate::{\n    bundle::Hash,\n    authored::Draft,\n    publish,\n};"),
        ["src/store/mod.rs:3: store must not use authored", "src/store/mod.rs:4: store must not use procedures"]
    );
    assert_eq!(found("publish.rs", "use crate::cli;"), ["src/publish.rs:1: procedures must not use cli"]);
    assert_eq!(found("main.rs", "use outage_kit::store;"), ["src/main.rs:1: main must not use store"]);
    assert_eq!(found("whatever/mod.rs", ""), ["src/whatever/mod.rs:1: this module is not in the table of tests/suite/layers.rs"]);
    for fine in [
        ("team/person.rs", "use super::Id; use crate::team::Zone; // crate::store"),
        ("store/mod.rs", "use crate::{bundle::{Hash, key}, disk, key::Passphrase}; pub(crate) fn f() {}"),
        ("cli/command/publish.rs", "use crate::{publish, store::Store}; use super::super::out;"),
        ("team/id.rs", "#[cfg(test)]\nmod tests { use crate::cli; }"),
    ] {
        assert_eq!(found(fine.0, fine.1), [""; 0], "{}", fine.1);
    }
}

#[test]
fn a_misplaced_call_is_found() {
    let found = |path: &str, text: &str| misplaced(&Source::new(path, text));
    assert_eq!(found("sync.rs", "fn f() {\n    println!(\"x\");\n}"), ["src/sync.rs:2: println! (only cli::out prints)"]);
    assert_eq!(found("store/mod.rs", "use std::{fs, io};"), ["src/store/mod.rs:1: std::fs (only disk touches files)"]);
    assert_eq!(found("answer/who.rs", "let t = jiff::Timestamp::now();").len(), 1);
    assert_eq!(found("key/mod.rs", "let v = std::env::var_os(NAME);").len(), 1);
    assert_eq!(found("cli/mod.rs", "std::process::exit(1)").len(), 1);
    assert_eq!(found("disk/read.rs", "use std::{fs::{self, File}, io};"), [""; 0]);
    assert_eq!(found("cli/out.rs", "println!();"), [""; 0]);
    assert_eq!(found("bundle/mod.rs", "fn reprint!() { my_println!(); rustix::fs::openat(); }"), [""; 0]);
}

/// `file:line: reason` for each reference that goes up or sideways.
fn wrong_arrows(source: &Source, procedures: &[String]) -> Vec<String> {
    let module = module_of(&source.path);
    let Some((_, below)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return vec![format!("src/{}:1: this module is not in the table of tests/suite/layers.rs", source.path)];
    };
    let known = |name: &String| MAY_USE.iter().any(|(module, _)| module == name) || procedures.contains(name);
    references(source)
        .into_iter()
        .filter(|(_, name)| known(name))
        .map(|(line, name)| (line, if procedures.contains(&name) { PROCEDURES.to_owned() } else { name }))
        .filter(|(_, name)| *name != module && !below.contains(&name.as_str()))
        .map(|(line, name)| format!("src/{}:{line}: {module} must not use {name}", source.path))
        .collect()
}

/// `file:line: call (reason)` for each call outside its one place.
fn misplaced(source: &Source) -> Vec<String> {
    // `use std::{fs, io}` is looked at as `std::fs`.
    let imported: Vec<(usize, String)> =
        paths_after(&source.code, "std::").into_iter().map(|(line, name)| (line, format!("std::{name}"))).collect();
    let mut found = Vec::new();
    for (calls, places, reason) in ONE_PLACE {
        if places.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        for call in *calls {
            let mut lines: Vec<usize> = words(&source.code, call).map(|offset| line_of(&source.code, offset)).collect();
            lines.extend(imported.iter().filter(|(_, path)| path == call).map(|(line, _)| *line));
            lines.sort_unstable();
            lines.dedup();
            found.extend(lines.into_iter().map(|line| format!("src/{}:{line}: {call} ({reason})", source.path)));
        }
    }
    found
}

/// The top-level modules a file refers to by `crate::`, by as many `super::` as lead out of its folder, or by the crate's name.
fn references(source: &Source) -> Vec<(usize, String)> {
    let mut found = paths_after(&source.code, "crate::");
    found.extend(paths_after(&source.code, "outage_kit::"));
    let depth = match source.path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count() {
        _ if ["lib.rs", "main.rs"].contains(&source.path.as_str()) => 0,
        depth => depth,
    };
    if depth > 0 {
        found.extend(paths_after(&source.code, &"super::".repeat(depth)));
    }
    found.sort();
    found
}

/// The first names behind `prefix`, with their lines: one, or each of a group in braces.
fn paths_after(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for offset in words(code, prefix) {
        let rest_at = offset + prefix.len();
        let rest = &code[rest_at..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut name_next) = (0, true);
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => name_next = true,
                    c if name_next && is_word(c) => {
                        name_next = false;
                        found.push((line_of(code, rest_at + 1 + i), first_word(&group[i..])));
                    }
                    _ => {}
                }
            }
        } else {
            found.push((line_of(code, rest_at), first_word(rest)));
        }
    }
    found
}

/// Where `needle` stands as a word of its own.
fn words<'a>(code: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(needle).map(|(offset, _)| offset).filter(move |&offset| {
        let before = code[..offset].chars().next_back();
        let after = code[offset + needle.len()..].chars().next();
        let open_end = !needle.ends_with(is_word);
        let path_goes_on = needle.starts_with("super") && code[..offset].ends_with("super::");
        !before.is_some_and(is_word) && (open_end || !after.is_some_and(is_word)) && !path_goes_on
    })
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|&c| is_word(c)).collect()
}

fn line_of(code: &str, offset: usize) -> usize {
    code[..offset].matches('\n').count() + 1
}

fn module_of(path: &str) -> &str {
    match path.split_once('/') {
        Some((folder, _)) => folder,
        None if path == "lib.rs" => "lib",
        None if path == "main.rs" => "main",
        None => PROCEDURES,
    }
}

fn procedures(sources: &[Source]) -> Vec<String> {
    let own = sources.iter().filter(|source| module_of(&source.path) == PROCEDURES);
    own.map(|source| source.path.trim_end_matches(".rs").to_owned()).collect()
}

#[track_caller]
fn report(found: Vec<String>) {
    assert!(found.is_empty(), "{} against docs/architecture.md:\n{}", found.len(), found.join("\n"));
}
