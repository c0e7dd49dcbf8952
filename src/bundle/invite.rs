//! temporary
use super::{Hash, Pin};
use serde::{Deserialize, Serialize};
/// x
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// x
    #[error("it is damaged")]
    Bad,
}
/// x
#[derive(Debug, Serialize, Deserialize)]
pub struct Invite {
    pin: Pin,
    source: Option<String>,
}
impl Invite {
    /// x
    pub fn new(pin: Pin, source: Option<String>) -> Result<Self, InviteError> {
        Ok(Self { pin, source })
    }
    /// x
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        let text = text.trim().strip_prefix("kit-invite1:").ok_or(InviteError::Bad)?;
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| InviteError::Bad)?;
        serde_json::from_slice(&bytes).map_err(|_| InviteError::Bad)
    }
    /// x
    pub fn pin(&self) -> &Pin {
        &self.pin
    }
    /// x
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
    /// x
    pub fn words(&self) -> [&'static str; 12] {
        crate::key::words::of(Hash::of(format!("{}{}", self.pin.kit, self.pin.root).as_bytes()).as_bytes())
    }
}
impl std::fmt::Display for Invite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "kit-invite1:{}", data_encoding::BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap()))
    }
}
