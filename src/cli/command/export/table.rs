//! `kit export csv`, `json` and `markdown`: the whole team in one file.

use super::writing::{File, To, outgoing, write};
use crate::{
    cli::{failure::Failure, session::Session},
    export,
};

/// The shapes that hold all of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Csv,
    Json,
    Markdown,
}

pub(super) fn run(shape: Shape, to: &To, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let kit = reading.generation.verified().kit().to_string();
    let out = outgoing(&reading, &kit, to, &session);
    let (made, shape, ending, things) = match shape {
        Shape::Csv => (export::csv(out), "csv", "csv", ("row", "rows")),
        Shape::Json => (export::json(out), "json", "json", ("thing", "things")),
        Shape::Markdown => (export::markdown(out), "markdown", "md", ("thing", "things")),
    };
    let file = File { shape, of: &reading.team.name, what: "team", ending, things };
    write(&file, &made, to, &reading, session)
}
