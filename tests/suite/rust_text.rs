//! Rust source as the layer and budget tests see it: without comments, literals and tests, line numbers kept.
//!
//! No compiler: it knows comments, literals and braces, which is all that those two need.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One file under `src/`.
pub struct Source {
    /// Relative to `src/`, with `/`.
    pub path: String,
    /// Lines up to the first test module and after it.
    pub lines_without_tests: usize,
    /// The code, comments, literals and tests blanked out.
    pub code: String,
    /// The same with its literals: each character stands where it stands in [`Source::code`].
    pub text: String,
}

/// Every Rust file under `src/`, sorted by path. A file that only tests include (`tests.rs`) is left out.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    assert!(found.len() > 10, "src/ was not found where expected: {}", root.display());
    found
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let path = path.strip_prefix(&root).unwrap().to_str().expect("paths in src are UTF-8").replace('\\', "/");
            Source::new(&path, &text)
        })
        .collect()
}

impl Source {
    /// A file by its path relative to `src/` and its text.
    pub fn new(path: &str, text: &str) -> Self {
        let bare = without_comments_and_literals(text);
        let (code, test_lines) = without_tests(&bare);
        Self { path: path.to_owned(), lines_without_tests: text.lines().count() - test_lines, code, text: text.to_owned() }
    }
}

impl Source {
    /// Where a call's arguments begin and end, for each call of `function`, in characters.
    pub fn calls(&self, function: &str) -> Vec<(usize, usize)> {
        let code: Vec<char> = self.code.chars().collect();
        let name: Vec<char> = format!("{function}(").chars().collect();
        let begins = |at: &usize| code[*at..].starts_with(&name) && (*at == 0 || !is_word(code[at - 1]) || !is_word(name[0]));
        (0..code.len()).filter(begins).map(|at| (at + name.len(), end_of_call(&code, at + name.len()))).collect()
    }

    /// The source between two places of [`Source::calls`], with its literals.
    pub fn between(&self, (from, to): (usize, usize)) -> String {
        self.text.chars().skip(from).take(to - from).collect()
    }

    /// The code from a place on, without its literals.
    pub fn code_from(&self, at: usize) -> String {
        self.code.chars().skip(at).collect()
    }

    /// The line of a place.
    pub fn line(&self, at: usize) -> usize {
        self.code.chars().take(at).filter(|c| *c == '\n').count() + 1
    }
}

/// Where the parenthesis closes that was open before `from`.
fn end_of_call(code: &[char], from: usize) -> usize {
    let mut depth = 1;
    for (at, c) in code.iter().enumerate().skip(from) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Blanks comments, strings and characters; what is left stays where it was.
fn without_comments_and_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = match at(i) {
            '/' if at(i + 1) == '/' => (i..chars.len()).find(|&j| at(j) == '\n').unwrap_or(chars.len()),
            '/' if at(i + 1) == '*' => end_of_block_comment(&chars, i),
            '"' => end_of_string(&chars, i),
            'r' if !is_word(at(i.wrapping_sub(1))) || at(i.wrapping_sub(1)) == 'b' => end_of_raw_string(&chars, i).unwrap_or(i),
            // 'a' and '\n' are characters, 'a alone is a lifetime.
            '\'' if at(i + 1) == '\\' => (i + 3..chars.len()).find(|&j| at(j) == '\'').map_or(chars.len(), |j| j + 1),
            '\'' if at(i + 2) == '\'' => i + 3,
            _ => i,
        };
        if end == i {
            out.push(at(i));
            i += 1;
        } else {
            out.extend(chars[i..end.min(chars.len())].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            i = end;
        }
    }
    out
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') => {
                (depth, i) = (depth - 1, i + 2);
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"` or `r#"…"#` when one starts here.
fn end_of_raw_string(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..].iter().take_while(|&&c| c == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let is_end = |&j: &usize| chars[j] == '"' && chars[j + 1..].iter().take_while(|&&c| c == '#').count() >= hashes;
    Some((open + 1..chars.len()).find(is_end).map_or(chars.len(), |j| j + 1 + hashes))
}

/// Blanks what stands behind `#[cfg(test)]` and counts its lines.
fn without_tests(bare: &str) -> (String, usize) {
    let mut code = bare.to_owned();
    let mut lines = 0;
    while let Some(start) = ["#[cfg(test)]", "#[cfg(all(test,"].iter().filter_map(|mark| code.find(mark)).min() {
        let end = end_of_item(&code, start);
        let item = &code[start..end];
        lines += item.lines().count();
        let blank: String = item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        code.replace_range(start..end, &blank);
    }
    (code, lines)
}

/// The end of the item that starts with an attribute at `start`: its `;`, or the brace that closes it.
fn end_of_item(code: &str, start: usize) -> usize {
    let (mut round, mut curly) = (0_i32, 0_i32);
    for (offset, c) in code[start..].char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            '{' => curly += 1,
            '}' => {
                curly -= 1;
                if curly == 0 {
                    return start + offset + 1;
                }
            }
            ';' if round == 0 && curly == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// Whether a character can stand in a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn comments_literals_and_tests_are_blanked_and_lines_stay() {
    let text = "use a::b; // crate::c\n\
                /* crate::d /* nested */ */ let x = \"crate::e \\\" crate::f\";\n\
                let y = r#\"crate::g \" \"#; let z = '\\''; let w = '\"'; fn f<'a>(s: &'a str) {}\n\
                #[cfg(test)]\n\
                mod tests {\n\
                    use crate::h;\n\
                }\n\
                use crate::after;\n";
    let source = Source::new("x.rs", text);
    assert_eq!(source.code.lines().count(), text.lines().count());
    assert!(!source.code.contains("crate::c") && !source.code.contains("crate::h"), "{}", source.code);
    assert_eq!(source.code.matches("crate::").count(), 1, "{}", source.code);
    assert!(source.code.contains("fn f<'a>(s: &'a str)"), "{}", source.code);
    assert_eq!(source.lines_without_tests, 4);
}
