//! Pages for wikis and terminals: Markdown (CommonMark), readable as it stands. Text of the kit is never markup: the only links
//! are numbers to call.

use super::{
    Made, Outgoing,
    csv::word,
    plain::{plain, plain_lines},
};
use crate::team::{Authority, Bridge, Id, Kind, Number, Person, Responder, System, Team, Thing, Tool, Vendor, WakeWhen, Window};

/// The team as one page.
pub fn markdown(out: Outgoing<'_>) -> Made {
    let team = out.team;
    let (home, pins) = out.private_of_all();
    let left_out = out.left_out(home, pins);
    let mut page = Page { out, text: String::new(), count: 0 };
    page.line(&format!("# {}", text(&team.name)));
    page.line("");
    page.line(&format!("From {}. Left out: {}.", text(&out.edition()), text(&left_out.join(", "))));
    page.line("This page does not change by itself: what counts is the kit.");
    page.facts("", [("Where to meet when no bridge works", &team.rendezvous), ("Say first", &team.say_first)]);
    page.section("Bridges, in the order to try them", team.ladder().into_iter().map(|(_, it)| it), Page::bridge);
    page.section("Who decides", team.authority.values(), Page::authority);
    page.section("Systems", team.systems.values(), Page::system);
    page.section("People", team.people.values(), Page::person);
    page.section("Outside numbers", team.vendors.values(), Page::vendor);
    page.section("Tools", team.tools.values(), Page::tool);
    let ahead = team.windows.values().filter(|window| window.end > out.now);
    page.section("Windows", ahead, Page::window);
    Made { text: page.text, count: page.count, left_out, warnings: Vec::new() }
}

struct Page<'a> {
    out: Outgoing<'a>,
    text: String,
    count: usize,
}

impl<'a> Page<'a> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn section<'i, T: 'i>(&mut self, title: &str, things: impl Iterator<Item = &'i T>, one: impl Fn(&mut Self, &'i T)) {
        let mut things = things.peekable();
        if things.peek().is_none() {
            return;
        }
        self.line(&format!("\n## {title}\n"));
        for thing in things {
            self.count += 1;
            one(self, thing);
        }
    }

    /// A thing, and its numbers on the same line.
    fn thing(&mut self, name: &str, numbers: &[Number]) {
        let numbers: Vec<String> = self.out.numbers(numbers).map(call).collect();
        let numbers = if numbers.is_empty() { String::new() } else { format!(": {}", numbers.join(", ")) };
        self.line(&format!("- **{}**{numbers}", text(name)));
    }

    /// What else is known of it, a line each.
    fn facts<'f>(&mut self, indent: &str, facts: impl IntoIterator<Item = (&'f str, &'f Option<String>)>) {
        for (label, fact) in facts {
            if let Some(fact) = fact {
                self.fact(indent, label, &text(fact));
            }
        }
    }

    /// One fact that is Markdown already.
    fn fact(&mut self, indent: &str, label: &str, fact: &str) {
        if indent.is_empty() {
            self.line("");
        }
        self.line(&format!("{indent}{}{label}: {fact}", if indent.is_empty() { "" } else { "- " }));
    }

    fn lines(&mut self, label: &str, note: Option<&String>) {
        let Some(note) = note else { return };
        let lines: Vec<String> = plain_lines(note).filter(|line| !line.trim().is_empty()).map(|line| text(&line)).collect();
        match lines.as_slice() {
            [one] => self.fact("  ", label, one),
            several => {
                self.line(&format!("  - {label}:"));
                several.iter().for_each(|line| self.line(&format!("    - {line}")));
            }
        }
    }

    fn bridge(&mut self, it: &Bridge) {
        self.thing(&it.name, &it.numbers);
        for (label, pin) in [("PIN", &it.pin), ("Host key", &it.host_key)] {
            if let Some(pin) = self.out.private_text(pin.as_ref()) {
                self.fact("  ", label, &code(&plain(pin)));
            }
        }
        self.facts("  ", [("Where", &it.reach)]);
        self.lines("Note", it.note.as_ref());
    }

    fn authority(&mut self, it: &Authority) {
        self.thing(&it.decision, &[]);
        let line: Vec<Responder> = it.line(self.out.now);
        let names: Vec<String> = line.iter().map(|one| text(one.name(self.out.team))).collect();
        self.fact("  ", "In this order", &names.join(", then "));
        self.facts("  ", [("Limits", &it.limits)]);
        it.conditions.iter().for_each(|condition| self.fact("  ", "Only if", &text(condition)));
    }

    fn system(&mut self, it: &System) {
        self.thing(&it.name, &[]);
        let names: Vec<String> = it.owners.iter().map(|one| text(one.name(self.out.team))).collect();
        let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", then ") };
        self.fact("  ", "Call", &names);
        self.facts("  ", [("Playbook", &it.playbook)]);
        self.lines("Without a network", it.runbook.as_ref());
    }

    fn person(&mut self, it: &Person) {
        self.thing(&it.name, &it.numbers);
        self.facts("  ", [("Title", &it.title), ("Message", &it.message)]);
        let hours = it.hours.map(|hours| format!("{hours}, ")).unwrap_or_default();
        self.fact("  ", "Day", &text(&format!("{hours}{}", it.zone)));
        let when = match &it.wake.when {
            WakeWhen::NotSaid => None,
            WakeWhen::AnyHour => Some("at any hour".to_owned()),
            WakeWhen::Never => Some("never outside working hours".to_owned()),
            WakeWhen::If(condition) => Some(format!("if {condition}")),
        };
        let wake: Vec<String> = when.into_iter().chain(it.wake.how.clone()).map(|part| text(&part)).collect();
        if !wake.is_empty() {
            self.fact("  ", "Wake", &wake.join(", "));
        }
        if !it.emails.is_empty() {
            let emails: Vec<String> = it.emails.iter().map(|email| code(&plain(email))).collect();
            self.fact("  ", "Mail", &emails.join(", "));
        }
        self.lines("Note", it.note.as_ref());
    }

    fn vendor(&mut self, it: &Vendor) {
        self.thing(&it.name, &it.numbers);
        self.facts("  ", [("Account", &it.account), ("Contract", &it.contract)]);
        if let Some(pin) = self.out.private_text(it.pin.as_ref()) {
            self.fact("  ", "PIN", &code(&plain(pin)));
        }
        self.facts("  ", [("Where", &it.url)]);
        self.lines("Note", it.note.as_ref());
    }

    fn tool(&mut self, it: &Tool) {
        self.thing(&it.name, &it.numbers);
        self.facts("  ", [("For", &it.purpose), ("Where", &it.reach)]);
        let instead: Vec<String> = it
            .backups
            .iter()
            .map(|backup| text(name_of(self.out.team, backup.resolve(self.out.team)).unwrap_or(backup.as_str())))
            .collect();
        if !instead.is_empty() {
            self.fact("  ", "Use instead", &instead.join(", then "));
        }
        for avoid in &it.avoid {
            self.fact("  ", "Not", &format!("{}: {}", text(&avoid.what), text(&avoid.why)));
        }
    }

    fn window(&mut self, it: &Window) {
        self.thing(&it.name, &[]);
        self.fact(
            "  ",
            "When",
            &format!("{} to {} (UTC)", it.start.strftime("%Y-%m-%d %H:%M"), it.end.strftime("%Y-%m-%d %H:%M")),
        );
        for role in &it.roles {
            let name = text(self.out.team.person_name(&role.person));
            let does = role.does.as_ref().map(|does| format!(": {}", text(does))).unwrap_or_default();
            self.fact("  ", &name, &format!("{}{does}", role.part.word()));
        }
        it.rollback.iter().for_each(|line| self.fact("  ", "Roll back", &text(line)));
        self.facts("  ", [("Go or no-go", &it.go_no_go), ("Announced", &it.announce)]);
    }
}

fn name_of<'t>(team: &'t Team, found: Option<(Thing, &str)>) -> Option<&'t str> {
    match found? {
        (Thing::Tool, id) => team.tools.get(&Id::parse(id).ok()?).map(|it| it.name.as_str()),
        (Thing::Bridge, id) => team.bridges.get(&Id::parse(id).ok()?).map(|it| it.name.as_str()),
        _ => None,
    }
}

/// A number as a link that calls it, with what it reaches where that is not what most reach.
fn call(number: &Number) -> String {
    let kind = Some(word(number.kind)).filter(|_| number.kind != Kind::Mobile).map(str::to_owned);
    let more: Vec<String> = kind.into_iter().chain(number.note.as_deref().map(text)).collect();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
    format!("[{}](tel:{}){more}", number.read_aloud(), number.e164)
}

/// A text of the kit that is only text: signs that mean something are escaped, and what programs would make a link or a mention
/// of by itself stands as code.
fn text(text: &str) -> String {
    let shown = plain(text);
    let lower = shown.to_ascii_lowercase();
    if lower.contains('@') || lower.contains("://") || lower.contains("www.") || lower.contains("mailto:") {
        return code(&shown);
    }
    let shown = shown.trim();
    // At the beginning of a line these would make a list or a heading; after it they are themselves.
    let digits = shown.chars().take_while(char::is_ascii_digit).count();
    let mut out = String::with_capacity(shown.len());
    let mut chars = shown.chars().enumerate().peekable();
    while let Some((index, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let is_markup = match c {
            '-' | '+' | '=' => index == 0,
            // A name with a dot in it may become a link.
            '.' => (digits > 0 && index == digits) || next.is_some_and(char::is_alphabetic),
            ')' => digits > 0 && index == digits,
            // A word between two of them may become a picture.
            ':' => next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '+' | '-' | '_')),
            _ => "\\`*_{}[]<>#|~!&$^".contains(c),
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text as code, between more backticks than it has in a row.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let text = text.trim();
    let room = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d11_text_of_the_kit_is_no_markup() {
        for (of, written) in [
            ("Alice", "Alice"),
            ("*Bob* [x](javascript:1)", "\\*Bob\\* \\[x\\](javascript:1)"),
            ("<script>", "\\<script\\>"),
            ("1. stop", "1\\. stop"),
            ("# x", "\\# x"),
            ("a\nb", "a\\\\x0ab"),
            ("@here", "`@here`"),
            ("https://bank@evil", "`https://bank@evil`"),
            ("`@x`", "`` `@x` ``"),
            ("a | b", "a \\| b"),
        ] {
            assert_eq!(text(of), written, "{of:?}");
        }
    }
}
