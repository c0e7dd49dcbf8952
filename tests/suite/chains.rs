//! Who may sign: thresholds, keys that come and go, chains of roots, purposes and algorithms (A1, B1 to B7, E3).

use outage_kit::{
    bundle::{
        FieldFault, HEAD_NAMESPACE, LimitFault, Pin, Place, ROOT_NAMESPACE, Refusal, RootError, Roots, Signers, Verified, limits,
        verify,
    },
    key::{ArmourError, Identity, SignatureError, VerifyKey, VerifyKeyError},
};

use crate::forge::{Parts, Party, Section, Sshsig, bundle, keys, kit, one_root, root_line};

fn checked(parts: &Parts, pin: &Pin) -> Result<Verified, Refusal> {
    verify(parts.bytes(), pin)
}

/// A good bundle in its parts, and its pin.
fn good(roots: &Roots, by: &[&Party]) -> Parts {
    Parts::of(bundle(roots, 42, by, &[&Identity::generate()]).bytes())
}

#[test]
fn a1_unsigned_and_unknown_signers_are_refused_by_name() {
    let [root, publisher, stranger] = Party::many([1, 2, 9]);
    let roots = one_root(&root, &[&publisher]);
    let parts = good(&roots, &[&publisher]);
    let mut unsigned = parts.clone();
    unsigned.head.blocks.clear();
    assert_eq!(checked(&unsigned, &roots.pin()).unwrap_err().layer(), "structure");
    let unknown = |by: &[&Party]| {
        let head = Section::signed(parts.head.line.clone(), HEAD_NAMESPACE, by);
        checked(&Parts { head, ..parts.clone() }, &roots.pin()).unwrap_err()
    };
    let expected = Refusal::UnknownSigner { under: Place::Head, fingerprint: stranger.public().fingerprint() };
    // A good signature beside it does not help: the whole file is refused.
    for by in [&[&stranger][..], &[&publisher, &stranger], &[&stranger, &publisher]] {
        assert_eq!(unknown(by), expected);
    }
    // The root key may not publish.
    assert_eq!(unknown(&[&root]).layer(), "signer");
}

#[test]
fn b1_as_many_publishers_as_the_root_asks_for() {
    let root = Party::new(1);
    let publishers = Party::many([2, 3, 4]);
    for count in 1..=3 {
        let all: Vec<&Party> = publishers.iter().take(count).collect();
        for threshold in 1..=count {
            let keys = keys(&[&root], 1, &all, u32::try_from(threshold).unwrap());
            let roots = Roots::first(kit(), keys, &[&root.signer]).unwrap();
            let parts = good(&roots, &all);
            for subset in 1..1u32 << count {
                let by: Vec<&Party> = (0..count).filter(|at| subset >> at & 1 == 1).map(|at| all[at]).collect();
                let head = Section::signed(parts.head.line.clone(), HEAD_NAMESPACE, &by);
                let result = checked(&Parts { head, ..parts.clone() }, &roots.pin());
                assert_eq!(result.is_ok(), by.len() >= threshold, "{threshold} of {count}, signed by {}", by.len());
                if let Err(refusal) = result {
                    assert_eq!(refusal.layer(), "threshold");
                }
            }
        }
    }
}

#[test]
fn b2_a_key_counts_once_in_whatever_form() {
    let [root, publisher, other] = Party::many([1, 2, 3]);
    let roots = Roots::first(kit(), keys(&[&root], 1, &[&publisher, &other], 2), &[&root.signer]).unwrap();
    let mut parts = good(&roots, &[&publisher, &other]);
    // One key, two signatures: the same and a second good one by the same key in hardware form.
    parts.head.blocks[1] = parts.head.blocks[0].clone();
    assert_eq!(
        checked(&parts, &roots.pin()).unwrap_err(),
        Refusal::SignedTwice { under: Place::Head, fingerprint: publisher.public().fingerprint() }
    );
    parts.head.blocks[1] = Sshsig { hardware: Some(1), ..Sshsig::default() }.by(&publisher, &parts.head.line);
    assert_eq!(checked(&parts, &roots.pin()).unwrap_err().layer(), "signer");

    // One key listed twice, as root or publish key, in one form or two.
    let (one, two) = (publisher.public(), publisher.hardware());
    for line in [
        root_line(1, &[root.public()], 1, &[one, one], 2),
        root_line(1, &[root.public()], 1, &[one, &two], 2),
        root_line(1, &[root.public(), &root.hardware()], 2, &[one], 1),
    ] {
        let root = Section::signed(line, ROOT_NAMESPACE, &[&root]);
        let twice = Parts { roots: vec![root], ..parts.clone() };
        let expected = Refusal::Fields { under: Place::Root(1), fault: FieldFault::KeyTwice };
        assert_eq!(checked(&twice, &roots.pin()).unwrap_err(), expected);
    }
    // A key may stand in both lists: a founder has one.
    assert!(Roots::first(kit(), keys(&[&root], 1, &[&root], 1), &[&root.signer]).is_ok());
}

#[test]
fn b3_a_removed_key_signs_no_more() {
    let [root, leaver, stayer] = Party::many([1, 2, 3]);
    let first = one_root(&root, &[&leaver, &stayer]);
    let second = first.next(keys(&[&root], 1, &[&stayer], 1), &[&root.signer]).unwrap();
    let parts = good(&second, &[&stayer]);
    let head = Section::signed(parts.head.line.clone(), HEAD_NAMESPACE, &[&leaver]);
    let refusal = checked(&Parts { head, ..parts.clone() }, &first.pin()).unwrap_err();
    assert_eq!(refusal, Refusal::UnknownSigner { under: Place::Head, fingerprint: leaver.public().fingerprint() });
    // Nor does a removed root key make the next root.
    let heir = Party::new(4);
    let third = second.next(keys(&[&heir], 1, &[&stayer], 1), &[&root.signer, &heir.signer]).unwrap();
    let alone = third.next(third.last().keys(), &[&root.signer]);
    assert!(matches!(alone, Err(RootError::Stranger { .. })));
    let mut parts = good(&third, &[&stayer]);
    let line = root_line(4, &[heir.public()], 1, &[leaver.public()], 1);
    parts.roots.push(Section::signed(line, ROOT_NAMESPACE, &[&root]));
    assert_eq!(checked(&parts, &first.pin()).unwrap_err().layer(), "signer");
}

#[test]
fn b4_a_root_is_signed_by_the_old_keys_and_by_its_own() {
    let [a, b, c, d, publisher] = Party::many([1, 2, 3, 4, 5]);
    // Version 1: two of a, b. Version 2: two of b, c, d.
    let first = Roots::first(kit(), keys(&[&a, &b], 2, &[&publisher], 1), &[&a.signer, &b.signer]).unwrap();
    let good = good(&first, &[&publisher]);
    let line = root_line(2, &[b.public(), c.public(), d.public()], 2, &[publisher.public()], 1);
    let everybody = [&a, &b, &c, &d];
    let mut accepted = Vec::new();
    for subset in 1..16u32 {
        let by: Vec<&Party> = (0..4).filter(|at| subset >> at & 1 == 1).map(|at| everybody[at]).collect();
        let mut parts = good.clone();
        parts.roots.push(Section::signed(line.clone(), ROOT_NAMESPACE, &by));
        match checked(&parts.head_for_last_root(&[&publisher]), &first.pin()) {
            Ok(verified) => {
                assert_eq!(verified.root_version(), 2);
                accepted.push(subset);
            }
            Err(refusal) => assert!(matches!(refusal, Refusal::TooFew { under: Place::Root(2), .. }), "{subset:#06b}: {refusal}"),
        }
    }
    // Exactly those with a and b, and one more of b, c, d.
    assert_eq!(accepted, [0b0111, 0b1011, 0b1111]);

    let refused = |by: &[&Party], of| {
        let mut parts = good.clone();
        parts.roots.push(Section::signed(line.clone(), ROOT_NAMESPACE, by));
        let refusal = checked(&parts.head_for_last_root(&[&publisher]), &first.pin()).unwrap_err();
        assert_eq!(refusal, Refusal::TooFew { under: Place::Root(2), of, found: 1, needed: 2 });
    };
    refused(&[&b, &c, &d], Signers::RootKeysBefore);
    refused(&[&a, &b], Signers::RootKeys);
}

#[test]
fn b4_versions_follow_each_other_in_one_kit() {
    let [root, publisher] = Party::many([1, 2]);
    let first = one_root(&root, &[&publisher]);
    let good = good(&first, &[&publisher]);
    let line = |version| root_line(version, &[root.public()], 1, &[publisher.public()], 1);
    let fault = |lines: &[String]| {
        let roots = lines.iter().map(|line| Section::signed(line.clone(), ROOT_NAMESPACE, &[&root])).collect();
        match checked(&Parts { roots, ..good.clone() }.head_for_last_root(&[&publisher]), &first.pin()) {
            Err(Refusal::Fields { fault, .. }) => Some(fault),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    };
    let one = good.roots[0].line.clone();
    assert_eq!(fault(&[one.clone(), line(2), line(3)]), None);
    let version = |expected, found| Some(FieldFault::Version { expected, found });
    assert_eq!(fault(&[one.clone(), line(3)]), version(2, 3));
    assert_eq!(fault(&[one.clone(), line(1)]), version(2, 1));
    assert_eq!(fault(&[line(2)]), version(1, 2));
    assert_eq!(fault(&[line(0)]), version(1, 0));
    assert_eq!(fault(&[one.clone(), line(2), line(2)]), version(3, 2));
    let other = line(2).replace(crate::forge::KIT, crate::forge::OTHER_KIT);
    assert_eq!(fault(&[one.clone(), other]), Some(FieldFault::Kit));
    for (root_threshold, publish_threshold) in [(0, 1), (2, 1), (1, 0), (1, 2), (u32::MAX, 1)] {
        let line = root_line(2, &[root.public()], root_threshold, &[publisher.public()], publish_threshold);
        assert_eq!(fault(&[one.clone(), line]), Some(FieldFault::Threshold));
    }
}

#[test]
fn a_client_that_was_away_follows_64_roots_from_any_version() {
    let [root, publisher] = Party::many([1, 2]);
    let mut chain = one_root(&root, &[&publisher]);
    for _ in 1..limits::ROOTS_MAX {
        chain = chain.next(chain.last().keys(), &[&root.signer]).unwrap();
    }
    assert!(matches!(chain.next(chain.last().keys(), &[&root.signer]), Err(RootError::TooMany)));
    let parts = good(&chain, &[&publisher]);
    for version in [1, 2, 33, 64] {
        assert_eq!(checked(&parts, &parts.pin(version)).unwrap().root_version(), 64);
    }
    // The pinned version has to be exactly the trusted one.
    let wrong = Pin { root: parts.pin(3).root, ..parts.pin(2) };
    assert!(matches!(checked(&parts, &wrong).unwrap_err(), Refusal::NotPinned { version: 2, .. }));

    let mut over = parts.clone();
    let line = root_line(65, &[root.public()], 1, &[publisher.public()], 1);
    over.roots.push(Section::signed(line, ROOT_NAMESPACE, &[&root]));
    let refusal = checked(&over.head_for_last_root(&[&publisher]), &parts.pin(1)).unwrap_err();
    assert!(matches!(refusal, Refusal::Limit { fault: LimitFault::Roots, .. }), "{refusal}");
}

#[test]
fn e3_sixteen_signatures_and_no_more() {
    let root = Party::new(1);
    let publishers: Vec<Party> = (10..27).map(Party::new).collect();
    let all: Vec<&Party> = publishers.iter().collect();
    let roots = Roots::first(kit(), keys(&[&root], 1, &all, 16), &[&root.signer]).unwrap();
    let parts = good(&roots, &all[..16]);
    let head = Section::signed(parts.head.line.clone(), HEAD_NAMESPACE, &all);
    let refusal = checked(&Parts { head, ..parts }, &roots.pin()).unwrap_err();
    assert!(matches!(refusal, Refusal::Limit { fault: LimitFault::Signatures, .. }), "{refusal}");
    let too_many = Roots::first(kit(), keys(&[&root], 1, &all, 17), &[&root.signer]).unwrap_err();
    assert!(too_many.to_string().contains("a threshold does not fit"), "{too_many}");
}

#[test]
fn b6_a_signature_made_for_another_purpose_is_refused() {
    let [root, publisher] = Party::many([1, 2]);
    let roots = one_root(&root, &[&publisher]);
    let parts = good(&roots, &[&publisher]);
    for namespace in [
        "git",
        "file",
        ROOT_NAMESPACE,
        "kit-join-v1@outage-kit",
        "kit-audit-v1@outage-kit",
        "kit-head-v2@outage-kit",
        "kit-head-v1@outage-kit ",
    ] {
        let head = Section::signed(parts.head.line.clone(), namespace, &[&publisher]);
        let refusal = checked(&Parts { head, ..parts.clone() }, &roots.pin()).unwrap_err();
        assert_eq!(refusal, Refusal::Signature { under: Place::Head, fault: SignatureError::Namespace }, "{namespace:?}");
        let first = Section::signed(parts.roots[0].line.clone(), HEAD_NAMESPACE, &[&root]);
        let refusal = checked(&Parts { roots: vec![first], ..parts.clone() }, &roots.pin()).unwrap_err();
        assert_eq!(refusal, Refusal::Signature { under: Place::Root(1), fault: SignatureError::Namespace });
    }
}

#[test]
fn b7_one_algorithm_one_hash_one_version() {
    let [root, publisher] = Party::many([1, 2]);
    let hardware = Party::new(3);
    let line = root_line(1, &[root.public()], 1, &[publisher.public(), &hardware.hardware()], 1);
    let first = Section::signed(line, ROOT_NAMESPACE, &[&root]);
    let plain = good(&one_root(&root, &[&publisher]), &[&publisher]);
    let parts = Parts { roots: vec![first], ..plain }.head_for_last_root(&[&publisher]);
    let pin = parts.pin(1);
    let line = parts.head.line.clone();
    let with = |block: String| {
        let head = Section { line: line.clone(), blocks: vec![block] };
        checked(&Parts { head, ..parts.clone() }, &pin).map(|verified| verified.signers()[0].clone())
    };
    let fault = |block: String| match with(block).unwrap_err() {
        Refusal::Signature { under: Place::Head, fault } => fault,
        other => panic!("{other}"),
    };
    let good = Sshsig::default();
    assert_eq!(with(good.by(&publisher, &line)).as_ref(), Ok(publisher.public()), "the hand-made signature is a good one");
    assert_eq!(good.by(&publisher, &line), publisher.signs(HEAD_NAMESPACE, &line));

    assert_eq!(fault(Sshsig { version: 2, ..good }.by(&publisher, &line)), SignatureError::Version(2));
    assert_eq!(fault(Sshsig { version: 0, ..good }.by(&publisher, &line)), SignatureError::Version(0));
    assert_eq!(fault(Sshsig { reserved: b"x", ..good }.by(&publisher, &line)), SignatureError::Reserved);
    for hash in ["sha256", "sha1", "SHA512", ""] {
        assert_eq!(fault(Sshsig { hash, ..good }.by(&publisher, &line)), SignatureError::Hash, "{hash}");
    }
    assert_eq!(fault(Sshsig { trailing: b"\0", ..good }.by(&publisher, &line)), SignatureError::Malformed);
    assert!(matches!(fault(good.by(&publisher, "another line\n")), SignatureError::Failing { .. }));

    // Hardware: somebody has to have touched it; "verified" (a PIN) alone is not "present".
    let touched = |flags| Sshsig { hardware: Some(flags), ..good }.by(&hardware, &line);
    assert_eq!(with(touched(0x01)), Ok(hardware.hardware()));
    assert_eq!(with(touched(0x05)), Ok(hardware.hardware()));
    for flags in [0x00, 0x04, 0x80, 0xfe] {
        assert_eq!(fault(touched(flags)), SignatureError::NobodyPresent);
    }
    // The flags are signed: they cannot be set afterwards.
    let mut blob = Sshsig { hardware: Some(0), ..good }.blob(&hardware, &line);
    let flags = blob.len() - 5;
    blob[flags] = 1;
    assert!(matches!(fault(outage_kit::key::armour::SSH_SIGNATURE.encode(&blob)), SignatureError::Failing { .. }));
    // Nor does a key listed as hardware sign as if it were not, or the other way round.
    assert_eq!(with(good.by(&hardware, &line)).unwrap_err().layer(), "signer");
    assert_eq!(with(Sshsig { hardware: Some(1), ..good }.by(&publisher, &line)).unwrap_err().layer(), "signer");
}

#[test]
fn b7_the_signature_has_one_armour() {
    let [root, publisher] = Party::many([1, 2]);
    let roots = one_root(&root, &[&publisher]);
    let parts = good(&roots, &[&publisher]);
    let block = parts.head.blocks[0].clone();
    let blob = outage_kit::key::armour::SSH_SIGNATURE.decode(block.as_bytes()).unwrap();
    let base64 = data_encoding::BASE64.encode(&blob);
    let armoured = |columns: usize| {
        let lines: Vec<_> = base64.as_bytes().chunks(columns).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
    };
    assert_eq!(armoured(70), block);
    for (columns, fault) in
        [(64, ArmourError::Columns), (69, ArmourError::Columns), (76, ArmourError::Columns), (400, ArmourError::Columns)]
    {
        let head = Section { blocks: vec![armoured(columns)], ..parts.head.clone() };
        let refusal = checked(&Parts { head, ..parts.clone() }, &roots.pin()).unwrap_err();
        assert_eq!(refusal, Refusal::Signature { under: Place::Head, fault: SignatureError::Armour(fault) }, "{columns} columns");
    }
}

#[test]
fn b7_other_kinds_of_key_are_no_keys() {
    let weak = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(VerifyKey::parse(weak).unwrap_err(), VerifyKeyError::Weak);
    let root = Party::new(1);
    let good = good(&one_root(&root, &[&root]), &[&root]);
    for text in [weak, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC", "ecdsa-sha2-nistp256 AAAA", "age1qqqq", ""] {
        let parts = good.root_edited(&[&root], &[&root], |root| root["publish_keys"] = serde_json::json!([text]));
        let refusal = checked(&parts, &parts.pin(1)).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Fields { under: Place::Root(1), fault: FieldFault::Shape { .. } }),
            "{text}: {refusal}"
        );
    }
}
