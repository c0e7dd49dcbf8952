//! Seeds in base32 (RFC 4648), read as people write them down: in groups, in lower case, without padding.

use zeroize::Zeroizing;

use super::{Seed, TotpError};

/// The alphabet of base32.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Most bytes of a seed: four blocks of the largest hash.
pub(super) const SEED_BYTES_MAX: usize = 512;

/// The bytes of a seed. Bits left over at the end count for nothing, as in every authenticator.
///
/// # Errors
/// [`TotpError::Nothing`], [`TotpError::Long`], [`TotpError::Letters`], [`TotpError::Count`].
pub fn base32(text: &str) -> Result<Seed, TotpError> {
    let is_between = |c: char| c.is_whitespace() || c == '-';
    let text = text.trim_end_matches(|c| c == '=' || is_between(c));
    let mut seed = Zeroizing::new(Vec::with_capacity(SEED_BYTES_MAX));
    let (mut held, mut bits, mut count) = (0_u32, 0_u32, 0_usize);
    for c in text.chars().filter(|c| !is_between(*c)) {
        let upper = c.to_ascii_uppercase();
        let at = LETTERS.iter().position(|letter| char::from(*letter) == upper).ok_or(TotpError::Letters)?;
        held = (held << 5 | u32::try_from(at).expect("it is below 32")) & 0xfff;
        bits += 5;
        count += 1;
        if bits >= 8 {
            bits -= 8;
            if seed.len() == SEED_BYTES_MAX {
                return Err(TotpError::Long);
            }
            seed.push(u8::try_from(held >> bits & 0xff).expect("masked"));
        }
    }
    match count % 8 {
        _ if count == 0 => Err(TotpError::Nothing),
        1 | 3 | 6 => Err(TotpError::Count),
        _ => Ok(seed),
    }
}

/// A seed in base32: capital letters, no padding.
pub(super) fn write(seed: &[u8], text: &mut String) {
    for block in seed.chunks(5) {
        let mut five = [0; 8];
        five.iter_mut().skip(3).zip(block).for_each(|(to, from)| *to = *from);
        let bits = u64::from_be_bytes(five);
        for at in 0..(block.len() * 8).div_ceil(5) {
            let letter = usize::try_from(bits >> (35 - 5 * at) & 31).expect("it is below 32");
            text.push(char::from(*LETTERS.get(letter).expect("32 letters")));
        }
    }
}
