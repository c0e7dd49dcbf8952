//! The table of rules: a stable word for each, and whether breaking it stands in the way of a kit.
//!
//! An error is a mistake in what was written; a warning is a fact about the world that somebody should know. Facts must
//! never keep a kit from being published: old or thin data is better than none at three in the morning.

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// No kit is made until it is put right.
    Error,
    /// A kit is made; somebody should look. Can be waived.
    Warning,
}

macro_rules! rules {
    ($($variant:ident, $word:literal, $weight:ident, $about:literal;)*) => {
        /// Every rule that a team directory is checked against.
        #[allow(rustdoc::broken_intra_doc_links, reason = "[team] in a sentence is a table of TOML")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $about] $variant,)*
        }

        impl Rule {
            /// All rules, in the order of this table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable word: for waivers, scripts and the guide.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What breaking it means.
            pub fn weight(self) -> Weight {
                match self { $(Self::$variant => Weight::$weight,)* }
            }

            /// The rule in one sentence.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

rules! {
    // Files.
    Unreadable, "unreadable", Error, "A file can be read and is text in UTF-8.";
    Link, "link", Error, "A file of the directory is no link: links are not followed.";
    LinkedFolder, "linked-folder", Warning, "Links are not followed, so what stands behind them is not in the kit.";
    TooMany, "too-many", Error, "The directory has at most 20,000 files, in folders at most 8 deep.";
    Syntax, "syntax", Error, "A file is TOML.";
    Calendar, "calendar", Error, "A calendar file is iCalendar: what begins ends, and each event says when.";
    // Keys and values.
    NoTeam, "no-team", Error, "One file has a [team] table with the team's name.";
    TwoTables, "two-tables", Error, "There is one [team] and one [policy].";
    UnknownKey, "unknown-key", Error, "Every key is known.";
    MissingKey, "missing-key", Error, "Every needed key is there.";
    WrongType, "wrong-type", Error, "Every key has the kind of value it wants.";
    Range, "range", Error, "A number lies within its limits.";
    Word, "word", Error, "A key that wants one of a few words has one of them.";
    Secret, "secret", Error, "No password, key or other secret stands in these files.";
    // Texts.
    Text, "text", Error, "A text is not empty or too long and hides nothing (docs/format.md, \"Limits\").";
    MixedScript, "mixed-script", Error, "No word of a name mixes letters of look-alike alphabets (UTS 39).";
    LookAlike, "look-alike", Error, "No two names look the same and are written with different letters (UTS 39).";
    Email, "email", Error, "An e-mail address looks like one.";
    Address, "address", Error, "A web address begins with http, https, tel or mailto and hides no other host.";
    Zone, "zone", Error, "A time zone is in the IANA database.";
    Hours, "hours", Error, "Hours look like 09:00-17:30.";
    LocalTime, "local-time", Error, "A time says its offset or has a zone beside it, and happens exactly once there.";
    NumberCountry, "number-country", Error, "A number has a country: +CC or the team's region.";
    NumberDialable, "number-dialable", Error, "A number can be dialled.";
    Command, "command", Error, "A command for a value is a program and its words: no shell runs it.";
    DeviceKey, "device-key", Error, "A device's keys are public keys of the right kind.";
    // Ids and references.
    Id, "id", Error, "An id is made of a-z, 0-9, \".\" and \"-\".";
    DuplicateId, "duplicate-id", Error, "An id stands for one thing of its kind.";
    Dangling, "dangling", Error, "What is referred to exists.";
    Ambiguous, "ambiguous", Warning, "A reference to a tool or a bridge of the same id says which.";
    Twice, "twice", Error, "Nothing stands twice in one list.";
    Own, "own", Error, "Nothing is its own backup, need or delegate.";
    BackupCycle, "backup-cycle", Error, "Backups lead somewhere: they do not come back to where they began.";
    SameEmail, "same-email", Error, "An e-mail address belongs to one person.";
    SameAlias, "same-alias", Error, "Another name belongs to one thing of its kind, and is nobody else's id.";
    SameDevice, "same-device", Error, "A device is written down once, with keys of its own.";
    // Times and counts.
    EndBeforeStart, "end-before-start", Error, "What ends, ends after it begins.";
    TierHolders, "tier-holders", Error, "A tier's rule counts the holders it has.";
    // What is sealed.
    SealedDamaged, "sealed-damaged", Error, "What is sealed is as kit wrote it.";
    SealedUnknown, "sealed-unknown", Error, "What is sealed belongs to something that is written down.";
    SealedBoxes, "sealed-boxes", Error, "A tier's key has the boxes that its rule takes, each for the devices of its holders.";
    SealedValue, "sealed-value", Error, "A sealed value is whole, has good labels, and is that of one credential.";
    SealedKey, "sealed-key", Error, "What is sealed is sealed to a key that is there.";
    SealedElsewhere, "sealed-elsewhere", Error, "What is sealed opens for the tier that its label says.";
    SealedVersion, "sealed-version", Error, "Keys and values go on from those of the kit that is published.";
    // Facts about the world.
    SameNumber, "same-number", Warning, "A number reaches one person.";
    SameOrder, "same-order", Warning, "Each bridge has a rung of its own.";
    NeedCycle, "need-cycle", Warning, "Nothing needs itself in the end.";
    FewOwners, "few-owners", Warning, "A system has as many owners as the policy asks for.";
    FewHolders, "few-holders", Warning, "A tier can still be opened when one holder cannot be reached.";
    HolderNoBox, "holder-no-box", Warning, "Each holder of a tier with a key has a device that opens it.";
    FewDevices, "few-devices", Warning, "Two devices at least open a tier with a key.";
    NoNumber, "no-number", Warning, "A person can be called.";
    StaleNumber, "stale-number", Warning, "A number was checked by a human lately.";
    FutureCheck, "future-check", Warning, "A check happened in the past.";
    WindowOver, "window-over", Warning, "A window has not ended.";
    TwoParts, "two-parts", Warning, "A person has one part in a window at a time.";
    AuthorityOver, "authority-over", Warning, "An authority has not ended.";
    RotaOver, "rota-over", Warning, "A rota is planned for two weeks and more.";
    RotaGap, "rota-gap", Warning, "Somebody of a rota is on duty at every hour of the coming week.";
    OverrideIdle, "override-idle", Warning, "An override takes over from somebody who is on duty then.";
    CalendarOver, "calendar-over", Warning, "A calendar of holidays or observances knows the next 30 days.";
    PartDay, "part-day", Warning, "What stands in a calendar file covers whole days.";
    RotateDue, "rotate-due", Warning, "A credential is not due for a new value.";
    WaiverOver, "waiver-over", Warning, "A waiver has not ended.";
    BridgesShareNeed, "bridges-share-need", Warning, "No single thing takes down every bridge.";
    BackupSharesNeed, "backup-shares-need", Warning, "A tool has a backup that does not fail together with it.";
}

impl Rule {
    /// The rule of a word, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.word() == word)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_stable_in_form() {
        let mut words: Vec<_> = Rule::ALL.iter().map(|rule| rule.word()).collect();
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Rule::ALL.len());
    }
}
