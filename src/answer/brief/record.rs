//! The same answer as records of columns, for scripts.

use super::Brief;
use crate::answer::{Call, Card};

impl Brief {
    /// One record for each call, the way in, who decides, what it needs with what to use or whom to call instead, and each
    /// credential. Columns: part, id, name, number or address, a word about it.
    pub fn records(&self) -> Vec<Vec<String>> {
        let record = |part: &str, id: &str, name: &str, number: Option<&str>, about: &str| {
            [part, id, name, number.unwrap_or_default(), about].map(str::to_owned).to_vec()
        };
        let person = |part: &str, call: &Call, about: &str| record(part, &call.id, &call.name, call.e164(), about);
        let about = |id: &str| self.does.get(id).map(String::as_str).unwrap_or_default();
        let calls = self.call.steps.iter().map(|step| person("call", &step.call, about(&step.call.id)));
        let join = self.bridges.join.iter().map(|way| {
            let number = way.numbers.first().map(|number| number.e164.as_str()).or(way.reach.as_deref());
            record("join", &way.id, &way.name, number, way.pin.as_deref().unwrap_or_default())
        });
        let decided = self.decides.iter().chain(&self.else_decided);
        let decides = decided.flat_map(|it| it.line.steps.iter().map(|step| person("decides", &step.call, &it.id)));
        let needs = self.needs.iter().filter_map(|card| match card {
            Card::Tool(it) => {
                let way = it.instead.first();
                let reach = way.and_then(|way| way.number.as_deref().or(way.reach.as_deref()));
                Some(record("needs", &it.id, &it.name, reach, way.map(|way| way.name.as_str()).unwrap_or_default()))
            }
            Card::Vendor(it) => {
                let number = it.numbers.first().filter(|_| it.falls.is_none()).map(|number| number.e164.as_str());
                Some(record("needs", &it.id, &it.name, number, ""))
            }
            Card::System(it) => {
                let call = it.line.first().map(|step| &step.call);
                Some(record(
                    "needs",
                    &it.id,
                    &it.name,
                    call.and_then(Call::e164),
                    call.map(|call| call.name.as_str()).unwrap_or_default(),
                ))
            }
            _ => None,
        });
        let credentials =
            self.credentials.iter().map(|label| record("credential", &label.id, &label.title, None, &label.rule.in_words()));
        calls.chain(join).chain(decides).chain(needs).chain(credentials).collect()
    }
}
