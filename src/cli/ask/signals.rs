//! Signals that would end or stop kit, seen between two keys while a terminal is not as it was before: whoever watches puts it
//! back first. Once nobody watches, they act as they always do.

use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    flag, low_level,
};

/// Registered once for the process: what is registered twice would act twice.
static SEEN: OnceLock<Seen> = OnceLock::new();

/// What signals did since they were last looked at.
#[derive(Debug)]
struct Seen {
    /// The number of the last one that asks to end, or 0.
    over: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    resized: Arc<AtomicBool>,
    /// Nobody watches: signals act as they always do.
    unwatched: Arc<AtomicBool>,
    woken: UnixStream,
}

/// Whoever watches signals, until dropped.
#[derive(Debug)]
pub(in crate::cli) struct Signals(&'static Seen);

impl Signals {
    /// Watches from now on; what came before is forgotten.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(in crate::cli) fn watch() -> io::Result<Self> {
        let seen = match SEEN.get() {
            Some(seen) => seen,
            None => {
                let seen = Seen::register()?;
                SEEN.get_or_init(|| seen)
            }
        };
        seen.over.store(0, Ordering::SeqCst);
        for flag in [&seen.stop, &seen.resized, &seen.unwatched] {
            flag.store(false, Ordering::SeqCst);
        }
        Ok(Self(seen))
    }

    /// The signal that asked to end, if one did.
    pub(in crate::cli) fn over(&self) -> Option<i32> {
        i32::try_from(self.0.over.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }

    /// The same, told once.
    pub(in crate::cli) fn took_over(&self) -> Option<i32> {
        i32::try_from(self.0.over.swap(0, Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }

    /// Whether one asked to stop for now; told once.
    pub(in crate::cli) fn took_stop(&self) -> bool {
        self.0.stop.swap(false, Ordering::SeqCst)
    }

    /// Whether the window has another size; told once.
    pub(in crate::cli) fn took_resized(&self) -> bool {
        self.0.resized.swap(false, Ordering::SeqCst)
    }

    /// Whether there is one that was not looked at.
    pub(in crate::cli) fn is_pending(&self) -> bool {
        let Seen { stop, resized, .. } = self.0;
        self.over().is_some() || stop.load(Ordering::SeqCst) || resized.load(Ordering::SeqCst)
    }

    /// Stops kit as Ctrl-Z does, until somebody continues it.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(in crate::cli) fn stop_here(&self) -> io::Result<()> {
        low_level::emulate_default_handler(SIGTSTP)
    }

    /// Whether there is something to read at standard input; not when a signal came first or the time is over.
    ///
    /// # Errors
    /// When the terminal cannot be asked.
    pub(in crate::cli) fn wait(&self, limit: Option<&Timespec>) -> io::Result<bool> {
        let stdin = io::stdin();
        let mut ready = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(&self.0.woken, PollFlags::IN)];
        match poll(&mut ready, limit) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let [typed, woken] = ready.map(|one| !one.revents().is_empty());
        if woken {
            let mut signals = [0; 64];
            let _ = (&self.0.woken).read(&mut signals);
        }
        Ok(typed)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.0.unwatched.store(true, Ordering::SeqCst);
    }
}

impl Seen {
    fn register() -> io::Result<Self> {
        let (woken, waking) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        waking.set_nonblocking(true)?;
        let flag = || Arc::new(AtomicBool::new(false));
        let seen = Self { over: Arc::default(), stop: flag(), resized: flag(), unwatched: flag(), woken };
        for (signal, number) in [(SIGINT, 2), (SIGTERM, 15), (SIGHUP, 1), (SIGQUIT, 3)] {
            flag::register_conditional_default(signal, Arc::clone(&seen.unwatched))?;
            flag::register_usize(signal, Arc::clone(&seen.over), number)?;
            low_level::pipe::register(signal, waking.try_clone()?)?;
        }
        flag::register_conditional_default(SIGTSTP, Arc::clone(&seen.unwatched))?;
        for (signal, flag) in [(SIGTSTP, &seen.stop), (SIGWINCH, &seen.resized)] {
            flag::register(signal, Arc::clone(flag))?;
            low_level::pipe::register(signal, waking.try_clone()?)?;
        }
        Ok(seen)
    }
}
