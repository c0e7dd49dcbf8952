//! No invisible or reordering character stands in the project's own text (attack I4); tests write them as escapes.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Control characters but LF, bidi controls, zero-width and tag characters, variation selectors.
pub fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

/// `path:line: U+XXXX` for each hidden character.
fn hidden(path: &Path, text: &str) -> Vec<String> {
    let lines = text.split('\n').enumerate();
    lines
        .flat_map(|(i, line)| {
            line.chars().filter(|&c| is_hidden(c)).map(move |c| format!("{}:{}: U+{:04X}", path.display(), i + 1, u32::from(c)))
        })
        .collect()
}

#[test]
fn the_source_has_no_hidden_characters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests/suite", "benches", "docs", "scripts", ".ci"] {
        collect(&root.join(folder), &mut files);
    }
    files.extend(
        ["Cargo.toml", "Cargo.lock", "README.md", "SECURITY.md", "CONTRIBUTING.md", "clippy.toml"].map(|name| root.join(name)),
    );
    assert!(files.len() > 30, "the project's files were not found under {}", root.display());
    let found: Vec<String> = files
        .iter()
        .filter(|path| path.exists() && path.extension().is_none_or(|ending| ending != "ttf" && ending != "otf"))
        .flat_map(|path| hidden(path, &fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))))
        .collect();
    assert!(found.is_empty(), "write these as escapes:\n{}", found.join("\n"));
}

#[test]
fn a_hidden_character_is_found() {
    let text = "plain ł ø 電話\nan \u{202e}override\nand\u{200b} one\tmore\r\n";
    assert_eq!(hidden(Path::new("x"), text), ["x:2: U+202E", "x:3: U+200B", "x:3: U+0009", "x:3: U+000D"]);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
