//! The form of single texts: addresses, names in several alphabets, and what looks like a secret.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

use crate::key::{Recipient, VerifyKey};

/// Schemes that a screen or a page may offer to open.
const SCHEMES: [&str; 4] = ["http", "https", "tel", "mailto"];
/// Schemes that run or read something, and need no `//` to do so.
const SCHEMES_THAT_ACT: [&str; 8] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source", "ms-settings"];
/// Alphabets with letters that look like those of another one.
const LOOK_ALIKES: [Script; 6] =
    [Script::Latin, Script::Cyrillic, Script::Greek, Script::Armenian, Script::Cherokee, Script::Coptic];
/// Keys under which people keep what must not stand in a text file.
const SECRET_KEYS: [&str; 22] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "value",
    "token",
    "totp",
    "otp",
    "otpauth",
    "seed",
    "private_key",
    "api_key",
    "access_key",
    "secret_key",
    "client_secret",
    "recovery_code",
    "recovery_codes",
    "backup_codes",
    "credentials",
];
/// How secrets begin that can be told by their form.
const SECRET_MARKS: [&str; 3] = ["AGE-SECRET-KEY-", "PRIVATE KEY-----", "otpauth://"];

/// What is wrong with an e-mail address, if anything: one ASCII address without name or comment (RFC 5321, 4.1.2).
pub(super) fn email_fault(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.split_once('@') else { return Some("it has no \"@\"") };
    if !text.is_ascii() {
        return Some("it has letters that are not ASCII, which may look like others");
    }
    if local.is_empty() || local.len() > 64 {
        return Some("the part before \"@\" is empty or too long");
    }
    if text.chars().any(|c| c.is_ascii_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\')) {
        return Some("it has a space or a sign that cannot be in it");
    }
    let label = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    if !domain.contains('.') || !domain.split('.').all(label) {
        return Some("the part after \"@\" is no domain");
    }
    None
}

/// What is wrong with the web addresses in a text, if anything; words that are no address are fine.
pub(super) fn address_fault(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|word| one_address_fault(word.trim_start_matches(['<', '(', '[', '"', '\''])))
}

/// Like [`address_fault`], for a text that has to be one web page.
pub(super) fn page_fault(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if !(lower.starts_with("http://") || lower.starts_with("https://")) {
        return one_address_fault(text).or_else(|| Some("it does not begin with https://".to_owned()));
    }
    if text.contains(char::is_whitespace) {
        return Some("it has a space in it".to_owned());
    }
    one_address_fault(text)
}

fn one_address_fault(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if !scheme.starts_with(|c: char| c.is_ascii_lowercase())
        || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    {
        return None;
    }
    if !SCHEMES.contains(&scheme.as_str()) {
        let acts = SCHEMES_THAT_ACT.contains(&scheme.as_str()) && !rest.is_empty();
        return (acts || rest.starts_with("//")).then(|| format!("addresses that begin with \"{scheme}:\" are not opened"));
    }
    if !scheme.starts_with("http") {
        return None;
    }
    let Some(rest) = rest.strip_prefix("//") else { return Some(format!("\"{scheme}:\" is not followed by \"//\"")) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.contains('@') {
        return Some("it has a name before \"@\", which hides the real host".to_owned());
    }
    if authority.contains('\\') || authority.is_empty() || authority.starts_with(':') {
        return Some("it has no host".to_owned());
    }
    if !authority.is_ascii() {
        return Some("its host has letters that may look like others: write it in its xn-- form".to_owned());
    }
    None
}

/// A word that mixes letters of alphabets that look alike, as `Аnna` with a Cyrillic `А`.
pub(super) fn mixed_word(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_alphanumeric()).find(|word| {
        let scripts: HashSet<_> = word.chars().map(|c| c.script()).filter(|script| LOOK_ALIKES.contains(script)).collect();
        scripts.len() > 1
    })
}

/// What a name looks like, the same for all names that look the same (UTS 39, skeleton).
pub(super) fn looks(name: &str) -> String {
    unicode_security::confusable_detection::skeleton(&name.to_lowercase()).collect()
}

/// Whether a name is made of the letters of English, with or without accents.
pub(super) fn is_plain(name: &str) -> bool {
    name.nfd().filter(|&c| !unicode_normalization::char::is_combining_mark(c)).all(|c| c.is_ascii())
}

/// An age recipient in the form that `key` prints.
pub(super) fn recipient(text: &str) -> Option<String> {
    Recipient::parse(text).ok().map(|recipient| recipient.to_string())
}

/// A public key that may sign, in the form that `key` prints: without its comment.
pub(super) fn verify_key(text: &str) -> Option<String> {
    VerifyKey::parse(text).ok().map(|key| key.to_string())
}

/// Whether a key is one under which secrets are kept.
pub(super) fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.contains(&key.to_ascii_lowercase().replace('-', "_").as_str())
}

/// Whether a text has a secret in it that can be told by its form.
pub(super) fn holds_secret(text: &str) -> bool {
    SECRET_MARKS.iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_act_or_hide_a_host_are_named() {
        // D9
        for good in [
            "https://meet.example.com/war-room",
            "HTTP://example.com:8080/?q=a@b",
            "tel:+12025550100",
            "mailto:a@example.com",
            "Microsoft Teams: channel Incident",
            "group:incident",
            "https://console.aws.amazon.com  choose \"Root user\"",
            "canteen, building 2",
            "at 10:30",
        ] {
            assert_eq!(address_fault(good), None, "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "see (javascript:alert(1))",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://bank@evil.example",
            "https://bank:x@evil.example/",
            "https:evil.example",
            "https://",
            "https://xn.example\\@evil.example/",
            "https://аpple.example/",
            "ssh://host",
        ] {
            assert!(address_fault(bad).is_some(), "{bad}");
        }
        assert_eq!(page_fault("https://slack-status.com"), None);
        for bad in ["slack-status.com", "https://a b", "mailto:a@example.com", "javascript:1"] {
            assert!(page_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn email_addresses_have_one_form() {
        for good in ["a@example.com", "o'neil+kit@mail.example.co.uk", "x_y.z-1@ex-ample.com"] {
            assert_eq!(email_fault(good), None, "{good}");
        }
        for bad in [
            "a",
            "a@",
            "@example.com",
            "a@example",
            "a b@example.com",
            "Al <a@example.com>",
            "a@@example.com",
            "а@example.com",
            "a@-x.com",
        ] {
            assert!(email_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn look_alikes_look_alike() {
        // D6
        assert_eq!(mixed_word("\u{410}nna Schmidt"), Some("\u{410}nna"));
        for good in ["Анна Шмидт", "李小龍 (Bruce Lee)", "Anna Анна", "Łukasz Żółć", "Δ-sync", "田中さん"]
        {
            assert_eq!(mixed_word(good), None, "{good}");
        }
        assert_eq!(looks("\u{410}lan"), looks("Alan"));
        assert_ne!(looks("Alan"), looks("Alana"));
        assert!(is_plain("Zoë") && !is_plain("Анна"));
    }
}
