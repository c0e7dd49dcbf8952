//! Codes on the terminal: what is printed is drawn as a picture, character by character, and read by another program.

use crate::{
    acme::Acme,
    world::{World, peer},
};

/// Pixels of a character: a cell is twice as high as wide.
const CELL: (usize, usize) = (8, 16);
/// `#` as terminals draw it (the font of the PC's text mode): mostly gaps, which a camera some way off no longer sees.
const HASH: [u8; 16] = [0, 0, 0, 0x6c, 0x6c, 0xfe, 0x6c, 0x6c, 0x6c, 0xfe, 0x6c, 0x6c, 0, 0, 0, 0];

/// Draws lines of text as a terminal with light letters on a dark background does, seen so many times smaller, as a PGM.
pub fn picture(lines: &[&str], smaller: usize) -> Vec<u8> {
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap();
    // Some of the terminal around it.
    let (margin, width, height) = (2 * CELL.0, columns * CELL.0 + 4 * CELL.0, lines.len() * CELL.1 + 4 * CELL.0);
    let mut pixels = vec![0_usize; width * height];
    for (row, line) in lines.iter().enumerate() {
        for (column, c) in line.chars().enumerate() {
            for (y, x) in (0..CELL.1).flat_map(|y| (0..CELL.0).map(move |x| (y, x))) {
                let is_ink = match c {
                    '█' => true,
                    '▀' => y < CELL.1 / 2,
                    '▄' => y >= CELL.1 / 2,
                    '#' => HASH[y] >> (7 - x) & 1 == 1,
                    ' ' => false,
                    other => panic!("{other:?} in a code"),
                };
                pixels[(margin + row * CELL.1 + y) * width + margin + column * CELL.0 + x] = if is_ink { 255 } else { 0 };
            }
        }
    }
    let (seen_width, seen_height) = (width / smaller, height / smaller);
    let square = |at: usize| (0..smaller).map(move |step| at * smaller + step);
    let mean = |(y, x): (usize, usize)| {
        let sum: usize = square(y).flat_map(|y| square(x).map(move |x| y * width + x)).map(|at| pixels[at]).sum();
        u8::try_from(sum / (smaller * smaller)).unwrap()
    };
    let seen: Vec<u8> = (0..seen_height).flat_map(|y| (0..seen_width).map(move |x| (y, x))).map(mean).collect();
    [format!("P5 {seen_width} {seen_height} 255\n").as_bytes(), &seen].concat()
}

/// What a camera reads from lines of text, close by or some way off.
pub fn read(world: &World, lines: &[&str], smaller: usize) -> String {
    peer("zbarimg");
    world.write("code.pgm", picture(lines, smaller));
    let run = world.run("zbarimg", ["--raw", "--quiet", "code.pgm"], b"");
    run.ok().stdout.trim_end().to_owned()
}

/// The lines of a screen that are a code.
pub fn code(screen: &str) -> Vec<&str> {
    let is_code =
        |line: &&str| !line.is_empty() && line.chars().all(|c| "█▀▄# ".contains(c)) && line.starts_with(['█', '▀', '#']);
    screen.lines().map(|line| line.trim_end_matches('\r')).filter(is_code).collect()
}

#[test]
fn a_camera_reads_the_number_from_half_blocks() {
    let alice = Acme::joined().alice;
    for columns in ["80", "40"] {
        let run = alice.with("COLUMNS", columns).kit(["bridge", "--qr"]);
        let lines = code(&run.ok().stdout);
        assert_eq!(lines.len(), 15, "{lines:#?}");
        assert!(lines.iter().all(|line| line.chars().count() == 29), "quiet zone and all: {lines:#?}");
        assert_eq!(read(&alice, &lines, 1), "tel:+12025550100");
        assert_eq!(read(&alice, &lines, 2), "tel:+12025550100");
        run.has("  Dial").has("+1 202 555 0100\n").has("PIN 4829 13 #\n");
        run.assert(run.stdout.lines().count() <= 24, "a screenful");
    }
    // Whatever way in is left, it is its number that is dialled.
    let run = alice.kit(["bridge", "--qr", "--down", "phone"]);
    run.ok().has("No code").assert(code(&run.stdout).is_empty(), "no code without a number");
}

#[test]
fn a_camera_reads_the_number_from_ascii() {
    let alice = Acme::joined().alice;
    for world in [alice.with("TERM", "dumb"), alice.with("LANG", "C")] {
        let seen = world.terminal_of(40, 80, ["bridge", "--qr"]).ends(0);
        let lines = code(&seen);
        assert_eq!(lines.len(), 29, "{seen}");
        assert!(lines.iter().all(|line| line.is_ascii() && line.len() == 58), "{seen}");
        assert_eq!(read(&alice, &lines, 4), "tel:+12025550100");
    }
    let seen = alice.terminal_of(40, 80, ["bridge", "--qr"]).ends(0);
    assert_eq!(read(&alice, &code(&seen), 1), "tel:+12025550100");
}

#[test]
fn a_code_that_has_no_room_is_not_cut() {
    let alice = Acme::joined().alice;
    let seen = alice.with("TERM", "dumb").terminal_of(40, 57, ["bridge", "--qr"]).ends(0);
    assert!(code(&seen).is_empty(), "{seen}");
    let said = seen.replace("\r\n", " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("58 columns wide and this window has 57"), "{seen}");
    assert!(said.contains("Dial +1 202 555 0100"), "{seen}");
    let seen = alice.with("TERM", "dumb").terminal_of(40, 58, ["bridge", "--qr"]).ends(0);
    assert_eq!(code(&seen).len(), 29, "{seen}");
}

#[test]
fn the_picture_shows_what_is_wrong() {
    // The reader does read: another code gives another number, and a code with a row missing none.
    let alice = Acme::joined().alice;
    let run = alice.kit(["bridge", "--qr"]);
    let mut lines = code(&run.ok().stdout);
    lines.truncate(9);
    alice.write("code.pgm", picture(&lines, 1));
    let run = alice.run("zbarimg", ["--raw", "--quiet", "code.pgm"], b"");
    assert!(!run.stdout.contains("tel:"), "{}", run.stdout);
}
