//! What is said while sources are asked: whom, how far it is, and with `--explain` each step. All of it is talk.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{context::Terminal, failure::Failure, lending, out::Out, session::Session},
    judge::Heard,
    reach::Route,
    source::{Bounds, Progress, Watch},
    store::{Store, StoreError},
    sync,
};

/// Waiting that takes longer is talked about, where nobody sits at a terminal.
const SHORT: Duration = Duration::from_secs(1);
/// How often a line is added where none is drawn again.
const SELDOM: Duration = Duration::from_secs(5);

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Manner {
    /// Nothing.
    Quiet,
    /// Whom is asked, and how far it is.
    Usual,
    /// Each step and decision.
    Explained,
}

/// What the sources said so far.
#[derive(Default)]
struct Log {
    steps: Vec<(Duration, usize, String)>,
    bytes: BTreeMap<usize, u64>,
}

/// Listens to one source, in its thread.
struct Listener {
    index: usize,
    clock: Bounds,
    log: Arc<Mutex<Log>>,
}

impl Watch for Listener {
    fn progress(&self, progress: Progress) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).bytes.insert(self.index, progress.bytes);
    }

    fn step(&self, words: &str) {
        let step = (self.clock.elapsed(), self.index, words.to_owned());
        self.log.lock().unwrap_or_else(PoisonError::into_inner).steps.push(step);
    }
}

/// Asks the sources for their newest kit, once what killed kits left is gone, and says what there is to say of it.
///
/// # Errors
/// Whatever keeps the store from being looked at.
pub(in crate::cli) fn ask(
    session: &mut Session<'_>,
    store: &Store,
    sources: &[String],
    manner: Manner,
) -> Result<Heard, Failure> {
    lending::sweep(session);
    let (base, outside) = (session.folder()?, session.context.outside.clone());
    wait(session, sources, manner, |bounds, tick| {
        sync::ask(store, Route { places: sources, base: &base, outside: &outside }, bounds, tick)
    })
}

/// Does something with all sources that may take its time. `ask` is given the bounds of each, and what it is to call, with
/// the count of those still asked, while it waits.
///
/// # Errors
/// Those of `ask`.
pub(in crate::cli) fn wait<T>(
    session: &mut Session<'_>,
    sources: &[String],
    manner: Manner,
    ask: impl FnOnce(&[Bounds], &mut dyn FnMut(usize)) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    let log = Arc::new(Mutex::new(Log::default()));
    let clock = Bounds::of(0);
    let listener = |index| Listener { index, clock: clock.clone(), log: Arc::clone(&log) };
    let bounds: Vec<Bounds> =
        (0..sources.len()).map(|index| Bounds::of(BUNDLE_BYTES_MAX as u64).watched_by(Arc::new(listener(index)))).collect();
    let mut teller = Teller { manner, terminal: session.context.terminal, sources, log: &log, is_named: false, last: SHORT };
    let out = &mut *session.out;
    if teller.terminal.talks || manner == Manner::Explained {
        teller.name_them(out);
    }
    let result = ask(&bounds, &mut |pending| teller.tick(out, clock.elapsed(), pending));
    teller.steps(out);
    out.redraw("");
    Ok(result?)
}

/// Says it.
struct Teller<'a> {
    manner: Manner,
    terminal: Terminal,
    sources: &'a [String],
    log: &'a Mutex<Log>,
    is_named: bool,
    /// When the last line was added.
    last: Duration,
}

impl Teller<'_> {
    /// Whom is asked: said before anybody is, to whoever sits there.
    fn name_them(&mut self, out: &mut Out) {
        if self.is_named || self.manner == Manner::Quiet {
            return;
        }
        self.is_named = true;
        match self.sources {
            [only] => out.say(format!("Asking {only}")),
            several if self.manner == Manner::Explained => {
                out.say(format!("Asking {} sources, side by side:", several.len()));
                several.iter().enumerate().for_each(|(index, source)| out.say(format!("  source {}  {source}", index + 1)));
            }
            several => out.say(format!("Asking {} sources: {}", several.len(), several.join(", "))),
        }
    }

    fn tick(&mut self, out: &mut Out, elapsed: Duration, pending: usize) {
        self.steps(out);
        if elapsed < SHORT || pending == 0 || self.manner != Manner::Usual {
            return;
        }
        self.name_them(out);
        let bytes: u64 = self.log.lock().unwrap_or_else(PoisonError::into_inner).bytes.values().sum();
        let came = if bytes == 0 { "nothing yet".to_owned() } else { format!("{} KB so far", bytes.div_ceil(1024)) };
        let line = format!("{} s: {pending} of {} not answered, {came}", elapsed.as_secs(), self.sources.len());
        if self.terminal.draws && !self.terminal.layout.accessible {
            out.redraw(&line);
        } else if self.terminal.talks && elapsed >= self.last + SELDOM {
            self.last = elapsed;
            out.say(line);
        }
    }

    fn steps(&mut self, out: &mut Out) {
        let steps = std::mem::take(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner).steps);
        if self.manner == Manner::Explained {
            for (when, index, words) in steps {
                out.say(format!("  {:5.2} s  source {}  {words}", when.as_secs_f64(), index + 1));
            }
        }
    }
}
