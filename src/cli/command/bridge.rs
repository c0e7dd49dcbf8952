//! `kit bridge`: how to talk now.

use clap::Args;

use crate::{
    answer::{self, BridgeCard},
    cli::{
        complete::names,
        failure::Failure,
        find::{find, name_of},
        options::Assumed,
        screen::{self, CodeForm},
        session::Session,
    },
    team::{Id, Thing},
};

/// Say how to talk now: the first bridge that stands, the ladder below it, what to say, where to meet if nothing works
///
/// Examples:
///   kit bridge
///   kit bridge --down okta,zoom
///   kit bridge --qr
///
/// What falls with what is down is marked and never the first line.
///
/// With --plain: rung, id, name, "stands" or "falls", number to dial, PIN, address, needs, why it falls.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// One bridge, to see it first
    #[arg(value_name = "NAME", add = names(&[Thing::Bridge]))]
    name: Vec<String>,
    #[command(flatten)]
    assumed: Assumed,
    /// Show a code that dials the number when a phone's camera sees it
    #[arg(long)]
    qr: bool,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let asked = match name_of(&arguments.name) {
        None => None,
        Some(name) => Id::parse(&find(&mut session, &reading, &name, &[Thing::Bridge], "bridge")?.id).ok(),
    };
    let answer = answer::bridges(session.scene(&reading, &what_if), asked.as_ref());
    let terminal = session.context.terminal;
    let is_dumb = terminal.output && !terminal.moves;
    let form = if terminal.layout.ascii || is_dumb { CodeForm::Ascii } else { CodeForm::Blocks };
    let code = arguments.qr.then_some(form);
    let records = || answer.ways.iter().map(record).collect();
    session.reply(&reading, "kit.bridge/1", &answer, records, |screen, standing| {
        screen::bridges(screen, &answer, code, standing);
    })
}

fn record(way: &BridgeCard) -> Vec<String> {
    vec![
        way.rung.to_string(),
        way.id.clone(),
        way.name.clone(),
        if way.falls.is_some() { "falls" } else { "stands" }.to_owned(),
        way.numbers.first().map(|number| number.e164.clone()).unwrap_or_default(),
        way.pin.clone().unwrap_or_default(),
        way.reach.clone().unwrap_or_default(),
        way.needs.join(", "),
        way.falls.as_ref().map(|falls| falls.text.clone()).unwrap_or_default(),
    ]
}
