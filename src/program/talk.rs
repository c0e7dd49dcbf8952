//! A child that is told one line at a time, and answers each with lines: what comes next may depend on what it said.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{ChildStdin, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{Call, Program, ProgramError, Running};

/// Longest line that is heard, in bytes; a longer one comes in parts.
const LINE_BYTES_MAX: u64 = 4096;
/// Lines that wait to be heard; then the child waits.
const LINES_WAITING: usize = 1024;

/// A conversation with a child. When it is dropped, the child and all that it started are killed.
pub struct Talk {
    // The input first: its end lets a child end by itself.
    stdin: Option<ChildStdin>,
    child: Running,
    lines: mpsc::Receiver<String>,
}

/// What a child said next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A line, without its end; not yet made harmless for a terminal.
    Line(String),
    /// Nothing, as long as was waited.
    Silence,
    /// Nothing any more.
    End,
}

impl Program {
    /// Starts it for a conversation; [`Call::input`], [`Call::limit`] and [`Call::stop`] are up to whoever talks. Its standard
    /// error comes in one stream with its standard output, so that it stands where it was said; of both together, at most
    /// [`Call::output_bytes_max`].
    ///
    /// # Errors
    /// It could not be started.
    pub fn talk(&self, call: &Call<'_>) -> Result<Talk, ProgramError> {
        let fail = |source| self.io(source);
        let (reader, writer) = std::io::pipe().map_err(fail)?;
        let mut command = self.command(call);
        command.stdout(writer.try_clone().map_err(fail)?).stderr(Stdio::from(writer));
        let mut child = Running { child: command.spawn().map_err(fail)?, has_group: call.limit != super::Limit::Person };
        // Its ends of the pipe are the child's alone from here on.
        drop(command);
        let stdin = child.child.stdin.take();
        let (sender, lines) = mpsc::sync_channel(LINES_WAITING);
        let mut reader = BufReader::new(reader.take(call.output_bytes_max));
        // Ends when the pipe closes, or nobody listens any more.
        thread::spawn(move || {
            while let Some(line) = line(&mut reader)
                && sender.send(line).is_ok()
            {}
        });
        Ok(Talk { stdin, child, lines })
    }
}

impl Talk {
    /// Says a line. A child that has ended does not hear it: [`Talk::hear`] tells.
    pub fn say(&mut self, line: &str) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Waits for the next line.
    pub fn hear(&mut self, wait: Duration) -> Heard {
        match self.lines.recv_timeout(wait) {
            Ok(line) => Heard::Line(line),
            Err(mpsc::RecvTimeoutError::Timeout) => Heard::Silence,
            Err(mpsc::RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// Says that there is nothing more to say, and lets the child end by itself for a while.
    pub fn part(mut self, wait: Duration) {
        drop(self.stdin.take());
        let tries = wait.as_millis() / super::TICK.as_millis();
        for _ in 0..tries {
            if !matches!(self.child.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(super::TICK);
        }
    }
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    reader.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).ok().filter(|count| *count > 0)?;
    Some(String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).trim_end_matches('\r').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{ChildEnvironment, Limit};

    fn sh(script: &str, output_bytes_max: u64) -> Talk {
        let environment = ChildEnvironment::from_vars([("PATH".into(), "/bin".into())]);
        let arguments = ["-c".as_ref(), script.as_ref()];
        let call = Call { output_bytes_max, ..Call::new(&arguments, Limit::Within(Duration::ZERO)) };
        Program::find("sh", &environment).unwrap().talk(&call).unwrap()
    }

    fn heard(talk: &mut Talk) -> Heard {
        talk.hear(Duration::from_secs(60))
    }

    #[test]
    fn each_line_is_answered_in_its_turn_and_errors_stand_where_they_were_said() {
        let mut talk = sh("while read x; do echo \"out $x\"; echo \"err $x\" >&2; done", 1 << 20);
        for word in ["a", "b", "c"] {
            talk.say(word);
            assert_eq!(heard(&mut talk), Heard::Line(format!("out {word}")));
            assert_eq!(heard(&mut talk), Heard::Line(format!("err {word}")));
        }
        assert_eq!(talk.hear(Duration::from_millis(1)), Heard::Silence);
        talk.part(Duration::from_secs(60));
    }

    #[test]
    fn one_that_has_ended_or_babbles_comes_to_an_end() {
        let mut ended = sh("echo last; exit 3", 1 << 20);
        assert_eq!(heard(&mut ended), Heard::Line("last".into()));
        assert_eq!(heard(&mut ended), Heard::End);
        ended.say("nobody there");
        assert_eq!(heard(&mut ended), Heard::End);
        let mut babbles = sh("exec cat /dev/zero", 10_000);
        let mut bytes = 0;
        while let Heard::Line(line) = heard(&mut babbles) {
            assert!(line.len() as u64 <= LINE_BYTES_MAX);
            bytes += line.len();
        }
        assert_eq!(bytes, 10_000);
    }
}
