//! One entry of a journal, for screens, records and JSON.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::{Moment, clock_time, span},
    bundle::journal::{Boot, ON_PAPER, What},
    recount::{Told, reviews},
    team::{Credential, Id, Team},
};

/// Seconds by which a clock and the time since the machine started may part before it is said: clocks are corrected by less.
const CLOCK_SLACK_S: i64 = 120;

/// What is shown of an entry.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Row {
    /// Its number in its journal.
    pub(in crate::cli) number: u64,
    /// Whose journal: `mia.krause/laptop`.
    pub(in crate::cli) device: String,
    /// Who, by name.
    pub(in crate::cli) person: String,
    /// When, by the device's clock or as it was given.
    pub(in crate::cli) at: Timestamp,
    /// What the device's clock said, where the time was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) by_its_clock: Option<Timestamp>,
    /// The same on the reader's clock.
    pub(in crate::cli) at_clock: String,
    /// `opened`, `code-shown`, `asked`, `shared`, `drilled`, `reviewed`, `unknown`.
    pub(in crate::cli) what: &'static str,
    /// The same with whatever belongs to it: `opened aws-root`.
    pub(in crate::cli) words: String,
    /// The credential or tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) subject: Option<String>,
    /// Of which value or key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) version: Option<u32>,
    /// Why.
    pub(in crate::cli) reason: String,
    /// The incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) incident: Option<String>,
    /// The eight words.
    pub(in crate::cli) receipt: String,
    /// Of an opening: `burned` while the value is the same, `rotated` since there is a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) state: Option<&'static str>,
    /// Who looked at it, by name.
    pub(in crate::cli) reviewed_by: Vec<String>,
    /// What there is to say of the clock, in sentences.
    pub(in crate::cli) clock: Vec<String>,
    /// The kit that the device held: its number.
    pub(in crate::cli) held: u64,
    /// What the machine said of its time without its clock.
    pub(in crate::cli) boot: Option<Boot>,
}

/// The entries that open for their reader, the newest first, and how many are sealed to others.
pub(in crate::cli) fn rows(team: &Team, told: &[Told], moment: &Moment) -> (Vec<Row>, usize) {
    let mut rows: Vec<Row> = Vec::new();
    for (index, one) in told.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| told.get(index)).filter(|before| before.handle == one.handle);
        rows.extend(Row::of(team, one, before, told, moment));
    }
    let sealed = told.len() - rows.len();
    // One journal by its numbers, whatever its clock said; several by their clocks, there is nothing else.
    rows.reverse();
    if rows.windows(2).any(|two| matches!(two, [a, b] if a.device != b.device)) {
        rows.sort_by_key(|row| std::cmp::Reverse(row.by_its_clock.unwrap_or(row.at)));
    }
    (rows, sealed)
}

/// The entries whose time was given by who recorded them, each with what there is to say of the clock.
pub(in crate::cli) fn given_times(team: &Team, told: &[Told], moment: &Moment) -> Vec<String> {
    let given = rows(team, told, moment).0.into_iter().filter(|row| row.by_its_clock.is_some());
    given.map(|row| format!("entry {} of {}: {}", row.number, row.device, row.clock.join("; "))).collect()
}

impl Row {
    /// What is shown of one entry; `before` is the one before it in its journal.
    pub(in crate::cli) fn of(team: &Team, one: &Told, before: Option<&Told>, all: &[Told], moment: &Moment) -> Option<Self> {
        let entry = one.entry.as_ref()?;
        let (what, words, subject, version) = in_words(&entry.what);
        let state = match &entry.what {
            What::Opened { by, .. } if by == ON_PAPER => None,
            What::Opened { credential, version, .. } | What::CodeShown { credential, version, .. } => {
                state(team, credential, *version)
            }
            _ => None,
        };
        let person = one.person().map(|id| team.person_name(id).to_owned()).unwrap_or_default();
        let reviewers = reviews(all, one).into_iter().filter_map(Told::person);
        let mut reviewed_by: Vec<String> = reviewers.map(|id| team.person_name(id).to_owned()).collect();
        reviewed_by.dedup();
        Some(Self {
            number: one.line.number,
            device: one.device_words(),
            person,
            at: entry.at,
            by_its_clock: entry.clock,
            at_clock: clock_time(moment, entry.at),
            what,
            words,
            subject,
            version,
            reason: entry.reason.clone(),
            incident: entry.incident.clone(),
            receipt: one.line.receipt().join(" "),
            state,
            reviewed_by,
            clock: clock(one, before, moment),
            held: entry.held.1,
            boot: entry.boot.clone(),
        })
    }

    /// The reason, with the incident behind it.
    pub(in crate::cli) fn why(&self) -> String {
        let incident = self.incident.as_ref().map(|incident| format!(" ({incident})")).unwrap_or_default();
        format!("{}{incident}", self.reason)
    }

    /// The first words of the receipt: enough to find the slip of paper.
    pub(in crate::cli) fn receipt_begins(&self) -> String {
        self.receipt.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// The columns of `--plain`: number, device, when (RFC 3339), what, of what, version, reason, incident, receipt, burned or
    /// rotated, reviewed by.
    pub(in crate::cli) fn record(&self) -> Vec<String> {
        vec![
            self.number.to_string(),
            self.device.clone(),
            self.at.to_string(),
            self.what.to_owned(),
            self.subject.clone().unwrap_or_default(),
            self.version.map(|version| version.to_string()).unwrap_or_default(),
            self.reason.clone(),
            self.incident.clone().unwrap_or_default(),
            self.receipt.clone(),
            self.state.unwrap_or_default().to_owned(),
            self.reviewed_by.join(", "),
        ]
    }
}

/// Whether a value that was opened is still the one.
fn state(team: &Team, credential: &Id<Credential>, version: u32) -> Option<&'static str> {
    let capsule = team.credentials.get(credential)?.capsule.as_ref()?;
    Some(if capsule.version > version { "rotated" } else { "burned" })
}

fn in_words(what: &What) -> (&'static str, String, Option<String>, Option<u32>) {
    match what {
        What::Opened { credential, version, by, field } => {
            let by = match by.as_str() {
                "reveal" => String::new(),
                ON_PAPER => ", sealed on paper".to_owned(),
                by => format!(" for {by}"),
            };
            let field = field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
            ("opened", format!("opened {credential}{field}{by}"), Some(credential.to_string()), Some(*version))
        }
        What::CodeShown { credential, version, field, place } => {
            ("code-shown", format!("used code {place} of {credential} ({field})"), Some(credential.to_string()), Some(*version))
        }
        What::Asked { tier, version, code } => {
            ("asked", format!("asked for shares of {tier} ({code})"), Some(tier.to_string()), Some(*version))
        }
        What::Shared { tier, version, to, code, voice } => {
            let how = if *voice { " by voice" } else { "" };
            ("shared", format!("gave {to} a share of {tier}{how} ({code})"), Some(tier.to_string()), Some(*version))
        }
        What::Drilled { tier, version, opens } => {
            let how = if *opens { "can open" } else { "can NOT open" };
            ("drilled", format!("tried {tier}: {how}"), Some(tier.to_string()), Some(*version))
        }
        What::Rekeyed { tier, version, by } => {
            ("rekeyed", format!("opened the key of {tier} for {by}"), Some(tier.to_string()), Some(*version))
        }
        What::Reviewed { number, .. } => ("reviewed", format!("looked at entry {number}"), None, None),
        What::Unknown => ("unknown", "did something that this version of kit does not know".to_owned(), None, None),
    }
}

/// What there is to say of the clock: its order is that of the lines, whatever it said.
fn clock(one: &Told, before: Option<&Told>, moment: &Moment) -> Vec<String> {
    let mut facts = Vec::new();
    let Some(entry) = &one.entry else { return facts };
    if let Some(clock) = entry.clock {
        let clock = clock.to_zoned(moment.zone.clone()).strftime("%a %-d %b %Y %H:%M");
        facts.push(format!("its time was given with --at; the machine's clock said {clock}"));
    }
    if entry.at.as_second() > moment.now.as_second().saturating_add(CLOCK_SLACK_S) {
        facts.push("its time is later than now".to_owned());
    }
    if entry.moved_back {
        facts.push("the clock was moved back: this machine had known a later time".to_owned());
    }
    let Some(before) = before.and_then(|before| before.entry.as_ref()) else { return facts };
    let passed = entry.by_its_clock().as_second() - before.by_its_clock().as_second();
    if passed < 0 && !entry.moved_back {
        facts.push(format!("its clock said {} earlier than at the entry before", span(-passed)));
    }
    if let (Some(now), Some(then)) = (&entry.boot, &before.boot)
        && now.id == then.id
    {
        let seconds = |uptime: u64| i64::try_from(uptime).unwrap_or(i64::MAX);
        let jump = passed.saturating_sub(seconds(now.uptime_s).saturating_sub(seconds(then.uptime_s)));
        if jump.saturating_abs() > CLOCK_SLACK_S {
            let way = if jump > 0 { "forward" } else { "back" };
            facts.push(format!("the clock was set {way} by {} since the entry before", span(jump.saturating_abs())));
        }
    }
    facts
}
