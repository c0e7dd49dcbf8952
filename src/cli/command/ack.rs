//! `kit ack`: "I have this kit, I can open what I hold", for whoever publishes or leads.

use std::{path::Path, time::Duration};

use clap::Args;
use serde::Serialize;

use crate::{
    acknowledge::{self, Acknowledgement},
    authored,
    bundle::limits::LETTER_BYTES_MAX,
    cli::{failure::Failure, session::Session},
    deliver::{self, Delivery},
    open::{self, Reading},
    reach::Route,
    record,
    source::Bounds,
    store::{Store, StoreError},
    unseal,
};

/// How long one source may take to take letters: somebody waits for the answer, and nothing is lost.
const DELIVERY: Duration = Duration::from_secs(15);

/// Say that this device has the kit and can open it, to those who publish and lead
///
/// Examples:
///   kit ack
///   kit ack --passphrase-file FILE
///
/// Signed by this device and sealed to them; nobody else can read it. It asks for the passphrase, once, and tries your key for
/// credentials with it. Without a network it waits here, and goes with the next kit sync. Who has which kit: kit acks
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    seq: u64,
    number: u64,
    contacts: bool,
    credentials: bool,
    readers: Vec<String>,
    delivered: bool,
    source: Option<&'a str>,
    waiting: usize,
}

pub(super) fn run(_: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let base = session.folder()?;
    // The reader, the opener and the signing key open with one passphrase.
    let passphrase = session.passphrase()?;
    let reading = open::open(&store, &session.context.children, || Ok::<_, Failure>(passphrase.clone()))?;
    let now = session.moment().now;
    let ack = acknowledge::acknowledge(&store, &reading, &passphrase, now)?;
    // The passphrase is at hand: what could not be queued when it was recorded goes too.
    let caught_up = unseal::device_key(&store, &passphrase)
        .map_err(|error| error.to_string())
        .and_then(|key| record::catch_up(&store, &reading, &key, now));
    if let Err(error) = caught_up {
        session.out.say(format!("kit: not all of this device's journal could be queued: {error}."));
    }
    let delivery = carry(&store, &store.settings()?.sources, &base, &session)?;
    let source = delivery.delivered.last().map(|(source, _)| source.as_str()).filter(|_| delivery.waiting == 0);
    if session.out.is_json() {
        return session.out.json(&Answer {
            schema: "kit.ack/1",
            seq: ack.held.seq,
            number: ack.number,
            contacts: ack.contacts,
            credentials: ack.credentials,
            readers: ack.readers.iter().map(ToString::to_string).collect(),
            delivered: source.is_some(),
            source,
            waiting: delivery.waiting,
        });
    }
    session.out.line(match source {
        Some(source) => format!("ACKNOWLEDGED  kit {}, sent to {source}", ack.held),
        None => format!("QUEUED  kit {} is acknowledged here; it goes with the next kit sync", ack.held),
    });
    opens(&ack, &reading, &mut session);
    delivery.passed_over.iter().for_each(|problem| session.out.say(format!("kit: {problem}")));
    Ok(())
}

/// What opens here, and who will read that.
fn opens(ack: &Acknowledgement, reading: &Reading, session: &mut Session<'_>) {
    let opens = match (ack.contacts, ack.credentials) {
        (true, true) => "contacts and credentials",
        (true, false) => "contacts, NOT credentials: your key for them does not open with this passphrase",
        (false, true) => "credentials, NOT the contacts of this kit: an older one answers here",
        (false, false) => "NEITHER contacts nor credentials",
    };
    let readers: Vec<&str> = ack.readers.iter().map(|id| reading.team.person_name(id)).collect();
    session.out.line(format!("  opens    {opens}"));
    session.out.line(format!("  read by  {}", readers.join(", ")));
}

/// Takes what waits to the first of these sources that takes it. A failure of theirs is in the result, and fails nothing.
pub(super) fn carry(store: &Store, sources: &[String], base: &Path, session: &Session<'_>) -> Result<Delivery, StoreError> {
    let route = Route { places: sources, base, outside: &session.context.outside };
    deliver::deliver(store, route, |_| {
        let mut bounds = Bounds::of(LETTER_BYTES_MAX as u64);
        bounds.total = DELIVERY;
        bounds
    })
}

/// Says what was delivered beside another answer; nothing when nothing waited. After an update it was about the kit before.
pub(super) fn say(delivery: &Delivery, is_updated: bool, session: &mut Session<'_>) {
    let is_screen = !session.global.json && !session.global.plain;
    for (source, sent) in delivery.delivered.iter().filter(|_| is_screen) {
        session.out.line(format!("  sent     {sent}, to {source}"));
    }
    if is_screen && is_updated && delivery.delivered.iter().any(|(_, sent)| sent.acknowledgements > 0) {
        session.out.line("  next     it was about the kit before; acknowledge this one: kit ack");
    }
    if delivery.waiting > 0 {
        let waiting = authored::count(delivery.waiting, "letter");
        session.out.say(format!("kit: {waiting} could not be delivered, and waits for the next kit sync."));
        delivery.passed_over.iter().for_each(|problem| session.out.say(format!("kit: {problem}")));
    }
    for path in &delivery.damaged {
        session.out.say(format!("kit: {path} is damaged and cannot be delivered. Remove it, and acknowledge again: kit ack"));
    }
}
