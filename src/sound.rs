//! Sounding: whether what is sealed in a team directory can be opened by whom it says, and goes on from what was published. Nothing
//! is opened for that.
//!
//! Nobody makes these mistakes by hand, and nobody sees them before the night. They stand in the way of a kit; the commands that
//! mend them go on.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;

use crate::{
    authored::{self, Checked, LoadError, Problem, Problems, Rule, count},
    bundle::{Hash, capsule, limits::CAPSULE_FIELDS_MAX, tier},
    key::Recipient,
    succeed::{self, Break, breaks},
    team::{self, Capsule, Credential, Device, Id, Team, Tier, TierBox, TierKey, is_field_name},
};

/// Characters of foreign text that are shown.
const SHOWN_MAX: usize = 64;
/// Hexadecimal digits of a SHA-256.
const SHA256_DIGITS: usize = 64;

/// A team directory without a mistake, also in what is sealed, as the team that comes after the one of the kit on this machine.
///
/// # Errors
/// The directory cannot be read or has mistakes, or it swaps a key of a tier.
pub fn load<E: From<LoadError> + From<Break>>(dir: &Path, before: Option<&Team>, today: Date) -> Result<Team, E> {
    let Checked { mut team, warnings, .. } = authored::load(dir, today)?;
    // What is known of journals is not the directory's to say, nor to forget.
    team.ledger = before.map(|before| before.ledger.clone()).unwrap_or_default();
    before.map_or(Ok(()), |before| succeed::keys(before, &team))?;
    let errors = mistakes(before, &team);
    if errors.is_empty() { Ok(team) } else { Err(LoadError::from(Problems { errors, warnings }).into()) }
}

/// Every mistake in what is sealed. `signed` is the team of the kit on this machine, where it is open.
pub fn mistakes(signed: Option<&Team>, team: &Team) -> Vec<Problem> {
    let mut found = Vec::new();
    for (id, tier) in &team.tiers {
        let order = tier.keys.windows(2).filter_map(|pair| match pair {
            [one, next] if next.version <= one.version => {
                Some(format!("key {} stands behind key {}: the newest is the last", next.version, one.version))
            }
            _ => None,
        });
        let of_keys = tier.keys.iter().flat_map(|key| of_key(team, key, tier.key() == Some(key)));
        found.extend(order.chain(of_keys).map(|message| of_tier(Rule::SealedBoxes, id, message)));
    }
    let mut known: BTreeMap<&str, &Id<Credential>> = BTreeMap::new();
    for (id, credential) in &team.credentials {
        let Some(capsule) = &credential.capsule else { continue };
        found.extend(of_value(capsule).into_iter().map(|message| of_credential(Rule::SealedValue, id, message)));
        if let Some(other) = known.insert(&capsule.sha256, id) {
            let message = format!("its value is the same as that of {other}: one was put in the other's place");
            found.push(of_credential(Rule::SealedValue, id, message));
        }
        found.extend(place(team, id, credential, capsule));
    }
    found.extend(breaks(signed, team).iter().map(of_break));
    found
}

/// What is wrong with a key, in sentences. What an old key is boxed for may have left.
fn of_key(team: &Team, key: &TierKey, is_current: bool) -> Vec<String> {
    let (version, rule) = (key.version, key.rule);
    let mut wrong = Vec::new();
    let wanted = match rule {
        team::Rule::Any => 1,
        team::Rule::Of { n, .. } => usize::from(n),
    };
    if key.boxes.len() != wanted {
        let boxes = if key.boxes.len() == 1 { "1 box".to_owned() } else { format!("{} boxes", key.boxes.len()) };
        wrong.push(format!("key {version} has {boxes}, and its rule {rule} takes {wanted}"));
    }
    if rule != team::Rule::Any && key.holders.len() != wanted {
        let holders = count(key.holders.len(), "holder");
        wrong.push(format!("key {version} names {holders}, and its rule {rule} counts {wanted}"));
    }
    if Recipient::parse(&key.recipient).is_err() {
        wrong.push(format!("key {version} is no age recipient: nothing can be sealed to it"));
    }
    for (at, one) in key.boxes.iter().enumerate() {
        let which = format!("box {} of key {version}", at + 1);
        let says = |what: String| format!("{which} {what}");
        wrong.extend(of_box(one, rule).map(&says));
        let strangers = one.openers.iter().filter(|_| is_current).filter_map(|opener| stranger(team, key, at, opener));
        wrong.extend(strangers.map(&says));
    }
    wrong
}

/// What is wrong with a box by itself.
fn of_box(one: &TierBox, rule: team::Rule) -> impl Iterator<Item = String> {
    let commitment = match (&one.commitment, rule) {
        (_, team::Rule::Any) => None,
        (None, _) => Some("has no commitment: a wrong share could not be told from a right one".to_owned()),
        (Some(text), _) if is_sha256(text) => None,
        (Some(_), _) => Some("has a commitment that is no SHA-256".to_owned()),
    };
    let says = one.openers.len();
    let sealed = match tier::stanzas(one) {
        Some(found) if found == says => None,
        Some(found) => Some(format!("is sealed to {}, and it says {says}", count(found, "device"))),
        None => Some("is none that kit made: nobody opens it".to_owned()),
    };
    commitment.into_iter().chain(sealed)
}

/// Whether a box is for somebody who has no place in it.
fn stranger(team: &Team, key: &TierKey, at: usize, opener: &str) -> Option<String> {
    let device = team.devices.iter().find(|device| device.opener == opener);
    let is_holder = |device: &&Device| match key.rule {
        team::Rule::Any => key.holders.contains(&device.person),
        team::Rule::Of { .. } => key.holders.get(at) == Some(&device.person),
    };
    match device {
        Some(device) if is_holder(&device) => None,
        Some(Device { person, name, .. }) => Some(format!("opens for {person}/{name}, and is not theirs")),
        None => Some(format!("opens for {}, which is no device of a holder", shown(opener))),
    }
}

/// What is wrong with a value, as far as that is seen from outside.
fn of_value(capsule: &Capsule) -> Vec<String> {
    let mut wrong = Vec::new();
    if Hash::of(capsule.age.as_bytes()).to_string() != capsule.sha256 {
        wrong.push("its value is not the one whose hash stands beside it: it was changed".to_owned());
    }
    match capsule::stanzas(capsule) {
        Some(1) => {}
        Some(found) => wrong.push(format!("its value is sealed to {found} keys; its tier has one")),
        None => wrong.push("its value is none that kit sealed: nobody opens it".to_owned()),
    }
    let fields = &capsule.fields;
    if fields.is_empty() || fields.len() > CAPSULE_FIELDS_MAX {
        wrong.push(format!("it has {}; 1 to {CAPSULE_FIELDS_MAX} can be sealed", count(fields.len(), "field")));
    }
    if let Some(field) = fields.iter().find(|field| !is_field_name(&field.name)) {
        wrong.push(format!("no field can be called {:?}", shown(&field.name)));
    }
    let is_twice = |at: usize, name: &str| fields.iter().take(at).any(|other| other.name == name);
    if let Some((_, field)) = fields.iter().enumerate().find(|(at, field)| is_twice(*at, &field.name)) {
        wrong.push(format!("it has the field {:?} twice", shown(&field.name)));
    }
    wrong
}

/// A value under a key that is not there, or under another tier's than the label says.
fn place(team: &Team, id: &Id<Credential>, credential: &Credential, capsule: &Capsule) -> Option<Problem> {
    let (tier, key) = (&capsule.tier, capsule.key);
    if team.tiers.get(tier).and_then(|tier| tier.key_of(key)).is_none() {
        let message = format!("its value is sealed to key {key} of tier {tier}, which is not there: nobody opens it");
        return Some(of_credential(Rule::SealedKey, id, message));
    }
    let message = format!("its value opens for tier {tier}, and its label says {}", credential.tier);
    (*tier != credential.tier).then(|| of_credential(Rule::SealedElsewhere, id, message))
}

fn of_break(broken: &Break) -> Problem {
    let message = broken.to_string();
    match broken {
        Break::OtherKey { tier, .. } | Break::KeyBack { tier, .. } | Break::KeyJump { tier, .. } => {
            of_tier(Rule::SealedVersion, tier, message)
        }
        Break::OtherValue { credential, .. }
        | Break::Swapped { credential, .. }
        | Break::ValueBack { credential, .. }
        | Break::ValueJump { credential, .. } => of_credential(Rule::SealedVersion, credential, message),
    }
}

fn of_tier(rule: Rule, id: &Id<Tier>, message: String) -> Problem {
    let hint = format!(
        "Take the file back from git, if nobody of the team changed it.\nIf a device was taken away:  kit tier rekey {id} --dir DIR"
    );
    problem(rule, (format!("sealed/tiers/{id}.json"), format!("tier:{id}")), message, hint)
}

fn of_credential(rule: Rule, id: &Id<Credential>, message: String) -> Problem {
    let hint = format!("Take the file back from git, or seal it anew:  kit seal {id} --dir DIR");
    problem(rule, (format!("sealed/credentials/{id}.json"), format!("credential:{id}")), message, hint)
}

fn problem(rule: Rule, (file, about): (String, String), message: String, hint: String) -> Problem {
    Problem { file, line: 1, column: 1, rule, weight: rule.weight(), about: Some(about), message, hint: Some(hint) }
}

fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}
