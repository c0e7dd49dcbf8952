//! `otpauth://` addresses, and everything else that is pasted as a seed, read and written back as one form.
//!
//! ```text
//! otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30
//! otpauth://steam/ISSUER:ACCOUNT?secret=…&issuer=…
//! ```

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{
    Algorithm, Look, MIGRATION, Shape, Totp, TotpError,
    seed::{self, base32},
};

/// Longest text that is looked at, in bytes: nothing of the kind is near it.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Fewest bytes of a seed that stands alone (80 bits, 16 characters): a shorter one is more likely something else.
const ALONE_BYTES_MIN: usize = 10;

/// What a query may say that matters; the rest (images, colours) does not.
const KNOWN: [&str; 6] = ["secret", "issuer", "algorithm", "digits", "period", "encoder"];

impl Totp {
    /// Reads an `otpauth://` address, a seed in base32 however it is grouped, or Steam's `steam://SEED`.
    ///
    /// # Errors
    /// [`TotpError`], which quotes nothing.
    pub fn parse(text: &str) -> Result<Self, TotpError> {
        let text = text.trim();
        if text.len() > TEXT_BYTES_MAX {
            return Err(TotpError::Long);
        }
        if let Some(rest) = after(text, "otpauth://") {
            let (kind, rest) = rest.split_once('/').ok_or(TotpError::Damaged)?;
            let kind = match kind.to_ascii_lowercase().as_str() {
                "totp" => Look::Digits(6),
                "steam" => Look::Steam,
                "hotp" => return Err(TotpError::CounterBased),
                _ => return Err(TotpError::Kind),
            };
            return address(kind, rest);
        }
        if let Some(seed) = after(text, "steam://") {
            return Self::new(base32(&decoded(seed, false))?, Shape::STEAM, Some("Steam"), "");
        }
        if after(text, MIGRATION).is_some() {
            return Err(TotpError::Several);
        }
        if text.contains("://") {
            return Err(TotpError::Kind);
        }
        let seed = base32(text)?;
        if seed.len() < ALONE_BYTES_MIN {
            return Err(TotpError::Short);
        }
        Self::new(seed, Shape::default(), None, "")
    }

    /// The one way to write it: what [`Totp::parse`] reads back as the same, and authenticators read too.
    pub fn address(&self) -> SecretString {
        let mut text = String::with_capacity(1024);
        text.push_str(if self.shape.look == Look::Steam { "otpauth://steam/" } else { "otpauth://totp/" });
        if let Some(issuer) = &self.issuer {
            encode(issuer, &mut text);
        }
        // The colon says that what follows is the account, whatever that holds.
        if self.issuer.is_some() || self.account.contains(':') {
            text.push(':');
        }
        encode(&self.account, &mut text);
        text.push_str("?secret=");
        seed::write(&self.seed, &mut text);
        if let Some(issuer) = &self.issuer {
            text.push_str("&issuer=");
            encode(issuer, &mut text);
        }
        let Shape { algorithm, look, period } = self.shape;
        if let Look::Digits(digits) = look {
            text.push_str(&format!("&algorithm={}&digits={digits}&period={period}", algorithm.name()));
        }
        text.into()
    }
}

fn address(kind: Look, rest: &str) -> Result<Totp, TotpError> {
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (label, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut said = KNOWN.map(|name| (name, None));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let Some((name, slot)) = said.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name))
            && slot.replace(decoded(value, true)).is_some()
        {
            return Err(TotpError::Twice(name));
        }
    }
    let [secret, issuer, algorithm, digits, period, encoder] = said.map(|(_, value)| value);
    // A colon that is not escaped is the one between issuer and account; an issuer may have an escaped one of its own.
    let (before, account) = match label.split_once(':') {
        Some((before, account)) => (Some(decoded(before, false)), decoded(account, false)),
        None => {
            let label = decoded(label, false);
            match label.split_once(':') {
                Some((before, account)) => (Some(Zeroizing::new(before.to_owned())), Zeroizing::new(account.to_owned())),
                None => (None, label),
            }
        }
    };
    let issuer = issuer.filter(|issuer| !issuer.trim().is_empty()).or(before);
    let digits = digits.map(|digits| number(&digits).ok_or(TotpError::Digits)).transpose()?;
    let is_of_steam = issuer.as_ref().is_some_and(|issuer| issuer.trim().eq_ignore_ascii_case("steam"));
    let is_steam = kind == Look::Steam
        || encoder.is_some_and(|encoder| encoder.eq_ignore_ascii_case("steam"))
        || is_of_steam && digits.is_none_or(|digits| digits == 5);
    let seed = base32(&secret.ok_or(TotpError::Nothing)?)?;
    let shape = if is_steam {
        Shape::STEAM
    } else {
        let algorithm = algorithm.map(|name| Algorithm::parse(&name).ok_or(TotpError::Algorithm)).transpose()?;
        let period = period.map(|period| number(&period).ok_or(TotpError::Period)).transpose()?;
        Shape { algorithm: algorithm.unwrap_or_default(), look: Look::Digits(digits.unwrap_or(6)), period: period.unwrap_or(30) }
    };
    let mut totp = Totp::new(seed, shape, issuer.as_ref().map(|issuer| issuer.as_str()), "")?;
    totp.account = account.trim().to_owned();
    Ok(totp)
}

/// What follows a scheme, in whatever case it is written.
pub(super) fn after<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn number(text: &str) -> Option<u32> {
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

/// Percent signs undone (RFC 3986, 2.1), and pluses where forms write spaces so. A percent sign that escapes nothing is itself.
pub(super) fn decoded(text: &str, plus_is_space: bool) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
        bytes.push(match (escaped, first) {
            (Some(byte), _) => byte,
            (None, b'+') if plus_is_space => b' ',
            (None, byte) => *byte,
        });
    }
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn encode(text: &str, to: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => to.push(char::from(byte)),
            _ => to.push_str(&format!("%{byte:02X}")),
        }
    }
}
