//! `kit export sealed`: opened by stock tools from the photographed code and from the typed lines, nothing of it anywhere else, and
//! recorded like every opening.

use std::{fs, os::unix::fs::PermissionsExt};

use outage_kit::{bundle::journal::What, team::FieldKind};

use crate::{
    acme::PASSPHRASE,
    reveal::{entries, store},
    vault::{CANARY_CODES, CANARY_NOTE, CANARY_OKTA, CANARY_PASSWORD, CANARY_SEED, Vault, aws_root, field, rotate_to},
    world::{Run, Screen, World, peer},
};

/// Seals a credential on paper off a terminal: the page in `page.pdf`, the words in `words`.
fn seal(world: &World, arguments: &[&str]) -> Run {
    for name in ["page.pdf", "words"] {
        let _ = fs::remove_file(world.path(name));
    }
    let fixed = ["--reason", "envelopes", "--passphrase-file", "p", "--passphrase-out", "words", "--out", "page.pdf"];
    world.kit(["export", "sealed"].iter().chain(arguments).chain(&fixed))
}

/// The text of a PDF, with its layout.
fn text(world: &World, pdf: &str) -> String {
    peer("pdftotext");
    world.run("pdftotext", ["-layout", pdf, "-"], b"").ok().stdout.clone()
}

/// What a camera reads from the first page, printed with so many dots per inch.
fn photographed(world: &World, pdf: &str, dpi: &str) -> String {
    peer("pdftoppm");
    peer("zbarimg");
    world.run("pdftoppm", ["-r", dpi, "-gray", "-f", "1", "-l", "1", "-singlefile", pdf, "photo"], b"").ok();
    world.run("zbarimg", ["--raw", "--quiet", "-Sdisable", "-Sqrcode.enable", "photo.pgm"], b"").ok().stdout.clone()
}

/// The lines to type, without what stands beside them.
fn lines(text: &str) -> Vec<String> {
    let is_number = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_digit());
    let is_group = |word: &&str| word.len() <= 5 && word.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b));
    let line = |line: &str| {
        let mut words = line.split_whitespace().peekable();
        let number = words.next().filter(|word| is_number(word))?;
        let mut groups: Vec<&str> = Vec::new();
        while let Some(group) = words.next_if(is_group) {
            groups.push(group);
        }
        // Check letters may be two digits.
        let check = words.next().filter(|word| word.len() == 2).or_else(|| groups.pop()).filter(|word| word.len() == 2)?;
        (!groups.is_empty()).then(|| format!("{number}  {}  {check}", groups.join(" ")))
    };
    text.lines().filter_map(line).collect()
}

/// What `age` opens of a file with the words.
fn age_opens(world: &World, file: &str) -> String {
    let words = String::from_utf8(world.read("words")).unwrap();
    let _ = fs::remove_file(world.path("opened"));
    let mut age = world.command(peer("age"));
    age.args(["-d", "-o", "opened", file]);
    let mut screen = world.screen(&age);
    screen.expect("passphrase").send_line(words.trim_end());
    screen.ends(0);
    String::from_utf8(world.read("opened")).unwrap()
}

/// What typage opens of it: another implementation of age, in another language.
fn typage_opens(world: &World, file: &str) -> String {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers/typage/node_modules/age-encryption/dist/index.js");
    assert!(fs::exists(library).unwrap(), "{library} is missing: scripts/test installs it");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/sealed_page.mjs");
    world.run(peer("node").to_str().unwrap(), [script, library, file, "words"], b"").ok().stdout.clone()
}

/// All that is in `aws-root`, as whoever opens the page reads it.
fn all_of_aws_root() -> String {
    let indented = |text: &str| text.lines().map(|line| format!("\n  {line}")).collect::<String>();
    format!(
        "aws-root, version 1, 2026-11-18 02:12 UTC\nuser: aws-root@example.com\npassword: {CANARY_PASSWORD}\n\
         totp: otpauth://totp/aws-root?secret={CANARY_SEED}\ncodes:{}\nnote:{}",
        indented(CANARY_CODES),
        indented(CANARY_NOTE)
    )
}

#[test]
fn u59_age_and_typage_open_what_a_camera_reads_and_what_somebody_types() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    seal(mia, &["aws-root"]).ok().has("page.pdf   1 page, 1 code read back").has("replace by 15 Jan 2027");
    let mode = |name: &str| fs::metadata(mia.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("words"), mode("page.pdf")), (0o600, 0o600));
    for dpi in ["200", "300"] {
        mia.write("camera.age", photographed(mia, "page.pdf", dpi));
        assert_eq!(age_opens(mia, "camera.age").trim_end(), all_of_aws_root(), "{dpi} dpi");
    }
    assert_eq!(typage_opens(mia, "camera.age").trim_end(), all_of_aws_root());
    // Typed by hand, and opened as the documentation says.
    let page = text(mia, "page.pdf");
    let lines = lines(&page);
    assert!((10..=23).contains(&lines.len()), "{page}");
    mia.write("lines", lines.join("\n") + "\n");
    let recipe = crate::stock_tools::recipe(&["Type a sealed page"]);
    let typed = mia.run("sh", ["-ec", &recipe], b"");
    let hash = typed.ok().stdout[..64].to_owned();
    fs::rename(mia.path("page.age"), mia.path("typed.age")).unwrap();
    assert_eq!(age_opens(mia, "typed.age").trim_end(), all_of_aws_root());
    assert_eq!(typage_opens(mia, "typed.age").trim_end(), all_of_aws_root());
    // The hash on the page is that of this file; kit itself reads the lines too.
    for part in hash.as_bytes().chunks(4) {
        assert!(page.contains(std::str::from_utf8(part).unwrap()), "{hash} in {page}");
    }
    assert_eq!(outage_kit::code::untyped(&lines.join("\n")).unwrap(), mia.read("typed.age"));
}

#[test]
fn u61_neither_words_nor_values_stand_anywhere_else() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let run = seal(mia, &["aws-root", "--copies", "safe", "--held-by", "Chris Lindqvist"]);
    let words = String::from_utf8(mia.read("words")).unwrap().trim_end().to_owned();
    assert_eq!(words.split('-').count(), 6);
    mia.run(peer("qpdf").to_str().unwrap(), ["--qdf", "--object-streams=disable", "page.pdf", "unpacked.pdf"], b"").ok();
    fs::rename(mia.path("words"), mia.path("p-words")).unwrap();
    let secrets = [words.as_str(), CANARY_PASSWORD, CANARY_SEED, "canary-c1-7731", "canary-note", "aws-root@example.com"];
    let spaced = words.replace('-', " ");
    for file in mia.files("").into_iter().filter(|file| !file.ends_with("p-words")) {
        let bytes = fs::read(&file).unwrap_or_default();
        for secret in secrets.iter().copied().chain([spaced.as_str()]) {
            let is_in = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_in, "{secret} in {}", file.display());
            assert!(!file.to_string_lossy().contains(secret), "{}", file.display());
        }
    }
    let page = text(mia, "page.pdf");
    for secret in secrets {
        run.lacks(secret).assert(!run.stderr.contains(secret), "no secret in the talk");
        assert!(!page.contains(secret), "{secret} on the page");
    }
}

#[test]
fn u62_the_page_says_what_it_opens_what_else_it_takes_and_whom_to_tell() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let run = seal(mia, &["aws-root", "--copies", "safe, building 2", "--copies", "lawyer", "--held-by", "Chris Lindqvist"]);
    run.ok().says("tell Dana Fox   +1 202 555 0177").says("Receipt: ");
    let pdf = mia.run("pdftotext", ["-layout", "page.pdf", "-"], b"").ok().stdout.clone();
    let pages: Vec<&str> = pdf.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert_eq!(pages.len(), 2, "a page for each copy");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (page, own, other) in [(pages[0], "safe, building 2", "lawyer"), (pages[1], "lawyer", "safe, building 2")] {
        for needle in [
            "SEALED: aws-root",
            "KIT-",
            "18 Nov 2026 02:12 UTC",
            "by Mia Krause",
            "Replace by 15 Jan 2027",
            "user, password, totp, codes, note",
            "version 1",
            "tell Dana Fox",
            "+1 202 555 0177",
            "six words",
            "Chris Lindqvist",
            "NOT on this page",
            "iPhone: Control Centre, Code Scanner",
            "Android: Camera",
            "kit import --scan",
            "age -d aws-root.age",
            "IF THE CODE WILL NOT SCAN",
            "base32 -d",
            "SHA-256",
            "Opened by",
            "50 mm",
        ] {
            let flat = words(page);
            assert!(flat.contains(&words(needle)), "{needle:?} in\n{page}");
        }
        let rows = |label: &str| page.lines().find(|line| line.trim_start().starts_with(label)).unwrap_or_default().to_owned();
        assert!(rows("This copy").contains(own) && rows("Other copies").contains(other), "{page}");
    }
    // The mark is that of the kit: anybody compares it without opening anything.
    let mark = mia.kit(["lookup", "aws-root", "--json"]).ok().stdout.clone();
    let mark: serde_json::Value = serde_json::from_str(&mark).unwrap();
    let mark = mark["found"]["mark"].as_str().unwrap_or_else(|| panic!("{mark}")).to_owned();
    assert!(mark.len() == 5 && words(&pdf).contains(&format!("mark {mark}")), "{mark} in {pdf}");
    // What the record says, and that nobody has seen the value.
    let entries = entries(mia, "mia-home");
    assert!(matches!(&entries[0].what, What::Opened { by, field: None, .. } if by == "export sealed"), "{:?}", entries[0]);
    assert_eq!(entries[0].reason, "envelopes");
    mia.kit(["log"]).ok().has("opened aws-root, sealed on paper");
}

#[test]
fn u63_what_is_too_large_is_refused_with_the_bytes_and_what_to_leave_out() {
    let vault = Vault::sealed();
    let mut fields = aws_root();
    fields.push(field("runbook", FieldKind::Note, &"canary-line of a long runbook\n".repeat(10)));
    rotate_to(&vault.acme.dana, "aws-root", 2, &fields);
    vault.publish();
    let mia = &vault.mia;
    mia.kit(["sync"]).ok();
    let run = seal(mia, &["aws-root"]);
    run.fails(2).says("bytes").says("508").says("--dense").says("runbook").says("--field user").lacks("canary-l");
    assert!(!mia.path("page.pdf").exists() && !mia.path("words").exists(), "nothing is left behind");
    seal(mia, &["aws-root", "--dense"]).ok();
    mia.write("camera.age", photographed(mia, "page.pdf", "300"));
    assert!(age_opens(mia, "camera.age").contains("runbook:\n  canary-line"));
    // More than 17 lines have a page of their own.
    assert!(text(mia, "page.pdf").contains("page 2 of 2"));
    seal(mia, &["aws-root", "--field", "user", "--field", "password"]).ok();
    mia.write("camera.age", photographed(mia, "page.pdf", "200"));
    let opened = age_opens(mia, "camera.age");
    assert_eq!(
        opened.trim_end(),
        format!("aws-root, version 2, 2026-11-18 02:12 UTC\nuser: aws-root@example.com\npassword: {CANARY_PASSWORD}")
    );
    assert!(
        matches!(&entries(mia, "mia-home").pop().unwrap().what, What::Opened { field: Some(fields), .. } if fields == "user, password")
    );
}

#[test]
fn what_cannot_be_printed_is_refused_before_anything_is_opened() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    mia.write("taken", "mine");
    let fixed = ["--reason", "x", "--passphrase-file", "p"];
    let run = |arguments: &[&str]| mia.kit(["export", "sealed"].iter().chain(arguments).chain(&fixed));
    run(&["aws-root"]).fails(2).says("to somebody at a terminal").says("--passphrase-out FILE");
    run(&["aws-root", "--passphrase-out", "taken"]).fails(2);
    run(&["aws-root", "--passphrase-out", "w", "--out", "taken"]).fails_talking(1).says("is there already");
    run(&["aws-root", "--passphrase-out", "w", "--out", "-", "--json"]).fails(2).says("Leave one of them out");
    run(&["aws-root", "--passphrase-out", "w", "--field", "pin"]).fails(3).says("user, password, totp, codes, note");
    run(&["slack-owner", "--passphrase-out", "w"]).fails(3).says("has no value sealed yet");
    run(&["okta-admin", "--passphrase-out", "w"]).fails(5).says("needs 2 of 3 holders together").lacks(CANARY_OKTA);
    mia.kit(["export", "sealed", "aws-root", "--passphrase-out", "w", "--passphrase-file", "p"])
        .fails_talking(2)
        .says("--reason TEXT");
    let bob = vault.acme.dana.machine("bob-home");
    let request = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&request);
    vault.publish();
    bob.kit(["sync"]).ok();
    seal(&bob, &["aws-root"]).fails(5).says("this device is no holder of aws-root").says("Dana Fox   +1 202 555 0177");
    assert!(store(mia, "mia-home").journals().unwrap().is_empty(), "nothing was recorded, for nothing was opened");
    assert!(!mia.path("w").exists());
    assert_eq!(mia.read("taken"), b"mine");
}

/// What some holders open together is printed when enough of them gave their shares.
#[test]
fn shares_of_other_holders_open_it_as_they_do_for_reveal() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let asked = mia.kit(["request", "okta-admin", "--reason", "envelopes", "--passphrase-file", "p"]);
    let asked = crate::acme::token(&asked, "kit-ask1:");
    let given = vault.acme.alice.kit(["approve", &asked, "--yes", "--passphrase-file", "p"]);
    seal(mia, &["okta-admin", "--with", &crate::acme::token(&given, "kit-share1:")]).ok();
    mia.write("camera.age", photographed(mia, "page.pdf", "300"));
    assert!(age_opens(mia, "camera.age").contains(&format!("password: {CANARY_OKTA}")));
}

/// At a terminal, up to a question.
fn started(world: &World) -> Screen {
    let _ = fs::remove_file(world.path("page.pdf"));
    world.with("TERM", "xterm").terminal(["export", "sealed", "aws-root", "--out", "page.pdf"])
}

const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l\u{1b}[?25h";

/// The words as they are shown: on a screen of their own.
fn shown(screen: &mut Screen) -> String {
    screen.expect(ENTERED).expect("write it down by hand");
    let drawn = screen.until(" characters");
    let is_words = |part: &&str| part.matches('-').count() == 5 && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let clean = drawn.replace("\u{1b}[K", " ");
    let words = clean.split_whitespace().find(is_words);
    words.unwrap_or_else(|| panic!("no words in {drawn:?}")).to_owned()
}

#[test]
fn at_a_terminal_the_words_are_shown_once_and_asked_back() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let mut screen = started(mia);
    screen.expect("Why are you opening it?").send_line("envelopes").expect("Incident").send_line("");
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim()).expect("Pen and paper").send_line("");
    let words = shown(&mut screen);
    screen.send("\r").expect(LEFT).expect("from your paper").send_line("something else");
    assert_eq!(shown(&mut screen), words);
    screen.send("\r").expect(LEFT).expect("from your paper").send_line(&words.replace('-', " ").to_uppercase());
    screen.expect("WROTE");
    let seen = screen.ends(0);
    // Outside of the screens of their own there are no words.
    let outside: String =
        seen.split(ENTERED).enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once(LEFT).unwrap().1 }).collect();
    assert!(!outside.contains(&words) && !outside.contains("canary"), "{outside}");
    mia.write("words", &words);
    mia.write("camera.age", photographed(mia, "page.pdf", "300"));
    assert_eq!(age_opens(mia, "camera.age").trim_end(), all_of_aws_root());
    assert_eq!(entries(mia, "mia-home").len(), 1);
}

#[test]
fn ctrl_c_prints_nothing_and_is_recorded_from_the_moment_it_is_open() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let questions = [
        ("Why are you opening it?", "x", 0),
        ("Incident", "", 0),
        ("Passphrase:", PASSPHRASE.trim(), 0),
        ("Pen and paper", "", 1),
    ];
    let mut recorded = 0;
    for (at, (_, _, entry)) in questions.iter().enumerate() {
        let mut screen = started(mia);
        for (question, answer, _) in questions.iter().take(at) {
            screen.expect(question).send_line(answer);
        }
        screen.expect(questions[at].0).control('c');
        let _ = screen.rest();
        recorded += entry;
        let count = if recorded == 0 { 0 } else { entries(mia, "mia-home").len() };
        assert_eq!(count, recorded, "{}", questions[at].0);
        assert!(!mia.path("page.pdf").exists(), "{}", questions[at].0);
    }
    assert_eq!(recorded, 1);
}
