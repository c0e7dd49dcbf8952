//! News of planned work.

use super::{Announcement, News, keep, utc};
use crate::{
    answer::{BridgeCard, RoleCard, Scene, way_in, window, window::clocks_in_utc},
    team::{Id, Part, Window},
};

/// What everybody concerned should know of a window; `None` when the team has none of that id.
pub fn announce_window(scene: Scene<'_>, id: &Id<Window>) -> Option<Announcement> {
    let planned = scene.team.windows.get(id)?;
    let card = window(scene, id)?;
    let bridge: Option<BridgeCard> = way_in(scene);
    let mut news = News::about(&format!("Planned work: {}", card.plan.line.name));
    news.put(
        "When",
        true,
        clocks_in_utc(scene, planned)
            .into_iter()
            .map(|clock| format!("{} to {} {}", keep(&clock.start), keep(&clock.end), keep(&clock.place))),
    );
    let names = card.systems.iter().map(|id| {
        let system = Id::parse(id).ok().and_then(|id| scene.team.systems.get(&id));
        system.map_or_else(|| id.clone(), |system| system.name.clone())
    });
    news.put("What", true, [names.collect::<Vec<_>>().join(", ")]);
    news.put_whom_to_call(scene, bridge.as_ref());
    for (label, part) in [("Needed", Part::Needed), ("On standby", Part::Standby), ("Not needed", Part::NotNeeded)] {
        let people = card.people.iter().filter(|role| role.part == part);
        news.put(label, part == Part::Needed, people.map(|role| line(planned, role)));
    }
    news.put(
        "Decides",
        false,
        card.decides.iter().map(|it| {
            let names: Vec<String> = it.line.steps.iter().map(|step| keep(&step.call.name)).collect();
            let who = if names.is_empty() { "nobody can be called".to_owned() } else { names.join(", then ") };
            format!("{}: {who}", it.decision)
        }),
    );
    news.put("Roll back if", true, &card.plan.rollback);
    news.put("Go or no-go", false, &card.plan.go_no_go);
    news.put("Changes", false, &card.plan.announce);
    news.put("Acknowledge", false, [card.acknowledge.iter().map(|name| keep(name)).collect::<Vec<_>>().join(", ")]);
    news.put("Note", false, card.falls_in.iter().map(|it| format!("{}: {}, {}", it.days, it.what, it.who.join(", "))));
    Some(news.told())
}

/// One person: what they do, and when it is not for the whole of it, in UTC.
fn line(window: &Window, role: &RoleCard) -> String {
    let from = (role.from != window.start).then(|| format!("from {}", utc(role.from)));
    let until = (role.until != window.end).then(|| format!("until {}", utc(role.until)));
    let about: Vec<String> = role.does.iter().cloned().chain(from).chain(until).collect();
    let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
    let number = role.call.number.as_ref().filter(|_| role.part != Part::NotNeeded);
    let number = number.map(|number| format!(" {}", keep(&number.shown))).unwrap_or_default();
    format!("{}{number}{about}", keep(&role.call.name))
}
