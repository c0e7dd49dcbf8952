//! Whom this machine trusts to say who a server is: the file or folder that the user names, else the system, else a bundled list.

use std::path::Path;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::{
    disk,
    source::{Outside, SourceError},
};

/// Most bytes of a file of roots: the system's own has 220 KiB.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// The roots that the user names by `SSL_CERT_FILE` and `SSL_CERT_DIR`, instead of the system's; [`None`] when they name none.
///
/// # Errors
/// [`SourceError::Setup`] when nothing can be read there: falling back would trust others than was asked for.
pub(super) fn named(outside: &Outside, name: &str) -> Result<Option<RootCerts>, SourceError> {
    let (file, folder) = (outside.path("SSL_CERT_FILE"), outside.path("SSL_CERT_DIR"));
    if file.is_none() && folder.is_none() {
        return Ok(None);
    }
    let mut roots = Vec::new();
    if let Some(file) = file {
        roots.extend(read(file).map_err(|why| setup(name, "SSL_CERT_FILE", file, &why))?);
    }
    if let Some(folder) = folder {
        let files = disk::entries(folder).map_err(|error| setup(name, "SSL_CERT_DIR", folder, &error.to_string()))?;
        // What is no certificate there, a README or a list of revocations, is passed over.
        roots.extend(files.iter().filter_map(|file| read(file).ok()).flatten());
    }
    if roots.is_empty() {
        let (variable, path) = file.map_or(("SSL_CERT_DIR", folder), |file| ("SSL_CERT_FILE", Some(file)));
        return Err(setup(name, variable, path.unwrap_or(Path::new("")), "no certificate stands there"));
    }
    Ok(Some(RootCerts::new_with_certs(&roots)))
}

fn setup(name: &str, variable: &str, path: &Path, why: &str) -> SourceError {
    SourceError::Setup { name: name.to_owned(), why: format!("{variable}={}: {why}", path.display()) }
}

fn read(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let bytes = disk::read_given(file, FILE_BYTES_MAX).map_err(|error| error.to_string())?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    Ok(parse_pem(&bytes).filter_map(certificate).collect())
}
