//! The format of letters: each file in `tests/vectors/letters` opens, or is refused by the rule that its `expect:` line names; and
//! stock tools read what kit wrote.
//!
//! The files are the test, as those of bundles are: made once, judged the same for ever. A new rule gets a row below and a file:
//! `KIT_NEW_VECTORS=1 cargo test letters` writes those that are missing and never touches the others.

use std::{
    collections::BTreeMap,
    fs, iter,
    path::{Path, PathBuf},
};

use outage_kit::{
    bundle::{
        Hash, LETTER_NAMESPACE,
        letter::{self, Ack, Content, Envelope, Found},
        limits::{LETTER_BYTES_MAX, LETTER_PLAIN_BYTES_MAX, LETTER_READERS_MAX},
    },
    key::{Identity, Recipient, armour::AGE_FILE},
};
use serde_json::{Value, json};

use crate::{
    forge::{self, HEAD_NAMESPACE, Party, Sshsig, kit},
    stock_tools::recipe,
    world::World,
};

/// The number of the letter in all vectors, and the key that signs them.
const NUMBER: u64 = 7;
fn sender() -> Party {
    Party::new(7)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/letters")
}

/// The reader of all vectors, those of bundles too.
fn reader_text() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/reader.txt")).unwrap()
}

fn reader() -> Identity {
    Identity::parse(&reader_text()).unwrap()
}

/// One row: where the file is, what it has to be judged as, what is wrong with it, its name, and how it was made.
struct Rule {
    path: &'static str,
    expect: &'static str,
    comment: &'static str,
    name: Option<String>,
    make: Box<dyn Fn() -> Vec<u8>>,
}

fn rule(path: &'static str, expect: &'static str, comment: &'static str, make: impl Fn() -> Vec<u8> + 'static) -> Rule {
    Rule { path, expect, comment, name: None, make: Box::new(make) }
}

/// The fields of a good letter.
fn fields() -> Value {
    json!({
        "kit": forge::KIT, "key": sender().public().to_string(), "number": NUMBER, "at": forge::CREATED, "kind": "ack",
        "ack": { "root": 1, "seq": 42, "head": Hash::of(b"head").to_string(), "contacts": true, "credentials": true },
    })
}

fn line(fields: &Value) -> String {
    json!({ "letter": fields }).to_string() + "\n"
}

/// Padded as kit does.
fn padded(mut plain: Vec<u8>) -> Vec<u8> {
    plain.resize(plain.len().next_multiple_of(1024), b' ');
    plain
}

fn sealed(plain: &[u8], readers: &[Recipient]) -> Vec<u8> {
    let recipients = readers.iter().map(|reader| reader.as_age() as &dyn age::Recipient);
    let mut bytes = Vec::new();
    let mut writer = age::Encryptor::with_recipients(recipients).unwrap().wrap_output(&mut bytes).unwrap();
    std::io::Write::write_all(&mut writer, plain).unwrap();
    writer.finish().unwrap();
    AGE_FILE.encode(&bytes).into_bytes()
}

/// A line, signed by the sender for the right purpose, sealed to the committed reader.
fn of_line(line: &str) -> Vec<u8> {
    let signature = sender().signs(LETTER_NAMESPACE, line);
    sealed(&padded(format!("{line}{signature}").into_bytes()), &[reader().recipient()])
}

/// A good letter with other fields.
fn with(edit: impl Fn(&mut Value)) -> Vec<u8> {
    let mut fields = fields();
    edit(&mut fields);
    of_line(&line(&fields))
}

fn signed_by(signature: &str) -> Vec<u8> {
    sealed(&padded(format!("{}{signature}", line(&fields())).into_bytes()), &[reader().recipient()])
}

fn strangers(count: usize) -> Vec<Recipient> {
    iter::repeat_with(|| Identity::generate().recipient()).take(count).collect()
}

fn rules() -> Vec<Rule> {
    let set = |path, comment, pointer: &'static str, value: Value| {
        rule(path, "fields", comment, move || with(|fields| *fields.pointer_mut(pointer).unwrap() = value.clone()))
    };
    let named = |path, comment, name: String| Rule { name: Some(name), ..rule(path, "other name", comment, || with(|_| ())) };
    let own = sender().public().handle();
    vec![
        rule("valid/ack.letter", "ack", "an acknowledgement as kit writes it", || with(|_| ())),
        rule("valid/later-field.letter", "ack", "with fields of a later kit, which are passed over", || {
            with(|fields| (fields["new"], fields["ack"]["new"]) = (json!([{}]), json!(null)))
        }),
        rule("valid/later-kind.letter", "unknown", "of a kind that this kit does not know, and so passes over", || {
            with(|fields| (fields["kind"], fields["ack"]) = (json!("later"), json!("anything")))
        }),
        rule("valid/many-readers.letter", "ack", "sealed to as many as may be, the last one being us", || {
            let plain = line(&fields()) + &sender().signs(LETTER_NAMESPACE, &line(&fields()));
            sealed(&padded(plain.into_bytes()), &[strangers(LETTER_READERS_MAX - 1), vec![reader().recipient()]].concat())
        }),
        rule("valid/no-padding.letter", "ack", "not padded: that is for the writer to keep, not for the reader to check", || {
            let plain = line(&fields()) + &sender().signs(LETTER_NAMESPACE, &line(&fields()));
            sealed(plain.as_bytes(), &[reader().recipient()])
        }),
        rule("invalid/not-for-us.letter", "not for us", "sealed to somebody else", || sealed(b"x", &strangers(1))),
        rule("invalid/not-age.letter", "envelope", "a signed line that nobody encrypted", || {
            (line(&fields()) + &sender().signs(LETTER_NAMESPACE, &line(&fields()))).into_bytes()
        }),
        rule("invalid/empty.letter", "envelope", "an empty file", Vec::new),
        rule("invalid/binary.letter", "envelope", "an age file without its armour", || AGE_FILE.decode(&with(|_| ())).unwrap()),
        rule("invalid/crlf.letter", "envelope", "lines that end with CR LF", || {
            String::from_utf8(with(|_| ())).unwrap().replace('\n', "\r\n").into_bytes()
        }),
        rule("invalid/trailing.letter", "envelope", "a byte after the last line", || [with(|_| ()), b"\n".to_vec()].concat()),
        rule("invalid/scrypt.letter", "envelope", "sealed by a passphrase, which makes its reader work", || {
            let mut recipient = age::scrypt::Recipient::new("swordfish".to_owned().into());
            recipient.set_work_factor(10);
            let bytes = age::encrypt(&recipient, &padded(line(&fields()).into_bytes())).unwrap();
            AGE_FILE.encode(&bytes).into_bytes()
        }),
        rule("invalid/too-many-readers.letter", "readers", "sealed to one reader more than may be", || {
            let plain = line(&fields()) + &sender().signs(LETTER_NAMESPACE, &line(&fields()));
            sealed(&padded(plain.into_bytes()), &[strangers(LETTER_READERS_MAX), vec![reader().recipient()]].concat())
        }),
        rule("invalid/too-large.letter", "size", "one byte larger than a letter may be", || {
            let mut bytes = with(|_| ());
            bytes.resize(LETTER_BYTES_MAX + 1, b'\n');
            bytes
        }),
        rule("invalid/long.letter", "size", "more in it than may be", || {
            let plain = line(&fields()) + &sender().signs(LETTER_NAMESPACE, &line(&fields()));
            let mut plain = plain.into_bytes();
            plain.resize(LETTER_PLAIN_BYTES_MAX + 1, b' ');
            sealed(&plain, &[reader().recipient()])
        }),
        rule("invalid/cut.letter", "damaged", "the last byte is missing under the armour", || {
            let mut under = AGE_FILE.decode(&with(|_| ())).unwrap();
            under.pop();
            AGE_FILE.encode(&under).into_bytes()
        }),
        rule("invalid/flipped.letter", "damaged", "one bit of the ciphertext is another one", || {
            let mut under = AGE_FILE.decode(&with(|_| ())).unwrap();
            let at = under.len() - 100;
            under[at] ^= 1;
            AGE_FILE.encode(&under).into_bytes()
        }),
        rule("invalid/no-line.letter", "shape", "no line in it", || sealed(&padded(b"ack".to_vec()), &[reader().recipient()])),
        rule("invalid/not-utf8.letter", "shape", "bytes in it that are no text", || {
            sealed(&padded([line(&fields()).as_bytes(), &[0xff]].concat()), &[reader().recipient()])
        }),
        rule("invalid/unsigned.letter", "signature", "a line without a signature", || signed_by("")),
        rule("invalid/signed-twice.letter", "signature", "a second signature after the first", || {
            let one = sender().signs(LETTER_NAMESPACE, &line(&fields()));
            signed_by(&format!("{one}{one}"))
        }),
        rule("invalid/after.letter", "signature", "something else than spaces after the signature", || {
            signed_by(&format!("{}x", sender().signs(LETTER_NAMESPACE, &line(&fields()))))
        }),
        rule("invalid/as-head.letter", "signature", "signed for another purpose", || {
            signed_by(&sender().signs(HEAD_NAMESPACE, &line(&fields())))
        }),
        rule("invalid/failing.letter", "signature", "the signature of another line", || {
            signed_by(&sender().signs(LETTER_NAMESPACE, &line(&json!({}))))
        }),
        rule("invalid/sha256.letter", "signature", "signed with another hash", || {
            let sshsig = Sshsig { namespace: LETTER_NAMESPACE, hash: "sha256", ..Sshsig::default() };
            signed_by(&sshsig.by(&sender(), &line(&fields())))
        }),
        rule("invalid/other-signer.letter", "other key", "well signed, by another key than the one it names", || {
            signed_by(&Party::new(8).signs(LETTER_NAMESPACE, &line(&fields())))
        }),
        rule("invalid/name-twice.letter", "json", "a name stands twice", || {
            of_line(&line(&fields()).replacen("{\"letter\":{", "{\"letter\":{\"number\":1,", 1))
        }),
        rule("invalid/not-json.letter", "json", "the line is not JSON", || of_line("I have kit 42\n")),
        rule("invalid/no-letter.letter", "fields", "another object than a letter", || of_line("{\"head\":{}}\n")),
        rule("invalid/no-ack.letter", "fields", "an acknowledgement of nothing", || {
            with(|fields| drop(fields.as_object_mut().unwrap().remove("ack")))
        }),
        set("invalid/number-zero.letter", "the number 0", "/number", json!(0)),
        set("invalid/number-huge.letter", "a number of eleven digits", "/number", json!(10_000_000_000_u64)),
        set("invalid/number-text.letter", "a number in quotes", "/number", json!("7")),
        set("invalid/at-offset.letter", "a time that is not in UTC", "/at", json!("2026-11-18T03:12:00+01:00")),
        set("invalid/at-fraction.letter", "a time with parts of a second", "/at", json!("2026-11-18T02:12:00.5Z")),
        set("invalid/kit-upper.letter", "the kit in another spelling", "/kit", json!(forge::KIT.to_uppercase())),
        set("invalid/key-rsa.letter", "a key of another kind", "/key", json!("ssh-rsa AAAAB3NzaC1yc2E=")),
        set("invalid/root-zero.letter", "root 0", "/ack/root", json!(0)),
        set("invalid/seq-zero.letter", "kit 0", "/ack/seq", json!(0)),
        set("invalid/seq-huge.letter", "kit 2^53", "/ack/seq", json!(1_u64 << 53)),
        set("invalid/head-upper.letter", "a hash in capitals", "/ack/head", json!(Hash::of(b"head").to_string().to_uppercase())),
        set("invalid/contacts-text.letter", "a word for a truth value", "/ack/contacts", json!("yes")),
        rule("invalid/other-kit.letter", "other kit", "of another kit", || {
            with(|fields| fields["kit"] = json!(forge::OTHER_KIT))
        }),
        named("invalid/other-number.letter", "under another number", format!("{own}/8")),
        named(
            "invalid/other-device.letter",
            "under the name of another device",
            format!("{}/{NUMBER}", Party::new(8).public().handle()),
        ),
    ]
}

/// What a reader says about a file.
fn judged(bytes: &[u8], name: &str) -> String {
    let (device, number) = name.split_once('/').unwrap();
    let found = Found { kit: &kit(), device, number: number.parse().unwrap() };
    letter::open(bytes, &reader(), &found).map_or_else(|error| error.rule().to_owned(), |letter| letter.content.to_string())
}

#[test]
fn every_rule_has_its_letter_and_every_letter_is_judged_as_it_says() {
    let write = std::env::var_os("KIT_NEW_VECTORS").is_some();
    let mut rules = rules();
    rules.sort_by_key(|rule| rule.path);
    for rule in rules.iter().filter(|rule| write && !folder().join(rule.path).exists()) {
        let own = || format!("{}/{NUMBER}", sender().public().handle());
        let name = rule.name.clone().unwrap_or_else(own);
        let header = format!("expect: {}\ncomment: {}\nname: {name}\n\n", rule.expect, rule.comment);
        let path = folder().join(rule.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [header.as_bytes(), &(rule.make)()].concat()).unwrap();
    }
    let mut there = Vec::new();
    for below in ["invalid", "valid"] {
        there.extend(
            fs::read_dir(folder().join(below))
                .unwrap()
                .map(|entry| format!("{below}/{}", entry.unwrap().file_name().into_string().unwrap())),
        );
    }
    there.sort();
    let meant: Vec<_> = rules.iter().map(|rule| rule.path).collect();
    assert_eq!(there, meant, "missing files are written by: KIT_NEW_VECTORS=1 cargo test letters");
    let mut wrong = Vec::new();
    for rule in &rules {
        let bytes = fs::read(folder().join(rule.path)).unwrap();
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
        let header: BTreeMap<&str, &str> =
            std::str::from_utf8(&bytes[..end]).unwrap().lines().map(|line| line.split_once(": ").unwrap()).collect();
        let judged = judged(&bytes[end + 2..], header["name"]);
        if judged != header["expect"] || judged != rule.expect {
            wrong.push(format!("{}: expected {}, is {judged}", rule.path, header["expect"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_changed_byte_of_a_letter_is_noticed() {
    let good = with(|_| ());
    let name = format!("{}/{NUMBER}", sender().public().handle());
    assert_eq!(judged(&good, &name), "ack");
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 7);
        assert_ne!(judged(&changed, &name), "ack", "byte {at}");
        assert_ne!(judged(&good[..at], &name), "ack", "cut off at {at}");
    }
}

#[test]
fn the_documented_recipe_reads_a_letter_and_notices_a_change() {
    let world = World::new();
    let key = outage_kit::key::DeviceKey::generate("alice laptop").unwrap();
    let envelope = Envelope { kit: kit(), key: key.public().clone(), number: 3, at: forge::CREATED.parse().unwrap() };
    let ack = Ack { root: 1, seq: 42, head: Hash::of(b"head"), contacts: true, credentials: false };
    let bytes = letter::seal(&envelope, &Content::Ack(ack.clone()), &key, &[reader().recipient()]).unwrap();
    let found = Found { kit: &kit(), device: &key.public().handle(), number: 3 };
    assert_eq!(letter::open(&bytes, &reader(), &found).unwrap().content, Content::Ack(ack));

    world.write("reader.txt", reader_text());
    let devices =
        json!({ "team": { "devices": [{ "person": "alice.okafor", "name": "laptop", "key": key.public().to_string() }] } });
    world.write("payload.json", devices.to_string());
    world.write("letter", &bytes);
    let script = recipe(&["Read a letter"]);
    let run = world.run("sh", ["-euc", &script], b"");
    run.ok().has("Good \"kit-letter-v1@outage-kit\" signature").has("alice.okafor/laptop").has("\"seq\":42");

    // By a key that nobody's device has.
    world.write("payload.json", devices.to_string().replace("ssh-ed25519 AAAA", "ssh-ed25519 BBBB"));
    assert_ne!(world.run("sh", ["-euc", &script], b"").status, 0);
    // Sealed anew, the line changed.
    world.write("payload.json", devices.to_string());
    let plain = age::decrypt(reader().as_age(), &AGE_FILE.decode(&bytes).unwrap()).unwrap();
    let changed = String::from_utf8(plain).unwrap().replacen("\"seq\":42", "\"seq\":43", 1);
    world.write("letter", sealed(changed.as_bytes(), &[reader().recipient()]));
    assert_ne!(world.run("sh", ["-euc", &script], b"").status, 0);
}
