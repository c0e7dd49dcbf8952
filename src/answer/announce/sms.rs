//! Short messages: parts of at most 160 characters of the default alphabet of GSM (3GPP TS 23.038, 6.2.1).

use super::KEEP;

/// Characters of one short message, in septets.
const SEPTETS_MAX: usize = 160;
/// The default alphabet but for ASCII letters, digits and line ends.
const BASIC: &str = " @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// What takes an escape and so two septets.
const EXTENSION: &str = "^{}\\[~]|€";

/// One thing to say, in items that each may stand alone: `Needed: Ann +1 …;`, `Ben +1 ….`.
pub(super) type Saying = Vec<String>;

/// Sayings in parts, each with its number and the number of all before it when there are several.
///
/// A part ends where a saying ends; only in one that no part has room for it ends at an item, then at a word. What the
/// alphabet has not is written with letters that it has. `more` stands at the end if the last part has room for it.
pub(super) fn parts(sayings: &[Saying], more: &str) -> Vec<String> {
    let sayings: Vec<Vec<Vec<String>>> = sayings.iter().map(|items| items.iter().map(|item| words(item)).collect()).collect();
    let count_max: usize = sayings.iter().flatten().flatten().map(String::len).sum();
    // How wide the numbers are depends on how many parts there are.
    for width in 1..=count_max.to_string().len().max(1) + 1 {
        let room = if width == 1 { SEPTETS_MAX } else { SEPTETS_MAX - 2 * (width - 1) - "/ ".len() };
        let mut bodies = bodies(sayings.iter().flat_map(|saying| atoms(saying, room)), room);
        let digits = bodies.len().to_string().len();
        if let Some(last) = bodies.last_mut().filter(|last| !more.is_empty() && length(last) + 1 + length(more) <= room) {
            *last = format!("{last} {more}");
        }
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

/// A saying in the largest pieces that a part has room for.
fn atoms(saying: &[Vec<String>], room: usize) -> Vec<String> {
    let whole = saying.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    if length(&whole) <= room {
        return Some(whole).filter(|whole| !whole.is_empty()).into_iter().collect();
    }
    let item = |words: &Vec<String>| match words.join(" ") {
        item if length(&item) <= room => vec![item],
        _ => words.iter().flat_map(|word| pieces(word, room)).collect(),
    };
    saying.iter().flat_map(item).collect()
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

fn bodies(atoms: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut bodies = Vec::new();
    let (mut body, mut used) = (String::new(), 0);
    for atom in atoms {
        let more = length(&atom);
        if !body.is_empty() && used + 1 + more > room {
            bodies.push(std::mem::take(&mut body));
            used = 0;
        }
        if !body.is_empty() {
            body.push(' ');
            used += 1;
        }
        body.push_str(&atom);
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

    fn parts_of(text: &str) -> Vec<String> {
        parts(&[vec![text.to_owned()]], "")
    }

    #[test]
    fn one_part_has_no_number_and_several_have() {
        assert_eq!(parts_of("short"), ["short"]);
        assert_eq!(parts_of(""), Vec::<String>::new());
        let full = "a".repeat(160);
        assert_eq!(parts_of(&full), std::slice::from_ref(&full));
        let two = parts_of(&format!("{} b", "a".repeat(159)));
        assert_eq!(two.len(), 2);
        assert!(two[0].starts_with("1/2 a") && two[1].starts_with("2/2 "), "{two:?}");
    }

    #[test]
    fn no_part_is_too_long_and_nothing_is_lost() {
        for words in [3, 40, 200, 399, 400, 401, 1200] {
            for word in ["word", "€uro[]", "+1\u{a0}202\u{a0}555\u{a0}0100", &"x".repeat(500)] {
                let text = vec![word; words].join(" ");
                let parts = parts_of(&text);
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
            let all = parts_of(&format!("{} {number} {}", "y".repeat(before), "z z ".repeat(60)));
            assert!(all.iter().any(|part| part.contains("+1 202 555 0100")), "{all:?}");
        }
    }

    #[test]
    fn other_alphabets_become_letters_that_every_phone_has() {
        assert_eq!(
            parts_of("Łukasz Żółkiewski, Åsa Bergström, 李小梅, João, Zoë, `x`"),
            ["Lukasz Zolkiewski, Åsa Bergström, Li Xiao Mei, Joao, Zoe, 'x'"]
        );
        assert_eq!(length("[€]"), 6);
    }

    #[test]
    fn a_part_ends_where_a_saying_ends() {
        let saying = |c: &str, length: usize| vec![format!("{}.", vec![c; length / 2].join(" "))];
        let all = parts(&[saying("a", 100), saying("b", 100), saying("c", 40)], "more: x");
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[0].ends_with("a.") && !all[0].contains('b') && all[1].ends_with("c. more: x"), "{all:?}");
        // One that no part has room for begins where there is room and ends at its items.
        let items: Vec<String> = (0..9).map(|at| format!("Name {at} +1 202 555 0100;")).collect();
        let all = parts(&[saying("a", 60), items], "");
        assert!(all.iter().all(|part| part.ends_with(';')) && all.len() == 2, "{all:?}");
        // What says where more is to be found never makes another part.
        assert_eq!(parts(&[saying("a", 158)], "more: x").len(), 1);
    }
}
