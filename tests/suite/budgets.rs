//! Line budgets: a file over its budget holds a second idea that wants a file of its own.

use crate::rust_text::sources;

/// Lines without tests that a file may have, by where it stands.
fn budget(path: &str) -> usize {
    match path {
        "main.rs" => 20,
        // Three lines a command: the list of all, and nothing else.
        "cli/command/mod.rs" => 200,
        _ if path.starts_with("cli/command/") => 150,
        _ if !path.contains('/') => 250,
        _ => 400,
    }
}

#[test]
fn files_stay_within_their_budgets() {
    let mut over = Vec::new();
    println!("lines  budget  file");
    for source in sources() {
        let (lines, budget) = (source.lines_without_tests, budget(&source.path));
        println!("{lines:5}  {budget:6}  src/{}", source.path);
        if lines > budget {
            over.push(format!("src/{} has {lines} lines without tests; its budget is {budget}", source.path));
        }
    }
    assert!(over.is_empty(), "{}\nSplit by idea, not by length.", over.join("\n"));
}

#[test]
fn commands_and_procedures_have_smaller_budgets() {
    assert_eq!(budget("cli/command/lookup.rs"), 150);
    assert_eq!(budget("sync.rs"), 250);
    assert_eq!(budget("bundle/verify.rs"), 400);
}
