//! A secret from the terminal, unseen. Whatever ends the reading, the terminal is as it was before: a library that stops
//! the process on Ctrl-C by itself would leave it without echo.

use std::io;

/// Reads a line without showing it; `None` when the person broke off.
#[cfg(unix)]
pub(super) fn read() -> io::Result<Option<String>> {
    unix::read()
}

/// Reads a line without showing it; `None` when the person broke off.
#[cfg(not(unix))]
pub(super) fn read() -> io::Result<Option<String>> {
    rpassword::read_password().map(Some)
}

#[cfg(unix)]
mod unix {
    use std::{
        io::{self, ErrorKind, Read},
        rc::Rc,
    };

    use rpassword::{ConfigBuilder, read_password_with_config};
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

    use crate::cli::ask::signals::Signals;

    /// What Ctrl-C sends while the terminal does not act on it.
    const INTERRUPT: u8 = 3;
    /// How the end of the reading comes through the line editor, which would take `UnexpectedEof` for a finished line.
    const BROKEN_OFF: ErrorKind = ErrorKind::ConnectionAborted;

    pub(super) fn read() -> io::Result<Option<String>> {
        // A signal that would end kit is seen between two keys: the terminal gets its echo back first.
        let signals = Rc::new(Signals::watch()?);
        let quiet = Quiet::begin()?;
        let config = ConfigBuilder::new().input_reader(Keys(Rc::clone(&signals))).output_discard().build();
        let read = read_password_with_config(config);
        drop(quiet);
        match read {
            Ok(secret) => Ok(Some(secret)),
            Err(error) if matches!(error.kind(), BROKEN_OFF | ErrorKind::UnexpectedEof) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// While it lives the terminal shows nothing and gives each key at once, Ctrl-C too.
    struct Quiet(Termios);

    impl Quiet {
        fn begin() -> io::Result<Self> {
            let before = tcgetattr(io::stdin())?;
            let mut quiet = before.clone();
            quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?;
            Ok(Self(before))
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        }
    }

    /// The keys of the terminal, until somebody breaks off or the terminal goes away.
    struct Keys(Rc<Signals>);

    impl Read for Keys {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            while !self.0.wait(None)? {
                if self.0.over().is_some() {
                    return Err(BROKEN_OFF.into());
                }
                if self.0.took_stop() {
                    self.0.stop_here()?;
                }
            }
            let one = buffer.get_mut(..1).unwrap_or_default();
            // Not through the buffer of standard input: what stands in it, nobody could wait for.
            let read = match rustix::io::read(io::stdin(), &mut *one) {
                // What a terminal says after its other end was closed.
                Err(rustix::io::Errno::IO) => 0,
                read => read?,
            };
            if read == 0 || one.first() == Some(&INTERRUPT) {
                return Err(BROKEN_OFF.into());
            }
            Ok(read)
        }
    }
}
