//! `kit tool`: what to use instead of a tool that is down.

use clap::Args;

use crate::{
    answer::{self, Card, ToolCard, ToolRow, UseInstead},
    cli::{
        complete::names,
        failure::Failure,
        find::{cannot_be_shown, find, name_of},
        options::Assumed,
        screen,
        session::Session,
    },
    team::Thing,
};

/// Say what to use instead of a tool, what falls with it, whom to ask and how to get in; without a name, of every tool
///
/// Examples:
///   kit tool slack
///   kit tool slack --down okta
///   kit tool --down okta
///
/// The tool itself is taken to be down. What needs the same things as the tool comes last, and what falls with what is down is
/// never proposed.
///
/// With --plain: position, kind, id, name, "stands", "shares" or "falls", number or address, PIN, needs, why it falls. Without
/// a name: id, name, "stands" or "falls", id of what to use instead, its number or address, PIN, why it falls.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A tool
    #[arg(value_name = "NAME", add = names(&[Thing::Tool]))]
    name: Vec<String>,
    #[command(flatten)]
    assumed: Assumed,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let Some(name) = name_of(&arguments.name) else {
        let answer = answer::tools(session.scene(&reading, &what_if));
        let records = || answer.tools.iter().map(row).collect();
        return session.reply(&reading, "kit.tools/1", &answer, records, |screen, standing| {
            screen::tools(screen, &answer, standing);
        });
    };
    let found = find(&mut session, &reading, &name, &[Thing::Tool], "tool")?;
    let Some(Card::Tool(card)) = answer::card(session.scene(&reading, &what_if), &found) else {
        return Err(cannot_be_shown(&found.id));
    };
    session.reply(&reading, "kit.tool/1", &card, || records(&card), |screen, standing| screen::tool(screen, &card, standing))
}

fn records(card: &ToolCard) -> Vec<Vec<String>> {
    let record = |(index, way): (usize, &UseInstead)| {
        let state = match (&way.falls, way.shares.as_slice()) {
            (Some(_), _) => "falls",
            (None, []) => "stands",
            _ => "shares",
        };
        let why = way.falls.as_ref().map(|falls| falls.text.clone()).unwrap_or_default();
        let head = [(index + 1).to_string(), way.kind.word().to_owned(), way.id.clone(), way.name.clone(), state.to_owned()];
        [head.as_slice(), &reach(way), &[way.needs.join(", "), why]].concat()
    };
    card.instead.iter().chain(&card.falls_too).enumerate().map(record).collect()
}

fn row(row: &ToolRow) -> Vec<String> {
    let (state, why) = match &row.falls {
        Some(falls) => ("falls", falls.text.clone()),
        None => ("stands", String::new()),
    };
    let head = [row.id.clone(), row.name.clone(), state.to_owned()];
    let instead = row.instead.as_ref().map(|way| way.id.clone()).unwrap_or_default();
    let reach = row.instead.as_ref().map(reach).unwrap_or_default();
    [head.as_slice(), &[instead], &reach, &[why]].concat()
}

/// Where to go, and what to key in there.
fn reach(way: &UseInstead) -> [String; 2] {
    [way.number.clone().or_else(|| way.reach.clone()).unwrap_or_default(), way.pin.clone().unwrap_or_default()]
}
