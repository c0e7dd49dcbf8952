//! PDF files as somebody else reads them: what MuPDF draws of a page, in millimetres, and the objects that qpdf finds in a file.

use std::collections::BTreeMap;

use crate::world::World;

/// Millimetres of a point.
const POINT_MM: f64 = 25.4 / 72.0;
/// The live area, which A4 and Letter share (docs/guide/paper.md).
pub const LIVE_MM: (f64, f64) = (186.0, 255.0);
/// Rectangles in one path from which on it is a code: the smallest has more.
const CODE_RECTANGLES_MIN: usize = 60;

/// A box in millimetres from the top left corner of the live area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A run of glyphs on one base line.
#[derive(Debug, Clone)]
pub struct Letters {
    pub text: String,
    /// The font's name without the letters of its subset.
    pub font: String,
    pub size_pt: f64,
    /// From its first glyph to the end of its last, from its highest letter to its lowest.
    pub area: Area,
    pub base_mm: f64,
}

/// A straight line.
#[derive(Debug, Clone, Copy)]
pub struct Stroke {
    pub area: Area,
    pub is_dashed: bool,
}

/// A code, by the rectangles that it is drawn of.
#[derive(Debug, Clone)]
pub struct DrawnCode {
    pub area: Area,
    pub module_mm: f64,
    /// Modules on each side.
    pub side: usize,
    /// Row by row from the top.
    pub dark: Vec<bool>,
}

/// What stands on one page.
#[derive(Debug, Clone, Default)]
pub struct DrawnPage {
    pub size_mm: (f64, f64),
    pub letters: Vec<Letters>,
    pub strokes: Vec<Stroke>,
    pub codes: Vec<DrawnCode>,
}

impl Area {
    fn none() -> Self {
        Self { left: f64::MAX, top: f64::MAX, right: f64::MIN, bottom: f64::MIN }
    }

    fn add(&mut self, (x, y): (f64, f64)) {
        *self = Self { left: self.left.min(x), top: self.top.min(y), right: self.right.max(x), bottom: self.bottom.max(y) };
    }

    /// This much larger on each side.
    pub fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// Whether they have something in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

impl DrawnCode {
    /// Its version, 1 to 40.
    pub fn version(&self) -> usize {
        (self.side - 17) / 4
    }

    /// The code with its quiet zone of four modules.
    pub fn with_quiet_zone(&self) -> Area {
        self.area.grown(4.0 * self.module_mm)
    }
}

impl DrawnPage {
    /// All that is drawn on it.
    pub fn areas(&self) -> impl Iterator<Item = (String, Area)> {
        let letters = self.letters.iter().map(|it| (format!("{:?}", it.text), it.area));
        let strokes = self.strokes.iter().map(|it| ("a line".to_owned(), it.area));
        let codes = self.codes.iter().map(|it| ("a code".to_owned(), it.area));
        letters.chain(strokes).chain(codes)
    }
}

/// Six numbers of a matrix.
type Matrix = [f64; 6];

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(|number| number.parse().unwrap_or_else(|_| panic!("a number: {text:?}"))).collect()
}

/// The pages of a PDF as MuPDF draws them.
pub fn drawn(world: &World, file: &str) -> Vec<DrawnPage> {
    let trace = world.run("mutool", ["trace", file], b"");
    trace.ok().assert(trace.stderr.is_empty(), "nothing for MuPDF to mend");
    let document = roxmltree::Document::parse(&trace.stdout).unwrap_or_else(|error| panic!("{file}: {error}"));
    document.descendants().filter(|node| node.has_tag_name("page")).map(page).collect()
}

fn page(node: roxmltree::Node<'_, '_>) -> DrawnPage {
    let size = numbers(node.attribute("mediabox").expect("a size"));
    assert_eq!(size[..2], [0.0, 0.0]);
    let size_mm = (size[2] * POINT_MM, size[3] * POINT_MM);
    let corner = ((size_mm.0 - LIVE_MM.0) / 2.0, (size_mm.1 - LIVE_MM.1) / 2.0);
    let mut page = DrawnPage { size_mm, ..DrawnPage::default() };
    for node in node.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        match name {
            "fill_text" => node.children().filter(|it| it.has_tag_name("span")).for_each(|span| {
                page.letters.extend(letters(span, &Place { matrix: matrix(node), corner }));
            }),
            "stroke_path" => {
                let place = Place { matrix: matrix(node), corner };
                let half = number(node, "linewidth") * POINT_MM / 2.0;
                let mut area = Area::none();
                subpaths(node).iter().flatten().for_each(|point| area.add(place.of(*point)));
                let is_dashed = node.attribute("dash").is_some();
                // A line has no round ends: it is thick across alone.
                let is_level = area.bottom - area.top < area.right - area.left;
                let (x, y) = if is_level { (0.0, half) } else { (half, 0.0) };
                let area = Area { left: area.left - x, top: area.top - y, right: area.right + x, bottom: area.bottom + y };
                page.strokes.push(Stroke { area, is_dashed });
            }
            "fill_path" => {
                assert_eq!(node.attribute("color"), Some("0"), "black");
                page.codes.push(code(&subpaths(node), &Place { matrix: matrix(node), corner }));
            }
            // Parts of those above, and what is only said of them.
            "page" | "span" | "g" | "moveto" | "lineto" | "closepath" | "layer" | "end_layer" | "set_default_colorspaces" => {}
            other => panic!("a page of kit draws no {other}"),
        }
    }
    page
}

/// From what stands in a trace to millimetres from the corner of the live area.
struct Place {
    matrix: Matrix,
    corner: (f64, f64),
}

impl Place {
    fn of(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.matrix;
        ((a * x + c * y + e) * POINT_MM - self.corner.0, (b * x + d * y + f) * POINT_MM - self.corner.1)
    }
}

fn matrix(node: roxmltree::Node<'_, '_>) -> Matrix {
    let all = numbers(node.attribute("transform").expect("a matrix"));
    all.try_into().expect("six numbers")
}

fn number(node: roxmltree::Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("{name} of {node:?}")).parse().expect("a number")
}

fn letters(span: roxmltree::Node<'_, '_>, place: &Place) -> Option<Letters> {
    let trm = numbers(span.attribute("trm").expect("a matrix"));
    let size_pt = (trm[0] * place.matrix[0]).abs();
    assert!(trm[1] == 0.0 && trm[2] == 0.0 && (trm[0].abs() - trm[3].abs()).abs() < 0.001, "upright letters: {trm:?}");
    let (mut text, mut area, mut base_mm) = (String::new(), Area::none(), 0.0);
    for glyph in span.children().filter(|it| it.has_tag_name("g")) {
        text += glyph.attribute("unicode").unwrap_or_default();
        let (x, y) = place.of((number(glyph, "x"), number(glyph, "y")));
        base_mm = y;
        // As high as an ascender, as low as a descender: of the size, in all fonts that kit has.
        area.add((x, y - 0.75 * size_pt * POINT_MM));
        area.add((x + number(glyph, "adv") * size_pt * POINT_MM, y + 0.24 * size_pt * POINT_MM));
    }
    let font = span.attribute("font").expect("a font");
    let font = font.split_once('+').map_or(font, |(_, name)| name).to_owned();
    (!text.trim().is_empty()).then_some(Letters { text, font, size_pt, area, base_mm })
}

fn subpaths(node: roxmltree::Node<'_, '_>) -> Vec<Vec<(f64, f64)>> {
    let mut all: Vec<Vec<(f64, f64)>> = Vec::new();
    for step in node.children().filter(roxmltree::Node::is_element) {
        match step.tag_name().name() {
            "moveto" => all.push(vec![(number(step, "x"), number(step, "y"))]),
            "lineto" => all.last_mut().expect("it begins").push((number(step, "x"), number(step, "y"))),
            "closepath" => {}
            other => panic!("kit draws straight lines, no {other}"),
        }
    }
    all
}

/// A code out of its rectangles: each module is dark once at most, and all of them stand on one grid.
fn code(subpaths: &[Vec<(f64, f64)>], place: &Place) -> DrawnCode {
    assert!(subpaths.len() >= CODE_RECTANGLES_MIN, "what is filled is a code: {} parts", subpaths.len());
    let (mut area, mut boxes) = (Area::none(), Vec::new());
    for subpath in subpaths {
        let mut one = Area::none();
        assert!((4..=5).contains(&subpath.len()), "a rectangle: {subpath:?}");
        subpath.iter().for_each(|point| one.add(place.of(*point)));
        subpath.iter().for_each(|point| area.add(place.of(*point)));
        boxes.push(one);
    }
    // Some module stands alone, or a row of them is one high.
    let least = boxes.iter().map(|it| (it.right - it.left).min(it.bottom - it.top)).fold(f64::MAX, f64::min);
    let side = ((area.right - area.left) / least).round();
    let module_mm = (area.right - area.left) / side;
    assert!((area.bottom - area.top - side * module_mm).abs() < 0.01, "it is square: {area:?}");
    let whole = |length: f64| {
        let modules = length / module_mm;
        assert!((modules - modules.round()).abs() < 0.03, "on the grid: {modules} modules");
        modules.round() as usize
    };
    let side = side as usize;
    assert!(side >= 21 && (side - 17).is_multiple_of(4), "{side} modules");
    let mut dark = vec![false; side * side];
    for one in &boxes {
        for row in whole(one.top - area.top)..whole(one.bottom - area.top) {
            for column in whole(one.left - area.left)..whole(one.right - area.left) {
                assert!(!std::mem::replace(&mut dark[row * side + column], true), "drawn once: {column}, {row}");
            }
        }
    }
    DrawnCode { area, module_mm, side, dark }
}

/// The objects of a PDF by their names, as qpdf reads them; streams by their dictionaries.
pub fn objects(world: &World, file: &str) -> BTreeMap<String, serde_json::Value> {
    world.run("qpdf", ["--check", file], b"").ok();
    let json = world.run("qpdf", ["--json=2", "--json-key=qpdf", "--json-stream-data=none", file], b"");
    let json: serde_json::Value = serde_json::from_str(&json.ok().stdout).expect("JSON");
    let all = json["qpdf"][1].as_object().expect("objects");
    let plain = |object: &serde_json::Value| match object.get("stream") {
        Some(stream) => stream["dict"].clone(),
        None => object["value"].clone(),
    };
    all.iter().map(|(name, object)| (name.clone(), plain(object))).collect()
}
