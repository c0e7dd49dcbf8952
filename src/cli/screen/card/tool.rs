//! The screen of a tool.

use super::{act, ago, called, keep, short};
use crate::{
    answer::{ToolCard, UseInstead},
    cli::screen::{Act, Screen, Table},
};

pub(super) fn tool(screen: &mut Screen, card: &ToolCard, old: Option<String>) {
    let old = old.unwrap_or_default();
    match (card.instead.first(), &card.owner) {
        (Some(first), _) => screen.act(&Act {
            verb: "USE",
            name: Some(&first.name),
            number: first.number.as_deref(),
            support: vec![
                pin(first),
                old,
                if first.number.is_some() { String::new() } else { first.reach.clone().unwrap_or_default() },
            ],
        }),
        (None, Some(owner)) if owner.number.is_some() => {
            act(screen, owner, vec![old, format!("owner of {}, which has no backup", card.name)]);
        }
        (None, _) => screen.act(&Act {
            verb: "NO BACKUP",
            name: Some(&format!("is written down for {}", card.name)),
            support: vec![old],
            ..Act::default()
        }),
    }
    screen.blank();
    let mut instead = Table::new([keep("   Instead").as_str(), "How", "Needs"], 3);
    for (index, way) in card.instead.iter().enumerate() {
        let how = match &way.number {
            Some(number) => format!("{}   {}", keep(number), pin(way)),
            None => way.reach.clone().unwrap_or_default(),
        };
        instead.row([keep(&format!("{}  {}", index + 1, way.name)), how.trim_end().to_owned(), way.needs.join(", ")]);
    }
    if !instead.is_empty() {
        screen.table(&instead);
        screen.blank();
    }
    for avoid in &card.avoid {
        screen.row("Do not use", format!("{}: {}", avoid.what, avoid.why));
    }
    screen.row("Tool", [Some(card.name.clone()), card.purpose.clone()].into_iter().flatten().collect::<Vec<_>>().join(", "));
    screen.row("Reach", card.reach.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Is it down?", card.status_page.as_deref().unwrap_or_default());
    if let Some(owner) = &card.owner {
        screen.row("Ask", format!("{}   {}", called(owner), short(&owner.there)));
    }
    screen.row("Credential", card.credential.as_deref().unwrap_or_default());
    screen.row("Checked", card.checked.as_ref().map(ago).unwrap_or_default());
}

fn pin(way: &UseInstead) -> String {
    way.pin.as_ref().map(|pin| keep(&format!("PIN {pin}"))).unwrap_or_default()
}
