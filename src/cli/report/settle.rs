//! From what the sources gave to what is said of it: opened as far as it opens, stored unless it is a dry run.

use super::{Facts, Holds, Report, nothing_usable, sources};
use crate::{
    cli::{explain::not_taken, failure::Failure, session::Session},
    judge::Heard,
    open::OpenError,
    reach::suggested,
    store::{Accepted, Generation, Settings, Store},
    succeed, sync,
    team::{Rule, Team},
};

/// What a sync came to.
pub(in crate::cli) struct Settled {
    /// What is said of it.
    pub(in crate::cli) report: Report,
    /// Why the kit here cannot be opened: it is signed and newer, so it stays, but that is no success.
    pub(in crate::cli) trouble: Option<OpenError<()>>,
}

/// Takes what the sources gave. `unmet` says which requirements a kit does not meet.
///
/// # Errors
/// When nothing usable came, or the store cannot be written to.
pub(in crate::cli) fn settle(
    session: &Session<'_>,
    store: &mut Store,
    mut heard: Heard,
    is_dry: bool,
    unmet: impl Fn(Option<&Facts>) -> Vec<String>,
) -> Result<Settled, Failure> {
    let now = session.moment().now;
    let here = heard.here.as_ref().map(of_generation);
    let before = heard.here.take().map(|here| session.open_generation(store, here));
    // What came is opened before it is stored: so a dry run shows the same.
    let new = heard.best.as_ref().and_then(|best| Some(session.open_verified(store, best.verified.as_ref()?)));
    let stanza = match (&new, &before) {
        (Some(new), _) => new.as_ref().ok().map(|opened| opened.stanza),
        (None, Some(Ok(reading))) if reading.unopened.is_none() => Some(reading.stanza),
        _ => None,
    };
    let teams = before.as_ref().and_then(|before| before.as_ref().ok()).zip(new.as_ref().and_then(|new| new.as_ref().ok()));
    if let Some((old, new)) = teams {
        // A key that is another one under its old name is somebody's own, whoever signed it.
        let seq = heard.best.as_ref().and_then(|best| Some(best.verified.as_ref()?.seq())).unwrap_or_default();
        succeed::keys(&old.team, &new.team).map_err(|error| not_taken(&error, seq))?;
    }
    if !is_dry {
        heard.take(store, now, stanza)?;
    }
    let Some(best) = &heard.best else {
        return Err(nothing_usable(&heard, here.as_ref().map(|facts| facts.standing(now)), &unmet(here.as_ref())));
    };
    let came = best.verified.as_ref().map(Facts::of).or_else(|| heard.here.as_ref().map(of_generation));
    let seq_before = here.as_ref().map(|facts| facts.seq);
    let facts = came.or(here).expect("a source can only say that nothing changed of what is here");
    let old = before.as_ref().and_then(|before| before.as_ref().ok());
    let old_team = old.map(|reading| &reading.team);
    let new_team = new.as_ref().and_then(|new| Some((&new.as_ref().ok()?.team, best.verified.as_ref()?)));
    let changes = old.zip(new_team).map(|(old, new)| sync::changes((&old.team, old.generation.verified()), new));
    let team = new_team.map(|(team, _)| team).or(old_team);
    let settings = store.settings()?;
    let is_let_in = !is_dry && best.accepted == Accepted::New && old.is_none();
    let known = &settings.sources;
    let report = Report {
        updated: best.accepted == Accepted::New,
        dry_run: is_dry,
        mended: best.accepted == Accepted::Mended,
        seq: facts.seq,
        before: seq_before,
        source: heard.answers.get(best.index).map(|answer| answer.source.clone()).unwrap_or_default(),
        created: facts.created,
        signed_at: facts.signed_at(now),
        // By the names that were known before: a new kit could give its signer any.
        signed_by: facts.signed_by(old_team.or(team)),
        let_in: new_team.filter(|_| is_let_in).and_then(|(team, _)| holds(team, &settings)),
        changes: changes.unwrap_or_default(),
        unmet: unmet(Some(&facts)),
        suggested: team.map(|team| suggested(team, known)).unwrap_or_default(),
        sources: sources(&heard),
    };
    let trouble = match (new, before) {
        (Some(new), _) => new.err(),
        (None, Some(Ok(reading))) => reading.unopened.map(OpenError::Payload),
        // Nothing changed, so nothing is missing.
        (None, Some(Err(OpenError::Declined(())))) | (None, None) => None,
        (None, Some(Err(error))) => Some(error),
    };
    Ok(Settled { report, trouble })
}

fn of_generation(generation: &Generation) -> Facts {
    Facts::of(generation.verified()).beside(generation.state().last_seen, generation.notes().is_empty())
}

/// The tiers that this machine's device holds; nothing when the kit does not have it.
fn holds(team: &Team, settings: &Settings) -> Option<Vec<Holds>> {
    let device = team.devices.iter().find(|it| it.person == settings.person && it.name == settings.device)?;
    let keys = team.tiers.iter().filter_map(|(id, tier)| Some((id, tier.key().filter(|key| key.is_for(device))?)));
    let holds = keys.map(|(id, key)| {
        let with = if let Rule::Of { k, .. } = key.rule { k.saturating_sub(1) } else { 0 };
        Holds { tier: id.to_string(), with }
    });
    Some(holds.collect())
}
