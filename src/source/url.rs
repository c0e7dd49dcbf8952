//! Addresses on a network, strictly: what git, ssh and http are given is made from these parts, never from the text.
//!
//! RFC 3986 with less room: ASCII only, no password, no fragment, no dot segments, a host of letters, digits, dots and
//! hyphens. What could be read as an option or an escape by a program further on is no address.

use std::fmt;

/// Longest address, in bytes.
const BYTES_MAX: usize = 2048;
/// Longest host name, in bytes (RFC 1035, 2.3.4).
const HOST_BYTES_MAX: usize = 253;

/// `scheme://user@host:port/path?name=value&…`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    /// In lower case.
    pub scheme: String,
    /// Of `[A-Za-z0-9._-]`, not beginning with a hyphen.
    pub user: Option<String>,
    /// A name in lower case, or an address; IPv6 without its brackets.
    pub host: String,
    /// Where it is not the usual one.
    pub port: Option<u16>,
    /// Begins with a slash; as written, percent-encoded where it was.
    pub path: String,
    /// In the order they were written, decoded.
    pub query: Vec<(String, String)>,
}

impl Url {
    /// Reads an address. The reasons never repeat what was written.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > BYTES_MAX {
            return Err("the address is longer than 2048 bytes");
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>', '^', '`', '{', '|', '}', '\'']) {
            return Err("an address has no spaces, quotes or control characters, and only ASCII: write others as %41");
        }
        let (scheme, rest) = text.split_once("://").ok_or("the address has no //")?;
        if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
            return Err("before the // stands one kind of address, such as https:");
        }
        if rest.contains('#') {
            return Err("an address has no fragment (#)");
        }
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, query_of(query)?),
            None => (rest, Vec::new()),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, _)) if user.contains(':') => {
                return Err("a password does not belong in an address: everybody can see it");
            }
            Some((user, host)) => (Some(user_of(user)?), host),
            None => (None, authority),
        };
        let (host, port) = host_and_port(host)?;
        let path = if path.is_empty() { "/" } else { path };
        check_path(path)?;
        Ok(Self { scheme: scheme.to_ascii_lowercase(), user, host, port, path: path.to_owned(), query })
    }

    /// The value of one parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The query may have no others than these, each once.
    pub(super) fn check_parameters(&self, known: &[&str]) -> Result<(), &'static str> {
        let is_fine = |(at, (name, _)): (usize, &(String, String))| {
            known.contains(&name.as_str()) && !self.query.iter().take(at).any(|(other, _)| other == name)
        };
        if self.query.iter().enumerate().all(is_fine) {
            Ok(())
        } else {
            Err("a parameter after the ? is not known for this kind of source, or stands twice")
        }
    }

    /// The path with its percent-escapes decoded.
    pub(super) fn decoded_path(&self) -> Result<String, &'static str> {
        percent_decoded(&self.path)
    }

    /// `host` or `host:port`, an IPv6 address in brackets.
    pub(super) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }

    /// Whether the host is this machine: the only one that may be talked to without TLS.
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        write!(f, "{}{}", self.authority(), self.path)?;
        for (at, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{}={}", if at == 0 { '?' } else { '&' }, percent_encoded(name), percent_encoded(value))?;
        }
        Ok(())
    }
}

fn user_of(user: &str) -> Result<String, &'static str> {
    let is_name = !user.is_empty()
        && !user.starts_with(['-', '.'])
        && user.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if is_name { Ok(user.to_owned()) } else { Err("a user is letters, digits, dots, hyphens and underscores") }
}

fn host_and_port(text: &str) -> Result<(String, Option<u16>), &'static str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or("an IPv6 address stands in brackets")?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| "what stands in brackets is no IPv6 address")?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or("after the ] comes a :")?) })
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if host.is_empty() {
        return Err("the address names no host");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if !is_address && (host.len() > HOST_BYTES_MAX || !host.split('.').all(is_label)) {
        return Err("a host is letters, digits, hyphens and dots; others are written in Punycode (xn--…)");
    }
    // 0x7f.1 and 2130706433 are addresses to some programs and names to others.
    let last = host.rsplit('.').next().unwrap_or_default();
    if !is_address && (last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x")) {
        return Err("an address in numbers is written as four decimal numbers");
    }
    let port = match port {
        None => None,
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => match port.parse::<u16>() {
            Ok(port) if port > 0 => Some(port),
            _ => return Err("a port is a number from 1 to 65535"),
        },
        Some(_) => return Err("a port is a number from 1 to 65535"),
    };
    Ok((host.to_ascii_lowercase(), port))
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let decoded = percent_decoded(path)?;
    if decoded.chars().any(char::is_control) {
        return Err("a path has no control characters");
    }
    if decoded.split('/').any(|part| part == "." || part == "..") {
        return Err("a path has no . or .. in it");
    }
    Ok(())
}

fn query_of(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').ok_or("after the ? come name=value, with & between them")?;
        let (name, value) = (percent_decoded(name)?, percent_decoded(value)?);
        if name.chars().chain(value.chars()).any(char::is_control) {
            return Err("a parameter has no control characters");
        }
        Ok((name, value))
    };
    text.split('&').map(pair).collect()
}

/// Text with its percent-escapes decoded; it has to be UTF-8 then.
pub(super) fn percent_decoded(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or("a % stands before two hex digits")?;
        let byte = data_encoding::HEXLOWER_PERMISSIVE.decode(digits).map_err(|_| "a % stands before two hex digits")?;
        bytes.extend(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| "the path is not UTF-8 text")
}

/// Text of a parameter, with everything escaped that could end it.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b':') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart_and_written_back() {
        let url = Url::parse("GIT+SSH://git@Example.com:2222/acme/my%20kit.git?branch=main&path=a/b").unwrap();
        assert_eq!((url.scheme.as_str(), url.user.as_deref(), url.host.as_str()), ("git+ssh", Some("git"), "example.com"));
        assert_eq!(
            (url.port, url.path.as_str(), url.decoded_path().unwrap().as_str()),
            (Some(2222), "/acme/my%20kit.git", "/acme/my kit.git")
        );
        assert_eq!((url.parameter("branch"), url.parameter("path"), url.parameter("x")), (Some("main"), Some("a/b"), None));
        assert_eq!(url.to_string(), "git+ssh://git@example.com:2222/acme/my%20kit.git?branch=main&path=a/b");
        let url = Url::parse("s3://bucket?endpoint=http://[::1]:9000").unwrap();
        assert_eq!((url.path.as_str(), url.parameter("endpoint")), ("/", Some("http://[::1]:9000")));
        assert_eq!(url.to_string(), "s3://bucket/?endpoint=http://%5B::1%5D:9000");
        assert_eq!(Url::parse(&url.to_string()).unwrap(), url);
        assert_eq!(Url::parse("https://[::1]:8443/x").unwrap().authority(), "[::1]:8443");
        for (text, is_loopback) in [
            ("http://localhost/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]/", true),
            ("http://127.example.com/", false),
        ] {
            assert_eq!(Url::parse(text).unwrap().is_loopback(), is_loopback, "{text}");
        }
    }

    #[test]
    fn what_another_program_could_take_for_something_else_is_refused() {
        for (text, why) in [
            ("https:/x", "//"),
            ("https:///x", "no host"),
            ("https::https://x/", "one kind"),
            ("://x/", "one kind"),
            ("ssh://-oProxyCommand=x/y", "a host is"),
            ("ssh://-oProxyCommand@host/y", "a user is"),
            ("https://user:secret@host/", "a password"),
            ("https://a b/", "spaces"),
            ("https://a/\u{1b}[31m", "ASCII"),
            ("https://hóst/", "ASCII"),
            ("https://host/x#y", "fragment"),
            ("https://host/a/../b", ". or .."),
            ("https://host/a/%2e%2e/b", ". or .."),
            ("https://host/a%0ab", "control"),
            ("https://host/%zz", "hex digits"),
            ("https://host/%ff", "UTF-8"),
            ("https://host:0/", "port"),
            ("https://host:65536/", "port"),
            ("https://host:8x/", "port"),
            ("https://host:/", "port"),
            ("https://2130706433/", "four decimal"),
            ("https://0x7f.0.0.0x1/", "four decimal"),
            ("https://[::1/", "brackets"),
            ("https://[zz]/", "IPv6"),
            ("https://host/?a", "name=value"),
            ("https://host/?a=%00", "control"),
            ("https://ho$t/", "a host is"),
        ] {
            let found = Url::parse(text);
            assert!(matches!(found, Err(found) if found.contains(why)), "{text:?}: {found:?}");
        }
        assert!(Url::parse(&format!("https://host/{}", "a".repeat(2048))).is_err());
        let twice = Url::parse("s3://b/?region=a&region=b").unwrap();
        assert!(twice.check_parameters(&["region"]).is_err());
        assert!(Url::parse("s3://b/?region=a").unwrap().check_parameters(&["region"]).is_ok());
    }
}
