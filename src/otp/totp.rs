//! A seed and what it makes of a moment (RFC 4226, 5.3; RFC 6238; Steam's letters).

use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::{TotpError, seed::SEED_BYTES_MAX};

/// The characters of Steam's codes.
const STEAM: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";
const STEAM_LENGTH: u32 = 5;
/// Longest time that a code is valid, in seconds.
const PERIOD_MAX: u32 = 3600;

/// The bytes that codes are made from, wiped when dropped.
pub type Seed = Zeroizing<Vec<u8>>;

/// The hash below a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Nearly always.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What a code looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// So many digits: 6, 7 or 8.
    Digits(u32),
    /// Five letters and digits of Steam's own.
    Steam,
}

/// How codes are made from a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The hash.
    pub algorithm: Algorithm,
    /// What they look like.
    pub look: Look,
    /// How long each is valid, in seconds.
    pub period: u32,
}

/// A source of one-time codes that go by the time.
#[derive(Clone)]
pub struct Totp {
    pub(super) seed: Seed,
    pub(super) shape: Shape,
    pub(super) issuer: Option<String>,
    pub(super) account: String,
}

/// The codes around a moment, as characters without grouping.
pub struct Code {
    /// The one to type.
    pub now: Zeroizing<String>,
    /// The one after it.
    pub next: Zeroizing<String>,
    /// The one before it, for a server whose clock is behind.
    pub before: Zeroizing<String>,
    /// How long the one to type is valid still: 1 to the period, in seconds.
    pub seconds_left: u32,
}

impl Default for Shape {
    /// What is meant when nothing is said: SHA-1, 6 digits, 30 seconds.
    fn default() -> Self {
        Self { algorithm: Algorithm::Sha1, look: Look::Digits(6), period: 30 }
    }
}

impl Shape {
    /// Steam's.
    pub const STEAM: Self = Self { algorithm: Algorithm::Sha1, look: Look::Steam, period: 30 };
}

impl Algorithm {
    /// By its name, however it is spelt: `SHA256`, `sha-256`, `HmacSHA256`, `HMAC-SHA-256`.
    pub fn parse(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        match plain.strip_prefix("hmac").unwrap_or(&plain) {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// As addresses spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl Totp {
    /// From its parts.
    ///
    /// # Errors
    /// [`TotpError::Nothing`], [`TotpError::Long`] for the seed; [`TotpError::Digits`], [`TotpError::Period`].
    pub fn new(seed: Seed, shape: Shape, issuer: Option<&str>, account: &str) -> Result<Self, TotpError> {
        match shape {
            _ if seed.is_empty() => return Err(TotpError::Nothing),
            _ if seed.len() > SEED_BYTES_MAX => return Err(TotpError::Long),
            Shape { look: Look::Digits(digits), .. } if !(6..=8).contains(&digits) => return Err(TotpError::Digits),
            Shape { period, .. } if !(1..=PERIOD_MAX).contains(&period) => return Err(TotpError::Period),
            _ => {}
        }
        let (of_account, account) = match account.split_once(':') {
            Some((before, after)) => (Some(before.trim()), after.trim()),
            None => (None, account.trim()),
        };
        let issuer = issuer.map(str::trim).filter(|issuer| !issuer.is_empty()).or(of_account.filter(|it| !it.is_empty()));
        Ok(Self { seed, shape, issuer: issuer.map(str::to_owned), account: account.to_owned() })
    }

    /// Whose codes they are: `GitHub`. Foreign text.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// For which account there; often empty. Foreign text.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// How the codes are made.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The codes at a moment, in seconds since 1970.
    pub fn at(&self, seconds: i64) -> Code {
        let period = i64::from(self.shape.period);
        let step = u64::try_from(seconds.div_euclid(period)).unwrap_or(0);
        let left = u32::try_from(period - seconds.rem_euclid(period)).expect("1 to the period");
        Code {
            now: self.code(step),
            next: self.code(step.saturating_add(1)),
            before: self.code(step.saturating_sub(1)),
            seconds_left: left,
        }
    }

    fn code(&self, step: u64) -> Zeroizing<String> {
        let mut number = match self.shape.algorithm {
            Algorithm::Sha1 => truncated(mac::<Hmac<Sha1>>(&self.seed, step)),
            Algorithm::Sha256 => truncated(mac::<Hmac<Sha256>>(&self.seed, step)),
            Algorithm::Sha512 => truncated(mac::<Hmac<Sha512>>(&self.seed, step)),
        };
        let digits = match self.shape.look {
            Look::Digits(digits) => digits,
            Look::Steam => return steam(number),
        };
        number %= 10_u32.pow(digits);
        Zeroizing::new(format!("{number:0width$}", width = usize::try_from(digits).expect("at most 8")))
    }
}

fn steam(mut number: u32) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::with_capacity(5));
    for _ in 0..STEAM_LENGTH {
        let at = usize::try_from(number % 26).expect("it is below 26");
        code.push(char::from(*STEAM.get(at).expect("26 characters")));
        number /= 26;
    }
    code
}

fn mac<M: Mac + hmac::digest::KeyInit>(seed: &[u8], step: u64) -> Zeroizing<Vec<u8>> {
    let mut mac = <M as Mac>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

/// Four bytes of the hash, from where its last four bits say, without the sign (RFC 4226, 5.3).
fn truncated(hash: Zeroizing<Vec<u8>>) -> u32 {
    let at = usize::from(hash.last().expect("a hash has bytes") & 0xf);
    let four = hash.get(at..at + 4).and_then(|four| four.try_into().ok()).expect("20 bytes or more, and at is below 16");
    u32::from_be_bytes(four) & 0x7fff_ffff
}
