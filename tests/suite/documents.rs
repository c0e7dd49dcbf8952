//! The documents say what is so: dependencies, links, and the tests that they name as proof.

use std::{
    collections::BTreeMap,
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

/// The threat model claims what a test shows: the last cell of each row names tests as `file::test`, and they exist.
#[test]
fn every_claim_of_the_threat_model_names_a_test_that_exists() {
    let mut code: BTreeMap<String, String> = BTreeMap::new();
    for path in files_below("src", "rs").into_iter().chain(files_below("tests/suite", "rs")) {
        let module = if path.ends_with("mod.rs") { path.parent().unwrap() } else { &path };
        let name = module.file_stem().unwrap().to_str().unwrap().to_owned();
        code.entry(name).or_default().push_str(&fs::read_to_string(&path).unwrap());
    }
    let page = text("docs/threat-model.md");
    let claims = rows_with_a_test(&page);
    assert!(claims.len() > 20, "only {} rows of docs/threat-model.md were recognised", claims.len());
    let mut unproven = Vec::new();
    for claim in claims {
        let cell = claim.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let shown = |name: &&str| {
            let (file, test) = name.split_once("::").unwrap_or(("", ""));
            code.get(file).is_some_and(|text| text.contains(&format!("fn {test}(")))
        };
        if names.is_empty() || !names.iter().all(shown) {
            unproven.push(claim);
        }
    }
    assert!(unproven.is_empty(), "rows that name no existing test:\n{}", unproven.join("\n"));
}

/// The rows of the tables whose last column is headed `test`.
fn rows_with_a_test(page: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.ends_with("| test |") {
            inside = true;
        } else if !line.starts_with('|') {
            inside = false;
        } else if inside && !line.starts_with("|--") {
            rows.push(line);
        }
    }
    rows
}

#[test]
fn every_variable_that_is_read_or_handed_on_is_documented() {
    let code = text("src/cli/context.rs")
        + text("src/program/environment.rs").as_str()
        + text("src/program/mod.rs").split("#[cfg(test)]").next().unwrap();
    let is_variable =
        |word: &&str| word.len() > 1 && !word.ends_with('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let names: Vec<&str> = code.split('"').skip(1).step_by(2).filter(is_variable).collect();
    assert!(names.contains(&"KIT_HOME") && names.contains(&"SSH_AUTH_SOCK"), "{names:?}");
    let page = text("docs/environment.md");
    let missing: Vec<&str> = names.into_iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/environment.md does not name {missing:?}");
}
