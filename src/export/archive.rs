//! The whole kit on paper: codes in rows of three, and beside them what they are and how to get the kit out of them.
//!
//! For a safe. Two pages hold it or it is not printed: whoever photographs it has to get nearly all of it.

use crate::{
    code::{Code, Strength, parts},
    paper::{Align, Document, Face, Fonts, LIVE_WIDTH_MM, Page, Paper, Placed, Role, Text},
};

/// Millimetres of a dot: modules are whole dots on printers of 300, 600 and 1200 dots per inch.
const DOT_MM: f32 = 25.4 / 300.0;
/// How dense the codes are, from what scans best: version, most characters of capitals and digits at strength M (ISO/IEC 18004,
/// table 7), dots of a module.
const DENSITIES: [(usize, usize, u8); 3] = [(15, 600, 7), (18, 816, 6), (19, 909, 6)];

const COLUMNS: usize = 3;
const ROWS: usize = 4;
/// Where the first row of codes begins.
const TOP_MM: f32 = 16.5;
/// From row to row.
const PITCH_MM: f32 = 56.8;
/// Between two codes, beside their quiet zones.
const GAP_MM: f32 = 1.0;
/// From the quiet zone to the base line of the number below it.
const NUMBER_MM: f32 = 4.3;
/// Between the codes and the words beside them.
const BESIDE_MM: f32 = 3.0;
const NUMBER_PT: f32 = 12.0;
const WORDS_PT: f32 = 8.0;
const COMMANDS_PT: f32 = 6.5;
const LINE_MM: f32 = 3.4;
const COMMAND_LINE_MM: f32 = 2.9;
const RULER_MM: f32 = 50.0;
const RULER_Y_MM: f32 = 249.5;
const FOOT_Y_MM: f32 = 254.5;

/// What is said of a kit on its paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveFacts {
    /// What the team calls itself.
    pub team: String,
    /// The id of the kit.
    pub kit: String,
    /// Its number.
    pub seq: u64,
    /// When it was signed, in words.
    pub signed: String,
    /// How many devices open it.
    pub devices: usize,
    /// The id of the sheet.
    pub id: String,
    /// When it was printed and by whom, in words.
    pub printed: String,
    /// When to print another one, in words.
    pub replace_by: String,
    /// Where each copy is, in people's own words.
    pub copies: Vec<String>,
}

/// The codes of an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchiveCodes {
    /// Each with the text it holds, in order.
    pub codes: Vec<Code>,
    /// The side of a module.
    pub module_mm: f32,
}

/// Some bytes as codes, as large as two pages allow.
///
/// # Errors
/// [`parts::TooLarge`] with how much fits.
pub fn archive_codes(kit: &str, bytes: &[u8]) -> Result<ArchiveCodes, parts::TooLarge> {
    let mut refused = parts::TooLarge { bytes: bytes.len(), bytes_max: 0 };
    for (version, chars, dots) in DENSITIES {
        match parts::parts(kit, bytes, chars) {
            Err(too_large) => refused = too_large,
            Ok(texts) => {
                // What is not full makes a smaller code: all of one set have one length, so one size.
                let codes: Option<Vec<Code>> = texts.iter().map(|text| Code::within(text, Strength::M, version)).collect();
                if let Some(codes) = codes {
                    return Ok(ArchiveCodes { codes, module_mm: f32::from(dots) * DOT_MM });
                }
            }
        }
    }
    Err(refused)
}

/// The pages.
pub fn archive(facts: &ArchiveFacts, codes: &ArchiveCodes, paper: Paper, fonts: &Fonts<'_>) -> Document {
    let total = codes.codes.len();
    let count = total.div_ceil(COLUMNS * ROWS);
    let pages = codes.codes.chunks(COLUMNS * ROWS).enumerate().map(|(at, chunk)| {
        let mut page = Page::default();
        let first = at * COLUMNS * ROWS + 1;
        head(&mut page, facts, fonts, (first, first + chunk.len() - 1, total));
        for (place, code) in chunk.iter().enumerate() {
            put(&mut page, code, codes.module_mm, place, facts);
        }
        let side = side_mm(codes);
        let left = COLUMNS as f32 * (side + GAP_MM) - GAP_MM + BESIDE_MM;
        beside(&mut page, fonts, left, total);
        foot(&mut page, facts, fonts, (at + 1, count));
        page
    });
    let pages = pages.collect();
    Document { title: format!("{}: the whole kit, encrypted", facts.team), id: facts.id.clone(), paper, pages }
}

fn side_mm(codes: &ArchiveCodes) -> f32 {
    let modules = codes.codes.first().map_or(0, Code::side) + 2 * Code::QUIET_MODULES;
    modules as f32 * codes.module_mm
}

fn put(page: &mut Page, code: &Code, module_mm: f32, place: usize, facts: &ArchiveFacts) {
    let number = parts::place(code.text()).unwrap_or_default();
    let alt = format!("Part {number} of the encrypted kit {} of {}", facts.seq, facts.team);
    let mut placed = Placed { x_mm: 0.0, y_mm: TOP_MM + (place / COLUMNS) as f32 * PITCH_MM, module_mm, code: code.clone(), alt };
    let side = placed.side_mm();
    placed.x_mm = (place % COLUMNS) as f32 * (side + GAP_MM);
    let number = Text::at(placed.x_mm + side / 2.0, placed.y_mm + side + NUMBER_MM - 1.0, number);
    page.code(placed);
    page.text(number.size(NUMBER_PT).face(Face::MonoBold).align(Align::Centre));
}

fn head(page: &mut Page, facts: &ArchiveFacts, fonts: &Fonts<'_>, (first, last, total): (usize, usize, usize)) {
    let title = fonts.cut(Face::Bold, 18.0, &format!("{} - THE WHOLE KIT, ENCRYPTED", facts.team.to_uppercase()), 145.0);
    page.text(Text::at(0.0, 6.0, title).size(18.0).face(Face::Bold).role(Role::Title));
    page.text(Text::at(LIVE_WIDTH_MM, 6.0, "KEEP IN A SAFE").size(10.0).face(Face::Bold).align(Align::Right));
    let says = format!(
        "kit {} signed {}   opens on {} only   codes {first:02} to {last:02} of {total}, any {} are enough",
        facts.seq,
        facts.signed,
        if facts.devices == 1 { "1 device".to_owned() } else { format!("{} devices", facts.devices) },
        parts::needed(total),
    );
    page.text(Text::at(0.0, 11.5, fonts.cut(Face::Sans, 9.0, &says, LIVE_WIDTH_MM)).size(9.0));
    page.line((0.0, 14.0), (LIVE_WIDTH_MM, 14.0), 0.3);
}

/// The column of words beside the codes.
struct Column<'a, 'f> {
    page: &'a mut Page,
    fonts: &'a Fonts<'f>,
    left_mm: f32,
    y_mm: f32,
}

impl Column<'_, '_> {
    fn heading(&mut self, text: &str) {
        self.y_mm += LINE_MM;
        self.page.text(Text::at(self.left_mm, self.y_mm, text).size(WORDS_PT).face(Face::Bold).role(Role::Heading));
        self.y_mm += LINE_MM;
    }

    fn words(&mut self, text: &str) {
        for line in self.fonts.wrap(Face::Sans, WORDS_PT, text, LIVE_WIDTH_MM - self.left_mm) {
            self.page.text(Text::at(self.left_mm, self.y_mm, line).size(WORDS_PT));
            self.y_mm += LINE_MM;
        }
        self.y_mm += 0.8;
    }

    fn commands(&mut self, lines: &[&str]) {
        for line in lines {
            self.page.text(Text::at(self.left_mm, self.y_mm, *line).size(COMMANDS_PT).face(Face::Mono));
            self.y_mm += COMMAND_LINE_MM;
        }
        self.y_mm += 1.2;
    }
}

/// What to do with it.
fn beside(page: &mut Page, fonts: &Fonts<'_>, left_mm: f32, total: usize) {
    let mut column = Column { page, fonts, left_mm, y_mm: TOP_MM };
    let needed = parts::needed(total);
    column.heading("WHAT THIS IS");
    column.words("The kit of this team as it was published. Nobody reads it without the key of a device that it is for.");
    column.heading("TO GET IT BACK");
    column.words("1 Photograph each page: straight, sharp, in good light. JPEG or PNG.");
    column.words("2 On a machine of the team, with its key:");
    column.commands(&["kit import --scan \\", "  PHOTO PHOTO"]);
    column.words("kit checks the signatures, and takes it unless something newer is there.");
    column.heading("WITHOUT KIT");
    column.words(&format!(
        "Scan codes 01 to {needed:02} with any app into one file, a line each. reader.txt is the key of the device:"
    ));
    column.commands(&["sort -u FILE |", " cut -d' ' -f5 |", " tr -d '\\n' |", " base32 -d |", " gzip -dc > kit.all"]);
    column.commands(&["sed -n \\", " '/^age-enc/,$p' \\", " kit.all > kit.age"]);
    column.commands(&["age -d \\", " -i reader.txt \\", " kit.age | gzip -dc"]);
    column.words(&format!("Codes {:02} to {total:02} stand in for those that are lost: kit works them out.", needed + 1));
}

fn foot(page: &mut Page, facts: &ArchiveFacts, fonts: &Fonts<'_>, (number, count): (usize, usize)) {
    page.line((0.0, RULER_Y_MM), (RULER_MM, RULER_Y_MM), 0.3);
    for x in [0.0, RULER_MM] {
        page.line((x, RULER_Y_MM - 1.2), (x, RULER_Y_MM + 1.2), 0.3);
    }
    let mark = |x: f32, y: f32, text: String| Text::at(x, y, text).size(8.0).role(Role::Mark);
    page.text(mark(RULER_MM + 3.0, RULER_Y_MM + 1.0, "must measure 50 mm; if not, print at 100 %".to_owned()));
    page.text(mark(LIVE_WIDTH_MM, RULER_Y_MM + 1.0, format!("page {number} of {count}")).align(Align::Right));
    let copies = if facts.copies.is_empty() { String::new() } else { format!("   copies: {}", facts.copies.join(", ")) };
    let says = format!("{}   printed {}   print anew by {}{copies}   shred the old", facts.id, facts.printed, facts.replace_by);
    page.text(Text::at(0.0, FOOT_Y_MM, fonts.cut(Face::Sans, 8.0, &says, LIVE_WIDTH_MM)).size(8.0));
}
