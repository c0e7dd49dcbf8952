//! `kit approve`: a holder gives their share to whoever asked for it.

use clap::Args;
use serde::Serialize;

use crate::{
    approve::{self, Form, Given},
    bundle::{Code, Request, request::ASK_PREFIX},
    cli::{
        ask::standard_input,
        failure::{Failure, Kind},
        find::name_of,
        quorum::{self, Asked, Kit},
        screen::{self, Screen},
        session::Session,
        voice,
    },
    unseal,
};

/// Most bytes of a request on standard input.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;

/// Give your share to whoever asks for it, after you called them back
///
/// Examples:
///   kit approve 7K3M-Q9TD-0ZXA-4HPE
///   kit approve kit-ask1:… --voice
///
/// Shows who asks, why, and the number to call them on, from your own kit: whoever gave you the code may be somebody else. The
/// share is sealed to the device that your kit has for them. With --voice it is 25 words to read out, on a screen of its own.
/// It is recorded in your journal first. Without a terminal: --yes, and --reason with a code. A text that is older than a day
/// is refused without --old.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The code of the request, its text, or "-"
    #[arg(value_name = "CODE", required = true)]
    request: Vec<String>,
    /// What they said it is for, where the request itself does not say it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The incident, if it has a name
    #[arg(long, value_name = "NAME")]
    incident: Option<String>,
    /// 25 words to read to them on the phone, instead of a text
    #[arg(long, conflicts_with = "qr")]
    voice: bool,
    /// The text as codes to photograph, too
    #[arg(long)]
    qr: bool,
    /// You called them back and they read you the words
    #[arg(long)]
    yes: bool,
    /// They said that a request of another day still holds
    #[arg(long)]
    old: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    to: String,
    tier: &'a str,
    key: u32,
    share: Option<&'a str>,
    receipt: Vec<&'static str>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let form = form(&arguments.request)?;
    if arguments.voice {
        voice::check(&session)?;
    }
    let kit = Kit::open(&mut session)?;
    // The passphrase is asked for last, when it is clear what for.
    let petition = approve::petition(&kit.store, &kit.reading, &kit.reader, &form)?;
    let asked = Asked::of(&session, &kit.reading, &petition)?;
    let mut lines = Screen::new(session.context.terminal.layout);
    screen::petition(&mut lines, &asked);
    lines.into_lines().iter().for_each(|line| session.out.say(line));
    if let Some(age) = asked.age.as_ref().filter(|_| !arguments.old && petition.is_stale(session.moment().now)) {
        return Err(Failure::new(Kind::No, format!("that request was signed {age}; nothing was given."))
            .hint("Have them ask anew: kit request NAME")
            .hint("If you called them and it still holds: kit approve TEXT --old"));
    }
    let says = petition.says.as_ref();
    let reason = arguments.reason.as_deref().or_else(|| says.map(|says| says.reason.as_str()));
    let incident = arguments.incident.as_deref().or_else(|| says.and_then(|says| says.incident.as_deref()));
    let why = quorum::why(&session, "What did they say it is for?", reason, incident)?;
    let question = format!("Did you call {} there, and did they read those words? Give your share?", asked.call.name);
    if !arguments.yes && !session.ask.yes(&question, "--yes, once you called them")? {
        let hint = "If they did not ask: tell whoever leads. Somebody uses their name.";
        return Err(Failure::new(Kind::No, "nothing was given.").hint(hint));
    }
    let (key, passphrase) = kit.hand(&mut session)?;
    let opener = unseal::opener(&kit.store, &passphrase)?;
    let (given, recorded) = approve::give(&kit.store, &kit.reading, &petition, ((&key, &opener), arguments.voice), why)?;
    quorum::say_unsent(&mut session, &recorded);
    let share = match &given {
        Given::Sealed(text) => Some(text.as_str()),
        Given::Spoken(places) => {
            voice::read_out(&session, &asked.call, places)?;
            None
        }
    };
    let (to, tier, receipt) = (petition.by(), petition.tier.as_str(), recorded.line.receipt().into());
    let answer = Answer { schema: "kit.approve/1", to, tier, key: petition.key.version, share, receipt };
    session.print(&answer, Vec::new, |screen| screen::given(screen, &asked, share, &answer.receipt, arguments.qr))
}

/// The request as it came: a text begins as one, all else is a code.
fn form(words: &[String]) -> Result<Form, Failure> {
    let given = name_of(words).unwrap_or_default();
    let given = match given.as_str() {
        "-" => String::from_utf8_lossy(&standard_input(REQUEST_BYTES_MAX)?).trim().to_owned(),
        _ => given,
    };
    Ok(match given.starts_with(ASK_PREFIX) {
        true => Form::Text(Box::new(Request::parse(&given)?)),
        false => Form::Code(Code::parse(&given)?),
    })
}
