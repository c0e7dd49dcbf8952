//! Manual pages and docs/cli.md are the help in another form, and readers of manual pages find nothing to object to.

use std::{env, fs, path::Path};

use crate::world::World;

#[test]
fn every_command_has_a_page_without_mistakes() {
    let world = World::new();
    fs::create_dir(world.path("man")).unwrap();
    world.kit(["manual", "man"]).ok().has("WROTE");
    let pages = world.files("man");
    assert!(pages.len() > 20, "{pages:?}");
    for page in &pages {
        let lint = world.run("mandoc", ["-T", "lint", "-W", "error,stop", &page.to_string_lossy()], b"");
        lint.ok().quiet();
        // Lines of one page that are as wide as the window: nothing of it was lost on the way.
        let shown = world.run("mandoc", ["-T", "utf8", "-O", "width=100", &page.to_string_lossy()], b"");
        let text: String = bare(&shown.ok().stdout);
        for section in ["EXIT STATUS", "ENVIRONMENT", "DESCRIPTION"] {
            shown.assert(text.contains(section), section);
        }
        shown.assert(text.contains("130  interrupted") && text.contains("KIT_HOME"), "statuses and variables");
    }
    let lookup = world.run("mandoc", ["-T", "utf8", "man/kit-lookup.1"], b"");
    let text = bare(&lookup.stdout);
    lookup.assert(
        text.contains("kit lookup alice\n") && text.contains("kit lookup \"+44 7700 900123\"\n"),
        "examples, line by line",
    );
}

/// What stands in the way stays as it is, and is named.
#[test]
fn pages_replace_no_link_and_no_folder() {
    let world = World::new();
    world.write("file", "mine");
    world.write("linked/target", "mine");
    fs::create_dir(world.path("man")).unwrap();
    std::os::unix::fs::symlink(world.path("linked/target"), world.path("man/kit.1")).unwrap();
    fs::create_dir_all(world.path("full/kit.1")).unwrap();
    for dir in ["man", "full", "file", "/proc/self"] {
        world.kit(["manual", dir]).fails(2);
    }
    assert_eq!((world.read("file"), world.read("linked/target")), (b"mine".to_vec(), b"mine".to_vec()));
    assert!(world.path("man/kit.1").is_symlink());
    fs::remove_file(world.path("man/kit.1")).unwrap();
    world.kit(["manual", "man"]).ok();
    world.kit(["manual", "new/man"]).ok();
    assert!(world.path("new/man/kit-who.1").is_file());
    // Again, over its own pages.
    world.kit(["manual", "man"]).ok().has("WROTE");
}

/// The text of a page without its bold and underlined letters.
fn bare(page: &str) -> String {
    let chars: Vec<char> = page.chars().collect();
    let struck = |at: usize| chars.get(at + 1) == Some(&'\u{8}') || chars[at] == '\u{8}';
    (0..chars.len()).filter(|&at| !struck(at)).map(|at| chars[at]).collect()
}

/// `KIT_DOCS=write cargo nextest run -E 'test(cli_md)'` writes the page anew.
#[test]
fn cli_md_is_what_the_help_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let made = World::new().kit(["manual", "--markdown", "-"]).ok().stdout.clone();
    if env::var_os("KIT_DOCS").is_some_and(|word| word == "write") {
        assert!(env::var_os("CI").is_none(), "KIT_DOCS=write is for people who read the difference");
        fs::write(&page, &made).unwrap();
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    let different = written.lines().zip(made.lines()).find(|(written, made)| written != made);
    assert!(
        written == made,
        "docs/cli.md is not what the help says: {different:?}\nKIT_DOCS=write cargo nextest run -E 'test(cli_md)'"
    );
}
