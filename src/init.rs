//! Founding: a team directory on one side, the founder's keys and store on the other, tied by the first root.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use crate::{
    appoint::ROOTS_FILE,
    authored::{
        self,
        edit::{EditError, Edits},
    },
    bundle::{KitId, RootError, RootKeys, Roots},
    disk::{self, Access, DiskError},
    enrol::{self, EnrolError, NewDevice},
    key::{Passphrase, Signer, WorkFactor},
    program::ChildEnvironment,
    store::{How, ReaderHome, Settings, Store, StoreError, Trust},
    team::{Id, Person, Zone},
    vouch,
};

/// What a team is founded with.
#[derive(Debug)]
pub struct Founding<'a> {
    /// The directory to make.
    pub dir: &'a Path,
    /// What the team calls itself.
    pub name: &'a str,
    /// The founder, who publishes.
    pub founder: &'a Id<Person>,
    /// What the founder calls this machine.
    pub device: &'a str,
    /// The founder's time zone.
    pub zone: &'a Zone,
    /// Whether to write the example team.
    pub example: bool,
    /// Where the reader identity is to live.
    pub reader: ReaderHome,
    /// Cost of the passphrase's seal.
    pub work_factor: WorkFactor,
    /// The day the founder's device joins; the example's dates are laid around it.
    pub today: Date,
}

/// What founding made.
#[derive(Debug)]
pub struct Founded {
    /// How many files the directory has.
    pub files: usize,
    /// Where the keys are.
    pub store: PathBuf,
}

/// Why nothing was founded.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Something is where the directory is to be.
    #[error("{0} is there already and not empty")]
    Taken(PathBuf),
    /// What the template makes does not pass its own checks: the name has something in it that no name may have.
    #[error(transparent)]
    Load(#[from] authored::LoadError),
    /// The keys of this device could not be made.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The first root could not be signed.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Randomness(rand_core::Error),
    /// The store could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The founder's device could not be written down.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A file could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Whether a team directory can be made at a place: nothing there, or an empty folder.
///
/// # Errors
/// [`InitError::Taken`].
pub fn check_place(dir: &Path) -> Result<(), InitError> {
    match disk::entries(dir) {
        Ok(entries) if entries.is_empty() => Ok(()),
        Err(DiskError::Missing { .. }) => Ok(()),
        _ => Err(InitError::Taken(dir.to_owned())),
    }
}

/// Founds a team: its directory at `founding.dir`, its keys under `home`.
///
/// # Errors
/// [`InitError`]; files of the directory that were written before are removed again.
pub fn init(
    home: &Path,
    founding: &Founding<'_>,
    passphrase: &Passphrase,
    environment: &ChildEnvironment,
) -> Result<Founded, InitError> {
    check_place(founding.dir)?;
    // 1. Keys, root and text, all in memory.
    let new = enrol::make(founding.founder, founding.device, founding.reader, founding.work_factor, passphrase)?;
    let kit = KitId::generate().map_err(InitError::Randomness)?;
    let founder = vec![new.device_key.public().clone()];
    let keys = RootKeys { root_keys: founder.clone(), root_threshold: 1, publish_keys: founder, publish_threshold: 1 };
    let roots = Roots::first(kit, keys, &[&Signer::device(new.device_key.clone())])?;
    let today = founding.today;
    let template = authored::template(founding.name, founding.founder, founding.zone, today, founding.example);
    let mut edits = Edits::of(template.into_iter().map(|(path, text)| (path.to_string_lossy().into_owned(), text)))?;
    edits.add_device(&new.device(Some(today)))?;
    let mut files: Vec<(String, String)> = edits.texts().map(|(name, text)| (name.to_owned(), text)).collect();
    let draft = authored::Draft::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    authored::check(&draft, today).map_err(authored::LoadError::from)?;
    files.push((ROOTS_FILE.to_owned(), roots.to_text()));
    // 2. The directory, then the store: without the directory the keys would open nothing.
    let mut written = Vec::new();
    let made = write_all(founding.dir, &files, &mut written)
        .map_err(InitError::from)
        .and_then(|()| found_store(home, founding, &roots, &new, environment));
    match made {
        Ok(store) => Ok(Founded { files: files.len(), store: store.dir().to_owned() }),
        Err(error) => {
            take_back(founding.dir, &written);
            Err(error)
        }
    }
}

/// Removes what was written of a directory, and its folders where nothing else is in them. What cannot be removed stays for
/// the user to see: the error that is reported is the first cause.
fn take_back(dir: &Path, written: &[PathBuf]) {
    for path in written.iter().rev() {
        let _ = disk::remove(path);
    }
    let folders: BTreeSet<&Path> =
        written.iter().flat_map(|path| path.ancestors().skip(1)).filter(|folder| folder.starts_with(dir)).collect();
    for folder in folders.into_iter().rev() {
        let _ = disk::remove_empty(folder);
    }
}

fn found_store(
    home: &Path,
    founding: &Founding<'_>,
    roots: &Roots,
    new: &NewDevice,
    environment: &ChildEnvironment,
) -> Result<Store, InitError> {
    let pin = roots.pin();
    new.keep_reader(&pin.kit, environment)?;
    let settings = Settings {
        person: founding.founder.clone(),
        device: founding.device.to_owned(),
        reader: founding.reader,
        sources: Vec::new(),
        credentials: Default::default(),
        commands: BTreeSet::new(),
        directory: None,
        acknowledged: [vouch::of_device(&new.device(None)), vouch::of_roots(roots)].into(),
    };
    Ok(Store::create(home, &Trust { pin, verified: How::Founder }, &settings, &new.files())?)
}

fn write_all(dir: &Path, files: &[(String, String)], written: &mut Vec<PathBuf>) -> Result<(), DiskError> {
    for (name, text) in files {
        let path = dir.join(name);
        disk::make_dir(path.parent().unwrap_or(dir), Access::Shared)?;
        disk::create_new(&path, text.as_bytes(), Access::Shared)?;
        written.push(path);
    }
    Ok(())
}
