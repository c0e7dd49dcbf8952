//! The shares that it takes beside one's own: as texts that were given with `--with`, else asked for, unseen.

use std::path::Path;

use zeroize::Zeroizing;

use crate::{
    bundle::{Share, share::SHARE_PREFIX},
    cli::{failure::Failure, quorum::in_letters, session::Session},
    gather::{self, GatherError},
    key::Passphrase,
    open::Reading,
    prepare::Prepared,
    store::Store,
    team::Rule,
    unseal,
};

/// Most bytes of what a holder sent.
const SENT_BYTES_MAX: u64 = 64 * 1024;
/// How often a share may be pasted or typed wrongly.
const TRIES: usize = 3;

/// What `--with` says to a command: texts, files with them, or `-`.
///
/// # Errors
/// Usage for words, which would stay in the shell's history; files that cannot be read.
pub(in crate::cli) fn given(session: &Session<'_>, with: &[String], by: &str) -> Result<Vec<Zeroizing<String>>, Failure> {
    let one = |argument: &String| {
        if argument.starts_with(SHARE_PREFIX) {
            return Ok(Zeroizing::new(argument.clone()));
        }
        if argument.split_whitespace().count() > 1 {
            return Err(Failure::usage(
                "words of a share do not belong on a command line: they stay in its history; nothing was opened.",
            )
            .hint("Type them when kit reveal asks for them, unseen.")
            .hint(format!("From a program: kit {by} … --with -")));
        }
        if argument == "-" && session.ask.allowed {
            return typed(session);
        }
        let bytes = Zeroizing::new(session.given(Path::new(argument), SENT_BYTES_MAX)?);
        let text = std::str::from_utf8(&bytes).map(|text| Zeroizing::new(text.to_owned()));
        text.map_err(|_| Failure::usage(format!("{argument} is not UTF-8 text.")).hint("It holds what kit approve printed."))
    };
    with.iter().map(one).collect()
}

/// What somebody pastes or types where `-` means the terminal, as it is not seen.
fn typed(session: &Session<'_>) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let mut question = "Paste the share or type its 25 words (unseen); an empty line ends:";
    loop {
        let line = Zeroizing::new(session.ask.secret(question, "--with FILE")?);
        if line.trim().is_empty() {
            return Ok(text);
        }
        text.push_str(&line);
        text.push('\n');
        question = "More (an empty line ends):";
    }
}

/// The shares of others that open a key together, with this device's own if it has one. The passphrase is kept for what follows.
///
/// # Errors
/// [`GatherError`] in words. Too few are no error here.
pub(super) fn gathered(
    session: &mut Session<'_>,
    store: &Store,
    prepared: &Prepared<'_>,
    with: &[Zeroizing<String>],
    passphrase: &mut Option<Passphrase>,
) -> Result<Vec<Share>, Failure> {
    if prepared.key.rule == Rule::Any || (with.is_empty() && !session.ask.allowed) {
        return Ok(Vec::new());
    }
    let of = prepared.key_of(store);
    let own = prepared.holds.then_some(&prepared.device.person);
    let mut texts = with.to_vec();
    let mut shares: Vec<Share> = Vec::new();
    let mut wrong = 0;
    loop {
        let missing = prepared.missing(&shares);
        if texts.is_empty() && session.ask.allowed && missing > 0 {
            let question = format!(
                "{} more needed. Paste a share, or type its 25 words (unseen; Enter if you have none):",
                in_letters(missing)
            );
            let typed = Zeroizing::new(session.ask.secret(&question, "--with TEXT")?);
            if typed.trim().is_empty() {
                return Ok(shares);
            }
            texts.push(typed);
        }
        if texts.is_empty() {
            return Ok(shares);
        }
        let said = passphrase.take().map_or_else(|| session.passphrase(), Ok)?;
        let opener = unseal::opener(store, &said)?;
        *passphrase = Some(said);
        let fresh = gather::gather(&opener, of, &texts).and_then(|fresh| {
            let known = |share: &Share| shares.iter().any(|other| other.index == share.index);
            let holder = |share: &Share| of.holder(share.index).ok();
            match fresh.shares.iter().find(|share| known(share) || own.is_some() && holder(share) == own).and_then(holder) {
                Some(holder) => Err(GatherError::Twice(holder.clone())),
                None => Ok(fresh),
            }
        });
        let is_typed = with.is_empty();
        texts.clear();
        match fresh {
            Ok(fresh) => {
                for (holder, word) in &fresh.mended {
                    session.out.say(format!("Word {word} of {holder}'s share was heard wrongly; kit found the right one."));
                }
                shares.extend(fresh.shares);
                if !is_typed {
                    return Ok(shares);
                }
            }
            Err(error) => {
                wrong += 1;
                let failure = Failure::from(error);
                if !is_typed || wrong == TRIES {
                    return Err(failure);
                }
                session.out.failure(&failure);
            }
        }
    }
}

/// What whoever combined a key is told: it is theirs now.
pub(super) fn say_combined(session: &mut Session<'_>, prepared: &Prepared<'_>, reading: &Reading) {
    let is_opened = |capsule: &crate::team::Capsule| capsule.tier == *prepared.tier && capsule.key == prepared.key.version;
    let count = reading.team.credentials.values().filter(|it| it.capsule.as_ref().is_some_and(is_opened)).count();
    let what = crate::authored::count(count, "credential");
    let tier = prepared.tier;
    session.out.say(format!("You have combined the key of tier {tier}: it opens {what} until a new key is made."));
    session.out.say(format!("Once it is over, whoever publishes runs: kit tier rekey {tier} --dir DIR"));
}
