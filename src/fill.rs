//! Filling: what was typed, read or printed becomes the value of a field. Nothing that goes wrong here repeats any of it.

use std::time::Duration;

use data_encoding::BASE64;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{
    bundle::{capsule::Field, limits::CAPSULE_PLAIN_BYTES_MAX},
    otp::{Totp, TotpError},
    program::{Call, ChildEnvironment, CommandLine, Limit, ProgramError},
    team::FieldKind,
};

/// How long a command may take: nobody is there to type something.
pub const COMMAND_TIME: Duration = Duration::from_secs(30);
/// Longest part of what a command said that is repeated, in characters.
const SAID_CHARS_MAX: usize = 200;

/// Where a value comes from: it decides what is made of several lines where there should be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Typed or through a pipe: refused.
    Said,
    /// Printed by a command: the first counts, as password managers put it.
    Printed,
    /// In a file whose kind nobody named: it is a file.
    File,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// Nothing, or nothing but an end of line.
    #[error("there is nothing in it")]
    Empty,
    /// More than fits a capsule.
    #[error("it is larger than {CAPSULE_PLAIN_BYTES_MAX} bytes")]
    TooLarge,
    /// Not UTF-8, or with a NUL in it.
    #[error("it is no text")]
    NoText,
    /// Several lines where one is meant.
    #[error("it has several lines, and a {0} has one")]
    Lines(FieldKind),
    /// No seed of one-time codes.
    #[error(transparent)]
    Totp(#[from] TotpError),
    /// The program of a command is not there.
    #[error("{0} is not there any more, or no program")]
    Gone(String),
    /// It ended with a failure.
    #[error("{program} failed ({status}){}", said_after(.said))]
    Failed {
        /// Its path.
        program: String,
        /// How it ended.
        status: String,
        /// The first line of what it said.
        said: String,
    },
    /// It could not be run, wrote too much, or did not end.
    #[error("{0}")]
    Program(String),
}

/// Makes a field of what came.
///
/// # Errors
/// [`FillError`].
pub fn field(name: &str, kind: FieldKind, bytes: Zeroizing<Vec<u8>>, came: Came) -> Result<Field, FillError> {
    if bytes.len() > CAPSULE_PLAIN_BYTES_MAX {
        return Err(FillError::TooLarge);
    }
    if bytes.is_empty() {
        return Err(FillError::Empty);
    }
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
    let is_one_line = |text: &&str| !without_end(text).contains(['\n', '\r']);
    let is_file = came == Came::File && kind.is_one_line() && text.as_ref().is_none_or(|text| !is_one_line(text));
    let kind = if is_file { FieldKind::File } else { kind };
    let value = match (kind, text) {
        (FieldKind::File, _) => SecretString::from(BASE64.encode(&bytes)),
        (_, None) => return Err(FillError::NoText),
        (FieldKind::Codes, Some(text)) => {
            let mut codes = Zeroizing::new(String::with_capacity(text.len()));
            for code in text.lines().map(str::trim).filter(|code| !code.is_empty()) {
                if !codes.is_empty() {
                    codes.push('\n');
                }
                codes.push_str(code);
            }
            secret(&codes)?
        }
        (FieldKind::Note, Some(text)) => secret(without_end(text))?,
        (_, Some(text)) => {
            let line = match came {
                Came::Printed => text.lines().next().unwrap_or_default(),
                _ if is_one_line(&text) => without_end(text),
                _ => return Err(FillError::Lines(kind)),
            };
            if kind == FieldKind::Totp { normal_totp(line)? } else { secret(line)? }
        }
    };
    Ok(Field { name: name.to_owned(), kind, value })
}

/// Runs a command and makes a field of what it prints.
///
/// # Errors
/// [`FillError`]; of what it wrote, only the first line of its standard error is repeated.
pub fn by_command(
    name: &str,
    kind: FieldKind,
    command: &CommandLine,
    environment: &ChildEnvironment,
) -> Result<Field, FillError> {
    within(COMMAND_TIME, (name, kind), command, environment)
}

fn within(
    time: Duration,
    (name, kind): (&str, FieldKind),
    command: &CommandLine,
    environment: &ChildEnvironment,
) -> Result<Field, FillError> {
    let program = || command.program.display().to_string();
    let call = Call { output_bytes_max: CAPSULE_PLAIN_BYTES_MAX as u64, ..Call::new(&[], Limit::Within(time)) };
    let called = command.call(environment, &call).ok_or_else(|| FillError::Gone(program()))?;
    let output = called.map_err(|error: ProgramError| FillError::Program(error.to_string()))?;
    if !output.status.success() {
        let said = output.said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let said = said.chars().take(SAID_CHARS_MAX).collect();
        return Err(FillError::Failed { program: program(), status: output.status.to_string(), said });
    }
    field(name, kind, output.stdout, Came::Printed)
}

/// The seed of one-time codes in the one form that is sealed: an `otpauth://` address.
fn normal_totp(text: &str) -> Result<SecretString, FillError> {
    if text.trim().is_empty() {
        return Err(FillError::Empty);
    }
    Ok(Totp::parse(text)?.address())
}

fn secret(text: &str) -> Result<SecretString, FillError> {
    if text.is_empty() { Err(FillError::Empty) } else { Ok(SecretString::from(text)) }
}

/// Without one end of line.
fn without_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

fn said_after(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// The one form of a seed that came alone.
    const SEED_ADDRESS: &str = "otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30";

    fn filled(kind: FieldKind, text: &[u8], came: Came) -> Result<(FieldKind, String), FillError> {
        field("x", kind, Zeroizing::new(text.to_vec()), came).map(|field| (field.kind, field.value.expose_secret().to_owned()))
    }

    #[test]
    fn one_end_of_line_is_taken_off_and_no_more() {
        for (kind, came, text, value) in [
            (FieldKind::Secret, Came::Said, "a b ", "a b "),
            (FieldKind::Secret, Came::Said, "a\n", "a"),
            (FieldKind::Secret, Came::Printed, "a\r\n", "a"),
            (FieldKind::Secret, Came::Printed, "first\nurl: x\n", "first"),
            (FieldKind::Note, Came::Said, "a\n\nb\n\n", "a\n\nb\n"),
            (FieldKind::Codes, Came::Said, " 11\n\n22 \r\n33\n", "11\n22\n33"),
            (FieldKind::File, Came::Said, "a\n", "YQo="),
            (FieldKind::Totp, Came::Said, "gezd gnbv gy3t qojq\n", SEED_ADDRESS),
            (
                FieldKind::Totp,
                Came::Printed,
                "steam://gezdgnbvgy3tqojq\n",
                "otpauth://steam/Steam:?secret=GEZDGNBVGY3TQOJQ&issuer=Steam",
            ),
        ] {
            assert_eq!(filled(kind, text.as_bytes(), came), Ok((kind, value.to_owned())), "{text:?}");
        }
        let key = b"-----BEGIN\nx\n-----END\n";
        assert_eq!(filled(FieldKind::Secret, key, Came::File).map(|(kind, _)| kind), Ok(FieldKind::File));
        assert_eq!(filled(FieldKind::Secret, b"\xff\0", Came::File), Ok((FieldKind::File, "/wA=".to_owned())));
        assert_eq!(filled(FieldKind::Secret, b"one\n", Came::File), Ok((FieldKind::Secret, "one".to_owned())));
    }

    #[test]
    fn a_command_that_hangs_is_ended_and_its_failure_quotes_one_line_of_its_talk() {
        let environment = ChildEnvironment::from_vars([("PATH".into(), "/bin:/usr/bin".into())]);
        let run = |time, script: &str| {
            let command = CommandLine { program: "/bin/sh".into(), arguments: vec!["-c".to_owned(), script.to_owned()] };
            within(time, ("x", FieldKind::Secret), &command, &environment).map(|_| ()).map_err(|error| error.to_string())
        };
        let hangs = run(Duration::from_millis(50), "echo canary; sleep 1000 & wait").unwrap_err();
        assert!(hangs.contains("/bin/sh did not answer within") && !hangs.contains("canary"), "{hangs}");
        let fails = run(COMMAND_TIME, "echo canary; echo 'locked' >&2; echo second >&2; exit 3").unwrap_err();
        assert_eq!(fails, "/bin/sh failed (exit status: 3): locked");
    }

    #[test]
    fn what_is_no_value_is_refused_and_never_repeated() {
        let large = vec![b'c'; CAPSULE_PLAIN_BYTES_MAX + 1];
        for (kind, came, text, why) in [
            (FieldKind::Secret, Came::Said, &b""[..], FillError::Empty),
            (FieldKind::Secret, Came::Said, b"\n", FillError::Empty),
            (FieldKind::Secret, Came::Printed, b"\ncanary\n", FillError::Empty),
            (FieldKind::Codes, Came::Said, b" \n \n", FillError::Empty),
            (FieldKind::Secret, Came::Said, b"canary\ncanary\n", FillError::Lines(FieldKind::Secret)),
            (FieldKind::Secret, Came::Said, b"canary\0", FillError::NoText),
            (FieldKind::Note, Came::File, b"\xff", FillError::NoText),
            (FieldKind::Note, Came::Said, &large, FillError::TooLarge),
            (FieldKind::Totp, Came::Said, b"canary 1", FillError::Totp(TotpError::Letters)),
            (FieldKind::Totp, Came::Said, b"otpauth://totp/canary", FillError::Totp(TotpError::Nothing)),
            (FieldKind::Totp, Came::Said, b"otpauth://hotp/canary?secret=AA", FillError::Totp(TotpError::CounterBased)),
        ] {
            let error = filled(kind, text, came).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
            assert_eq!(error, why);
        }
    }
}
