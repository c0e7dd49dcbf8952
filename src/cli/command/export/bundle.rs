//! `kit export bundle`: the kit itself, to be carried by hand.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    bundle::KitId,
    carry::{Before, Carried, carry},
    cli::{failure::Failure, session::Session},
};

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    file: String,
    /// `nothing`, `older`, `same` (then nothing was written) or `overwritten`.
    before: &'static str,
    kit: &'a KitId,
    seq: u64,
    bytes: usize,
    sha256: String,
}

pub(super) fn run(place: &Path, force: bool, session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let place: PathBuf = session.folder()?.join(place).components().collect();
    let Carried { file, verified, before } = carry(&store, place, force)?;
    let seq = verified.seq();
    if session.out.is_json() {
        return session.out.json(&Answer {
            schema: "kit.export-bundle/1",
            file: file.display().to_string(),
            before: match before {
                Before::Nothing => "nothing",
                Before::Same => "same",
                Before::Older { .. } => "older",
                Before::Overwritten => "overwritten",
            },
            kit: verified.kit(),
            seq,
            bytes: verified.bytes().len(),
            sha256: verified.sha256().to_string(),
        });
    }
    let (act, more) = match before {
        Before::Nothing => ("WROTE", String::new()),
        Before::Same => ("IS THERE", ". Nothing was written.".to_owned()),
        Before::Older { seq } => ("WROTE", format!(", over kit {seq}")),
        Before::Overwritten => ("WROTE", ", over what was there".to_owned()),
    };
    let size = verified.bytes().len().div_ceil(1024);
    session.out.lines([
        format!("{act}  kit {seq}, {size} KB, in {}{more}", file.display()),
        format!("  sha256    {}", verified.sha256()),
        "  Whoever gets it looks at it with:  kit verify FILE".to_owned(),
        "  and takes it with:                 kit sync --from FILE".to_owned(),
    ]);
    Ok(())
}
