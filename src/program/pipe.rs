//! What a child writes, read in threads beside it: it may fill one pipe while somebody waits at the other.

use std::{io::Read, sync::mpsc, thread};

use zeroize::Zeroizing;

/// Reads a pipe in a thread of its own.
pub(super) fn read_aside(
    pipe: impl Read + Send + 'static,
    bytes_max: u64,
) -> mpsc::Receiver<std::io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, outcome) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::with_capacity(4096));
        let read = pipe.take(bytes_max).read_to_end(&mut output);
        let _ = sender.send(read.map(|_| output)); // nobody waits any more: the deadline has passed
    });
    outcome
}

/// Reads a pipe to its end in a thread of its own, so that a child that talks much is not cut off; keeps start and end.
pub(super) fn read_ends(
    mut pipe: impl Read + Send + 'static,
    bytes_max: usize,
) -> mpsc::Receiver<std::io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, outcome) = mpsc::channel();
    thread::spawn(move || {
        let mut kept = Zeroizing::new(Vec::with_capacity(2 * bytes_max));
        let mut chunk = Zeroizing::new(vec![0; bytes_max]);
        let read = loop {
            match pipe.read(&mut chunk) {
                Ok(0) => break Ok(kept),
                Ok(count) => {
                    kept.extend_from_slice(chunk.get(..count).unwrap_or_default());
                    let over = kept.len().saturating_sub(bytes_max);
                    if over > 0 {
                        kept.drain(bytes_max / 2..bytes_max / 2 + over);
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => break Err(e),
            }
        };
        let _ = sender.send(read); // nobody waits any more: the deadline has passed
    });
    outcome
}
