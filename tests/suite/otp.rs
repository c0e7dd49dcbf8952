//! One-time codes beside `oathtool`, the vectors of RFC 6238, Steam's, and exports of Google Authenticator.

use data_encoding::{BASE32, BASE32_NOPAD, BASE64};
use outage_kit::otp::{Algorithm, Code, Look, MigrationError, Shape, Totp, TotpError, migration};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::world::World;

/// The seed of RFC 6238's vectors for SHA-1.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn totp(text: &str) -> Totp {
    Totp::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn why(text: &str) -> TotpError {
    Totp::parse(text).err().unwrap_or_else(|| panic!("taken: {text}"))
}

fn address(text: &str) -> String {
    totp(text).address().expose_secret().to_owned()
}

/// What `oathtool` says at a moment, and one period on.
fn oathtool(world: &World, seed: &str, shape: Shape, at: i64) -> (String, String) {
    let Look::Digits(digits) = shape.look else { panic!("oathtool has no Steam") };
    let kind = format!("--totp={}", shape.algorithm.name().to_lowercase());
    let (digits, period, at) = (format!("-d{digits}"), format!("-s{}s", shape.period), format!("-N@{at}"));
    let run = world.run("oathtool", [&kind, "-b", "-w1", &digits, &period, &at, "-"], seed.as_bytes());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut lines = run.stdout.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.next().unwrap())
}

#[test]
fn the_vectors_of_rfc_6238_come_out_and_oathtool_says_the_same() {
    let world = World::new();
    let vectors = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];
    let digits = b"1234567890".repeat(7);
    for (at, codes) in vectors {
        for ((algorithm, bytes), code) in
            [(Algorithm::Sha1, 20), (Algorithm::Sha256, 32), (Algorithm::Sha512, 64)].into_iter().zip(codes)
        {
            let seed = BASE32.encode(&digits[..bytes]);
            let text = format!("otpauth://totp/x?secret={seed}&digits=8&algorithm={}", algorithm.name());
            let ours = totp(&text);
            assert_eq!(ours.at(at).now.as_str(), code, "{} at {at}", algorithm.name());
            assert_eq!(oathtool(&world, &seed, ours.shape(), at).0, code);
        }
    }
}

#[test]
fn oathtool_says_the_same_for_seeds_lengths_and_periods_of_all_sorts() {
    let world = World::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for turn in 0..120 {
        // 80 bits are common, and the odd lengths are where padding goes wrong.
        let length = if turn % 4 == 0 { 10 } else { 1 + draw(64) };
        let seed: Vec<u8> = (0..length).map(|_| u8::try_from(draw(256)).unwrap()).collect();
        let shape = Shape {
            algorithm: [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][usize::try_from(draw(3)).unwrap()],
            look: Look::Digits(u32::try_from(6 + draw(3)).unwrap()),
            period: [30, 60, 15][usize::try_from(draw(3)).unwrap()],
        };
        let at = i64::try_from(draw(40_000_000_000)).unwrap();
        let ours = Totp::new(Zeroizing::new(seed.clone()), shape, Some("Ä: b"), "c:d %").ok().unwrap();
        // Through its own address too: nothing is lost on the way.
        let again = totp(ours.address().expose_secret());
        let (now, next) = oathtool(&world, &BASE32.encode(&seed), shape, at);
        for ours in [ours, again] {
            let code = ours.at(at);
            assert_eq!(
                (code.now.as_str(), code.next.as_str()),
                (now.as_str(), next.as_str()),
                "{shape:?}, {length} bytes, at {at}"
            );
            let period = i64::from(shape.period);
            assert_eq!(i64::from(code.seconds_left), period - at % period);
            assert_eq!(ours.at(at - period).now.as_str(), code.before.as_str());
        }
    }
}

#[test]
fn a_seed_is_read_however_it_is_spelt() {
    let world = World::new();
    let plain = format!("otpauth://totp/?secret={SEED}&algorithm=SHA1&digits=6&period=30");
    let spellings = [
        SEED.to_owned(),
        SEED.to_lowercase(),
        format!("  {SEED}\n"),
        "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq".to_owned(),
        "gezd\u{a0}gnbv\u{a0}gy3t\u{a0}qojq gezd gnbv gy3t qojq ====".to_owned(),
        format!("OTPAUTH://TOTP/?SECRET={}&image=https%3A%2F%2Fx.example%2Flogo.png&digits=6", SEED.to_lowercase()),
        "otpauth://totp/?secret=GEZD%20GNBV+GY3T%20QOJQ-GEZDGNBVGY3TQOJQ%3D%3D&period=30&algorithm=sha-1#x".to_owned(),
    ];
    for text in spellings {
        assert_eq!(address(&text), plain, "{text}");
    }
    assert_eq!(totp(SEED).at(59).now.as_str(), oathtool(&world, SEED, Shape::default(), 59).0);
    // 80 bits; and 26 characters without padding, as Google hands out.
    for (seed, padding) in [("JBSWY3DPEHPK3PXP", ""), ("ABCDEFGHIJKLMNOPQRSTUVWXYY", "======")] {
        let theirs = oathtool(&world, &format!("{seed}{padding}"), Shape::default(), 1_700_000_000).0;
        assert_eq!(totp(seed).at(1_700_000_000).now.as_str(), theirs, "{seed}");
    }
}

#[test]
fn an_address_keeps_whose_codes_they_are() {
    for (text, issuer, account) in [
        ("otpauth://totp/GitHub:dana?secret=MFRGGZDF&issuer=GitHub", Some("GitHub"), "dana"),
        ("otpauth://totp/GitHub%3Adana%40example.com?secret=MFRGGZDF", Some("GitHub"), "dana@example.com"),
        (
            "otpauth://totp/dana+aws@example.com?secret=MFRGGZDF&issuer=Amazon+Web%20Services",
            Some("Amazon Web Services"),
            "dana+aws@example.com",
        ),
        ("otpauth://totp/Old:%20dana?secret=MFRGGZDF&issuer=New", Some("New"), "dana"),
        ("otpauth://totp/a%3Ab:c:d?secret=MFRGGZDF", Some("a:b"), "c:d"),
        ("otpauth://totp/:b:c?secret=MFRGGZDF", None, "b:c"),
        ("otpauth://totp/?secret=MFRGGZDF", None, ""),
        ("otpauth://totp?secret=MFRGGZDF", None, ""),
        ("otpauth://totp/100%?secret=MFRGGZDF", None, "100%"),
    ] {
        let Ok(found) = Totp::parse(text) else {
            assert_eq!(why(text), TotpError::Damaged, "{text}");
            continue;
        };
        assert_eq!((found.issuer(), found.account()), (issuer, account), "{text}");
        let again = totp(found.address().expose_secret());
        assert_eq!((again.issuer(), again.account()), (issuer, account), "{text}");
        assert_eq!(again.address().expose_secret(), found.address().expose_secret());
    }
}

/// The seed and its codes are those of KeePassXC's own test, which other authenticators test with too.
#[test]
fn steams_letters_come_out_however_the_address_says_steam() {
    let seed = "63BEDWCQZKTQWPESARIERL5DTTQFCJTK";
    for text in [
        format!("otpauth://steam/Steam:dana?secret={seed}&issuer=Steam"),
        format!("steam://{seed}"),
        format!("otpauth://totp/Steam:dana?secret={seed}&period=30&digits=5&issuer=Steam&encoder=steam"),
        format!("otpauth://totp/Steam:dana?secret={seed}&digits=5"),
        format!("otpauth://totp/x?secret={seed}&issuer=steam"),
    ] {
        let codes = totp(&text);
        assert_eq!(codes.shape(), Shape::STEAM, "{text}");
        for (at, code) in [(1_511_200_518, "FR8RV"), (1_511_200_714, "9P3VP")] {
            assert_eq!(codes.at(at).now.as_str(), code, "{text}");
            assert_eq!(totp(codes.address().expose_secret()).at(at).now.as_str(), code, "{text}");
        }
    }
    assert_eq!(totp(&format!("otpauth://totp/Steam:x?secret={seed}&digits=6")).shape(), Shape::default());
}

#[test]
fn what_gives_no_codes_is_told_apart_and_not_quoted() {
    let canary = "otpauth://totp/canary?secret=";
    for (text, error) in [
        ("", TotpError::Nothing),
        (" - ", TotpError::Nothing),
        ("otpauth://totp/canary?issuer=x", TotpError::Nothing),
        ("otpauth://hotp/canary?secret=MFRGGZDF&counter=1", TotpError::CounterBased),
        ("OTPAUTH://HOTP/canary?secret=MFRGGZDF&counter=1", TotpError::CounterBased),
        ("otpauth-migration://offline?data=canary", TotpError::Several),
        ("otpauth://yaotp/canary?secret=MFRGGZDF", TotpError::Kind),
        ("https://canary.example/", TotpError::Kind),
        ("otpauth://canary", TotpError::Damaged),
        ("otpauth://totp/x?secret=MFRGGZDF&secret=MFRGGZDF", TotpError::Twice("secret")),
        ("canary", TotpError::Count),
        ("canarycanary", TotpError::Short),
        ("JBSWY3DPEHPK3PX0", TotpError::Letters),
        ("JBSWY3DPEHPK3PXPA", TotpError::Count),
        (&format!("{canary}MFRGGZDF&algorithm=MD5"), TotpError::Algorithm),
        (&format!("{canary}MFRGGZDF&digits=5"), TotpError::Digits),
        (&format!("{canary}MFRGGZDF&digits=+6"), TotpError::Digits),
        (&format!("{canary}MFRGGZDF&digits=99999999999"), TotpError::Digits),
        (&format!("{canary}MFRGGZDF&period=0"), TotpError::Period),
        (&format!("{canary}MFRGGZDF&period=3601"), TotpError::Period),
        (&format!("{canary}{}", "A".repeat(8200)), TotpError::Long),
        (&format!("{canary}{}", "A".repeat(840)), TotpError::Long),
    ] {
        let found = why(text);
        assert_eq!(found, error, "{text:.80}");
        assert!(!found.to_string().contains("canary"), "{found}");
    }
}

#[test]
fn the_moments_before_1970_and_at_the_end_of_time_have_codes_too() {
    for at in [i64::MIN, -1, 0, i64::MAX] {
        let Code { now, seconds_left, .. } = totp(SEED).at(at);
        assert!(now.len() == 6 && (1..=30).contains(&seconds_left), "at {at}");
    }
}

/// Fields of a protocol buffers message, as Google's app writes them.
fn bytes_field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

fn number_field(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

fn account(seed: &[u8], name: &str, issuer: &str, [algorithm, digits, kind]: [u8; 3]) -> Vec<u8> {
    let fields = [
        bytes_field(1, seed),
        bytes_field(2, name.as_bytes()),
        bytes_field(3, issuer.as_bytes()),
        number_field(4, algorithm),
        number_field(5, digits),
        number_field(6, kind),
    ];
    bytes_field(1, &fields.concat())
}

fn export(accounts: &[Vec<u8>], [size, index]: [u8; 2]) -> String {
    // The id is an int32 below zero: ten bytes.
    let id = [5 << 3, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    let tail = [number_field(2, 1), number_field(3, size), number_field(4, index), id.to_vec()].concat();
    let data = BASE64.encode(&[accounts.concat(), tail].concat());
    format!("otpauth-migration://offline?data={}", data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
}

#[test]
fn an_export_of_google_authenticator_is_read_whole() {
    // As its code for the camera says it: published with several readers of the format.
    let published = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
    let found = migration([published]).ok().unwrap();
    let one = &found.moved[0];
    assert_eq!((one.name.as_str(), one.issuer.as_str()), ("Example:alice@google.com", "Example"));
    // Its digits and algorithm are not said: six, and SHA-1.
    let codes = one.totp.as_ref().ok().unwrap();
    assert_eq!(
        codes.address().expose_secret(),
        "otpauth://totp/Example:alice@google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example&algorithm=SHA1&digits=6&period=30"
    );

    let seed = b"12345678901234567890";
    let first = export(&[account(seed, "dana", "GitHub", [1, 1, 2]), account(seed, "counted", "Old bank", [1, 1, 1])], [2, 0]);
    let second = export(&[account(seed, "ops", "", [3, 2, 2]), account(seed, "md5", "", [4, 1, 2])], [2, 1]);
    let found = migration([second.as_str(), first.as_str(), second.as_str()]).ok().unwrap();
    let all: Vec<_> =
        found.moved.iter().map(|moved| (moved.name.as_str(), moved.totp.as_ref().map(|totp| totp.shape()))).collect();
    let eight = Shape { algorithm: Algorithm::Sha512, look: Look::Digits(8), period: 30 };
    let expected = [
        ("ops", Ok(eight)),
        ("md5", Err(&TotpError::Algorithm)),
        ("dana", Ok(Shape::default())),
        ("counted", Err(&TotpError::CounterBased)),
    ];
    assert_eq!(all, expected);
    let [batch] = &found.batches[..] else { panic!("{:?}", found.batches) };
    assert_eq!((batch.id, batch.size, &batch.seen[..]), (-2, 2, &[1, 2][..]));
    assert_eq!(batch.missing(), [0; 0]);
    assert_eq!(migration([first.as_str()]).ok().unwrap().batches[0].missing(), [2]);
    let totp = found.moved[2].totp.as_ref().ok().unwrap();
    assert_eq!(totp.at(59).now.as_str(), oathtool(&World::new(), SEED, Shape::default(), 59).0);
}

#[test]
fn a_damaged_export_is_refused_without_a_word_of_it() {
    let whole = export(&[account(b"12345678901234567890", "dana", "GitHub", [1, 1, 2])], [1, 0]);
    let data = BASE64
        .decode(whole.split_once("data=").unwrap().1.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=").as_bytes())
        .unwrap();
    let wrapped = |bytes: &[u8]| format!("otpauth-migration://offline?data={}", BASE64.encode(bytes).replace('+', "%2B"));
    for cut in 1..40 {
        assert_eq!(migration([wrapped(&data[..cut]).as_str()]).err(), Some(MigrationError::Damaged { at: 1 }), "cut after {cut}");
    }
    for bad in [
        &b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"[..],
        b"\x0b",
        b"\x18\xff\x01",
        b"\x18\x01\x20\x01",
        b"\x08\x01",
        &[0x80; 11],
    ] {
        assert_eq!(migration([wrapped(bad).as_str()]).err(), Some(MigrationError::Damaged { at: 1 }), "{bad:x?}");
    }
    assert_eq!(migration([whole.as_str(), "otpauth://totp/x"]).err(), Some(MigrationError::Other { at: 2 }));
    assert_eq!(migration(["otpauth-migration://offline?x=1"]).err(), Some(MigrationError::Damaged { at: 1 }));
    let many: Vec<_> = std::iter::repeat_n(whole.as_str(), 101).collect();
    assert_eq!(migration(many).err(), Some(MigrationError::TooMuch));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), tail in "[A-Z2-7a-z%+&=:/? -]{0,60}") {
        for text in [text.clone(), tail.clone(), format!("otpauth://totp/{text}?{tail}"), format!("otpauth://totp/{text}?secret=MFRGGZDF&issuer={tail}"), format!("otpauth-migration://offline?data={tail}")] {
            let _ = migration([text.as_str()]);
            if let Ok(found) = Totp::parse(&text) {
                let written = found.address();
                let again = Totp::parse(written.expose_secret());
                prop_assert!(again.is_ok_and(|again| again.address().expose_secret() == written.expose_secret()
                    && again.issuer() == found.issuer() && again.account() == found.account()
                    && again.at(1_700_000_000).now == found.at(1_700_000_000).now), "{text:?}");
            }
        }
    }

    #[test]
    fn any_bytes_are_an_export_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = format!("otpauth-migration://offline?data={}", BASE64.encode(&bytes).replace('+', "%2B"));
        if let Ok(found) = migration([text.as_str()]) {
            prop_assert!(found.moved.len() <= bytes.len());
        }
    }

    #[test]
    fn base32_comes_back_as_it_went(seed in proptest::collection::vec(any::<u8>(), 10..100)) {
        let (text, said) = (BASE32_NOPAD.encode(&seed), address(&BASE32_NOPAD.encode(&seed)));
        prop_assert!(said.contains(&("secret=".to_owned() + &text + "&")), "{}", said);
    }
}
