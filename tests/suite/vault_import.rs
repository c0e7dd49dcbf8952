//! Items of other password managers: real databases of KeePassXC, exports by their documented formats, and hostile ones.

use data_encoding::BASE64;
use outage_kit::{
    import::vault::{self, Vault, VaultError, VaultItem},
    take_out::{self, TakeOutError},
    team::FieldKind,
};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use crate::{
    vault::{CANARY_PASSWORD, CANARY_SEED, Vault as Kits},
    world::{World, peer},
};

/// What the seed comes to, whoever exported it.
const ADDRESS: &str = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn read(bytes: impl AsRef<[u8]>) -> Vault {
    vault::read(bytes.as_ref()).unwrap_or_else(|error| panic!("{error}"))
}

fn why(bytes: impl AsRef<[u8]>) -> VaultError {
    let error = vault::read(bytes.as_ref()).err().expect("it is read");
    assert!(!error.to_string().contains("canary"), "{error}");
    error
}

#[track_caller]
fn value<'a>(item: &'a VaultItem, name: &str) -> (FieldKind, &'a str) {
    let found = item.fields.iter().find(|(field, ..)| field == name);
    let names: Vec<_> = item.fields.iter().map(|(name, ..)| name).collect();
    let (_, kind, value) = found.unwrap_or_else(|| panic!("no {name} in {names:?}"));
    (*kind, value.expose_secret())
}

fn bitwarden() -> String {
    format!(
        r#"{{"encrypted":false,"folders":[{{"id":"f1","name":"Infrastructure"}}],"items":[
        {{"id":"1","folderId":"f1","type":1,"name":"AWS root","notes":"two\nlines","favorite":false,
          "fields":[{{"name":"Account","value":"1234","type":0,"linkedId":null}},{{"name":"API key","value":"canary-api","type":1}},
                    {{"name":"Recovery codes","value":"aaa\nbbb","type":1}},{{"name":"MFA","value":"true","type":2}},
                    {{"name":"same as user","value":null,"type":3,"linkedId":100}},{{"name":"API key","value":"canary-api2","type":1}}],
          "login":{{"fido2Credentials":[{{}}],"uris":[{{"match":null,"uri":"https://aws.example"}}],"username":"root@example.com",
                    "password":"{CANARY_PASSWORD}","totp":"{CANARY_SEED}"}},"collectionIds":null}},
        {{"id":"2","folderId":null,"type":2,"name":"Door","notes":"canary-door","secureNote":{{"type":0}}}},
        {{"id":"3","type":3,"name":"Card","card":{{"number":"canary"}}}},
        {{"id":"4","type":1,"name":"Gone","deletedDate":"2026-01-01T00:00:00Z","login":{{"password":"canary"}}}},
        {{"id":"5","type":1,"name":"Door","login":{{"username":"x","totp":"otpauth://hotp/x?secret=MFRGGZDF"}}}},
        {{"id":"6","type":5,"name":"Key","sshKey":{{"privateKey":"-----BEGIN\ncanary\n","publicKey":"ssh-ed25519 A"}}}}]}}"#
    )
}

fn keepass(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<KeePassFile><Meta><RecycleBinUUID>YmluAAAA</RecycleBinUUID></Meta><Root><Group><UUID>x</UUID><Name>Root</Name>{body}</Group></Root></KeePassFile>"
    )
}

fn entry(strings: &[(&str, &str)]) -> String {
    let strings: String = strings
        .iter()
        .map(|(key, value)| {
            format!("<String><Key>{key}</Key><Value ProtectInMemory=\"{}\">{value}</Value></String>", key.contains("key"))
        })
        .collect();
    format!("<Entry>{strings}<History><Entry><String><Key>Title</Key><Value>old</Value></String></Entry></History></Entry>")
}

/// A zip archive of one file: as stored, or with deflated bytes that come from elsewhere.
fn zip(name: &str, bytes: &[u8], packed: Option<&[u8]>) -> Vec<u8> {
    let crc = rawzip::crc32(bytes);
    let data = packed.unwrap_or(bytes);
    let method: u16 = if packed.is_some() { 8 } else { 0 };
    let length = |len: usize| u32::try_from(len).unwrap().to_le_bytes();
    let named = u16::try_from(name.len()).unwrap().to_le_bytes();
    let facts = [
        &[20, 0, 0, 0][..],
        &method.to_le_bytes(),
        &[0; 4],
        &crc.to_le_bytes(),
        &length(data.len()),
        &length(bytes.len()),
        &named,
        &[0; 2],
    ]
    .concat();
    let local = [&b"PK\x03\x04"[..], &facts, name.as_bytes(), data].concat();
    let central = [&b"PK\x01\x02\x14\x00"[..], &facts, &[0; 10], &[0; 4], name.as_bytes()].concat();
    let end = [&b"PK\x05\x06"[..], &[0; 4], &[1, 0, 1, 0], &length(central.len()), &length(local.len()), &[0; 2]].concat();
    [local, central, end].concat()
}

fn one_password() -> String {
    format!(
        r#"{{"accounts":[{{"attrs":{{"name":"Dana"}},"vaults":[{{"attrs":{{"name":"Ops"}},"items":[
        {{"uuid":"a","state":"active","categoryUuid":"001","overview":{{"title":"AWS root","url":"https://aws.example",
            "urls":[{{"label":"","url":"https://aws.example"}}],"tags":["x"]}},
          "details":{{"loginFields":[{{"value":"root@example.com","designation":"username","fieldType":"T"}},
              {{"value":"{CANARY_PASSWORD}","designation":"password","fieldType":"P"}},{{"value":"Go","designation":"","fieldType":"B"}}],
            "notesPlain":"two\nlines","passwordHistory":[{{"value":"canary-old","time":1}}],
            "sections":[{{"title":"More","name":"s","fields":[
              {{"title":"one-time password","id":"TOTP_1","value":{{"totp":"{CANARY_SEED}"}}}},
              {{"title":"PIN","id":"p","value":{{"concealed":"canary-pin"}}}},
              {{"title":"mail","id":"m","value":{{"email":{{"email_address":"a@b.example","provider":null}}}}}},
              {{"title":"since","id":"d","value":{{"date":1700000000}}}},
              {{"title":"scan","id":"f","value":{{"file":{{"fileName":"x"}}}}}}]}}]}}}}]}}]}}]}}"#
    )
}

#[test]
fn bitwardens_export_is_read() {
    let vault = read(bitwarden());
    let titles: Vec<_> = vault.items.iter().map(take_out::full_title).collect();
    assert_eq!(titles, ["Infrastructure/AWS root", "Door", "Card", "Door", "Key"]);
    let aws = &vault.items[0];
    let names: Vec<_> = aws.fields.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["user", "password", "totp", "url", "account", "api-key", "recovery-codes", "mfa", "api-key-2", "note"]);
    assert_eq!(value(aws, "password"), (FieldKind::Secret, CANARY_PASSWORD));
    assert_eq!(value(aws, "user"), (FieldKind::Text, "root@example.com"));
    assert!(value(aws, "totp").1.contains(ADDRESS));
    assert_eq!(value(aws, "recovery-codes"), (FieldKind::Codes, "aaa\nbbb"));
    assert_eq!(value(aws, "api-key"), (FieldKind::Secret, "canary-api"));
    assert_eq!(value(aws, "note"), (FieldKind::Note, "two\nlines"));
    assert!(aws.left_out[0].starts_with("passkey: "));
    assert!(vault.items[2].fields.is_empty() && vault.items[2].left_out[0].starts_with("card: "));
    assert!(vault.items[3].left_out[0].starts_with("totp: its codes go by a counter"), "{:?}", vault.items[3].left_out);
    assert_eq!(value(&vault.items[4], "private-key").0, FieldKind::Note);
}

#[test]
fn encrypted_and_damaged_exports_are_told_apart_and_never_quoted() {
    assert_eq!(why(r#"{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.x"}"#), VaultError::Encrypted { by_password: false });
    assert_eq!(
        why(r#"{"encrypted":true,"passwordProtected":true,"data":"canary"}"#),
        VaultError::Encrypted { by_password: true }
    );
    assert_eq!(why("{\n\"items\": \"canary\"}"), VaultError::Damaged { kind: "Bitwarden export", line: Some(2) });
    assert_eq!(why(r#"{"canary":1}"#), VaultError::Unknown);
    assert_eq!(why(&bitwarden()[..900]), VaultError::Damaged { kind: "Bitwarden export", line: Some(8) });
    assert_eq!(why("canary"), VaultError::Unknown);
    assert_eq!(why(""), VaultError::Unknown);
    assert_eq!(why([0x03, 0xd9, 0xa2, 0x9a, 0x67]), VaultError::Database);
    assert_eq!(why("<canary/>"), VaultError::Unknown);
    assert_eq!(why("<KeePassFile>\n<canary></other>"), VaultError::Damaged { kind: "KeePass XML", line: Some(2) });
    let protected = keepass("<Entry><String><Key>Password</Key><Value Protected=\"True\">canary</Value></String></Entry>");
    assert_eq!(why(protected), VaultError::StillProtected);
    assert_eq!(why(zip("export.attributes", b"{}", None)), VaultError::Unknown);
    assert_eq!(
        why(zip("export.data", b"{\"accounts\": \"canary\"}", None)),
        VaultError::Damaged { kind: "1PUX export", line: Some(1) }
    );
    assert_eq!(
        why(&zip("export.data", one_password().as_bytes(), None)[..400]),
        VaultError::Damaged { kind: "1PUX export", line: None }
    );
}

#[test]
fn keepass_xml_is_read_without_the_bin_and_the_history() {
    let body = [
        entry(&[("Title", "Top"), ("UserName", "dana"), ("Password", "canary-1"), ("api key", "canary-2"), ("Notes", "a\nb")]),
        "<Group><UUID>g</UUID><Name>Infra</Name>".to_owned(),
        entry(&[("Title", "Otp"), ("otp", &format!("otpauth://totp/x?secret={CANARY_SEED}&amp;digits=8"))]),
        entry(&[("Title", "Pairs"), ("otp", &format!("key={CANARY_SEED}&amp;size=8&amp;step=60"))]),
        entry(&[("Title", "Tray"), ("TOTP Seed", CANARY_SEED), ("TOTP Settings", "30;S")]),
        entry(&[("Title", "Keepass"), ("TimeOtp-Secret", "12345678901234567890"), ("TimeOtp-Algorithm", "HMAC-SHA-256")]),
        entry(&[("Title", "Hex"), ("TimeOtp-Secret-Hex", "3132333435363738393031323334353637383930"), ("TimeOtp-Length", "8")]),
        entry(&[("Title", "Counter"), ("HmacOtp-Secret-Base32", CANARY_SEED), ("HmacOtp-Counter", "1")]),
        entry(&[("Title", "Ref"), ("Password", "{REF:P@I:46C9B1FF}")]),
        "</Group><Group><UUID>YmluAAAA</UUID><Name>Recycle Bin</Name>".to_owned(),
        entry(&[("Title", "Gone"), ("Password", "canary")]),
        "</Group>".to_owned(),
    ];
    let vault = read(keepass(&body.concat()));
    let titles: Vec<_> = vault.items.iter().map(take_out::full_title).collect();
    assert_eq!(
        titles,
        ["Top", "Infra/Otp", "Infra/Pairs", "Infra/Tray", "Infra/Keepass", "Infra/Hex", "Infra/Counter", "Infra/Ref"]
    );
    assert_eq!(value(&vault.items[0], "api-key"), (FieldKind::Secret, "canary-2"));
    assert_eq!(value(&vault.items[0], "note"), (FieldKind::Note, "a\nb"));
    for (at, expected) in [
        (1, format!("otpauth://totp/x{ADDRESS}&algorithm=SHA1&digits=8&period=30")),
        (2, format!("otpauth://totp/{ADDRESS}&algorithm=SHA1&digits=8&period=60")),
        (3, format!("otpauth://steam/Steam:{ADDRESS}&issuer=Steam")),
        (4, format!("otpauth://totp/{ADDRESS}&algorithm=SHA256&digits=6&period=30")),
        (5, format!("otpauth://totp/{ADDRESS}&algorithm=SHA1&digits=8&period=30")),
    ] {
        assert_eq!(value(&vault.items[at], "totp"), (FieldKind::Totp, expected.as_str()));
    }
    assert!(vault.items[6].fields.is_empty() && vault.items[6].left_out[0].contains("counter"));
    assert_eq!(vault.items[7].left_out, ["password: it refers to another entry"]);
}

#[test]
fn a_1pux_export_is_read_packed_and_not() {
    let data = one_password();
    let packed = miniz_oxide::deflate::compress_to_vec(data.as_bytes(), 6);
    for archive in [zip("export.data", data.as_bytes(), None), zip("export.data", data.as_bytes(), Some(&packed))] {
        let vault = read(archive);
        let [item] = &vault.items[..] else { panic!("{} items", vault.items.len()) };
        assert_eq!(take_out::full_title(item), "Ops/AWS root");
        let names: Vec<_> = item.fields.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["user", "password", "one-time-password", "pin", "mail", "since", "url", "note"]);
        assert_eq!(value(item, "password"), (FieldKind::Secret, CANARY_PASSWORD));
        assert_eq!(value(item, "pin"), (FieldKind::Secret, "canary-pin"));
        assert_eq!(value(item, "mail"), (FieldKind::Text, "a@b.example"));
        assert!(value(item, "one-time-password").1.contains(ADDRESS));
        assert_eq!(item.left_out, ["scan: attached files are not taken"]);
    }
}

#[test]
fn a_zip_bomb_is_refused_at_its_limit_and_wrong_bytes_by_their_sum() {
    let zeros = vec![b' '; vault::VAULT_BYTES_MAX + 1];
    let packed = miniz_oxide::deflate::compress_to_vec(&zeros, 6);
    assert!(packed.len() < 1 << 20);
    assert_eq!(why(zip("export.data", &zeros, Some(&packed))), VaultError::TooMuch);
    // The size it gives for itself does not matter.
    assert_eq!(why(zip("export.data", b"{}", Some(&packed))), VaultError::TooMuch);
    let other = miniz_oxide::deflate::compress_to_vec(br#"{"accounts":[]}"#, 6);
    assert_eq!(why(zip("export.data", b"{}", Some(&other))), VaultError::Damaged { kind: "1PUX export", line: None });
    assert_eq!(why(zip("../../export.data", b"{}", None)), VaultError::Unknown);
}

#[test]
fn entities_and_depth_do_not_multiply() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><KeePassFile>&b;</KeePassFile>";
    assert!(matches!(why(bomb), VaultError::Damaged { .. }));
    assert!(matches!(why(keepass(&("<Group>".repeat(200) + &"</Group>".repeat(200)))), VaultError::Damaged { .. }));
    assert!(matches!(why("{\"items\":".to_owned() + &"[".repeat(100_000)), VaultError::Damaged { .. }));
}

#[test]
fn titles_and_names_cannot_drive_a_terminal() {
    let export = r#"{"items":[{"type":1,"name":"\u001b[2J\u202eA","fields":[{"name":"\u001b]0;x\u0007 Ключ","value":"v","type":1},{"name":"\u202e","value":"w","type":1}]}]}"#;
    let vault = read(export);
    let item = &vault.items[0];
    assert!(!item.title.contains(['\u{1b}', '\u{202e}']), "{:?}", item.title);
    for (name, ..) in &item.fields {
        assert!(outage_kit::team::is_field_name(name), "{name:?}");
    }
}

#[test]
fn otpauth_addresses_are_read_line_by_line() {
    let text = format!(
        "otpauth://totp/GitHub:dana?secret={CANARY_SEED}\n\n# comment\notpauth://hotp/canary?secret=MFRGGZDF\notpauth-migration://offline?data={}\n",
        BASE64.encode(b"\x0a\x15\x0a\x0a1234567890\x12\x03ops\x1a\x00\x30\x02\x18\x02").replace('+', "%2B")
    );
    let vault = read(text);
    let titles: Vec<_> = vault.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["GitHub (dana)", "ops"]);
    assert!(vault.left_out[0].starts_with("Line 4: its codes go by a counter"), "{:?}", vault.left_out);
    assert_eq!(vault.left_out[1], "The export has 2 parts, and part 2 is not in this file.");
    assert!(value(&vault.items[0], "totp").1.contains(ADDRESS));
}

#[test]
fn an_item_is_found_by_title_or_folder_and_several_are_listed() {
    let found = |wanted: &str| take_out::item(read(bitwarden()), wanted);
    assert_eq!(found("aws ROOT").ok().unwrap().title, "AWS root");
    assert_eq!(found("Infrastructure/AWS root").ok().unwrap().title, "AWS root");
    assert!(matches!(found("Door").err().unwrap(), TakeOutError::Several { titles, .. } if titles == ["Door", "Door"]));
    assert!(matches!(found("nope").err().unwrap(), TakeOutError::Missing { titles, .. } if titles.len() == 5));
}

/// A database made by the real program: password `open sesame`, one entry in a group.
fn database(world: &World) {
    let cli = |arguments: &[&str], input: &str| {
        let run = world.run("keepassxc-cli", arguments, input.as_bytes());
        assert_eq!(run.status, 0, "{}", run.stderr);
    };
    cli(&["db-create", "-p", "team.kdbx"], "open sesame\nopen sesame\n");
    cli(&["mkdir", "team.kdbx", "Infra"], "open sesame\n");
    let input = format!("open sesame\n{CANARY_PASSWORD}\n");
    cli(&["add", "-u", "root@example.com", "--url", "https://aws.example", "-p", "team.kdbx", "Infra/AWS root"], &input);
}

#[test]
fn a_real_database_of_keepassxc_is_opened_by_its_own_program() {
    let world = World::new();
    database(&world);
    let path = world.path("team.kdbx");
    assert_eq!(why(world.read("team.kdbx")), VaultError::Database);
    let folder = peer("keepassxc-cli").parent().unwrap().as_os_str().to_owned();
    let children = outage_kit::program::ChildEnvironment::from_vars([("PATH".into(), folder)]);
    let xml = take_out::database(&path, &"open sesame".to_owned().into(), &children, None).unwrap_or_else(|e| panic!("{e}"));
    let vault = read(&*xml);
    let item = take_out::item(vault, "Infra/AWS root").ok().unwrap();
    assert_eq!(value(&item, "password"), (FieldKind::Secret, CANARY_PASSWORD));
    assert_eq!(value(&item, "user").1, "root@example.com");
    let wrong = take_out::database(&path, &"canary-wrong".to_owned().into(), &children, None).err().unwrap();
    assert!(matches!(wrong, TakeOutError::Closed) && !wrong.to_string().contains("canary"));
    let nobody = outage_kit::program::ChildEnvironment::from_vars([("PATH".into(), "/nowhere".into())]);
    assert!(matches!(take_out::database(&path, &"x".to_owned().into(), &nobody, None), Err(TakeOutError::NoProgram)));
}

#[test]
fn kit_seal_takes_one_item_and_nothing_else_of_an_export() {
    use std::os::unix::fs::PermissionsExt as _;
    let kits = Kits::sealed();
    let dana = &kits.acme.dana;
    let file = dana.write("export.json", bitwarden());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let before = dana.files("");
    let run = dana.kit([
        "seal",
        "aws-root",
        "--import",
        "export.json",
        "--item",
        "AWS root",
        "--dir",
        "team",
        "--passphrase-file",
        "p",
    ]);
    run.assert(run.status == 0, "sealed");
    run.assert(run.stderr.contains("chmod 600") && run.stderr.contains("Delete it now: export.json"), "warned and advised");
    run.assert(!run.stderr.contains("canary") && !run.stdout.contains("canary"), "no value");
    let capsule = String::from_utf8(dana.read("team/sealed/credentials/aws-root.json")).unwrap();
    assert!(capsule.contains("\"recovery-codes\"") && !capsule.contains("canary"), "{capsule}");
    for path in dana.files("").iter().filter(|path| !before.contains(path)) {
        assert!(!String::from_utf8_lossy(&dana.read(path)).contains("canary"), "{}", path.display());
    }
    for (item, status) in [(Some("Door"), 4), (Some("nope"), 3), (None, 2)] {
        let line = ["seal", "aws-root", "--import", "export.json", "--dir", "team", "--passphrase-file", "p"];
        let run = dana.kit(line.into_iter().chain(item.iter().flat_map(|item| ["--item", item])));
        run.assert(
            run.status == status && run.stderr.contains("Door") && !run.stderr.contains("canary"),
            "the titles, and no value",
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_export_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..2000) {
        for start in [&b""[..], b"{", b"<", b"PK\x03\x04", b"otpauth"] {
            let _ = vault::read(&[start, &bytes].concat());
        }
        let whole = zip("export.data", one_password().as_bytes(), None);
        let mut changed = whole.clone();
        let at = cut % whole.len();
        changed[at] ^= bytes.first().copied().unwrap_or(1) | 1;
        let _ = (vault::read(&whole[..at]), vault::read(&changed));
    }
}
