//! The screen of `kit tier list` and `kit tier show`.

use super::{Act, Screen, Standing, keep};
use crate::answer::{TierState, Tiers};

/// Each tier: who opens it, and what it opens.
pub(crate) fn tiers(screen: &mut Screen, tiers: &Tiers, standing: &Standing) {
    match tiers.tiers.as_slice() {
        [] => screen.act(&Act { verb: "NO TIER", name: Some("is written down"), ..Act::default() }),
        [one] => head(screen, "TIER", one, standing),
        many => {
            let count = format!("{} tiers", many.len());
            screen.act(&Act { verb: "TIERS", name: Some(&count), support: vec![standing.old()], number: None });
        }
    }
    for tier in &tiers.tiers {
        screen.blank();
        if tiers.tiers.len() > 1 {
            screen.row("Tier", format!("{}, {}", keep(&tier.id), said(tier)));
        }
        for holder in &tier.holders {
            let without = holder.without.join(", ");
            let state = match (tier.key, holder.devices.as_slice(), without.as_str()) {
                (None, ..) => String::new(),
                (Some(_), [], _) => ", CANNOT OPEN".to_owned(),
                (Some(_), devices, "") => format!(", opens on {}", devices.join(", ")),
                (Some(_), devices, without) => format!(", opens on {}, not on {without}", devices.join(", ")),
            };
            screen.row("Holder", format!("{}{state}", keep(&holder.name)));
        }
        screen.row("Sealed", tier.sealed.join(", "));
        screen.row("Label only", tier.labels.join(", "));
    }
    screen.blank();
    standing.close(screen);
}

fn head(screen: &mut Screen, verb: &str, tier: &TierState, standing: &Standing) {
    screen.act(&Act { verb, name: Some(&tier.id), support: vec![standing.old(), said(tier)], number: None });
}

fn said(tier: &TierState) -> String {
    let key = tier.key.map_or_else(|| "no key yet".to_owned(), |version| keep(&format!("key {version}")));
    format!("opened by {}, {key}", tier.rule.in_words())
}
