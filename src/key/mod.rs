//! Keys in stock formats: age identities, OpenSSH keys and signatures, sealed files, and where secrets stay between commands.
//!
//! Nothing here reads the clock, the environment or a file: texts and bytes come in and go out. Other programs
//! (`ssh-keygen`, `secret-tool`) are started as caged children, with the environment that the caller passes.

pub mod armour;
mod device_key;
mod identity;
pub mod keyring;
pub mod mnemonic;
mod sealed;
pub mod shamir;
mod signature;
mod signer;
mod verify_key;
mod wire;
pub mod words;

pub use armour::ArmourError;
pub use device_key::{DeviceKey, DeviceKeyError};
pub use identity::{IDENTITY_TEXT_BYTES_MAX, Identity, IdentityError, KEY_BYTES, Recipient};
pub use sealed::{Passphrase, SealedError, WorkFactor, seal, unseal};
pub use signature::{SignatureError, verify};
pub use signer::{SignError, Signer};
pub use verify_key::{VerifyKey, VerifyKeyError};
