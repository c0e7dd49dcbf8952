//! `kit brief`: all of it for one system or window, on one screen.

use clap::Args;

use super::bare;
use crate::{
    answer::{self, Brief, Card, Scene},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find::find,
        options::Assumed,
        screen,
        session::Session,
    },
    team::{Id, Thing},
};

/// Show one system or window on one screen: whom to call, how to join, who decides, what it needs, how to get in
///
/// Examples:
///   kit brief payments-db
///   kit brief payments-db --down okta --out alice
///   kit brief epic-migration --all
///
/// Without a name: the window that runs now, else what kit alone says. A screen has 24 lines; what has no room is left out by
/// whole rows from the end (playbook, runbook, credentials, needs, window, decisions), and the last line says so.
///
/// With --plain: "call", "join", "decides", "needs" or "credential", then id, name, number or address, and a word about it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A system or a window
    #[arg(value_name = "NAME", add = names(&[Thing::System, Thing::Window]))]
    name: Vec<String>,
    /// Leave nothing out, however long it gets
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    assumed: Assumed,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let moment = session.moment().clone();
    let scene = Scene { team: &reading.team, moment: &moment, what_if: &what_if };
    let name = arguments.name.join(" ");
    let brief = if name.trim().is_empty() {
        match answer::running_window(scene) {
            Some((id, window)) => Some(answer::brief_of_window(scene, id, window)),
            None => return bare::reply(session, &reading),
        }
    } else {
        let found = find(&mut session, &reading, &name, &[Thing::System, Thing::Window], "brief")?;
        let system = Id::parse(&found.id).ok().and_then(|id| reading.team.systems.get_key_value(&id));
        let window = Id::parse(&found.id).ok().and_then(|id| reading.team.windows.get_key_value(&id));
        match found.kind {
            Thing::System => system.map(|(id, system)| answer::brief_of_system(scene, id, system)),
            _ => window.map(|(id, window)| answer::brief_of_window(scene, id, window)),
        }
    };
    let brief = brief.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("{name:?} cannot be shown by this version of kit."))
            .hint("Look it up: kit lookup NAME")
    })?;
    session.reply(
        &reading,
        "kit.brief/1",
        &brief,
        || records(&brief),
        |screen, standing| {
            screen::brief(screen, &brief, arguments.all, standing);
        },
    )?;
    Ok(())
}

fn records(brief: &Brief) -> Vec<Vec<String>> {
    let record = |part: &str, id: &str, name: &str, number: Option<&str>, about: &str| {
        [part, id, name, number.unwrap_or_default(), about].map(str::to_owned).to_vec()
    };
    let person = |part: &str, call: &answer::Call, about: &str| {
        record(part, &call.id, &call.name, call.number.as_ref().map(|number| number.e164.as_str()), about)
    };
    let about = |id: &str| brief.does.get(id).map(String::as_str).unwrap_or_default();
    let calls = brief.call.steps.iter().map(|step| person("call", &step.call, about(&step.call.id)));
    let join = brief.bridges.join.iter().map(|way| {
        let number = way.numbers.first().map(|number| number.e164.as_str()).or(way.reach.as_deref());
        record("join", &way.id, &way.name, number, way.pin.as_deref().unwrap_or_default())
    });
    let decides = brief.decides.iter().flat_map(|it| it.line.steps.iter().map(|step| person("decides", &step.call, &it.id)));
    let needs = brief.needs.iter().filter_map(|card| match card {
        Card::Tool(it) => {
            let way = it.instead.first();
            let reach = way.and_then(|way| way.number.as_deref().or(way.reach.as_deref()));
            Some(record("needs", &it.id, &it.name, reach, way.map(|way| way.name.as_str()).unwrap_or_default()))
        }
        Card::Vendor(it) => {
            let number = it.numbers.first().filter(|_| it.falls.is_none()).map(|number| number.e164.as_str());
            Some(record("needs", &it.id, &it.name, number, ""))
        }
        Card::System(it) => {
            let call = it.line.first().map(|step| &step.call);
            let number = call.and_then(|call| call.number.as_ref()).map(|number| number.e164.as_str());
            Some(record("needs", &it.id, &it.name, number, call.map(|call| call.name.as_str()).unwrap_or_default()))
        }
        _ => None,
    });
    let credentials =
        brief.credentials.iter().map(|label| record("credential", &label.id, &label.title, None, &label.rule.in_words()));
    calls.chain(join).chain(decides).chain(needs).chain(credentials).collect()
}
