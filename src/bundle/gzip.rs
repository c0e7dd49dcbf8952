//! gzip (RFC 1952), so that stock tools unpack what is packed here. What is in it is checked elsewhere, by its hash.

use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};

/// Deflate, no flags, no time, made for size, by no system in particular.
const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255];
/// The most thorough level.
const LEVEL: u8 = 10;

/// Packs some bytes. The same bytes give the same file.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut file = HEADER.to_vec();
    file.extend(compress_to_vec(bytes, LEVEL));
    file.extend(crc32(bytes).to_le_bytes());
    // The length, modulo 2^32.
    file.extend((bytes.len() as u64).to_le_bytes().iter().take(4));
    file
}

/// Unpacks a file without flags, by whatever program, to at most so many bytes. What follows it does not count.
pub(super) fn unpack(file: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let packed = file.strip_prefix(HEADER.first_chunk::<4>()?)?.get(HEADER.len() - 4..)?;
    decompress_to_vec_with_limit(packed, bytes_max).ok()
}

/// The checksum of RFC 1952, section 8.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        for bytes in [b"".as_slice(), b"kit", &[7; 100_000]] {
            let packed = pack(bytes);
            assert_eq!(unpack(&packed, bytes.len()).as_deref(), Some(bytes));
            assert_eq!(unpack(&[packed.clone(), vec![0; 9]].concat(), bytes.len()).as_deref(), Some(bytes));
            assert_eq!(unpack(packed.get(..packed.len() - 9).unwrap(), bytes.len()), None);
        }
        assert_eq!(unpack(&pack(&[7; 100_000]), 99_999), None);
    }
}
