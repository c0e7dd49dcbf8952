//! The verdict at one moment, and what it rests on. Pure facts: no words, and nothing that changes with the clock alone.

use jiff::{
    Timestamp,
    civil::{Date, Weekday, time},
};
use serde::Serialize;

use super::{
    places::{Place, Places, Skip},
    watch::{Order, Post, Watch},
};
use crate::{
    answer::Scene,
    team::{CalendarKind, Hours, Part, Person, Role, WakeWhen, Window},
};

/// What somebody is to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Get up and join.
    JoinNow,
    /// Sleep within reach of the phone: they are called first.
    WaitForThePage,
    /// Nobody calls them first.
    SleepOn,
    /// The kit does not say.
    Unknown,
}

/// What a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Because {
    /// A running role needs them.
    Needed {
        /// The window, by name.
        window: String,
        /// What they do in it.
        #[serde(skip_serializing_if = "Option::is_none")]
        does: Option<String>,
    },
    /// They are the first who can be called.
    First {
        /// For what, the most important first.
        of: Vec<Post>,
        /// The window they stand by in, by name.
        #[serde(skip_serializing_if = "Option::is_none")]
        standby: Option<String>,
    },
    /// Somebody else is called first.
    Behind {
        /// For what.
        of: Post,
        /// 2 for the second who can be called.
        position: usize,
        /// The window they stand by in, by name.
        #[serde(skip_serializing_if = "Option::is_none")]
        standby: Option<String>,
    },
    /// They are first, for things that wake nobody outside working hours.
    OutOfHours {
        /// For what.
        of: Vec<Post>,
    },
    /// They stand by in a window, in no order of people to call.
    Standby {
        /// The window, by name.
        window: String,
    },
    /// A running role says that they are not needed.
    NotNeeded {
        /// The window, by name.
        window: String,
    },
    /// They are away.
    Away {
        /// The last day.
        until: Date,
        /// Who stands in, by name.
        #[serde(skip_serializing_if = "Option::is_none")]
        delegate: Option<String>,
    },
    /// The question assumes that they cannot be reached.
    Out,
    /// They stand in an order of people, and none of their numbers can be called.
    CannotBeCalled {
        /// For what.
        of: Post,
        /// What their numbers need and is down; `None` when there is no number.
        #[serde(skip_serializing_if = "Option::is_none")]
        down: Option<String>,
    },
    /// They take turns, and it is somebody else's.
    NotTheirTurn {
        /// The rota, by name.
        rota: String,
    },
    /// They stand in no order of people to call.
    Nothing,
    /// The kit does not know them.
    NotInTheKit,
    /// A rota that could put them first does not say who is on duty.
    RotaUnknown {
        /// The rota, by name.
        rota: String,
        /// For what.
        of: Post,
        /// When its plan ended; `None` when this program does not know the zone that it follows.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended: Option<Timestamp>,
    },
    /// A contradiction: needed in a window, and away.
    NeededAndAway {
        /// The window, by name.
        window: String,
        /// The last day away.
        until: Date,
    },
    /// A contradiction: needed, or standing by, and not needed in the same window.
    TwoParts {
        /// The window, by name.
        window: String,
    },
    /// A contradiction: not needed in a window, and first for a system of it that wakes people.
    NotNeededAndFirst {
        /// The window, by name.
        window: String,
        /// For what.
        of: Post,
    },
    /// A contradiction: first for something that wakes people, and never to be woken at this hour.
    FirstAndNeverWoken {
        /// For what.
        of: Post,
    },
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) verdict: Verdict,
    pub(super) because: Because,
}

/// What the places of a person come to.
#[derive(Default)]
struct Found<'a> {
    first: Vec<(Order<'a>, Post)>,
    quiet: Vec<(Order<'a>, Post)>,
    contradiction: Option<Because>,
    unknown: Option<Because>,
    /// That nobody can call them.
    cut_off: Option<(Skip, Because)>,
    behind: Option<(usize, Order<'a>, Post)>,
    standby: Option<String>,
}

impl Verdict {
    /// The words that begin the first line.
    pub fn text(self) -> &'static str {
        match self {
            Self::JoinNow => "JOIN NOW",
            Self::WaitForThePage => "WAIT FOR THE PAGE",
            Self::SleepOn => "SLEEP ON",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Because {
    /// The window they stand by in, by name.
    pub(super) fn standby(&self) -> Option<&str> {
        match self {
            Self::First { standby, .. } | Self::Behind { standby, .. } => standby.as_deref(),
            _ => None,
        }
    }
}

/// The verdict for a person at the moment of a scene.
pub(super) fn rule(scene: Scene<'_>, watch: &Watch<'_>, places: &Places<'_>) -> Ruling {
    let roles: Vec<_> = watch.roles.iter().filter(|(_, window, role)| role.covers(window, scene.moment.now)).collect();
    let (verdict, because) =
        decide(scene, watch, places, &roles.iter().map(|(_, window, role)| (*window, *role)).collect::<Vec<_>>());
    Ruling { verdict, because }
}

fn decide(scene: Scene<'_>, watch: &Watch<'_>, places: &Places<'_>, roles: &[(&Window, &Role)]) -> (Verdict, Because) {
    use Verdict::{JoinNow, SleepOn, Unknown, WaitForThePage};
    if scene.what_if.is_out(watch.id) {
        return (SleepOn, Because::Out);
    }
    let part = |part: Part| roles.iter().find(|(_, role)| role.part == part);
    let is_twice = |(window, role): &&(&Window, &Role)| {
        role.part == Part::NotNeeded
            && roles.iter().any(|(other, role)| std::ptr::eq(*other, *window) && role.part != Part::NotNeeded)
    };
    if let Some((window, _)) = roles.iter().find(is_twice) {
        return (Unknown, Because::TwoParts { window: window.name.clone() });
    }
    let away = scene.away(watch.person);
    match (part(Part::Needed), away) {
        (Some((window, _)), Some(away)) => {
            return (Unknown, Because::NeededAndAway { window: window.name.clone(), until: away.until });
        }
        (Some((window, role)), None) => {
            return (JoinNow, Because::Needed { window: window.name.clone(), does: role.does.clone() });
        }
        (None, Some(away)) => {
            let delegate = away.delegate.map(|id| scene.team.person_name(id).to_owned());
            return (SleepOn, Because::Away { until: away.until, delegate });
        }
        (None, None) => {}
    }
    let found = Found::of(scene, watch, places, roles);
    if !found.first.is_empty() {
        return (WaitForThePage, Because::First { of: posts(found.first), standby: found.standby });
    }
    let first_but_cut_off = found.cut_off.clone().filter(|(skip, _)| !skip.is_behind).map(|(_, because)| because);
    if let Some(because) = found.contradiction.or(first_but_cut_off).or(found.unknown) {
        return (Unknown, because);
    }
    if !found.quiet.is_empty() {
        return (SleepOn, Because::OutOfHours { of: posts(found.quiet) });
    }
    if let Some((window, _)) = part(Part::NotNeeded) {
        return (SleepOn, Because::NotNeeded { window: window.name.clone() });
    }
    match (found.behind, part(Part::Standby)) {
        (Some((index, _, of)), _) => (SleepOn, Because::Behind { of, position: index + 1, standby: found.standby }),
        (None, Some((window, _))) => (SleepOn, Because::Standby { window: window.name.clone() }),
        (None, None) => match (found.cut_off, watch.rota(scene.team)) {
            (Some((_, because)), _) => (SleepOn, because),
            (None, Some(rota)) => (SleepOn, Because::NotTheirTurn { rota: rota.name.clone() }),
            (None, None) => (SleepOn, Because::Nothing),
        },
    }
}

impl<'a> Found<'a> {
    fn of(scene: Scene<'_>, watch: &Watch<'a>, places: &Places<'a>, roles: &[(&Window, &Role)]) -> Self {
        let window_of = |order: Order<'_>, part: Part| {
            roles.iter().find(|(window, role)| role.part == part && order.is_of(window)).map(|(window, _)| *window)
        };
        let standby = roles.iter().find(|(_, role)| role.part == Part::Standby).map(|(window, _)| window.name.clone());
        let mut found = Self { standby, ..Self::default() };
        let at_work = at_work(scene, watch.person);
        for Place { order, at, unknown, cut_off } in places.all().cloned() {
            let not_needed = window_of(order, Part::NotNeeded);
            if let (Some((rota, ended)), None) = (unknown, not_needed) {
                found.unknown.get_or_insert(Because::RotaUnknown { rota, of: order.post(None), ended });
            }
            if let (Some((skip, down)), None) = (cut_off, not_needed)
                && found.cut_off.as_ref().is_none_or(|(other, _)| skip < *other)
            {
                found.cut_off = Some((skip, Because::CannotBeCalled { of: order.post(None), down }));
            }
            let Some((index, stands_in_for)) = at else { continue };
            let post = order.post(stands_in_for);
            match (index, not_needed) {
                (0, Some(window)) if post.wakes => {
                    let window = window.name.clone();
                    found.contradiction.get_or_insert(Because::NotNeededAndFirst { window, of: post });
                }
                (_, Some(_)) => {}
                (0, None) => {
                    let is_agreed = post.wakes || window_of(order, Part::Standby).is_some();
                    match (&watch.person.wake.when, is_agreed) {
                        _ if at_work => found.first.push((order, post)),
                        (WakeWhen::AnyHour | WakeWhen::If(_), _) | (WakeWhen::NotSaid, true) => found.first.push((order, post)),
                        (WakeWhen::Never, true) => {
                            found.contradiction.get_or_insert(Because::FirstAndNeverWoken { of: post });
                        }
                        (WakeWhen::Never | WakeWhen::NotSaid, false) => found.quiet.push((order, post)),
                    }
                }
                (_, None) => {
                    let is_nearer =
                        |(best, other, _): &(usize, Order<'_>, Post)| (index, order.weight()) < (*best, other.weight());
                    if found.behind.as_ref().is_none_or(is_nearer) {
                        found.behind = Some((index, order, post));
                    }
                }
            }
        }
        found
    }
}

/// Whether a person is at work: in their hours, from Monday to Friday, and on no public holiday. Where no hours were written
/// down, every day from 07:00 to 22:00 counts, as with sleep.
fn at_work(scene: Scene<'_>, person: &Person) -> bool {
    let local = scene.moment.at(&person.zone);
    let Some(hours) = person.hours else {
        return Hours { from: time(7, 0, 0, 0), until: time(22, 0, 0, 0) }.contain(local.time());
    };
    // After midnight a night's work belongs to the day before.
    let is_over_midnight = hours.until <= hours.from && local.time() < hours.until;
    let day = if is_over_midnight { local.date().yesterday().unwrap_or(local.date()) } else { local.date() };
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let is_holiday = || scene.team.named_days(person, day).any(|(kind, _)| kind == CalendarKind::Holidays);
    hours.contain(local.time()) && !is_weekend && !is_holiday()
}

fn posts(mut found: Vec<(Order<'_>, Post)>) -> Vec<Post> {
    found.sort_by_key(|(order, _)| order.weight());
    found.into_iter().map(|(_, post)| post).collect()
}
