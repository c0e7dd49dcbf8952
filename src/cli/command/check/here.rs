//! What this machine knows beside the directory: the kit, and how new its word of openings is.

use std::path::Path;

use serde::Serialize;

use crate::{
    answer::{Moment, clock_time},
    appoint::roots_of,
    authored::count,
    cli::{failure::Failure, session::Session},
    key::Identity,
    open::{OpenError, Reading},
    store::Store,
    team::Team,
};

/// The kit of the directory, where it is on this machine and opens without asking.
pub(super) struct Here {
    pub(super) store: Store,
    pub(super) reading: Reading,
    pub(super) reader: Identity,
}

impl Here {
    /// The kit, or why it is not looked at.
    pub(super) fn of(dir: &Path, session: &Session<'_>) -> Result<Self, String> {
        let roots = roots_of(dir).map_err(|error| error.to_string())?;
        let store = session.store_of(roots.kit()).map_err(|failure: Failure| failure.message)?;
        let (reading, reader) = session.read_with_key_without_asking(&store).map_err(|error| match error {
            OpenError::Declined(()) => "the contacts are locked. To open them: kit unlock".to_owned(),
            error => error.map_declined(|()| "").to_string(),
        })?;
        Ok(Self { store, reading, reader })
    }
}

/// What is only a label so far, and as of when openings are known.
#[derive(Serialize)]
pub(super) struct Sealed {
    /// How many tiers have no key.
    tiers_without_key: usize,
    /// How many credentials have no value.
    credentials_without_value: usize,
    /// When what members sent was last fetched to this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    openings_as_of: Option<String>,
    #[serde(skip)]
    is_any_sealed: bool,
}

impl Sealed {
    /// Nothing, where the team has no tiers.
    pub(super) fn of(team: &Team, here: Option<&Here>, moment: &Moment) -> Option<Self> {
        let at = here.and_then(|here| here.store.collected().at);
        (!team.tiers.is_empty()).then(|| Self {
            tiers_without_key: team.tiers.values().filter(|tier| tier.key().is_none()).count(),
            credentials_without_value: team.credentials.values().filter(|it| it.capsule.is_none()).count(),
            openings_as_of: at.map(|at| clock_time(moment, at)),
            is_any_sealed: team.credentials.values().any(|it| it.capsule.is_some()),
        })
    }

    /// The lines below the verdict.
    pub(super) fn words(&self, dir: &Path) -> Vec<String> {
        let dir = dir.display();
        let mut words = Vec::new();
        if self.tiers_without_key > 0 {
            let (tiers, verb) = (count(self.tiers_without_key, "tier"), has(self.tiers_without_key));
            words.push(format!("  {tiers} {verb} no key yet: kit tier new TIER --dir {dir}"));
        }
        if self.credentials_without_value > 0 {
            let (number, verb) = (count(self.credentials_without_value, "credential"), has(self.credentials_without_value));
            words.push(format!("  {number} {verb} no value: kit seal NAME --dir {dir}"));
        }
        if self.is_any_sealed {
            words.push(match &self.openings_as_of {
                Some(at) => format!("  Openings as of {at}, when members' journals were last fetched. Now: kit log --all"),
                None => "  Openings as the kit here has them; members' journals were not fetched. Now: kit log --all".to_owned(),
            });
        }
        words
    }
}

fn has(number: usize) -> &'static str {
    if number == 1 { "has" } else { "have" }
}
