//! The join request: a new device's public keys, signed by its own device key, as one text to paste.
//!
//! The signature proves that the sender has the device key; it does not say who the sender is. That is what the twelve words
//! are for: the publisher asks for them by voice.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Hash, KitId, json,
    pasted::{self, PastedError},
};
use crate::{
    key::{Recipient, SignError, Signer, VerifyKey, verify, words},
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
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Why a join request could not be made.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The device key did not sign.
    #[error("the join request was not signed")]
    Sign(#[from] SignError),
    /// It would be refused.
    #[error("the join request would be refused: {0}")]
    Content(#[from] PastedError),
}

impl JoinRequest {
    /// A request for a device, signed by its device key.
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn new(
        kit: KitId,
        person: Id<Person>,
        device: &str,
        reader: Recipient,
        opener: Recipient,
        signer: &Signer,
    ) -> Result<Self, JoinError> {
        let content = Content { kit, person, device: device.to_owned(), reader, opener, key: signer.public().clone() };
        content.check()?;
        let line = serde_json::to_string(&Line { join: &content }).expect("a join request has only strings") + "\n";
        let signature = signer.sign(JOIN_NAMESPACE, line.as_bytes())?;
        Ok(Self { line, signature, content })
    }

    /// Reads a pasted request and checks its signature.
    ///
    /// # Errors
    /// [`PastedError`]; a typing error is [`PastedError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, PastedError> {
        let content = String::from_utf8(pasted::decode(PREFIX, text)?).map_err(|_| PastedError::Content("it is not ASCII"))?;
        let (line, signature) = content.split_at(content.find('\n').map_or(content.len(), |lf| lf + 1));
        let signer = verify(JOIN_NAMESPACE, line.as_bytes(), signature)
            .map_err(|_| PastedError::Content("its signature does not count"))?;
        json::check(line.as_bytes()).map_err(|_| PastedError::Content("it is not JSON as kit writes it"))?;
        let Line { join: content } = serde_json::from_str::<Line<Content>>(line)
            .map_err(|_| PastedError::Content("a field is missing or not what it has to be"))?;
        content.check()?;
        if signer != content.key {
            return Err(PastedError::Content("it is signed by another key than the one it names"));
        }
        Ok(Self { line: line.to_owned(), signature: signature.to_owned(), content })
    }

    /// The text to paste.
    pub fn to_text(&self) -> String {
        pasted::encode(PREFIX, format!("{}{}", self.line, self.signature).as_bytes())
    }

    /// Twelve words of the signed line that the publisher compares by voice.
    pub fn words(&self) -> [&'static str; words::COUNT] {
        words::of(Hash::of(format!("kit-join1\n{}", self.line).as_bytes()).as_bytes())
    }

    /// The kit it wants to join.
    pub fn kit(&self) -> &KitId {
        &self.content.kit
    }

    /// Who they say they are.
    pub fn person(&self) -> &Id<Person> {
        &self.content.person
    }

    /// What they call the device.
    pub fn device(&self) -> &str {
        &self.content.device
    }

    /// The device's signing key.
    pub fn key(&self) -> &VerifyKey {
        &self.content.key
    }

    /// The entry for the roster.
    pub fn to_device(&self, added: Option<Date>) -> Device {
        let Content { person, device, reader, opener, key, .. } = &self.content;
        Device {
            person: person.clone(),
            name: device.clone(),
            reader: reader.to_string(),
            opener: opener.to_string(),
            key: key.to_string(),
            added,
        }
    }
}

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{DeviceKey, Identity};

    fn signer() -> Signer {
        Signer::device(DeviceKey::generate("").unwrap())
    }

    fn request(signer: &Signer) -> JoinRequest {
        let (reader, opener) = (Identity::generate().recipient(), Identity::generate().recipient());
        let person = Id::parse("alice.okafor").unwrap();
        JoinRequest::new(KitId::generate().unwrap(), person, "laptop", reader, opener, signer).unwrap()
    }

    #[test]
    fn a_request_goes_round_and_becomes_a_device() {
        let signer = signer();
        let request = request(&signer);
        let read = JoinRequest::parse(&request.to_text()).unwrap();
        assert_eq!((read.words(), &read), (request.words(), &request));
        let device = read.to_device(Some("2026-11-18".parse().unwrap()));
        assert_eq!(
            (device.person.as_str(), device.name.as_str(), device.key),
            ("alice.okafor", "laptop", signer.public().to_string())
        );
    }

    #[test]
    fn h8_whatever_is_changed_on_the_way_shows() {
        let request = request(&signer());
        let text = request.to_text();
        for at in (PREFIX.len()..text.len()).step_by(7) {
            let with = if text[at..].starts_with('A') { "B" } else { "A" };
            let typed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            assert_eq!(JoinRequest::parse(&typed), Err(PastedError::Damaged), "{typed}");
        }
        // With a right checksum, as an attacker would send it.
        let made = |line: &str, signature: &str| {
            JoinRequest::parse(&pasted::encode(PREFIX, format!("{line}{signature}").as_bytes())).map(|_| ())
        };
        let (line, signature) = (&request.line, &request.signature);
        assert_eq!(made(line, signature), Ok(()));
        let attacker = Identity::generate().recipient().to_string();
        let swapped = line.replace(request.content.reader.as_str(), &attacker);
        for (line, signature) in [
            (&swapped, signature),
            (line, &String::new()),
            (line, &signature.replace('\n', "\r\n")),
            (line, &format!("{signature}\n")),
        ] {
            assert_eq!(made(line, signature), Err(PastedError::Content("its signature does not count")));
        }
        let other = signer();
        let resigned = other.sign(JOIN_NAMESPACE, line.as_bytes()).unwrap();
        assert_eq!(made(line, &resigned), Err(PastedError::Content("it is signed by another key than the one it names")));
        let head = other.sign("kit-head-v1@outage-kit", line.as_bytes()).unwrap();
        assert_eq!(made(line, &head), Err(PastedError::Content("its signature does not count")));
    }

    #[test]
    fn hostile_fields_are_refused_even_when_signed() {
        let signer = signer();
        let request = request(&signer);
        for (from, to) in [
            ("laptop", "lap\\u001btop"),
            ("laptop", "../x"),
            ("laptop", ""),
            ("alice.okafor", "Alice Okafor"),
            ("alice.okafor", "-rf"),
            (request.content.opener.as_str(), request.content.reader.as_str()),
            (request.content.opener.as_str(), "ssh-rsa AAAA"),
            (request.kit().as_str(), "short"),
            ("\"device\":", "\"device\":\"a\",\"device\":"),
        ] {
            let line = request.line.replacen(from, to, 1);
            assert_ne!(line, request.line);
            let signature = signer.sign(JOIN_NAMESPACE, line.as_bytes()).unwrap();
            let refused = JoinRequest::parse(&pasted::encode(PREFIX, format!("{line}{signature}").as_bytes()));
            assert!(matches!(refused, Err(PastedError::Content(_))), "{to}: {refused:?}");
        }
    }
}
