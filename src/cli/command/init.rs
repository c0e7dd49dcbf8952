//! `kit init`: a team directory and the founder's keys.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::keys::{Keys, person_id, reader_words};
use crate::{
    cli::{failure::Failure, session::Session},
    init::{self, Founding},
    team::Zone,
};

/// Make a team directory with a worked example, and the keys of its first publisher
///
/// Examples:
///   kit init team --name "Acme" --as dana.fox
///   kit init team --name "Acme" --as dana.fox --empty
///
/// The directory is plain TOML, to keep in a private git repository. The keys stay on this machine.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The directory to make
    dir: PathBuf,
    /// What the team calls itself
    #[arg(long, value_name = "TEAM")]
    name: String,
    /// Your id in the team, such as dana.fox
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// Leave the example team out
    #[arg(long)]
    empty: bool,
    /// Your time zone, if it is not this machine's
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    #[command(flatten)]
    keys: Keys,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    directory: &'a Path,
    files: usize,
    store: String,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let founder = person_id(&arguments.person)?;
    let zone = match &arguments.zone {
        Some(name) => {
            Zone::parse(name).map_err(|error| Failure::usage(format!("{error}.")).hint("For example: --zone Europe/Berlin"))?
        }
        None => session.local_zone(),
    };
    let device = arguments.keys.device(&session)?;
    let work_factor = arguments.keys.work_factor()?;
    let home = session.home()?.to_owned();
    init::check_place(&arguments.dir)?;
    let reader = arguments.keys.reader(&session);
    let passphrase = session.new_passphrase()?;
    let founding = Founding {
        dir: &arguments.dir,
        name: &arguments.name,
        founder: &founder,
        device: &device,
        zone: &zone,
        example: !arguments.empty,
        reader,
        work_factor,
        today: session.moment().here().date(),
    };
    let founded = init::init(&home, &founding, &passphrase, &session.context.children)?;
    if session.out.is_json() {
        let store = founded.store.display().to_string();
        return session.out.json(&Answer { schema: "kit.init/1", directory: &arguments.dir, files: founded.files, store });
    }
    let dir = arguments.dir.display();
    session.out.lines([
        format!("MADE  {dir}   the team directory of {}, {} files", arguments.name, founded.files),
        String::new(),
        format!("  Your keys are in {}", founded.store.display()),
        format!("  {}.", reader_words(reader)),
        String::new(),
        format!("  Write down your team:  {dir}/people/{founder}.toml and its neighbours"),
        format!("  Look for mistakes:     kit check {dir}"),
        format!("  Publish it:            kit publish {dir} --to PLACE"),
        "  Let others in:         kit invite".to_owned(),
    ]);
    Ok(())
}
