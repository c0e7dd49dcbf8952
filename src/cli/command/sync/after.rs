//! What a sync goes on to do with the places that answered: letters go there, and what members sent is taken in, for those who
//! read journals.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::clock_time,
    authored::count,
    bundle::{Hash, limits::BUNDLE_BYTES_MAX},
    cli::{command::ack, failure::Failure, session::Session},
    collect::collect,
    deliver::Delivery,
    key::Identity,
    open::Reading,
    reach::Route,
    record::{catch_up, journal_readers, owed},
    recount::{Whose, own_handle, recount},
    source::Bounds,
    store::{Store, StoreError},
    unseal,
};

/// Openings that are named in the line that tells of them.
const NAMED_MAX: usize = 3;

/// What came of it.
#[derive(Default)]
pub(super) struct After {
    /// What was sent.
    pub(super) delivery: Delivery,
    /// Openings by others that this machine had not heard of.
    pub(super) heard: Vec<Heard>,
    /// Entries of this device's journal that no letter carries.
    owed: usize,
}

/// An opening by somebody else.
#[derive(Serialize)]
pub(super) struct Heard {
    credential: String,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    at: Timestamp,
    at_clock: String,
}

/// Does it, with the places that did well. What does not work is in the result, or is not done: nothing of it fails a sync.
///
/// # Errors
/// When the store cannot be used.
pub(super) fn after(store: &Store, well: &[String], session: &mut Session<'_>) -> Result<After, Failure> {
    let opened = session.read_with_key_without_asking(store).ok();
    let mut after = After::default();
    if let Some((reading, reader)) = &opened {
        after.owed = caught_up(store, reading, session)?;
        after.heard = heard(store, (reading, reader), well, session)?;
    }
    after.delivery = ack::carry(store, well, &session.folder()?, session)?;
    Ok(after)
}

/// Queues what is owed where the passphrase is at hand; how many entries are owed then.
fn caught_up(store: &Store, reading: &Reading, session: &mut Session<'_>) -> Result<usize, Failure> {
    let Some(handle) = own_handle(store, reading)? else { return Ok(0) };
    let waiting = owed(store, &handle)?;
    if waiting == 0 || session.global.passphrase_file.is_none() {
        return Ok(waiting);
    }
    let key = unseal::device_key(store, &session.passphrase()?)?;
    if let Err(error) = catch_up(store, reading, &key, session.moment().now) {
        session.out.say(format!("kit: not all of this device's journal could be queued: {error}."));
    }
    Ok(owed(store, &handle)?)
}

/// Takes in what members sent, for those who read journals, and says which openings are new here.
fn heard(
    store: &Store,
    (reading, reader): (&Reading, &Identity),
    well: &[String],
    session: &Session<'_>,
) -> Result<Vec<Heard>, Failure> {
    let (settings, moment) = (store.settings()?, session.moment());
    if !journal_readers(reading, moment.now).contains(&settings.person) {
        return Ok(Vec::new());
    }
    let before = lines(store)?;
    let base = session.folder()?;
    let route = Route { places: well, base: &base, outside: &session.context.outside };
    let inboxes = collect(store, reading, reader, route, moment.now, |_| Bounds::of(BUNDLE_BYTES_MAX as u64))?;
    if inboxes.entries == 0 {
        return Ok(Vec::new());
    }
    let told = recount(store, reading, reader, Whose::All)?;
    let new = told.iter().filter(|one| !before.contains(&one.line.sha256)).filter_map(|one| one.opening());
    let of = |known: crate::answer::Known| Heard {
        credential: known.opening.credential.to_string(),
        version: known.opening.version,
        by: known.by.map(|id| reading.team.person_name(&id).to_owned()),
        at: known.opening.at,
        at_clock: clock_time(moment, known.opening.at),
    };
    let mut heard: Vec<Heard> = new.map(of).collect();
    heard.sort_by_key(|heard| std::cmp::Reverse(heard.at));
    Ok(heard)
}

/// The hashes of all lines that are here.
fn lines(store: &Store) -> Result<BTreeSet<Hash>, StoreError> {
    let mut all = BTreeSet::new();
    for handle in store.journals()? {
        all.extend(store.journal(&handle)?.lines.into_iter().map(|line| line.sha256));
    }
    Ok(all)
}

impl After {
    /// Says it below the answer; `is_updated` when another kit is here now.
    pub(super) fn say(&self, is_updated: bool, session: &mut Session<'_>) {
        if !self.heard.is_empty() && !session.global.json && !session.global.plain {
            let named = self.heard.iter().take(NAMED_MAX).map(|it| {
                let by = it.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
                format!("{}{by} at {}", it.credential, it.at_clock)
            });
            let more = self.heard.len().saturating_sub(NAMED_MAX);
            let more = (more > 0).then(|| format!("{more} more"));
            let named: Vec<String> = named.chain(more).collect();
            let heard = count(self.heard.len(), "opening");
            session.out.line(format!("  opened   {heard} heard of: {}: kit log --all", named.join(", ")));
        }
        ack::say(&self.delivery, is_updated, session);
        if self.owed > 0 {
            let entries = if self.owed == 1 { "1 entry".to_owned() } else { format!("{} entries", self.owed) };
            session.out.say(format!("kit: {entries} of this device's journal could not be queued yet. To send them: kit ack"));
        }
    }
}
