//! The letters that come with the program, and others that somebody gives it.
//!
//! Texts are set in Noto Sans, numbers and codes in B612 Mono: drawn for cockpits, with a dotted zero and a 1, l and I that differ.
//! For what they lack there are the others. What none has is said, and printed as its number: never as an empty box.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use rustybuzz::ttf_parser::GlyphId;

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// For reading.
    #[default]
    Sans,
    /// For what is seen first.
    Bold,
    /// For numbers and codes: each as wide as the others.
    Mono,
    /// For the numbers that are called.
    MonoBold,
}

/// The letters of the program, in the order of [`Face`], and those that fill in.
const OWN: [(&str, &[u8]); 4] = [
    ("Noto Sans", include_bytes!("fonts/NotoSans-Regular.ttf")),
    ("Noto Sans Bold", include_bytes!("fonts/NotoSans-Bold.ttf")),
    ("B612 Mono", include_bytes!("fonts/B612Mono-Regular.otf")),
    ("B612 Mono Bold", include_bytes!("fonts/B612Mono-Bold.otf")),
];
const FILL_IN: [(&str, &[u8]); 7] = [
    ("Noto Sans Arabic", include_bytes!("fonts/NotoSansArabic-Regular.ttf")),
    ("Noto Sans Hebrew", include_bytes!("fonts/NotoSansHebrew-Regular.ttf")),
    ("Noto Sans Devanagari", include_bytes!("fonts/NotoSansDevanagari-Regular.ttf")),
    ("Noto Sans Thai", include_bytes!("fonts/NotoSansThai-Regular.ttf")),
    ("Noto Sans Armenian", include_bytes!("fonts/NotoSansArmenian-Regular.ttf")),
    ("Noto Sans Georgian", include_bytes!("fonts/NotoSansGeorgian-Regular.ttf")),
    // Chinese and Japanese, which is most of what the program weighs more for paper. It has no Korean: that takes `--font`.
    ("Droid Sans Fallback", include_bytes!("fonts/DroidSansFallbackFull.ttf")),
];

/// A file that is no font.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no TrueType or OpenType font")]
pub struct FontError;

/// A font as the shaper and the writer see it.
pub(super) struct Loaded<'a> {
    pub(super) shaper: rustybuzz::Face<'a>,
    pub(super) writer: krilla::text::Font,
}

/// All letters that a document may be set in.
pub struct Fonts<'a> {
    pub(super) list: Vec<Loaded<'a>>,
}

impl<'a> Fonts<'a> {
    /// The letters of the program, and others that are asked for what its own lack.
    ///
    /// # Errors
    ///
    /// [`FontError`] when one of the others is no font.
    pub fn with(others: &'a [Vec<u8>]) -> Result<Self, FontError> {
        let own = OWN.iter().chain(&FILL_IN).map(|(_, bytes)| *bytes);
        let all = own.chain(others.iter().map(Vec::as_slice));
        Ok(Self { list: all.map(|bytes| load(bytes).ok_or(FontError)).collect::<Result<_, _>>()? })
    }

    /// How long a text is in letters of a size, in millimetres.
    pub fn width_mm(&self, face: Face, size_pt: f32, text: &str) -> f32 {
        self.runs(face, text).iter().map(|run| run.width).sum::<f32>() * size_pt * super::POINT_MM
    }

    /// What none of the letters has, of a text.
    pub fn lacking(&self, text: &str) -> BTreeSet<char> {
        text.chars().filter(|character| !is_unseen(*character) && self.font_of(Face::Sans, *character).is_none()).collect()
    }

    /// A text in which each character that no font has is its number: `[U+1F600]`.
    pub fn printable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let lacking = self.lacking(text);
        if lacking.is_empty() {
            return Cow::Borrowed(text);
        }
        let number = |character: char| format!("[U+{:04X}]", u32::from(character));
        Cow::Owned(text.chars().map(|one| if lacking.contains(&one) { number(one) } else { one.to_string() }).collect())
    }

    /// A text cut at its end so that it is no longer than a width, with an ellipsis for what is cut off.
    pub fn cut(&self, face: Face, size_pt: f32, text: &str, width_mm: f32) -> String {
        if self.width_mm(face, size_pt, text) <= width_mm {
            return text.to_owned();
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let cut = |count: usize| {
            let end = ends.get(count).copied().unwrap_or(text.len());
            format!("{}…", text.get(..end).unwrap_or_default().trim_end())
        };
        // The most characters that fit.
        let fitting = ends.partition_point(|end| {
            let count = ends.partition_point(|at| at < end);
            self.width_mm(face, size_pt, &cut(count)) <= width_mm
        });
        cut(fitting.saturating_sub(1))
    }

    /// A text in lines no longer than a width, broken at spaces; a word that is longer alone is cut.
    pub fn wrap(&self, face: Face, size_pt: f32, text: &str, width_mm: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width_mm(face, size_pt, &format!("{line} {word}")) <= width_mm => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.cut(face, size_pt, word, width_mm)),
            }
        }
        lines
    }

    /// Which font has a character, the wanted one first.
    pub(super) fn font_of(&self, face: Face, character: char) -> Option<usize> {
        let wanted = face_index(face);
        let has = |at: &usize| self.list.get(*at).is_some_and(|font| has_glyph(&font.shaper, character));
        [wanted].into_iter().chain(self.in_place_of(face)).find(has)
    }

    /// Which fonts are asked when the one of a face lacks something: letters for reading first.
    fn in_place_of(&self, face: Face) -> impl Iterator<Item = usize> + use<> {
        let reading = usize::from(matches!(face, Face::Bold | Face::MonoBold));
        [reading, 1 - reading].into_iter().chain(OWN.len()..self.list.len())
    }
}

pub(super) fn face_index(face: Face) -> usize {
    match face {
        Face::Sans => 0,
        Face::Bold => 1,
        Face::Mono => 2,
        Face::MonoBold => 3,
    }
}

fn has_glyph(shaper: &rustybuzz::Face<'_>, character: char) -> bool {
    shaper.glyph_index(character).is_some_and(|glyph| glyph != GlyphId(0))
}

fn load(bytes: &[u8]) -> Option<Loaded<'_>> {
    let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
    let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes.to_vec());
    Some(Loaded { shaper, writer: krilla::text::Font::new(shared.into(), 0)? })
}

/// What joins and directs other characters and is not seen itself: no font has to have it.
pub(super) fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_the_program_write_ten_scripts() {
        let fonts = Fonts::with(&[]).expect("its own");
        for name in ["Zoë Łukasz", "Ελένη", "Шевченко", "田中 花子", "محمد", "שרה", "स्मिता", "สมชาย", "Արամ", "გიორგი"]
        {
            assert_eq!(fonts.lacking(name), BTreeSet::new(), "{name}");
        }
    }

    #[test]
    fn what_no_font_has_is_printed_as_its_number() {
        let fonts = Fonts::with(&[]).expect("its own");
        assert_eq!(fonts.printable("A 𓀀"), "A [U+13000]");
        assert_eq!(fonts.lacking("A 𓀀"), ['𓀀'].into());
        // Korean takes a font that somebody gives.
        assert_eq!(fonts.lacking("김"), ['김'].into());
    }

    #[test]
    fn texts_are_cut_and_wrapped_to_a_width() {
        let fonts = Fonts::with(&[]).expect("its own");
        let long = "The quick brown fox jumps over the lazy dog";
        let cut = fonts.cut(Face::Sans, 10.0, long, 40.0);
        assert!(cut.ends_with('…') && fonts.width_mm(Face::Sans, 10.0, &cut) <= 40.0, "{cut}");
        assert!(fonts.width_mm(Face::Sans, 10.0, &format!("{}wwww", cut.trim_end_matches('…'))) > 40.0, "{cut}");
        let lines = fonts.wrap(Face::Sans, 10.0, long, 40.0);
        assert_eq!(lines.join(" "), long);
        assert!(lines.iter().all(|line| fonts.width_mm(Face::Sans, 10.0, line) <= 40.0), "{lines:?}");
        assert_eq!(fonts.cut(Face::Sans, 10.0, "short", 40.0), "short");
    }

    #[test]
    fn numbers_are_all_of_one_width() {
        let fonts = Fonts::with(&[]).expect("its own");
        let width = fonts.width_mm(Face::MonoBold, 14.0, "+1 202 555 0100");
        assert!((width - fonts.width_mm(Face::MonoBold, 14.0, "+4 444 888 0000")).abs() < 0.001);
    }
}
