//! A command as a person writes it in one line: a program by its absolute path, and its arguments; run without a shell.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{Call, ChildEnvironment, Output, Program, ProgramError, words};

/// A program by its absolute path, and what it is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandLine {
    /// The program.
    pub program: PathBuf,
    /// What it is given.
    pub arguments: Vec<String>,
}

/// Why a line is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It cannot be taken apart, or would need a shell.
    #[error("{0}")]
    Words(&'static str),
    /// A path that leads to no program, or is not absolute.
    #[error("{0} is no program by its absolute path")]
    Path(String),
    /// A name that no folder of PATH has.
    #[error("{0} is no program in the folders of PATH")]
    Name(String),
}

impl CommandLine {
    /// Reads a line such as `op read op://ops/aws/password`. The program is looked for once, in the absolute folders of PATH, and
    /// from then on meant by its absolute path.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn parse(line: &str, environment: &ChildEnvironment) -> Result<Self, LineError> {
        let words = words(line).map_err(LineError::Words)?;
        let (name, arguments) = words.split_first().ok_or(LineError::Words("it is empty"))?;
        let program = if name.contains('/') {
            Program::at(Path::new(name), environment).ok_or_else(|| LineError::Path(name.clone()))?
        } else {
            Program::named(name, environment).ok_or_else(|| LineError::Name(name.clone()))?
        };
        Ok(Self { program: program.path().to_owned(), arguments: arguments.to_vec() })
    }

    /// The program and its arguments, as settings keep them.
    pub fn words(&self) -> Vec<String> {
        let program = self.program.display().to_string();
        std::iter::once(program).chain(self.arguments.iter().cloned()).collect()
    }

    /// The line as it can be read and typed: words that need it stand in quotes.
    pub fn shown(&self) -> String {
        let is_plain = |word: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
            !word.is_empty() && word.chars().all(plain)
        };
        let quoted = |word: String| if is_plain(&word) { word } else { format!("'{}'", word.replace('\'', "'\\''")) };
        self.words().into_iter().map(quoted).collect::<Vec<_>>().join(" ")
    }

    /// Runs it and gives all it answered; [`None`] when the program is not there any more. `call` says all but the arguments.
    ///
    /// # Errors
    /// [`ProgramError`], never [`ProgramError::Failed`].
    pub fn call(&self, environment: &ChildEnvironment, call: &Call<'_>) -> Option<Result<Output, ProgramError>> {
        let program = Program::at(&self.program, environment)?;
        let arguments: Vec<&OsStr> = self.arguments.iter().map(OsStr::new).collect();
        Some(program.call(&Call { arguments: &arguments, ..*call }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_as_it_can_be_typed_again() {
        let environment = ChildEnvironment::from_vars([("PATH".into(), "/bin".into())]);
        for line in ["/bin/sh -c 'echo \"a b\"'", "/bin/sh 'it'\\''s' ''", "/bin/sh op://ops/aws/password", "/bin/sh 'ü' 'a$b'"]
        {
            let parsed = CommandLine::parse(line, &environment).unwrap();
            assert_eq!(parsed.shown(), line);
            assert_eq!(CommandLine::parse(&parsed.shown(), &environment).unwrap(), parsed);
        }
    }
}
