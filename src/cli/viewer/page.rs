//! One value as it is seen.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Line;
use crate::{bundle::Field, cli::out::escape, otp::Totp, reveal::codes, team::FieldKind};

/// One value.
pub(in crate::cli) enum Page {
    /// A password, a key.
    Secret {
        /// Its name.
        name: String,
        /// The secret.
        value: SecretString,
    },
    /// One-time codes.
    Totp {
        /// Its name.
        name: String,
        /// What makes them.
        totp: Totp,
    },
    /// Recovery codes.
    Codes(Codes),
    /// Several lines.
    Note {
        /// Its name.
        name: String,
        /// The text.
        value: SecretString,
    },
    /// A file.
    File {
        /// Its name.
        name: String,
        /// How many bytes it has.
        bytes: usize,
        /// What saves it.
        command: String,
    },
}

/// Recovery codes, some of which were shown before.
pub(in crate::cli) struct Codes {
    /// The name of the field.
    pub(in crate::cli) name: String,
    /// Places from 1 of those that were shown.
    pub(in crate::cli) used: Vec<u16>,
    /// What is known of those that were shown before.
    pub(in crate::cli) said: String,
    /// How many there are.
    pub(in crate::cli) count: u16,
    /// The one that is shown now, and its place.
    pub(in crate::cli) shown: Option<(u16, SecretString)>,
}

impl Codes {
    /// The place of the next one that nobody was shown.
    pub(in crate::cli) fn next(&self) -> Option<u16> {
        (1..=self.count).find(|place| !self.used.contains(place))
    }

    /// Codes of a field.
    pub(in crate::cli) fn of(field: &Field, used: Vec<u16>, said: String) -> Self {
        let count = u16::try_from(codes(&field.value).count()).unwrap_or(u16::MAX);
        Self { name: field.name.clone(), used, said, count, shown: None }
    }
}

impl Page {
    /// The page of a value; [`None`] for texts, which need none. `used` are the places of codes that were shown before,
    /// with what is known of that.
    pub(in crate::cli) fn of(field: &Field, (used, said): (Vec<u16>, String), save: &str) -> Option<Self> {
        let (name, value) = (field.name.clone(), field.value.clone());
        let is_long = value.expose_secret().trim_end().contains('\n');
        Some(match field.kind {
            FieldKind::Text => return None,
            FieldKind::Codes => Self::Codes(Codes::of(field, used, said)),
            FieldKind::Totp => match Totp::parse(value.expose_secret()) {
                Ok(totp) => Self::Totp { name, totp },
                // What is no seed may still be of use to whoever reads it.
                Err(_) => Self::Secret { name, value },
            },
            FieldKind::Note => Self::Note { name, value },
            FieldKind::Secret | FieldKind::Unknown if is_long => Self::Note { name, value },
            FieldKind::Secret | FieldKind::Unknown => Self::Secret { name, value },
            FieldKind::File => {
                let text = value.expose_secret();
                let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
                let bytes = (text.len() / 4 * 3).saturating_sub(padding);
                Self::File { command: format!("{save} --field {name} --to FILE"), name, bytes }
            }
        })
    }

    /// The name of the field.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Secret { name, .. } | Self::Totp { name, .. } | Self::Note { name, .. } | Self::File { name, .. } => name,
            Self::Codes(codes) => &codes.name,
        }
    }

    /// What the clipboard would get.
    pub(super) fn copied(&self, now: Timestamp) -> Option<SecretString> {
        match self {
            Self::Secret { value, .. } | Self::Note { value, .. } => Some(value.clone()),
            Self::Totp { totp, .. } => Some(code_at(totp, now)),
            Self::Codes(codes) => codes.shown.as_ref().map(|(_, code)| code.clone()),
            Self::File { .. } => None,
        }
    }

    /// What is seen of it.
    pub(super) fn lines(&self, shows: bool, now: Timestamp) -> Vec<Line> {
        let plain = |text: String| Line::new(text);
        match self {
            Self::Secret { value, .. } if shows => {
                let count = value.expose_secret().chars().count();
                vec![escaped(value.expose_secret()), plain(format!("{count} characters"))]
            }
            Self::Secret { .. } => vec![plain("Hidden.".to_owned())],
            Self::Note { value, .. } => value.expose_secret().lines().map(escaped).collect(),
            Self::File { bytes, command, .. } => vec![plain(format!("A file, {bytes} bytes. To save it: {command}"))],
            Self::Codes(codes) => {
                let mut lines = vec![plain(format!("{} codes, each works once.", codes.count)), plain(codes.said.clone())];
                match (&codes.shown, codes.next()) {
                    (Some((place, code)), _) => {
                        lines.push(Line::default());
                        let code = escaped(code.expose_secret());
                        lines.push(Line::new([&format!("Code {place}: "), code.as_str()].concat()));
                        lines.push(plain("It is recorded as used, whether you use it or not.".to_owned()));
                        lines.push(plain("If it fails, somebody may have used it: n for the next.".to_owned()));
                    }
                    (None, Some(place)) => lines.push(plain(format!("n shows code {place} and records it as used."))),
                    (None, None) => lines.push(plain("All of them were shown: get new ones where they come from.".to_owned())),
                }
                lines
            }
            Self::Totp { totp, .. } => totp_lines(totp, now),
        }
    }
}

fn totp_lines(totp: &Totp, now: Timestamp) -> Vec<Line> {
    let code = totp.at(now.as_second());
    let label = |label: &str, code: &str, rest: &str| Line::new([label, grouped(code).as_str(), rest].concat());
    vec![
        label("Now     ", &code.now, &format!("   {} s left", code.seconds_left)),
        label("Then    ", &code.next, ""),
        label("Before  ", &code.before, ""),
        Line::default(),
        Line::new(format!("By this machine's clock: {} UTC", now.strftime("%H:%M:%S"))),
    ]
}

/// The one-time code of a moment.
pub(in crate::cli) fn code_at(totp: &Totp, now: Timestamp) -> SecretString {
    totp.at(now.as_second()).now.as_str().into()
}

/// A code in two groups: `482 913`.
fn grouped(code: &str) -> Line {
    match code.split_at_checked(code.len().div_ceil(2)) {
        Some((first, second)) if code.len() >= 6 && code.is_ascii() => Line::new([first, " ", second].concat()),
        _ => escaped(code),
    }
}

/// As it stands, without what would act on the terminal.
fn escaped(text: &str) -> Line {
    Line::new(escape(text))
}
