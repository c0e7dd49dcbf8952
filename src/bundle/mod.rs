//! The bundle: the one file that travels. The format and nothing else, in the order of docs/format.md; no file, network or clock.
//!
//! ```text
//! Team ─seal─> Sealed ─sign─> bytes ─verify─> Verified ─open─> Opened
//! ```
//!
//! Each stage is a type that only the function before it makes: what was not verified cannot be opened.

mod age_file;
pub mod archive;
pub mod canary;
pub mod capsule;
mod gzip;
mod head;
mod ids;
pub mod invite;
pub mod join_request;
pub mod journal;
mod json;
pub mod letter;
pub mod limits;
mod open;
pub mod own;
mod pasted;
mod payload;
mod refusal;
pub mod request;
mod roots;
mod seal;
pub mod share;
mod sign;
mod split;
pub mod tier;
mod verify;

pub use age_file::AgeError;
pub use capsule::{CapsuleError, Field};
pub use head::{Head, PayloadRef, RootRef};
pub use ids::{Hash, IdsError, KitId, Pin};
pub use invite::Invite;
pub use join_request::{JoinError, JoinRequest};
pub use journal::{Entry, JournalError, What};
pub use json::{JsonFault, JsonFaultKind};
pub use letter::{LETTER_NAMESPACE, Letter, LetterError};
pub use open::{OpenError, Opened, open};
pub use pasted::PastedError;
pub use refusal::{FieldFault, LimitFault, PayloadFault, Place, Refusal, Signers, StructureFault};
pub use request::{AskError, Code, Request};
pub use roots::{ROOT_NAMESPACE, RootDoc, RootError, RootKeys, Roots};
pub use seal::{SealError, Sealed, seal};
pub use share::ShareError;
pub use sign::{BundleError, sign};
pub use tier::{KeyOf, Share, TierError};
pub use verify::{Bundle, HEAD_NAMESPACE, Unpinned, Verified, verify, verify_unpinned};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        key::{DeviceKey, Identity, Signer},
        team::{Device, Id, Team},
    };

    #[test]
    fn a_team_goes_all_the_way_round() {
        let signer = Signer::device(DeviceKey::generate("dana.fox laptop").unwrap());
        let readers = [Identity::generate(), Identity::generate(), Identity::generate()];
        let device = |(reader, name): (&Identity, &str)| Device {
            person: Id::parse("dana.fox").unwrap(),
            name: name.to_owned(),
            reader: reader.recipient().to_string(),
            opener: Identity::generate().recipient().to_string(),
            key: signer.public().to_string(),
            added: None,
        };
        let mut team = Team::named("Acme");
        team.devices = readers.iter().zip(["laptop", "phone", "desk"]).map(device).collect();

        let keys = vec![signer.public().clone()];
        let keys = RootKeys { root_keys: keys.clone(), root_threshold: 1, publish_keys: keys, publish_threshold: 1 };
        let roots = Roots::first(KitId::generate().unwrap(), keys, &[&signer]).unwrap();
        let sealed = seal(&team, roots.kit(), 1).unwrap();
        let (created, refresh_by) = ("2026-11-18T02:12:00Z".parse().unwrap(), "2026-12-18T02:12:00Z".parse().unwrap());
        let bundle = sign(sealed, &roots, created, refresh_by, &[&signer]).unwrap();

        let verified = verify(bundle.bytes().to_vec(), &roots.pin()).unwrap();
        assert_eq!((verified.kit(), verified.root_version(), verified.seq(), verified.devices()), (roots.kit(), 1, 1, 3));
        assert_eq!((verified.roots(), verified.signers()), (&roots, &[signer.public().clone()][..]));
        assert_eq!(Roots::parse(&roots.to_text()), Ok(roots));
        for reader in &readers {
            let opened = open(&verified, reader, None).unwrap();
            assert_eq!(opened.team, team);
            for hint in [Some(opened.stanza), Some(0), Some(2), Some(99)] {
                assert_eq!(open(&verified, reader, hint).unwrap().stanza, opened.stanza);
            }
        }
        assert_eq!(open(&verified, &Identity::generate(), Some(1)).unwrap_err(), OpenError::NotForUs { devices: 3 });
        verify_unpinned(bundle.bytes().to_vec()).unwrap();
    }
}
