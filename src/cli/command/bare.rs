//! `kit` alone: who is in charge, how to join, what to type next.

use serde::Serialize;

use crate::{
    answer::{self, BridgeCard, InCharge, NamesToTry, NumberCard, WhatIf},
    cli::{failure::Failure, screen, session::Session},
    open::Reading,
};

/// Who leads, and where.
#[derive(Serialize)]
struct Answer {
    in_charge: Option<InCharge>,
    join: Option<BridgeCard>,
    names_to_try: NamesToTry,
}

pub(super) fn run(mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    reply(session, &reading)
}

/// The same of a kit that is open already.
pub(super) fn reply(mut session: Session<'_>, reading: &Reading) -> Result<(), Failure> {
    let nothing = WhatIf::default();
    let scene = session.scene(reading, &nothing);
    let answer =
        Answer { in_charge: answer::in_charge(scene), join: answer::way_in(scene), names_to_try: answer::names_to_try(scene) };
    session.reply(
        reading,
        "kit/1",
        &answer,
        || records(&answer),
        |screen, standing| {
            screen::bare(screen, answer.in_charge.as_ref(), answer.join.as_ref(), &answer.names_to_try, standing);
        },
    )
}

/// Act, id, name, number for dialling, number for reading, PIN.
fn records(answer: &Answer) -> Vec<Vec<String>> {
    let record = |act: &str, id: &str, name: &str, number: Option<&NumberCard>, pin: Option<&String>| {
        let (e164, shown) = number.map(|number| (number.e164.clone(), number.shown.clone())).unwrap_or_default();
        vec![act.to_owned(), id.to_owned(), name.to_owned(), e164, shown, pin.cloned().unwrap_or_default()]
    };
    let call =
        answer.in_charge.iter().map(|InCharge { call, .. }| record("call", &call.id, &call.name, call.number.as_ref(), None));
    let join = answer.join.iter().map(|way| record("join", &way.id, &way.name, way.numbers.first(), way.pin.as_ref()));
    call.chain(join).collect()
}
