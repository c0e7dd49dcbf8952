//! Take out: one item of another password manager's export, in memory only. The export is read once and copied nowhere.

use std::{ffi::OsStr, path::Path};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    disk::{self, DiskError},
    import::vault::{VAULT_BYTES_MAX, Vault, VaultItem},
    program::{Call, ChildEnvironment, Limit, Program, ProgramError, Stop},
};

/// The program that opens KeePass databases.
pub const KEEPASS_PROGRAM: &str = "keepassxc-cli";
/// How long it may take: a database may ask for a minute of hashing on purpose, and a slow machine doubles that.
const DATABASE_LIMIT: Limit = Limit::Within(std::time::Duration::from_secs(180));

/// Why nothing was taken out. It holds titles, never values.
#[derive(Debug, thiserror::Error)]
pub enum TakeOutError {
    /// The export holds no item at all.
    #[error("the export holds no item")]
    Empty,
    /// No item of that title.
    #[error("the export has no item {wanted:?}")]
    Missing {
        /// As it was typed.
        wanted: String,
        /// The titles that are there.
        titles: Vec<String>,
    },
    /// Several.
    #[error("the export has several items {wanted:?}")]
    Several {
        /// As it was typed.
        wanted: String,
        /// Their titles with their folders.
        titles: Vec<String>,
    },
    /// The program that opens databases is not here.
    #[error("{KEEPASS_PROGRAM}, which opens KeePass databases, is not installed")]
    NoProgram,
    /// It could not open this one.
    #[error("{KEEPASS_PROGRAM} cannot open the database: the password is wrong, it needs a key file too, or it is damaged")]
    Closed,
    /// It could not be run, or did not end.
    #[error(transparent)]
    Program(ProgramError),
    /// The database cannot be found.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// How an item is told apart: `FOLDER/TITLE`.
pub fn full_title(item: &VaultItem) -> String {
    if item.folder.is_empty() { item.title.clone() } else { format!("{}/{}", item.folder, item.title) }
}

/// One item by its title, or by `FOLDER/TITLE` where there are several: as it is written, else without regard to case.
///
/// # Errors
/// [`TakeOutError::Empty`], [`TakeOutError::Missing`], [`TakeOutError::Several`].
pub fn item(vault: Vault, wanted: &str) -> Result<VaultItem, TakeOutError> {
    if vault.items.is_empty() {
        return Err(TakeOutError::Empty);
    }
    let plain = wanted.to_lowercase();
    let ways: [&dyn Fn(&VaultItem) -> bool; 4] = [
        &|item| full_title(item) == wanted,
        &|item| item.title == wanted,
        &|item| full_title(item).to_lowercase() == plain,
        &|item| item.title.to_lowercase() == plain,
    ];
    let found = ways.iter().map(|is| matching(&vault, is)).find(|found| !found.is_empty());
    let titles = |at: &[usize]| at.iter().filter_map(|at| vault.items.get(*at)).map(full_title).collect();
    match found.as_deref() {
        Some([at]) => Ok(vault.items.into_iter().nth(*at).expect("it was found there")),
        Some(several) => Err(TakeOutError::Several { wanted: wanted.to_owned(), titles: titles(several) }),
        None => Err(TakeOutError::Missing { wanted: wanted.to_owned(), titles: vault.items.iter().map(full_title).collect() }),
    }
}

fn matching(vault: &Vault, is: &dyn Fn(&VaultItem) -> bool) -> Vec<usize> {
    vault.items.iter().enumerate().filter(|(_, item)| is(item)).map(|(at, _)| at).collect()
}

/// What a KeePass database holds, as XML: opened by the program that is installed for it, which reads the password from its input.
///
/// # Errors
/// [`TakeOutError::NoProgram`], [`TakeOutError::Closed`], [`TakeOutError::Program`], [`TakeOutError::Disk`].
pub fn database(
    path: &Path,
    password: &SecretString,
    children: &ChildEnvironment,
    stop: Option<&Stop>,
) -> Result<Zeroizing<Vec<u8>>, TakeOutError> {
    let program = Program::find(KEEPASS_PROGRAM, children).ok_or(TakeOutError::NoProgram)?;
    // Absolute, so it is never taken for an option.
    let path = disk::real(path)?;
    let input = Zeroizing::new(format!("{}\n", password.expose_secret()));
    let arguments = ["export", "--quiet", "--format", "xml"].map(OsStr::new);
    let arguments = [&arguments[..], &[path.as_os_str()]].concat();
    let call =
        Call { input: input.as_bytes(), stop, output_bytes_max: VAULT_BYTES_MAX as u64, ..Call::new(&arguments, DATABASE_LIMIT) };
    let output = program.call(&call).map_err(TakeOutError::Program)?;
    if output.status.success() { Ok(output.stdout) } else { Err(TakeOutError::Closed) }
}
