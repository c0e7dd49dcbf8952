//! Parts that make up for others: any k of k + m parts give all of them back.
//!
//! At each place of the parts stands the value of one polynomial of degree below k over GF(2^8), with AES's polynomial 0x11B:
//! part 1 at x = 1, part 2 at x = 2 and so on. The first k are the content itself, so who has those needs no arithmetic.
//! Nothing here is secret.

/// The parts at some numbers (from 1), out of exactly `points.len()` others, each of the same length.
pub(super) fn parts_at(points: &[(u8, &[u8])], numbers: &[u8]) -> Vec<Vec<u8>> {
    numbers.iter().map(|number| part_at(points, *number)).collect()
}

/// Lagrange's formula; `points` are at numbers of their own.
fn part_at(points: &[(u8, &[u8])], x: u8) -> Vec<u8> {
    let mut part = vec![0; points.first().map_or(0, |(_, part)| part.len())];
    for (number, known) in points {
        let others = points.iter().map(|(other, _)| *other).filter(|other| other != number);
        let weight = others.fold(1, |weight, other| times(weight, times(x ^ other, inverse(number ^ other))));
        part.iter_mut().zip(known.iter()).for_each(|(sum, byte)| *sum ^= times(*byte, weight));
    }
    part
}

/// a · b in GF(2^8).
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a = (a << 1) ^ if a >> 7 == 1 { 0x1B } else { 0 };
        b >>= 1;
    }
    product
}

/// 1 / a as a^254.
fn inverse(a: u8) -> u8 {
    (0..7).fold((a, 1), |(power, result), _| (times(power, power), times(result, times(power, power)))).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_the_one_of_aes() {
        assert_eq!((times(0x57, 0x83), times(0x57, 0x13)), (0xC1, 0xFE)); // FIPS 197, section 4.2
        assert_eq!(inverse(0x53), 0xCA);
        assert!((1..=255).all(|a| times(a, inverse(a)) == 1));
    }

    #[test]
    fn any_k_of_n_give_all() {
        let content: Vec<Vec<u8>> =
            (0..4u8).map(|at| (0..9u8).map(|byte| at.wrapping_mul(71) ^ byte.wrapping_mul(29)).collect()).collect();
        let data: Vec<(u8, &[u8])> = (1..).zip(content.iter().map(Vec::as_slice)).collect();
        let all: Vec<Vec<u8>> = parts_at(&data, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(all.get(..4), Some(content.as_slice()), "the first are the content");
        for group in (0u32..1 << 6).filter(|group| group.count_ones() == 4) {
            let points: Vec<(u8, &[u8])> =
                (1..).zip(all.iter().map(Vec::as_slice)).filter(|(x, _)| group >> (x - 1) & 1 == 1).collect();
            assert_eq!(parts_at(&points, &[1, 2, 3, 4, 5, 6]), all, "{group:b}");
        }
    }
}
