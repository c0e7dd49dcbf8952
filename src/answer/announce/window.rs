//! News of planned work.

use super::{Announcement, News, in_a_sentence, keep, short, utc};
use crate::{
    answer::{BridgeCard, Decision, FallsIn, RoleCard, Scene, Stage, way_in, window, window::clocks_in_utc},
    team::{Id, Part, Window},
};

/// What everybody concerned should know of a window; `None` when the team has none of that id.
pub fn announce_window(scene: Scene<'_>, id: &Id<Window>) -> Option<Announcement> {
    let planned = scene.team.windows.get(id)?;
    let card = window(scene, id)?;
    let bridge: Option<BridgeCard> = way_in(scene);
    let stage = card.plan.line.stage;
    let state = match stage {
        Stage::Running => "Running now",
        Stage::Ahead => "Planned",
        Stage::Over => "Over",
    };
    let names: Vec<String> = card.systems.iter().map(|id| system(scene, id)).collect();
    let subject = format!("{state}: {}", card.plan.line.name);
    let mut news = News::about(&subject);
    news.more = format!("more: kit window {id}");
    news.say("", [if names.is_empty() { subject.clone() } else { format!("{subject} ({})", names.join(", ")) }]);
    short::when(scene, planned).iter().for_each(|when| news.say("", [when]));
    news.put(
        "When",
        clocks_in_utc(scene, planned)
            .into_iter()
            .map(|clock| format!("{} to {} {}", keep(&clock.start), keep(&clock.end), keep(&clock.place))),
    );
    news.put("What", [names.join(", ")]);
    news.put_whom_to_call(scene, bridge.as_ref());
    for (label, part) in [("Needed", Part::Needed), ("On standby", Part::Standby), ("Not needed", Part::NotNeeded)] {
        let people = card.people.iter().filter(|role| role.part == part);
        news.put(label, people.map(|role| line(planned, role)));
    }
    // When it is over, nobody is needed any more.
    if stage != Stage::Over {
        news.say("Needed", short::needed(scene, planned, &card.people));
        news.say("On standby", short::standby(&card.people));
    }
    news.put("Decides", card.decides.iter().map(decides));
    news.put("Roll back if", &card.plan.rollback);
    news.put("Go or no-go", &card.plan.go_no_go);
    news.put("Changes", &card.plan.announce);
    news.put("Acknowledge", [names_of(&card.acknowledge)]);
    news.put("Note", card.falls_in.iter().map(note));
    Some(news.told())
}

fn system(scene: Scene<'_>, id: &str) -> String {
    let system = Id::parse(id).ok().and_then(|id| scene.team.systems.get(&id));
    system.map_or_else(|| id.to_owned(), |system| system.name.clone())
}

/// Who decides, in a sentence: `Chris Lindqvist calls the rollback; if not reached, Bob Reyes`.
fn decides(decision: &Decision) -> String {
    let mut names = decision.line.steps.iter().map(|step| keep(&step.call.name));
    let Some(first) = names.next() else {
        return format!("nobody can be called for: {}", decision.decision);
    };
    let others = names.collect::<Vec<_>>().join(", then ");
    let others = if others.is_empty() { others } else { format!("; if not reached, {others}") };
    format!("{first} {}{others}", in_a_sentence(&decision.decision))
}

/// What falls into it, in a sentence.
fn note(falls: &FallsIn) -> String {
    let (days, who) = (keep(&falls.days), names_of(&falls.who));
    match falls.what.as_str() {
        "away" => format!("away {days}: {who}"),
        what => format!("{days} is {what} for {who}"),
    }
}

fn names_of(names: &[String]) -> String {
    names.iter().map(|name| keep(name)).collect::<Vec<_>>().join(", ")
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
