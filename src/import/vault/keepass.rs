//! KeePass 2 XML, as KeePass, KeePassXC and `keepassxc-cli export` write it.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use super::{Vault, VaultError, VaultItem};
use crate::{
    otp::{Algorithm, Look, Seed, Shape, Totp, TotpError, base32},
    team::FieldKind,
};

const KIND: &str = "KeePass XML";
/// Most elements and texts of an export: an entry has about 40.
const NODES_MAX: u32 = 4_000_000;
/// Most groups inside each other.
const DEPTH_MAX: usize = 64;

/// The strings that say how codes are made, in the ways of KeePass, its plugins and KeePassXC.
const OF_CODES: [&str; 9] = [
    "otp",
    "TOTP Seed",
    "TOTP Settings",
    "TimeOtp-Secret",
    "TimeOtp-Secret-Hex",
    "TimeOtp-Secret-Base32",
    "TimeOtp-Secret-Base64",
    "TimeOtp-Length",
    "TimeOtp-Period",
];
const ALGORITHM: &str = "TimeOtp-Algorithm";

pub(super) fn read(text: &str) -> Result<Vault, VaultError> {
    let damaged = |line| VaultError::Damaged { kind: KIND, line };
    // No document type, so no entities to multiply.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| damaged(usize::try_from(error.pos().row).ok().filter(|line| *line > 0)))?;
    let root = document.root_element();
    if root.tag_name().name() != "KeePassFile" {
        return Err(VaultError::Unknown);
    }
    let bin = child(root, "Meta").and_then(|meta| text_of(meta, "RecycleBinUUID"));
    let mut vault = Vault { items: Vec::new(), left_out: Vec::new() };
    let top = child(root, "Root").and_then(|root| child(root, "Group")).ok_or(damaged(None))?;
    let mut groups = vec![(top, String::new(), 0)];
    while let Some((group, folder, depth)) = groups.pop() {
        let inside = |name: &'static str| group.children().filter(move |node| node.has_tag_name(name));
        for entry in inside("Entry") {
            vault.items.push(item(entry, &folder)?);
        }
        let below: Vec<_> = inside("Group").collect();
        for group in below.into_iter().rev().filter(|group| bin.is_none() || text_of(*group, "UUID") != bin) {
            if depth == DEPTH_MAX {
                return Err(damaged(None));
            }
            let name = text_of(group, "Name").unwrap_or_default();
            let folder = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            groups.push((group, folder, depth + 1));
        }
    }
    Ok(vault)
}

/// The strings of one entry: name, whether it is to be hidden, value.
struct Strings<'a>(Vec<(&'a str, bool, &'a str)>);

impl<'a> Strings<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, ..)| key.eq_ignore_ascii_case(name)).map(|(.., value)| *value)
    }
}

fn item(entry: Node<'_, '_>, folder: &str) -> Result<VaultItem, VaultError> {
    let mut strings = Strings(Vec::new());
    for string in entry.children().filter(|node| node.has_tag_name("String")) {
        let Some(value) = child(string, "Value") else { continue };
        let says = |name| value.attribute(name).is_some_and(|said| said.eq_ignore_ascii_case("true"));
        let text = value.text().unwrap_or_default();
        if says("Protected") && !text.is_empty() {
            return Err(VaultError::StillProtected);
        }
        strings.0.push((text_of(string, "Key").unwrap_or_default(), says("ProtectInMemory"), text));
    }
    let mut item = VaultItem::new(strings.get("Title").unwrap_or_default(), folder);
    let standard =
        [("UserName", "user", FieldKind::Text), ("Password", "password", FieldKind::Secret), ("URL", "url", FieldKind::Text)];
    for (key, name, kind) in standard {
        add(&mut item, name, kind, strings.get(key).unwrap_or_default());
    }
    if let Some(totp) = totp(&strings) {
        item.add_totp("totp", totp);
    }
    if strings.0.iter().any(|(key, ..)| key.starts_with("HmacOtp-")) {
        item.add_totp("HmacOtp", Err(TotpError::CounterBased));
    }
    for (key, is_hidden, value) in &strings.0 {
        let is_standard = ["Title", "Notes"].contains(key) || standard.iter().any(|(known, ..)| known == key);
        let is_of_codes = OF_CODES.iter().any(|known| known.eq_ignore_ascii_case(key)) || *key == ALGORITHM;
        if !is_standard && !is_of_codes && !key.starts_with("HmacOtp-") {
            add(&mut item, key, if *is_hidden { FieldKind::Secret } else { FieldKind::Text }, value);
        }
    }
    add(&mut item, "note", FieldKind::Note, strings.get("Notes").unwrap_or_default());
    for file in entry.children().filter(|node| node.has_tag_name("Binary")) {
        item.leave_out(text_of(file, "Key").unwrap_or_default(), "attached files are not taken");
    }
    Ok(item)
}

fn add(item: &mut VaultItem, name: &str, kind: FieldKind, value: &str) {
    if value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("{REF:")) {
        item.leave_out(name, "it refers to another entry");
    } else {
        item.add(name, kind, value.into());
    }
}

/// The codes of an entry, whichever way it says them.
fn totp(strings: &Strings<'_>) -> Option<Result<Totp, TotpError>> {
    let filled = |name: &str| strings.get(name).filter(|value| !value.trim().is_empty());
    if let Some(otp) = filled("otp") {
        return Some(if otp.contains("key=") && !otp.contains("://") { pairs(otp) } else { Totp::parse(otp) });
    }
    if let Some(seed) = filled("TOTP Seed") {
        return Some(base32(seed).and_then(|seed| settings(seed, filled("TOTP Settings").unwrap_or("30;6"))));
    }
    let seed = [
        ("TimeOtp-Secret-Base32", base32 as fn(&str) -> Result<Seed, TotpError>),
        ("TimeOtp-Secret-Base64", |text| decoded(BASE64.decode(text.trim().as_bytes()).ok())),
        ("TimeOtp-Secret-Hex", |text| decoded(HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok())),
        ("TimeOtp-Secret", |text| decoded(Some(text.as_bytes().to_vec()))),
    ]
    .into_iter()
    .find_map(|(name, read)| filled(name).map(read))?;
    Some(seed.and_then(|seed| {
        let algorithm = filled(ALGORITHM).map(|name| Algorithm::parse(name).ok_or(TotpError::Algorithm)).transpose()?;
        let digits = number(filled("TimeOtp-Length"), 6).ok_or(TotpError::Digits)?;
        let period = number(filled("TimeOtp-Period"), 30).ok_or(TotpError::Period)?;
        let shape = Shape { algorithm: algorithm.unwrap_or_default(), look: Look::Digits(digits), period };
        Totp::new(seed, shape, None, "")
    }))
}

/// KeeTrayTOTP's settings: `30;6`, or `30;S` for Steam.
fn settings(seed: Seed, settings: &str) -> Result<Totp, TotpError> {
    let mut parts = settings.split(';').map(str::trim);
    let period = number(parts.next(), 30).ok_or(TotpError::Period)?;
    let look = match parts.next() {
        Some("S" | "s") => return Totp::new(seed, Shape { period, ..Shape::STEAM }, Some("Steam"), ""),
        digits => Look::Digits(number(digits, 6).ok_or(TotpError::Digits)?),
    };
    Totp::new(seed, Shape { look, period, ..Shape::default() }, None, "")
}

/// KeeOtp's: `key=SEED&size=6&step=30`.
fn pairs(text: &str) -> Result<Totp, TotpError> {
    let get =
        |name: &str| text.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, it)| it);
    if get("type").is_some_and(|kind| !kind.eq_ignore_ascii_case("totp")) {
        return Err(TotpError::CounterBased);
    }
    let seed = base32(&get("key").unwrap_or_default().replace("%3D", "=").replace("%3d", "="))?;
    let algorithm = get("otpHashMode").map(|name| Algorithm::parse(name).ok_or(TotpError::Algorithm)).transpose()?;
    let look = Look::Digits(number(get("size"), 6).ok_or(TotpError::Digits)?);
    let period = number(get("step"), 30).ok_or(TotpError::Period)?;
    Totp::new(seed, Shape { algorithm: algorithm.unwrap_or_default(), look, period }, None, "")
}

fn decoded(bytes: Option<Vec<u8>>) -> Result<Seed, TotpError> {
    bytes.map(Zeroizing::new).ok_or(TotpError::Damaged)
}

fn number(text: Option<&str>, otherwise: u32) -> Option<u32> {
    text.map_or(Some(otherwise), |text| text.trim().parse().ok())
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn text_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text()
}
