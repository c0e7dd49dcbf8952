//! `kit join`: this device asks to be let into a team's kit.

use clap::Args;
use serde::Serialize;

use super::keys::{Keys, person_id, reader_words, rows_of_words};
use crate::{
    bundle::{invite::Invite, join_request::JoinRequest},
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    join::{self, Joining},
    key::words,
    source::Address,
    store::{How, Store},
};

/// Join a team's kit on this machine
///
/// Examples:
///   kit join kit-invite1:… --as alice.okafor
///   kit join invite.txt --as alice.okafor --from /media/stick
///
/// Makes this device's keys and prints a request for a publisher of the team, who lets the device in. Without an invite it
/// prints the request of this machine once more.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The invite, a file that holds it, or "-"
    #[arg(requires = "person")]
    invite: Option<String>,
    /// Your id in the team, such as alice.okafor
    #[arg(long = "as", value_name = "PERSON", requires = "invite")]
    person: Option<String>,
    /// The 12 words of the invite, as its publisher read them to you
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// Where to look for kits, instead of the invite's own suggestion
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,
    #[command(flatten)]
    keys: Keys,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    request: String,
    words: &'a [&'static str],
    verified: bool,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (Some(invite), Some(person)) = (&arguments.invite, &arguments.person) else { return once_more(session) };
    let invite = Invite::parse(&session.given_text(invite, "kit-invite1:")?)?;
    let person = person_id(person)?;
    let device = arguments.keys.device(&session)?;
    let work_factor = arguments.keys.work_factor()?;
    let home = session.home()?.to_owned();
    let base = session.folder()?;
    let place = arguments.from.as_deref().or(invite.source());
    let sources = place.map(|text| Address::parse(text, &base)).transpose()?.map(|address| address.to_string());
    let verified = compare(arguments.words.as_deref(), &invite, &mut session)?;
    let reader = arguments.keys.reader(&session);
    // Whoever joined before gets the same request again, with the passphrase they have.
    let is_here = Store::open(&home, &invite.pin().kit).is_ok();
    let passphrase = if is_here { session.passphrase()? } else { session.new_passphrase()? };
    let joining = Joining {
        invite: &invite,
        verified,
        person: &person,
        device: &device,
        reader,
        work_factor,
        sources: sources.iter().cloned().collect(),
    };
    let joined = join::join(&home, &joining, &passphrase, &session.context.children)?;
    if session.out.is_json() {
        let (request, words) = (joined.request.to_string(), joined.request.words());
        return session.out.json(&Answer { schema: "kit.join/1", request, words: &words, verified: verified != How::Unverified });
    }
    show(&joined.request, &mut session);
    session.out.lines([
        String::new(),
        format!("  It asks for {person}: they can let you in only if the team calls you that."),
        format!("  Your keys are in {}", joined.store.display()),
        format!("  {}.", reader_words(joined.reader)),
        match sources {
            Some(place) => format!("  Then, from {place}: kit sync"),
            None => "  Then: kit sync --from PLACE".to_owned(),
        },
    ]);
    if verified == How::Unverified {
        session
            .out
            .say("UNVERIFIED: nobody has compared the 12 words of the invite yet. Ask its sender to read them to you: kit trust");
    }
    Ok(())
}

fn show(request: &JoinRequest, session: &mut Session<'_>) {
    session.out.lines(["ASK  a publisher of the team to let this device in: send them this line".to_owned(), String::new()]);
    session.out.line(request.to_string());
    session.out.lines([String::new(), "  and, when they call you, read them these words:".to_owned(), String::new()]);
    session.out.lines(rows_of_words(&request.words()));
}

/// The request of this machine, for whoever lost it.
fn once_more(mut session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let request = join::request(&store, &session.passphrase()?, &session.context.children)?;
    if session.out.is_json() {
        let (words, verified) = (request.words(), store.trust().verified != How::Unverified);
        return session.out.json(&Answer { schema: "kit.join/1", request: request.to_string(), words: &words, verified });
    }
    show(&request, &mut session);
    Ok(())
}

/// The words that the sender reads out prove that the invite is theirs; without them it is believed, but marked.
fn compare(words: Option<&str>, invite: &Invite, session: &mut Session<'_>) -> Result<How, Failure> {
    let typed = match words {
        Some(words) => words.to_owned(),
        None if session.ask.allowed => {
            session.ask.line("The 12 words that its sender read to you (Enter to do it later):", "--words")?
        }
        None => String::new(),
    };
    if typed.is_empty() {
        return Ok(How::Unverified);
    }
    if words::are(&typed, &invite.words()) {
        return Ok(How::Words);
    }
    Err(Failure::new(Kind::NotTrusted, "these are not the words of this invite, so nothing was made.")
        .hint("Listen again for each word. If they still differ, somebody changed the invite on its way: ask for it in person."))
}
