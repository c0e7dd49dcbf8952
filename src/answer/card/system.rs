//! A system: whom to call for it, in the agreed order.

use serde::Serialize;

use super::{Call, needs};
use crate::{
    answer::{Moment, day, in_charge},
    team::{Id, System, Team},
};

/// What there is to say of a system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemCard {
    /// The system's id.
    pub id: String,
    /// The system's name.
    pub name: String,
    /// Importance: 1 wakes people.
    pub tier: Option<u8>,
    /// Owners in the agreed order.
    pub owners: Vec<Owner>,
    /// Whom to call when no owner can be: the one in charge.
    pub fallback: Option<Call>,
    /// What it does not run without.
    pub needs: Vec<String>,
    /// Address of the full playbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// The part of it that works offline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
}

/// One owner of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// 1 is called first.
    pub position: usize,
    /// The call to make.
    #[serde(flatten)]
    pub call: Call,
    /// The last day away, in words, when they are.
    pub away_until: Option<String>,
}

impl SystemCard {
    pub(super) fn of(team: &Team, id: &Id<System>, system: &System, moment: &Moment) -> Self {
        let owner = |(index, id): (usize, &Id<_>)| {
            let person = team.people.get(id)?;
            let today = moment.at(&person.zone).date();
            let away_until = person.absent_on(today).map(|absence| day(absence.until, today));
            Some(Owner { position: index + 1, call: Call::to(team, id, person, moment), away_until })
        };
        let owners: Vec<Owner> = system.owners.iter().enumerate().filter_map(owner).collect();
        let fallback = match first(&owners) {
            Some(_) => None,
            None => in_charge(team, moment).map(|charge| charge.call).filter(|call| call.number.is_some()),
        };
        Self {
            id: id.to_string(),
            name: system.name.clone(),
            tier: system.tier,
            owners,
            fallback,
            needs: needs(team, &system.needs),
            playbook: system.playbook.clone(),
            runbook: system.runbook.clone(),
        }
    }

    /// The first owner who is not away and has a number.
    pub fn first(&self) -> Option<&Owner> {
        first(&self.owners)
    }
}

fn first(owners: &[Owner]) -> Option<&Owner> {
    owners.iter().find(|owner| owner.away_until.is_none() && owner.call.number.is_some())
}
