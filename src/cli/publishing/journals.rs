//! What members' journals say goes into the kit that is published: how far each goes, and what is burned.

use crate::{
    answer::burned,
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{failure::Failure, session::Session},
    collect::collect,
    key::Identity,
    open::Reading,
    publish::Prepared,
    reach::Route,
    recount::{Whose, openings, recount},
    source::Bounds,
    store::Store,
    tally::tally,
};

/// Takes in what members sent, unless it is only a trial, and puts what the journals say into the kit. Says what is burned, and
/// which journals contradict what everybody holds.
pub(in crate::cli) fn tell_openings(
    store: &Store,
    (reader, reading): &(Identity, Reading),
    prepared: &mut Prepared,
    (route, is_trial): (Route<'_>, bool),
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let now = session.moment().now;
    if !is_trial {
        // What a place does not give now comes with a later kit; that it gives nothing was told when it was looked at.
        if let Err(error) = collect(store, reading, reader, route, now, |_| Bounds::of(BUNDLE_BYTES_MAX as u64)) {
            session.out.say(format!("kit: what members sent could not be taken in: {error}."));
        }
    }
    let tally = tally(store, reading, reader, &prepared.team, now)?;
    prepared.team.ledger = tally.ledger;
    let told = recount(store, reading, reader, Whose::All)?;
    if !session.out.is_json() {
        for burned in burned(&prepared.team, &openings(&told), session.moment()) {
            session.out.say(format!("  {:<8} {}, {}", "opened", burned.credential, burned.words()));
        }
    }
    for contradiction in &tally.contradicted {
        session.out.say(format!("ALARM  {contradiction}. The kit goes on to say what it said of it: kit log verify --all"));
    }
    Ok(())
}
