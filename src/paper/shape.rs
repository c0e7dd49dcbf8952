//! Texts as glyphs: which font, which direction, which glyph where (the Unicode Bidirectional Algorithm, UAX 9; OpenType shaping).

use std::ops::Range;

use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};

use super::fonts::{Face, Fonts, face_index, is_unseen};

/// One glyph; lengths in units of the letters' size.
#[derive(Debug, Clone)]
pub(super) struct Shaped {
    pub(super) glyph: u32,
    /// The bytes of the run's text that it stands for.
    pub(super) range: Range<usize>,
    pub(super) advance: f32,
    pub(super) offset: (f32, f32),
}

/// Glyphs of one font in one direction, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) font: usize,
    pub(super) text: String,
    pub(super) glyphs: Vec<Shaped>,
    pub(super) width: f32,
}

impl Fonts<'_> {
    /// A line of text as runs, from left to right. The line as a whole runs from left to right: a number beside a name in
    /// Arabic stays on its side.
    pub(super) fn runs(&self, face: Face, text: &str) -> Vec<Run> {
        let text = self.printable(text);
        let bidi = BidiInfo::new(&text, Some(Level::ltr()));
        let Some(paragraph) = bidi.paragraphs.first() else { return Vec::new() };
        let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let mut runs = Vec::new();
        for range in visual {
            let is_rtl = levels.get(range.start).is_some_and(Level::is_rtl);
            let mut parts = self.parts(face, text.get(range).unwrap_or_default());
            if is_rtl {
                parts.reverse();
            }
            runs.extend(parts.into_iter().filter_map(|(font, part)| self.shape(font, part, is_rtl)));
        }
        runs
    }

    /// A text taken apart by font, in the order in which it is spoken. What joins the character before stays with it.
    fn parts<'t>(&self, face: Face, text: &'t str) -> Vec<(usize, &'t str)> {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            let joins = is_unseen(character) || unicode_normalization::char::is_combining_mark(character);
            let font = self.font_of(face, character).unwrap_or_else(|| face_index(face));
            match parts.last_mut() {
                Some((last, range)) if joins || *last == font => {
                    range.end = end;
                    let _ = last;
                }
                _ => parts.push((font, at..end)),
            }
        }
        parts.into_iter().map(|(font, range)| (font, text.get(range).unwrap_or_default())).collect()
    }

    fn shape(&self, font: usize, text: &str, is_rtl: bool) -> Option<Run> {
        let loaded = self.list.get(font)?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&loaded.shaper, &[], buffer);
        let em = loaded.shaper.units_per_em() as f32;
        // A cluster reaches to the next one in the text.
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end = |start: usize| starts.get(starts.partition_point(|at| *at <= start)).copied().unwrap_or(text.len());
        let glyphs: Vec<Shaped> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| Shaped {
                glyph: info.glyph_id,
                range: info.cluster as usize..end(info.cluster as usize),
                advance: position.x_advance as f32 / em,
                offset: (position.x_offset as f32 / em, position.y_offset as f32 / em),
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.advance).sum();
        Some(Run { font, text: text.to_owned(), glyphs, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The runs of a text: the font and the text of each, from left to right.
    fn runs(text: &str) -> Vec<(usize, String)> {
        let fonts = Fonts::with(&[]).expect("its own");
        fonts.runs(Face::Sans, text).into_iter().map(|run| (run.font, run.text)).collect()
    }

    #[test]
    fn a_line_of_two_directions_is_set_from_left_to_right() {
        let runs = runs("Call שרה now");
        let texts: Vec<&str> = runs.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Call ", "שרה", " now"]);
    }

    #[test]
    fn every_character_is_in_exactly_one_run() {
        for text in ["", "abc", "Zoë", "محمد +44 7700", "田中 a", "สมชาย", "e\u{301}", "क्ष"] {
            let fonts = Fonts::with(&[]).expect("its own");
            let mut all: Vec<char> = fonts.runs(Face::Sans, text).iter().flat_map(|run| run.text.chars()).collect();
            let mut expected: Vec<char> = text.chars().collect();
            all.sort_unstable();
            expected.sort_unstable();
            assert_eq!(all, expected, "{text}");
        }
    }
}
