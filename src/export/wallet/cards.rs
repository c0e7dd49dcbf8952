//! Four cards on a page: each two panels of the size of a credit card (ISO/IEC 7810, ID-1), one above the other, to be folded.

use jiff::civil::Date;

use super::{Wallet, WalletLine};
use crate::{
    code::{Code, Strength},
    export::module_mm_within,
    paper::{Align, Document, Face, Fonts, LIVE_HEIGHT_MM, LIVE_WIDTH_MM, Page, Paper, Placed, Role, Text},
};

/// A panel.
const PANEL_WIDTH_MM: f32 = 85.6;
const PANEL_HEIGHT_MM: f32 = 54.0;
/// From a cut or a fold to what is read.
const MARGIN_MM: f32 = 5.0;
/// From one line to the next: eight on a panel.
const PITCH_MM: f32 = 5.3;
const LINES: usize = 8;
/// Letters of names and numbers, and of labels.
const TEXT_PT: f32 = 11.0;
const LABEL_PT: f32 = 7.5;
/// The side of the code at most, with its quiet zone, and that of its modules: more would take room from the names.
const CODE_MM_MAX: f32 = 22.5;
const MODULE_MM_MAX: f32 = 0.68;
/// Between a name and its number.
const GAP_MM: f32 = 1.5;
/// Where numbers begin.
const COLUMN_MM: f32 = 17.0;
/// Sizes for a name and its number, from the one that is read best to the one that takes least room.
const SIZES_PT: [(f32, f32); 6] = [(11.0, 11.0), (10.0, 11.0), (10.0, 10.0), (9.0, 10.0), (9.0, 9.0), (8.0, 9.0)];
/// From the top of a panel's text to the code below the date: its quiet zone holds nothing.
const BELOW_DATE_MM: f32 = 4.6;
/// A mark beside the cards: how far from them, and how long.
const MARK_FROM_MM: f32 = 1.0;
const MARK_MM: f32 = 5.0;

/// The page of four cards.
pub fn wallet_cards(wallet: &Wallet, (id, printed, replace_by): (&str, Date, Date), paper: Paper, fonts: &Fonts<'_>) -> Document {
    let (left, top) = ((LIVE_WIDTH_MM - 2.0 * PANEL_WIDTH_MM) / 2.0, (LIVE_HEIGHT_MM - 4.0 * PANEL_HEIGHT_MM) / 2.0);
    let mut page = Page::default();
    let day = |date: Date| date.strftime("%-d %b %Y").to_string();
    let title = format!("{}: four cards for the wallet", wallet.title);
    page.text(Text::at(left, 6.0, fonts.cut(Face::Bold, 11.0, &title, 120.0)).size(11.0).face(Face::Bold).role(Role::Title));
    let sensitive = Text::at(LIVE_WIDTH_MM - left, 6.0, "SENSITIVE: staff phone numbers and a PIN").size(9.0);
    page.text(sensitive.align(Align::Right));
    let how = "Print at 100 %. Cut at the solid marks, fold at the dashed ones. Give away or shred what is left over.";
    page.text(Text::at(left, 11.0, how).size(8.0).role(Role::Mark));
    ruler(&mut page, LIVE_WIDTH_MM - left, LIVE_HEIGHT_MM - 5.0);
    marks(&mut page, left, top);
    for (column, row) in [(0_u8, 0_u8), (1, 0), (0, 1), (1, 1)] {
        let corner = (left + f32::from(column) * PANEL_WIDTH_MM, top + f32::from(row) * 2.0 * PANEL_HEIGHT_MM);
        let mut panel = Panel { page: &mut page, fonts, corner, line: 0 };
        panel.front(wallet, &day(printed));
        let mut panel = Panel { page: &mut page, fonts, corner: (corner.0, corner.1 + PANEL_HEIGHT_MM), line: 0 };
        panel.back(wallet, id, &day(replace_by));
    }
    let foot = format!("{id}   printed {}   replace by {}", day(printed), day(replace_by));
    page.text(Text::at(left, LIVE_HEIGHT_MM - 5.0, foot).size(8.0).role(Role::Mark));
    Document { title: format!("Wallet cards: {}", wallet.title), id: id.to_owned(), paper, pages: vec![page] }
}

/// Where to cut and where to fold: outside of all cards.
fn marks(page: &mut Page, left: f32, top: f32) {
    let (right, bottom) = (left + 2.0 * PANEL_WIDTH_MM, top + 4.0 * PANEL_HEIGHT_MM);
    for x_mm in [left, left + PANEL_WIDTH_MM, right] {
        page.line((x_mm, top - MARK_FROM_MM), (x_mm, top - MARK_FROM_MM - MARK_MM), 0.2);
        page.line((x_mm, bottom + MARK_FROM_MM), (x_mm, bottom + MARK_FROM_MM + MARK_MM), 0.2);
    }
    for row in [0_u8, 1, 2, 3, 4] {
        let y_mm = top + f32::from(row) * PANEL_HEIGHT_MM;
        let ends = [(left - MARK_FROM_MM, left - MARK_FROM_MM - MARK_MM), (right + MARK_FROM_MM, right + MARK_FROM_MM + MARK_MM)];
        for (from, to) in ends {
            if row % 2 == 0 {
                page.line((from, y_mm), (to, y_mm), 0.2);
            } else {
                page.fold((from, y_mm), (to, y_mm), 0.2);
            }
        }
    }
}

fn ruler(page: &mut Page, right: f32, y_mm: f32) {
    let left = right - 50.0;
    page.line((left, y_mm), (right, y_mm), 0.3);
    for x_mm in [left, right] {
        page.line((x_mm, y_mm - 1.5), (x_mm, y_mm + 1.5), 0.3);
    }
    let text = Text::at((left + right) / 2.0, y_mm - 1.2, "50 mm: if not, print at 100 %").size(7.0);
    page.text(text.align(Align::Centre).role(Role::Mark));
}

/// One side of a card.
struct Panel<'p, 'f> {
    page: &'p mut Page,
    fonts: &'f Fonts<'f>,
    corner: (f32, f32),
    line: usize,
}

impl Panel<'_, '_> {
    fn front(&mut self, wallet: &Wallet, day: &str) {
        let full = PANEL_WIDTH_MM - 2.0 * MARGIN_MM;
        let code = wallet.bridge.as_ref().and_then(|bridge| self.code(bridge));
        let beside = full - code.unwrap_or_default();
        self.right(day, LABEL_PT);
        let title = self.fonts.cut(Face::Bold, TEXT_PT, &format!("{} on-call", wallet.title), full - 22.0);
        self.put(0.0, TEXT_PT, Face::Bold, title, None);
        self.next();
        if let Some(bridge) = &wallet.bridge {
            self.numbered("", &WalletLine { name: "Bridge".to_owned(), ..bridge.clone() }, beside);
        }
        if let Some(pin) = &wallet.pin {
            self.put(0.0, LABEL_PT, Face::Sans, "PIN", None);
            let pin = self.fonts.cut(Face::MonoBold, TEXT_PT, pin, beside - COLUMN_MM);
            self.put(COLUMN_MM, TEXT_PT, Face::MonoBold, pin, None);
            self.next();
        }
        let room = LINES.saturating_sub(self.line + 1);
        for (at, person) in wallet.people.iter().take(room).enumerate() {
            // Below the code there is the whole width.
            let width = if self.below_code(code) { full } else { beside };
            self.numbered(&format!("{}  ", at + 1), person, width);
        }
        self.line = LINES - 1;
        let rule = format!("Ring twice in 3 min. No answer in {} min: the next.", wallet.answer_within_min);
        // Two lines of small letters stand where one of the others would.
        let up = if wallet.found.is_some() { 1.2 } else { 0.0 };
        for (says, down) in
            [Some(rule)].into_iter().chain([wallet.found.as_ref().map(|found| format!("Found? {found}"))]).zip([-up, 2.2])
        {
            if let Some(says) = says {
                let says = self.fonts.cut(Face::Sans, LABEL_PT, &says, full);
                let at = (self.corner.0 + MARGIN_MM, self.base() + down);
                self.page.text(Text::at(at.0, at.1, says).size(LABEL_PT));
            }
        }
    }

    fn back(&mut self, wallet: &Wallet, id: &str, day: &str) {
        let full = PANEL_WIDTH_MM - 2.0 * MARGIN_MM;
        // Two lines are the label's and the last; the rest is shared out, those who call at night first.
        let last = LINES - 1;
        let rows_of_pagers = wallet.pagers.len().div_ceil(2) + usize::from(!wallet.pagers.is_empty());
        if !wallet.fallbacks.is_empty() {
            self.label("If the bridge is down");
            let room = last.saturating_sub(self.line + rows_of_pagers + wallet.outside.len().min(2));
            for way in wallet.fallbacks.iter().take(room.max(1)) {
                let fits = |size: &f32| self.fonts.width_mm(Face::Sans, *size, way) <= full;
                let size = [TEXT_PT, 10.0, 9.0, 8.0].into_iter().find(fits).unwrap_or(LABEL_PT);
                let way = self.fonts.cut(Face::Sans, size, way, full);
                self.put(0.0, size, Face::Sans, way, None);
                self.next();
            }
        }
        let room = last.saturating_sub(self.line + rows_of_pagers);
        for outside in wallet.outside.iter().take(room) {
            self.numbered("", outside, full);
        }
        if !wallet.pagers.is_empty() && self.line < last {
            self.label("My pager calls from");
            for pair in wallet.pagers.chunks(2).take(last.saturating_sub(self.line)) {
                for (pager, x_mm) in pair.iter().zip([0.0, full / 2.0 + GAP_MM]) {
                    let fits = |size: &f32| self.fonts.width_mm(Face::MonoBold, *size, &pager.shown) <= full / 2.0 - GAP_MM;
                    let size = [10.0, 9.0, 8.0].into_iter().find(fits).unwrap_or(LABEL_PT);
                    self.put(x_mm, size, Face::MonoBold, pager.shown.clone(), Some(format!("tel:{}", pager.e164)));
                }
                self.next();
            }
        }
        self.line = last;
        self.put(0.0, LABEL_PT, Face::Mono, id, None);
        self.right(&format!("replace by {day}"), LABEL_PT);
    }

    /// Puts the code that calls the bridge into the corner; how wide it is with some room.
    fn code(&mut self, bridge: &WalletLine) -> Option<f32> {
        let code = Code::within(&format!("tel:{}", bridge.e164), Strength::M, 2)?;
        let side = (code.side() + 2 * Code::QUIET_MODULES) as f32;
        let module_mm = module_mm_within(&code, CODE_MM_MAX.min(MODULE_MM_MAX * side));
        let placed = Placed { x_mm: 0.0, y_mm: 0.0, module_mm, code, alt: format!("Calls {}", bridge.shown) };
        let side = placed.side_mm();
        let (x_mm, y_mm) = (self.corner.0 + PANEL_WIDTH_MM - MARGIN_MM - side, self.corner.1 + MARGIN_MM + BELOW_DATE_MM);
        self.page.code(Placed { x_mm, y_mm, ..placed });
        Some(side + 1.0)
    }

    fn below_code(&self, code: Option<f32>) -> bool {
        code.is_none_or(|side| self.base() - TEXT_PT * crate::paper::POINT_MM > self.corner.1 + MARGIN_MM + BELOW_DATE_MM + side)
    }

    fn base(&self) -> f32 {
        self.corner.1 + MARGIN_MM + 3.6 + self.line as f32 * PITCH_MM
    }

    fn next(&mut self) {
        self.line += 1;
    }

    fn put(&mut self, x_mm: f32, size_pt: f32, face: Face, text: impl Into<String>, link: Option<String>) {
        let text = Text::at(self.corner.0 + MARGIN_MM + x_mm, self.base(), text).size(size_pt).face(face).link(link);
        self.page.text(text);
    }

    fn right(&mut self, text: &str, size_pt: f32) {
        let x_mm = self.corner.0 + PANEL_WIDTH_MM - MARGIN_MM;
        self.page.text(Text::at(x_mm, self.base(), text).size(size_pt).align(Align::Right));
    }

    fn label(&mut self, text: &str) {
        self.put(0.0, LABEL_PT, Face::Sans, text, None);
        self.next();
    }

    /// A name and its number; the number is never cut, the name is.
    fn numbered(&mut self, rank: &str, line: &WalletLine, width_mm: f32) {
        let named = format!("{rank}{}", line.name);
        let number = |size: f32| self.fonts.width_mm(Face::MonoBold, size, &line.shown);
        let fits = |(name, size): &(f32, f32)| {
            let name = self.fonts.width_mm(Face::Sans, *name, &named).max(COLUMN_MM - GAP_MM);
            name + GAP_MM + number(*size) <= width_mm
        };
        let (name_pt, number_pt) = SIZES_PT.into_iter().find(fits).unwrap_or((8.0, 9.0));
        let name = self.fonts.cut(Face::Sans, name_pt, &named, width_mm - number(number_pt) - GAP_MM);
        // In one column where that leaves room.
        let after = self.fonts.width_mm(Face::Sans, name_pt, &name) + GAP_MM;
        let column = after.max(COLUMN_MM.min(width_mm - number(number_pt)));
        self.put(0.0, name_pt, Face::Sans, name, None);
        self.put(column, number_pt, Face::MonoBold, line.shown.clone(), Some(format!("tel:{}", line.e164)));
        self.next();
    }
}
