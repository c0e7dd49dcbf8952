//! `kit request`: holders are asked for their shares of a tier's key.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, LineUp, Match},
    bundle::request::ASK_WORDS,
    cli::{
        complete::names,
        failure::Failure,
        find::{find, name_of},
        quorum::{self, Kit},
        screen,
        session::Session,
    },
    open::Reading,
    request::{self, Wanted},
    team::{Capsule, Responder, Thing},
    unseal,
};

/// Ask other holders for their shares, by phone or by chat
///
/// Examples:
///   kit request okta-admin
///   kit request break-glass --reason "nobody can sign in" --incident INC-7
///
/// For a credential that some holders open together, or for a tier. It prints a code to read out on the phone, and a longer
/// text for a chat that also says why; a holder answers either with kit approve. It is recorded in your journal first. Nothing
/// of it is secret, and nobody can have an answer sent to themselves with it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A credential or a tier
    #[arg(value_name = "NAME", required = true, add = names(&KINDS))]
    query: Vec<String>,
    /// Why, in a few words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The incident, if it has a name
    #[arg(long, value_name = "NAME")]
    incident: Option<String>,
    /// The text as codes to photograph, too
    #[arg(long)]
    qr: bool,
}

const KINDS: [Thing; 2] = [Thing::Credential, Thing::Tier];

/// What is asked, of whom, and how.
#[derive(Serialize)]
pub(crate) struct Answer {
    schema: &'static str,
    /// To be spoken.
    pub(crate) code: String,
    /// What both sides compare.
    pub(crate) words: [&'static str; ASK_WORDS],
    /// To be pasted.
    pub(crate) text: String,
    /// What was named: a credential or a tier.
    pub(crate) name: String,
    /// What it opens: the credential that was named, else each of the tier.
    pub(crate) opens: Vec<String>,
    /// The tier.
    pub(crate) tier: String,
    /// Which key.
    key: u32,
    /// How many shares it takes.
    pub(crate) needed: u8,
    /// How many holders there are.
    pub(crate) of: usize,
    /// Whether whoever asks has one.
    pub(crate) own_counts: bool,
    /// The other holders, in the order to call them.
    pub(crate) holders: LineUp,
    /// The words of the entry's receipt.
    pub(crate) receipt: Vec<&'static str>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let query = name_of(&arguments.query)
        .ok_or_else(|| Failure::usage("the name of what to open is empty.").hint("What there is: kit lookup credential"))?;
    let kit = Kit::open(&mut session)?;
    let found = find(&mut session, &kit.reading, &query, &KINDS, "request")?;
    let reading = &kit.reading;
    let wanted = request::wanted(reading, found.kind, &found.id)?;
    let own = unseal::own_device(&kit.store, reading)?.clone();
    let (tier, version, needed) = (wanted.tier.to_string(), wanted.key.version, wanted.needed);
    let (own_counts, of) = (wanted.key.is_for(&own), wanted.key.holders.len());
    let others: Vec<Responder> =
        wanted.key.holders.iter().filter(|holder| **holder != own.person).map(Responder::person).collect();
    let nothing = answer::WhatIf::default();
    let holders = answer::awake_first(session.scene(reading, &nothing), &others);
    let why = quorum::why(&session, "What is it for?", arguments.reason.as_deref(), arguments.incident.as_deref())?;
    let (key, _) = kit.hand(&mut session)?;
    let requested = request::request(&kit.store, &kit.reading, &wanted, (&own, &key), why)?;
    quorum::say_unsent(&mut session, &requested.recorded);
    let code = requested.request.code();
    let answer = Answer {
        schema: "kit.request/1",
        code: code.to_string(),
        words: code.words(),
        text: requested.request.to_string(),
        opens: opens(reading, &wanted, &found),
        name: found.id,
        tier,
        key: version,
        needed,
        of,
        own_counts,
        holders,
        receipt: requested.recorded.line.receipt().into(),
    };
    session.print(&answer, Vec::new, |screen| screen::request(screen, &answer, arguments.qr))
}

/// The credentials that are opened with it: the one that was named, else all that the key opens.
fn opens(reading: &Reading, wanted: &Wanted<'_>, found: &Match) -> Vec<String> {
    if found.kind == Thing::Credential {
        return vec![found.id.clone()];
    }
    let is_its = |capsule: &Capsule| capsule.tier == *wanted.tier && capsule.key == wanted.key.version;
    let all = reading.team.credentials.iter().filter(|(_, it)| it.capsule.as_ref().is_some_and(is_its));
    all.map(|(id, _)| id.to_string()).collect()
}
