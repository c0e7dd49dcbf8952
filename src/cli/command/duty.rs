//! `kit duty`: join, wait for the page, or sleep on.

use clap::Args;

use crate::{
    answer::{self, Duty},
    cli::{
        complete::names,
        failure::Failure,
        find::{find, name_of},
        options::Assumed,
        screen,
        session::Session,
    },
    team::{Id, Thing},
};

/// Say whether somebody is needed now: join, wait for the page, or sleep on
///
/// Examples:
///   kit duty
///   kit duty bob.reyes --at "Sun 03:00"
///
/// The first line begins with JOIN NOW, WAIT FOR THE PAGE, SLEEP ON or UNKNOWN, and says why. Without a name it is
/// about the person of this device.
///
/// With --plain: verdict, reason, until when (RFC 3339), who releases them.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// About somebody else
    #[arg(value_name = "PERSON", add = names(&[Thing::Person]))]
    name: Vec<String>,
    /// The same
    #[arg(long = "as", value_name = "PERSON", conflicts_with = "name", add = names(&[Thing::Person]))]
    person: Option<String>,
    #[command(flatten)]
    assumed: Assumed,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let own = session.store()?.settings()?.person;
    let reading = session.read()?;
    let person = match arguments.person.clone().or_else(|| name_of(&arguments.name)) {
        Some(query) => {
            let found = find(&mut session, &reading, &query, &[Thing::Person], "duty")?;
            Id::parse(&found.id).expect("found among people, whose keys are ids")
        }
        None => own.clone(),
    };
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let duty = answer::duty(session.scene(&reading, &what_if), &person);
    let assumed = what_if.text(&reading.team);
    let is_own = person == own;
    session.reply(
        &reading,
        "kit.duty/1",
        &duty,
        || vec![record(&duty)],
        |screen, standing| {
            screen::duty(screen, &duty, is_own, &assumed, standing);
        },
    )?;
    Ok(())
}

fn record(duty: &Duty) -> Vec<String> {
    vec![
        duty.verdict.text().to_owned(),
        duty.reason.clone(),
        duty.until.as_ref().map(|until| until.at.to_string()).unwrap_or_default(),
        duty.released_by.as_ref().map(|call| call.name.clone()).unwrap_or_default(),
    ]
}
