//! `kit export wallet`: cards that are always there.

use clap::Args;
use jiff::{ToSpan, tz::TimeZone};

use crate::{
    cli::{
        failure::{Failure, Kind},
        printing::{self, Job, Printing, deliver, midnight},
        session::Session,
    },
    export::{Outgoing, wallet, wallet_cards},
    print::sheet_id,
    remember::Facts,
    store::SheetKind,
};

/// Cards for the wallet: the bridge and its PIN, whom to call, what your pager calls from; four on a page
///
/// Examples:
///   kit export wallet
///   kit export wallet Platform --copies "my wallet"
///
/// First names only, no services, nothing sealed: a wallet gets lost. The bridge's PIN is on it, for nobody gets in without. A
/// camera that looks at the code calls the bridge. Cut at the solid marks, fold at the dashed ones.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Parts of the team, as people have them under "teams"; without one, whoever leads and answers for what wakes people
    #[arg(value_name = "TEAM")]
    teams: Vec<String>,
    /// What somebody who finds it is asked to do
    #[arg(long, value_name = "TEXT")]
    found: Option<String>,
    #[command(flatten)]
    printing: Printing,
}

/// Days after which a card is replaced, whatever changed.
const REPLACE_DAYS: i32 = 30;

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let head = reading.generation.verified().head();
    let (kit, now) = (&store.trust().pin.kit, session.moment().now);
    let kit_text = kit.to_string();
    let out = Outgoing { team: &reading.team, kit: &kit_text, seq: head.seq, created: head.created, now, private: false };
    let mut card = wallet(out, &arguments.teams).map_err(|known| unknown(&arguments.teams, &known))?;
    card.found.clone_from(&arguments.found);
    arguments.printing.check(&session, SheetKind::Wallet, &card.title)?;
    let facts: Facts = card.facts().collect();
    let content: Vec<String> = facts.iter().map(|(what, says)| format!("{what} {says}")).collect();
    let content: Vec<&str> = [card.title.as_str()].into_iter().chain(content.iter().map(String::as_str)).collect();
    let id = sheet_id(kit, head.seq, SheetKind::Wallet, &content);
    let today = now.to_zoned(TimeZone::UTC).date();
    let replace_by = today.saturating_add(REPLACE_DAYS.days());
    let given = arguments.printing.fonts(&session)?;
    let fonts = printing::fonts(&given)?;
    let document = wallet_cards(&card, (&id, today, replace_by), arguments.printing.paper(), &fonts);
    let about = card.title.clone();
    let job = Job { kind: SheetKind::Wallet, about: &about, seq: head.seq, replace_by: midnight(replace_by), facts };
    deliver(&mut session, (&document, &fonts), (&store, &reader), &arguments.printing, job)
}

fn unknown(asked: &[String], known: &[String]) -> Failure {
    let failure = Failure::new(Kind::NotFound, format!("nobody is in {}.", asked.join(", ")));
    match known {
        [] => failure.hint("Nobody has \"teams\" in this kit; everybody's card: kit export wallet"),
        known => failure.hint(format!("There are: {}", known.join(", "))),
    }
}
