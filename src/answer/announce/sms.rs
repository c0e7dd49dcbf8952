//! Short messages: parts of at most 160 characters of the default alphabet of GSM (3GPP TS 23.038, 6.2.1).

use super::KEEP;

/// Characters of one short message, in septets.
const SEPTETS_MAX: usize = 160;
/// The default alphabet but for ASCII letters, digits and line ends.
const BASIC: &str = " @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// What takes an escape and so two septets.
const EXTENSION: &str = "^{}\\[~]|€";

/// A text in parts, each with its number and the number of all before it when there are several. Broken between words; what
/// the alphabet has not is written with letters that it has.
pub(super) fn parts(text: &str) -> Vec<String> {
    let words = words(text);
    // How wide the numbers are depends on how many parts there are.
    let widths = 1..=text.len().to_string().len().max(1);
    for width in widths {
        let room = if width == 1 { SEPTETS_MAX } else { SEPTETS_MAX - 2 * (width - 1) - "/ ".len() };
        let bodies = bodies(&words, room);
        let digits = bodies.len().to_string().len();
        match bodies.len() {
            0 => return Vec::new(),
            1 if width == 1 => return bodies,
            count if count > 1 && width > 1 && digits < width => {
                return bodies.iter().enumerate().map(|(index, body)| format!("{}/{count} {body}", index + 1)).collect();
            }
            _ => {}
        }
    }
    Vec::new()
}

/// The words of a text in the alphabet; a word may have spaces in it, at which no part ends.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let pieces: Vec<String> = word.split(KEEP).map(in_alphabet).filter(|piece| !piece.is_empty()).collect();
        if !pieces.is_empty() {
            words.push(pieces.join(" "));
        }
    }
    words
}

fn in_alphabet(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    // Syllables come with a space after them, which does not belong before a comma.
    let mut has_loose_space = false;
    for c in text.chars() {
        if septets(c).is_some() {
            if has_loose_space && !c.is_alphanumeric() {
                written.truncate(written.trim_end().len());
            }
            written.push(c);
            has_loose_space = false;
        } else {
            let nearest = deunicode::deunicode_char(c).unwrap_or("?");
            written.extend(nearest.chars().map(|c| if c == '`' { '\'' } else { c }).filter(|c| septets(*c).is_some()));
            has_loose_space = nearest.ends_with(' ');
        }
    }
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bodies(words: &[String], room: usize) -> Vec<String> {
    let mut bodies = Vec::new();
    let (mut body, mut used) = (String::new(), 0);
    for word in words.iter().flat_map(|word| pieces(word, room)) {
        let more = length(&word);
        if !body.is_empty() && used + 1 + more > room {
            bodies.push(std::mem::take(&mut body));
            used = 0;
        }
        if !body.is_empty() {
            body.push(' ');
            used += 1;
        }
        body.push_str(&word);
        used += more;
    }
    bodies.extend(Some(body).filter(|body| !body.is_empty()));
    bodies
}

/// A word that no part has room for, in pieces; every other one as it is.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let (mut piece, mut used) = (String::new(), 0);
    for c in word.chars() {
        let more = septets(c).unwrap_or(1);
        if used + more > room {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(c);
        used += more;
    }
    pieces.extend(Some(piece).filter(|piece| !piece.is_empty()));
    pieces
}

fn length(text: &str) -> usize {
    text.chars().map(|c| septets(c).unwrap_or(1)).sum()
}

/// What a character takes; `None` when the alphabet has it not.
fn septets(c: char) -> Option<usize> {
    match c {
        c if c.is_ascii_alphanumeric() || BASIC.contains(c) => Some(1),
        c if EXTENSION.contains(c) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_has_no_number_and_several_have() {
        assert_eq!(parts("short"), ["short"]);
        assert_eq!(parts(""), Vec::<String>::new());
        let full = "a".repeat(160);
        assert_eq!(parts(&full), std::slice::from_ref(&full));
        let two = parts(&format!("{} b", "a".repeat(159)));
        assert_eq!(two.len(), 2);
        assert!(two[0].starts_with("1/2 a") && two[1].starts_with("2/2 "), "{two:?}");
    }

    #[test]
    fn no_part_is_too_long_and_nothing_is_lost() {
        for words in [3, 40, 200, 399, 400, 401, 1200] {
            for word in ["word", "€uro[]", "+1\u{a0}202\u{a0}555\u{a0}0100", &"x".repeat(500)] {
                let text = vec![word; words].join(" ");
                let parts = parts(&text);
                let mut joined = String::new();
                for (index, part) in parts.iter().enumerate() {
                    assert!(length(part) <= SEPTETS_MAX, "{part}");
                    let number = format!("{}/{} ", index + 1, parts.len());
                    joined += part.strip_prefix(number.as_str()).unwrap_or(part);
                }
                assert_eq!(joined.replace(' ', ""), text.replace([' ', KEEP], ""), "{words} {word}");
            }
        }
    }

    #[test]
    fn a_number_stands_in_one_part() {
        let number = "+1\u{a0}202\u{a0}555\u{a0}0100";
        for before in 0..200 {
            let all = parts(&format!("{} {number} {}", "y".repeat(before), "z z ".repeat(60)));
            assert!(all.iter().any(|part| part.contains("+1 202 555 0100")), "{all:?}");
        }
    }

    #[test]
    fn other_alphabets_become_letters_that_every_phone_has() {
        assert_eq!(
            parts("Łukasz Żółkiewski, Åsa Bergström, 李小梅, João, Zoë, `x`"),
            ["Lukasz Zolkiewski, Åsa Bergström, Li Xiao Mei, Joao, Zoe, 'x'"]
        );
        assert_eq!(length("[€]"), 6);
    }
}
