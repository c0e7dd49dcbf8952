//! For screen readers, and without symbols: the words carry the meaning.

use std::{fs, path::Path};

use crate::acme::Acme;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// U41: what is left of a screen without everything beyond ASCII has the same words, but for names.
#[test]
fn no_symbol_carries_meaning() {
    let mut screens = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(Path::new(&path)).unwrap().lines() {
            screens += usize::from(line.starts_with("$ "));
            for c in line.chars().filter(|c| !c.is_ascii()) {
                assert!(c.is_alphanumeric() || matches!(c, '█' | '▀' | '▄' | '…' | '’'), "{}: {c:?} in {line}", path.display());
            }
            assert!(!line.contains('\u{1b}'), "{}: {line:?}", path.display());
        }
    }
    assert!(screens > 30, "{screens}");
}

/// U41: a name that nothing is left of without everything beyond ASCII has an id beside it, wherever a name stands alone: on a
/// first line, in a row, below one.
#[test]
fn every_name_can_be_said_and_typed() {
    let mut foreign = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines().filter(|line| !line.starts_with("$ ")) {
            for cell in line.split(['\t']).flat_map(|part| part.split("  ")) {
                let letters = || cell.chars().filter(|c| c.is_alphabetic());
                let is_foreign = letters().any(|c| !c.is_ascii());
                assert!(!is_foreign || letters().any(|c| c.is_ascii()) || line.contains('\t'), "{}: {line}", path.display());
                foreign += usize::from(is_foreign && cell.contains("(li.xiaomei)"));
            }
        }
    }
    assert!(foreign > 5, "{foreign}");
}

/// U42: nothing stands beside anything else: each line is one sentence, one label with its value, or one of the first lines.
#[test]
fn nothing_stands_beside_anything_else() {
    let acme = Acme::joined();
    for name in ["alice", "payments-db", "slack", "phone-bridge", "aws-support", "aws-root"] {
        let run = acme.alice.kit(["--accessible", "lookup", name]);
        for (at, line) in run.ok().stdout.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('|')) {
            let text = line.trim_start();
            run.assert(at == 0 || text.contains(": ") || !text.contains("   "), &format!("no columns in {line:?}"));
            run.assert(!text.contains("      "), &format!("no gap that a column would leave in {line:?}"));
        }
        // The same numbers as on the usual screen.
        let usual = acme.alice.kit(["lookup", name]);
        for number in usual.stdout.split("  ").map(str::trim).filter(|text| text.starts_with('+')) {
            run.has(number);
        }
    }
}
