//! Comparing: what stands on a printed sheet with what would stand on it if it were printed from the kit of this machine.

use crate::{
    answer::Scene,
    export::{About, Outgoing, sheet, wallet},
    open::Reading,
    remember::{Facts, Says},
    store::{Printed, SheetKind},
    team::{Id, Team},
};

/// What the sealed page of a credential says of it, by which it is known to be out of date.
pub fn sealed_facts(credential: &str, version: u32) -> Facts {
    [(format!("credential:{credential}"), format!("version {version}"))].into()
}

/// What an archive says of itself.
pub fn archive_facts(seq: u64) -> Facts {
    [("kit".to_owned(), seq.to_string())].into()
}

/// What would stand on a sheet today; [`None`] when what it is about is no longer in the kit.
pub fn today(reading: &Reading, scene: Scene<'_>, printed: &Printed, says: &Says) -> Option<Facts> {
    let head = reading.generation.verified().head();
    match printed.kind {
        SheetKind::Archive => Some(archive_facts(head.seq)),
        SheetKind::Sealed => {
            let credential = scene.team.credentials.get(&Id::parse(&says.about).ok()?)?;
            Some(sealed_facts(&says.about, credential.capsule.as_ref()?.version))
        }
        SheetKind::Wallet => {
            let kit = reading.trust.pin.kit.to_string();
            let now = scene.moment.now;
            let out = Outgoing { team: scene.team, kit: &kit, seq: head.seq, created: head.created, now, private: false };
            Some(wallet(out, &parts(scene.team, &says.about)).ok()?.facts().collect())
        }
        SheetKind::Sheet => {
            let kit = reading.trust.pin.kit.to_string();
            let now = scene.moment.now;
            let private = says.facts.keys().any(|what| what.contains(" home "));
            let out = Outgoing { team: scene.team, kit: &kit, seq: head.seq, created: head.created, now, private };
            Some(sheet(out, about(scene.team, &says.about)?, printed.replace_by).facts())
        }
    }
}

/// What a sheet is about, by its name; [`None`] when that is no longer in the kit.
fn about<'a>(team: &'a Team, name: &'a str) -> Option<About<'a>> {
    let system = || team.systems.iter().find(|(_, it)| it.name == name).map(|(id, _)| About::System(id));
    let window = || team.windows.iter().find(|(_, it)| it.name == name).map(|(id, _)| About::Window(id));
    let is_part = || team.people.values().any(|it| it.teams.iter().any(|part| part.eq_ignore_ascii_case(name)));
    match name == team.name {
        true => Some(About::Team),
        false => system().or_else(window).or_else(|| is_part().then_some(About::Part(name))),
    }
}

/// The parts of a team that a card is about; none for the whole team.
fn parts(team: &Team, about: &str) -> Vec<String> {
    if about == team.name { Vec::new() } else { about.split(", ").map(str::to_owned).collect() }
}
