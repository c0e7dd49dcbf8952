//! Gathering: the shares that others gave for a tier's key, as texts or as words that were read out, each opened and checked by
//! itself, so that a wrong one is known by its holder.

use zeroize::Zeroizing;

use crate::{
    bundle::{
        KeyOf, Share, ShareError,
        share::{self, SHARE_PREFIX},
    },
    key::Identity,
    team::{Id, Person},
};

/// Shares that were given, each that of its holder.
#[derive(Default)]
pub struct Gathered {
    /// The shares, each of another holder.
    pub shares: Vec<Share>,
    /// Whose words had one that was heard wrongly and was found out, and which word it was.
    pub mended: Vec<(Id<Person>, usize)>,
}

/// Why a share does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// One of them cannot be taken.
    #[error("share {place}: {error}")]
    Share {
        /// Which of those that were given, from 1.
        place: usize,
        /// Why.
        error: ShareError,
    },
    /// The same holder's share twice.
    #[error("the share of {0} was given twice")]
    Twice(Id<Person>),
}

/// The shares in some texts, opened with this device's opener.
///
/// # Errors
/// [`GatherError`] at the first that does not count.
pub fn gather(opener: &Identity, of: KeyOf<'_>, texts: &[Zeroizing<String>]) -> Result<Gathered, GatherError> {
    let mut gathered = Gathered::default();
    for (place, text) in (1..).zip(texts.iter().flat_map(|text| pieces(text))) {
        let received = if text.starts_with(SHARE_PREFIX) { share::open(&text, of, opener) } else { share::heard(&text, of) };
        let received = received.map_err(|error| GatherError::Share { place, error })?;
        let index = received.share.index;
        let holder = of.holder(index).map_err(|error| GatherError::Share { place, error: error.into() })?;
        if gathered.shares.iter().any(|share| share.index == index) {
            return Err(GatherError::Twice(holder.clone()));
        }
        gathered.mended.extend(received.mended.map(|word| (holder.clone(), word)));
        gathered.shares.push(received.share);
    }
    Ok(gathered)
}

/// The shares in one text: each from where it begins to the next empty line, so that all of what a holder sent may be pasted;
/// without any such beginning, words.
fn pieces(text: &str) -> Vec<Zeroizing<String>> {
    let is_sealed = text.contains(SHARE_PREFIX);
    let lines = Zeroizing::new(text.lines().map(str::trim).collect::<Vec<_>>().join("\n"));
    if !is_sealed {
        return vec![Zeroizing::new(text.to_owned())];
    }
    let sealed = lines.split(SHARE_PREFIX).skip(1).map(|rest| rest.split("\n\n").next().unwrap_or_default());
    sealed.map(|rest| Zeroizing::new(format!("{SHARE_PREFIX}{rest}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_holder_sent_may_be_pasted_whole() {
        let found = |text: &str| pieces(text).iter().map(|it| it.to_string()).collect::<Vec<_>>();
        assert_eq!(found("kit-share1:ab"), ["kit-share1:ab"]);
        assert_eq!(found("SEND this\n\n  kit-share1:ab\ncd \n\n  Words"), ["kit-share1:ab\ncd"]);
        assert_eq!(found("kit-share1:ab kit-share1:cd"), ["kit-share1:ab ", "kit-share1:cd"]);
        assert_eq!(found("one two\nthree"), ["one two\nthree"]);
    }
}
