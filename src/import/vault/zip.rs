//! One file of a zip archive by its name. Names are compared and never used; nothing else in the archive is unpacked.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{CompressionMethod, ZipArchive};
use zeroize::Zeroizing;

use super::{VAULT_BYTES_MAX, VaultError};

/// Most files that an archive may list.
const FILES_MAX: usize = 100_000;

/// The bytes of a file, of which there has to be one.
pub(super) fn file(archive: &[u8], name: &[u8], kind: &'static str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let damaged = || VaultError::Damaged { kind, line: None };
    let archive = ZipArchive::from_slice(archive).map_err(|_| damaged())?;
    let mut found = None;
    for (at, entry) in archive.entries().enumerate() {
        let entry = entry.map_err(|_| damaged())?;
        if at == FILES_MAX {
            return Err(VaultError::TooMuch);
        }
        // Two of one name would be read one way here and another way there.
        if entry.file_path().as_ref() == name
            && found.replace((entry.wayfinder(), entry.compression_method(), entry.crc32())).is_some()
        {
            return Err(damaged());
        }
    }
    let (place, method, crc) = found.ok_or(VaultError::Unknown)?;
    let entry = archive.get_entry(place).map_err(|_| damaged())?;
    let bytes = Zeroizing::new(match method {
        CompressionMethod::Store => entry.data().to_vec(),
        CompressionMethod::Deflate => {
            decompress_to_vec_with_limit(entry.data(), VAULT_BYTES_MAX).map_err(|error| match error.status {
                TINFLStatus::HasMoreOutput => VaultError::TooMuch,
                _ => damaged(),
            })?
        }
        _ => return Err(damaged()),
    });
    if rawzip::crc32(&bytes) != crc { Err(damaged()) } else { Ok(bytes) }
}
