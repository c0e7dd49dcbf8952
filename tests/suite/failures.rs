//! U35: what goes wrong is said once, with what to do now, and nothing is printed as an answer.

use crate::{
    acme::Acme,
    rust_text::{Source, sources},
    world::World,
};

#[test]
fn every_failure_has_a_next_step() {
    let acme = Acme::joined();
    let (dana, alice) = (&acme.dana, &acme.alice);
    dana.write("empty", "");
    dana.write("binary", b"\xff\n");
    std::fs::create_dir(dana.path("folder")).unwrap();
    for line in [
        "publish team",
        "publish folder --passphrase-file p",
        "publish team --passphrase-file empty",
        "publish team --passphrase-file binary",
        "publish team --passphrase-file folder",
        "publish team --passphrase-file missing",
        "publish team --to https://example.com/x --passphrase-file p",
        "publish team --to git@example.com:x --passphrase-file p",
        "init team --name A --as x --passphrase-file p",
        "init new --name A --as X_Y --passphrase-file p",
        "init new --name A --as x --zone Mars --passphrase-file p",
        "init new --name A --as x --device a_b --passphrase-file p",
        "init new --name A --as x --work-factor 3 --passphrase-file p",
        "join kit-invite1:xxx --as y --passphrase-file p",
        "join empty --as y --passphrase-file p",
        "join binary --as y --passphrase-file p",
        "join missing --as y --passphrase-file p",
        "member add kit-join1:xx --dir team",
        "member add empty --dir team",
        "member add x",
        "publisher add bob.reyes --dir team --passphrase-file p",
        "publisher add dana.fox --dir team --passphrase-file p",
        "publisher remove dana.fox --dir team --passphrase-file p",
        "publisher list --dir folder",
        "source remove nope",
        "source add ftp://example.com",
        "sync --from ftp://example.com",
        "sync --from folder",
        "verify folder",
        "verify empty",
        "verify binary",
        "trust --words a",
        "unlock --for 0h",
        "import binary --into team --yes",
        "import empty --into folder --yes",
        "import folder --into team",
        "import missing --into team",
        "help nope",
        "check folder",
        "check p",
        "--kit 0 status",
        "--at soon status",
        "lookup quetzal",
        "who quetzal",
        "who al",
        "who payments-db --out quetzal",
        "who payments-db --out alice.okafor,bob.reyes,priya.nair,chris.lindqvist,dana.fox",
        "who payments-db --down quetzal",
        "who payments-db --from quetzal",
        "authority quetzal",
        "authority rollback --out e",
        "lookup al",
        "look alice",
        "lookup",
    ] {
        for machine in [dana, alice] {
            let run = machine.kit(line.split(' '));
            let hints = run.stderr.lines().filter(|line| line.starts_with("     ")).count();
            run.assert(run.status != 0 && run.status != 70 && run.status != 101, "a failure of its own kind");
            run.assert(run.stderr.lines().any(|line| line.starts_with("kit: ")), "a reason");
            run.assert(hints > 0, "a next step");
            run.assert(
                !run.stderr.contains("Error") && !run.stderr.contains(".rs:") && !run.stderr.contains("os error"),
                "plain words (U36)",
            );
        }
    }
    alice.without("KIT_HOME").without("HOME").with("HOME", "").kit(["status"]).fails_talking(3);
    acme.alice.kit(["lookup", "alice"]).ok();
}

/// U35, by reading: wherever a failure is made, its next step is said in the same breath.
#[test]
fn every_failure_in_the_source_is_made_with_a_next_step() {
    let mut without = Vec::new();
    let mut made = 0;
    for source in sources().iter().filter(|source| source.path.starts_with("cli/")) {
        for call in ["Failure::new", "Failure::usage", "Self::usage", "Self::new"] {
            for (from, to) in source.calls(call) {
                let arguments = source.between((from, to));
                let is_failure = call != "Self::new" || arguments.trim_start().starts_with("Kind::");
                if !is_failure || source.path == "cli/failure.rs" {
                    continue;
                }
                made += 1;
                // Whoever broke off knows what they want to do next.
                let is_own_wish = arguments.contains("Kind::Interrupted");
                let line = source.text.lines().nth(source.line(from) - 1).unwrap_or_default().trim();
                if !is_own_wish && !has_next_step(source, from - call.len() - 1, to + 1) {
                    without.push(format!("src/{}:{}: {line}", source.path, source.line(from)));
                }
            }
        }
    }
    assert!(made > 60, "only {made} were found");
    assert!(without.is_empty(), "failures without a next step:\n{}", without.join("\n"));
}

/// Whether a next step is added right behind a failure, by the fold that begins with it, or to the name it is bound to.
fn has_next_step(source: &Source, begins: usize, ends: usize) -> bool {
    let before: String = source.code.chars().take(begins).collect();
    let after = source.code_from(ends);
    let is_bound =
        before.rfind("let failure =").or(before.rfind("let mut failure =")).is_some_and(|at| !before[at..].contains("\nfn "));
    let rest = after.split("\nfn ").next().unwrap_or_default();
    let is_folded = before.trim_end().ends_with("fold(");
    after.trim_start().starts_with(".hint(")
        || (is_folded && (after.trim_start().starts_with(", Failure::hint") || rest.contains("failure.hint(")))
        || (is_bound && ["failure.hint(", "failure\n", "(failure, Failure::hint"].iter().any(|step| rest.contains(step)))
}

#[test]
fn a_failure_without_a_next_step_is_found() {
    let found = |code: &str| {
        let source = Source::new("cli/x.rs", code);
        let (from, to) = source.calls("Failure::usage")[0];
        has_next_step(&source, from - "Failure::usage(".len(), to + 1)
    };
    assert!(found("fn f() { Err(Failure::usage(\"x\").hint(\"y\")) }"));
    assert!(found("fn f() { let failure = Failure::usage(\"x\"); failure.hint(\"y\") }"));
    assert!(!found("fn f() { Err(Failure::usage(\"x\")) }\nfn g() { failure.hint(\"y\") }"));
    assert!(!found("fn f() { Err(Failure::usage(\"a.hint(\")) }"));
}

/// U35: what a next step tells people to type is a command, with options that it takes.
#[test]
fn every_command_in_a_next_step_exists() {
    let world = World::new();
    let everywhere = world.kit(["help"]).ok().stdout.clone();
    let (mut wrong, mut looked_at) = (Vec::new(), 0);
    for source in sources().iter().filter(|source| source.path.starts_with("cli/")) {
        for hint in source.calls(".hint").into_iter().flat_map(|call| literals(source, call)) {
            for command in hint.match_indices("kit ").filter(|(at, _)| is_command(&hint, *at)).map(|(at, _)| &hint[at + 4..]) {
                let command = command.split([',', ':', ')', ';', '"']).next().unwrap_or_default();
                let words: Vec<&str> =
                    command.split(' ').map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty()).collect();
                let is_name = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
                let Some(verb) = words.first().filter(is_name) else { continue };
                looked_at += 1;
                let help = world.kit(["help", verb]);
                let own: String = match words.get(1).filter(is_name) {
                    Some(second) if help.stdout.contains("Commands:") => world.kit(["help", verb, second]).stdout,
                    _ => String::new(),
                };
                let taken = |flag: &str| [&help.stdout, &own, &everywhere].iter().any(|text| text.contains(flag));
                let flags = words.iter().filter(|word| word.starts_with("--")).filter(|flag| !taken(flag));
                wrong.extend(flags.map(|flag| format!("src/{}: {hint:?}: {flag} is not taken", source.path)));
                if help.status != 0 {
                    wrong.push(format!("src/{}: {hint:?}: there is no kit {verb}", source.path));
                }
            }
        }
    }
    assert!(looked_at > 30, "only {looked_at} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `kit ` at a place begins a command that is to be typed, rather than speaks of a kit.
fn is_command(hint: &str, at: usize) -> bool {
    let before = hint[..at].trim_end();
    let next = hint[at + 4..].split(' ').next().unwrap_or_default();
    (at == 0 || before.ends_with([':', '(', '?', '"', ','])) && next.chars().next().is_some_and(|c| c.is_ascii_lowercase())
}

/// The string literals among a call's arguments.
fn literals(source: &Source, call: (usize, usize)) -> Vec<String> {
    let (text, code) = (source.between(call), source.code_from(call.0));
    let (text, code): (Vec<char>, Vec<char>) = (text.chars().collect(), code.chars().collect());
    let (mut found, mut at) = (Vec::new(), 0);
    while at < text.len() {
        if text[at] == '"' && code[at] == ' ' {
            let end = (at + 1..text.len()).find(|&end| text[end] == '"' && text[end - 1] != '\\').unwrap_or(text.len());
            found.push(text[at + 1..end].iter().collect());
            at = end;
        }
        at += 1;
    }
    found
}
