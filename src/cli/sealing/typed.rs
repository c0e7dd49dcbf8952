//! Values that somebody types: a secret twice, a seed held against the authenticator that has it, and what cannot be is asked for
//! again, so that one slip does not lose the others. Only ever at a terminal: nowhere else is a code of now said.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::values::INSTEAD;
use crate::{
    authored::count,
    bundle::{capsule::Field, limits::CAPSULE_PLAIN_BYTES_MAX},
    cli::{failure::Failure, session::Session},
    disk,
    fill::{self, Came},
    otp::Totp,
    team::FieldKind,
};

/// Asks until there is a value.
///
/// # Errors
/// When nobody can be asked, or breaks off.
pub(super) fn typed(name: &str, kind: FieldKind, session: &mut Session<'_>) -> Result<Field, Failure> {
    loop {
        let (bytes, came) = match kind {
            FieldKind::File => (file(name, session)?, Came::File),
            FieldKind::Text => (session.ask.line(&format!("{name}:"), INSTEAD)?.into_bytes().into(), Came::Said),
            FieldKind::Codes | FieldKind::Note => (lines(name, session)?, Came::Said),
            FieldKind::Secret | FieldKind::Totp | FieldKind::Unknown => {
                (session.ask.secret(&format!("{name} (unseen):"), INSTEAD)?.into_bytes().into(), Came::Said)
            }
        };
        match fill::field(name, kind, bytes, came) {
            Err(error) => session.out.say(format!("{name}: {error}. Again; Ctrl-C ends, and seals nothing.")),
            Ok(field) if is_meant(&field, session)? => return Ok(field),
            Ok(_) => {}
        }
    }
}

/// Whether it is what the person meant: nobody saw what was typed.
fn is_meant(field: &Field, session: &mut Session<'_>) -> Result<bool, Failure> {
    let Field { name, kind, value } = field;
    let value = value.expose_secret();
    match kind {
        FieldKind::Text | FieldKind::File => Ok(true),
        FieldKind::Codes => {
            session.out.say(format!("{name}: {}.", count(value.lines().count(), "code")));
            Ok(true)
        }
        FieldKind::Note => {
            session.out.say(format!("{name}: {}.", count(value.lines().count(), "line")));
            Ok(true)
        }
        FieldKind::Totp => is_its_code(field, session),
        FieldKind::Secret | FieldKind::Unknown => {
            let again = SecretString::from(session.ask.secret("The same again:", INSTEAD)?);
            if again.expose_secret() != value {
                session.out.say(format!("The two differ. {name} once more, twice."));
                return Ok(false);
            }
            let blank = if value.trim() == value { "" } else { ", with a blank at an end" };
            session.out.say(format!("{name}: {}{blank}.", count(value.chars().count(), "character")));
            Ok(true)
        }
    }
}

/// Holds the code of now against the person's authenticator, which has the seed too.
fn is_its_code(field: &Field, session: &mut Session<'_>) -> Result<bool, Failure> {
    let Ok(totp) = Totp::parse(field.value.expose_secret()) else { return Ok(false) };
    let code = totp.at(session.context.live().as_second());
    let (head, tail) = code.now.split_at_checked(code.now.len().div_ceil(2)).unwrap_or((&code.now, ""));
    let left = code.seconds_left;
    session.out.say(format!("{}: its code now is {head} {tail} ({left} s more).", field.name));
    let answer = session.ask.line("Does your authenticator show the same? [y/n, or Enter if none is at hand]", INSTEAD)?;
    match answer.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(true),
        "" => {
            session.out.say("Not compared. kit reveal shows its codes to a holder, for later.");
            Ok(true)
        }
        _ => {
            session.out.say("Then it is another seed, or a clock is wrong. Once more.");
            Ok(false)
        }
    }
}

fn lines(name: &str, session: &Session<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut lines = Zeroizing::new(Vec::with_capacity(CAPSULE_PLAIN_BYTES_MAX));
    let mut question = format!("{name} (unseen, line by line; an empty line ends it):");
    loop {
        let line = Zeroizing::new(session.ask.secret(&question, INSTEAD)?);
        if line.is_empty() {
            return Ok(lines);
        }
        lines.extend_from_slice(line.as_bytes());
        lines.push(b'\n');
        "next line:".clone_into(&mut question);
    }
}

/// Files are not typed: their path is.
fn file(name: &str, session: &mut Session<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    loop {
        let path = session.ask.line(&format!("{name} is a file. Its path:"), &format!("--from-file {name}=PATH"))?;
        match disk::read_given(path.as_ref(), CAPSULE_PLAIN_BYTES_MAX as u64) {
            Ok(bytes) => return Ok(Zeroizing::new(bytes)),
            Err(error) => session.out.say(format!("{error}.")),
        }
    }
}
