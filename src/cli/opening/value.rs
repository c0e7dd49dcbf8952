//! Values as programs take them: exact bytes, the one-time code of now, the next recovery code.

use data_encoding::BASE64;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Open, Spent};
use crate::{
    cli::{
        context::Context,
        failure::{Failure, Kind},
        lending::is_short,
        viewer::{Codes, code_at},
    },
    otp::Totp,
    reveal::RevealError,
    team::FieldKind,
};

/// The bytes of a value: of a file what is in it, of a seed the code of now, of recovery codes the next one, once it is recorded.
///
/// # Errors
/// When it is not what its kind says, when no code is left, or when it could not be recorded.
pub(in crate::cli) fn for_program(open: &Open, name: &str, context: &Context) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let label = open.chosen.field(name)?;
    let field = open.revealed.field(name).ok_or_else(|| other(open, name, "not in it, though its label says so"))?;
    let text = field.value.expose_secret();
    let bytes = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
    match label.kind {
        FieldKind::Text | FieldKind::Secret | FieldKind::Note | FieldKind::Unknown => Ok(bytes(text)),
        FieldKind::File => {
            BASE64.decode(text.as_bytes()).map(Zeroizing::new).map_err(|_| other(open, name, "no file: its base64 is damaged"))
        }
        FieldKind::Totp => {
            let totp = Totp::parse(text).map_err(|_| other(open, name, "no seed of one-time codes"))?;
            Ok(bytes(code_at(&totp, context.live()).expose_secret()))
        }
        FieldKind::Codes => {
            let spent = open.spent.get(name).map(Spent::places).unwrap_or_default();
            let codes = Codes::of(field, spent, String::new());
            let place = codes.next().ok_or_else(|| {
                Failure::new(Kind::No, format!("all codes in {name} were shown before."))
                    .hint(format!("Get new ones where they come from, then: kit seal {} --dir DIR", open.chosen.card.id))
            })?;
            let when = (context.live(), context.machine());
            let code = open.revealed.code((&open.chosen.store, &open.chosen.reading), name, place, when);
            let code = code.map_err(RevealError::from)?.ok_or_else(|| other(open, name, "no list of codes"))?;
            Ok(bytes(code.expose_secret()))
        }
    }
}

/// Whether a value fits into one line, so that a program can be given it in its environment without being asked.
pub(in crate::cli) fn is_one_line(open: &Open, name: &str) -> bool {
    open.revealed.field(name).is_some_and(|field| is_short(field.kind) && !field.value.expose_secret().contains(['\n', '\0']))
}

fn other(open: &Open, name: &str, is: &str) -> Failure {
    let id = &open.chosen.card.id;
    Failure::new(Kind::NotTrusted, format!("the value {name} is {is}."))
        .hint(format!("Whoever publishes seals it again: kit seal {id} --dir DIR"))
}
