//! The documents say what is so: dependencies, links, and the tests that they name as proof.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files_below(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let below = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.extend(files_below(&below, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_dependency_has_its_row_and_every_row_its_dependency() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let mut declared: Vec<String> = Vec::new();
    let mut take = |table: &toml::Table| {
        for kind in ["dependencies", "dev-dependencies"] {
            declared
                .extend(table.get(kind).and_then(|found| found.as_table()).into_iter().flat_map(|found| found.keys().cloned()));
        }
    };
    take(&manifest);
    manifest["target"].as_table().unwrap().values().for_each(|target| take(target.as_table().unwrap()));
    declared.sort();
    let page = text("docs/dependencies.md");
    let mut rows: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    rows.sort_unstable();
    assert_eq!(rows, declared, "docs/dependencies.md (left) and Cargo.toml (right)");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut pages = files_below("docs", "md");
    pages.extend(["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    let mut broken = Vec::new();
    for page in pages {
        let content = fs::read_to_string(&page).unwrap();
        for target in content.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.starts_with("http") {
                continue;
            }
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let leads = path.exists() && (anchor.is_empty() || has_heading(&fs::read_to_string(&path).unwrap(), anchor));
            if !leads {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "these links lead nowhere:\n{}", broken.join("\n"));
}

fn has_heading(page: &str, anchor: &str) -> bool {
    page.lines().filter_map(|line| line.strip_prefix('#')).any(|heading| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let slug: String = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect();
        slug.replace(' ', "-") == anchor
    })
}

/// The threat model claims what a test shows: the last cell of each row is `file::test`, and that test exists.
#[test]
fn every_claim_of_the_threat_model_names_a_test_that_exists() {
    let mut tests = String::new();
    for folder in ["src", "tests/suite"] {
        for path in files_below(folder, "rs") {
            tests += &fs::read_to_string(path).unwrap();
        }
    }
    let page = text("docs/threat-model.md");
    let claims: Vec<&str> = page.lines().filter(|line| is_claim(line)).collect();
    assert!(!claims.is_empty(), "no row of docs/threat-model.md was recognised");
    let mut unproven = Vec::new();
    for claim in claims {
        let cell = claim.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let shown = |name: &&str| tests.contains(&format!("fn {}(", name.rsplit("::").next().unwrap()));
        if names.is_empty() || !names.iter().all(shown) {
            unproven.push(claim);
        }
    }
    assert!(unproven.is_empty(), "rows that name no existing test:\n{}", unproven.join("\n"));
}

/// A row that starts with an id such as `A1` or `E10`.
fn is_claim(line: &str) -> bool {
    let id = line.strip_prefix("| ").and_then(|rest| rest.split(' ').next()).unwrap_or("");
    let mut chars = id.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase()) && !chars.as_str().is_empty() && chars.all(|c| c.is_ascii_digit())
}
