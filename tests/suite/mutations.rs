//! Whatever is changed on the way is refused: bits, lengths, lines, blocks and whole payloads (A2, A3, A8, A9, C2, C9, E6, E7).

use std::{num::NonZero, thread};

use outage_kit::{
    bundle::{
        OpenError, PayloadFault, Pin, Refusal, SealError, Verified,
        limits::{OVERRIDES_MAX, SHIFTS_MAX},
        open, seal, verify, verify_unpinned,
    },
    key::Identity,
    team::Id,
};
use proptest::prelude::*;

use crate::forge::{self, Parts, Party, bundle, keys, one_root};

/// A small bundle by kit itself, its pin, and who made it.
struct Made {
    bytes: Vec<u8>,
    pin: Pin,
    root: Party,
    publisher: Party,
    reader: Identity,
}

fn made(seq: u64) -> Made {
    let [root, publisher] = Party::many([1, 2]);
    let reader = Identity::generate();
    let roots = one_root(&root, &[&publisher]);
    let bytes = bundle(&roots, seq, &[&publisher], &[&reader]).bytes().to_vec();
    Made { bytes, pin: roots.pin(), root, publisher, reader }
}

fn checked(bytes: &[u8], pin: &Pin) -> Result<Verified, Refusal> {
    verify(bytes.to_vec(), pin)
}

#[test]
fn a2_every_flipped_bit_is_refused() {
    let made = made(42);
    assert!(checked(&made.bytes, &made.pin).is_ok());
    let workers = thread::available_parallelism().map_or(2, NonZero::get);
    let accepted: Vec<usize> = thread::scope(|scope| {
        let work = |worker: usize| {
            let made = &made;
            move || {
                let bits = (worker..made.bytes.len() * 8).step_by(workers);
                bits.filter(|bit| {
                    let mut changed = made.bytes.clone();
                    changed[bit / 8] ^= 1 << (bit % 8);
                    verify(changed, &made.pin).is_ok()
                })
                .collect::<Vec<_>>()
            }
        };
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} bits of {} bytes flipped, one at a time", made.bytes.len() * 8, made.bytes.len());
    assert!(accepted.is_empty(), "flipped bits that nobody noticed: {accepted:?}");
}

#[test]
fn a2_without_a_pin_every_changed_byte_is_refused_too() {
    let made = made(42);
    assert!(verify_unpinned(made.bytes.clone()).is_ok());
    for at in 0..made.bytes.len() {
        let mut changed = made.bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_unpinned(changed).is_err(), "byte {at}");
    }
}

#[test]
fn a3_every_cut_is_refused() {
    let made = made(42);
    for end in 0..made.bytes.len() {
        assert!(checked(&made.bytes[..end], &made.pin).is_err(), "the first {end} bytes");
    }
    for start in 1..made.bytes.len() {
        assert!(checked(&made.bytes[start..], &made.pin).is_err(), "without the first {start} bytes");
    }
}

#[test]
fn a3_whatever_follows_or_precedes_is_refused() {
    let (made, other) = (made(42), made(43));
    for byte in 0..=255 {
        assert!(checked(&[&made.bytes[..], &[byte]].concat(), &made.pin).is_err(), "{byte:#04x} behind");
        assert!(checked(&[&[byte], &made.bytes[..]].concat(), &made.pin).is_err(), "{byte:#04x} before");
    }
    for both in [[&made.bytes[..], &other.bytes], [&other.bytes, &made.bytes], [&made.bytes, &made.bytes]] {
        assert!(checked(&both.concat(), &made.pin).is_err(), "two bundles in one file");
    }
}

#[test]
fn e6_there_is_no_second_spelling() {
    let made = made(42);
    let text = String::from_utf8(made.bytes.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let refused = |spelling: String| {
        assert_ne!(spelling, text);
        assert!(checked(spelling.as_bytes(), &made.pin).is_err(), "{spelling}");
    };
    refused(text.replace('\n', "\r\n"));
    refused(text.replace('\n', "\r"));
    refused(text.trim_end().to_owned());
    refused(format!("\u{feff}{text}"));
    let with = |at: usize, new: &[&str]| [&lines[..at], new, &lines[at + 1..]].concat().concat();
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_end();
        for spelling in [
            format!("{bare}\r\n"),
            format!("{bare} \n"),
            format!("{bare}\t\n"),
            format!(" {line}"),
            format!("{line}\n"),
            format!("\n{line}"),
            line.to_uppercase().replacen('A', "a", 1),
            String::new(),
            line.repeat(2),
        ] {
            if spelling != *line {
                refused(with(at, &[&spelling]));
            }
        }
        if let Some(next) = lines.get(at + 1).filter(|next| *next != line) {
            refused([&lines[..at], &[next, line], &lines[at + 2..]].concat().concat());
        }
    }
}

#[test]
fn a8_no_mixture_of_two_good_bundles_is_accepted() {
    let [root, first, second] = Party::many([1, 2, 3]);
    let reader = Identity::generate();
    let chain = one_root(&root, &[&first, &second]);
    // Two different second versions of the root, so that every block but the first differs.
    let make = |keys, seq, by| Parts::of(bundle(&chain.next(keys, &[&root.signer]).unwrap(), seq, &[by], &[&reader]).bytes());
    let one = make(keys(&[&root], 1, &[&first], 1), 41, &first);
    let two = make(keys(&[&root], 1, &[&second], 1), 42, &second);
    let blocks = |parts: &Parts| {
        let (root, head) = (&parts.roots[1], &parts.head);
        let first = parts.roots[0].clone();
        let texts = [&root.line, &root.blocks[0], &head.line, &head.blocks[0], &parts.payload].map(Clone::clone);
        (format!("{}{}{}", parts.first, first.line, first.blocks[0]), texts)
    };
    let ((start, one_blocks), (_, two_blocks)) = (blocks(&one), blocks(&two));
    assert!(one_blocks.iter().zip(&two_blocks).all(|(one, two)| one != two));
    for choice in 0..1 << one_blocks.len() {
        let pick = |at: usize| if choice >> at & 1 == 0 { &one_blocks[at] } else { &two_blocks[at] };
        let mixed: String = std::iter::once(&start).chain((0..one_blocks.len()).map(pick)).map(String::as_str).collect();
        let good = choice == 0 || choice == (1 << one_blocks.len()) - 1;
        assert_eq!(checked(mixed.as_bytes(), &chain.pin()).is_ok(), good, "choice {choice:#b}");
    }
}

#[test]
fn a8_an_old_chain_under_a_new_head_is_refused() {
    let [root, publisher] = Party::many([1, 2]);
    let reader = Identity::generate();
    let chain = one_root(&root, &[&publisher]);
    let next = chain.next(chain.last().keys(), &[&root.signer]).unwrap();
    let mut new = Parts::of(bundle(&next, 1, &[&publisher], &[&reader]).bytes());
    assert!(checked(&new.bytes(), &chain.pin()).is_ok());
    new.roots.pop();
    assert_eq!(checked(&new.bytes(), &chain.pin()).unwrap_err().to_string(), "head: it was signed for another root");
    // And who has followed the rotation does not go back.
    let old = bundle(&chain, 9, &[&publisher], &[&reader]);
    assert_eq!(checked(old.bytes(), &next.pin()).unwrap_err(), Refusal::EndsBeforePin { pinned: 2, last: 1 });
}

#[test]
fn a9_another_kit_of_the_same_publisher_is_refused() {
    let made = made(42);
    let other = outage_kit::bundle::KitId::parse(forge::OTHER_KIT).unwrap();
    let pin = Pin { kit: other.clone(), ..made.pin.clone() };
    assert_eq!(checked(&made.bytes, &pin).unwrap_err(), Refusal::OtherKit { expected: other, found: forge::kit() });
    // Even when the other kit's root would allow the key: the head of one kit under the root of the other.
    let roots =
        outage_kit::bundle::Roots::first(pin.kit, keys(&[&made.root], 1, &[&made.publisher], 1), &[&made.root.signer]).unwrap();
    let grafted = Parts { roots: vec![], ..Parts::of(&made.bytes) };
    let text =
        String::from_utf8(grafted.bytes()).unwrap().replacen("kit-bundle/1\n", &format!("kit-bundle/1\n{}", roots.to_text()), 1);
    assert_eq!(checked(text.as_bytes(), &roots.pin()).unwrap_err().layer(), "fields");
}

#[test]
fn c2_a_member_cannot_plant_a_payload_under_the_old_head() {
    let made = made(42);
    let parts = Parts::of(&made.bytes);
    let plain = forge::plain_of(&parts.payload, &made.reader);
    let forged = String::from_utf8(plain).unwrap().replace("\"name\":\"Acme\"", "\"name\":\"Evil\"");
    let forged = Parts { payload: forge::payload_of(forged.as_bytes(), &made.reader), ..parts };
    let refusal = checked(&forged.bytes(), &made.pin).unwrap_err();
    assert!(matches!(refusal, Refusal::Payload { fault: PayloadFault::Hash { .. } | PayloadFault::Bytes { .. } }), "{refusal}");
}

#[test]
fn the_payload_says_again_which_bundle_it_is_for() {
    let made = made(42);
    let parts = Parts::of(&made.bytes);
    let plain = String::from_utf8(forge::plain_of(&parts.payload, &made.reader)).unwrap();
    let opened = |plain: &str| {
        let bundle = parts.payload_replaced(&[&made.publisher], forge::payload_of(plain.as_bytes(), &made.reader));
        open(&checked(&bundle.bytes(), &made.pin).unwrap(), &made.reader, None).map(|_| ())
    };
    assert_eq!(opened(&plain), Ok(()));
    assert_eq!(opened(&plain.replace("\"seq\":42", "\"seq\":41")), Err(OpenError::OtherHead));
    assert_eq!(opened(&plain.replace(forge::KIT, forge::OTHER_KIT)), Err(OpenError::OtherHead));
    assert_eq!(
        opened(&plain.replacen("{\"kit\"", "{\"later\":{\"a\":[1]},\"kit\"", 1)),
        Ok(()),
        "keys of newer kits are passed over"
    );
    assert!(matches!(opened(&plain.replacen("{\"kit\"", "{\"seq\":42,\"kit\"", 1)), Err(OpenError::Json(_))));
    assert!(matches!(opened(&format!("{}{plain}", "[".repeat(17))), Err(OpenError::Json(_))));
    assert!(matches!(opened(&plain.replace("\"Acme\"", "7")), Err(OpenError::Model { .. })));
    // E8: one rota more than any reader works out in time.
    let rota = |shifts: usize, swaps: usize| {
        let shift = r#"{"zone":"UTC","people":["ann"],"first":"2026-10-19","turn_days":7,"handover":"09:00:00"}"#;
        let swap = r#"{"from":"2026-10-19T00:00:00Z","until":"2026-10-20T00:00:00Z","person":"ann"}"#;
        let list = |one: &str, count: usize| vec![one; count].join(",");
        let rota =
            format!(r#""rotas":{{"r":{{"name":"R","shifts":[{}],"overrides":[{}]}}}}"#, list(shift, shifts), list(swap, swaps));
        opened(&plain.replacen("\"rotas\":{}", &rota, 1))
    };
    assert_eq!(rota(SHIFTS_MAX, OVERRIDES_MAX), Ok(()));
    assert_eq!(rota(SHIFTS_MAX + 1, 0), Err(OpenError::Rota));
    assert_eq!(rota(1, OVERRIDES_MAX + 1), Err(OpenError::Rota));
    // What nobody would open is not sealed either.
    let mut team = forge::team(&[&made.reader]);
    let shift = serde_json::json!({"zone": "UTC", "people": [], "first": "2026-10-19", "turn_days": 7, "handover": "09:00:00"});
    let rota = serde_json::json!({"name": "R", "shifts": vec![shift; SHIFTS_MAX + 1]});
    team.rotas.insert(Id::parse("large").unwrap(), serde_json::from_value(rota).unwrap());
    assert_eq!(seal(&team, &forge::kit(), 1).unwrap_err(), SealError::Rota { rota: "large".into() });
    // The reason never holds what is inside.
    let secret = plain.replace("\"person\":\"alice.okafor\"", "\"person\":\"SECRET NAME\"");
    let error = opened(&secret).unwrap_err();
    assert!(!error.to_string().contains("SECRET") && matches!(error, OpenError::Model { .. }), "{error}");
}

#[test]
fn c9_every_device_reads_the_same() {
    let [root, publisher] = Party::many([1, 2]);
    let readers: Vec<Identity> = (0..40).map(|_| Identity::generate()).collect();
    let roots = one_root(&root, &[&publisher]);
    let verified = bundle(&roots, 1, &[&publisher], &readers.iter().collect::<Vec<_>>());
    let opened: Vec<_> = readers.iter().map(|reader| open(&verified, reader, None).unwrap()).collect();
    assert!(opened.iter().all(|one| one.team == opened[0].team));
    let mut stanzas: Vec<usize> = opened.iter().map(|one| one.stanza).collect();
    stanzas.sort_unstable();
    assert_eq!(stanzas, (0..40).collect::<Vec<_>>());
    assert_eq!(verified.devices(), 40);
}

#[test]
fn an_organisation_of_5000_devices_is_sealed_and_opened() {
    let [root, publisher] = Party::many([1, 2]);
    let readers: Vec<Identity> = (0..5000).map(|_| Identity::generate()).collect();
    let roots = one_root(&root, &[&publisher]);
    let verified = bundle(&roots, 1, &[&publisher], &readers.iter().collect::<Vec<_>>());
    assert_eq!(verified.devices(), 5000);
    // The age library alone reads such a header again for each of its lines: this would not end today.
    let stanza = open(&verified, &readers[4999], None).unwrap().stanza;
    assert_eq!(open(&verified, &readers[4999], Some(stanza + 3)).unwrap().stanza, stanza);
    let stranger = open(&verified, &Identity::generate(), Some(stanza));
    assert_eq!(stranger.unwrap_err(), OpenError::NotForUs { devices: 5000 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn e7_nothing_makes_the_verifier_panic(
        start in any::<prop::sample::Index>(), cut in 0..200usize, new in proptest::collection::vec(any::<u8>(), 0..200), whole in any::<bool>(),
    ) {
        thread_local!(static MADE: Made = made(42));
        MADE.with(|made| {
            let start = start.index(made.bytes.len());
            let end = (start + cut).min(made.bytes.len());
            let bytes = if whole { new.clone() } else { [&made.bytes[..start], &new, &made.bytes[end..]].concat() };
            prop_assume!(bytes != made.bytes);
            prop_assert!(checked(&bytes, &made.pin).is_err());
            prop_assert!(verify_unpinned(bytes).is_err());
            Ok(())
        })?;
    }
}
