//! `kit announce`: the same news as a short message, a mail, a chat and a page.

use clap::{Args, ValueEnum};

use crate::{
    answer::{self, Announcement, Edition, Scene, WhatIf},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find, screen,
        session::Session,
    },
    open::Reading,
    recall::{Recalled, recall},
    team::Thing,
};

/// Say what is planned or what changed, ready to paste: as a short message, a mail, a chat or a page
///
/// Examples:
///   kit announce epic-migration --as mail
///   kit announce --diff 41..42 --as sms
///
/// Without a name: the window that runs, else the next. Nothing is sent. A short message is printed as one part of at most
/// 160 characters a line.
///
/// With --plain: the form, the number of the line, the line. With --json: all forms.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The window of planned work
    #[arg(value_name = "WINDOW", add = names(&[Thing::Window]))]
    query: Option<String>,
    /// What changed between two kits that this machine still has: 41..42
    #[arg(long, value_name = "A..B", conflicts_with = "query")]
    diff: Option<String>,
    /// The form
    #[arg(long = "as", value_name = "FORM", default_value = "print")]
    form: Form,
}

/// The forms of one piece of news.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// Short messages, one part a line
    Sms,
    /// A mail: subject, blank line, text
    Mail,
    /// Lines for a chat, without markup, mentions or links
    Chat,
    /// A page of 80 columns
    Print,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let numbers = arguments.diff.as_deref().map(numbers).transpose()?;
    let reading = session.read()?;
    let announcement = match numbers {
        Some(numbers) => of_changes(&mut session, numbers)?,
        None => of_window(arguments.query.as_deref(), &mut session, &reading)?,
    };
    let lines = arguments.form.lines(&announcement);
    let records = || {
        let record = |(index, line): (usize, &String)| vec![arguments.form.word(), (index + 1).to_string(), line.clone()];
        lines.iter().enumerate().map(record).collect()
    };
    for warning in session.standing(&reading).warnings() {
        session.out.say(warning);
    }
    session.reply(&reading, "kit.announce/1", &announcement, records, |screen, _| screen::as_they_are(screen, &lines))
}

fn of_window(query: Option<&str>, session: &mut Session<'_>, reading: &Reading) -> Result<Announcement, Failure> {
    let id = find::window(session, reading, query, "announce")?;
    id.and_then(|id| answer::announce_window(session.scene(reading, &WhatIf::default()), &id)).ok_or_else(|| {
        Failure::new(Kind::NotFound, "no window of planned work runs, and no other is ahead.")
            .hint("By name: kit announce WINDOW")
            .hint("Their names: kit window --list")
    })
}

fn of_changes(session: &mut Session<'_>, numbers: (u64, u64)) -> Result<Announcement, Failure> {
    let store = session.store()?;
    let children = session.context.children.clone();
    let (old, new) = recall(&store, &children, numbers, || session.passphrase())?;
    let scene = Scene { team: &new.team, moment: session.moment(), what_if: &WhatIf::default() };
    let edition = |recalled: &Recalled| (recalled.seq, recalled.created);
    let ((before, then), (after, now)) = (edition(&old), edition(&new));
    let old = Edition { seq: before, created: then, team: &old.team };
    Ok(answer::announce_changes(scene, old, Edition { seq: after, created: now, team: &new.team }))
}

/// Reads `41..42`.
fn numbers(text: &str) -> Result<(u64, u64), Failure> {
    let numbers = text.split_once("..").and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
    numbers.filter(|(from, to)| from < to).ok_or_else(|| {
        Failure::usage(format!("{text:?} is not two kits, the older one first."))
            .hint("For example: kit announce --diff 41..42")
            .hint("The number of the kit here: kit status")
    })
}

impl Form {
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn lines(self, announcement: &Announcement) -> Vec<String> {
        match self {
            Self::Sms => announcement.sms.clone(),
            Self::Mail => announcement.mail.lines(),
            Self::Chat => announcement.chat.clone(),
            Self::Print => announcement.print.clone(),
        }
    }
}
