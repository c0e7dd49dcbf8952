//! The values of fields: from the command line, files, commands and a pipe; what is left is asked for, unseen.

use zeroize::Zeroizing;

use super::{Wanted, Way, typed::typed};
use crate::{
    bundle::{capsule::Field, limits::CAPSULE_PLAIN_BYTES_MAX},
    cli::{ask::standard_input, explain::sealing::no_value, failure::Failure, session::Session},
    disk,
    fill::{self, Came},
};

/// Where a value comes from that nobody can be asked for.
pub(super) const INSTEAD: &str = "--from 'NAME=COMMAND', --from-file NAME=PATH, or a pipe into one --field NAME";

/// The values of all fields, in their order. Commands and files come first, so that nobody types in vain.
///
/// # Errors
/// The first that is missing or wrong; nothing of any value is repeated.
pub(in crate::cli) fn fill_in(wanted: &[Wanted], session: &mut Session<'_>) -> Result<Vec<Field>, Failure> {
    let is_asked = |field: &&Wanted| matches!(field.way, Way::Asked);
    let asked = wanted.iter().filter(|field| matches!(field.way, Way::Asked)).count();
    let is_piped = asked == 1 && !session.ask.allowed && !session.context.terminal.input;
    let mut filled: Vec<(usize, Field)> = Vec::new();
    for asked in [false, true] {
        for (at, field) in wanted.iter().enumerate().filter(|(_, field)| is_asked(field) == asked) {
            filled.push((at, one(field, is_piped, session)?));
        }
    }
    filled.sort_by_key(|(at, _)| *at);
    Ok(filled.into_iter().map(|(_, field)| field).collect())
}

fn one(field: &Wanted, is_piped: bool, session: &mut Session<'_>) -> Result<Field, Failure> {
    let Wanted { name, kind, is_kind_given, way } = field;
    let made = match way {
        Way::Command(command) | Way::Team(command) => fill::by_command(name, *kind, command, &session.context.managers),
        Way::Said(value) => fill::field(name, *kind, Zeroizing::new(value.clone().into_bytes()), Came::Said),
        Way::File(path) => {
            // What is no file may be the value itself, by a slip: it is not repeated.
            if !disk::exists(path) {
                return Err(Failure::usage(format!("{name}: there is no such file. Nothing was sealed."))
                    .hint(format!("Say where it is: --from-file {name}=PATH     To type the value: --field {name}")));
            }
            let bytes = Zeroizing::new(disk::read_given(path, CAPSULE_PLAIN_BYTES_MAX as u64)?);
            fill::field(name, *kind, bytes, if *is_kind_given { Came::Said } else { Came::File })
        }
        Way::Asked if is_piped => {
            let bytes = Zeroizing::new(standard_input(CAPSULE_PLAIN_BYTES_MAX as u64)?);
            fill::field(name, *kind, bytes, Came::Said)
        }
        Way::Asked => return typed(name, *kind, session),
    };
    made.map_err(|error| no_value(name, &error))
}
