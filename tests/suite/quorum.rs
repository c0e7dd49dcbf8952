//! A credential that two of three holders open together: asking, giving by text, by code and by voice, and every refusal. The
//! kit is real, so are the terminal, the picture of the codes, and the shares.

use outage_kit::{
    bundle::{
        KeyOf, Share, ShareError, capsule,
        share::{self, VOICE_WORDS},
        tier::Opened,
    },
    cli::Context,
    gather::{self, GatherError},
    key::{Identity, Passphrase, mnemonic},
    open::{self, Reading},
    store::Store,
    team::{Device, Id},
    unseal,
};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::{
    acme::{PASSPHRASE, token},
    qr, stock_tools,
    vault::{CANARY_OKTA, Vault},
    world::{Run, World},
};

const REQUEST: [&str; 7] = ["request", "okta-admin", "--reason", "nobody can sign in", "--passphrase-file", "p", "--incident"];

/// What a machine asks for, with the text and the code of it.
struct Asked {
    run: Run,
    text: String,
    code: String,
}

fn ask(machine: &World) -> Asked {
    let run = machine.kit(REQUEST.into_iter().chain(["INC-7"]));
    let text = token(&run, "kit-ask1:");
    let code = run.stdout.lines().next().unwrap().split("kit approve ").nth(1).unwrap().to_owned();
    Asked { run, text, code }
}

/// A holder's answer to a text, off a terminal.
fn approve(machine: &World, request: &str) -> Run {
    machine.kit(["approve", request, "--yes", "--passphrase-file", "p"])
}

/// The library's view of a machine: its kit, opened.
struct Machine {
    store: Store,
    reading: Reading,
}

impl Machine {
    fn of(world: &World, home: &str) -> Self {
        let home = world.path(home);
        let kit = Store::list(&home).unwrap().remove(0);
        let store = Store::open(&home, &kit).unwrap();
        let reading = open::open(&store, &Context::of_process().children, || Err(())).unwrap();
        Self { store, reading }
    }

    fn opener(&self) -> Identity {
        unseal::opener(&self.store, &Passphrase::new(PASSPHRASE.trim().to_owned())).unwrap()
    }

    fn device(&self) -> &Device {
        unseal::own_device(&self.store, &self.reading).unwrap()
    }

    fn of_key(&self) -> KeyOf<'_> {
        let (tier, held) = self.reading.team.tiers.iter().find(|(id, _)| id.as_str() == "break-glass").unwrap();
        KeyOf { kit: &self.store.trust().pin.kit, tier, key: held.key().unwrap() }
    }

    fn own_share(&self) -> Share {
        match self.of_key().open(self.device(), &self.opener()) {
            Ok(Opened::Share(share)) => share,
            _ => panic!("no share"),
        }
    }

    fn gather(&self, texts: &[&str]) -> Result<gather::Gathered, GatherError> {
        let texts: Vec<Zeroizing<String>> = texts.iter().map(|text| Zeroizing::new((*text).to_owned())).collect();
        gather::gather(&self.opener(), self.of_key(), &texts)
    }

    /// What is in okta-admin, opened by the key that these shares give.
    fn password(&self, shares: &[Share]) -> String {
        let identity = self.of_key().combine(shares).unwrap();
        let id = Id::parse("okta-admin").unwrap();
        let sealed = self.reading.team.credentials[&id].capsule.as_ref().unwrap();
        let fields = capsule::open(&self.store.trust().pin.kit, &id, sealed, &identity).unwrap();
        fields[0].value.expose_secret().to_owned()
    }
}

fn alice(vault: &Vault) -> Machine {
    Machine::of(&vault.acme.alice, "alice-home")
}

#[test]
fn a_request_says_whom_to_call_and_what_they_run() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let lines: Vec<&str> = asked.run.stdout.lines().collect();
    assert_eq!(lines[0], format!("ASK  one of these holders to run   kit approve {}", asked.code));
    let said = on_one_line(&asked.run.stdout);
    assert!(said.contains("okta-admin (tier break-glass): 2 of 3 holders together; yours counts as one"), "{said}");
    asked
        .run
        .has("1  Dana Fox")
        .has("2  Mia Krause")
        .lacks("  Alice Okafor")
        .has("kit reveal okta-admin; it asks for what they sent")
        .lacks("canary");
    for world in [vault.acme.alice.with("COLUMNS", "40"), vault.acme.alice.with("ACCESSIBLE", "1")] {
        let asked = ask(&world);
        let first = asked.run.stdout.lines().next().unwrap();
        assert!(first.starts_with("ASK") && first.ends_with(&asked.code), "{first}");
        for line in asked.run.stdout.lines().filter(|line| !line.starts_with("kit-ask1:") && !line.contains("kit approve")) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    let json: serde_json::Value =
        serde_json::from_str(&vault.acme.alice.kit(REQUEST.into_iter().chain(["INC-7", "--json"])).ok().stdout).unwrap();
    assert_eq!((json["schema"].as_str(), json["needed"].as_u64()), (Some("kit.request/1"), Some(2)));
    assert_eq!((json["own_counts"].as_bool(), json["receipt"].as_array().unwrap().len()), (Some(true), 8));
    // The tier itself may be named too.
    vault
        .acme
        .alice
        .kit(["request", "tier:break-glass", "--reason", "x", "--passphrase-file", "p"])
        .ok()
        .has("kit reveal okta-admin");
    // Whoever is awake comes first: by day in Berlin, Dana sleeps in New York.
    let day = ask(&vault.acme.alice.at("2026-11-18T09:00:00Z"));
    day.run.has("1  Mia Krause").has("2  Dana Fox").lacks("Fastest awake").lacks("  Alice Okafor");
}

pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A night: Alice asks, Mia gives by text, Alice has the password; all of it recorded before.
#[test]
fn two_of_three_open_by_text() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let run = approve(&vault.mia, &asked.text);
    let share = token(&run, "kit-share1:");
    run.first_line("SEND  this to Alice Okafor; only their laptop opens it");
    // The number is that of Mia's own kit, and a yes gives the whole key.
    run.says("CALL  Alice Okafor   +44 7700 900123   before you give them anything");
    run.says("  | nobody can sign in").says("INC-7").says("tier break-glass, key 1, 2 of 3 holders together");
    run.says("a holder too").lacks("canary");
    assert!(on_one_line(&run.stderr).contains("has the key, and so all of: Okta, emergency administrator"), "{}", run.stderr);
    let machine = alice(&vault);
    let gathered = machine.gather(&[&run.stdout]).map_err(|error| error.to_string()).unwrap();
    assert_eq!((gathered.shares.len(), gathered.mended.len()), (1, 0));
    let shares = [machine.own_share(), gathered.shares[0].clone()];
    assert_eq!(machine.password(&shares), CANARY_OKTA);
    // C5: one share is not enough, whichever.
    for one in &shares {
        assert!(machine.of_key().combine(std::slice::from_ref(one)).is_err());
    }
    assert!(machine.gather(&[&share, &share]).is_err_and(|error| matches!(error, GatherError::Twice(_))));
    // The words of both sides are the same.
    let words = |text: &str| {
        let line = text.lines().find(|line| line.contains("Words")).unwrap();
        line.split_whitespace().skip(1).take(4).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(words(&asked.run.stdout), words(&run.stderr));
}

#[test]
fn what_is_asked_and_given_stands_in_the_journals_first() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    approve(&vault.mia, &asked.text).ok();
    for (world, home, expected) in [(&vault.acme.alice, "alice-home", "Asked"), (&vault.mia, "mia-home", "Shared")] {
        let machine = Machine::of(world, home);
        let handles = machine.store.journals().unwrap();
        let journal = machine.store.journal(&handles[0]).unwrap();
        let outage_kit::store::ReaderKey::Plain(reader) = machine.store.reader().unwrap() else { panic!("a plain reader") };
        let reader = Identity::parse(reader.expose_secret()).unwrap();
        let entry = journal.lines.last().unwrap().open(&reader).unwrap();
        assert!(format!("{:?}", entry.what).starts_with(expected), "{entry:?}");
        assert!(format!("{:?}", entry.what).contains(&asked.code), "{entry:?}");
        assert_eq!((entry.reason.as_str(), entry.incident.as_deref()), ("nobody can sign in", Some("INC-7")));
    }
    // Where the journal cannot be written nothing is given, and nothing asked.
    let folder = |home: &str| {
        let kits = std::fs::read_dir(vault.mia.path(home).join("kits")).unwrap();
        kits.map(|entry| entry.unwrap().path().join("journal")).next().unwrap()
    };
    for (world, home) in [(&vault.mia, "mia-home"), (&vault.acme.alice, "alice-home")] {
        let folder = folder(home);
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        let run = if home == "mia-home" { approve(world, &asked.text) } else { world.kit(REQUEST.into_iter().chain(["x"])) };
        run.lacks("kit-share1:").lacks("kit-ask1:").lacks("kit approve ");
        assert_ne!(run.status, 0);
    }
}

#[test]
fn h6_a_code_shows_whom_to_call_and_asks_before_it_gives() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    // A code as it is spoken: lower case, no dashes, in groups.
    let spoken = asked.code.to_lowercase().replace('-', " ");
    let mut screen = vault.mia.terminal(["approve"].into_iter().chain(spoken.split(' ')));
    screen.expect("CALL  Alice Okafor   +44 7700 900123   before you give them anything\r\n");
    screen.expect("Asks").expect("Alice Okafor from laptop, a holder too");
    screen.expect("Why").expect("a code does not say: ask them");
    screen.expect("kit asks: What did they say it is for? ").send_line("okta is down");
    screen.expect("kit asks: The incident, if it has a name: ").send_line("");
    screen.expect("Did you call Alice Okafor there, and did they read those words? Give your share? [y/N] ").send_line("");
    let seen = screen.ends(1);
    assert!(seen.contains("nothing was given") && !seen.contains("kit-share1:") && !seen.contains("Passphrase"), "{seen}");
    let mut screen = vault.mia.terminal(["approve", &asked.code]);
    screen.expect("it is for? ").send_line("okta is down");
    screen.expect("has a name: ").send_line("INC-7");
    screen.expect("[y/N] ").send_line("y");
    screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
    assert!(screen.ends(0).contains("kit-share1:"));
    // Off a terminal both have to be said.
    vault.mia.kit(["approve", &asked.code, "--yes", "--passphrase-file", "p"]).fails_talking(2).says("--reason");
    vault.mia.kit(["approve", &asked.code, "--reason", "x", "--passphrase-file", "p"]).fails_talking(2).says("--yes");
    let run = vault.mia.kit(["approve", &asked.code, "--reason", "x", "--yes", "--passphrase-file", "p"]);
    assert!(alice(&vault).gather(&[&run.ok().stdout]).is_ok());
    // From standard input, text and code.
    for request in [&asked.code, &asked.text] {
        let arguments = ["approve", "-", "--reason", "x", "--yes", "--passphrase-file", "p"];
        vault.mia.kit_reading(format!("{request}\n").as_bytes(), arguments).ok().has("kit-share1:");
    }
}

/// A night's request is of that night, and one that was answered is known again.
#[test]
fn l2_how_old_a_request_is_and_whether_it_was_answered_is_said() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let wide = |machine: &World| machine.with("COLUMNS", "200");
    let first = approve(&wide(&vault.mia), &asked.text);
    first.ok().says("Asked         just now");
    assert!(!first.stderr.contains("already"), "{}", first.stderr);
    let later = wide(&vault.mia.at("2026-11-18T05:12:00Z"));
    let again = approve(&later, &asked.text);
    again.ok().says("Asked         3 h ago");
    again.says("for this very request a share was given from here already: 03:12");
    let by_code = later.kit(["approve", &asked.code, "--reason", "x", "--yes", "--passphrase-file", "p"]);
    by_code.ok().says("when, a code does not say").says("already: 03:12, 06:12");
    for (moment, said) in [("2026-11-19T02:13:00Z", "signed 24 h ago"), ("2026-11-18T01:00:00Z", "signed 72 min from now")] {
        let then = wide(&vault.mia.at(moment));
        let refused = approve(&then, &asked.text);
        refused.fails_talking(1).says(said).says("kit request NAME").lacks("kit-share1:");
        then.kit(["approve", &asked.text, "--yes", "--old", "--passphrase-file", "p"]).ok().has("kit-share1:");
    }
    approve(&wide(&vault.mia.at("2026-11-19T02:12:00Z")), &asked.text).ok();
}

#[test]
fn a_wrong_passphrase_is_asked_for_again_and_nothing_is_recorded_for_it() {
    let vault = Vault::sealed();
    let mut screen = vault.acme.alice.terminal(["request", "okta-admin", "--reason", "x", "--incident", "y"]);
    screen.expect("Passphrase: ").send_line("wrong");
    screen.expect("That is not the passphrase. Nothing is locked: try again.").expect("Passphrase: ");
    screen.send_line(PASSPHRASE.trim()).expect("kit-ask1:");
    screen.ends(0);
    let asked = ask(&vault.acme.alice);
    let mut screen = vault.mia.terminal(["approve", &asked.text, "--yes"]);
    screen.expect("Passphrase: ").send_line("wrong").expect("try again.").expect("Passphrase: ");
    screen.send_line(PASSPHRASE.trim()).expect("kit-share1:");
    // The command that works is named, with the credential of the request.
    screen.expect("they run: kit reveal okta-admin, and paste this when asked");
    screen.ends(0);
    let mut screen = vault.mia.terminal(["approve", &asked.text, "--yes"]);
    for _ in 0..3 {
        screen.expect("Passphrase: ").send_line("wrong");
    }
    screen.expect("wrong three times");
    assert!(!screen.ends(5).contains("kit-share1:"));
    assert_eq!(vault.mia.kit(["log", "--plain"]).ok().stdout.lines().count(), 1);
}

#[test]
fn a_camera_reads_requests_and_shares() {
    let vault = Vault::sealed();
    let asked = vault.acme.alice.kit(REQUEST.into_iter().chain(["INC-7", "--qr"]));
    let request = scanned(&vault.acme.alice, &asked.ok().stdout);
    assert_eq!(request, token(&asked, "kit-ask1:"));
    let run = vault.mia.kit(["approve", &request, "--yes", "--qr", "--passphrase-file", "p"]);
    let share = scanned(&vault.mia, &run.ok().stdout);
    assert_eq!(share, token(&run, "kit-share1:"));
    assert!(run.stdout.lines().filter(|line| !line.starts_with("kit-share1:")).all(|line| line.chars().count() <= 80));
    assert!(alice(&vault).gather(&[&share]).is_ok());
    vault.mia.with("COLUMNS", "40").kit(["approve", &request, "--yes", "--qr", "--passphrase-file", "p"]).ok().has("no room for");
}

/// What a camera reads from all codes of a screen, one after another.
pub fn scanned(world: &World, screen: &str) -> String {
    let mut codes: Vec<Vec<&str>> = Vec::new();
    for block in screen.split("Code ").skip(1) {
        codes.push(qr::code(block));
    }
    assert!(codes.len() > 1, "several codes in\n{screen}");
    codes.iter().map(|code| qr::read(world, code, 1)).collect()
}

/// The 25 numbered words of a screen.
pub fn words_of(screen: &str) -> Vec<String> {
    let parts: Vec<&str> = screen.split_whitespace().collect();
    let mut words = Vec::new();
    for pair in parts.windows(2) {
        if pair[0] == (words.len() + 1).to_string() && pair[1].chars().all(|c| c.is_ascii_lowercase()) {
            words.push(pair[1].to_owned());
        }
    }
    assert_eq!(words.len(), VOICE_WORDS, "{screen}");
    words
}

/// What is seen on a screen, without the sequences that draw it.
pub fn plain(seen: &str) -> String {
    let mut plain = String::new();
    let mut rest = seen;
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn two_of_three_open_by_voice() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let mut heard = String::new();
    for columns in [80, 40] {
        let mut screen = vault.mia.terminal_of(24, columns, ["approve", &asked.text, "--voice"]);
        screen.expect("[y/N] ").send_line("y");
        screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
        screen.expect("\x1b[?1049h");
        let shown = plain(&screen.until("when they have them all."));
        assert!(on_one_line(&shown).contains("READ to Alice Okafor on +44 7700 900123, to nobody else"), "{shown}");
        assert!(shown.lines().all(|line| line.trim_end().chars().count() <= columns.into()), "{shown}");
        let words = words_of(&shown);
        screen.send("\r").expect("\x1b[?1049l");
        let after = screen.ends(0);
        let left = after.rsplit_once("\x1b[?1049l").unwrap().1;
        assert!(left.contains("SHARED  by voice, with Alice Okafor"), "{left}");
        assert!(!left.contains(&format!("{} ", words[0])) || !left.contains(&format!("{} ", words[1])), "{left}");
        heard = words.join(" ");
    }
    let machine = alice(&vault);
    let gathered = machine.gather(&[&heard]).map_err(|error| error.to_string()).unwrap();
    assert_eq!(machine.password(&[machine.own_share(), gathered.shares[0].clone()]), CANARY_OKTA);
    // C6: one misheard word is found out, and which; two are said to be misheard, not the share to be wrong.
    let mut words: Vec<&str> = heard.split(' ').collect();
    words[6] = if words[6] == "zoo" { "art" } else { "zoo" };
    let mended = machine.gather(&[&words.join(" ")]).map_err(|error| error.to_string()).unwrap();
    assert_eq!(mended.mended, [(Id::parse("mia.krause").unwrap(), 7)]);
    words[6] = "mumble";
    words[8] = "hmmm";
    let error = machine.gather(&[&words.join(" ")]).err();
    assert_eq!(error, Some(GatherError::Share { place: 1, error: ShareError::UnknownWord(7) }));
    // Words are not shown where they would stay.
    vault.mia.kit(["approve", &asked.text, "--voice", "--yes", "--passphrase-file", "p"]).fails_talking(2).says("terminal");
    for key in ["\x1b", "\x03"] {
        let mut screen = vault.mia.terminal(["approve", &asked.text, "--voice", "--yes", "--passphrase-file", "p"]);
        screen.expect("when they have them all.").send(key).expect("\x1b[?1049l");
        screen.ends(0);
    }
}

#[test]
fn c6_a_garbled_share_is_known_by_its_holder() {
    let vault = Vault::sealed();
    let machine = alice(&vault);
    let mia = Machine::of(&vault.mia, "mia-home");
    let right = mia.own_share();
    let said: Vec<&str> = share::spoken(mia.of_key(), &right).iter().map(|place| mnemonic::word(*place).unwrap()).collect();
    // Bits of all words, and those that share the last word with the checksum.
    for bit in (0..248).step_by(9).chain(248..256) {
        let mut wrong = right.clone();
        wrong.value[bit / 8] ^= 1 << (bit % 8);
        // Well formed in all else: words with a right checksum.
        let words: Vec<&str> = share::spoken(mia.of_key(), &wrong).iter().map(|place| mnemonic::word(*place).unwrap()).collect();
        match share::heard(&words.join(" "), machine.of_key()) {
            Err(error) => assert_eq!(error.to_string(), "the share of mia.krause is wrong"),
            // Where one word holds both the bit and the checksum, it might have been misheard: then it is mended.
            Ok(heard) => {
                let differ = said.iter().zip(&words).filter(|(said, word)| said != word).count();
                assert!(differ == 1 && heard.mended.is_some() && *heard.share.value == *right.value, "{bit}");
            }
        }
    }
    let asked = ask(&vault.acme.alice);
    let text = token(&approve(&vault.mia, &asked.text), "kit-share1:");
    for at in (11..text.len()).step_by(97) {
        let with = if text[at..].starts_with('A') { "B" } else { "A" };
        assert!(machine.gather(&[&format!("{}{with}{}", &text[..at], &text[at + 1..])]).is_err(), "{at}");
    }
}

#[test]
fn c7_a_share_of_an_older_key_is_told_apart() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let text = token(&approve(&vault.mia, &asked.text), "kit-share1:");
    let words: Vec<&str> = {
        let mia = Machine::of(&vault.mia, "mia-home");
        share::spoken(mia.of_key(), &mia.own_share()).iter().map(|place| mnemonic::word(*place).unwrap()).collect()
    };
    // Dana makes another key for the same people; Mia has not heard of it.
    rekey(&vault);
    vault.acme.alice.kit(["sync"]).ok();
    let machine = alice(&vault);
    assert_eq!(machine.of_key().key.version, 2);
    let error = machine.gather(&[&text]).err();
    assert_eq!(error, Some(GatherError::Share { place: 1, error: ShareError::OlderKey }));
    // Their six bits may happen to be the same; then the share is not the one that was committed to.
    let error = machine.gather(&[&words.join(" ")]).err().map(|error| error.to_string()).unwrap();
    assert!(error == "share 1: it is of an older key of this tier" || error.contains("mia.krause is wrong"), "{error}");
    // Mia's kit is older than the request: she is told so, with what to do.
    let newer = ask(&vault.acme.alice);
    approve(&vault.mia, &newer.text).fails_talking(5).says("Your kit is the older one: kit sync").lacks("kit-share1:");
    vault.mia.kit(["approve", &newer.code, "--yes", "--reason", "x", "--passphrase-file", "p"]).fails_talking(5).says("kit sync");
    vault.mia.kit(["sync"]).ok();
    let share = approve(&vault.mia, &newer.text);
    assert!(machine.gather(&[&share.ok().stdout]).is_ok());
    approve(&vault.mia, &asked.text).fails_talking(5).says("Their kit is the older one").lacks("kit-share1:");
}

/// Another key for `break-glass`, and okta-admin sealed to it.
fn rekey(vault: &Vault) {
    use outage_kit::{
        authored::{self, sealed::SealedFiles},
        bundle::{capsule::Place, tier},
        key::Recipient,
        team::{FieldKind, Rule},
    };
    let dir = vault.acme.dana.path("team");
    let dana = Machine::of(&vault.acme.dana, "home");
    let team = &dana.reading.team;
    let (tier, held) = team.tiers.iter().find(|(id, _)| id.as_str() == "break-glass").unwrap();
    let openers =
        |person| team.devices.iter().filter(move |it| it.person == person).map(|it| Recipient::parse(&it.opener).unwrap());
    let holders: Vec<tier::Holder> =
        held.key().unwrap().holders.iter().map(|person| (person.clone(), openers(person.clone()).collect())).collect();
    let kit = &dana.store.trust().pin.kit;
    let today = jiff::civil::date(2026, 11, 18);
    let (key, _) = tier::make(kit, tier, (2, Rule::Of { k: 2, n: 3 }), &holders, today).unwrap();
    let id = Id::parse("okta-admin").unwrap();
    let place = Place { kit, id: &id, version: 2, tier: (tier, &key), now: crate::world::NOW.parse().unwrap() };
    let fields = [crate::vault::field("password", FieldKind::Secret, "another")];
    let mut sealed = SealedFiles::default();
    sealed.capsules.insert(id.clone(), capsule::seal(place, &fields).unwrap());
    sealed.tiers.insert(tier.clone(), vec![key]);
    authored::sealed::write(&dir, &sealed).unwrap();
    vault.publish();
}

#[test]
fn c8_nobody_gets_a_share_sent_elsewhere() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    let share = token(&approve(&vault.mia, &asked.text), "kit-share1:");
    // Dana, who sent the request on, cannot open the answer: it is sealed to Alice's device as Mia's kit has it.
    let dana = Machine::of(&vault.acme.dana, "home");
    let error = dana.gather(&[&share]).err();
    assert_eq!(error, Some(GatherError::Share { place: 1, error: ShareError::NotForUs }));
    // Mallory joins as Alice on a machine of her own, is never let in, and asks in Alice's name.
    let mallory = vault.acme.dana.machine("mallory");
    vault.acme.join(&mallory, "alice.okafor");
    mallory.kit(["sync", "--from", "box"]);
    let forged = forged(&mallory, &dana);
    approve(&vault.mia, &forged).fails_talking(6).says("another key").lacks("kit-share1:");
    // A device that nobody knows at all.
    let stranger = forged_by(&mallory, &dana, "alice.okafor", "phone");
    approve(&vault.mia, &stranger).fails_talking(6).says("no device of this kit").lacks("kit-share1:");
    let codes = outage_kit::bundle::Request::parse(&stranger).unwrap().code().to_string();
    vault.mia.kit(["approve", &codes, "--yes", "--reason", "x", "--passphrase-file", "p"]).fails_talking(6).lacks("kit-share1:");
}

fn forged(mallory: &World, dana: &Machine) -> String {
    forged_by(mallory, dana, "alice.okafor", "laptop")
}

/// A request in somebody's name, signed by Mallory's key.
fn forged_by(mallory: &World, dana: &Machine, person: &str, device: &str) -> String {
    use outage_kit::bundle::request::{Asked, Request};
    let home = mallory.path("mallory");
    let store = Store::open(&home, &Store::list(&home).unwrap()[0]).unwrap();
    let key = unseal::device_key(&store, &Passphrase::new(PASSPHRASE.trim().to_owned())).unwrap();
    let own = dana.device().clone();
    let named = Device { person: Id::parse(person).unwrap(), name: device.to_owned(), key: key.public().to_string(), ..own };
    let of = dana.of_key();
    let asked = Asked {
        kit: of.kit.clone(),
        tier: of.tier.clone(),
        version: of.key.version,
        credential: None,
        at: crate::world::NOW.parse().unwrap(),
        reason: "hurry".to_owned(),
        incident: None,
    };
    Request::sign(&asked, &named, &key).unwrap().to_string()
}

#[test]
fn what_is_no_request_to_this_holder_is_refused_and_said_why() {
    let vault = Vault::sealed();
    let asked = ask(&vault.acme.alice);
    // One's own.
    approve(&vault.acme.alice, &asked.text).fails_talking(2).says("your own request").lacks("kit-share1:");
    // Damaged on the way, and nonsense.
    let cut = &asked.text[..asked.text.len() - 3];
    for (request, status) in [(cut, 2), ("kit-ask1:AAAA", 2), ("7K3M", 2), ("0000-0000-0000-0001", 2), ("kit-share1:AAAA", 2)] {
        vault.mia.kit(["approve", request, "--yes", "--reason", "x", "--passphrase-file", "p"]).fails_talking(status);
    }
    // A wrong passphrase records nothing and gives nothing.
    vault.mia.write("wrong", "wrong\n");
    vault.mia.kit(["approve", &asked.text, "--yes", "--passphrase-file", "wrong"]).fails_talking(5).lacks("kit-share1:");
    // Somebody who holds nothing of it: Bob joins.
    let bob = vault.acme.dana.machine("bob-home");
    let join = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&join);
    vault.publish();
    bob.kit(["sync"]).ok();
    approve(&bob, &asked.text).fails_talking(5).says("Who has a share: alice.okafor, dana.fox, mia.krause").lacks("kit-share1:");
    // What any holder opens alone needs no shares; what has only a label has none.
    for machine in [&vault.acme.alice, &bob] {
        machine.kit(["request", "aws-root", "--reason", "x", "--passphrase-file", "p"]).fails_talking(2).says("alone");
    }
    vault.acme.alice.kit(["request", "okta-admin", "--reason", " ", "--passphrase-file", "p"]).fails_talking(2).says("--reason");
    vault.acme.alice.kit(["request", "okta-admin", "--passphrase-file", "p"]).fails_talking(2).says("--reason");
    vault.acme.alice.kit(["request", "quetzal", "--reason", "x", "--passphrase-file", "p"]).fails(3);
    let long = "x".repeat(257);
    vault.acme.alice.kit(["request", "okta-admin", "--reason", &long, "--passphrase-file", "p"]).fails_talking(2);
}

/// What stock tools do when kit is gone: two holders open their boxes, one puts the shares together.
#[test]
fn the_documented_recipe_puts_shares_together() {
    let vault = Vault::sealed();
    let alice = alice(&vault);
    let world = World::new();
    let team = serde_json::to_value(&alice.reading.team).unwrap();
    world.write("payload.json", serde_json::json!({ "team": team }).to_string());
    let open = stock_tools::recipe(&["Open your share of a tier's key"]);
    let holders = [(0, &vault.acme.alice, "alice-home"), (2, &vault.mia, "mia-home")];
    for (place, machine, home) in holders {
        world.write("opener.txt", Machine::of(machine, home).opener().to_text().expose_secret());
        world.run("sh", ["-euc", &format!("place={place}\n{open}")], b"").ok();
    }
    crate::world::peer("python3");
    let combine = stock_tools::recipe(&["Put shares together"]);
    assert!(combine.split_once("END'\n").unwrap().1.split_once("\nEND").unwrap().0.lines().count() <= 25);
    world.run("sh", ["-euc", &combine], b"").ok().has(CANARY_OKTA).has("okta-admin");
    // One share is refused; another holder's in the place of one gives a key that opens nothing.
    let one = combine.replace("share.*", "share.0");
    assert_ne!(world.run("sh", ["-euc", &one], b"").status, 0);
    let text = String::from_utf8(world.read("share.2")).unwrap();
    world.write("share.2", text.replace("\"index\":3", "\"index\":2"));
    world.run("sh", ["-euc", &combine], b"").lacks("canary");
}

#[test]
fn reveal_takes_what_others_sent() {
    let vault = Vault::sealed();
    let alice = &vault.acme.alice;
    let asked = ask(alice);
    let sent = approve(&vault.mia, &asked.text);
    let share = token(&sent, "kit-share1:");
    let reveal = ["reveal", "okta-admin", "--field", "password", "--reason", "x", "--passphrase-file", "p"];
    alice.write("sent", &sent.stdout);
    for with in [share.as_str(), "sent"] {
        let run = alice.kit(reveal.into_iter().chain(["--with", with]));
        run.ok().prints(CANARY_OKTA);
        let said = "combined the key of tier break-glass: it opens 1 credential until a new key is made";
        assert!(on_one_line(&run.stderr).contains(said), "{}", run.stderr);
    }
    alice.kit_reading(sent.stdout.as_bytes(), reveal.into_iter().chain(["--with", "-"])).ok().prints(CANARY_OKTA);
    // C5: without it, or with it on another machine, nothing.
    alice.kit(reveal).fails(5).says("kit request okta-admin");
    vault.acme.dana.kit(reveal.into_iter().chain(["--with", &share])).fails(5).says("sealed to another device");
    alice.kit(reveal.into_iter().chain(["--with", &share, "--with", "sent"])).fails(5).says("given twice");
    // Words are no argument.
    let mia = Machine::of(&vault.mia, "mia-home");
    let mut words: Vec<&str> =
        share::spoken(mia.of_key(), &mia.own_share()).iter().map(|place| mnemonic::word(*place).unwrap()).collect();
    let spoken = words.join(" ");
    alice.kit(reveal.into_iter().chain(["--with", &spoken])).fails(2).says("history").lacks(words[3]);
    alice.kit_reading(spoken.as_bytes(), reveal.into_iter().chain(["--with", "-"])).ok().prints(CANARY_OKTA);
    // On a terminal they are asked for and not seen; one that was misheard is found out.
    words[6] = if words[6] == "zoo" { "art" } else { "zoo" };
    let mut screen = alice.terminal(["reveal", "okta-admin", "--field", "password", "--to", "out", "--reason", "x"]);
    screen.expect("kit asks: one more needed. Paste a share, or type its 25 words").expect("): ").send_line("one two three");
    screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
    screen.expect("a share has 25 words, these are 3").expect("): ").send_line(&words.join(" "));
    screen.expect("Word 7 of mia.krause's share was heard wrongly");
    let seen = screen.ends(0);
    assert!(!seen.contains(&words[..3].join(" ")) && !seen.contains("canary"), "{seen}");
    assert_eq!(String::from_utf8(alice.read("out")).unwrap(), CANARY_OKTA);
    // `-` on a terminal asks for it, whether it is pasted or typed.
    for (sent, to) in [(share.as_str(), "third"), (spoken.as_str(), "fourth")] {
        let arguments = ["reveal", "okta-admin", "--with", "-", "--field", "password", "--to", to, "--reason", "x"];
        let mut screen = alice.terminal(arguments);
        screen.expect("Paste the share or type its 25 words (unseen); an empty line ends: ").send_line(sent);
        screen.expect("an empty line ends): ").send_line("");
        screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
        let seen = screen.ends(0);
        assert!(!seen.contains(sent) && !seen.contains("canary"), "{seen}");
        assert_eq!(String::from_utf8(alice.read(to)).unwrap(), CANARY_OKTA);
    }
    let mut screen = alice.terminal(["reveal", "okta-admin", "--field", "password", "--to", "other", "--reason", "x"]);
    screen.expect("one more needed").expect("): ").send_line("");
    assert!(screen.ends(5).contains("kit request okta-admin"));
}
