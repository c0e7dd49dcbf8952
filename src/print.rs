//! Printing: pages become a PDF, once every code on them was read back as a camera would read it.

use std::collections::BTreeSet;

use data_encoding::BASE32_NOPAD;

use crate::{
    bundle::{Hash, KitId},
    code::{Reading, read_back},
    paper::{Document, Fonts, PdfError, pdf},
    store::SheetKind,
};

/// Letters of a kit's id in the id of a sheet.
const KIT_LETTERS: usize = 4;
/// Letters of what is on a sheet, in its id.
const CONTENT_LETTERS: usize = 3;

/// A PDF, and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The file.
    pub pdf: Vec<u8>,
    /// Codes that some cameras may not read, by what they are for.
    pub hard_to_read: Vec<String>,
    /// What no font has letters for; it is printed as its number.
    pub lacking: BTreeSet<char>,
}

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// A code is not read back as what it says.
    #[error("a code on page {page} could not be read back ({alt})")]
    Unreadable {
        /// On which page, from 1.
        page: usize,
        /// What it is for.
        alt: String,
    },
    /// The pages could not be written.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

/// Makes a PDF of pages whose codes can all be read.
///
/// # Errors
/// [`PrintError`].
pub fn print(document: &Document, fonts: &Fonts<'_>) -> Result<Printed, PrintError> {
    let mut hard_to_read: Vec<String> = Vec::new();
    let mut read: Vec<(&str, f32)> = Vec::new();
    for (at, page) in document.pages.iter().enumerate() {
        for placed in page.codes() {
            // Copies of a page have the same codes.
            if read.contains(&(placed.code.text(), placed.module_mm)) {
                continue;
            }
            read.push((placed.code.text(), placed.module_mm));
            match read_back(&placed.code, placed.module_mm) {
                Reading::Both => {}
                Reading::One => hard_to_read.push(placed.alt.clone()),
                Reading::None => return Err(PrintError::Unreadable { page: at + 1, alt: placed.alt.clone() }),
            }
        }
    }
    let texts = document.pages.iter().flat_map(|page| page.texts());
    let lacking = texts.flat_map(|text| fonts.lacking(&text.text)).collect();
    Ok(Printed { pdf: pdf(document, fonts)?, hard_to_read, lacking })
}

/// The id of a sheet: `KIT-7F3A-118-QX4`. The same kit and the same content have the same.
pub fn sheet_id(kit: &KitId, seq: u64, kind: SheetKind, content: &[&str]) -> String {
    let of: String = kit.to_string().chars().take(KIT_LETTERS).collect::<String>().to_ascii_uppercase();
    let all = [kind.word()].into_iter().chain(content.iter().copied()).collect::<Vec<_>>().join("\n");
    let letters: String = BASE32_NOPAD.encode(Hash::of(all.as_bytes()).as_bytes()).chars().take(CONTENT_LETTERS).collect();
    format!("KIT-{of}-{seq}-{letters}")
}
