//! The museum of bundles: each file in `tests/vectors/` opens, or is refused by the layer that its `expect:` line names.
//!
//! ```text
//! expect: signature
//! comment: what is wrong with it, and only that
//! pin: {"kit":…}            (only where it is not tests/vectors/pin.json)
//!
//! kit-bundle/1
//! ```
//!
//! The files are the test: they were made once, and later versions have to judge them the same for ever (I3). A new rule gets a
//! row below and a file: `KIT_NEW_VECTORS=1 cargo test vectors` writes those that are missing and never touches the others.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use outage_kit::{
    bundle::{Hash, KitId, OpenError, Pin, ROOT_NAMESPACE, RootKeys, Roots, open, verify},
    key::{Identity, Signer, armour},
};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::{
    forge::{self, HEAD_NAMESPACE, Parts, Party, Section, Sshsig, bundle, keys, kit, one_root, root_line},
    world::World,
};

/// One file.
struct Vector {
    expect: String,
    pin: Option<Pin>,
    bundle: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or_else(|| panic!("{}: no header", path.display()));
        let header = std::str::from_utf8(&bytes[..end]).unwrap();
        let fields: BTreeMap<&str, &str> = header.lines().map(|line| line.split_once(": ").unwrap()).collect();
        assert!(fields.get("comment").is_some_and(|comment| comment.len() > 10), "{}: says nothing", path.display());
        assert!(fields.keys().all(|name| ["expect", "comment", "pin"].contains(name)), "{}", path.display());
        Self {
            expect: fields["expect"].to_owned(),
            pin: fields.get("pin").map(|pin| serde_json::from_str(pin).unwrap()),
            bundle: bytes[end + 2..].to_vec(),
        }
    }

    /// What a reader says about it, in one word.
    fn judged(&self, pin: &Pin, reader: &Identity) -> String {
        match verify(self.bundle.clone(), self.pin.as_ref().unwrap_or(pin)) {
            Err(refusal) => refusal.layer().to_owned(),
            Ok(verified) => match open(&verified, reader, None) {
                Ok(_) => "opens",
                Err(OpenError::NotForUs { .. }) => "open: not for us",
                Err(OpenError::Damaged) => "open: damaged",
                Err(OpenError::Json(_)) => "open: json",
                Err(OpenError::Model { .. }) => "open: model",
                Err(OpenError::OtherHead) => "open: other head",
                Err(OpenError::Rota) => "open: rota",
            }
            .to_owned(),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn files(below: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder().join(below)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn pin() -> Pin {
    serde_json::from_slice(&fs::read(folder().join("pin.json")).unwrap()).unwrap()
}

fn reader() -> Identity {
    Identity::parse(&fs::read_to_string(folder().join("reader.txt")).unwrap()).unwrap()
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let wrong = |path: &PathBuf| {
        let vector = Vector::read(path);
        let judged = vector.judged(&pin(), &reader());
        (judged != vector.expect).then(|| format!("{}: expected {}, is {judged}", path.display(), vector.expect))
    };
    let (valid, invalid) = (files("valid"), files("invalid"));
    let wrong: Vec<_> = valid.iter().chain(&invalid).filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(valid.iter().all(|path| Vector::read(path).expect == "opens"));
    assert!(invalid.iter().all(|path| Vector::read(path).expect != "opens"));
}

#[test]
fn i3_every_valid_vector_holds_what_it_held() {
    for path in files("valid") {
        let vector = Vector::read(&path);
        let verified = verify(vector.bundle, vector.pin.as_ref().unwrap_or(&pin())).unwrap();
        let team = open(&verified, &reader(), None).unwrap().team;
        assert_eq!((verified.seq(), team.name.as_str()), (42, "Acme"), "{}", path.display());
        assert_eq!(team.devices[0].reader, reader().recipient().to_string(), "{}", path.display());
    }
}

#[test]
fn every_rule_has_its_vector_and_every_vector_its_rule() {
    let write = std::env::var_os("KIT_NEW_VECTORS").is_some();
    if write {
        for below in ["valid", "invalid"] {
            fs::create_dir_all(folder().join(below)).unwrap();
        }
        if !folder().join("reader.txt").exists() {
            fs::write(folder().join("reader.txt"), Identity::generate().to_text().expose_secret()).unwrap();
            fs::write(folder().join("pin.json"), serde_json::to_string(&Forge::pin()).unwrap() + "\n").unwrap();
        }
    }
    let forge = Forge::new(reader());
    let mut rules = forge.rules();
    rules.sort_by(|one, two| one.path.cmp(&two.path));
    for rule in rules.iter().filter(|rule| write && !folder().join(&rule.path).exists()) {
        let pin = rule.pin.as_ref().map(|pin| format!("pin: {}\n", serde_json::to_string(pin).unwrap())).unwrap_or_default();
        let header = format!("expect: {}\ncomment: {}\n{pin}\n", rule.expect, rule.comment);
        fs::write(folder().join(&rule.path), [header.as_bytes(), &(rule.make)(&forge)].concat()).unwrap();
    }
    let files: Vec<_> = [files("invalid"), files("valid")].concat();
    let there: Vec<_> = files.iter().map(|path| path.strip_prefix(folder()).unwrap().to_str().unwrap()).collect();
    let meant: Vec<_> = rules.iter().map(|rule| rule.path.as_str()).collect();
    assert_eq!(there, meant, "missing files are written by: KIT_NEW_VECTORS=1 cargo test vectors");
    for (path, rule) in files.iter().zip(&rules) {
        assert_eq!(Vector::read(path).expect, rule.expect, "{}", path.display());
    }
}

#[test]
fn the_example_of_the_format_page_is_a_vector() {
    let page = fs::read_to_string(folder().join("../../docs/format.md")).unwrap();
    let vector = Vector::read(&folder().join("valid/minimal.kit"));
    let text = String::from_utf8(vector.bundle).unwrap();
    // Each line of the example, up to where it is shortened, begins a line of the file.
    let example = page.split_once("## Example").unwrap().1.split_once("```text\n").unwrap().1.split_once("```").unwrap().0;
    for line in example.lines() {
        let start = line.split('…').next().unwrap();
        assert!(text.lines().any(|found| found.starts_with(start)), "not in valid/minimal.kit: {line}");
    }
}

#[test]
fn the_limits_of_the_format_page_are_those_of_the_code() {
    use outage_kit::{bundle::limits, key::WorkFactor, team};
    let page = fs::read_to_string(folder().join("../../docs/format.md")).unwrap();
    let (kib, mib) = (|bytes: usize| format!("{} KiB", bytes / 1024), |bytes: usize| format!("{} MiB", bytes / 1024 / 1024));
    assert_eq!((limits::SEQ_END, limits::LETTER_NUMBER_END), (1 << 53, 10_u64.pow(10)));
    for (name, value) in [
        ("bundle", mib(limits::BUNDLE_BYTES_MAX)),
        ("roots", limits::ROOTS_MAX.to_string()),
        ("signatures under one line", limits::SIGNATURES_MAX.to_string()),
        ("one signature, armoured", kib(limits::SIGNATURE_BYTES_MAX)),
        ("line of a root or head", kib(limits::LINE_BYTES_MAX)),
        ("member devices", format!("{},{}", limits::DEVICES_MAX / 1000, limits::DEVICES_MAX % 1000)),
        ("JSON depth", limits::JSON_DEPTH_MAX.to_string()),
        ("`seq`", "below 2^53".to_owned()),
        ("field of text", format!("{} characters", team::FIELD_CHARS_MAX)),
        ("note", kib(team::NOTE_BYTES_MAX)),
        ("scrypt work factor of an identity file", WorkFactor::MAX.log_n().to_string()),
        ("invite or join request", kib(limits::PASTED_BYTES_MAX)),
        ("letter", kib(limits::LETTER_BYTES_MAX)),
        ("what is in a letter", kib(limits::LETTER_PLAIN_BYTES_MAX)),
        ("readers of a letter", limits::LETTER_READERS_MAX.to_string()),
        ("number of a letter", "below 10^10".to_owned()),
    ] {
        assert!(page.contains(&format!("| {name} | {value} |")), "docs/format.md, Limits: | {name} | {value} |");
    }
}

/// How a file was made.
type Make = Box<dyn Fn(&Forge) -> Vec<u8>>;

/// A row: where the file is, what it has to be judged as, what is wrong with it, and how it was made.
struct Rule {
    path: String,
    expect: &'static str,
    comment: &'static str,
    pin: Option<Pin>,
    make: Make,
}

/// What all vectors are made of: root key 1, publisher 2, second publisher 3, the committed reader.
struct Forge {
    root: Party,
    publisher: Party,
    second: Party,
    reader: Identity,
    good: Parts,
    plain: String,
}

impl Forge {
    fn pin() -> Pin {
        let [root, publisher] = Party::many([1, 2]);
        one_root(&root, &[&publisher]).pin()
    }

    fn new(reader: Identity) -> Self {
        let [root, publisher, second] = Party::many([1, 2, 3]);
        let good = Parts::of(bundle(&one_root(&root, &[&publisher]), 42, &[&publisher], &[&reader]).bytes());
        let plain = String::from_utf8(forge::plain_of(&good.payload, &reader)).unwrap();
        Self { root, publisher, second, reader, good, plain }
    }

    fn text(&self) -> String {
        String::from_utf8(self.good.bytes()).unwrap()
    }

    /// With an edited head, signed again.
    fn head(&self, name: &str, value: serde_json::Value) -> Vec<u8> {
        self.good.head_edited(&[&self.publisher], |head| head[name] = value).bytes()
    }

    /// With a head line written by hand, signed again.
    fn head_line(&self, from: &str, to: &str) -> Vec<u8> {
        assert!(self.good.head.line.contains(from));
        let line = self.good.head.line.replacen(from, to, 1);
        Parts { head: Section::signed(line, HEAD_NAMESPACE, &[&self.publisher]), ..self.good.clone() }.bytes()
    }

    /// With another block under the head.
    fn block(&self, block: String) -> Vec<u8> {
        Parts { head: Section { blocks: vec![block], ..self.good.head.clone() }, ..self.good.clone() }.bytes()
    }

    fn sshsig(&self, sshsig: Sshsig<'_>) -> Vec<u8> {
        self.block(sshsig.by(&self.publisher, &self.good.head.line))
    }

    /// With a block that `ssh-keygen` made with a key of another kind.
    fn by_ssh_keygen(&self, kind: &str) -> Vec<u8> {
        let world = World::new();
        world.run("ssh-keygen", ["-q", "-t", kind, "-N", "", "-f", "key"], b"").ok();
        let line = self.good.head.line.as_bytes();
        self.block(world.run("ssh-keygen", ["-Y", "sign", "-n", HEAD_NAMESPACE, "-f", "key"], line).ok().stdout.clone())
    }

    /// With further roots, and a head for the last of them.
    fn chain(&self, lines: &[(String, &[&Party])]) -> Vec<u8> {
        let roots = lines.iter().map(|(line, by)| Section::signed(line.clone(), ROOT_NAMESPACE, by));
        let roots = self.good.roots.iter().cloned().chain(roots).collect();
        Parts { roots, ..self.good.clone() }.head_for_last_root(&[&self.publisher]).bytes()
    }

    /// Version 2 of the root as it should be.
    fn second_root(&self) -> String {
        root_line(2, &[self.root.public()], 1, &[self.publisher.public()], 1)
    }

    /// With another first root, trusted by nobody.
    fn other_root(&self, edit: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
        self.good.root_edited(&[&self.root], &[&self.publisher], edit).bytes()
    }

    /// With another payload that the publisher signed.
    fn payload(&self, payload: String) -> Vec<u8> {
        self.good.payload_replaced(&[&self.publisher], payload).bytes()
    }

    /// With another plaintext that the publisher signed.
    fn plain(&self, from: &str, to: &str) -> Vec<u8> {
        assert!(self.plain.contains(from), "{from}");
        self.payload(forge::payload_of(self.plain.replacen(from, to, 1).as_bytes(), &self.reader))
    }

    /// With stanzas of another kind put into the header; nobody needs to open it to see.
    fn stanza(&self, stanza: &str, first: bool) -> Vec<u8> {
        let age = armour::AGE_FILE.decode(self.good.payload.as_bytes()).unwrap();
        let mark: &[u8] = if first { b"-> " } else { b"--- " };
        let at = age.windows(mark.len()).position(|window| window == mark).unwrap();
        self.payload(armour::AGE_FILE.encode(&[&age[..at], stanza.as_bytes(), &age[at..]].concat()))
    }

    /// A bundle with these roots, by these.
    fn under(&self, roots: &Roots, by: &[&Party]) -> Vec<u8> {
        bundle(roots, 42, by, &[&self.reader]).bytes().to_vec()
    }

    fn two_publishers(&self) -> Roots {
        let keys = keys(&[&self.root], 1, &[&self.publisher, &self.second], 2);
        Roots::first(kit(), keys, &[&self.root.signer]).unwrap()
    }

    /// A root whose publisher's key lives in hardware, and a bundle that it signed with these flags.
    fn hardware(&self, flags: u8) -> Parts {
        let line = root_line(1, &[self.root.public()], 1, &[&self.publisher.hardware()], 1);
        let roots = vec![Section::signed(line, ROOT_NAMESPACE, &[&self.root])];
        let mut parts = Parts { roots, ..self.good.clone() }.head_for_last_root(&[]);
        parts.head.blocks = vec![Sshsig { hardware: Some(flags), ..Sshsig::default() }.by(&self.publisher, &parts.head.line)];
        parts
    }

    #[rustfmt::skip]
    fn rules(&self) -> Vec<Rule> {
        let mut rules = Rules(Vec::new());
        let sig = Sshsig::default();

        rules.valid("minimal", "one root key, one publisher, one device", |f| f.good.bytes());
        rules.valid("two-roots", "a second version of the root, signed by the first and by itself", |f| f.chain(&[(f.second_root(), &[&f.root])]));
        rules.valid("later-fields", "fields of later versions in head and payload", |f| {
            let later = f.good.head_edited(&[&f.publisher], |head| head["later"] = json!({"list": [1, {"a": null}]}));
            let plain = f.plain.replacen("{\"kit\"", "{\"later\":[[]],\"kit\"", 1);
            later.payload_replaced(&[&f.publisher], forge::payload_of(plain.as_bytes(), &f.reader)).bytes()
        });
        rules.valid("three-devices", "sealed to three readers", |f| {
            let others = [Identity::generate(), Identity::generate()];
            let roots = one_root(&f.root, &[&f.publisher]);
            bundle(&roots, 42, &[&f.publisher], &[&f.reader, &others[0], &others[1]]).bytes().to_vec()
        });
        rules.valid("two-publishers", "two of two publishers signed", |f| f.under(&f.two_publishers(), &[&f.publisher, &f.second])).pin = Some(self.two_publishers().pin());
        rules.valid("hardware", "signed by a hardware key that somebody touched", |f| f.hardware(1).bytes()).pin = Some(self.hardware(1).pin(1));
        rules.valid("pinned-at-2", "a client that trusts the second root", |f| f.chain(&[(f.second_root(), &[&f.root])])).pin = Some(Pin { root_version: 2, root: Hash::of(self.second_root().as_bytes()), ..Self::pin() });
        rules.valid("no-grease", "an age file without the grease stanza, as other age programs write it", |f| {
            let world = World::new();
            world.write("plain", &f.plain);
            f.payload(world.run("age", ["-a", "-r", f.reader.recipient().as_str(), "plain"], b"").ok().stdout.clone())
        });

        rules.invalid("no-bundle", "empty", "no byte at all", |_| Vec::new());
        rules.invalid("no-bundle", "html", "the login page of a captive portal", |_| b"<!DOCTYPE html><title>Sign in</title>\n".to_vec());
        rules.invalid("no-bundle", "lfs-pointer", "a Git LFS pointer", |_| b"version https://git-lfs.github.com/spec/v1\n".to_vec());
        rules.invalid("no-bundle", "bom", "a byte order mark before the first line", |f| format!("\u{feff}{}", f.text()).into_bytes());
        rules.invalid("no-bundle", "first-line-crlf", "CRLF after the first line", |f| f.text().replacen('\n', "\r\n", 1).into_bytes());
        rules.invalid("no-bundle", "first-line-zero", "a leading zero in the number of the format", |f| f.text().replacen("/1\n", "/01\n", 1).into_bytes());
        rules.invalid("newer", "format-2-line", "the first line of a later format", |f| f.text().replacen("/1\n", "/2\n", 1).into_bytes());
        rules.invalid("newer", "format-2-head", "a later format in the head", |f| f.head("format", json!(2)));
        rules.invalid("newer", "min-reader", "a head that asks for a later kit", |f| f.head("min_reader", json!("99.0.0")));

        rules.invalid("structure", "crlf", "CRLF line ends but in the first line", |f| f.text().replace('\n', "\r\n").replacen("\r\n", "\n", 1).into_bytes());
        rules.invalid("structure", "not-ascii", "UTF-8 in a root line", |f| f.text().replacen("\"version\"", "\"vérsion\"", 1).into_bytes());
        rules.invalid("structure", "tab", "a tab before a line", |f| f.text().replacen("{\"root\"", "\t{\"root\"", 1).into_bytes());
        rules.invalid("structure", "blank-line", "a blank line before the head", |f| f.text().replacen("{\"head\"", "\n{\"head\"", 1).into_bytes());
        rules.invalid("structure", "comment-line", "a comment line before the head", |f| f.text().replacen("{\"head\"", "# by hand\n{\"head\"", 1).into_bytes());
        rules.invalid("structure", "indented", "a space before the head", |f| f.text().replacen("{\"head\"", " {\"head\"", 1).into_bytes());
        rules.invalid("structure", "no-root", "no root before the head", |f| Parts { roots: vec![], ..f.good.clone() }.bytes());
        rules.invalid("structure", "no-head", "no head before the payload", |f| f.text().replacen(&(f.good.head.line.clone() + &f.good.head.blocks[0]), "", 1).into_bytes());
        rules.invalid("structure", "two-heads", "the head twice", |f| { let head = f.good.head.line.clone() + &f.good.head.blocks[0]; f.text().replacen(&head, &head.repeat(2), 1).into_bytes() });
        rules.invalid("structure", "unsigned-root", "a root without a signature", |f| f.text().replacen(&f.good.roots[0].blocks[0], "", 1).into_bytes());
        rules.invalid("structure", "unsigned-head", "a head without a signature", |f| f.text().replacen(&f.good.head.blocks[0], "", 1).into_bytes());
        rules.invalid("structure", "no-payload", "nothing after the head", |f| Parts { payload: String::new(), ..f.good.clone() }.bytes());
        rules.invalid("structure", "cut-off", "the first half of a file", |f| f.good.bytes()[..900].to_vec());
        rules.invalid("structure", "root-after-head", "a root after the head", |f| { let root = f.good.roots[0].line.clone() + &f.good.roots[0].blocks[0]; f.text().replacen("-----BEGIN AGE", &format!("{root}-----BEGIN AGE"), 1).into_bytes() });

        rules.invalid("limit", "signatures-17", "17 signatures under the head", |f| { let mut parts = f.good.clone(); parts.head.blocks = vec![parts.head.blocks[0].clone(); 17]; parts.bytes() });
        rules.invalid("limit", "signature-long", "a signature of more than 2 KiB", |f| f.sshsig(Sshsig { trailing: &[0; 2048], ..Sshsig::default() }));
        rules.invalid("limit", "line-long", "a root line of more than 64 KiB", |f| f.other_root(|root| root["later"] = json!("a".repeat(65_536))));
        rules.invalid("limit", "roots-65", "65 versions of the root", |f| {
            let by = [&f.root];
            let lines: Vec<_> = (2..=65).map(|version| (root_line(version, &[f.root.public()], 1, &[f.publisher.public()], 1), &by[..])).collect();
            f.chain(&lines)
        });

        rules.invalid("signature", "failing", "a signature by the publisher over another line", move |f| f.block(sig.by(&f.publisher, "another line\n")));
        rules.invalid("signature", "head-changed", "one digit of the head changed after signing", |f| f.text().replacen("\"seq\":42", "\"seq\":43", 1).into_bytes());
        rules.invalid("signature", "namespace-git", "signed as a git commit is", |f| f.sshsig(Sshsig { namespace: "git", ..Sshsig::default() }));
        rules.invalid("signature", "namespace-file", "signed as ssh-keygen's manual page shows", |f| f.sshsig(Sshsig { namespace: "file", ..Sshsig::default() }));
        rules.invalid("signature", "namespace-root", "signed as a root", |f| f.sshsig(Sshsig { namespace: ROOT_NAMESPACE, ..Sshsig::default() }));
        rules.invalid("signature", "sha256", "hashed with sha256", |f| f.sshsig(Sshsig { hash: "sha256", ..Sshsig::default() }));
        rules.invalid("signature", "version-2", "version 2 of the signature format", |f| f.sshsig(Sshsig { version: 2, ..Sshsig::default() }));
        rules.invalid("signature", "reserved", "something in the reserved field", |f| f.sshsig(Sshsig { reserved: b"later", ..Sshsig::default() }));
        rules.invalid("signature", "trailing", "a byte after the last field", |f| f.sshsig(Sshsig { trailing: b"\0", ..Sshsig::default() }));
        rules.invalid("signature", "rsa", "a real signature by an RSA key", |f| f.by_ssh_keygen("rsa"));
        rules.invalid("signature", "ecdsa", "a real signature by an ECDSA key", |f| f.by_ssh_keygen("ecdsa"));
        rules.invalid("signature", "armour-64", "a good signature in lines of 64 characters", |f| {
            let base64 = data_encoding::BASE64.encode(&Sshsig::default().blob(&f.publisher, &f.good.head.line));
            let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            f.block(format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n")))
        });
        rules.invalid("signature", "armour-spaces", "a space at the end of a line of a good signature", |f| f.block(f.good.head.blocks[0].replacen("-----\n", "----- \n", 1).replacen("----- \n", "-----\n ", 1)));
        rules.invalid("signature", "second-bad", "a good signature, and one that fails", move |f| {
            let mut parts = f.good.clone();
            parts.head.blocks.push(sig.by(&f.second, "another line\n"));
            parts.bytes()
        });
        rules.invalid("signature", "hardware-untouched", "a hardware key that nobody touched", |f| f.hardware(0).bytes()).pin = Some(self.hardware(0).pin(1));
        rules.invalid("signature", "hardware-pin-only", "a hardware key with a PIN but without a touch", |f| f.hardware(4).bytes()).pin = Some(self.hardware(4).pin(1));

        rules.invalid("signer", "unknown", "signed by a key that no root names", |f| f.good.head_edited(&[&f.second], |_| {}).bytes());
        rules.invalid("signer", "unknown-beside", "a good signature, and one by a key that no root names", |f| f.good.head_edited(&[&f.publisher, &f.second], |_| {}).bytes());
        rules.invalid("signer", "root-key", "the head signed by the root key", |f| f.good.head_edited(&[&f.root], |_| {}).bytes());
        rules.invalid("signer", "twice", "one publisher signed twice", |f| f.good.head_edited(&[&f.publisher, &f.publisher], |_| {}).bytes());
        rules.invalid("signer", "hardware-form", "the publisher's key in hardware form, which the root does not name", |f| f.sshsig(Sshsig { hardware: Some(1), ..Sshsig::default() }));
        rules.invalid("signer", "removed", "signed by a publisher that the second root removed", |f| f.chain(&[(root_line(2, &[f.root.public()], 1, &[f.second.public()], 1), &[&f.root])]));
        rules.invalid("signer", "root-by-stranger", "a second root signed by a key of neither root, too", |f| f.chain(&[(f.second_root(), &[&f.root, &f.second])]));

        rules.invalid("threshold", "one-of-two", "one signature where the root asks for two", |f| { let mut parts = Parts::of(&f.under(&f.two_publishers(), &[&f.publisher, &f.second])); parts.head.blocks.pop(); parts.bytes() }).pin = Some(self.two_publishers().pin());
        rules.invalid("threshold", "root-by-old-only", "a second root with a new key that did not sign", |f| f.chain(&[(root_line(2, &[f.second.public()], 1, &[f.publisher.public()], 1), &[&f.root])]));
        rules.invalid("threshold", "root-by-new-only", "a second root that only its own new key signed", |f| f.chain(&[(root_line(2, &[f.second.public()], 1, &[f.publisher.public()], 1), &[&f.second])]));

        rules.invalid("json", "head-name-twice", "a name twice in the head", |f| f.head_line("\"seq\":42", "\"seq\":41,\"seq\":42"));
        rules.invalid("json", "head-name-escaped", "a name with an escape in the head", |f| f.head_line("\"seq\":42", "\"seq\":42,\"\\u0073eq\":41"));
        rules.invalid("json", "head-deep", "17 levels in the head", |f| f.head_line("\"seq\":42", &format!("\"seq\":42,\"x\":{}{}", "[".repeat(15), "]".repeat(15))));
        rules.invalid("json", "head-nan", "a number that JSON does not have", |f| f.head_line("\"seq\":42", "\"seq\":NaN"));
        rules.invalid("json", "head-cut", "a head line that is not closed", |f| f.head_line("}}\n", "}\n"));
        rules.invalid("json", "root-name-twice", "a name twice in the root", |f| { let line = f.second_root().replacen("\"version\":2", "\"version\":3,\"version\":2", 1); f.chain(&[(line, &[&f.root])]) });

        rules.invalid("fields", "head-seq-zero", "sequence number 0", |f| f.head("seq", json!(0)));
        rules.invalid("fields", "head-seq-huge", "sequence number 2^53", |f| f.head("seq", json!(1u64 << 53)));
        rules.invalid("fields", "head-seq-text", "a sequence number in quotes", |f| f.head("seq", json!("42")));
        rules.invalid("fields", "head-seq-fraction", "sequence number 42.0", |f| f.head("seq", json!(42.0)));
        rules.invalid("fields", "head-seq-negative", "sequence number -1", |f| f.head("seq", json!(-1)));
        rules.invalid("fields", "head-time-offset", "a time with an offset", |f| f.head("created", json!("2026-11-18T03:12:00+01:00")));
        rules.invalid("fields", "head-time-fraction", "a time with a fraction of a second", |f| f.head("created", json!("2026-11-18T02:12:00.5Z")));
        rules.invalid("fields", "head-time-lower", "a time in lower case", |f| f.head("created", json!("2026-11-18t02:12:00z")));
        rules.invalid("fields", "head-times-swapped", "to be refreshed before it was made", |f| f.head("refresh_by", json!("2026-11-18T02:11:59Z")));
        rules.invalid("fields", "head-other-kit", "a head of another kit", |f| f.head("kit", json!(forge::OTHER_KIT)));
        rules.invalid("fields", "head-kit-upper", "a kit id in upper case", |f| f.head("kit", json!(forge::KIT.to_uppercase())));
        rules.invalid("fields", "head-other-root", "a head for another root", |f| f.head("root", json!({"version": 1, "sha256": Hash::of(b"").to_string()})));
        rules.invalid("fields", "head-older-root", "a head for the root before the last one", |f| { let mut parts = Parts::of(&f.chain(&[(f.second_root(), &[&f.root])])); parts.head = f.good.head.clone(); parts.bytes() });
        rules.invalid("fields", "head-hash-upper", "a hash in upper case", |f| { let hash = Hash::of(f.good.payload.as_bytes()).to_string(); f.head_line(&hash, &hash.to_uppercase()) });
        rules.invalid("fields", "head-min-reader", "a release with a leading zero", |f| f.head("min_reader", json!("0.01.0")));
        rules.invalid("fields", "head-field-missing", "a head without refresh_by", |f| f.good.head_edited(&[&f.publisher], |head| drop(head.as_object_mut().unwrap().remove("refresh_by"))).bytes());
        rules.invalid("fields", "root-skips", "version 3 of the root after version 1", |f| f.chain(&[(root_line(3, &[f.root.public()], 1, &[f.publisher.public()], 1), &[&f.root])]));
        rules.invalid("fields", "root-repeats", "version 1 of the root twice", |f| f.chain(&[(f.good.roots[0].line.clone(), &[&f.root])]));
        rules.invalid("fields", "root-other-kit", "a second root of another kit", |f| f.chain(&[(f.second_root().replace(forge::KIT, forge::OTHER_KIT), &[&f.root])]));
        rules.invalid("fields", "root-starts-at-2", "a chain that begins with version 2", |f| f.other_root(|root| root["version"] = json!(2)));
        rules.invalid("fields", "root-key-twice", "a publish key listed twice", |f| f.other_root(|root| root["publish_keys"] = json!([f.publisher.public(), f.publisher.public()])));
        rules.invalid("fields", "root-key-twice-hardware", "a publish key listed twice, once in hardware form", |f| f.other_root(|root| root["publish_keys"] = json!([f.publisher.public(), f.publisher.hardware()])));
        rules.invalid("fields", "root-key-comment", "a key with a comment", |f| f.other_root(|root| root["publish_keys"] = json!([format!("{} comment", f.publisher.public())])));
        rules.invalid("fields", "root-key-rsa", "an RSA key among the publish keys", |f| f.other_root(|root| root["publish_keys"] = json!([f.publisher.public(), "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC"])));
        rules.invalid("fields", "root-key-weak", "a key that anybody can sign for", |f| f.other_root(|root| root["publish_keys"] = json!([f.publisher.public(), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])));
        rules.invalid("fields", "root-threshold-zero", "a publish threshold of 0", |f| f.other_root(|root| root["publish_threshold"] = json!(0)));
        rules.invalid("fields", "root-threshold-high", "a root threshold of 2 with one key", |f| f.other_root(|root| root["root_threshold"] = json!(2)));

        rules.invalid("kit", "other-kit", "a good bundle of another kit by the same publisher", |f| {
            let other = KitId::parse(forge::OTHER_KIT).unwrap();
            let roots = Roots::first(other, RootKeys { ..keys(&[&f.root], 1, &[&f.publisher], 1) }, &[&f.root.signer as &Signer]).unwrap();
            f.under(&roots, &[&f.publisher])
        });
        rules.invalid("pin", "other-root", "a good bundle of the same kit id under a root that is not the trusted one", |f| f.under(&one_root(&f.second, &[&f.publisher]), &[&f.publisher]));
        rules.invalid("pin", "ends-before", "a good bundle whose roots end before the trusted version", |f| f.good.bytes()).pin = Some(Pin { root_version: 2, root: Hash::of(self.second_root().as_bytes()), ..Self::pin() });

        rules.invalid("payload", "trailing-byte", "a line end after the end", |f| f.text().into_bytes().into_iter().chain([b'\n']).collect());
        rules.invalid("payload", "cut-payload", "without the last line", |f| f.text().replacen("-----END AGE ENCRYPTED FILE-----\n", "", 1).into_bytes());
        rules.invalid("payload", "forged", "another payload, sealed by a member to the same reader, under the old head", |f| Parts { payload: forge::payload_of(f.plain.replace("Acme", "Evil").as_bytes(), &f.reader), ..f.good.clone() }.bytes());
        rules.invalid("payload", "of-another", "the payload of another bundle of the same kit", |f| Parts { payload: Parts::of(&f.under(&one_root(&f.root, &[&f.publisher]), &[&f.publisher])).payload, ..f.good.clone() }.bytes());
        rules.invalid("payload", "two-bundles", "two good bundles in one file", |f| f.text().repeat(2).into_bytes());
        rules.invalid("payload", "armour-76", "armour in lines of 76 characters, signed", |f| {
            let base64 = f.good.payload.lines().filter(|line| !line.starts_with('-')).collect::<String>();
            let lines: Vec<_> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            f.payload(format!("-----BEGIN AGE ENCRYPTED FILE-----\n{}\n-----END AGE ENCRYPTED FILE-----\n", lines.join("\n")))
        });
        rules.invalid("payload", "no-age", "armour around something else, signed", |f| f.payload(armour::AGE_FILE.encode(b"not an age file")));
        rules.invalid("payload", "age-v2", "a later version of age, signed", |f| { let age = armour::AGE_FILE.decode(f.good.payload.as_bytes()).unwrap(); let at = "age-encryption.org/v".len(); f.payload(armour::AGE_FILE.encode(&[&age[..at], b"2", &age[at + 1..]].concat())) });
        rules.invalid("payload", "scrypt", "a passphrase stanza with a huge work factor, signed", |f| f.stanza(&format!("-> scrypt {} 30\n{}\n", "A".repeat(22), "A".repeat(43)), true));
        rules.invalid("payload", "ssh-stanza", "a stanza that names an SSH key, signed", |f| f.stanza(&format!("-> ssh-ed25519 AAAAAA {0}\n{0}\n", "A".repeat(43)), true));
        rules.invalid("payload", "plugin-stanza", "a plugin's stanza, signed", |f| f.stanza(&format!("-> piv-p256 AAAAAA {0}\n{0}\n", "A".repeat(43)), true));
        rules.invalid("payload", "post-quantum", "a post-quantum stanza, signed", |f| f.stanza(&format!("-> mlkem768x25519 {0}\n{0}\n", "A".repeat(43)), true));
        rules.invalid("payload", "grease-first", "a grease stanza before the others, signed", |f| f.stanza("-> x-grease\n\n", true));
        rules.invalid("payload", "grease-twice", "a second grease stanza, signed", |f| f.stanza("-> x-grease\n\n", false));
        rules.invalid("payload", "grease-long", "a grease stanza with four lines, signed", |f| { let whole = format!("{}\n", "A".repeat(64)).repeat(3); f.payload(without_grease(f, &format!("-> x-grease\n{whole}\n"))) });
        rules.invalid("payload", "no-stanza", "a header without any recipient, signed", |f| { let age = format!("age-encryption.org/v1\n--- {}\n", "A".repeat(43)); f.payload(armour::AGE_FILE.encode(age.as_bytes())) });

        rules.invalid("open: other head", "payload-other-kit", "a payload that says it is of another kit, signed", |f| f.plain(forge::KIT, forge::OTHER_KIT));
        rules.invalid("open: other head", "payload-other-seq", "a payload that says it has another number, signed", |f| f.plain("\"seq\":42", "\"seq\":41"));
        rules.invalid("open: json", "payload-name-twice", "a name twice in the payload, signed", |f| f.plain("\"team\":{", "\"team\":{},\"team\":{"));
        rules.invalid("open: json", "payload-deep", "17 levels in the payload, signed", |f| f.plain("\"team\":{", &format!("\"x\":{}{},\"team\":{{", "[".repeat(16), "]".repeat(16))));
        rules.invalid("open: json", "payload-two", "two objects in the payload, signed", |f| f.plain("{\"kit\"", "{} {\"kit\""));
        rules.invalid("open: model", "payload-type", "a number where a name belongs, signed", |f| f.plain("\"Acme\"", "7"));
        rules.invalid("open: damaged", "header-mac", "a wrong MAC in the age header, signed", |f| { let age = armour::AGE_FILE.decode(f.good.payload.as_bytes()).unwrap(); let at = age.windows(5).position(|window| window == b"\n--- ").unwrap() + 5; let other = if age[at] == b'A' { b"B" } else { b"A" }; f.payload(armour::AGE_FILE.encode(&[&age[..at], other, &age[at + 1..]].concat())) });
        rules.invalid("open: damaged", "chunk", "one changed byte at the end of the encrypted part, signed", |f| { let mut age = armour::AGE_FILE.decode(f.good.payload.as_bytes()).unwrap(); *age.last_mut().unwrap() ^= 1; f.payload(armour::AGE_FILE.encode(&age)) });
        rules.invalid("open: not for us", "not-for-us", "sealed to another reader only", |f| f.payload(forge::payload_of(f.plain.as_bytes(), &Identity::generate())));
        rules.0
    }
}

/// The payload with another grease stanza in place of age's.
fn without_grease(forge: &Forge, grease: &str) -> String {
    let age = armour::AGE_FILE.decode(forge.good.payload.as_bytes()).unwrap();
    let find = |mark: &[u8], from: usize| from + age[from..].windows(mark.len()).position(|window| window == mark).unwrap();
    let start = find(b"\n-> ", find(b"-> X25519", 0)) + 1;
    let end = find(b"\n--- ", start) + 1;
    armour::AGE_FILE.encode(&[&age[..start], grease.as_bytes(), &age[end..]].concat())
}

struct Rules(Vec<Rule>);

impl Rules {
    fn valid(&mut self, name: &str, comment: &'static str, make: impl Fn(&Forge) -> Vec<u8> + 'static) -> &mut Rule {
        self.add(format!("valid/{name}.kit"), "opens", comment, make)
    }

    fn invalid(
        &mut self,
        expect: &'static str,
        name: &str,
        comment: &'static str,
        make: impl Fn(&Forge) -> Vec<u8> + 'static,
    ) -> &mut Rule {
        self.add(format!("invalid/{name}.kit"), expect, comment, make)
    }

    fn add(
        &mut self,
        path: String,
        expect: &'static str,
        comment: &'static str,
        make: impl Fn(&Forge) -> Vec<u8> + 'static,
    ) -> &mut Rule {
        self.0.push(Rule { path, expect, comment, pin: None, make: Box::new(make) });
        self.0.last_mut().unwrap()
    }
}
