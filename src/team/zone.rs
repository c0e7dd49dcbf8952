//! Time zones by their IANA name.

use std::fmt;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A time zone as written in the IANA database, for example `Europe/London`.
///
/// A kit may be opened by a program whose zone tables are older than the kit, so a name it does not know is kept:
/// [`Zone::time_zone`] then gives `None` and screens fall back to UTC, saying so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

/// A name that is in no zone table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no time zone is called {0:?}")]
pub struct ZoneError(pub String);

impl Zone {
    /// Reads a zone that the tables of this program know.
    ///
    /// # Errors
    /// [`ZoneError`] when they do not.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let rules = TimeZone::get(text).map_err(|_| ZoneError(text.to_owned()))?;
        // The tables are asked without regard to case; screens print the city as the tables write it.
        Ok(Self(rules.iana_name().unwrap_or(text).to_owned()))
    }

    /// The rules of this zone, if this program knows them.
    pub fn time_zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.0).ok()
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The city of the name: `London` of `Europe/London`, `New York` of `America/New_York`.
    pub fn city(&self) -> String {
        self.0.rsplit('/').next().unwrap_or(&self.0).replace('_', " ")
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_and_city() {
        let zone = Zone::parse("America/New_York").expect("bundled");
        assert_eq!(zone.city(), "New York");
        assert!(zone.time_zone().is_some());
        assert_eq!(Zone::parse("europe/london").expect("in any case").city(), "London");
        assert_eq!(Zone::parse("Europe/Londn"), Err(ZoneError("Europe/Londn".into())));
    }
}
