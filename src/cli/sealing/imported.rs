//! One item out of another password manager's export: which, what of it is taken, and what to do with the export after.

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::Wanted;
use crate::{
    bundle::capsule::Field,
    cli::{failure::Failure, session::Session},
    disk,
    import::vault::{self, VAULT_BYTES_MAX, Vault, VaultError, VaultItem},
    take_out::{self, full_title},
};

/// What `kit seal` takes from another password manager.
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    /// Take the values of one item from an export: Bitwarden JSON, KeePass (XML or KDBX), 1PUX, otpauth addresses
    #[arg(long, value_name = "FILE", conflicts_with = "refresh")]
    import: Option<PathBuf>,
    /// The title of that item, or FOLDER/TITLE
    #[arg(long, value_name = "TITLE", requires = "import")]
    item: Option<String>,
}

impl Import {
    /// The values of the item, without those of the fields that are named; none without `--import`.
    ///
    /// # Errors
    /// Usage, not found, ambiguous, cannot open: with titles, never with values.
    pub(in crate::cli) fn fields(&self, named: &[Wanted], session: &mut Session<'_>) -> Result<Vec<Field>, Failure> {
        let Some(file) = &self.import else { return Ok(Vec::new()) };
        // What is no file may be a secret, by a slip: it is not repeated.
        if file != Path::new("-") && !disk::exists(file) {
            return Err(Failure::usage("the export that --import names is not there.")
                .hint("Is the name right? See what is there with ls."));
        }
        if disk::others_may_read(file) {
            session
                .out
                .say(format!("Others on this machine may read {}: chmod 600 it, or delete it after this.", file.display()));
        }
        let vault = read(file, session)?;
        for left_out in &vault.left_out {
            session.out.say(left_out);
        }
        let item = match &self.item {
            Some(wanted) => take_out::item(vault, wanted)?,
            None => chosen(vault, session)?,
        };
        session.out.say(format!("Taking {} from the export.", full_title(&item)));
        for left_out in &item.left_out {
            session.out.say(format!("Not taken: {left_out}."));
        }
        let fields = item.fields.into_iter().map(|(name, kind, value)| Field { name, kind, value });
        Ok(fields.filter(|field| !named.iter().any(|wanted| wanted.name == field.name)).collect())
    }

    /// Whether an export is named.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.import.is_some()
    }

    /// What to do with an export that holds everything in plain text; nothing without one.
    pub(in crate::cli) fn advise(&self, session: &mut Session<'_>) {
        let Some(file) = &self.import else { return };
        if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("kdbx")) {
            return;
        }
        session.out.say(format!("The export holds every password in plain text. Delete it now: {}", file.display()));
        session.out.say(
            "Empty the trash too. Traces stay on SSDs, in journals of file systems, in snapshots and backups: where that matters, \
             change the passwords that were in it. You can export again at any time.",
        );
    }
}

fn read(file: &Path, session: &mut Session<'_>) -> Result<Vault, Failure> {
    let bytes = Zeroizing::new(session.given(file, VAULT_BYTES_MAX as u64)?);
    match vault::read(&bytes) {
        Err(VaultError::Database) => {
            let question = "Password of the KeePass database (not shown):";
            let password = SecretString::from(session.ask.secret(question, "an XML export of it, from KeePass")?);
            let xml = take_out::database(file, &password, &session.context.children, None)?;
            Ok(vault::read(&xml)?)
        }
        read => Ok(read?),
    }
}

/// Lets the person at the terminal choose; anywhere else the titles are said.
fn chosen(mut vault: Vault, session: &mut Session<'_>) -> Result<VaultItem, Failure> {
    if vault.items.len() < 2 {
        return vault.items.pop().ok_or_else(|| take_out::TakeOutError::Empty.into());
    }
    for (number, item) in (1..).zip(&vault.items) {
        session.out.say(format!("{number}: {}", full_title(item)));
    }
    let mut question = "Which item? Its number:";
    loop {
        let answer = session.ask.line(question, "--item TITLE, one of those above")?;
        let at = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < vault.items.len());
        match at {
            Some(at) => return Ok(vault.items.swap_remove(at)),
            None => question = "That is none of the numbers. Which item? Its number:",
        }
    }
}
