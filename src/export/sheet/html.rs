//! The sheet as one HTML file: no script, nothing from elsewhere, links only to call.

use super::{Line, Named, Sheet, day};

/// What the file may do: nothing but show itself with its own style.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = "body{font:16px/1.4 sans-serif;max-width:60em;margin:1em auto;padding:0 1em;color:#000;background:#fff}\
h1{margin-bottom:0}h2{border-top:1px solid #000;padding-top:.4em;font-size:1.05em}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.15em 1em .15em 0}th{font-weight:600}\
.n{font:600 1.25em monospace;white-space:nowrap}.p{font-size:1.25em}small{color:#333}";

/// The sheet as HTML.
pub fn sheet_html(sheet: &Sheet, id: &str) -> String {
    let title = escaped(&format!("{}: who to call", sheet.about));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p><strong>SENSITIVE: staff phone numbers</strong><br>as of {}, replace by {}, {}</p>\n",
        escaped(&sheet.as_of_words()),
        escaped(&day(sheet.replace_by)),
        escaped(id),
    );
    let paragraphs = |lines: &[String]| lines.iter().map(|line| format!("<p>{}</p>\n", escaped(line))).collect::<String>();
    section(&mut out, "The window", &paragraphs(&sheet.window));
    let ways = sheet.join.iter().map(|way| {
        let pin = way.pin.iter().map(|pin| format!("PIN <span class=\"n\">{}</span>", escaped(pin)));
        let needs = Some(format!("<small>needs {}</small>", escaped(&way.needs.join(", ")))).filter(|_| !way.needs.is_empty());
        let reach = way.reach.iter().map(|reach| escaped(reach));
        row(&way.name, &way.numbers.iter().map(call).chain(pin).chain(reach).chain(needs).collect::<Vec<_>>().join("<br>"))
    });
    let meet = sheet.meet.iter().map(|meet| format!("None of them works: {meet}"));
    let say = sheet.say_first.iter().map(|say| format!("Say first: {say}"));
    let rest: Vec<String> = meet.chain(say).collect();
    section(&mut out, "Join the bridge", &format!("{}{}", table(ways), paragraphs(&rest)));
    let people = sheet.people.iter().enumerate().map(|(at, person)| {
        let numbers: Vec<String> = person.numbers.iter().map(call).collect();
        let numbers = if numbers.is_empty() { "no number".to_owned() } else { numbers.join("<br>") };
        let notes = Some(format!("UTC {}", person.utc)).into_iter().chain(Some(person.role.clone())).chain(person.notes.clone());
        let notes: Vec<String> = notes.filter(|note| !note.is_empty()).map(|note| escaped(&note)).collect();
        let name = format!("{}. {}", at + 1, person.name);
        format!(
            "<tr><th class=\"p\">{}</th><td>{numbers}</td><td><small>{}</small></td></tr>\n",
            escaped(&name),
            notes.join("<br>")
        )
    });
    let rule = if sheet.people.is_empty() { String::new() } else { format!("<p>{}</p>\n", escaped(&sheet.rule())) };
    let people = table(people);
    section(&mut out, "Call, in this order", &format!("{rule}{people}"));
    let turns = sheet.turns.iter().map(|turns| {
        let says = turns.from.iter().map(|(from, who)| format!("{from} {who}")).chain(turns.note.clone());
        row(&turns.rota, &says.map(|says| escaped(&says)).collect::<Vec<_>>().join("<br>"))
    });
    section(&mut out, "On duty, by UTC", &table(turns));
    section(&mut out, "By system: call first, then", &table(sheet.systems.iter().map(named)));
    section(&mut out, "If this is down, use", &table(sheet.instead.iter().map(named)));
    section(&mut out, "Who decides, then", &table(sheet.decides.iter().map(named)));
    let outside = sheet.outside.iter().map(|vendor| {
        let asks = vendor.asks.iter().map(|asks| escaped(asks));
        row(&vendor.name, &vendor.numbers.iter().map(call).chain(asks).collect::<Vec<_>>().join("<br>"))
    });
    section(&mut out, "Outside", &table(outside));
    out.push_str(&format!("<p><small>Left out: {}.</small></p>\n</body>\n</html>\n", escaped(&sheet.left_out.join(", "))));
    out
}

fn section(out: &mut String, heading: &str, content: &str) {
    if !content.is_empty() {
        out.push_str(&format!("<h2>{}</h2>\n{content}", escaped(heading)));
    }
}

fn table(rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    if rows.is_empty() { rows } else { format!("<table>\n{rows}</table>\n") }
}

fn row(what: &str, content: &str) -> String {
    format!("<tr><th>{}</th><td>{content}</td></tr>\n", escaped(what))
}

fn named(named: &Named) -> String {
    let then = Some(escaped(&named.then.join(", then "))).filter(|then| !then.is_empty());
    let note = named.note.iter().map(|note| format!("<small>{}</small>", escaped(note)));
    row(&named.what, &then.into_iter().chain(note).collect::<Vec<_>>().join("<br>"))
}

/// A number as a link that calls it: digits and a plus sign, nothing else.
fn call(line: &Line) -> String {
    let digits: String = line.e164.chars().filter(|c| c.is_ascii_digit()).collect();
    format!("<a class=\"n\" href=\"tel:+{digits}\">{}</a>", escaped(&line.shown))
}

/// A text as text, and never as markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
