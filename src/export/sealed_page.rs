//! One credential on paper, sealed by a passphrase: a page that is folded in thirds, like a letter.
//!
//! Outside stands what it is and whom to tell; in the middle the code and how it is opened; below, the same as lines to type.
//! The folds of A4 and Letter differ: nothing that is read stands within 5 mm of either.

use jiff::civil::Date;

use super::plain::plain;
use crate::{
    code::{Code, Strength, TypedLine},
    paper::{Align, Document, Face, Fonts, LIVE_HEIGHT_MM, LIVE_WIDTH_MM, Page, Paper, Placed, Role, Text},
};

/// The widest that a code may be with its quiet zone: between the folds of Letter paper, 5 mm from each.
const CODE_MM_MAX: f32 = 83.0;
/// The smallest module that phones read: six dots of a printer with 300 per inch.
const DOTS_MIN: u16 = 6;
const DOT_MM: f32 = 25.4 / 300.0;
/// The largest version that phones read at once.
const VERSION_MAX: usize = 22;
/// The largest with `--dense`: its modules are 0.593 mm.
const VERSION_DENSE_MAX: usize = 25;
/// Most typed lines below the second fold; more stand on a page of their own.
const LINES_BELOW_MAX: usize = 17;
/// Where the last row above the first fold may stand, and where the first one below the second begins.
const TOP_END_MM: f32 = 72.0;
const BOTTOM_BEGIN_MM: f32 = 183.0;
/// Where the text beside the typed lines begins.
const ASIDE_MM: f32 = 143.0;
/// Where the text beside the code begins.
const BESIDE_MM: f32 = 89.0;

/// What stands on the page. No value and no passphrase is in here.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedPage<'a> {
    /// The sheet's id.
    pub id: &'a str,
    /// The credential's id.
    pub credential: &'a str,
    /// What it opens.
    pub title: &'a str,
    /// Which value it is.
    pub version: u32,
    /// Its mark, to compare over the phone.
    pub mark: &'a str,
    /// The names of the fields that are in it.
    pub fields: Vec<&'a str>,
    /// When it was sealed: `18 Nov 2026 02:12 UTC`.
    pub sealed: String,
    /// By whom, by name.
    pub by: &'a str,
    /// The day by which it is replaced.
    pub replace_by: Date,
    /// Who is told when it is opened: name, number as it is read and as it is dialled.
    pub tell: Option<(&'a str, Option<(&'a str, &'a str)>)>,
    /// Hours within which the value is changed once it was opened.
    pub rotate_within_h: u16,
    /// Where each copy is; one page for each.
    pub copies: &'a [String],
    /// Who keeps the passphrase, if that is to be on the page.
    pub words_with: Option<&'a str>,
    /// Words of the passphrase.
    pub words: usize,
    /// What signing in takes beside it.
    pub needs: &'a [String],
    /// The armoured age file as a code.
    pub code: &'a Code,
    /// The age file as lines.
    pub lines: &'a [TypedLine],
    /// The hash of the age file that the lines make, in hexadecimal digits.
    pub sha256: &'a str,
}

/// A text as a code that phones read from paper: as strong as fits, never larger than they take.
pub fn sealed_code(text: &str, dense: bool) -> Option<Code> {
    let within = |least, version| Code::within(text, least, version);
    let code = within(Strength::M, VERSION_MAX).or_else(|| within(Strength::L, VERSION_MAX));
    code.or_else(|| within(Strength::L, VERSION_DENSE_MAX).filter(|_| dense))
}

/// The side of a module on this page: as many whole dots of a printer as fit between the folds.
pub fn module_mm(code: &Code) -> f32 {
    module_mm_within(code, CODE_MM_MAX)
}

/// The side of a module: as many whole dots of a printer as fit, and never fewer than phones need.
pub(super) fn module_mm_within(code: &Code, side_mm: f32) -> f32 {
    let modules = (code.side() + 2 * Code::QUIET_MODULES) as f32;
    let fits = |dots: &u16| f32::from(*dots) * DOT_MM * modules <= side_mm;
    let dots = (DOTS_MIN..=24).take_while(fits).last().unwrap_or(DOTS_MIN);
    f32::from(dots) * DOT_MM
}

/// The pages: for each copy one, and one more where the lines do not fit below.
pub fn sealed_page(sealed: &SealedPage<'_>, paper: Paper, fonts: &Fonts<'_>) -> Document {
    let copies = sealed.copies.len().max(1);
    let moves = sealed.lines.len() > LINES_BELOW_MAX;
    let pages = (0..copies).flat_map(|copy| {
        let mut set = Set { fonts, page: Page::default() };
        folds(&mut set, paper);
        outside(&mut set, sealed, (copy, moves));
        middle(&mut set, sealed);
        if moves {
            set.row(0.0, BOTTOM_BEGIN_MM + 3.0, 9.0, Face::Sans, "If the code will not scan, type the lines of page 2.");
            set.ruler(LIVE_HEIGHT_MM - 2.0);
            return vec![set.page, lines_alone(fonts, sealed)];
        }
        lines(&mut set, sealed, BOTTOM_BEGIN_MM);
        vec![set.page]
    });
    Document { title: format!("Sealed: {}", plain(sealed.credential)), id: sealed.id.to_owned(), paper, pages: pages.collect() }
}

/// A page that is being set.
struct Set<'f> {
    fonts: &'f Fonts<'f>,
    page: Page,
}

impl Set<'_> {
    fn row(&mut self, x_mm: f32, y_mm: f32, size_pt: f32, face: Face, text: impl Into<String>) {
        self.page.text(Text::at(x_mm, y_mm, text).size(size_pt).face(face));
    }

    /// Broken at a width; where the next row stands.
    fn rows(&mut self, (x_mm, y_mm): (f32, f32), width_mm: f32, (size_pt, pitch_mm): (f32, f32), text: &str) -> f32 {
        let mut y_mm = y_mm;
        for line in self.fonts.wrap(Face::Sans, size_pt, text, width_mm) {
            self.row(x_mm, y_mm, size_pt, Face::Sans, line);
            y_mm += pitch_mm;
        }
        y_mm
    }

    /// A bar that shows whether the printer scaled the page.
    fn ruler(&mut self, y_mm: f32) {
        let (left, right) = (LIVE_WIDTH_MM - 50.0, LIVE_WIDTH_MM);
        self.page.line((left, y_mm), (right, y_mm), 0.3);
        for x_mm in [left, right] {
            self.page.line((x_mm, y_mm - 1.5), (x_mm, y_mm + 1.5), 0.3);
        }
        let text = Text::at((left + right) / 2.0, y_mm - 1.2, "50 mm: if not, print at 100 %").size(7.0);
        self.page.text(text.align(Align::Centre).role(Role::Mark));
    }

    /// A line to write on.
    fn blank(&mut self, from_mm: f32, to_mm: f32, y_mm: f32) {
        self.page.line((from_mm, y_mm + 0.6), (to_mm, y_mm + 0.6), 0.2);
    }
}

/// Where the paper is folded, at its thirds.
fn folds(set: &mut Set<'_>, paper: Paper) {
    let (_, height) = paper.size_mm();
    for third in [1.0, 2.0] {
        let y_mm = height * third / 3.0 - (height - LIVE_HEIGHT_MM) / 2.0;
        set.page.fold((0.0, y_mm), (LIVE_WIDTH_MM, y_mm), 0.2);
    }
}

/// What is seen of the folded letter.
fn outside(set: &mut Set<'_>, sealed: &SealedPage<'_>, (copy, moves): (usize, bool)) {
    let place = sealed.copies.get(copy).map(|place| plain(place));
    let count = sealed.copies.len();
    let title = set.fonts.cut(Face::Bold, 18.0, &format!("SEALED: {}", plain(sealed.credential)), 118.0);
    set.page.text(Text::at(0.0, 6.5, title).size(18.0).face(Face::Bold).role(Role::Title));
    let mut number = format!("sheet {}", sealed.id);
    if count > 1 {
        number.push_str(&format!("   copy {} of {count}", copy + 1));
    }
    set.page.text(Text::at(LIVE_WIDTH_MM, 4.5, number).size(9.0).face(Face::Mono).align(Align::Right));
    if moves {
        set.page.text(Text::at(LIVE_WIDTH_MM, 9.0, "page 1 of 2").size(9.0).align(Align::Right));
    }
    let what = set.fonts.cut(Face::Bold, 12.0, &plain(sealed.title), LIVE_WIDTH_MM);
    set.row(0.0, 14.0, 12.0, Face::Bold, what);
    set.row(
        0.0,
        20.0,
        10.0,
        Face::Sans,
        "Open only in an incident. Until then keep it closed, dry and away from the passphrase.",
    );
    set.page.line((0.0, 23.0), (LIVE_WIDTH_MM, 23.0), 0.3);
    let label = |set: &mut Set<'_>, y_mm: f32, label: &str| set.row(0.0, y_mm, 8.0, Face::Sans, label);
    let holds: Vec<String> = sealed.fields.iter().map(|name| plain(name)).collect();
    let about = format!("{}   by {}", sealed.sealed, plain(sealed.by));
    label(set, 28.5, "Sealed");
    set.row(24.0, 28.5, 10.0, Face::Sans, set.fonts.cut(Face::Sans, 10.0, &about, 100.0));
    label(set, 34.0, "Holds");
    set.row(24.0, 34.0, 10.0, Face::Sans, set.fonts.cut(Face::Sans, 10.0, &holds.join(", "), 100.0));
    label(set, 39.5, "Value");
    let value = format!("version {}   mark {}", sealed.version, sealed.mark);
    set.row(24.0, 39.5, 10.0, Face::Mono, value);
    set.row(86.0, 39.5, 8.0, Face::Sans, format!("the same mark in kit lookup {}: still this value", plain(sealed.credential)));
    let day = sealed.replace_by.strftime("%-d %b %Y").to_string();
    set.page.text(Text::at(LIVE_WIDTH_MM, 28.5, format!("Replace by {day}")).size(12.0).face(Face::Bold).align(Align::Right));
    set.page.text(Text::at(LIVE_WIDTH_MM, 33.5, "or as soon as the value changes").size(8.0).align(Align::Right));
    label(set, 45.0, "This copy");
    match &place {
        Some(place) => set.row(24.0, 45.0, 10.0, Face::Sans, set.fonts.cut(Face::Sans, 10.0, place, LIVE_WIDTH_MM - 24.0)),
        None => set.blank(24.0, LIVE_WIDTH_MM, 45.0),
    }
    label(set, 50.5, "Other copies");
    let others = sealed.copies.iter().enumerate().filter(|(at, _)| *at != copy).map(|(_, place)| plain(place));
    let others: Vec<String> = others.collect();
    match (count, others.is_empty()) {
        (0, _) => set.blank(24.0, LIVE_WIDTH_MM, 50.5),
        (_, true) => set.row(24.0, 50.5, 10.0, Face::Sans, "none"),
        _ => set.row(24.0, 50.5, 10.0, Face::Sans, set.fonts.cut(Face::Sans, 10.0, &others.join("; "), LIVE_WIDTH_MM - 24.0)),
    }
    label(set, 58.0, "When opened");
    match sealed.tell {
        Some((name, number)) => {
            let text = format!("tell {}", plain(name));
            let text = set.fonts.cut(Face::Bold, 12.0, &text, 70.0);
            let after = 24.0 + set.fonts.width_mm(Face::Bold, 12.0, &text) + 4.0;
            set.row(24.0, 58.0, 12.0, Face::Bold, text);
            match number {
                Some((shown, e164)) => {
                    let text = Text::at(after, 58.0, shown).size(14.0).face(Face::MonoBold);
                    set.page.text(text.link(Some(format!("tel:{e164}"))));
                }
                None => set.blank(after, LIVE_WIDTH_MM, 58.0),
            }
        }
        None => {
            set.row(24.0, 58.0, 12.0, Face::Bold, "tell");
            set.blank(36.0, LIVE_WIDTH_MM, 58.0);
        }
    }
    for (x_mm, to_mm, text) in [(0.0, 62.0, "Opened by"), (66.0, 116.0, "on, at"), (120.0, LIVE_WIDTH_MM, "because")] {
        set.row(x_mm, TOP_END_MM - 3.0, 8.0, Face::Sans, text);
        let from = x_mm + set.fonts.width_mm(Face::Sans, 8.0, text) + 2.0;
        set.blank(from, to_mm, TOP_END_MM - 3.0);
    }
}

/// The code, what else it takes, and how it is opened.
fn middle(set: &mut Set<'_>, sealed: &SealedPage<'_>) {
    let module_mm = module_mm(sealed.code);
    let side = (sealed.code.side() + 2 * Code::QUIET_MODULES) as f32 * module_mm;
    // In the middle of the paper, whichever it is, and of the room beside the text.
    let (x_mm, top_mm) = ((CODE_MM_MAX - side) / 2.0, (LIVE_HEIGHT_MM - side) / 2.0);
    let alt = format!("The age file of {}, as text", plain(sealed.credential));
    let width = LIVE_WIDTH_MM - BESIDE_MM;
    let heading = |set: &mut Set<'_>, y_mm: f32, text: &str| {
        set.page.text(Text::at(BESIDE_MM, y_mm, text).size(11.0).face(Face::Bold).role(Role::Heading));
    };
    heading(set, 90.0, "YOU ALSO NEED");
    let words = in_words(sealed.words);
    let mut y_mm = 95.0;
    let passphrase = match sealed.words_with {
        Some(with) => format!("The passphrase, {words} words. It is with {}.", plain(with)),
        None => format!("The passphrase, {words} words. It is with:"),
    };
    // Two lines, so that what follows stays clear of the fold.
    let passphrase = set.fonts.cut(Face::Sans, 10.0, &passphrase, 1.8 * width);
    y_mm = set.rows((BESIDE_MM, y_mm), width, (10.0, 4.6), &passphrase);
    if sealed.words_with.is_none() {
        set.blank(BESIDE_MM, LIVE_WIDTH_MM, y_mm + 1.4);
        y_mm += 6.6;
    }
    y_mm = set.rows((BESIDE_MM, y_mm), width, (10.0, 4.6), "It is NOT on this page.");
    if !sealed.needs.is_empty() {
        let needs: Vec<String> = sealed.needs.iter().map(|need| plain(need)).collect();
        let needs = set.fonts.cut(Face::Sans, 10.0, &format!("To sign in: {}.", needs.join(", ")), width);
        y_mm = set.rows((BESIDE_MM, y_mm), width, (10.0, 4.6), &needs);
    }
    y_mm += 2.0;
    heading(set, y_mm, "TO OPEN");
    y_mm += 5.0;
    let file = format!("{}.age", file_stem(sealed.credential));
    let steps = [
        (
            false,
            "Scan the code. iPhone: Control Centre, Code Scanner, Copy; not the Camera app. Android: Camera or Lens, Copy text."
                .to_owned(),
        ),
        (false, format!("Paste all of it into a file: {file}. Or give kit the photo: kit import --scan PHOTO makes the file.")),
        (true, format!("age -d {file}")),
        (false, "Any age tool does it: rage, age-encryption.org. No kit and no network is needed.".to_owned()),
        (false, format!("Type the {words} words in small letters, a hyphen between them: word-word-word…")),
        (false, format!("Within {} h give it another value, and shred all copies.", sealed.rotate_within_h)),
    ];
    let mut number = 0;
    for (is_command, text) in steps {
        let is_note = text.starts_with("Any age tool");
        if !is_note {
            number += 1;
            set.row(BESIDE_MM, y_mm, 10.0, Face::Bold, number.to_string());
        }
        let at = (BESIDE_MM + 5.0, y_mm);
        y_mm = if is_command {
            let fits = |size: &f32| set.fonts.width_mm(Face::Mono, *size, &text) <= width - 5.0;
            let size = [10.0, 9.0, 8.0, 7.0].into_iter().find(fits).unwrap_or(6.0);
            set.row(at.0, y_mm, size, Face::Mono, text);
            y_mm + 4.2
        } else {
            set.rows(at, width - 5.0, (9.5, 4.2), &text)
        };
        y_mm += 0.6;
    }
    set.page.code(Placed { x_mm, y_mm: top_mm, module_mm, code: sealed.code.clone(), alt });
}

/// The same as lines to type, from a height on.
fn lines(set: &mut Set<'_>, sealed: &SealedPage<'_>, from_mm: f32) {
    const PITCH_MM: f32 = 3.6;
    let heading = Text::at(0.0, from_mm + 3.0, "IF THE CODE WILL NOT SCAN: TYPE THESE LINES").size(9.0);
    set.page.text(heading.face(Face::Bold).role(Role::Heading));
    let mut y_mm = from_mm + 3.0 + PITCH_MM * 1.15;
    for line in sealed.lines {
        set.row(0.0, y_mm, 9.0, Face::Mono, line.to_string());
        y_mm += PITCH_MM;
    }
    let file = file_stem(sealed.credential);
    let width = LIVE_WIDTH_MM - ASIDE_MM;
    let mut y_mm = from_mm + 7.0;
    for (face, text) in [
        (Face::Sans, "Into a file, numbers and all; kit says which line is mistyped:".to_owned()),
        (Face::Mono, "kit import --scan FILE".to_owned()),
        (Face::Sans, "Without kit: leave out the numbers and the last two letters of each line:".to_owned()),
        (Face::Mono, "base32 -d > page.age".to_owned()),
        (Face::Sans, format!("Then as above; it is {file}.age. Its SHA-256:")),
    ] {
        for line in set.fonts.wrap(face, 8.0, &text, width) {
            set.row(ASIDE_MM, y_mm, 8.0, face, line);
            y_mm += PITCH_MM;
        }
        y_mm += 1.0;
    }
    let digits: Vec<char> = sealed.sha256.chars().collect();
    for half in digits.chunks(16) {
        let groups: Vec<String> = half.chunks(4).map(|group| group.iter().collect()).collect();
        set.row(ASIDE_MM, y_mm, 8.0, Face::Mono, groups.join(" "));
        y_mm += PITCH_MM;
    }
    set.ruler(LIVE_HEIGHT_MM - 2.0);
}

/// A page of lines only.
fn lines_alone(fonts: &Fonts<'_>, sealed: &SealedPage<'_>) -> Page {
    let mut set = Set { fonts, page: Page::default() };
    let title = fonts.cut(Face::Bold, 14.0, &format!("SEALED: {}", plain(sealed.credential)), 110.0);
    set.page.text(Text::at(0.0, 6.0, title).size(14.0).face(Face::Bold).role(Role::Title));
    set.page.text(Text::at(LIVE_WIDTH_MM, 4.5, format!("sheet {}", sealed.id)).size(9.0).face(Face::Mono).align(Align::Right));
    set.page.text(Text::at(LIVE_WIDTH_MM, 9.0, "page 2 of 2").size(9.0).align(Align::Right));
    lines(&mut set, sealed, 16.0);
    set.page
}

/// The name of the file that somebody makes: letters that every system and every shell takes.
fn file_stem(credential: &str) -> String {
    super::file_name(credential, "x", "x").trim_end_matches("-x.x").to_owned()
}

/// A small number as a word.
fn in_words(count: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}
