//! The command line as one description: what parses it, what help says of it, and what manual page, completions and
//! docs/cli.md are made from. Nothing here acts.

use clap::{ArgMatches, Command, CommandFactory, builder::StyledStr};

use super::{
    command::Cli,
    failure::{EXIT_STATUSES, Failure},
};

/// Widest help: longer lines are tiring to read.
const COLUMNS_MAX: usize = 100;

/// What stands below the list of commands.
const AFTER_HELP: &str = "\
Examples:
  kit who payments-db              whom to call, in order
  kit lookup alice                 her number, whether she sleeps, whom to call next
  kit lookup +447700900123         who is calling me?
  kit --at 'Sun 03:00' lookup bob  the same, for Sunday night

Exit statuses: kit help exit-codes. Reading needs no network and changes nothing.

With --plain: kit alone prints one line for whom to call and one for how to join. Columns: call or join; id; name; the number \
for dialling; the same for reading; PIN.";

/// The whole command line, for a terminal of a width.
pub(super) fn description(columns: usize) -> Command {
    reflowed(Cli::command().after_help(AFTER_HELP).term_width(columns.min(COLUMNS_MAX)))
}

/// The help of kit, or of what the words name: a command, a command of a command, or `exit-codes`.
///
/// # Errors
/// Usage, with the nearest command, when there is none of that name.
pub(super) fn help(topic: &[String], columns: usize) -> Result<String, Failure> {
    let mut kit = description(columns);
    kit.build();
    let mut command = &mut kit;
    match topic {
        [] => return Ok(command.render_help().to_string()),
        [only] if only == "exit-codes" => return Ok(EXIT_STATUSES.to_owned()),
        _ => {}
    }
    for (depth, word) in topic.iter().enumerate() {
        command = match command.find_subcommand_mut(word) {
            Some(found) => found,
            None => return Err(unknown(topic.get(..=depth).unwrap_or(topic), columns)),
        };
    }
    Ok(command.render_long_help().to_string())
}

/// What the help of a command says when its answer has records: which columns they have.
const PLAIN: &str = "With --plain:";

/// Whether the command that is meant has an answer of records.
///
/// # Errors
/// Usage, before anything is done, when its help describes none.
pub(super) fn check_plain(matches: &ArgMatches) -> Result<(), Failure> {
    let (mut command, mut matches, mut name) = (description(COLUMNS_MAX), matches, "kit".to_owned());
    while let Some((word, own)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(word).cloned() else { break };
        (command, matches, name) = (found, own, format!("{name} {word}"));
        if says_records(&command) {
            return Ok(());
        }
    }
    if says_records(&command) {
        return Ok(());
    }
    Err(Failure::usage(format!("{name} has no records for --plain."))
        .hint("For programs, where it has an answer for them: --json")
        .hint(format!("What it prints: kit help{}", name.trim_start_matches("kit"))))
}

fn says_records(command: &Command) -> bool {
    let says = |text: Option<&StyledStr>| text.is_some_and(|text| text.to_string().contains(PLAIN));
    says(command.get_long_about()) || says(command.get_after_help())
}

/// The answer to a wrong `kit TOPIC`, with the nearest command.
fn unknown(topic: &[String], columns: usize) -> Failure {
    let line = std::iter::once("kit").chain(topic.iter().map(String::as_str));
    match description(columns).try_get_matches_from(line) {
        Err(error) if error.use_stderr() => super::usage(&error),
        _ => Failure::usage(format!("there is no command {:?}.", topic.join(" "))).hint("The list: kit help"),
    }
}

/// The same command with its texts broken by the terminal rather than by the source: lines at the left edge that follow each
/// other are one paragraph, indented lines (examples, columns) stay as they are.
fn reflowed(command: Command) -> Command {
    let command = match command.get_long_about().map(|text| paragraphs(&text.to_string())) {
        Some(text) => command.long_about(text),
        None => command,
    };
    command.mut_subcommands(reflowed)
}

fn paragraphs(text: &str) -> String {
    let mut flowed = String::with_capacity(text.len());
    let mut open = false;
    for line in text.lines() {
        let is_prose = !line.is_empty() && !line.starts_with(' ');
        if open && is_prose {
            flowed.push(' ');
        } else if !flowed.is_empty() {
            flowed.push('\n');
        }
        flowed.push_str(line);
        open = is_prose;
    }
    flowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_flows_and_examples_stay() {
        assert_eq!(
            paragraphs("Find one\n\nExamples:\n  kit a\n  kit b\n\nNames, ids\nand numbers.\n\nEnd."),
            "Find one\n\nExamples:\n  kit a\n  kit b\n\nNames, ids and numbers.\n\nEnd."
        );
        assert_eq!(paragraphs("One"), "One");
    }

    /// Mistakes in the declarations of all commands, which clap finds by itself only when they are used.
    #[test]
    fn the_description_is_consistent() {
        description(80).debug_assert();
    }
}
