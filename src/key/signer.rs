//! Who signs: this device's own key in process, or a hardware key or agent through `ssh-keygen -Y sign`.

use std::{ffi::OsStr, path::PathBuf};

use super::{DeviceKey, DeviceKeyError, SignatureError, VerifyKey, VerifyKeyError, signature::verify};
use crate::program::{Limit, Program, ProgramError};

/// Longest key path that is passed on, in bytes (Linux PATH_MAX).
const PATH_BYTES_MAX: usize = 4096;

/// Something that signs with one key. No Debug: it may hold a private key.
pub struct Signer(Kind);

enum Kind {
    Device(DeviceKey),
    Program { ssh_keygen: Program, key: PathBuf, public: VerifyKey },
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The device key failed.
    #[error(transparent)]
    Device(#[from] DeviceKeyError),
    /// `ssh-keygen` failed.
    #[error("ssh-keygen did not sign")]
    Program(#[from] ProgramError),
    /// `ssh-keygen` gave something that kit would not accept.
    #[error("ssh-keygen gave a signature that kit does not accept")]
    Unusable(#[from] SignatureError),
    /// `ssh-keygen` signed with another key than the one whose public key was given.
    #[error("ssh-keygen signed with the key {found}, not with {expected}")]
    OtherKey {
        /// The fingerprint that was expected.
        expected: String,
        /// The fingerprint of the key that signed.
        found: String,
    },
    /// The public key is of a kind that kit does not accept.
    #[error("the public key cannot be used")]
    Public(#[from] VerifyKeyError),
    /// The path of the key file is relative or too long.
    #[error("the path of the key file has to be absolute: {}", .0.display())]
    Path(PathBuf),
}

impl Signer {
    /// Signs in process.
    pub fn device(key: DeviceKey) -> Self {
        Self(Kind::Device(key))
    }

    /// Signs through `ssh-keygen -Y sign`: `key` is the absolute path of a private key file, of a hardware key's handle, or of
    /// a public key file whose private key is in the agent; `public` is the text of its `.pub` file.
    ///
    /// # Errors
    /// [`SignError::Public`] and [`SignError::Path`].
    pub fn program(ssh_keygen: Program, key: PathBuf, public: &str) -> Result<Self, SignError> {
        if !key.is_absolute() || key.as_os_str().len() > PATH_BYTES_MAX {
            return Err(SignError::Path(key));
        }
        Ok(Self(Kind::Program { ssh_keygen, key, public: VerifyKey::parse(public)? }))
    }

    /// The public side.
    pub fn public(&self) -> &VerifyKey {
        match &self.0 {
            Kind::Device(key) => key.public(),
            Kind::Program { public, .. } => public,
        }
    }

    /// Signs a message for one purpose: an armoured SSHSIG, ending in LF, that [`verify`] accepts.
    ///
    /// # Errors
    /// [`SignError`]. A hardware key may wait for a person as long as `ssh-keygen` does.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<String, SignError> {
        let armoured = match &self.0 {
            Kind::Device(key) => key.sign(namespace, message)?,
            Kind::Program { ssh_keygen, key, .. } => {
                let arguments = ["-q", "-Y", "sign", "-n", namespace, "-f"].map(OsStr::new);
                let arguments = [&arguments[..], &[key.as_os_str()]].concat();
                let output = ssh_keygen.run(&arguments, message, Limit::Person)?;
                String::from_utf8(output.to_vec()).map_err(|_| SignatureError::Malformed)?
            }
        };
        let found = verify(namespace, message, &armoured)?;
        if &found != self.public() {
            return Err(SignError::OtherKey { expected: self.public().fingerprint(), found: found.fingerprint() });
        }
        Ok(armoured)
    }
}
