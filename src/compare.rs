//! Comparing: what stands on a printed sheet with what would stand on it if it were printed from the kit of this machine.

use jiff::Timestamp;

use crate::{
    answer::Scene,
    export::{About, Outgoing, sheet, wallet},
    open::Reading,
    remember::{Facts, Remembered, Says},
    store::{Printed, SheetKind},
    team::{Id, Team},
};

/// A sheet that is around and no longer says what is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated<'r> {
    /// Which.
    pub sheet: &'r Remembered,
    /// What stands on it otherwise than it is now.
    pub changed: Vec<String>,
    /// What stands on it and is no longer so.
    pub gone: Vec<String>,
    /// What is not on it and would be.
    pub new: Vec<String>,
    /// Whether the day has come by which it is to be replaced.
    pub is_past: bool,
    /// Whether what it is about is no longer there.
    pub is_orphan: bool,
}

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
pub fn parts(team: &Team, about: &str) -> Vec<String> {
    if about == team.name { Vec::new() } else { about.split(", ").map(str::to_owned).collect() }
}

/// Of the sheets that are around, those that no longer say what is so. `current` says what would stand on one today: [`None`] when
/// what it is about is no longer there.
pub fn outdated<'r>(
    sheets: &'r [Remembered],
    now: Timestamp,
    current: impl Fn(&Printed, &Says) -> Option<Facts>,
) -> Vec<Outdated<'r>> {
    let compare = |sheet: &'r Remembered| {
        let mut outdated = Outdated {
            sheet,
            changed: vec![],
            gone: vec![],
            new: vec![],
            is_past: sheet.printed.replace_by <= now,
            is_orphan: false,
        };
        if let Some(says) = &sheet.says {
            match current(&sheet.printed, says) {
                None => outdated.is_orphan = true,
                Some(today) => {
                    for (what, then) in &says.facts {
                        match today.get(what) {
                            None => outdated.gone.push(what.clone()),
                            Some(value) if value != then => outdated.changed.push(what.clone()),
                            Some(_) => {}
                        }
                    }
                    outdated.new.extend(today.into_keys().filter(|what| !says.facts.contains_key(what)));
                }
            }
        }
        outdated
    };
    sheets.iter().filter(|sheet| sheet.printed.destroyed.is_none()).map(compare).filter(Outdated::is_so).collect()
}

impl Outdated<'_> {
    fn is_so(&self) -> bool {
        self.is_past || self.is_orphan || self.differences() > 0
    }

    /// How many things differ.
    pub fn differences(&self) -> usize {
        self.changed.len() + self.gone.len() + self.new.len()
    }
}
