//! The screen of `kit sheets`: what is around of what was printed, and how it stands.

use jiff::Timestamp;

use super::{Screen, keep};
use crate::{
    answer::{Moment, day},
    cli::report::{Sheet, SheetState},
};

/// The sheets, those that are out of date first; `all` has those that were destroyed too.
pub(crate) fn sheets(screen: &mut Screen, sheets: &[Sheet], all: bool, moment: &Moment) {
    let around = sheets.iter().filter(|sheet| sheet.state != SheetState::Destroyed).count();
    let outdated = sheets.iter().filter(|sheet| sheet.is_outdated()).count();
    let of = if around == 1 { "1 sheet that is around".to_owned() } else { format!("{around} sheets that are around") };
    match (around, outdated) {
        (0, _) => screen.plain("NO SHEET  is around that was printed from this machine: kit export sheet"),
        (1, 0) => screen.plain("SHEETS  1 is around, and nothing on it changed"),
        (_, 0) => screen.plain(&format!("SHEETS  {around} are around, and nothing on them changed")),
        (_, _) => screen.plain(&format!("OUTDATED  {outdated} of {of}")),
    }
    let is_shown = |sheet: &&Sheet| all || sheet.state != SheetState::Destroyed;
    let (first, then): (Vec<&Sheet>, Vec<&Sheet>) = sheets.iter().rev().filter(is_shown).partition(|sheet| sheet.is_outdated());
    for sheet in first.iter().chain(&then) {
        screen.blank();
        one(screen, sheet, moment);
    }
    let hidden = sheets.len() - around;
    if !all && hidden > 0 {
        screen.blank();
        screen.plain(&format!("{hidden} destroyed: {}", keep("kit sheets --all")));
    }
}

/// What was ticked off.
pub(crate) fn ticked(screen: &mut Screen, sheet: &Sheet, copy: Option<&str>, is_destroyed: bool, moment: &Moment) {
    let what = copy.map_or_else(|| keep(&sheet.id), |copy| format!("{}, {copy}", keep(&sheet.id)));
    let left = sheet.around();
    match (is_destroyed, left.as_slice()) {
        (true, []) => screen.plain(&format!("DESTROYED  {what}")),
        (true, left) => screen.plain(&format!("DESTROYED  {what}; still around: {}", left.join(", "))),
        (false, _) => screen.plain(&format!("AROUND  {what}")),
    }
    screen.blank();
    one(screen, sheet, moment);
    if is_destroyed {
        let copy = copy.map(|copy| format!(" --copy '{}'", copy.replace('\'', "'\\''"))).unwrap_or_default();
        screen.blank();
        screen.plain(&format!("Not so? {} {}{copy}", keep("kit sheets --not-destroyed"), keep(&sheet.id)));
    }
}

fn one(screen: &mut Screen, sheet: &Sheet, moment: &Moment) {
    let date = |at: Timestamp| keep(&day(at.to_zoned(moment.zone.clone()).date(), moment.here().date()));
    let about = sheet.about.as_deref().filter(|about| !about.is_empty()).map(|about| format!(": {about}")).unwrap_or_default();
    screen.wrapped("  ", "    ", &format!("{}  {}{about}", keep(&sheet.id), sheet.kind.word()));
    screen.row("State", sheet.words(moment));
    screen
        .row("Printed", format!("{} from kit {}, to be replaced by {}", date(sheet.printed), sheet.seq, date(sheet.replace_by)));
    screen.row("Tested", sheet.tested.map(date).unwrap_or_default());
    screen.row("Copies", sheet.around().join(", "));
    let old = |next: &String| format!("{}, then {} {}", keep(next), keep("kit sheets --destroyed"), keep(&sheet.id));
    screen.row("To do", sheet.next.as_ref().map(old).unwrap_or_default());
}
