//! The netrc file: who a user is at which host, as curl, git and ftp read it. The user's own, closed to others.

use secrecy::SecretString;

use crate::{
    disk::{self, Guard},
    source::Outside,
};

/// Most bytes of the file.
const BYTES_MAX: u64 = 256 << 10;

/// Who a user is at a host.
#[derive(Debug)]
pub(super) struct Login {
    /// Their name there.
    pub(super) user: String,
    /// What shows it.
    pub(super) password: SecretString,
}

/// Who this user is at `host`: by the file that `NETRC` names, else by `~/.netrc`. With `user`, the entry of that name.
///
/// # Errors
/// Why the file cannot be read: others can read it, or an entry has no end. Nothing of its text is repeated.
pub(super) fn login(outside: &Outside, host: &str, user: Option<&str>) -> Result<Option<Login>, String> {
    let named = outside.path("NETRC");
    let Some(path) = named.map(Into::into).or_else(|| Some(outside.path("HOME")?.join(".netrc"))) else { return Ok(None) };
    if named.is_none() && !disk::exists(&path) {
        return Ok(None);
    }
    // Many keep it as a link into a folder of settings; the file itself has to be theirs.
    let real = disk::real(&path).map_err(|error| error.to_string())?;
    let bytes = disk::read_private(&real, BYTES_MAX, Guard::Unreadable).map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{}: not UTF-8 text", path.display()))?;
    find(text, host, user).map_err(|why| format!("{}: {why}", path.display()))
}

/// The first entry that fits: of this host, or the default one.
fn find(text: &str, host: &str, user: Option<&str>) -> Result<Option<Login>, &'static str> {
    let mut words = Words { rest: text };
    let mut entry = Entry::default();
    while let Some(word) = words.next()? {
        let mut value = || words.next()?.ok_or("the last entry has no end");
        match word.as_str() {
            "machine" => {
                if let Some(login) = entry.login(user) {
                    return Ok(Some(login));
                }
                entry = Entry { fits: value()?.eq_ignore_ascii_case(host), ..Entry::default() };
            }
            "default" => {
                if let Some(login) = entry.login(user) {
                    return Ok(Some(login));
                }
                entry = Entry { fits: true, ..Entry::default() };
            }
            "login" => entry.user = Some(value()?),
            "password" => entry.password = Some(SecretString::from(value()?)),
            "account" => drop(value()?),
            "macdef" => words.skip_macro(),
            // What other programs keep there.
            _ => {}
        }
    }
    Ok(entry.login(user))
}

#[derive(Default)]
struct Entry {
    fits: bool,
    user: Option<String>,
    password: Option<SecretString>,
}

impl Entry {
    /// Who it names, if it fits and is whole.
    fn login(&mut self, user: Option<&str>) -> Option<Login> {
        let found = self.user.take().or_else(|| user.map(str::to_owned))?;
        let fits = self.fits && user.is_none_or(|user| user == found);
        fits.then(|| self.password.take()).flatten().map(|password| Login { user: found, password })
    }
}

struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    /// The next word; one in double quotes may hold spaces, and `\"`, `\\`, `\n`, `\t`. A `#` where a word begins ends its line.
    fn next(&mut self) -> Result<Option<String>, &'static str> {
        loop {
            self.rest = self.rest.trim_start();
            let Some(after) = self.rest.strip_prefix('#') else { break };
            self.rest = after.split_once('\n').map_or("", |(_, rest)| rest);
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let (word, rest) = self.rest.split_at(self.rest.find(char::is_whitespace).unwrap_or(self.rest.len()));
            self.rest = rest;
            return Ok(Some(word.to_owned()));
        };
        let mut word = String::new();
        let mut chars = quoted.chars();
        loop {
            match chars.next().ok_or("a word in quotes has no end")? {
                '"' => break,
                '\\' => word.push(match chars.next().ok_or("a word in quotes has no end")? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                }),
                other => word.push(other),
            }
        }
        self.rest = chars.as_str();
        Ok(Some(word))
    }

    /// A macro goes on to the next empty line.
    fn skip_macro(&mut self) {
        let mut lines = self.rest.split_inclusive('\n');
        let mut skipped = 0;
        for line in lines.by_ref() {
            skipped += line.len();
            if skipped > line.len() && line.trim().is_empty() {
                break;
            }
        }
        self.rest = self.rest.get(skipped..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn found(text: &str, host: &str, user: Option<&str>) -> Option<(String, String)> {
        find(text, host, user).unwrap().map(|login| (login.user, login.password.expose_secret().to_owned()))
    }

    #[test]
    fn the_entry_of_the_host_is_found_as_curl_finds_it() {
        let text = "# mine\nmachine other.example login x password y\n\
            machine kit.example\n\tlogin dana\n\tpassword \"a \\\"b\\\" #c\"\n\
            machine kit.example login erin password hunter#2 account z\n\
            macdef init\nmachine trap.example login a password b\n\n\
            default login anonymous password me@here\n";
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(found(text, "kit.example", None), pair("dana", "a \"b\" #c"));
        assert_eq!(found(text, "kit.example", Some("erin")), pair("erin", "hunter#2"));
        assert_eq!(found(text, "other.example", None), pair("x", "y"));
        assert_eq!(found(text, "trap.example", None), pair("anonymous", "me@here"));
        assert_eq!(found("machine a password b", "a", Some("dana")), pair("dana", "b"));
        for (text, host) in
            [("", "a"), ("machine a login b", "a"), ("machine a password b", "a"), ("machine ab login x password y", "a")]
        {
            assert_eq!(found(text, host, None), None, "{text}");
        }
        for broken in ["machine", "machine a login", "machine a login \"b"] {
            assert!(find(broken, "a", None).is_err(), "{broken}");
        }
    }
}
