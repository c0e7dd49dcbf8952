//! Texts that mean something: names, addresses, keys, one of a few words.

use super::{context::Subject, form, item::Item, nearest::nearest, problem::quoted, rule::Rule};

const DEVICE_HINT: &str = "Files of devices are written by  kit member add;  do not edit the keys in them.";

impl Item<'_> {
    /// A text that may have web addresses in it.
    pub(super) fn address(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| self.good_address(key, form::address_fault(text)))
    }

    /// The address of a web page.
    pub(super) fn page(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| self.good_address(key, form::page_fault(text)))
    }

    fn good_address(&self, key: &str, fault: Option<String>) -> bool {
        let Some(fault) = fault else { return true };
        let spot = self.spot_at(key);
        let hint = "Web addresses begin with https://, and then the host.".to_owned();
        self.fail(Rule::Address, spot, format!("the address in {} is not safe to open: {fault}", quoted(key)), Some(hint));
        false
    }

    /// An age recipient, in the form that `key` prints.
    pub(super) fn recipient(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        let recipient = form::recipient(text);
        if recipient.is_none() {
            let message = format!("{} is no age recipient", quoted(text));
            self.fail(Rule::DeviceKey, spot, message, Some(DEVICE_HINT.to_owned()));
        }
        recipient
    }

    /// An OpenSSH public key that signs, without its comment.
    pub(super) fn verify_key(&self, key: &str) -> Option<String> {
        let (text, spot) = self.raw_text(key)?;
        let public = form::verify_key(text);
        if public.is_none() {
            let message = format!("{} is no public key of kind ssh-ed25519 or sk-ssh-ed25519@openssh.com", quoted(text));
            self.fail(Rule::DeviceKey, spot, message, Some(DEVICE_HINT.to_owned()));
        }
        public
    }

    /// One of a few words.
    pub(super) fn word<T: Clone>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let (text, spot) = self.raw_text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone());
        if found.is_none() {
            let all = words.iter().map(|(word, _)| quoted(word)).collect::<Vec<_>>().join(", ");
            let hint = match nearest(text, words.iter().map(|(word, _)| *word)) {
                Some(meant) => format!("Did you mean {}? It can be {all}.", quoted(meant)),
                None => format!("It can be {all}."),
            };
            self.fail(Rule::Word, spot, format!("{} cannot be {}", quoted(key), quoted(text)), Some(hint));
        }
        found
    }

    /// Other names, noted for the rule of names that two things share.
    pub(super) fn aliases(&self, of: Option<&Subject>) -> Vec<String> {
        let aliases = self.texts("aliases");
        for (alias, spot) in &aliases {
            if self.good_letters(alias, *spot)
                && let Some(of) = of
            {
                self.cx.seen.borrow_mut().aliases.push((of.clone(), alias.clone(), *spot));
            }
        }
        aliases.into_iter().map(|(alias, _)| alias).collect()
    }

    /// The full name, noted for the rule of names that look alike.
    pub(super) fn full_name(&self, key: &str, of: Option<&Subject>, example: &str) -> Option<String> {
        self.must(key, &format!("\"{example}\""));
        let name = self.name(key)?;
        if let Some(of) = of {
            self.cx.seen.borrow_mut().names.push((of.clone(), name.clone(), self.spot_at(key)));
        }
        Some(name)
    }
}
