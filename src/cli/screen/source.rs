//! The screens of `kit source`: the places, and what each did when it was tried.

use super::Screen;
use crate::{
    answer::Moment,
    cli::report::{Place, Trial},
};

/// The screen of `kit source list`.
pub(crate) fn places(screen: &mut Screen, places: &[Place], moment: &Moment) {
    if places.is_empty() {
        return screen.plain("NO PLACE  nothing says where newer kits are: kit source add PLACE");
    }
    let good = places.iter().filter(|place| place.next.is_none()).count();
    screen.plain(&format!("PLACES  {good} of {} in step when last asked", places.len()));
    for (index, place) in places.iter().enumerate() {
        let first = if index == 0 && places.len() > 1 { "; the first, where publishing is decided" } else { "" };
        screen.wrapped(&format!("  {}  ", index + 1), "     ", &place.source);
        screen.wrapped("     ", "     ", &format!("{}, {}{first}", place.kind, place.words(moment)));
        if let Some(next) = &place.next {
            screen.wrapped("     ", "     ", next);
        }
    }
}

/// The screen of `kit source test`.
pub(crate) fn trials(screen: &mut Screen, trials: &[Trial]) {
    let good = trials.iter().filter(|trial| trial.good).count();
    let word = if good == trials.len() { "GOOD" } else { "NOT ALL GOOD" };
    screen.plain(&format!("{word}  {good} of {} places can be synced from", trials.len()));
    for trial in trials {
        screen.blank();
        screen.wrapped("  ", "    ", &trial.source);
        screen.row("Reached", &trial.reached);
        screen.row("Kit", &trial.kit);
        screen.row("Asked again", trial.again.as_deref().unwrap_or_default());
        screen.row("Publishing", &trial.publishing);
        screen.row("To do", trial.next.as_deref().unwrap_or_default());
    }
}
