//! `kit trust`: the words of this kit's root, compared with a publisher.

use clap::Args;
use serde::Serialize;

use super::keys::rows_of_words;
use crate::{
    bundle::invite,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    key::words,
    store::{How, LOCK_WAIT_S},
};

/// Compare the 12 words of this kit with its publisher, once
///
/// Examples:
///   kit trust
///   kit trust --words "first second third …"
///
/// A publisher sees the same words with kit invite. Call them on a number that you know from elsewhere.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The 12 words, as the publisher read them to you
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
}

/// The `--json` object. The words stay out of it until they were heard: whoever reads them here has compared nothing.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    verified: bool,
    words: Option<&'a [&'static str]>,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let mut store = session.store()?;
    let newest = store.newest_root();
    let own = invite::words_of(&newest);
    if session.out.is_json() && arguments.words.is_none() {
        let is_verified = store.trust().verified != How::Unverified;
        return session.out.json(&Answer {
            schema: "kit.trust/1",
            verified: is_verified,
            words: is_verified.then_some(&own[..]),
        });
    }
    if store.trust().verified != How::Unverified && arguments.words.is_none() {
        session.out.lines(["VERIFIED  the 12 words of this kit:".to_owned(), String::new()]);
        session.out.lines(rows_of_words(&own));
        return Ok(());
    }
    let typed = match &arguments.words {
        Some(words) => words.clone(),
        None => session.ask.line("The 12 words that a publisher reads to you from kit invite:", "--words")?,
    };
    if !words::are(&typed, &own) {
        return Err(Failure::new(Kind::NotTrusted, "these are not the words of this kit. Nothing was changed.")
            .hint("Listen again for each word. If they still differ, this kit is not the team's: call the publisher on a number you know."));
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    store.confirm_words(&lock, newest)?;
    session.out.line("VERIFIED  this kit is the one whose words you compared.");
    Ok(())
}
