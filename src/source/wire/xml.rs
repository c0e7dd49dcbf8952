//! XML that a server sends, of which nothing can take long: no document type, so no entities to multiply, and a limit of nodes.

use roxmltree::{Document, Error, ParsingOptions};

/// Parses an answer of at most `nodes_max` elements and texts.
pub(in crate::source) fn parse(text: &str, nodes_max: u32) -> Result<Document<'_>, Error> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: nodes_max, ..ParsingOptions::default() };
    Document::parse_with_options(text.trim_start_matches('\u{feff}'), options)
}
