//! What `kit tier` changes in a team directory: a key is made, holders come and go.

use std::path::Path;

use crate::{
    appoint::roots_of,
    authored::{self, Draft, edit::Edits, sealed::SealedFiles},
    bundle::tier::{KeyOf, Opened},
    cli::{
        failure::{Failure, Kind},
        publishing::opened,
        session::Session,
    },
    drop_holder::{Dropped, drop_holder},
    hold::{self, Ground, HoldError},
    key::Passphrase,
    store::Store,
    team::{Device, Id, Person, Rule, Team, Tier},
    unseal,
};

/// What `kit tier new` was told besides the id.
pub(in crate::cli) struct Label<'a> {
    pub(in crate::cli) holders: &'a [Id<Person>],
    pub(in crate::cli) rule: Option<Rule>,
    pub(in crate::cli) name: Option<&'a str>,
}

/// A directory that is worked on, and what this machine knows of the kit.
struct Work {
    store: Store,
    draft: Draft,
    team: Team,
    signed: Option<Team>,
    accepted: std::collections::BTreeSet<String>,
}

/// Makes the key of a tier.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn begin(id: &Id<Tier>, given: &Label<'_>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let work = Work::of(dir, None, session)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    let differs = |what, written: String| HoldError::Differs { tier: id.clone(), what, written };
    let label = match work.team.tiers.get(id) {
        Some(label) => {
            let is_set = |ids: &[Id<Person>]| ids.len() == label.holders.len() && ids.iter().all(|id| label.holders.contains(id));
            if !given.holders.is_empty() && !is_set(given.holders) {
                let written: Vec<&str> = label.holders.iter().map(Id::as_str).collect();
                return Err(differs("list of holders", written.join(", ")).into());
            }
            if given.rule.is_some_and(|rule| rule != label.rule) {
                return Err(differs("rule", label.rule.to_string()).into());
            }
            if given.name.is_some_and(|name| name != label.name) {
                return Err(differs("name", label.name.clone()).into());
            }
            label.clone()
        }
        None if given.holders.is_empty() => {
            return Err(Failure::from(HoldError::NoTier(id.clone())).hint("Or say who holds it: --holders a,b"));
        }
        None => {
            let label = Tier {
                name: given.name.unwrap_or(id.as_str()).to_owned(),
                rule: given.rule.unwrap_or_default(),
                holders: given.holders.to_vec(),
                keys: Vec::new(),
            };
            edits.add_tier(id, &label)?;
            label
        }
    };
    let tier = hold::begin(&work.ground(session), id, &label)?;
    work.keep(("MADE", id, &tier), (&edits, SealedFiles::default()), dir, session)
}

/// Lets one more person hold a tier, or gives a holder's new devices their box.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn add(id: &Id<Tier>, person: &Id<Person>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let passphrase = session.passphrase()?;
    let work = Work::of(dir, Some(&passphrase), session)?;
    let ground = work.ground(session);
    let key = ground.trusted(id)?.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
    ground.holders(std::slice::from_ref(person))?;
    let opener = unseal::opener(&work.store, &passphrase)?;
    let Opened::Whole(identity) = (KeyOf { kit: ground.kit, tier: id, key }).open(work.own_device()?, &opener)? else {
        return Err(Failure::new(Kind::CannotOpen, format!("tier {id} opens for {} only.", key.rule.in_words()))
            .hint(format!("Ask them for their shares: kit request {id}"))
            .hint(format!("Then, with what they send: kit tier add {id} {person} --with SHARE --dir {}", dir.display())));
    };
    let tier = hold::add_holder(&ground, id, person, &identity)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    edits.set_holders(id, tier.rule, &tier.holders)?;
    work.keep(("ADDED", id, &tier), (&edits, SealedFiles::default()), dir, session)
}

/// Takes a holder out of a tier, which gets another key.
///
/// # Errors
/// [`Failure`]; nothing was written.
pub(in crate::cli) fn remove(id: &Id<Tier>, person: &Id<Person>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let passphrase = session.passphrase()?;
    let work = Work::of(dir, Some(&passphrase), session)?;
    let opener = unseal::opener(&work.store, &passphrase)?;
    let own = work.own_device().ok().map(|device| (device, &opener));
    let why = format!("{person} stopped holding {id}");
    let dropped = drop_holder(&work.ground(session), SealedFiles::default(), (id, person), own, &why)?;
    let mut edits = Edits::of_draft(&work.draft)?;
    edits.set_holders(id, dropped.tier.rule, &dropped.tier.holders)?;
    let Dropped { tier, sealed, rotate, left } = dropped;
    work.keep(("REMOVED", id, &tier), (&edits, sealed), dir, session)?;
    session.out.lines(rotate.iter().map(|credential| format!("  to rotate  {credential}")));
    let old =
        left.iter().map(|credential| format!("  {credential} stays under the old key until: kit seal {credential} --dir DIR"));
    session.out.lines(old);
    session.out.line("  Removal revokes the future, not the past: what could be read stays known until it has a new value.");
    Ok(())
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
        Ok(Self { store, draft, team, signed: signed.map(|(_, reading)| reading.team), accepted })
    }

    fn ground(&self, session: &Session<'_>) -> Ground<'_> {
        let moment = session.moment();
        Ground {
            kit: &self.store.trust().pin.kit,
            team: &self.team,
            signed: self.signed.as_ref(),
            accepted: &self.accepted,
            now: moment.now,
            today: moment.here().date(),
        }
    }

    /// This device, as the directory has it.
    fn own_device(&self) -> Result<&Device, Failure> {
        let settings = self.store.settings()?;
        let is_own = |device: &&Device| device.person == settings.person && device.name == settings.device;
        Ok(self.team.devices.iter().find(is_own).ok_or(unseal::UnsealError::NotInRoster)?)
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
