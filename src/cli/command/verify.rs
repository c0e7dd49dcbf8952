//! `kit verify`: whether a file is this team's kit, without opening it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::keys::rows_of_words;
use crate::{
    bundle::{
        self, KitId, Pin, Verified,
        invite::{self, Invite},
        limits::BUNDLE_BYTES_MAX,
    },
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    disk,
    source::BUNDLE_NAME,
    store::{Order, Store},
};

/// Check that a file is a whole, signed kit of this team; opens nothing and needs no key
///
/// Examples:
///   kit verify /media/stick/bundle.kit
///   kit verify bundle.kit --invite kit-invite1:…
///
/// Against the kit on this machine, or against an invite. A courier who has neither learns whether the file is intact and
/// which words belong to it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The file, or "-"
    file: PathBuf,
    /// Check against this invite instead of the kit on this machine
    #[arg(long, value_name = "INVITE")]
    invite: Option<String>,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    /// `new`, `newer`, `same` or `older` than what this machine has.
    standing: &'static str,
    kit: &'a KitId,
    seq: u64,
    root_version: u32,
    created: String,
    signers: Vec<String>,
    sha256: String,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    // A folder is a source: what is published there is meant.
    let file = if disk::is_folder(&arguments.file) { arguments.file.join(BUNDLE_NAME) } else { arguments.file.clone() };
    // What stands on a stick may be a pipe that nobody ever writes to; what the user pipes in comes from /dev.
    let is_piped = file == Path::new("-") || file.starts_with("/dev/fd");
    let cap = BUNDLE_BYTES_MAX as u64;
    let bytes = if is_piped { session.given(&file, cap)? } else { disk::read(&file, cap)? };
    let pin = match &arguments.invite {
        Some(invite) => Some(Invite::parse(&session.given_text(invite, "kit-invite1:")?)?.pin().clone()),
        None => own_pin(&bytes, &session)?,
    };
    let Some(pin) = pin else { return Err(unpinned(bytes)) };
    let verified = bundle::verify(bytes, &pin)?;
    let head = verified.head();
    let signers: Vec<String> = verified.signers().iter().map(crate::key::VerifyKey::fingerprint).collect();
    let (standing, sentence) = compared(&session, &pin, &verified)?;
    if standing == "fork" {
        return Err(
            Failure::new(Kind::NotTrusted, format!("FORK: {sentence}.")).hint("Ask the publishers which of the two is theirs.")
        );
    }
    if session.out.is_json() {
        return session.out.json(&Answer {
            standing,
            schema: "kit.verify/1",
            kit: &pin.kit,
            seq: head.seq,
            root_version: verified.root_version(),
            created: head.created.to_string(),
            signers,
            sha256: verified.sha256().to_string(),
        });
    }
    session.out.lines([
        format!("GOOD  kit {}, whole and signed by its publishers", head.seq),
        String::new(),
        format!("  signed    {}", head.created),
        format!("  by        {}", signers.join(", ")),
        format!("  kit id    {}, root {}", pin.kit, verified.root_version()),
        format!("  sha256    {}", verified.sha256()),
        format!("  {sentence}"),
    ]);
    Ok(())
}

/// The pin of the kit on this machine that the file says it is, if it is here.
fn own_pin(bytes: &[u8], session: &Session<'_>) -> Result<Option<Pin>, Failure> {
    let claimed = bundle::verify_unpinned(bytes.to_vec()).ok().map(|unpinned| unpinned.kit().clone());
    let kits = match session.home() {
        Ok(home) => Store::list(home)?,
        Err(_) => Vec::new(),
    };
    match (claimed, kits.as_slice()) {
        (Some(claimed), kits) if kits.contains(&claimed) => Ok(Some(session.store_of(&claimed)?.trust().pin.clone())),
        // Damaged or of another kit: the verifier says which, against the one that is here.
        (_, [only]) => Ok(Some(session.store_of(only)?.trust().pin.clone())),
        _ => Ok(None),
    }
}

/// How it stands to what is here: a word for scripts and a sentence.
fn compared(session: &Session<'_>, pin: &Pin, verified: &Verified) -> Result<(&'static str, &'static str), Failure> {
    let order = match session.home().map(|home| Store::open(home, &pin.kit)) {
        Ok(Ok(store)) => store.order(verified)?,
        _ => Order::First,
    };
    Ok(match order {
        Order::First => ("new", "this machine has no generation of this kit"),
        Order::Newer => ("newer", "newer than the kit on this machine:  kit sync --from FILE"),
        Order::Same => ("same", "the same as the kit on this machine"),
        Order::Older => ("older", "OLDER than the kit on this machine: kit sync refuses it"),
        Order::Fork => ("fork", "it has the number of the kit on this machine, but is another one"),
        Order::RootFork => ("fork", "its roots part from those that are accepted on this machine"),
    })
}

/// Intact or not, nobody here can say whose it is.
fn unpinned(bytes: Vec<u8>) -> Failure {
    match bundle::verify_unpinned(bytes) {
        Err(refusal) => refusal.into(),
        Ok(unpinned) => {
            let failure = Failure::new(Kind::NotTrusted, "the file is intact, but nothing on this machine says whose kit it is.");
            let failure = failure.hint("Compare these words with a publisher of the team (kit invite shows theirs):");
            let words = invite::words_of(&unpinned.roots().pin());
            rows_of_words(&words)
                .into_iter()
                .fold(failure, Failure::hint)
                .hint("Or check it against an invite: kit verify FILE --invite INVITE")
        }
    }
}
