//! What a source did when it was tried, in words.

use serde::Serialize;

use crate::{
    cli::explain::next_step,
    judge::Outcome,
    probe::{Again, Probed},
    source::unnamed,
    store::Order,
};

/// How one place did.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Trial {
    /// Its address.
    pub(in crate::cli) source: String,
    /// Whether a kit can be had from it.
    pub(in crate::cli) good: bool,
    /// `kit`, `nothing`, or the sort of its trouble.
    pub(in crate::cli) outcome: &'static str,
    /// Whether it could be reached and read, and in which time.
    pub(in crate::cli) reached: String,
    /// Which kit it holds, and how that stands to the one here.
    pub(in crate::cli) kit: String,
    /// The number of that kit.
    pub(in crate::cli) seq: Option<u64>,
    /// Seconds until the kit was there.
    pub(in crate::cli) seconds: f64,
    /// What it said when it was asked for what is new only.
    pub(in crate::cli) again: Option<String>,
    /// Whether it can be published to, as far as that is known without doing it.
    pub(in crate::cli) publishing: String,
    /// What is wrong.
    pub(in crate::cli) problem: Option<String>,
    /// What to do about it.
    pub(in crate::cli) next: Option<String>,
}

impl Trial {
    /// In words.
    pub(in crate::cli) fn of(probed: &Probed) -> Self {
        let Probed { source, took, outcome, order, again, is_there, is_writable } = probed;
        let problem = outcome.problem().map(|problem| unnamed(source, &problem).to_owned());
        let said = || problem.clone().unwrap_or_default();
        let yes = format!("yes, in {:.1} s", took.as_secs_f64());
        let (reached, kit) = match outcome {
            Outcome::Unreachable(_) => (format!("no: {}", said()), String::new()),
            Outcome::Nothing if !is_there => ("no: there is no such place".to_owned(), String::new()),
            Outcome::Nothing => (yes, "nothing is published there yet".to_owned()),
            Outcome::Kit { seq, bytes } => {
                let stands = order.map_or("", Order::words);
                (yes, format!("{seq}, {stands}   {} KB", bytes.div_ceil(1024)))
            }
            _ => (yes, format!("not to be trusted: {}", said())),
        };
        let again = again.as_ref().map(|again| match again {
            Ok(Again::Unchanged) => "it says that nothing changed, and sends nothing".to_owned(),
            Ok(Again::Everything) => "it sends everything again, each time".to_owned(),
            Err(error) => unnamed(source, &error.to_string()).to_owned(),
        });
        let publishing = match (outcome, is_writable) {
            (Outcome::Unreachable(_), _) => "",
            (_, true) => "possible with this kind of place; whether you may was not tried",
            (_, false) => "not possible with this kind of place",
        };
        Self {
            source: source.clone(),
            good: matches!(outcome, Outcome::Kit { .. }) || matches!(outcome, Outcome::Nothing if *is_there),
            outcome: outcome.kind(),
            reached,
            kit,
            seq: if let Outcome::Kit { seq, .. } = outcome { Some(*seq) } else { None },
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            again,
            publishing: publishing.to_owned(),
            next: match outcome {
                Outcome::Nothing if !is_there => Some(
                    "Is its name right, is it mounted or plugged in? Else the first publish makes it: kit publish DIR --to PLACE"
                        .to_owned(),
                ),
                _ => problem.as_ref().and_then(|_| next_step(outcome.kind(), source)),
            },
            problem,
        }
    }

    /// The columns of `--plain`.
    pub(in crate::cli) fn record(&self) -> Vec<String> {
        vec![
            self.source.clone(),
            self.outcome.to_owned(),
            self.seq.map(|seq| seq.to_string()).unwrap_or_default(),
            format!("{:.1}", self.seconds),
            self.problem.clone().unwrap_or_default(),
        ]
    }
}
