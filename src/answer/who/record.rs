//! The same answer as records of columns, for scripts.

use super::{Call, NumberCard, Who, Why};

impl Who {
    /// One record for each call in order, then hotlines, then the one in charge when nobody is left, then who is skipped, then
    /// everybody else. Columns: position, id, name, E.164, zone, local time, likely asleep, call from, state.
    pub fn records(&self) -> Vec<Vec<String>> {
        let steps =
            self.line.steps.iter().map(|step| record(&step.position.to_string(), &step.call, &step.from.to_string(), "call"));
        let hotlines = self.hotlines.iter().filter(|hotline| hotline.number.is_some()).map(|hotline| {
            let columns = [String::new(), hotline.id.clone(), hotline.name.clone(), e164(hotline.number.as_ref())];
            columns.into_iter().chain(std::iter::repeat_n(String::new(), 4)).chain(["hotline".to_owned()]).collect()
        });
        let in_charge = self.in_charge.iter().map(|charge| record("", &charge.call, "", "in-charge"));
        let skipped = self.line.skipped.iter().map(|skipped| {
            let columns = [skipped.position.to_string(), skipped.id.clone(), skipped.name.clone()];
            columns.into_iter().chain(std::iter::repeat_n(String::new(), 5)).chain([skipped.why.word().to_owned()]).collect()
        });
        let others = self
            .everybody
            .iter()
            .flatten()
            .map(|other| record("", &other.call, "", other.not.as_ref().map_or("other", Why::word)));
        steps.chain(hotlines).chain(in_charge).chain(skipped).chain(others).collect()
    }
}

fn record(position: &str, call: &Call, from: &str, state: &str) -> Vec<String> {
    let there = &call.there;
    let asleep = if there.likely_asleep { "yes" } else { "no" };
    let local = format!("{} {}", there.weekday, there.time);
    let columns = [position, &call.id, &call.name, call.e164().unwrap_or_default(), &there.zone, &local, asleep, from, state];
    columns.into_iter().map(str::to_owned).collect()
}

fn e164(number: Option<&NumberCard>) -> String {
    number.map(|number| number.e164.clone()).unwrap_or_default()
}
