//! From properties to a person.

use super::{
    super::{CardFault, Cleaned, Found, FoundNumber, LeftOut, charset::UnknownCharset, clean, propose::VALUES_MAX, telephone},
    property::{Line, Piece, Property, pieces},
};
use crate::team::{Kind, Zone};

/// Longest value quoted in a report, in characters.
const QUOTED_CHARS_MAX: usize = 60;
/// Longest e-mail address (RFC 5321, section 4.5.3.1.3, less the brackets).
const EMAIL_CHARS_MAX: usize = 254;

/// Reads one card that begins at `line`.
///
/// # Errors
/// Why the whole card is skipped, with its name if one could be read.
pub(super) fn read(line: usize, lines: &[Line<'_>]) -> Result<Found, (Option<String>, CardFault)> {
    let mut card = Reading::default();
    let pieces = pieces(lines);
    let properties = || pieces.iter().filter_map(|piece| if let Piece::Property(p) = piece { Some(p) } else { None });
    for piece in &pieces {
        match piece {
            Piece::Property(property) => card.property(property, properties())?,
            Piece::Stray(line, bytes) => {
                card.leave_out(*line, "line", &String::from_utf8_lossy(bytes), "it is no property of a vCard");
            }
        }
    }
    card.finish(line)
}

/// The name of a card that is skipped, for the report.
pub(super) fn name_of(lines: &[Line<'_>]) -> Option<String> {
    match read(0, lines) {
        Ok(found) => Some(found.name),
        Err((who, _)) => who,
    }
}

type Refused = (Option<String>, CardFault);

#[derive(Default)]
struct Reading {
    full_name: Option<String>,
    name: Option<String>,
    organisation: Option<String>,
    kind: Option<CardFault>,
    aliases: Vec<String>,
    /// Family and given name by sound.
    phonetic: (String, String),
    title: Option<String>,
    role: Option<String>,
    teams: Vec<String>,
    emails: Vec<(u8, String)>,
    numbers: Vec<(u8, FoundNumber)>,
    zone: Option<Zone>,
    note: Option<String>,
    left_out: Vec<LeftOut>,
    cleaned: Vec<Cleaned>,
}

impl Reading {
    fn property<'a>(&mut self, property: &Property, all: impl Iterator<Item = &'a Property>) -> Result<(), Refused> {
        let unreadable = |UnknownCharset(set): UnknownCharset| (None, CardFault::Charset(set));
        match property.name.as_str() {
            "FN" if self.full_name.is_none() => {
                let (text, _) = property.text().map_err(unreadable)?;
                self.full_name = self.field(property, "name", &text);
            }
            "N" if self.name.is_none() => {
                let parts = property.parts(b';').map_err(unreadable)?;
                self.name = self.field(property, "name", &in_order(&parts));
            }
            "ORG" => {
                let mut parts = self.parts(property, "organisation", b';').into_iter();
                let first = parts.next().filter(|name| !name.is_empty());
                self.organisation = self.organisation.take().or(first);
                parts.for_each(|unit| push_new(&mut self.teams, unit));
            }
            "NICKNAME" | "X-NICKNAME" => {
                self.parts(property, "nickname", b',').into_iter().for_each(|nick| push_new(&mut self.aliases, nick));
            }
            "X-MAIDENNAME" => {
                self.parts(property, "other name", 0).into_iter().for_each(|name| push_new(&mut self.aliases, name));
            }
            "X-ANDROID-CUSTOM" => {
                let mut parts = self.parts(property, "other name", b';').into_iter();
                if parts.next().as_deref() == Some("vnd.android.cursor.item/nickname") {
                    parts.next().into_iter().for_each(|nick| push_new(&mut self.aliases, nick));
                }
            }
            "X-PHONETIC-FIRST-NAME" => self.phonetic.1 = self.text(property, "other name").unwrap_or_default(),
            "X-PHONETIC-LAST-NAME" => self.phonetic.0 = self.text(property, "other name").unwrap_or_default(),
            "TITLE" if self.title.is_none() => self.title = self.text(property, "title"),
            "ROLE" if self.role.is_none() => self.role = self.text(property, "title"),
            "EMAIL" => self.email(property),
            "TEL" => self.number(property, all),
            "TZ" => self.zone(property),
            "NOTE" => self.note(property),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => self.kind(property),
            "X-ABSHOWAS" if self.text(property, "kind").is_some_and(|text| text.eq_ignore_ascii_case("company")) => {
                self.kind = Some(CardFault::Organisation);
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self, line: usize) -> Result<Found, Refused> {
        self.emails.sort_by_key(|(preference, _)| *preference);
        self.numbers.sort_by_key(|(preference, _)| *preference);
        let emails: Vec<_> = self.emails.into_iter().map(|(_, email)| email).collect();
        let numbers: Vec<_> = self.numbers.into_iter().map(|(_, number)| number).collect();
        let own = self.full_name.or(self.name).or_else(|| self.aliases.first().cloned());
        let named = own.is_some();
        let lent =
            || self.organisation.clone().or_else(|| emails.first().cloned()).or_else(|| numbers.first().map(|n| n.text.clone()));
        let name = own.or_else(lent).filter(|name| !name.is_empty());
        if let Some(fault) = self.kind {
            return Err((name, fault));
        }
        let Some(name) = name else { return Err((None, CardFault::Nameless)) };
        // Nobody types 李小龍 at night: how it sounds is a name to look up. In other scripts it would only be a misspelling.
        if name.chars().any(is_east_asian) {
            push_new(&mut self.aliases, format!("{} {}", self.phonetic.0, self.phonetic.1).trim().to_owned());
        }
        self.aliases.retain(|alias| *alias != name);
        Ok(Found {
            line,
            name,
            named,
            aliases: self.aliases,
            title: self.title.or(self.role),
            teams: self.teams,
            emails,
            numbers,
            zone: self.zone,
            note: self.note,
            left_out: self.left_out,
            cleaned: self.cleaned,
        })
    }

    fn email(&mut self, property: &Property) {
        let Some(raw) = self.decoded(property, "e-mail") else { return };
        let (text, hidden) = clean::field(&raw);
        if text.is_empty() {
            return;
        }
        // It says who somebody is, so it is not repaired: what it was repaired to may be somebody else's.
        if hidden {
            return self.leave_out(property.line, "e-mail", &raw, "it has hidden characters in it");
        }
        let address = text.strip_prefix("mailto:").unwrap_or(&text);
        let address = address.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(address);
        if !is_address(address) {
            self.leave_out(property.line, "e-mail", &text, "it is not of the form name@example.com");
        } else if address.chars().count() > EMAIL_CHARS_MAX {
            self.leave_out(property.line, "e-mail", &text, "it is longer than an e-mail address can be");
        } else if self.emails.len() == VALUES_MAX {
            self.leave_out(property.line, "e-mail", &text, "nobody has more than 50");
        } else if !self.emails.iter().any(|(_, known)| known.eq_ignore_ascii_case(address)) {
            self.emails.push((property.preference, address.to_owned()));
        }
    }

    fn number<'a>(&mut self, property: &Property, mut all: impl Iterator<Item = &'a Property>) {
        let Some(raw) = self.decoded(property, "number") else { return };
        // Marks of direction are what telephones put around numbers; a control character nobody does.
        if raw.contains(|c: char| c.is_control() && !c.is_whitespace()) {
            return self.leave_out(property.line, "number", &raw, "it has control characters in it");
        }
        let Some(text) = self.field(property, "number", &raw) else { return };
        let label = all
            .find(|other| !property.group.is_empty() && other.group == property.group && other.name == "X-ABLABEL")
            .and_then(|label| self.text(label, "label"));
        let (kind, label) = match reached(property, label.as_deref()) {
            Reached::Person(kind, label) => (kind, label),
            Reached::Machine(what) => return self.leave_out(property.line, "number", &text, &format!("it is a {what} number")),
        };
        if self.numbers.len() == VALUES_MAX {
            return self.leave_out(property.line, "number", &text, "nobody has more than 50");
        }
        let written = telephone::take_apart(&text);
        let number = FoundNumber { line: property.line, text: written.text, extension: written.extension, kind, label };
        if !number.text.is_empty() {
            self.numbers.push((property.preference, number));
        }
    }

    fn zone(&mut self, property: &Property) {
        let Some(text) = self.text(property, "time zone") else { return };
        // 3.0 may put the name last: "-05:00; EST; America/New_York".
        let zone = text.split(';').map(str::trim).filter(|name| name.contains('/')).find_map(|name| {
            let known = jiff::tz::TimeZone::get(name).ok()?;
            Zone::parse(known.iana_name()?).ok()
        });
        match zone {
            Some(zone) => self.zone = Some(zone),
            None => self.leave_out(property.line, "time zone", &text, "it is not a zone by name, such as Europe/London"),
        }
    }

    fn note(&mut self, property: &Property) {
        let Some(text) = self.decoded(property, "note") else { return };
        let (clean, touched) = clean::note(&text);
        self.report(property.line, "note", &text, touched);
        if !clean.is_empty() {
            self.note = Some(self.note.take().map_or_else(|| clean.clone(), |first| clean::note(&format!("{first}\n{clean}")).0));
        }
    }

    fn kind(&mut self, property: &Property) {
        let Some(text) = self.text(property, "kind") else { return };
        self.kind = match text.to_ascii_lowercase().as_str() {
            "individual" | "x-individual" => None,
            "org" | "organization" => Some(CardFault::Organisation),
            other => Some(CardFault::NotAPerson(other.to_owned())),
        };
    }

    fn text(&mut self, property: &Property, field: &'static str) -> Option<String> {
        let text = self.decoded(property, field)?;
        self.field(property, field, &text)
    }

    fn parts(&mut self, property: &Property, field: &'static str, separator: u8) -> Vec<String> {
        match property.parts(separator) {
            Ok(parts) => {
                let part = |part: &String| self.field(property, field, part).unwrap_or_default();
                parts.iter().take(VALUES_MAX).map(part).collect()
            }
            Err(UnknownCharset(set)) => {
                self.leave_out(property.line, field, "", &unreadable(&set));
                Vec::new()
            }
        }
    }

    fn decoded(&mut self, property: &Property, field: &'static str) -> Option<String> {
        match property.text() {
            Ok((text, _)) => Some(text),
            Err(UnknownCharset(set)) => {
                self.leave_out(property.line, field, "", &unreadable(&set));
                None
            }
        }
    }

    /// A cleaned field, `None` when nothing is left of it.
    fn field(&mut self, property: &Property, field: &'static str, text: &str) -> Option<String> {
        let (clean, touched) = clean::field(text);
        self.report(property.line, field, text, touched);
        Some(clean).filter(|clean| !clean.is_empty())
    }

    fn report(&mut self, line: usize, field: &'static str, text: &str, touched: bool) {
        if touched {
            self.cleaned.push(Cleaned { line, field, was: quoted(text) });
        }
    }

    fn leave_out(&mut self, line: usize, what: &'static str, text: &str, why: &str) {
        self.left_out.push(LeftOut { line, what, text: quoted(text), why: why.to_owned() });
    }
}

enum Reached {
    Person(Kind, Option<String>),
    Machine(&'static str),
}

/// What a number reaches, from its types and from the label that Apple and Google put beside it.
fn reached(property: &Property, label: Option<&str>) -> Reached {
    let known = label.and_then(|label| label.strip_prefix("_$!<")?.strip_suffix(">!$_"));
    let word = known.or(label).unwrap_or_default().to_ascii_uppercase();
    let is = |one: &str| property.is(one) || word == one;
    if property.types.iter().any(|one| one.ends_with("FAX")) || word.ends_with("FAX") || is("FACSIMILE") {
        return Reached::Machine("fax");
    }
    if is("MODEM") || is("BBS") || is("TLX") || is("TELEX") || is("X400") {
        return Reached::Machine("data");
    }
    let kind = if is("CELL") || is("MOBILE") || is("IPHONE") || is("PCS") || is("X-MOBILE") || is("APPLE WATCH") {
        Kind::Mobile
    } else if is("PAGER") {
        Kind::Pager
    } else if is("SATELLITE") || is("X-SATELLITE") {
        Kind::Satellite
    } else if is("HOME") || is("X-HOME") {
        Kind::Home
    } else if is("WORK") || is("X-WORK") {
        Kind::Work
    } else if is("MAIN") || is("X-MAIN") || is("COMPANYMAIN") {
        Kind::Landline
    } else {
        Kind::Other
    };
    // Only what the kind does not say already: an assistant's number is not the person's own.
    let assistant = is("ASSISTANT") || is("ASSISTANTPHONE") || property.is("X-ASSISTANT") || property.is("X-EVOLUTION-ASSISTANT");
    let own_words = match known {
        Some(_) if assistant => Some("assistant".to_owned()),
        Some(known) => Some(known.to_ascii_lowercase()).filter(|_| kind == Kind::Other && known != "Other"),
        None if assistant => Some("assistant".to_owned()),
        None => label.map(str::to_owned).filter(|_| !plain_word(&word)),
    };
    let own_words = own_words.or_else(|| is("CAR").then(|| "car".to_owned()));
    Reached::Person(if assistant { Kind::Other } else { kind }, own_words)
}

fn plain_word(word: &str) -> bool {
    matches!(word, "" | "MOBILE" | "CELL" | "IPHONE" | "PAGER" | "HOME" | "WORK" | "MAIN" | "OTHER")
}

/// N in the order in which a name is said: family, given, middle, prefix, suffix are its parts (RFC 6350, section 6.2.2).
fn in_order(parts: &[String]) -> String {
    let part = |at: usize| parts.get(at).map_or("", |part| part.trim());
    let (family, given, middle) = (part(0), part(1), part(2));
    let east_asian = |text: &str| !text.is_empty() && text.chars().all(is_east_asian);
    if east_asian(family) && east_asian(given) {
        return format!("{family}{given}");
    }
    let spoken = |part: &str| part.replace(',', " ");
    [given, middle, family].iter().filter(|part| !part.is_empty()).map(|part| spoken(part)).collect::<Vec<_>>().join(" ")
}

/// Kana, Han and Hangul: scripts whose names put the family first and need no space.
fn is_east_asian(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0x20000..=0x3134F)
}

/// A plain address; what mail programs allow beyond it (quoted parts, other scripts) may look like somebody else's.
fn is_address(text: &str) -> bool {
    let sign = |c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '@');
    let label = |part: &str| {
        let edge = part.starts_with('-') || part.ends_with('-');
        !part.is_empty() && !edge && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.split_once('@').is_some_and(|(user, host)| {
        (1..=64).contains(&user.len()) && !user.contains(sign) && host.contains('.') && host.split('.').all(label)
    })
}

fn push_new(list: &mut Vec<String>, text: String) {
    if list.len() < VALUES_MAX && !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

fn quoted(text: &str) -> String {
    clean_cut(&super::super::escaped(text.trim()))
}

fn clean_cut(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn unreadable(set: &str) -> String {
    format!("it is in the character set {set:?}, which is not read here")
}
