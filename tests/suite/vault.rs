//! The example team with three machines and sealed credentials: Dana publishes; Alice, Dana and Mia hold `on-call` (any of them)
//! and `break-glass` (two of them together).

use outage_kit::{
    authored::{self, sealed::SealedFiles},
    bundle::{
        KitId,
        capsule::{self, Field, Place},
        tier,
    },
    key::Recipient,
    team::{FieldKind, Id, Rule},
};

use crate::{
    acme::Acme,
    world::{NOW, World},
};

/// What no file, output or argument may hold unless `reveal` was asked to show it.
pub const CANARY_PASSWORD: &str = "canary-Hn7-gorse-qX2v";
/// The seed of RFC 6238's vectors for SHA-1, in base32.
pub const CANARY_SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// Five recovery codes.
pub const CANARY_CODES: &str = "canary-c1-7731\ncanary-c2-1942\ncanary-c3-5550\ncanary-c4-8067\ncanary-c5-2218";
/// A note of two lines.
pub const CANARY_NOTE: &str = "canary-note: token on the blue key\nsecond line";
/// Of `okta-admin`, which two holders open together.
pub const CANARY_OKTA: &str = "canary-Wf3-thistle-9KmB";

/// Three machines with the same kit, which has values.
pub struct Vault {
    /// Dana's and Alice's machines.
    pub acme: Acme,
    /// Mia Krause's, a holder who does not publish.
    pub mia: World,
}

impl Vault {
    /// Kit 3: `aws-root` and `okta-admin` are sealed, the other credentials are labels only.
    pub fn sealed() -> Self {
        let acme = Acme::joined();
        let mia = acme.dana.machine("mia-home");
        let request = acme.join(&mia, "mia.krause");
        acme.admit(&request);
        let labels = String::from_utf8(acme.dana.read("team/credentials.toml")).unwrap();
        let three = r#"holders = ["alice.okafor", "dana.fox", "mia.krause"]"#;
        let labels: Vec<&str> = labels
            .lines()
            .map(|line| match line {
                _ if line.starts_with("rule = \"2-of-2\"") => "rule = \"2-of-3\"",
                _ if line.starts_with("holders") => three,
                line => line,
            })
            .collect();
        acme.dana.write("team/credentials.toml", labels.join("\n") + "\n");
        seal(&acme.dana);
        let vault = Self { acme, mia };
        vault.publish();
        for machine in vault.machines() {
            machine.kit(["sync"]).ok();
        }
        vault
    }

    /// Publishes the directory, accepting whatever is new in it.
    #[track_caller]
    pub fn publish(&self) {
        let run = self.acme.publish();
        if run.status == 0 {
            return;
        }
        let code = run.stderr.lines().find_map(|line| line.split("have the code ").nth(1)).map(|code| code.trim_end_matches('.'));
        let code = code.unwrap_or_else(|| panic!("{}", run.stderr));
        self.acme.dana.kit(["publish", "team", "--to", "box", "--passphrase-file", "p", "--ack-recipients", code]).ok();
    }

    /// Everybody's.
    pub fn machines(&self) -> [&World; 3] {
        [&self.acme.dana, &self.acme.alice, &self.mia]
    }
}

/// A value of a credential.
pub fn field(name: &str, kind: FieldKind, value: &str) -> Field {
    Field { name: name.to_owned(), kind, value: value.to_owned().into() }
}

/// What is in `aws-root`.
pub fn aws_root() -> Vec<Field> {
    vec![
        field("user", FieldKind::Text, "aws-root@example.com"),
        field("password", FieldKind::Secret, CANARY_PASSWORD),
        field("totp", FieldKind::Totp, &format!("otpauth://totp/aws-root?secret={CANARY_SEED}")),
        field("codes", FieldKind::Codes, CANARY_CODES),
        field("note", FieldKind::Note, CANARY_NOTE),
    ]
}

/// Makes the keys of both tiers and seals two credentials, as `kit tier new` and `kit seal` do.
fn seal(dana: &World) {
    let dir = dana.path("team");
    let now = NOW.parse().unwrap();
    let today = jiff::civil::date(2026, 11, 18);
    let team = authored::load(&dir, today).unwrap().team;
    let kits = std::fs::read_dir(dana.path("home/kits")).unwrap();
    let kit = kits.map(|entry| entry.unwrap().file_name()).find_map(|name| KitId::parse(name.to_str()?).ok()).unwrap();
    let holders: Vec<tier::Holder> = ["alice.okafor", "dana.fox", "mia.krause"]
        .map(|id| {
            let id = Id::parse(id).unwrap();
            let devices = team.devices.iter().filter(|device| device.person == id);
            let openers = devices.map(|device| Recipient::parse(&device.opener).unwrap()).collect();
            (id, openers)
        })
        .into();
    let mut sealed = SealedFiles::default();
    let fields = [
        ("on-call", Rule::Any, "aws-root", aws_root()),
        ("break-glass", Rule::Of { k: 2, n: 3 }, "okta-admin", vec![field("password", FieldKind::Secret, CANARY_OKTA)]),
    ];
    for (name, rule, credential, fields) in fields {
        let (name, id) = (Id::parse(name).unwrap(), Id::parse(credential).unwrap());
        let (key, _) = tier::make(&kit, &name, (1, rule), &holders, today).unwrap();
        let place = Place { kit: &kit, id: &id, version: 1, tier: (&name, &key), now };
        sealed.capsules.insert(id.clone(), capsule::seal(place, &fields).unwrap());
        sealed.tiers.insert(name, vec![key]);
    }
    authored::sealed::write(&dir, &sealed).unwrap();
}

/// Seals another value of a credential into the directory, as `kit seal` does.
pub fn rotate(dana: &World, credential: &str, version: u32) {
    rotate_to(dana, credential, version, &[field("password", FieldKind::Secret, CANARY_OKTA)]);
}

/// The same with these fields.
pub fn rotate_to(dana: &World, credential: &str, version: u32, fields: &[Field]) {
    let dir = dana.path("team");
    let team = authored::load(&dir, jiff::civil::date(2026, 11, 18)).unwrap().team;
    let kits = std::fs::read_dir(dana.path("home/kits")).unwrap();
    let kit = kits.map(|entry| entry.unwrap().file_name()).find_map(|name| KitId::parse(name.to_str()?).ok()).unwrap();
    let id = Id::parse(credential).unwrap();
    let tier = &team.credentials[&id].tier;
    let place = Place { kit: &kit, id: &id, version, tier: (tier, team.tiers[tier].key().unwrap()), now: NOW.parse().unwrap() };
    let capsule = capsule::seal(place, fields).unwrap();
    let mut sealed = SealedFiles::default();
    for (id, tier) in &team.tiers {
        sealed.tiers.insert(id.clone(), tier.keys.clone());
    }
    for (id, credential) in &team.credentials {
        sealed.capsules.extend(credential.capsule.clone().map(|capsule| (id.clone(), capsule)));
    }
    sealed.capsules.insert(id, capsule);
    authored::sealed::write(&dir, &sealed).unwrap();
}

#[test]
fn a_kit_carries_what_is_sealed_and_nothing_of_it_can_be_read() {
    let vault = Vault::sealed();
    let found = vault.mia.kit(["lookup", "aws-root", "--json"]);
    found.ok();
    assert!(!found.stdout.contains("canary"), "{}", found.stdout);
    for machine in vault.machines() {
        assert_eq!(machine.kit(["status", "--json"]).status, 0);
    }
}
