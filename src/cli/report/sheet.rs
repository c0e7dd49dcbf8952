//! A sheet that was printed from this machine, as it is now: for `kit sheets` and `kit status`.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::{Moment, Scene, day},
    compare::{Outdated, outdated, parts, today},
    key::Identity,
    open::Reading,
    remember::{Remembered, remembered},
    store::{SheetKind, Store, StoreError},
    team::Team,
};

/// Names of what differs that are said before the rest is counted.
const NAMED_MAX: usize = 3;

/// One sheet.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Sheet {
    /// What is printed on it.
    pub(in crate::cli) id: String,
    /// `sheet`, `wallet`, `sealed` or `archive`.
    pub(in crate::cli) kind: SheetKind,
    /// What it is about, in the words of whoever printed it; [`None`] when that does not open here.
    pub(in crate::cli) about: Option<String>,
    /// The number of the kit that it was printed from.
    pub(in crate::cli) seq: u64,
    /// When.
    pub(in crate::cli) printed: Timestamp,
    /// When it is to be replaced, whatever changed.
    pub(in crate::cli) replace_by: Timestamp,
    /// How it stands.
    pub(in crate::cli) state: State,
    /// What stands on it otherwise than it is now.
    pub(in crate::cli) changed: Vec<String>,
    /// What stands on it and is no longer so.
    pub(in crate::cli) gone: Vec<String>,
    /// What is not on it and would be.
    pub(in crate::cli) new: Vec<String>,
    /// Where its copies are.
    pub(in crate::cli) copies: Vec<Copy>,
    /// When all of it was said to be destroyed.
    pub(in crate::cli) destroyed: Option<Timestamp>,
    /// When a photograph of it was last read back.
    pub(in crate::cli) tested: Option<Timestamp>,
    /// What prints it again.
    pub(in crate::cli) next: Option<String>,
}

/// One copy.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Copy {
    /// Where it is.
    pub(in crate::cli) place: String,
    /// When it was said to be destroyed.
    pub(in crate::cli) destroyed: Option<Timestamp>,
}

/// How a sheet stands.
#[derive(Debug, Clone, ::core::marker::Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum State {
    /// It says what is so.
    Good,
    /// Something on it changed.
    Changed,
    /// The day has come by which it is to be replaced.
    Due,
    /// What it is about is no longer in the kit.
    Gone,
    /// What it says does not open here.
    Closed,
    /// It was destroyed.
    Destroyed,
}

impl State {
    /// Its word.
    pub(in crate::cli) fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Changed => "changed",
            Self::Due => "due",
            Self::Gone => "gone",
            Self::Closed => "closed",
            Self::Destroyed => "destroyed",
        }
    }
}

impl Sheet {
    /// All of them, as they came, with what is out of date of each.
    fn all(team: &Team, remembered: &[Remembered], outdated: &[Outdated<'_>]) -> Vec<Self> {
        let found = |it: &Remembered| outdated.iter().find(|outdated| outdated.sheet.printed.id == it.printed.id);
        remembered.iter().map(|it| Self::of(team, it, found(it))).collect()
    }

    /// One of which it is not asked whether it is out of date.
    pub(in crate::cli) fn of(team: &Team, remembered: &Remembered, outdated: Option<&Outdated<'_>>) -> Self {
        let Remembered { printed, says } = remembered;
        let differs = |it: &Outdated<'_>| (it.changed.clone(), it.gone.clone(), it.new.clone());
        let (changed, gone, new) = outdated.map(differs).unwrap_or_default();
        let state = match (printed.destroyed, says, outdated) {
            (Some(_), ..) => State::Destroyed,
            (_, None, _) => State::Closed,
            (_, _, Some(it)) if it.is_orphan => State::Gone,
            (_, _, Some(it)) if it.differences() > 0 => State::Changed,
            (_, _, Some(_)) => State::Due,
            (_, _, None) => State::Good,
        };
        let copies = says.iter().flat_map(|says| &says.copies);
        let about = says.as_ref().map(|says| says.about.clone());
        Self {
            id: printed.id.clone(),
            kind: printed.kind,
            seq: printed.seq,
            printed: printed.at,
            replace_by: printed.replace_by,
            state,
            changed,
            gone,
            new,
            copies: copies.map(|(place, destroyed)| Copy { place: place.clone(), destroyed: *destroyed }).collect(),
            destroyed: printed.destroyed,
            tested: printed.tested,
            next: about
                .as_deref()
                .filter(|_| matches!(state, State::Changed | State::Due))
                .map(|about| again(team, printed.kind, about)),
            about,
        }
    }

    /// Whether it is somewhere and should not be as it is.
    pub(in crate::cli) fn is_outdated(&self) -> bool {
        matches!(self.state, State::Changed | State::Due | State::Gone)
    }

    /// Where copies are that were not destroyed.
    pub(in crate::cli) fn around(&self) -> Vec<&str> {
        self.copies.iter().filter(|copy| copy.destroyed.is_none()).map(|copy| copy.place.as_str()).collect()
    }

    /// How it stands, in words that begin no sentence.
    pub(in crate::cli) fn words(&self, moment: &Moment) -> String {
        let date = |at: Timestamp| day(at.to_zoned(moment.zone.clone()).date(), moment.here().date());
        match self.state {
            State::Good => "says what is so".to_owned(),
            State::Changed => self.differences(),
            State::Due => format!("to be replaced since {}", date(self.replace_by)),
            State::Gone => "what it is about is no longer in the kit".to_owned(),
            State::Closed => "what stands on it does not open on this machine".to_owned(),
            State::Destroyed => format!("destroyed {}", self.destroyed.map(date).unwrap_or_default()),
        }
    }

    fn differences(&self) -> String {
        match self.kind {
            SheetKind::Archive => return format!("a newer kit than {} is here", self.seq),
            SheetKind::Sealed => return "the value was changed since it was printed".to_owned(),
            SheetKind::Sheet | SheetKind::Wallet => {}
        }
        let parts = [(&self.changed, "changed"), (&self.gone, "gone"), (&self.new, "new")];
        let said = parts.into_iter().filter(|(list, _)| !list.is_empty()).map(|(list, word)| {
            let named: Vec<&str> = list.iter().take(NAMED_MAX).map(|what| name(what)).collect();
            let rest = list.len().saturating_sub(NAMED_MAX);
            let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
            format!("{} {word} ({}{rest})", list.len(), named.join(", "))
        });
        format!("{} since it was printed", said.collect::<Vec<_>>().join(", "))
    }

    /// The columns of `--plain`.
    pub(in crate::cli) fn record(&self) -> Vec<String> {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        vec![
            self.id.clone(),
            self.kind.word().to_owned(),
            self.about.clone().unwrap_or_default(),
            self.seq.to_string(),
            self.printed.to_string(),
            self.replace_by.to_string(),
            self.state.word().to_owned(),
            (self.changed.len() + self.gone.len() + self.new.len()).to_string(),
            self.around().join("; "),
            time(self.destroyed),
            time(self.tested),
        ]
    }
}

/// All that was printed from this machine, as it is now.
pub(in crate::cli) fn sheets_of(
    store: &Store,
    reader: &Identity,
    reading: &Reading,
    scene: Scene<'_>,
) -> Result<Vec<Sheet>, StoreError> {
    let all = remembered(store, reader)?;
    let outdated = outdated(&all, scene.moment.now, |printed, says| today(reading, scene, printed, says));
    Ok(Sheet::all(&reading.team, &all, &outdated))
}

/// What differs, as people say it: without the word for its kind.
fn name(what: &str) -> &str {
    what.split_once(':').map_or(what, |(_, name)| name)
}

/// The command that prints such a sheet again: of the whole team, or of what it was about.
fn again(team: &Team, kind: SheetKind, about: &str) -> String {
    let typed = |name: &str| if name.contains(' ') { format!("'{}'", name.replace('\'', "'\\''")) } else { name.to_owned() };
    let names = match kind {
        SheetKind::Archive => Vec::new(),
        SheetKind::Wallet => parts(team, about),
        SheetKind::Sheet | SheetKind::Sealed => {
            Some(about).filter(|it| !it.is_empty() && *it != team.name).map(str::to_owned).into_iter().collect()
        }
    };
    let words = ["kit export", kind.word()].into_iter().map(str::to_owned).chain(names.iter().map(|name| typed(name)));
    words.collect::<Vec<_>>().join(" ")
}
