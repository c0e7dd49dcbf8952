//! Bundles put together by hand, right and wrong: keys that are always the same, signatures with any field, sections that swap.
//!
//! Nothing here goes through kit's own writer where a test needs what kit would never write.

use std::iter;

use ed25519_dalek::{Signer as _, SigningKey};
pub use outage_kit::bundle::HEAD_NAMESPACE;
use outage_kit::{
    bundle::{Hash, KitId, Pin, ROOT_NAMESPACE, RootKeys, Roots, Verified, seal, sign},
    key::{DeviceKey, Identity, Signer, VerifyKey, armour},
    team::{Device, Id, Team},
};
use sha2::{Digest, Sha256, Sha512};
use ssh_key::{LineEnding, PrivateKey, private::Ed25519Keypair};

/// The kit of all forged bundles, and another.
pub const KIT: &str = "forgedforgedforgedforgedaa";
pub const OTHER_KIT: &str = "otherotherotherotherothera";
/// When they were signed, and when they are old.
pub const CREATED: &str = "2026-11-18T02:12:00Z";
pub const REFRESH_BY: &str = "2026-12-18T02:12:00Z";

/// A signing key that is the same in each run.
pub struct Party {
    pub raw: SigningKey,
    pub signer: Signer,
}

impl Party {
    /// The key with this number.
    pub fn new(number: u8) -> Self {
        let seed: [u8; 32] = Sha256::digest([b"forge".as_slice(), &[number]].concat()).into();
        let private = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
        let device = DeviceKey::parse(&private.to_openssh(LineEnding::LF).unwrap()).unwrap();
        Self { raw: SigningKey::from_bytes(&seed), signer: Signer::device(device) }
    }

    pub fn many<const N: usize>(numbers: [u8; N]) -> [Self; N] {
        numbers.map(Self::new)
    }

    pub fn public(&self) -> &VerifyKey {
        self.signer.public()
    }

    /// The same key as if it lived in hardware: `sk-ssh-ed25519@openssh.com`.
    pub fn hardware(&self) -> VerifyKey {
        let kind = "sk-ssh-ed25519@openssh.com";
        let wire = strings([kind.as_bytes(), self.raw.verifying_key().as_bytes(), b"ssh:"]);
        VerifyKey::parse(&format!("{kind} {}", data_encoding::BASE64.encode(&wire))).unwrap()
    }

    /// A good signature over a line, by kit.
    pub fn signs(&self, namespace: &str, line: &str) -> String {
        self.signer.sign(namespace, line.as_bytes()).unwrap()
    }
}

/// An SSHSIG with any field (PROTOCOL.sshsig); the default is a good signature of a head.
#[derive(Clone, Copy)]
pub struct Sshsig<'a> {
    pub version: u32,
    pub namespace: &'a str,
    pub reserved: &'a [u8],
    pub hash: &'a str,
    /// Flags of a hardware key's signature.
    pub hardware: Option<u8>,
    /// Bytes after the last field.
    pub trailing: &'a [u8],
}

impl Default for Sshsig<'_> {
    fn default() -> Self {
        Self { version: 1, namespace: HEAD_NAMESPACE, reserved: b"", hash: "sha512", hardware: None, trailing: b"" }
    }
}

impl Sshsig<'_> {
    /// Signed by `party` over `line`, armoured.
    pub fn by(&self, party: &Party, line: &str) -> String {
        armour::SSH_SIGNATURE.encode(&self.blob(party, line))
    }

    pub fn blob(&self, party: &Party, line: &str) -> Vec<u8> {
        let digest = match self.hash {
            "sha256" => Sha256::digest(line).to_vec(),
            _ => Sha512::digest(line).to_vec(),
        };
        let fields = [self.namespace.as_bytes(), self.reserved, self.hash.as_bytes(), &digest];
        let signed = [b"SSHSIG".as_slice(), &strings(fields)].concat();
        let point = *party.raw.verifying_key().as_bytes();
        let (key, signature) = match self.hardware {
            None => {
                let raw = party.raw.sign(&signed).to_bytes();
                (strings([b"ssh-ed25519".as_slice(), &point]), strings([b"ssh-ed25519".as_slice(), &raw]))
            }
            Some(flags) => {
                let kind = b"sk-ssh-ed25519@openssh.com".as_slice();
                let trailer = [flags, 0, 0, 0, 7];
                let raw = [&Sha256::digest(b"ssh:")[..], &trailer, &Sha256::digest(&signed)[..]].concat();
                let raw = party.raw.sign(&raw).to_bytes();
                (strings([kind, &point, b"ssh:"]), [&strings([kind, &raw])[..], &trailer].concat())
            }
        };
        let outer = [&key[..], self.namespace.as_bytes(), self.reserved, self.hash.as_bytes(), &signature];
        [b"SSHSIG".as_slice(), &self.version.to_be_bytes(), &strings(outer), self.trailing].concat()
    }
}

/// SSH's counted strings, one after the other.
fn strings<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    fields.into_iter().flat_map(|field| [&u32::try_from(field.len()).unwrap().to_be_bytes()[..], field].concat()).collect()
}

/// A line and what stands under it.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    pub line: String,
    pub blocks: Vec<String>,
}

impl Section {
    pub fn signed(line: String, namespace: &str, by: &[&Party]) -> Self {
        Self { blocks: by.iter().map(|party| party.signs(namespace, &line)).collect(), line }
    }
}

/// A bundle in its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct Parts {
    pub first: String,
    pub roots: Vec<Section>,
    pub head: Section,
    pub payload: String,
}

impl Parts {
    /// Takes a good bundle apart.
    pub fn of(bundle: &[u8]) -> Self {
        let text = std::str::from_utf8(bundle).unwrap();
        let (text, payload) = text.split_at(text.find("-----BEGIN AGE").unwrap());
        let (first, text) = text.split_at(text.find('\n').unwrap() + 1);
        let mut sections: Vec<Section> = Vec::new();
        for line in text.split_inclusive('\n') {
            if line.starts_with('{') {
                sections.push(Section { line: line.to_owned(), blocks: Vec::new() });
            } else if line.starts_with("-----BEGIN") {
                sections.last_mut().unwrap().blocks.push(line.to_owned());
            } else {
                sections.last_mut().unwrap().blocks.last_mut().unwrap().push_str(line);
            }
        }
        let head = sections.pop().unwrap();
        Self { first: first.to_owned(), roots: sections, head, payload: payload.to_owned() }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let sections = self.roots.iter().chain(iter::once(&self.head));
        let signed: String = sections.map(|section| section.line.clone() + &section.blocks.concat()).collect();
        format!("{}{signed}{}", self.first, self.payload).into_bytes()
    }

    /// The same with an edited head, signed again.
    pub fn head_edited(&self, by: &[&Party], edit: impl FnOnce(&mut serde_json::Value)) -> Self {
        let head = Section::signed(edited(&self.head.line, "head", edit), HEAD_NAMESPACE, by);
        Self { head, ..self.clone() }
    }

    /// The same with an edited last root, signed again; the head is made for it and signed again too.
    pub fn root_edited(&self, by: &[&Party], publishers: &[&Party], edit: impl FnOnce(&mut serde_json::Value)) -> Self {
        let mut roots = self.roots.clone();
        let last = roots.pop().unwrap();
        roots.push(Section::signed(edited(&last.line, "root", edit), ROOT_NAMESPACE, by));
        Self { roots, ..self.clone() }.head_for_last_root(publishers)
    }

    /// The same with a head that names the last root, signed again.
    pub fn head_for_last_root(&self, by: &[&Party]) -> Self {
        let root = &self.roots.last().unwrap().line;
        let version = serde_json::from_str::<serde_json::Value>(root).unwrap()["root"]["version"].clone();
        let sha256 = Hash::of(root.as_bytes()).to_string();
        self.head_edited(by, |head| head["root"] = serde_json::json!({ "version": version, "sha256": sha256 }))
    }

    /// The same with another payload and a head that was signed for it.
    pub fn payload_replaced(&self, by: &[&Party], payload: String) -> Self {
        let about = serde_json::json!({ "bytes": payload.len(), "sha256": Hash::of(payload.as_bytes()).to_string() });
        Self { payload, ..self.clone() }.head_edited(by, |head| head["payload"] = about)
    }

    /// The pin of one of its roots, counted from 1.
    pub fn pin(&self, version: u32) -> Pin {
        let line = &self.roots[version as usize - 1].line;
        Pin { kit: kit(), root_version: version, root: Hash::of(line.as_bytes()) }
    }
}

fn edited(line: &str, name: &str, edit: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
    edit(&mut value[name]);
    value.to_string() + "\n"
}

/// The line of a root.
pub fn root_line(
    version: u32,
    roots: &[&VerifyKey],
    root_threshold: u32,
    publish: &[&VerifyKey],
    publish_threshold: u32,
) -> String {
    let texts = |keys: &[&VerifyKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    let root = serde_json::json!({
        "kit": KIT, "version": version, "root_keys": texts(roots), "root_threshold": root_threshold,
        "publish_keys": texts(publish), "publish_threshold": publish_threshold,
    });
    serde_json::json!({ "root": root }).to_string() + "\n"
}

pub fn kit() -> KitId {
    KitId::parse(KIT).unwrap()
}

/// A team with these readers, small and without any default content.
pub fn team(readers: &[&Identity]) -> Team {
    let mut team = Team::named("Acme");
    team.devices = readers.iter().enumerate().map(|(index, reader)| device(reader, index)).collect();
    team
}

fn device(reader: &Identity, index: usize) -> Device {
    Device {
        person: Id::parse("alice.okafor").unwrap(),
        name: format!("device-{index}"),
        reader: reader.recipient().to_string(),
        opener: Identity::generate().recipient().to_string(),
        key: Party::new(200).public().to_string(),
        added: None,
    }
}

/// Keys by number: who signs roots and heads, and how many have to.
pub fn keys(roots: &[&Party], root_threshold: u32, publishers: &[&Party], publish_threshold: u32) -> RootKeys {
    let publics = |parties: &[&Party]| parties.iter().map(|party| party.public().clone()).collect();
    RootKeys { root_keys: publics(roots), root_threshold, publish_keys: publics(publishers), publish_threshold }
}

/// A chain of roots with only one version, of one root key and some publishers with threshold 1.
pub fn one_root(root: &Party, publishers: &[&Party]) -> Roots {
    Roots::first(kit(), keys(&[root], 1, publishers, 1), &[&root.signer]).unwrap()
}

/// A bundle made by kit itself.
pub fn bundle(roots: &Roots, seq: u64, by: &[&Party], readers: &[&Identity]) -> Verified {
    let signers: Vec<&Signer> = by.iter().map(|party| &party.signer).collect();
    let sealed = seal(&team(readers), roots.kit(), seq).unwrap();
    sign(sealed, roots, CREATED.parse().unwrap(), REFRESH_BY.parse().unwrap(), &signers).unwrap()
}

/// A payload section that holds any plaintext, sealed to one reader.
pub fn payload_of(plain: &[u8], reader: &Identity) -> String {
    armour::AGE_FILE.encode(&age::encrypt(reader.recipient().as_age(), plain).unwrap())
}

/// The plaintext of a payload section.
pub fn plain_of(payload: &str, reader: &Identity) -> Vec<u8> {
    age::decrypt(reader.as_age(), &armour::AGE_FILE.decode(payload.as_bytes()).unwrap()).unwrap()
}
