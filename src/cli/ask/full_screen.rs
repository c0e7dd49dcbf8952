//! The whole terminal for a while: keys one by one, a screen of its own beside what was there. Whatever ends it, the
//! terminal is as it was before: leaving, an error, a panic, a signal, and through the guard even a kill.
//!
//! Drawn on standard error, so that standard output holds nothing but the answer.

use std::{
    io::{self, Write},
    os::fd::AsFd,
};

use rustix::{
    event::Timespec,
    process::{getpgrp, getsid},
    termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr},
};
use zeroize::Zeroizing;

use super::signals::Signals;
use crate::{
    cli::finder::{Decoded, Key, decode},
    program::{Beside, ChildEnvironment, Program},
};

/// To a screen of its own (xterm's 1049: the cursor is remembered too).
const ENTER: &str = "\x1b[?1049h";
/// Back from it, with the cursor shown; nothing of it stays in the terminal's memory.
const LEAVE: &str = "\x1b[H\x1b[2J\x1b[?1049l\x1b[?25h";
/// How long the rest of a key may take to arrive, in nanoseconds: 50 ms, also over slow lines.
const REST_OF_KEY_NS: i64 = 50_000_000;
/// Most bytes that are read at once; more than the buffer of standard input, which is passed by so.
const READ_BYTES: usize = 16 * 1024;
/// A window that does not say how large it is.
const SIZE_DEFAULT: (usize, usize) = (80, 24);

/// What the guard runs: it waits for a word from kit; when kit ends without one, it puts the terminal back.
const GUARD: &str = r#"trap '' HUP INT QUIT TERM TSTP TTIN TTOU
before=$(stty -g </dev/tty) || exit 1
echo ready
read -r done && exit 0
stty "$before" </dev/tty
printf '\033[H\033[2J\033[?1049l\033[?25h' >/dev/tty"#;

/// What happened at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Event {
    /// Somebody typed.
    Key(Key),
    /// The window has another size now, or came back from elsewhere: draw again.
    Redraw,
    /// Nothing, for as long as was waited.
    Idle,
    /// A signal asks to end, or the terminal is gone.
    Over,
}

/// The terminal, taken over.
pub(in crate::cli) struct FullScreen {
    before: Termios,
    guard: Option<Beside>,
    signals: Signals,
    typed: Vec<u8>,
}

impl FullScreen {
    /// Takes over the terminal.
    ///
    /// # Errors
    /// When it is none.
    pub(in crate::cli) fn begin(children: &ChildEnvironment) -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let signals = Signals::watch()?;
        let guard = Program::find("sh", children).and_then(|sh| sh.beside(&["-c".as_ref(), GUARD.as_ref()]).ok());
        let screen = Self { before, guard, signals, typed: Vec::new() };
        screen.take()?;
        Ok(screen)
    }

    /// Columns and lines.
    pub(in crate::cli) fn size(&self) -> (usize, usize) {
        let size = tcgetwinsize(io::stderr()).map(|size| (usize::from(size.ws_col), usize::from(size.ws_row)));
        size.ok().filter(|(columns, lines)| *columns > 0 && *lines > 0).unwrap_or(SIZE_DEFAULT)
    }

    /// Draws all lines from the top, the cursor in the first.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(in crate::cli) fn draw(&self, lines: &[impl AsRef<str>], cursor: usize) -> io::Result<()> {
        // Sized at once: growing would leave copies behind, and a line may be a secret.
        let bytes: usize = lines.iter().map(|line| line.as_ref().len() + 8).sum();
        let mut screen = Zeroizing::new(String::with_capacity(bytes + 64));
        screen.push_str("\x1b[?25l\x1b[H");
        for (at, line) in lines.iter().enumerate() {
            // A line end at the bottom would scroll.
            let next = if at == 0 { "" } else { "\r\n" };
            screen.extend([next, line.as_ref(), "\x1b[K"]);
        }
        screen.push_str(&format!("\x1b[J\x1b[1;{}H\x1b[?25h", cursor + 1));
        put(&screen)
    }

    /// Whether a key was typed that was not taken yet.
    pub(in crate::cli) fn has_key(&self) -> bool {
        matches!(decode(&self.typed, false), Decoded::Key(..))
    }

    /// Waits for what happens next.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub(in crate::cli) fn next(&mut self) -> io::Result<Event> {
        self.next_within(None)
    }

    /// The same, for some time at most: then [`Event::Idle`].
    ///
    /// # Errors
    /// As [`FullScreen::next`].
    pub(in crate::cli) fn next_within(&mut self, limit: Option<&Timespec>) -> io::Result<Event> {
        loop {
            if self.signals.over().is_some() {
                return Ok(Event::Over);
            }
            if self.signals.took_stop() {
                self.stop()?;
                return Ok(Event::Redraw);
            }
            if self.signals.took_resized() {
                return Ok(Event::Redraw);
            }
            match decode(&self.typed, false) {
                Decoded::Key(key, bytes) => return Ok(self.took(key, bytes)),
                Decoded::Unfinished if self.typed.is_empty() => {
                    if self.signals.wait(limit)? {
                        if !self.fill()? {
                            return Ok(Event::Over);
                        }
                    } else if limit.is_some() && !self.signals.is_pending() {
                        return Ok(Event::Idle);
                    }
                }
                Decoded::Unfinished => {
                    let rest = Timespec { tv_sec: 0, tv_nsec: REST_OF_KEY_NS };
                    if self.signals.wait(Some(&rest))? {
                        if !self.fill()? {
                            return Ok(Event::Over);
                        }
                    } else if let Decoded::Key(key, bytes) = decode(&self.typed, true) {
                        return Ok(self.took(key, bytes));
                    }
                }
            }
        }
    }

    /// Stops as Ctrl-Z does everywhere, and comes back. A session of its own has nobody who would continue it.
    ///
    /// # Errors
    /// When the terminal does not come back.
    pub(in crate::cli) fn stop(&self) -> io::Result<()> {
        if getsid(None).is_ok_and(|session| session == getpgrp()) {
            return Ok(());
        }
        self.give_back();
        self.signals.stop_here()?;
        self.take()
    }

    fn took(&mut self, key: Key, bytes: usize) -> Event {
        self.typed.drain(..bytes.min(self.typed.len()));
        Event::Key(key)
    }

    /// Reads what was typed; `false` when the terminal is gone.
    fn fill(&mut self) -> io::Result<bool> {
        let mut buffer = vec![0; READ_BYTES];
        let bytes = match rustix::io::read(io::stdin().as_fd(), &mut buffer) {
            Ok(bytes) => bytes,
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => return Ok(true),
            // What a terminal says after its other end was closed.
            Err(rustix::io::Errno::IO) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        self.typed.extend_from_slice(buffer.get(..bytes).unwrap_or_default());
        Ok(bytes > 0)
    }

    fn take(&self) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        raw.input_modes.remove(InputModes::IXON | InputModes::ICRNL | InputModes::INLCR | InputModes::ISTRIP);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        put(ENTER)
    }

    fn give_back(&self) {
        let _ = put(LEAVE);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        self.give_back();
        if let Some(guard) = self.guard.take() {
            guard.tell(b"done\n");
        }
    }
}

fn put(text: &str) -> io::Result<()> {
    let mut terminal = io::stderr();
    terminal.write_all(text.as_bytes())?;
    terminal.flush()
}
