//! temporary
use super::{Hash, KitId};
use crate::{key::DeviceKey, team::Device};
use serde::{Deserialize, Serialize};
/// x
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// x
    #[error("it is damaged")]
    Bad,
}
/// x
#[derive(Debug, Serialize, Deserialize)]
pub struct JoinRequest {
    kit: KitId,
    device: Device,
}
impl JoinRequest {
    /// x
    pub fn sign(kit: &KitId, device: &Device, _: &DeviceKey) -> Result<Self, JoinError> {
        Ok(Self { kit: kit.clone(), device: device.clone() })
    }
    /// x
    pub fn parse(text: &str) -> Result<Self, JoinError> {
        let text = text.trim().strip_prefix("kit-join1:").ok_or(JoinError::Bad)?;
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| JoinError::Bad)?;
        serde_json::from_slice(&bytes).map_err(|_| JoinError::Bad)
    }
    /// x
    pub fn kit(&self) -> &KitId {
        &self.kit
    }
    /// x
    pub fn device(&self) -> &Device {
        &self.device
    }
    /// x
    pub fn words(&self) -> [&'static str; 12] {
        crate::key::words::of(Hash::of(&serde_json::to_vec(self).unwrap()).as_bytes())
    }
}
impl std::fmt::Display for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "kit-join1:{}", data_encoding::BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap()))
    }
}
