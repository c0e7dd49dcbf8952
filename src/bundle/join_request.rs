//! The join request: a new device's public keys, signed by its own device key, as one text to paste.
//!
//! The signature proves that the sender has the device key; it does not say who the sender is. That is what the twelve words
//! are for: the publisher asks for them by voice.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Hash, KitId, json,
    pasted::{self, PastedError},
};
use crate::{
    key::{DeviceKey, DeviceKeyError, Recipient, VerifyKey, verify, words},
    team::{Device, Id, Person, device_name},
};

const PREFIX: &str = "kit-join1:";

/// What a join request is signed for: SSHSIG's namespace.
pub const JOIN_NAMESPACE: &str = "kit-join-v1@outage-kit";

/// A device that wants to join a kit, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// With its LF; exactly what is signed.
    line: String,
    signature: String,
    kit: KitId,
    device: Device,
}

#[derive(Serialize, Deserialize)]
struct Content {
    kit: KitId,
    person: Id<Person>,
    device: String,
    reader: Recipient,
    opener: Recipient,
    key: VerifyKey,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    join: T,
}

/// Why a join request cannot be read or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The text is damaged, or what it says breaks a rule.
    #[error(transparent)]
    Pasted(#[from] PastedError),
    /// The device key did not sign.
    #[error("the join request was not signed: {0}")]
    Sign(#[from] DeviceKeyError),
}

impl JoinRequest {
    /// A request for a device, signed by its device key.
    ///
    /// # Errors
    /// [`JoinError`]; the device's public texts have to be those of native keys, and its key the one that signs.
    pub fn sign(kit: &KitId, device: &Device, key: &DeviceKey) -> Result<Self, JoinError> {
        let recipient = |text: &str| Recipient::parse(text).map_err(|_| PastedError::Content(NOT_A_RECIPIENT));
        let content = Content {
            kit: kit.clone(),
            person: device.person.clone(),
            device: device.name.clone(),
            reader: recipient(&device.reader)?,
            opener: recipient(&device.opener)?,
            key: key.public().clone(),
        };
        if device.key != key.public().to_string() {
            return Err(PastedError::Content(OTHER_SIGNER).into());
        }
        content.check()?;
        let line = serde_json::to_string(&Line { join: &content }).expect("a join request has only strings") + "\n";
        let signature = key.sign(JOIN_NAMESPACE, line.as_bytes())?;
        Ok(Self { line, signature, kit: kit.clone(), device: content.into_device() })
    }

    /// Reads a pasted request and checks its signature.
    ///
    /// # Errors
    /// [`JoinError::Pasted`]; a typing error is [`PastedError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, JoinError> {
        Ok(Self::read(text)?)
    }

    fn read(text: &str) -> Result<Self, PastedError> {
        let content = String::from_utf8(pasted::decode(PREFIX, text)?).map_err(|_| PastedError::Content("it is not ASCII"))?;
        let (line, signature) = content.split_at(content.find('\n').map_or(content.len(), |lf| lf + 1));
        let signer = verify(JOIN_NAMESPACE, line.as_bytes(), signature)
            .map_err(|_| PastedError::Content("its signature does not count"))?;
        json::check(line.as_bytes()).map_err(|_| PastedError::Content("it is not JSON as kit writes it"))?;
        let Line { join: content } = serde_json::from_str::<Line<Content>>(line)
            .map_err(|_| PastedError::Content("a field is missing or not what it has to be"))?;
        content.check()?;
        if signer != content.key {
            return Err(PastedError::Content(OTHER_SIGNER));
        }
        let (line, signature) = (line.to_owned(), signature.to_owned());
        Ok(Self { line, signature, kit: content.kit.clone(), device: content.into_device() })
    }

    /// Twelve words of the signed line that the publisher compares by voice.
    pub fn words(&self) -> [&'static str; words::COUNT] {
        words::of(Hash::of(format!("kit-join1\n{}", self.line).as_bytes()).as_bytes())
    }

    /// The kit it wants to join.
    pub fn kit(&self) -> &KitId {
        &self.kit
    }

    /// The device as it would stand in the roster, without a day.
    pub fn device(&self) -> &Device {
        &self.device
    }
}

impl fmt::Display for JoinRequest {
    /// The text to paste.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pasted::encode(PREFIX, format!("{}{}", self.line, self.signature).as_bytes()))
    }
}

const NOT_A_RECIPIENT: &str = "its reader or opener is not a native age recipient";
const OTHER_SIGNER: &str = "it is signed by another key than the one it names";

impl Content {
    fn check(&self) -> Result<(), PastedError> {
        if device_name(&self.device).is_err() {
            return Err(PastedError::Content("the device's name is not made of a-z, 0-9, \".\" and \"-\""));
        }
        // Unlocking contacts must never unlock credentials.
        if self.reader == self.opener {
            return Err(PastedError::Content("its reader and its opener are the same key"));
        }
        Ok(())
    }

    fn into_device(self) -> Device {
        let Self { person, device, reader, opener, key, .. } = self;
        let (reader, opener, key) = (reader.to_string(), opener.to_string(), key.to_string());
        Device { person, name: device, reader, opener, key, added: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Identity;

    fn key() -> DeviceKey {
        DeviceKey::generate("").unwrap()
    }

    fn device(key: &DeviceKey) -> Device {
        Device {
            person: Id::parse("alice.okafor").unwrap(),
            name: "laptop".to_owned(),
            reader: Identity::generate().recipient().to_string(),
            opener: Identity::generate().recipient().to_string(),
            key: key.public().to_string(),
            added: None,
        }
    }

    fn request(key: &DeviceKey) -> JoinRequest {
        JoinRequest::sign(&KitId::generate().unwrap(), &device(key), key).unwrap()
    }

    fn pasted(line: &str, signature: &str) -> Result<JoinRequest, PastedError> {
        JoinRequest::read(&pasted::encode(PREFIX, format!("{line}{signature}").as_bytes()))
    }

    #[test]
    fn a_request_goes_round_as_the_device_it_was_made_for() {
        let key = key();
        let device = device(&key);
        let request = JoinRequest::sign(&KitId::generate().unwrap(), &device, &key).unwrap();
        let read = JoinRequest::parse(&request.to_string()).unwrap();
        assert_eq!((read.words(), read.device(), &read), (request.words(), &device, &request));
        let other = Device { key: DeviceKey::generate("").unwrap().public().to_string(), ..device.clone() };
        let same = Device { opener: device.reader.clone(), ..device.clone() };
        let plugin =
            Device { reader: "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t".to_owned(), ..device };
        for bad in [other, same, plugin] {
            assert!(matches!(JoinRequest::sign(request.kit(), &bad, &key), Err(JoinError::Pasted(PastedError::Content(_)))));
        }
    }

    #[test]
    fn h8_whatever_is_changed_on_the_way_shows() {
        let request = request(&key());
        let text = request.to_string();
        for at in (PREFIX.len()..text.len()).step_by(7) {
            let with = if text[at..].starts_with('A') { "B" } else { "A" };
            let typed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            assert_eq!(JoinRequest::parse(&typed), Err(PastedError::Damaged.into()), "{typed}");
        }
        // With a right checksum, as an attacker would send it.
        let made = |line: &str, signature: &str| pasted(line, signature).map(|_| ());
        let (line, signature) = (&request.line, &request.signature);
        assert_eq!(made(line, signature), Ok(()));
        let attacker = Identity::generate().recipient().to_string();
        let swapped = line.replace(&request.device.reader, &attacker);
        for (line, signature) in [
            (&swapped, signature),
            (line, &String::new()),
            (line, &signature.replace('\n', "\r\n")),
            (line, &format!("{signature}\n")),
        ] {
            assert_eq!(made(line, signature), Err(PastedError::Content("its signature does not count")));
        }
        let other = key();
        let resigned = other.sign(JOIN_NAMESPACE, line.as_bytes()).unwrap();
        assert_eq!(made(line, &resigned), Err(PastedError::Content("it is signed by another key than the one it names")));
        let head = other.sign("kit-head-v1@outage-kit", line.as_bytes()).unwrap();
        assert_eq!(made(line, &head), Err(PastedError::Content("its signature does not count")));
    }

    #[test]
    fn hostile_fields_are_refused_even_when_signed() {
        let key = key();
        let request = request(&key);
        for (from, to) in [
            ("laptop", "lap\\u001btop"),
            ("laptop", "../x"),
            ("laptop", ""),
            ("alice.okafor", "Alice Okafor"),
            ("alice.okafor", "-rf"),
            (request.device.opener.as_str(), request.device.reader.as_str()),
            (request.device.opener.as_str(), "ssh-rsa AAAA"),
            (request.kit().as_str(), "short"),
            ("\"device\":", "\"device\":\"a\",\"device\":"),
        ] {
            let line = request.line.replacen(from, to, 1);
            assert_ne!(line, request.line);
            let refused = pasted(&line, &key.sign(JOIN_NAMESPACE, line.as_bytes()).unwrap());
            assert!(matches!(refused, Err(PastedError::Content(_))), "{to}: {refused:?}");
        }
    }
}
