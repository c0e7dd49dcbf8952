//! One-time codes (RFC 6238, and Steam's): a seed as people paste it, as one address, and the code of a moment.
//!
//! ```
//! use outage_kit::otp::Totp;
//! use secrecy::ExposeSecret as _;
//!
//! let totp = Totp::parse("GEZD GNBV GY3T QOJQ gezd gnbv gy3t qojq")?;
//! assert_eq!(totp.at(59).now.as_str(), "287082");
//! assert_eq!(totp.at(59).seconds_left, 1);
//! assert_eq!(
//!     totp.address().expose_secret(),
//!     "otpauth://totp/?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30"
//! );
//! # Ok::<(), outage_kit::otp::TotpError>(())
//! ```
//!
//! No clock here: whoever asks says what time it is. No seed and no code has a `Debug`, and no error quotes what it was given.

mod address;
mod migration;
mod protobuf;
mod seed;
mod totp;

pub use migration::{Batch, MIGRATION, Migration, MigrationError, Moved, migration};
pub use seed::base32;
pub use totp::{Algorithm, Code, Look, Seed, Shape, Totp};

/// Why a text gives no codes. It never holds any of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// Nothing was given.
    #[error("there is no seed")]
    Nothing,
    /// Longer than any seed or address is.
    #[error("it is longer than any seed or otpauth address is")]
    Long,
    /// HOTP: a code for each press, counted on both sides.
    #[error("its codes go by a counter (HOTP), not by the time: two people who use it would put it out of step")]
    CounterBased,
    /// Several accounts at once, as Google Authenticator exports them.
    #[error("it is an export of several accounts (otpauth-migration)")]
    Several,
    /// A kind of address or entry that is not known.
    #[error("it is no otpauth address of a kind that is known (totp, steam)")]
    Kind,
    /// Not an address that can be taken apart.
    #[error("the otpauth address is damaged")]
    Damaged,
    /// A parameter is there twice, so it would be a guess which one counts.
    #[error("the otpauth address says {0} twice")]
    Twice(&'static str),
    /// A character that base32 does not have.
    #[error("the seed has a character that is none of A to Z and 2 to 7 (base32)")]
    Letters,
    /// A count of characters that no base32 has.
    #[error("the seed has one character too many or too few (base32)")]
    Count,
    /// Fewer than 80 bits without an address: more likely a password or a code.
    #[error("it is too short to be a seed: a seed alone has 16 characters or more")]
    Short,
    /// A hash that is not known.
    #[error("its algorithm is none of SHA1, SHA256 and SHA512")]
    Algorithm,
    /// A length of codes that is not known.
    #[error("its codes do not have 6, 7 or 8 digits")]
    Digits,
    /// A period of codes that nobody uses.
    #[error("its codes are not valid for 1 to 3600 seconds")]
    Period,
}
