//! Rules about who opens a tier. One without a key is a label only, and draws no word here.

use super::{
    context::{Context, Spot},
    rule::Rule,
};
use crate::team::{Id, Person, Team, Thing, Tier, TierKey};

pub(super) fn check(cx: &Context<'_>, team: &Team) {
    for (id, tier) in &team.tiers {
        if let (Some(key), Some(spot)) = (tier.key(), place(cx, Thing::Tier, id.as_str())) {
            boxes(cx, team, (id, tier, key), spot);
        }
    }
}

/// Holders who open nothing, and a key that is lost with one machine.
fn boxes(cx: &Context<'_>, team: &Team, (id, tier, key): (&Id<Tier>, &Tier, &TierKey), spot: Spot) {
    let opens = |person: &Id<Person>| team.devices.iter().any(|device| device.person == *person && key.is_for(device));
    let about = Some(format!("tier:{id}"));
    for person in tier.holders.iter().filter(|person| !opens(person)) {
        let has_device = team.devices.iter().any(|device| device.person == *person);
        let message = if has_device {
            format!("{person} holds this tier, and none of their devices can open it")
        } else {
            format!("{person} holds this tier, and has no device to open it with")
        };
        let hint = if has_device {
            format!("Give them their box:  kit tier add {id} {person} --dir DIR")
        } else {
            format!("They join first:  kit invite {person}")
        };
        cx.report(Rule::HolderNoBox, spot, about.clone(), message, Some(hint));
    }
    let devices = team.devices.iter().filter(|device| key.is_for(device)).count();
    if devices < 2 {
        let message = if devices == 1 {
            "one device opens this tier: if it is lost, so is what is sealed"
        } else {
            "no device of the team opens this tier"
        };
        let hint = format!("Let somebody else hold it too:  kit tier add {id} PERSON --dir DIR");
        cx.report(Rule::FewDevices, spot, about, message.to_owned(), Some(hint));
    }
}

fn place(cx: &Context<'_>, kind: Thing, id: &str) -> Option<Spot> {
    cx.ids.get(&(kind, id.to_owned())).and_then(|spots| spots.first()).copied()
}
