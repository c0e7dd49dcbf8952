//! Codes on the terminal: what is printed is drawn as a picture, character by character, and read by another program.

use crate::{
    acme::Acme,
    world::{World, peer},
};

/// Pixels of half a character's height, and of its width: a cell is twice as high as wide.
const HALF: usize = 8;

/// Draws lines of text as a terminal with light letters on a dark background does, as a binary PGM.
fn picture(lines: &[&str]) -> Vec<u8> {
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap();
    // Some of the terminal around it.
    let (margin, width, height) = (2 * HALF, columns * HALF + 4 * HALF, lines.len() * 2 * HALF + 4 * HALF);
    let mut pixels = vec![0_u8; width * height];
    for (row, line) in lines.iter().enumerate() {
        for (column, c) in line.chars().enumerate() {
            let (top, bottom) = match c {
                '█' | '#' => (true, true),
                '▀' => (true, false),
                '▄' => (false, true),
                ' ' => (false, false),
                other => panic!("{other:?} in a code"),
            };
            for y in 0..2 * HALF {
                let ink = if y < HALF { top } else { bottom };
                for x in 0..HALF {
                    pixels[(margin + row * 2 * HALF + y) * width + margin + column * HALF + x] = if ink { 255 } else { 0 };
                }
            }
        }
    }
    [format!("P5 {width} {height} 255\n").as_bytes(), &pixels].concat()
}

/// What a camera would read from lines of text.
fn read(world: &World, lines: &[&str]) -> String {
    peer("zbarimg");
    world.write("code.pgm", picture(lines));
    let run = world.run("zbarimg", ["--raw", "--quiet", "code.pgm"], b"");
    run.ok().stdout.trim_end().to_owned()
}

/// The lines of a screen that are a code.
fn code(screen: &str) -> Vec<&str> {
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
        assert_eq!(read(&alice, &lines), "tel:+12025550100");
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
        assert_eq!(read(&alice, &lines), "tel:+12025550100");
    }
    let seen = alice.terminal_of(40, 80, ["bridge", "--qr"]).ends(0);
    assert_eq!(read(&alice, &code(&seen)), "tel:+12025550100");
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
    alice.write("code.pgm", picture(&lines));
    let run = alice.run("zbarimg", ["--raw", "--quiet", "code.pgm"], b"");
    assert!(!run.stdout.contains("tel:"), "{}", run.stdout);
}
