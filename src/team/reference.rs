//! References from one thing to another, across kinds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Id, Person, Rota, Team};

/// The kinds of thing a team writes down and looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Thing {
    /// Somebody.
    Person,
    /// Something the team runs.
    System,
    /// Something people work with.
    Tool,
    /// A way to meet.
    Bridge,
    /// A decision and who takes it.
    Authority,
    /// A supplier.
    Vendor,
    /// A group of credentials.
    Tier,
    /// A break-glass credential.
    Credential,
    /// Planned work.
    Window,
    /// People who take turns.
    Rota,
    /// Days that matter somewhere.
    Calendar,
}

/// A reference by id to a tool or a bridge; `tool:x` and `bridge:x` where both exist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ref(String);

/// Who answers for something: a person, or a rota and so whoever is on it; `person:x` and `rota:x` where both exist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Responder(String);

/// What something does not work without: a tool, vendor or system by id, or one of [`Need::COMMON`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Need(String);

impl Thing {
    /// All kinds, in the order in which a bare name is looked for.
    pub const ALL: [Self; 11] = [
        Self::Person,
        Self::System,
        Self::Tool,
        Self::Bridge,
        Self::Authority,
        Self::Vendor,
        Self::Tier,
        Self::Credential,
        Self::Window,
        Self::Rota,
        Self::Calendar,
    ];

    /// The word for this kind, as in `tool:slack` and `[[tool]]`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::System => "system",
            Self::Tool => "tool",
            Self::Bridge => "bridge",
            Self::Authority => "authority",
            Self::Vendor => "vendor",
            Self::Tier => "tier",
            Self::Credential => "credential",
            Self::Window => "window",
            Self::Rota => "rota",
            Self::Calendar => "calendar",
        }
    }

    /// The kind of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a team has a thing of this kind with this id.
    pub fn exists(self, team: &Team, id: &str) -> bool {
        fn has<T, V>(map: &std::collections::BTreeMap<Id<T>, V>, id: &str) -> bool {
            Id::parse(id).is_ok_and(|id| map.contains_key(&id))
        }
        match self {
            Self::Person => has(&team.people, id),
            Self::System => has(&team.systems, id),
            Self::Tool => has(&team.tools, id),
            Self::Bridge => has(&team.bridges, id),
            Self::Authority => has(&team.authority, id),
            Self::Vendor => has(&team.vendors, id),
            Self::Tier => has(&team.tiers, id),
            Self::Credential => has(&team.credentials, id),
            Self::Window => has(&team.windows, id),
            Self::Rota => has(&team.rotas, id),
            Self::Calendar => has(&team.calendars, id),
        }
    }
}

/// The kind and id that a written reference means, among some kinds: the first that exists, or the one it names.
fn resolve<'a>(team: &Team, text: &'a str, kinds: &[Thing]) -> Option<(Thing, &'a str)> {
    if let Some((word, id)) = text.split_once(':') {
        return Thing::from_word(word).filter(|kind| kinds.contains(kind) && kind.exists(team, id)).map(|kind| (kind, id));
    }
    kinds.iter().find(|kind| kind.exists(team, text)).map(|&kind| (kind, text))
}

impl Ref {
    /// The kinds a backup can be, in the order in which a bare name is looked for.
    pub const KINDS: [Thing; 2] = [Thing::Tool, Thing::Bridge];

    /// A reference as written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means in a team, or `None` when nothing there is called so.
    pub fn resolve<'a>(&'a self, team: &Team) -> Option<(Thing, &'a str)> {
        resolve(team, &self.0, &Self::KINDS)
    }
}

impl Responder {
    /// The kinds that answer, in the order in which a bare name is looked for.
    pub const KINDS: [Thing; 2] = [Thing::Person, Thing::Rota];

    /// A reference as written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A reference to just this person, whatever else is called so.
    pub fn person(id: &Id<Person>) -> Self {
        Self(format!("{}:{id}", Thing::Person.word()))
    }

    /// A reference to just this rota, whatever else is called so.
    pub fn rota(id: &Id<Rota>) -> Self {
        Self(format!("{}:{id}", Thing::Rota.word()))
    }

    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means in a team, or `None` when nobody there is called so.
    pub fn resolve<'a>(&'a self, team: &Team) -> Option<(Thing, &'a str)> {
        resolve(team, &self.0, &Self::KINDS)
    }

    /// The name to print: the person's or the rota's, or the reference when the kit knows neither.
    pub fn name<'a>(&'a self, team: &'a Team) -> &'a str {
        let named = match self.resolve(team) {
            Some((Thing::Person, id)) => Id::parse(id).ok().and_then(|id| team.people.get(&id)).map(|it| it.name.as_str()),
            Some((_, id)) => Id::parse(id).ok().and_then(|id| team.rotas.get(&id)).map(|it| it.name.as_str()),
            None => None,
        };
        named.unwrap_or(&self.0)
    }
}

impl Need {
    /// Needs that are no thing of anybody's: everyone knows what they mean.
    pub const COMMON: [&'static str; 5] = ["internet", "phone", "mobile-network", "dns", "power"];

    /// The kinds a need can be, in the order in which a bare name is looked for.
    pub const KINDS: [Thing; 3] = [Thing::Tool, Thing::Vendor, Thing::System];

    /// A need as written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The need as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of [`Need::COMMON`].
    pub fn is_common(&self) -> bool {
        Self::COMMON.contains(&self.0.as_str())
    }

    /// The thing it means in a team; `None` when it is common or nothing there is called so.
    pub fn resolve<'a>(&'a self, team: &Team) -> Option<(Thing, &'a str)> {
        if self.is_common() { None } else { resolve(team, &self.0, &Self::KINDS) }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
