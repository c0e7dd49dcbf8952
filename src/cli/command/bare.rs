//! `kit` alone: who is in charge, how to join, what to type next.

use serde::Serialize;

use crate::{
    answer::{self, BridgeCard, InCharge},
    cli::{
        failure::Failure,
        screen::{self, Standing},
        session::Session,
    },
};

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    in_charge: &'a Option<InCharge>,
    join: &'a Option<BridgeCard>,
    kit: &'a Standing,
}

pub(super) fn run(mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let moment = session.moment();
    let (charge, bridge) = (answer::in_charge(&reading.team, moment), BridgeCard::first(&reading.team, moment));
    let standing = session.standing(&reading);
    if session.out.json {
        return session.out.json(&Answer { schema: "kit/1", in_charge: &charge, join: &bridge, kit: &standing });
    }
    session.out.lines(screen::bare(session.context.terminal.columns, charge.as_ref(), bridge.as_ref(), &standing));
    Ok(())
}
