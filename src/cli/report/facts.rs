//! What is said of a kit from its signed head alone, whether or not it can be opened.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    answer::{Age, Moment, clock_time},
    bundle::Verified,
    key::VerifyKey,
    open::name_of_key,
    team::Team,
};

/// A kit by its head.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Facts {
    /// Its number.
    pub(in crate::cli) seq: u64,
    /// When it was signed.
    pub(in crate::cli) created: Timestamp,
    refresh_by: Timestamp,
    signers: Vec<VerifyKey>,
    last_seen: Option<Timestamp>,
    is_whole: bool,
}

impl Facts {
    /// Of a kit that passed the checks.
    pub(in crate::cli) fn of(verified: &Verified) -> Self {
        let (head, signers) = (verified.head(), verified.signers().to_vec());
        let (seq, created, refresh_by) = (verified.seq(), head.created, head.refresh_by);
        Self { seq, created, refresh_by, signers, last_seen: None, is_whole: true }
    }

    /// The same with what the store says beside it: the latest time it saw, and whether anything in it is damaged.
    pub(in crate::cli) fn beside(self, last_seen: Option<Timestamp>, is_whole: bool) -> Self {
        Self { last_seen, is_whole, ..self }
    }

    /// How old it is.
    pub(in crate::cli) fn age(&self, now: Timestamp) -> Age {
        Age::of(self.seq, self.created, self.refresh_by, now, self.last_seen)
    }

    /// `It is 32 min old and complete.`
    pub(in crate::cli) fn standing(&self, now: Timestamp) -> String {
        let whole = if self.is_whole { " and complete" } else { ", and not all of it is as it should be: kit status" };
        format!("It is {} old{whole}.", self.age(now).text)
    }

    /// When it was signed: `01:40 UTC`.
    pub(in crate::cli) fn signed_at(&self, now: Timestamp) -> String {
        format!("{} UTC", clock_time(&Moment { now, zone: TimeZone::UTC }, self.created))
    }

    /// Who signed it, by the names of a team where there is one.
    pub(in crate::cli) fn signed_by(&self, team: Option<&Team>) -> Vec<String> {
        let name = |key: &VerifyKey| team.map_or_else(|| key.fingerprint(), |team| name_of_key(team, key));
        self.signers.iter().map(name).collect()
    }
}
