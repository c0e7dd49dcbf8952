//! `kit invite`: the line that lets others join.

use clap::Args;
use serde::Serialize;

use super::keys::rows_of_words;
use crate::{
    bundle::invite::Invite,
    cli::{failure::Failure, session::Session},
    source::Address,
};

/// Print the invite that lets others join this kit
///
/// Examples:
///   kit invite
///   kit invite --from //server/share/kit
///
/// It holds no secret: the kit's id, the fingerprint of its root, and where to look. Whoever has it still has to be let in.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The place to suggest to them, if it is not where this machine looks first
    #[arg(long, value_name = "PLACE", conflicts_with = "no_source")]
    from: Option<String>,
    /// Suggest no place
    #[arg(long)]
    no_source: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    invite: String,
    words: &'a [&'static str],
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let source = match &arguments.from {
        _ if arguments.no_source => None,
        Some(place) => Some(Address::parse(place, &session.folder()?)?.to_string()),
        None => store.settings()?.sources.into_iter().next(),
    };
    let is_nowhere = source.is_none() && !arguments.no_source;
    let invite = Invite::new(store.newest_root(), source)?;
    let words = invite.words();
    if session.out.is_json() {
        return session.out.json(&Answer { schema: "kit.invite/1", invite: invite.to_string(), words: &words });
    }
    session.out.lines([
        "SEND  this line to whoever is to join; it holds no secret".to_owned(),
        String::new(),
        invite.to_string(),
    ]);
    session.out.lines([String::new(), "  They run:  kit join INVITE --as THEIR.ID".to_owned()]);
    session.out.lines(["  When you speak to them, read these words, so that they know it is yours:".to_owned(), String::new()]);
    session.out.lines(rows_of_words(&words));
    if is_nowhere {
        session.out.say("It suggests no place, because nothing was published from here yet. Publish first, then print it again.");
    }
    Ok(())
}
