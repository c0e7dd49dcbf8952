//! Founding: a team directory on one side, the founder's keys and store on the other, tied by the first root.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::{
    authored,
    bundle::{KitId, Pin, Roots, SignError},
    disk::{self, Access, DiskError},
    enrol::{self, EnrolError, NewDevice},
    key::{Passphrase, Signer, WorkFactor},
    open::Keyrings,
    publish::ROOTS_FILE,
    store::{How, ReaderHome, Settings, Store, StoreError, Trust},
    team::{Id, Person, Zone},
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
    /// The day the founder's device joins.
    pub now: Timestamp,
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
    Authored(#[from] authored::AuthoredError),
    /// The keys of this device could not be made.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The first root could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
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
pub fn init(home: &Path, founding: &Founding<'_>, passphrase: &Passphrase, keyrings: &Keyrings) -> Result<Founded, InitError> {
    check_place(founding.dir)?;
    // 1. Keys, root and text, all in memory.
    let new = enrol::make(founding.founder, founding.device, founding.reader, founding.work_factor, passphrase)?;
    let kit = KitId::generate();
    let signer = Signer::Device(new.device_key.clone());
    let roots = Roots::found(&kit, &[signer.public().clone()], 1, &[signer.public().clone()], 1, &[signer])?;
    let mut files = authored::template(founding.name, founding.founder, founding.zone, founding.example);
    let today = founding.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    files.push(authored::device_file(&new.device(Some(today))));
    let draft = authored::Draft::of(files.iter().filter_map(|(path, text)| Some((path.to_str()?, text.as_str()))));
    authored::check(&draft, today).map_err(authored::AuthoredError::from)?;
    files.push((PathBuf::from(ROOTS_FILE), roots.to_text()));
    // 2. The directory, then the store: without the directory the keys would open nothing.
    let mut written = Vec::new();
    let made = write_all(founding.dir, &files, &mut written)
        .map_err(InitError::from)
        .and_then(|()| found_store(home, founding, &roots, &new, keyrings));
    match made {
        Ok(store) => Ok(Founded { files: files.len(), store: store.dir().to_owned() }),
        Err(error) => {
            for path in written.iter().rev() {
                // What stays is the user's to see: the error names the first cause.
                let _ = disk::remove(path);
            }
            Err(error)
        }
    }
}

fn found_store(
    home: &Path,
    founding: &Founding<'_>,
    roots: &Roots,
    new: &NewDevice,
    keyrings: &Keyrings,
) -> Result<Store, InitError> {
    let pin: Pin = roots.pin();
    new.keep_reader(&pin.kit, keyrings)?;
    let settings = Settings {
        person: founding.founder.clone(),
        device: founding.device.to_owned(),
        reader: founding.reader,
        sources: Vec::new(),
        acknowledged: [new.reader.recipient().to_string()].into(),
    };
    Ok(Store::create(home, &Trust { pin, verified: How::Founder }, &settings, &new.files()?)?)
}

fn write_all(dir: &Path, files: &[(PathBuf, String)], written: &mut Vec<PathBuf>) -> Result<(), DiskError> {
    for (name, text) in files {
        let path = dir.join(name);
        disk::make_dir(path.parent().unwrap_or(dir), Access::Shared)?;
        disk::create_new(&path, text.as_bytes(), Access::Shared)?;
        written.push(path);
    }
    Ok(())
}
