//! Splitting a key among people so that any `k` of them have it together and fewer have nothing: Shamir's scheme over GF(2^8)
//! with AES's polynomial 0x11B, byte by byte, the secret at x = 0 (draft-mcgrew-tss-03; the field of SLIP-39 too).
//!
//! No table is looked up and no branch taken by a secret byte, so the time it takes says nothing about the key. Every
//! coefficient is drawn from the whole field, zero too (RUSTSEC-2024-0398: leaving out zero tells about the secret), and
//! shares of index 0 or of the same index twice are refused (they would give the secret away, or divide by zero).

use rand_core::{OsRng, RngCore};
use zeroize::Zeroizing;

use super::identity::KEY_BYTES;

/// Most shares of one key: more people than that are no tier.
pub const SHARES_MAX: u8 = 32;

/// What is split, and each share of it.
pub type Secret = Zeroizing<[u8; KEY_BYTES]>;

/// Why nothing was split or combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShamirError {
    /// Not 2 ≤ k ≤ n ≤ [`SHARES_MAX`].
    #[error("{k} of {n} is no way to split: it takes 2 to {SHARES_MAX}, and not more than there are")]
    Shape {
        /// How many are needed.
        k: u8,
        /// How many there are.
        n: u8,
    },
    /// No share, one of index 0, or one index twice.
    #[error("the shares do not have indices of their own, from 1")]
    Indices,
    /// The system has no random bytes.
    #[error("the system has no random bytes")]
    Random,
}

/// Splits a key into `n` shares, of indices 1 to `n`, of which any `k` give it back.
///
/// # Errors
/// [`ShamirError::Shape`], [`ShamirError::Random`].
pub fn split(secret: &[u8; KEY_BYTES], k: u8, n: u8) -> Result<Vec<Secret>, ShamirError> {
    if !(2..=n).contains(&k) || n > SHARES_MAX {
        return Err(ShamirError::Shape { k, n });
    }
    let mut coefficients: Vec<Secret> = Vec::with_capacity(usize::from(k));
    coefficients.push(Zeroizing::new(*secret));
    for _ in 1..k {
        let mut drawn = Zeroizing::new([0; KEY_BYTES]);
        OsRng.try_fill_bytes(&mut *drawn).map_err(|_| ShamirError::Random)?;
        coefficients.push(drawn);
    }
    Ok((1..=n).map(|x| value_at(&coefficients, x)).collect())
}

/// The key that `k` shares give. With fewer, or with a wrong one among them, it is some other key: whoever combines checks what
/// comes out.
///
/// # Errors
/// [`ShamirError::Indices`].
pub fn combine(shares: &[(u8, &[u8; KEY_BYTES])]) -> Result<Secret, ShamirError> {
    value_between(shares, 0)
}

/// The value at `x` of the polynomial through some points (Lagrange).
fn value_between(points: &[(u8, &[u8; KEY_BYTES])], x: u8) -> Result<Secret, ShamirError> {
    let is_twice = points.iter().enumerate().any(|(at, (index, _))| points.iter().take(at).any(|(other, _)| other == index));
    if points.is_empty() || is_twice || points.iter().any(|(index, _)| *index == 0) {
        return Err(ShamirError::Indices);
    }
    let mut value = Zeroizing::new([0; KEY_BYTES]);
    for (index, share) in points {
        // Indices are public; only what is multiplied with is secret.
        let others = points.iter().map(|(other, _)| *other).filter(|other| other != index);
        let weight = others.fold(1, |weight, other| times(weight, times(x ^ other, inverse(index ^ other))));
        value.iter_mut().zip(share.iter()).for_each(|(sum, byte)| *sum ^= times(*byte, weight));
    }
    Ok(value)
}

/// The value at `x` of the polynomial with these coefficients, the constant one first (Horner).
fn value_at(coefficients: &[Secret], x: u8) -> Secret {
    let mut value = Zeroizing::new([0; KEY_BYTES]);
    for coefficient in coefficients.iter().rev() {
        value.iter_mut().zip(coefficient.iter()).for_each(|(sum, byte)| *sum = times(*sum, x) ^ byte);
    }
    value
}

/// a · b in GF(2^8), in the same steps for all.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= a & 0u8.wrapping_sub(b & 1);
        let carry = 0u8.wrapping_sub(a >> 7);
        a = (a << 1) ^ (0x1B & carry);
        b >>= 1;
    }
    product
}

/// 1 / a as a^254; 0 for 0.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    for _ in 0..7 {
        power = times(power, power);
        result = times(result, power);
    }
    result
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    fn block(bytes: &[u8]) -> [u8; KEY_BYTES] {
        let mut block = [0; KEY_BYTES];
        block[..bytes.len()].copy_from_slice(bytes);
        block
    }

    #[test]
    fn the_published_vector_comes_out() {
        // draft-mcgrew-tss-03, section 9: the secret 74 65 73 74 00 from shares of index 1 and 2.
        let (one, two) = (block(&[0xB9, 0xFA, 0x07, 0xE1, 0x85]), block(&[0xF5, 0x40, 0x9B, 0x45, 0x11]));
        let secret = combine(&[(1, &one), (2, &two)]).unwrap();
        assert_eq!(secret[..5], [0x74, 0x65, 0x73, 0x74, 0x00]);
    }

    #[test]
    fn the_field_is_the_one_of_aes() {
        assert_eq!(times(0x57, 0x83), 0xC1); // FIPS 197, section 4.2
        assert_eq!(times(0x57, 0x13), 0xFE);
        assert_eq!(inverse(0x53), 0xCA);
        for a in 1..=255 {
            assert_eq!(times(a, inverse(a)), 1, "{a}");
            assert_eq!((times(a, 0), times(0, a), times(a, 1)), (0, 0, a));
        }
        // Distributive over every a and b with a few c: with 1/a this makes a field.
        for (a, b, c) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b, a ^ 0x35))) {
            assert_eq!(times(a, b ^ c), times(a, b) ^ times(a, c));
            assert_eq!(times(a, b), times(b, a));
        }
    }

    #[test]
    fn every_group_of_k_has_it() {
        let secret: [u8; KEY_BYTES] = std::array::from_fn(|at| at as u8 * 7 + 1);
        for (k, n) in (2..=6).flat_map(|n| (2..=n).map(move |k| (k, n))) {
            let shares = split(&secret, k, n).unwrap();
            for group in 0u32..1 << n {
                let members: Vec<_> = (1..=n).filter(|x| group >> (x - 1) & 1 == 1).collect();
                let points: Vec<_> = members.iter().map(|x| (*x, &*shares[usize::from(x - 1)])).collect();
                match combine(&points) {
                    Ok(found) => assert_eq!(*found == secret, members.len() >= usize::from(k), "{k} of {n}: {members:?}"),
                    Err(error) => assert_eq!((error, members.len()), (ShamirError::Indices, 0)),
                }
            }
        }
    }

    /// For one byte, exhaustive: whatever k-1 holders see, each secret was exactly as likely.
    #[test]
    fn c5_fewer_than_k_have_nothing() {
        for x in 1..=5u8 {
            let mut seen = vec![[0u32; 256]; 256];
            for (secret, coefficient) in (0..=255u8).flat_map(|s| (0..=255u8).map(move |c| (s, c))) {
                seen[usize::from(secret ^ times(coefficient, x))][usize::from(secret)] += 1;
            }
            assert!(seen.iter().flatten().all(|count| *count == 1), "2 of n, one share of index {x}");
        }
    }

    /// The same with three needed: whatever two holders see together, each secret was exactly as likely.
    #[test]
    fn c5_two_of_three_needed_have_nothing_together() {
        for (x, y) in [(1u8, 2u8), (2, 1), (1, 32), (31, 32)] {
            for secret in [0u8, 1, 0x5A, 255] {
                let mut seen = vec![false; 1 << 16];
                for (a, b) in (0..=255u8).flat_map(|a| (0..=255u8).map(move |b| (a, b))) {
                    let at = |x: u8| usize::from(secret ^ times(x, a ^ times(x, b)));
                    seen[at(x) << 8 | at(y)] = true;
                }
                // 65,536 polynomials, and every pair of shares comes from one of them: none says anything of the secret.
                assert!(seen.iter().all(|seen| *seen), "{secret}: {x} and {y}");
            }
        }
    }

    /// Another implementation's shares: the vectors of SLIP-39 (trezor/python-shamir-mnemonic, vectors.json), the values of
    /// their member shares. There the secret stands at x = 255, and at x = 254 a check of it: HMAC-SHA256, keyed with all but
    /// its first four bytes, of the secret, of which it begins with four.
    #[test]
    fn shares_of_slip_39_come_out() {
        // "humidity disease", two shares; "wildlife deal", three shares of one group, two of which are enough.
        let sets: [(&[(u8, &str)], &str); 4] = [
            (
                &[
                    (2, "81e5473f4b7f66094f888d2f98fe0ded6a692dc72c65dc498d6e28bee6ebdfcc"),
                    (1, "19e366e9b2e34851e52132c31c2b2c957321bf5ce6c9c1410ea1ddf5fef92c27"),
                ],
                "0204622ff84267b5dae0ca4e0c1328d6611b96b92b11692e5a7542314f7a54ee",
            ),
            (
                &[
                    (1, "094ed0a7c9b50a3dcecc037bb4e34eb5b158a8ee3f8ea661e76521e07629e663"),
                    (2, "98091ab3396a2e9ab9d6889b6507fce1e3c12dd0a2676ee52bb1b389ec320a90"),
                ],
                "de5f1dc34fbf1774a62038233601c08467e01b1f3d1a3671cdfe08de30666b1b",
            ),
            (
                &[
                    (2, "98091ab3396a2e9ab9d6889b6507fce1e3c12dd0a2676ee52bb1b389ec320a90"),
                    (4, "a187959bc2cf66cf57e28540dcd4834947e83cac83aee5f6a8028c5bc304c96d"),
                ],
                "de5f1dc34fbf1774a62038233601c08467e01b1f3d1a3671cdfe08de30666b1b",
            ),
            (
                &[
                    (1, "094ed0a7c9b50a3dcecc037bb4e34eb5b158a8ee3f8ea661e76521e07629e663"),
                    (4, "a187959bc2cf66cf57e28540dcd4834947e83cac83aee5f6a8028c5bc304c96d"),
                ],
                "de5f1dc34fbf1774a62038233601c08467e01b1f3d1a3671cdfe08de30666b1b",
            ),
        ];
        let bytes = |hex: &str| -> [u8; KEY_BYTES] { HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap() };
        for (shares, expected) in sets {
            let shares: Vec<(u8, [u8; KEY_BYTES])> = shares.iter().map(|(x, hex)| (*x, bytes(hex))).collect();
            let points: Vec<(u8, &[u8; KEY_BYTES])> = shares.iter().map(|(x, value)| (*x, value)).collect();
            let secret = value_between(&points, 255).unwrap();
            assert_eq!(*secret, bytes(expected));
            let check = value_between(&points, 254).unwrap();
            assert_eq!(check[..4], hmac_sha256(&check[4..], &*secret)[..4]);
        }
    }

    /// RFC 2104, for keys of at most a block.
    fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
        let padded = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
        let inner = Sha256::digest([padded(0x36).as_slice(), message].concat());
        Sha256::digest([padded(0x5C).as_slice(), inner.as_slice()].concat()).into()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Any k of n, in any order, with more than k too; and never with fewer, whatever the secret.
        #[test]
        fn any_k_in_any_order(secret: [u8; KEY_BYTES], (k, n) in (2..=SHARES_MAX).prop_flat_map(|n| (2..=n, Just(n))), seed: u64) {
            let shares = split(&secret, k, n).unwrap();
            let mut order: Vec<u8> = (1..=n).collect();
            let mut state = seed;
            for at in (1..order.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                order.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
            }
            let points: Vec<_> = order.iter().map(|x| (*x, &*shares[usize::from(*x) - 1])).collect();
            prop_assert_eq!(*combine(&points[..usize::from(k)]).unwrap(), secret);
            prop_assert_eq!(*combine(&points).unwrap(), secret);
            prop_assert_ne!(*combine(&points[..usize::from(k) - 1]).unwrap(), secret);
        }
    }

    /// The advisory of the crate `shamir` (rustsec/advisory-db, issue 235): its shares were always made for three, whatever was
    /// asked for.
    #[test]
    fn it_takes_as_many_as_were_asked_for() {
        let secret = [0xA5; KEY_BYTES];
        for k in 2..=7u8 {
            let shares = split(&secret, k, 7).unwrap();
            let points: Vec<_> = (1..=7).map(|x| (x, &*shares[usize::from(x) - 1])).collect();
            for count in 1..=7usize {
                assert_eq!(*combine(&points[..count]).unwrap() == secret, count >= usize::from(k), "{count} for {k}");
            }
        }
    }

    /// RUSTSEC-2024-0398: coefficients from 1 to 255 only let k-1 holders rule out values of the secret.
    #[test]
    fn coefficients_are_zero_as_often_as_anything() {
        let mut is_equal = 0;
        for _ in 0..200 {
            let shares = split(&[0x5A; KEY_BYTES], 2, 2).unwrap();
            is_equal += shares[0].iter().filter(|byte| **byte == 0x5A).count();
        }
        // 6,400 bytes, one in 256 with a zero coefficient: 25 expected, none once in 10^10 runs.
        assert!(is_equal > 0);
    }

    #[test]
    fn what_would_give_it_away_is_refused() {
        for (k, n) in [(0, 0), (0, 3), (1, 3), (4, 3), (2, 33), (2, 255)] {
            assert_eq!(split(&[1; KEY_BYTES], k, n).map(|_| ()), Err(ShamirError::Shape { k, n }));
        }
        let share = [1; KEY_BYTES];
        for points in [&[][..], &[(0, &share)], &[(1, &share), (1, &share)], &[(3, &share), (0, &share)]] {
            assert_eq!(combine(points).map(|_| ()), Err(ShamirError::Indices));
        }
    }

    /// SLIP-39's own vectors use the same field and interpolation, with the secret at x = 255.
    #[test]
    fn any_other_point_of_the_polynomial_comes_out_too() {
        let secret: [u8; KEY_BYTES] = std::array::from_fn(|at| 200 - at as u8);
        let shares = split(&secret, 3, 5).unwrap();
        let three: Vec<_> = [1, 4, 5].map(|x| (x, &*shares[usize::from(x) - 1])).into();
        assert_eq!(value_between(&three, 2).unwrap(), shares[1]);
    }
}
