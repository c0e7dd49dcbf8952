//! Pages as a PDF: vector graphics and real text, tagged for reading aloud, the same bytes for the same pages.

use std::num::NonZeroU16;

use krilla::{
    Document as Pdf, SerializeSettings,
    action::{Action, LinkAction},
    annotation::{Annotation, LinkAnnotation, Target},
    color::luma,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree},
    text::{GlyphId, KrillaGlyph},
};

use super::{
    POINT_MM,
    fonts::Fonts,
    page::{Align, Document, Item, LIVE_HEIGHT_MM, LIVE_WIDTH_MM, Line, Page, Placed, Role, Text},
};

/// The pages could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pages could not be written as a PDF: {0}")]
pub struct PdfError(String);

/// Length of a dash and of the gap after it.
const DASH_MM: f32 = 1.5;

/// A document as a PDF.
///
/// # Errors
///
/// [`PdfError`] when a page is not drawn as PDF/UA asks for.
pub fn pdf(document: &Document, fonts: &Fonts<'_>) -> Result<Vec<u8>, PdfError> {
    let broken = |error: &dyn std::fmt::Debug| PdfError(format!("{error:?}"));
    let configuration =
        ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish().map_err(|error| broken(&error))?;
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() });
    pdf.set_metadata(Metadata::new().title(document.title.clone()).document_id(document.id.clone()).language("en".to_owned()));
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    let (width, height) = document.paper.size_mm();
    let corner = ((width - LIVE_WIDTH_MM) / 2.0, (height - LIVE_HEIGHT_MM) / 2.0);
    let mut outline = Outline::new();
    for (number, page) in document.pages.iter().enumerate() {
        // PDF/UA wants an outline: the titles of the pages.
        let title = page.texts().find(|text| text.role == Role::Title);
        let words = title.map_or(document.title.as_str(), |title| title.text.as_str());
        outline.push_child(OutlineNode::new(
            fonts.printable(words).into_owned(),
            XyzDestination::new(number, Point::from_xy(0.0, 0.0)),
        ));
        let settings = PageSettings::from_wh(width / POINT_MM, height / POINT_MM).ok_or_else(|| broken(&"no size"))?;
        let mut sheet = pdf.start_page_with(settings);
        let mut surface = sheet.surface();
        let mut pen = Pen { corner, fonts, links: Vec::new(), nodes: Vec::new() };
        pen.page(&mut surface, page);
        surface.finish();
        let Pen { links, nodes, .. } = pen;
        // A link is tagged around its text, so its place in the tree waits for it.
        let mut marks: Vec<(usize, Identifier)> = Vec::new();
        for (at, rect, url, alt) in links {
            let target = Target::Action(Action::Link(LinkAction::new(url)));
            marks.push((at, sheet.add_tagged_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), Some(alt)))));
        }
        sheet.finish();
        for (at, (role, content)) in nodes.into_iter().enumerate() {
            let link = marks.iter().position(|(of, _)| *of == at).map(|mark| marks.swap_remove(mark).1);
            tree.push(group(role, content, link));
        }
    }
    pdf.set_outline(outline);
    pdf.set_tag_tree(tree);
    pdf.finish().map_err(|error| broken(&error))
}

/// What a piece of content is to those who have it read aloud.
enum Meaning {
    Text(Role, String),
    Code(String),
}

fn group(meaning: Meaning, content: Identifier, link: Option<Identifier>) -> TagGroup {
    let inner: Vec<Node> = match link {
        None => vec![Node::Leaf(content)],
        Some(link) => vec![Node::Group(TagGroup::with_children(Tag::Link, vec![Node::Leaf(content), Node::Leaf(link)]))],
    };
    match meaning {
        Meaning::Text(Role::Title, text) => TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, Some(text)), inner),
        Meaning::Text(Role::Heading, text) => {
            TagGroup::with_children(Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text)), inner)
        }
        Meaning::Text(Role::Body | Role::Mark, _) => TagGroup::with_children(Tag::P, inner),
        Meaning::Code(alt) => TagGroup::with_children(Tag::Figure(Some(alt)), inner),
    }
}

struct Pen<'a> {
    corner: (f32, f32),
    fonts: &'a Fonts<'a>,
    /// Of which node, where, what opens, and in words.
    links: Vec<(usize, Rect, String, String)>,
    nodes: Vec<(Meaning, Identifier)>,
}

impl Pen<'_> {
    fn page(&mut self, surface: &mut Surface<'_>, page: &Page) {
        for item in &page.items {
            match item {
                Item::Text(text) => self.text(surface, text),
                Item::Line(line) => self.line(surface, line),
                Item::Code(placed) => self.code(surface, placed),
            }
        }
    }

    fn point(&self, x_mm: f32, y_mm: f32) -> Point {
        Point::from_xy((self.corner.0 + x_mm) / POINT_MM, (self.corner.1 + y_mm) / POINT_MM)
    }

    fn text(&mut self, surface: &mut Surface<'_>, text: &Text) {
        let runs = self.fonts.runs(text.face, &text.text);
        let width_mm = runs.iter().map(|run| run.width).sum::<f32>() * text.size_pt * POINT_MM;
        if runs.is_empty() {
            return;
        }
        let left = match text.align {
            Align::Left => text.x_mm,
            Align::Centre => text.x_mm - width_mm / 2.0,
            Align::Right => text.x_mm - width_mm,
        };
        // What runs from right to left is drawn from left to right, and readers turn it round by themselves.
        let spoken = self.fonts.printable(&text.text);
        let tag = match text.role {
            Role::Mark => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
            Role::Title | Role::Heading | Role::Body => ContentTag::Span(SpanTag::empty()),
        };
        let content = surface.start_tagged(tag);
        surface.set_fill(Some(black()));
        surface.set_stroke(None);
        let mut x_mm = left;
        for run in &runs {
            let Some(font) = self.fonts.list.get(run.font) else { continue };
            let glyphs: Vec<KrillaGlyph> = run
                .glyphs
                .iter()
                .map(|glyph| {
                    KrillaGlyph::new(
                        GlyphId::new(glyph.glyph),
                        glyph.advance,
                        glyph.offset.0,
                        glyph.offset.1,
                        0.0,
                        glyph.range.clone(),
                        None,
                    )
                })
                .collect();
            surface.draw_glyphs(self.point(x_mm, text.y_mm), &glyphs, font.writer.clone(), &run.text, text.size_pt, false);
            x_mm += run.width * text.size_pt * POINT_MM;
        }
        surface.end_tagged();
        if text.role == Role::Mark {
            return;
        }
        let meaning = Meaning::Text(text.role, spoken.to_string());
        if let Some(url) = &text.link {
            let top = self.point(left, text.y_mm - text.size_pt * POINT_MM);
            let bottom = self.point(left + width_mm, text.y_mm + text.size_pt * POINT_MM / 4.0);
            if let Some(rect) = Rect::from_ltrb(top.x, top.y, bottom.x, bottom.y) {
                self.links.push((self.nodes.len(), rect, url.clone(), spoken.into_owned()));
            }
        }
        self.nodes.push((meaning, content));
    }

    fn line(&self, surface: &mut Surface<'_>, line: &Line) {
        let mut path = PathBuilder::new();
        let (from, to) = (self.point(line.from_mm.0, line.from_mm.1), self.point(line.to_mm.0, line.to_mm.1));
        path.move_to(from.x, from.y);
        path.line_to(to.x, to.y);
        let Some(path) = path.finish() else { return };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
        surface.set_fill(None);
        let dash = line.dashed.then(|| StrokeDash { array: vec![DASH_MM / POINT_MM; 2], offset: 0.0 });
        surface.set_stroke(Some(Stroke { width: line.width_mm / POINT_MM, dash, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.end_tagged();
    }

    fn code(&mut self, surface: &mut Surface<'_>, placed: &Placed) {
        let quiet = crate::code::Code::QUIET_MODULES;
        let mut path = PathBuilder::new();
        for (column, row, width, height) in placed.rectangles() {
            let mm = |modules: usize| modules as f32 * placed.module_mm;
            let top = self.point(placed.x_mm + mm(column + quiet), placed.y_mm + mm(row + quiet));
            let bottom = self.point(placed.x_mm + mm(column + width + quiet), placed.y_mm + mm(row + height + quiet));
            if let Some(rect) = Rect::from_ltrb(top.x, top.y, bottom.x, bottom.y) {
                path.push_rect(rect);
            }
        }
        let Some(path) = path.finish() else { return };
        let content = surface.start_tagged(ContentTag::Other);
        surface.set_stroke(None);
        surface.set_fill(Some(black()));
        surface.draw_path(&path);
        surface.end_tagged();
        self.nodes.push((Meaning::Code(placed.alt.clone()), content));
    }
}

fn black() -> Fill {
    Fill { paint: luma::Color::black().into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        code::Code,
        paper::{Face, Paper},
    };

    #[test]
    fn the_same_pages_are_the_same_bytes() {
        let fonts = Fonts::with(&[]).expect("its own");
        let mut page = Page::default();
        page.text(Text::at(0.0, 6.0, "PAYMENTS - WHO TO CALL").size(18.0).face(Face::Bold).role(Role::Title));
        page.text(
            Text::at(0.0, 20.0, "+44 7700 900123").size(14.0).face(Face::MonoBold).link(Some("tel:+447700900123".to_owned())),
        );
        page.text(Text::at(0.0, 30.0, "محمد العربي 田中 花子 Шевченко"));
        page.line((0.0, 40.0), (186.0, 40.0), 0.3);
        page.code(Placed {
            x_mm: 10.0,
            y_mm: 50.0,
            module_mm: 0.6,
            code: Code::of("tel:+12025550100").expect("short"),
            alt: "Calls".to_owned(),
        });
        let document = Document { title: "Sheet".to_owned(), id: "KIT-7F3A-118".to_owned(), paper: Paper::A4, pages: vec![page] };
        let first = pdf(&document, &fonts).expect("drawn");
        assert_eq!(first, pdf(&document, &fonts).expect("drawn"));
        assert!(first.starts_with(b"%PDF-"));
    }
}
