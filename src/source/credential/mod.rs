//! Who this machine is to a source: from a command that the user named, the environment, or the user's own files. Never
//! from the command line or an address, and never shown.

mod aws;
mod command;
mod profile;

use secrecy::{ExposeSecret, SecretString};

pub(super) use aws::aws;
pub use command::CredentialCommand;
pub(super) use profile::AwsProfile;
use profile::ProfileKeys;

/// Something that proves who asks. Which of them a source can use is for the source to say.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A name and a password (RFC 7617).
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// A token that is sent as it is (RFC 6750).
    Bearer(SecretString),
    /// The query of an Azure shared access signature, without its question mark.
    Sas(SecretString),
    /// Keys that sign requests to S3 and its compatibles.
    Aws(AwsKeys),
}

/// Keys that sign requests to S3 and its compatibles.
#[derive(Debug, Clone)]
pub struct AwsKeys {
    /// Says which key it is; sent with every request.
    pub id: String,
    /// Signs; never sent.
    pub secret: SecretString,
    /// Belongs to keys that last for a while; sent with every request.
    pub token: Option<SecretString>,
    /// When they end, if whoever gave them said so.
    pub expires: Option<jiff::Timestamp>,
}

impl Credentials {
    /// A name and a password.
    pub fn basic(&self) -> Option<(&str, &SecretString)> {
        match self {
            Self::Basic { username, password } => Some((username, password)),
            _ => None,
        }
    }

    /// A token that is sent as it is.
    pub fn bearer(&self) -> Option<&SecretString> {
        match self {
            Self::Bearer(token) => Some(token),
            _ => None,
        }
    }

    /// A shared access signature of Azure.
    pub fn sas(&self) -> Option<&SecretString> {
        match self {
            Self::Sas(query) => Some(query),
            _ => None,
        }
    }

    /// Keys for S3.
    pub fn aws(&self) -> Option<&AwsKeys> {
        match self {
            Self::Aws(keys) => Some(keys),
            _ => None,
        }
    }

    /// What they are, in words; nothing of them.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Basic { .. } => "a name and a password",
            Self::Bearer(_) => "a token",
            Self::Sas(_) => "a shared access signature",
            Self::Aws(_) => "keys for S3",
        }
    }

    /// One bare text: a shared access signature is told from a token by its `sig=`. [`None`] when it cannot stand in a
    /// request.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        if !is_sendable(line) {
            return None;
        }
        let query = line.strip_prefix('?').unwrap_or(line);
        let is_sas = query.split('&').any(|pair| pair.starts_with("sig="));
        Some(if is_sas { Self::Sas(query.into()) } else { Self::Bearer(line.into()) })
    }
}

impl AwsKeys {
    /// Keys as somebody wrote them; what is wrong with them otherwise, without a word of them.
    fn new(id: &str, secret: &str, token: Option<&str>) -> Result<Self, &'static str> {
        let (id, secret, token) = (id.trim(), secret.trim(), token.map(str::trim).filter(|token| !token.is_empty()));
        if ![Some(id), Some(secret), token].into_iter().flatten().all(is_sendable) {
            return Err("a key or its secret is empty, or has characters that no key has");
        }
        Ok(Self { id: id.to_owned(), secret: secret.into(), token: token.map(Into::into), expires: None })
    }

    /// The keys as the library that signs wants them.
    pub(super) fn for_signing(&self) -> rusty_s3::Credentials {
        let secret = self.secret.expose_secret();
        match &self.token {
            Some(token) => rusty_s3::Credentials::new_with_token(&self.id, secret, token.expose_secret()),
            None => rusty_s3::Credentials::new(&self.id, secret),
        }
    }
}

/// Whether a text can stand in a request without changing what is around it.
fn is_sendable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_line_is_told_by_its_signature_and_nothing_is_ever_shown() {
        let sas = Credentials::of_line("?sv=2024-01-01&sig=canary%3D").unwrap();
        assert_eq!(sas.sas().unwrap().expose_secret(), "sv=2024-01-01&sig=canary%3D");
        let bearer = Credentials::of_line("canary.token").unwrap();
        assert_eq!(bearer.bearer().unwrap().expose_secret(), "canary.token");
        for wrong in ["", "two words", "a\nb", "a\r", "sig=#", "café"] {
            assert!(Credentials::of_line(wrong).is_none(), "{wrong:?}");
        }
        let keys = Credentials::Aws(AwsKeys::new("AKIA", " canary\n", Some("canary")).unwrap());
        let basic = Credentials::Basic { username: "dana".to_owned(), password: "canary".into() };
        for secret in [sas, bearer, keys, basic] {
            assert!(!format!("{secret:?} {secret:#?} {}", secret.kind()).contains("canary"), "{}", secret.kind());
        }
        assert!(AwsKeys::new("AKIA", "", None).is_err());
        assert!(AwsKeys::new("AK IA", "s", None).is_err());
    }
}
