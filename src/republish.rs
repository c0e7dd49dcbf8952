//! Republishing: the kit that is current here goes to the places that are behind, byte for byte. No new one is made.

use jiff::Timestamp;

use crate::{
    mirror::{Published, apart, bring_up},
    publish::PublishError,
    reach::Route,
    source::Bounds,
    store::{Store, StoreError},
    survey::survey,
};

/// Brings every place up to the kit that is current here, without making a new one. Needs no key.
///
/// # Errors
/// [`PublishError::Behind`] when a place has something newer; [`PublishError::Store`] when no kit can be used here.
pub fn republish(
    store: &mut Store,
    route: Route<'_>,
    now: Timestamp,
    mut bounds: impl FnMut(&str) -> Bounds,
) -> Result<Published, PublishError> {
    let generation = store.current()?;
    let highest = generation.state().highest.clone();
    if highest.as_ref() != Some(generation.mark()) {
        return Err(StoreError::NoGeneration { kit: store.trust().pin.kit.clone(), notes: generation.notes().to_vec() }.into());
    }
    let verified = generation.verified().clone();
    let surveyed = survey(store, route, &mut bounds)?;
    if let Some(behind) = PublishError::behind(&surveyed, highest.as_ref()) {
        return Err(behind);
    }
    let (places, unfit) = apart(surveyed);
    let brought = bring_up(store, &verified, places, bounds);
    let published = Published::of(&verified, unfit.into_iter().chain(brought).collect());
    published.remember(store, now);
    Ok(published)
}
