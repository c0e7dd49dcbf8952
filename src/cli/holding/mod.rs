//! What `kit tier` changes in a team directory: a key is made, holders come and go, a tier ends.

mod label;
mod words;

use std::path::Path;

use jiff::Timestamp;

use crate::{
    appoint::roots_of,
    authored::{self, Draft, edit::Edits, sealed::SealedFiles},
    bundle::{KeyOf, TierError},
    cli::{
        failure::{Failure, Kind},
        opening::given,
        publishing::opened,
        session::Session,
    },
    gather::gather,
    hold::{self, Ground, HoldError},
    key::Passphrase,
    open::Reading,
    record::{Machine, Recorded},
    rekey::{Cause, Rekeyed, rekey},
    store::Store,
    team::{Device, Id, Person, Rule, Team, Tier},
    unbox::Unboxer,
    unseal,
};

pub(in crate::cli) use label::{Label, begin, end};
pub(in crate::cli) use words::thin;

/// A directory that is worked on, and what this machine knows of the kit.
struct Work {
    store: Store,
    draft: Draft,
    team: Team,
    signed: Option<Reading>,
    accepted: std::collections::BTreeSet<String>,
}

/// Lets one more person hold a tier, or gives a holder's new devices their box. `with` are shares of other holders.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn add(
    (id, person): (&Id<Tier>, &Id<Person>),
    with: &[String],
    dir: &Path,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let passphrase = session.passphrase()?;
    let work = Work::of(dir, Some(&passphrase), session)?;
    let ground = work.ground(session);
    let key = ground.trusted(id)?.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
    ground.holders(std::slice::from_ref(person))?;
    let hand = work.hand(session, &passphrase, ("tier add", format!("{person} is to hold {id}")))?.ok_or_else(|| {
        Failure::usage(
            "there is no kit with this device on this machine yet, so nothing can be recorded, and nothing was opened.",
        )
        .hint(format!("First: kit publish {}", dir.display()))
    })?;
    let hand = with_shares(hand, (id, &ground), with, session)?;
    let (identity, recorded) = hand.unbox(id, key).map_err(|error| match error {
        HoldError::Tier(TierError::TooFew { .. }) => {
            Failure::new(Kind::CannotOpen, format!("tier {id} opens for {} only. Nothing was written.", key.rule.in_words()))
                .hint(format!("Ask them for their shares: kit request {id}"))
                .hint(format!("Then, with what they send: kit tier add {id} {person} --with SHARE --dir {}", dir.display()))
        }
        HoldError::Tier(TierError::NotForUs) => words::no_key((id, key, person), &work.team, dir),
        error => error.into(),
    })?;
    let tier = hold::add_holder(&ground, id, person, &identity)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    edits.set_holders(id, tier.rule, &tier.holders)?;
    work.keep(("ADDED", id, &tier), (&edits, SealedFiles::default()), dir, session)?;
    receipts(session, &[recorded]);
    Ok(())
}

/// Takes a holder out of a tier, which gets another key.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn remove(id: &Id<Tier>, person: &Id<Person>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let why = format!("{person} stopped holding {id}");
    let cause = Cause { gone: Some(person), why: &why };
    another_key(("REMOVED", "tier remove"), id, cause, &[], dir, session)?;
    session.out.line("  Removal revokes the future, not the past: what could be read stays known until it has a new value.");
    Ok(())
}

/// Makes another key for the same holders.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn renew(
    id: &Id<Tier>,
    (reason, with): (Option<&str>, &[String]),
    dir: &Path,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let me = session.store_of(roots_of(dir)?.kit())?.settings()?.person;
    let why = reason.map_or_else(|| format!("its key was combined by {me}"), str::to_owned);
    another_key(("REKEYED", "tier rekey"), id, Cause { gone: None, why: &why }, with, dir, session)
}

fn another_key(
    (verb, by): (&str, &'static str),
    id: &Id<Tier>,
    cause: Cause<'_>,
    with: &[String],
    dir: &Path,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let passphrase = session.passphrase()?;
    let work = Work::of(dir, Some(&passphrase), session)?;
    let ground = work.ground(session);
    ground.trusted(id)?;
    let hand = match work.hand(session, &passphrase, (by, cause.why.to_owned()))? {
        Some(hand) => Some(with_shares(hand, (id, &ground), with, session)?),
        None => None,
    };
    let Rekeyed { tier, sealed, rotate, left, recorded } = rekey(&ground, SealedFiles::default(), id, cause, hand.as_ref())?;
    let mut edits = Edits::of_draft(&work.draft)?;
    edits.set_holders(id, tier.rule, &tier.holders)?;
    work.keep((verb, id, &tier), (&edits, sealed), dir, session)?;
    thin(session, (id, &tier), &work.team, dir);
    receipts(session, &recorded);
    session.out.lines(rotate.iter().map(|credential| format!("  to rotate  {credential}")));
    stays(session, &left, dir);
    Ok(())
}

/// Says what stays sealed to an old key.
pub(in crate::cli) fn stays(session: &mut Session<'_>, left: &[Id<crate::team::Credential>], dir: &Path) {
    let dir = dir.display();
    let line = |id| format!("  {id} stays under the old key until: kit seal {id} --dir {dir}");
    session.out.lines(left.iter().map(line));
}

/// Says what was recorded, and what of it will not be sent.
pub(in crate::cli) fn receipts(session: &mut Session<'_>, recorded: &[Recorded]) {
    for one in recorded {
        session.out.line(format!("  opened here  Receipt: {}", one.line.receipt().join(" ")));
        if let Some(unsent) = &one.unsent {
            session
                .out
                .say(format!("WARN  it is recorded on this machine, but not queued for those who read journals: {unsent}."));
        }
    }
}

/// The same hand with what other holders sent, each share checked.
fn with_shares<'w>(
    mut hand: Unboxer<'w>,
    (id, ground): (&Id<Tier>, &Ground<'_>),
    with: &[String],
    session: &mut Session<'_>,
) -> Result<Unboxer<'w>, Failure> {
    if !with.is_empty() {
        let key = ground.trusted(id)?.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
        let texts = given(session, with, hand.by)?;
        let gathered = gather(&hand.opener, KeyOf { kit: ground.kit, tier: id, key }, &texts)?;
        for (holder, word) in &gathered.mended {
            session.out.say(format!("Word {word} of {holder}'s share was heard wrongly; kit found the right one."));
        }
        hand.more = gathered.shares;
    }
    Ok(hand)
}

impl Work {
    fn of(dir: &Path, passphrase: Option<&Passphrase>, session: &mut Session<'_>) -> Result<Self, Failure> {
        let store = session.store_of(roots_of(dir)?.kit())?;
        let signed = match opened(&store, &session.context.children, passphrase)? {
            None if passphrase.is_none() && store.current().is_ok() => {
                let passphrase = session.passphrase()?;
                opened(&store, &session.context.children, Some(&passphrase))?
            }
            found => found,
        };
        let draft = authored::read(dir)?;
        let team = authored::check(&draft, session.moment().here().date()).map_err(authored::LoadError::from)?.team;
        let accepted = store.settings()?.acknowledged;
        Ok(Self { store, draft, team, signed: signed.map(|(_, reading)| reading), accepted })
    }

    fn ground(&self, session: &Session<'_>) -> Ground<'_> {
        let moment = session.moment();
        Ground {
            kit: &self.store.trust().pin.kit,
            team: &self.team,
            signed: self.signed.as_ref().map(|reading| &reading.team),
            accepted: &self.accepted,
            now: moment.now,
            today: moment.here().date(),
        }
    }

    /// This device with its keys open; [`None`] where there is no kit yet, or the directory lacks the device.
    fn hand(
        &self,
        session: &Session<'_>,
        passphrase: &Passphrase,
        (by, reason): (&'static str, String),
    ) -> Result<Option<Unboxer<'_>>, Failure> {
        let Some(reading) = &self.signed else { return Ok(None) };
        hand((&self.store, reading), &self.team.devices, passphrase, (by, reason, session.when()))
    }

    /// Writes a changed tier, and says what it came to.
    fn keep(
        &self,
        (verb, id, tier): (&str, &Id<Tier>, &Tier),
        (edits, mut sealed): (&Edits, SealedFiles),
        dir: &Path,
        session: &mut Session<'_>,
    ) -> Result<(), Failure> {
        sealed.tiers.insert(id.clone(), tier.keys.clone());
        let written = hold::keep(&self.store, dir, (edits, &sealed), session.moment().here().date())?;
        let key = tier.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
        let holders: Vec<&str> = key.holders.iter().map(|person| self.team.person_name(person)).collect();
        session.out.line(format!("{verb}  tier {id}, key {}   opened by {}", key.version, key.rule.in_words()));
        session.out.lines(holders.iter().map(|name| format!("  holder  {name}")));
        session.out.lines(written.iter().map(|file| format!("  wrote   {}/{file}", dir.display())));
        session.out.line(format!("  It counts from the next kit on: kit publish {}", dir.display()));
        Ok(())
    }
}

/// This device with its keys open; [`None`] where it is none of `devices`.
///
/// # Errors
/// When its keys do not open.
pub(in crate::cli) fn hand<'a>(
    (store, reading): (&'a Store, &'a Reading),
    devices: &'a [Device],
    passphrase: &Passphrase,
    (by, reason, (now, machine)): (&'static str, String, (Timestamp, Machine)),
) -> Result<Option<Unboxer<'a>>, Failure> {
    let settings = store.settings()?;
    let Some(device) = devices.iter().find(|device| device.person == settings.person && device.name == settings.device) else {
        return Ok(None);
    };
    let (opener, key) = (unseal::opener(store, passphrase)?, unseal::device_key(store, passphrase)?);
    Ok(Some(Unboxer { store, reading, device, opener, key, more: Vec::new(), by, reason, now, machine }))
}

/// The kit and the passphrase, asked for once, where this device opens what somebody who leaves could read; [`None`] where it
/// does not, or where nobody can be asked.
///
/// # Errors
/// When the kit does not open.
pub(in crate::cli) fn signed_where_it_opens(
    (store, team): (&Store, Option<&Team>),
    leaver: &Id<Person>,
    said: Option<Passphrase>,
    session: &mut Session<'_>,
) -> Result<Option<(Passphrase, Reading)>, Failure> {
    let settings = store.settings()?;
    let opens = |team: &&Team| {
        let own = team.devices.iter().find(|device| device.person == settings.person && device.name == settings.device);
        let mut held = team.tiers.values().flat_map(|tier| &tier.keys).filter(|key| key.holders.contains(leaver));
        own.is_some_and(|own| held.any(|key| key.rule == Rule::Any && key.is_for(own)))
    };
    let can_ask = said.is_some() || session.ask.allowed || session.global.passphrase_file.is_some();
    if !can_ask || team.filter(opens).is_none() {
        return Ok(None);
    }
    let passphrase = said.map_or_else(|| session.passphrase(), Ok)?;
    Ok(opened(store, &session.context.children, Some(&passphrase))?.map(|(_, reading)| (passphrase, reading)))
}
