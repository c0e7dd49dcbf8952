//! The screen of `kit acks`: whom to call because they are silent, then who has the kit and since when.

use super::{
    Act, Screen, Standing, Table,
    call::{act, said, short},
    keep,
};
use crate::answer::{AckDevice, AckState, Acker, Acks};

/// People of one table, at most, unless all are asked for.
const SILENT_MAX: usize = 8;
const HAVE_MAX: usize = 5;
/// Sentences of doubt, likewise.
const DOUBTS_MAX: usize = 3;

/// The screen of `kit acks`; `heard` is how long ago it was collected, and which places gave nothing.
pub(crate) fn acks(
    screen: &mut Screen,
    acks: &Acks,
    (collected, problems): (Option<&str>, &[String]),
    is_all: bool,
    standing: &Standing,
) {
    head(screen, acks, standing);
    screen.blank();
    let most = |most: usize| if is_all { usize::MAX } else { most };
    let mut table = Table::new(["Silent", "Number", "There now", "Last heard"], 2).spilling(["", "last heard:"]);
    for acker in acks.silent.iter().take(most(SILENT_MAX)) {
        table.row([keep(&said(&acker.call)), number(acker), short(&acker.call.there), last_heard(acker, acks.seq)]);
    }
    let has_silent = !table.is_empty();
    if has_silent {
        screen.table(&table);
        screen.blank();
    }
    let mut table = Table::new(["Has it", "Device", "Said so"], 2).spilling([""]);
    for acker in acks.has_it.iter().take(most(HAVE_MAX)) {
        let Some(best) = acker.devices.first() else { continue };
        table.row([keep(&said(&acker.call)), keep(&best.name), said_so(best, acker, acks.seq)]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
    screen.rows("DOUBT", acks.doubts.get(..most(DOUBTS_MAX).min(acks.doubts.len())).unwrap_or_default());
    screen.row("Collected", collected.unwrap_or("never"));
    screen.rows("Not heard", problems.get(..most(DOUBTS_MAX).min(problems.len())).unwrap_or_default());
    standing.close(screen);
    let is_cut = acks.silent.len() > SILENT_MAX || acks.has_it.len() > HAVE_MAX || acks.doubts.len() > DOUBTS_MAX;
    if is_cut && !is_all {
        screen.plain("There is more, with --all.");
    }
}

fn head(screen: &mut Screen, acks: &Acks, standing: &Standing) {
    let old = standing.old();
    let of = acks.window.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let count = format!("{} of {}{of} have kit {}", acks.have, acks.of, acks.seq);
    match (acks.first(), acks.silent.first()) {
        (Some(first), _) => act(screen, &first.call, vec![old, count]),
        (None, Some(silent)) => {
            let why = silent.not_callable.as_ref().map(crate::answer::Why::text).unwrap_or_default();
            screen.act(&Act {
                verb: "SILENT",
                name: Some(&said(&silent.call)),
                support: vec![keep(&why), old, count],
                number: None,
            });
        }
        (None, None) if acks.of == 0 => {
            screen.act(&Act { verb: "NOTHING", name: Some(&format!("to acknowledge: nobody is asked{of}")), ..Act::default() });
        }
        (None, None) => {
            let (verb, name) = (format!("ALL {}", acks.of), format!("have kit {}", acks.seq));
            screen.act(&Act { verb: &verb, name: Some(&name), support: vec![old, of.trim().to_owned()], number: None });
        }
    }
}

/// The number, or why it is of no use now.
fn number(acker: &Acker) -> String {
    match (&acker.not_callable, acker.call.shown()) {
        (None, Some(number)) => keep(number),
        (Some(why), _) => keep(&why.text()),
        (None, None) => keep("no number"),
    }
}

fn last_heard(acker: &Acker, seq: u64) -> String {
    let best = acker.devices.first();
    let ago = best.and_then(|device| device.ago.as_ref()).map(|ago| keep(&format!(", {ago}"))).unwrap_or_default();
    match acker.state {
        AckState::NoDevice => "has no device".to_owned(),
        AckState::Silent | AckState::Has => "never".to_owned(),
        AckState::Older => format!("{}{ago}", kit_of(best)),
        AckState::CannotOpen => format!("{}, which does not open there{ago}", kit_of(best)),
        AckState::OtherKit => format!("ANOTHER kit {seq}{ago}"),
    }
}

fn kit_of(device: Option<&AckDevice>) -> String {
    device.and_then(|device| device.seq).map(|seq| keep(&format!("kit {seq}"))).unwrap_or_default()
}

/// When the best device said so, what is wrong with it, and what the others have.
fn said_so(best: &AckDevice, acker: &Acker, seq: u64) -> String {
    let when = match (&best.ago, best.seq) {
        (Some(ago), Some(newer)) if newer > seq => keep(&format!("{ago}, kit {newer}")),
        (Some(ago), Some(_)) => keep(ago),
        _ => "here".to_owned(),
    };
    let credentials = if best.credentials == Some(false) { "; credentials do NOT open" } else { "" };
    let others = acker.devices.iter().skip(1).map(|device| match device.seq {
        Some(seq) => format!("; {} kit {seq}", device.name),
        None => format!("; {} silent", device.name),
    });
    format!("{when}{credentials}{}", others.collect::<String>())
}
