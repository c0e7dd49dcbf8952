//! Comparing: what stands on a printed sheet with what would stand on it if it were printed from the kit of this machine.

use crate::{
    answer::Scene,
    remember::{Facts, Says},
    store::{Printed, SheetKind},
    team::Id,
};

/// What the sealed page of a credential says of it, by which it is known to be out of date.
pub fn sealed_facts(credential: &str, version: u32) -> Facts {
    [(format!("credential:{credential}"), format!("version {version}"))].into()
}

/// What an archive says of itself.
pub fn archive_facts(seq: u64) -> Facts {
    [("kit".to_owned(), seq.to_string())].into()
}

/// What would stand on a sheet today; [`None`] when what it is about is no longer in the kit. `seq` is the kit's number.
pub fn today(scene: Scene<'_>, seq: u64, printed: &Printed, says: &Says) -> Option<Facts> {
    match printed.kind {
        SheetKind::Archive => Some(archive_facts(seq)),
        SheetKind::Sealed => {
            let credential = scene.team.credentials.get(&Id::parse(&says.about).ok()?)?;
            Some(sealed_facts(&says.about, credential.capsule.as_ref()?.version))
        }
        SheetKind::Sheet | SheetKind::Wallet => todo_sheet(scene, printed, says),
    }
}
