//! Printing: pages become a PDF, once every code on them was read back as a camera would read it.

use std::{
    collections::{BTreeSet, HashSet},
    num::NonZero,
    thread,
};

use data_encoding::BASE32_NOPAD;

use crate::{
    bundle::{Hash, KitId},
    code::{Reading, read_back},
    paper::{Document, Fonts, PdfError, Placed, pdf},
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
    let hard_to_read = all_read_back(document)?;
    let texts = document.pages.iter().flat_map(|page| page.texts());
    let lacking = texts.flat_map(|text| fonts.lacking(&text.text)).collect();
    Ok(Printed { pdf: pdf(document, fonts)?, hard_to_read, lacking })
}

/// Reads each code back, on all cores; what some cameras may not read, by what it is for.
fn all_read_back(document: &Document) -> Result<Vec<String>, PrintError> {
    // Copies of a page have the same codes.
    let mut once = HashSet::new();
    let pages = (1..).zip(&document.pages);
    let placed = pages.flat_map(|(number, page)| page.codes().map(move |placed| (number, placed)));
    let placed: Vec<(usize, &Placed)> =
        placed.filter(|(_, placed)| once.insert((placed.code.text(), placed.module_mm.to_bits()))).collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let read = |share: &[(usize, &Placed)]| -> Vec<Reading> {
        share.iter().map(|(_, placed)| read_back(&placed.code, placed.module_mm)).collect()
    };
    let readings: Vec<Reading> = thread::scope(|scope| {
        let shares: Vec<_> = placed.chunks(placed.len().div_ceil(cores).max(1)).collect();
        let readers: Vec<_> = shares.into_iter().map(|share| (share.len(), scope.spawn(move || read(share)))).collect();
        // A reader that failed has read nothing.
        readers.into_iter().flat_map(|(count, reader)| reader.join().unwrap_or_else(|_| vec![Reading::None; count])).collect()
    });
    let mut hard_to_read = Vec::new();
    for ((page, placed), reading) in placed.into_iter().zip(readings) {
        match reading {
            Reading::Both => {}
            Reading::One => hard_to_read.push(placed.alt.clone()),
            Reading::None => return Err(PrintError::Unreadable { page, alt: placed.alt.clone() }),
        }
    }
    Ok(hard_to_read)
}

/// The id of a sheet: `KIT-7F3A-118-QX4`. The same kit and the same content have the same.
pub fn sheet_id(kit: &KitId, seq: u64, kind: SheetKind, content: &[&str]) -> String {
    let of: String = kit.to_string().chars().take(KIT_LETTERS).collect::<String>().to_ascii_uppercase();
    let all = [kind.word()].into_iter().chain(content.iter().copied()).collect::<Vec<_>>().join("\n");
    let letters: String = BASE32_NOPAD.encode(Hash::of(all.as_bytes()).as_bytes()).chars().take(CONTENT_LETTERS).collect();
    format!("KIT-{of}-{seq}-{letters}")
}
