//! The desktop's clipboard for as long as a secret may stand in it. Kit itself holds it, in a thread and never in a process that
//! stays behind: when kit ends, in whatever way, X11 and Wayland have nothing left to give. It is taken back only while it still
//! is what kit put there.

use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// How long a desktop that does not answer is waited for.
const WAIT: Duration = Duration::from_secs(2);

/// What the thread is asked.
enum Order {
    /// Hold this.
    Set(SecretString),
    /// Let go of it, if it is still there.
    TakeBack,
}

/// A clipboard that kit may hold.
pub(in crate::cli) struct Clipboard {
    orders: Sender<Order>,
    done: Receiver<bool>,
    holds: bool,
}

impl Clipboard {
    /// The clipboard of this desktop; [`None`] where there is none, or none that answers.
    pub(in crate::cli) fn open() -> Option<Self> {
        let (orders, inbox) = channel();
        let (outbox, done) = channel();
        thread::spawn(move || serve(&inbox, &outbox));
        let clipboard = Self { orders, done, holds: false };
        clipboard.is_done().then_some(clipboard)
    }

    /// Puts a secret there, marked so that histories leave it out where the desktop has such a mark. Whether it is there.
    pub(in crate::cli) fn set(&mut self, secret: &SecretString) -> bool {
        // Held until it is taken back, even where nobody says in time that it is there.
        self.holds = self.orders.send(Order::Set(secret.clone())).is_ok();
        self.holds && self.is_done()
    }

    /// Empties it, unless somebody has put something else there meanwhile: whether it was emptied.
    pub(in crate::cli) fn take_back(&mut self) -> bool {
        std::mem::take(&mut self.holds) && self.orders.send(Order::TakeBack).is_ok() && self.is_done()
    }

    fn is_done(&self) -> bool {
        self.done.recv_timeout(WAIT).unwrap_or(false)
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Holds the clipboard until nobody gives orders any more.
fn serve(orders: &Receiver<Order>, done: &Sender<bool>) {
    let opened = arboard::Clipboard::new();
    let _ = done.send(opened.is_ok());
    let Ok(mut clipboard) = opened else { return };
    let mut held: Option<SecretString> = None;
    for order in orders {
        let is_done = match order {
            Order::Set(secret) => {
                let is_set = concealed(clipboard.set()).text(secret.expose_secret()).is_ok();
                // A desktop that is gone takes everything and gives nothing.
                let is_there = is_set && has(&mut clipboard, &secret);
                held = Some(secret);
                is_there
            }
            Order::TakeBack => held.take().is_some_and(|secret| has(&mut clipboard, &secret) && clipboard.clear().is_ok()),
        };
        // Nobody listens once kit has waited long enough.
        if done.send(is_done).is_err() {
            return;
        }
    }
}

/// Whether this is what would be pasted.
fn has(clipboard: &mut arboard::Clipboard, secret: &SecretString) -> bool {
    let found = clipboard.get_text().ok().map(Zeroizing::new);
    found.is_some_and(|found| found.as_str() == secret.expose_secret())
}

/// Marked as a secret, as password managers do it there.
#[cfg(all(unix, not(target_os = "macos")))]
fn concealed(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtLinux;
    set.exclude_from_history()
}

/// Marked as a secret, as password managers do it there.
#[cfg(target_os = "macos")]
fn concealed(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtApple;
    set.exclude_from_history()
}

/// Marked as a secret, as password managers do it there.
#[cfg(windows)]
fn concealed(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows;
    set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history()
}
