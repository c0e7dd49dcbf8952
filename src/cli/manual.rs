//! Manual pages and docs/cli.md, made from the description that the help is made from.

use clap::{Arg, Command};
use clap_mangen::Man;

use super::{failure::EXIT_STATUSES, help};

/// The heading of the options that every command takes.
const GLOBAL_HEADING: &str = "Options of every command";

/// What kit reads of the environment, as docs/environment.md says at length.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("KIT_HOME", "All files of kit stand below it, instead of the platform's own folder."),
    ("TZ", "The zone of every clock time on the screen; else the system's zone."),
    ("COLUMNS", "The width of screens, before the terminal's own answer."),
    ("ACCESSIBLE", "With any value but 0: the same as --accessible."),
    ("TERM", "With the value dumb nothing is drawn."),
    ("LC_ALL, LC_CTYPE, LANG", "A character set other than UTF-8 is respected on terminals: nearest letters of ASCII."),
];

/// Every manual page: its file's name, and its text in the man macros.
pub(super) fn pages() -> Vec<(String, String)> {
    all().iter().map(|command| (format!("{}.1", title(command)), page(command))).collect()
}

/// The reference of all commands: its file's name, and its text in Markdown.
pub(super) fn reference() -> (String, String) {
    let all = all();
    let mut text = "# Commands\n\nMade by `kit manual --markdown docs` from the help; do not edit.\n".to_owned();
    for command in &all {
        text += &section(command);
    }
    text += &format!("\n## {GLOBAL_HEADING}\n\n");
    let globals = all.first().into_iter().flat_map(Command::get_arguments).filter(|arg| is_global(arg));
    globals.for_each(|arg| text += &item(arg));
    text += &format!("\n## Exit statuses\n\n```text\n{EXIT_STATUSES}\n```\n");
    ("cli.md".to_owned(), text)
}

/// kit and all its commands, each before its own.
fn all() -> Vec<Command> {
    fn with_own(command: &Command, all: &mut Vec<Command>) {
        all.push(command.clone());
        command.get_subcommands().filter(|own| !own.is_hide_set()).for_each(|own| with_own(own, all));
    }
    let mut kit = help::description(usize::MAX);
    kit.build();
    let mut all = Vec::new();
    with_own(&kit, &mut all);
    all
}

/// `kit-lookup`.
fn title(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

/// `kit lookup`.
fn words(command: &Command) -> String {
    title(command).replace('-', " ")
}

/// What the long help says: the examples, and the rest in paragraphs.
fn said(command: &Command) -> (Vec<String>, Vec<String>) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (mut examples, mut prose) = (Vec::new(), Vec::new());
    for block in about.split("\n\n").chain(after.split("\n\n")).filter(|block| !block.trim().is_empty()) {
        match block.strip_prefix("Examples:\n") {
            Some(lines) => examples.extend(lines.lines().map(|line| line.trim().to_owned())),
            None => prose.push(block.to_owned()),
        }
    }
    (examples, prose)
}

fn is_global(arg: &Arg) -> bool {
    arg.get_help_heading() == Some(GLOBAL_HEADING)
}

fn page(command: &Command) -> String {
    let man = Man::new(command.clone()).title(title(command).to_uppercase()).section("1").manual("Outage kit");
    let mut made = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render_title(&mut made);
    let _ = man.render_name_section(&mut made);
    let _ = man.render_synopsis_section(&mut made);
    let (examples, prose) = said(command);
    let mut text = String::from_utf8_lossy(&made).into_owned();
    if !examples.is_empty() {
        text += ".SH EXAMPLES\n.nf\n";
        examples.iter().for_each(|example| text += &format!("{}\n", roff(example)));
        text += ".fi\n";
    }
    text += ".SH DESCRIPTION\n";
    prose.iter().for_each(|paragraph| text += &format!(".PP\n{}\n", roff(paragraph)));
    let mut options = Vec::new();
    let _ = man.render_options_section(&mut options);
    if command.has_subcommands() {
        let _ = man.render_subcommands_section(&mut options);
    }
    text += &String::from_utf8_lossy(&options);
    text += &format!(".SH \"EXIT STATUS\"\n.nf\n{}\n.fi\n.SH ENVIRONMENT\n", roff(EXIT_STATUSES));
    ENVIRONMENT.iter().for_each(|(name, effect)| text += &format!(".TP\n.B {}\n{}\n", roff(name), roff(effect)));
    text
}

/// Text that means nothing to roff: no escapes, no requests at the beginning of a line, hyphens that can be copied.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    let line = |line: &str| if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() };
    escaped.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn section(command: &Command) -> String {
    let (examples, prose) = said(command);
    let mut text = format!("\n## {}\n\n", words(command));
    let mut prose = prose.iter();
    if let Some(first) = prose.next() {
        text += &format!("{first}.\n\n");
    }
    if !examples.is_empty() {
        text += &format!("```sh\n{}\n```\n\n", examples.join("\n"));
    }
    prose.for_each(|paragraph| text += &format!("{}\n\n", markdown(paragraph)));
    let usage = command.clone().render_usage().to_string();
    text += &format!("`{}`\n", usage.trim_start_matches("Usage: ").trim());
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| !is_global(arg) && !is_usual(arg) && !arg.is_hide_set()).collect();
    if !own.is_empty() {
        text.push('\n');
        own.iter().for_each(|arg| text += &item(arg));
    }
    text
}

/// `--help` and `--version`, which need no words.
fn is_usual(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version")
}

/// One argument or option, with the values it takes.
fn item(arg: &Arg) -> String {
    if arg.is_hide_set() {
        return String::new();
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("- `{arg}`: {}\n", markdown(&help));
    let takes = arg.get_action().takes_values();
    for value in arg.get_possible_values().iter().filter(|value| takes && !value.is_hide_set()) {
        let help = value.get_help().map(|help| format!(": {}", markdown(&help.to_string()))).unwrap_or_default();
        text += &format!("  - `{}`{help}\n", value.get_name());
    }
    text
}

/// Prose whose signs mean nothing to Markdown.
fn markdown(text: &str) -> String {
    text.replace('*', "\\*").replace('<', "\\<").replace("_", "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_request() {
        assert_eq!(roff(".so /etc/passwd\n'x\na-b\\n"), "\\&.so /etc/passwd\n\\&'x\na\\-b\\en");
    }

    #[test]
    fn every_command_has_a_page_with_all_sections() {
        for (name, text) in pages() {
            for section in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH \"EXIT STATUS\"", ".SH ENVIRONMENT"] {
                assert!(text.contains(section), "{name}: {section}\n{text}");
            }
        }
    }
}
