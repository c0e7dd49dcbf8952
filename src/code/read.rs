//! Codes out of pictures, by two libraries that share nothing.

use std::collections::BTreeSet;

use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader,
    common::HybridBinarizer,
    multi::{MultipleBarcodeReader, qrcode::QRCodeMultiReader},
    qrcode::QRCodeReader,
};

use super::{Code, Grey};

/// Dots per inch that a printed page is read back at.
const READ_BACK_DPI: [u16; 2] = [200, 300];
/// Pictures with more pixels than this on their longer side are looked at in half the size too: cameras are finer than codes need.
const FINE_PIXELS: usize = 2000;

/// Into how many parts a large picture is taken apart, on each side: a code of a page, with some of what is around it, is whole in
/// one of them.
const PARTS: [usize; 2] = [3, 5];

/// What the two readers make of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Both read what it says, at each resolution.
    Both,
    /// One of them does: some cameras may not.
    One,
    /// Neither does, or one reads something else.
    None,
}

/// Reads a code back as it will be printed, with modules of so many mm.
pub fn read_back(code: &Code, module_mm: f32) -> Reading {
    let mut all = Reading::Both;
    for dpi in READ_BACK_DPI {
        let picture = Grey::printed(code, module_mm, dpi);
        let readings = [one_by_rxing(&picture), by_rqrr(&picture).into_iter().next()];
        let is_wrong = readings.iter().flatten().any(|text| text != code.text());
        let read = readings.iter().flatten().count();
        all = match (is_wrong, read, all) {
            (false, 2, Reading::Both) => Reading::Both,
            (false, 1 | 2, Reading::Both | Reading::One) => Reading::One,
            _ => Reading::None,
        };
    }
    all
}

/// Libraries that read codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// The port of ZXing.
    Rxing,
    /// The port of quirc.
    Rqrr,
}

/// All that the codes of a photograph say, each text once, in no order that means anything.
pub fn read(picture: &Grey) -> BTreeSet<String> {
    &read_by(Library::Rxing, picture) | &read_by(Library::Rqrr, picture)
}

/// What one of the readers makes of it: of the whole picture, and of parts that overlap, for neither of them finds each code of a
/// page full of them.
pub fn read_by(library: Library, picture: &Grey) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut add = |picture: &Grey| match library {
        Library::Rxing => texts.extend(many_by_rxing(picture)),
        Library::Rqrr => texts.extend(by_rqrr(picture)),
    };
    let mut whole = Some(picture.clone());
    while let Some(now) = whole {
        add(&now);
        whole = if now.width().max(now.height()) > FINE_PIXELS { now.half() } else { None };
    }
    if picture.width().max(picture.height()) > FINE_PIXELS {
        for parts in PARTS {
            picture.parts(parts).iter().for_each(&mut add);
        }
    }
    texts
}

fn hints() -> DecodeHints {
    DecodeHints { PossibleFormats: Some([BarcodeFormat::QR_CODE].into()), TryHarder: Some(true), ..DecodeHints::default() }
}

fn bitmap(picture: &Grey) -> Option<BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>> {
    let (width, height) = (u32::try_from(picture.width()).ok()?, u32::try_from(picture.height()).ok()?);
    let source = Luma8LuminanceSource::new(picture.pixels().to_vec(), width, height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

fn one_by_rxing(picture: &Grey) -> Option<String> {
    let read = QRCodeReader.decode_with_hints(&mut bitmap(picture)?, &hints()).ok()?;
    Some(read.getText().to_owned())
}

fn many_by_rxing(picture: &Grey) -> Vec<String> {
    let Some(mut bitmap) = bitmap(picture) else { return Vec::new() };
    let many = QRCodeMultiReader::new().decode_multiple_with_hints(&mut bitmap, &hints()).unwrap_or_default();
    many.iter().map(|read| read.getText().to_owned()).chain(one_by_rxing(picture)).collect()
}

fn by_rqrr(picture: &Grey) -> Vec<String> {
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), |column, row| picture.at(column, row));
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_read_back_by_both() {
        for text in ["tel:+12025550100", &"kit ".repeat(100)] {
            assert_eq!(read_back(&Code::of(text).expect("short"), 0.6), Reading::Both, "{text}");
        }
    }

    #[test]
    fn modules_smaller_than_the_dots_are_not_read() {
        assert_eq!(read_back(&Code::of(&"kit ".repeat(100)).expect("short"), 0.05), Reading::None);
    }

    #[test]
    fn a_picture_without_a_code_says_nothing() {
        assert!(read(&Grey::new(400, 300, vec![200; 400 * 300]).expect("a picture")).is_empty());
    }
}
