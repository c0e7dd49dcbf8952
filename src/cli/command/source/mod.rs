//! `kit source`: where newer kits are looked for.

mod test;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    cli::{
        failure::{Failure, Kind},
        report::Place,
        screen,
        session::Session,
    },
    source::{Address, CredentialCommand},
    store::{LOCK_WAIT_S, Settings, Store},
};

/// Say where newer kits are looked for, add a place, take one away, or try them
///
/// Examples:
///   kit source list
///   kit source add git+ssh://git@example.com/acme/kit.git
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    sources: &'a [Place],
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The places, and how each last did; the first is where publishing is decided
    ///
    /// With --plain: one line for each. Columns: address; kind; when it was last in step; when it failed since; why.
    #[command(verbatim_doc_comment)]
    List,
    /// Add a place: a folder, a share or a stick, a git repository, a web server, a bucket
    Add {
        /// A path, or an address such as git+ssh://…, https://…, s3://…, azblob://…, sftp://…
        place: String,
        /// Put it first, where publishing is decided
        #[arg(long)]
        first: bool,
        /// A command that prints the credentials for it; it is run without a shell, by its absolute path from now on
        #[arg(long, value_name = "COMMAND")]
        credentials_from: Option<String>,
    },
    /// Take a place away
    Remove {
        /// As kit source list shows it
        place: String,
    },
    /// Ask each place, and say what it can do; nothing is stored, and nothing is written there
    ///
    /// Exit status 7 when one could not be reached, 6 when what one gave is not to be trusted.
    ///
    /// With --plain: one line for each. Columns: address; kit, nothing or the sort of its trouble; number of the kit;
    /// seconds; what is wrong.
    #[command(verbatim_doc_comment)]
    Test {
        /// One that is not among them, or only this one; else all
        place: Option<String>,
    },
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let mut settings = store.settings()?;
    match &arguments.action {
        Action::List => return show(&store, &settings, session),
        Action::Test { place } => return test::run(place.as_deref(), &store, session),
        Action::Add { place, first, credentials_from } => {
            let address = Address::parse(place, &session.folder()?)?;
            let place = address.to_string();
            if let Some(line) = credentials_from {
                let command = CredentialCommand::parse(line, &session.context.children).map_err(|error| {
                    Failure::usage(format!("{error}."))
                        .hint("For example: --credentials-from 'aws configure export-credentials --format process'")
                })?;
                settings.credentials.insert(place.clone(), command.words());
            } else if let Some(where_from) = credentials_of(address.kind()).filter(|_| !settings.sources.contains(&place)) {
                session.out.say(format!("Its credentials come from {where_from}, or: --credentials-from COMMAND"));
            }
            if *first {
                settings.sources.retain(|source| *source != place);
                settings.sources.insert(0, place);
            } else if !settings.sources.contains(&place) {
                settings.sources.push(place);
            }
        }
        Action::Remove { place } => {
            let before = settings.sources.len();
            let absolute = Address::parse(place, &session.folder()?)?.to_string();
            settings.sources.retain(|source| source != place && *source != absolute);
            settings.credentials.retain(|source, _| source != place && *source != absolute);
            if settings.sources.len() == before {
                return Err(
                    Failure::new(Kind::NotFound, format!("{place} is not among the places.")).hint("The list: kit source list")
                );
            }
        }
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    store.set_settings(&lock, &settings)?;
    show(&store, &settings, session)
}

/// Where a source finds its credentials by itself.
fn credentials_of(kind: &str) -> Option<&'static str> {
    match kind {
        "s3" => Some("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws"),
        "azure" => Some("AZURE_STORAGE_SAS_TOKEN"),
        _ => None,
    }
}

fn show(store: &Store, settings: &Settings, mut session: Session<'_>) -> Result<(), Failure> {
    let places = Place::all(settings, &store.state()?);
    let moment = session.moment().clone();
    let answer = Answer { schema: "kit.source/1", sources: &places };
    let records = || places.iter().map(Place::record).collect();
    session.print(&answer, records, |screen| screen::places(screen, &places, &moment))
}
