//! A proposal as lines to read. Plain text without colour; whoever prints it escapes it.

use std::fmt::Write;

use super::{Added, Changed, Gain, Proposal};
use crate::team::Kind;

/// The proposal for a human: what would be added and changed, then what would not and why, then the count.
///
/// Each line begins with a word that can be searched for: `added`, `changed`, `kept`, `conflict`, `skipped`, `left out`,
/// `region?`, `shared`, `cleaned`.
pub fn listing(proposal: &Proposal) -> String {
    let mut out = String::new();
    for Added { name, id, zone, zone_assumed, gain, .. } in &proposal.added {
        let assumed = if *zone_assumed { "   (assumed: no card says it)" } else { "" };
        line(&mut out, "added", name, "id", id.as_str());
        line(&mut out, "", "", "zone", &format!("{zone}{assumed}"));
        gains(&mut out, "", "", gain);
    }
    for Changed { name, gain, .. } in &proposal.changed {
        gains(&mut out, "changed", name, gain);
    }
    for kept in &proposal.kept {
        let said = format!("{}   (the card at line {} says {})", kept.ours, kept.line, kept.theirs);
        line(&mut out, "kept", kept.id.as_str(), kept.field, &said);
    }
    for conflict in &proposal.conflicts {
        reason(&mut out, "conflict", conflict.line, &conflict.who, &conflict.why);
    }
    for waiting in &proposal.numbers_without_country {
        let why = format!("{} has no country code", waiting.text);
        reason(&mut out, "region?", waiting.line, &waiting.who, &why);
    }
    for shared in &proposal.shared_lines {
        let people = shared.people.iter().take(3).map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
        let more = shared.people.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "shared    {}   {people}{more}", shared.number);
    }
    for skipped in &proposal.skipped {
        reason(&mut out, "skipped", skipped.line, skipped.who.as_deref().unwrap_or_default(), &skipped.why);
    }
    for left in &proposal.left_out {
        reason(&mut out, "left out", left.line, &left.text, &left.why);
    }
    for cleaned in &proposal.cleaned {
        reason(&mut out, "cleaned", cleaned.line, cleaned.field, &format!("it was {}", cleaned.was));
    }
    let _ = writeln!(
        out,
        "{} added, {} changed, {} the same, {} in conflict, {} skipped",
        proposal.added.len(),
        proposal.changed.len(),
        proposal.same,
        proposal.conflicts.len(),
        proposal.skipped.len()
    );
    out
}

fn gains(out: &mut String, word: &str, name: &str, gain: &Gain) {
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(gain.title.iter().map(|title| ("title", title.clone())));
    rows.extend(gain.teams.iter().map(|team| ("team", team.clone())));
    rows.extend(gain.aliases.iter().map(|alias| ("also", alias.clone())));
    rows.extend(gain.emails.iter().map(|email| ("e-mail", email.clone())));
    for new in &gain.numbers {
        let was = new.was.as_ref().map(|was| format!("   (was {was})")).unwrap_or_default();
        let note = new.number.note.as_ref().map(|note| format!("   {note}")).unwrap_or_default();
        rows.push((kind_word(new.number.kind), format!("{}{note}{was}", new.number.shown)));
    }
    rows.extend(gain.note.iter().map(|note| ("note", note.lines().collect::<Vec<_>>().join(" / "))));
    for (at, (field, value)) in rows.iter().enumerate() {
        let (word, name) = if at == 0 { (word, name) } else { ("", "") };
        line(out, word, name, field, value);
    }
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "mobile",
        Kind::Landline => "landline",
        Kind::Home => "home",
        Kind::Work => "work",
        Kind::Satellite => "satellite",
        Kind::Pager => "pager",
        Kind::Other => "number",
    }
}

fn line(out: &mut String, word: &str, name: &str, field: &str, value: &str) {
    let pad = 22_usize.saturating_sub(unicode_width::UnicodeWidthStr::width(name));
    let _ = writeln!(out, "{word:<8}  {name}{:pad$}  {field:<9}  {value}", "");
}

fn reason(out: &mut String, word: &str, at: usize, who: &str, why: &str) {
    let who = if who.is_empty() { String::new() } else { format!("{who}: ") };
    let _ = writeln!(out, "{word:<8}  line {at}: {who}{why}");
}
