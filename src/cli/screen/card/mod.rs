//! The screen of `kit lookup`: one card of any kind, a file for each kind.

mod calendar;
mod credential;
mod person;
mod rota;
mod system;
mod tier;
mod vendor;

use super::{Screen, Standing};
use crate::answer::{Card, NumberCard};

/// The screen of one card; `asked` is the number by which it was found, if it was.
pub(crate) fn card(screen: &mut Screen, card: &Card, asked: Option<&NumberCard>, standing: &Standing) {
    let old = standing.old();
    match card {
        Card::Person(card) => person::person(screen, card, old),
        Card::System(card) => system::system(screen, card, old),
        Card::Tool(card) => {
            return match asked {
                Some(number) => super::caller(screen, card, number, standing),
                None => super::tool(screen, card, standing),
            };
        }
        Card::Bridge(card) => return super::bridges(screen, card, None, standing),
        Card::Vendor(card) => vendor::vendor(screen, card, old),
        Card::Credential(card) => credential::credential(screen, card, old),
        Card::Authority(card) => return super::authority(screen, card, None, standing),
        Card::Window(card) => return super::window(screen, card, false, standing),
        Card::Tier(card) => tier::tier(screen, card, old),
        Card::Rota(card) => rota::rota(screen, card, old),
        Card::Calendar(card) => calendar::calendar(screen, card, old),
    }
    standing.close(screen);
}
