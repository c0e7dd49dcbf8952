//! Where a request may go: which redirects are followed, and which addresses a name may stand for. Pure: no packet leaves here.

use std::net::{IpAddr, Ipv6Addr};

use crate::source::url::Url;

/// Most redirects of one request.
pub(super) const HOPS_MAX: usize = 3;

/// Why a redirect is not followed: where to (scheme and host), and the rule.
pub(super) type Refused = (String, &'static str);

/// Where a redirect from `at` leads, in parts and as it was written, when it is one that is followed: to the same host, by
/// https (plain http stays on this machine, as it began).
pub(super) fn follow(at: &Url, location: &str) -> Result<(Url, String), Refused> {
    let absolute = absolute(at, location);
    let shown = shown(&absolute);
    let to = parts(&absolute).map_err(|why| (shown.clone(), why))?;
    let refuse = |why| Err((shown, why));
    match (at.scheme.as_str(), to.scheme.as_str()) {
        ("https" | "http", "https") => {}
        ("http", "http") if at.is_loopback() && to.is_loopback() => {}
        ("https", "http") => return refuse("which is not encrypted"),
        _ => return refuse("which is another kind of address"),
    }
    if to.user.is_some() {
        return refuse("which holds a user name");
    }
    if to.host != at.host {
        return match to.host.parse::<IpAddr>() {
            Ok(address) if !is_public(address) => refuse("an address inside somebody's own network"),
            _ => refuse("another host: if that is right, name it as the source instead"),
        };
    }
    Ok((to, absolute))
}

/// An address in parts. Its query may be a signature: it is nothing to decide by, and is sent as it came.
pub(super) fn parts(url: &str) -> Result<Url, &'static str> {
    Url::parse(url.split('?').next().unwrap_or_default())
}

/// Whether credentials may go along: the same scheme, host and port.
pub(super) fn is_same_origin(one: &Url, other: &Url) -> bool {
    (&one.scheme, &one.host, port_of(one)) == (&other.scheme, &other.host, port_of(other))
}

/// The port of an address, the usual one where none is written.
pub(super) fn port_of(url: &Url) -> u16 {
    url.port.unwrap_or(if url.scheme == "http" { 80 } else { 443 })
}

/// Whether `host`, which the user wrote, may stand at this address. An address that was written stands for itself, whatever it
/// is, and so may a server within the user's own network. But no server that was named stands at addresses that every machine
/// has for itself, where cloud machines keep their secrets, and `localhost` is this machine and no other.
pub(super) fn check_address(host: &str, address: IpAddr) -> Result<(), &'static str> {
    if host.parse::<IpAddr>().is_ok_and(|written| written == address) {
        return Ok(());
    }
    let address = plain(address);
    if host == "localhost" && !address.is_loopback() {
        return Err("localhost has to be this machine");
    }
    if is_nobodys(address) {
        return Err("no server has such an address");
    }
    if is_link_local(address) {
        return Err("such an address means another machine everywhere; a cloud keeps its machines' secrets at one");
    }
    Ok(())
}

/// Whether an address is one of the internet, as far as can be told without asking it.
fn is_public(address: IpAddr) -> bool {
    let address = plain(address);
    if is_nobodys(address) || is_link_local(address) || address.is_loopback() {
        return false;
    }
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // 100.64.0.0/10 is shared by carriers (RFC 6598), 198.18.0.0/15 is for tests of networks (RFC 2544).
            !(v4.is_private() || (a == 100 && b & 0xc0 == 64) || (a == 198 && b & 0xfe == 18))
        }
        // fc00::/7 is private (RFC 4193).
        IpAddr::V6(v6) => v6.octets().first().is_some_and(|first| first & 0xfe != 0xfc),
    }
}

/// Unspecified, broadcast, reserved and multicast addresses.
fn is_nobodys(address: IpAddr) -> bool {
    address.is_unspecified()
        || address.is_multicast()
        || matches!(address, IpAddr::V4(v4) if v4.octets().first().is_some_and(|first| *first == 0 || *first >= 240))
}

/// 169.254.0.0/16, fe80::/10, and the one address in fd00:ec2::/32 where a cloud keeps its machines' secrets.
fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xffc0 == 0xfe80 || (first, second) == (0xfd00, 0x0ec2)
        }
    }
}

/// The IPv4 address within an IPv6 one that only wraps it: mapped, compatible, or by 64:ff9b::/96 (RFC 6052).
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4.into();
    }
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, a, b] | [0, 0, 0, 0, 0, 0, a, b] if v6 != Ipv6Addr::LOCALHOST && !v6.is_unspecified() => {
            let [a, b] = [a.to_be_bytes(), b.to_be_bytes()];
            IpAddr::from([a[0], a[1], b[0], b[1]])
        }
        _ => address,
    }
}

/// The address that a `Location` means (RFC 3986, 5.2): absolute, on the same host, or beside the one that was asked for.
fn absolute(at: &Url, location: &str) -> String {
    let has_scheme = location.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    if has_scheme {
        return location.to_owned();
    }
    let place = format!("{}://{}", at.scheme, at.authority());
    if let Some(rest) = location.strip_prefix("//") {
        return format!("{}://{rest}", at.scheme);
    }
    if location.starts_with('/') {
        return place + location;
    }
    let folder = at.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{place}{folder}/{location}")
}

/// Scheme and host of an address, without what may be a secret in it.
fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return format!("{}:…", address.split(':').next().unwrap_or_default());
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}/…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a13_only_the_same_host_is_followed_and_never_to_less_protection() {
        for (at, location, to) in [
            ("https://kit.example/a/b", "/c/bundle.kit", "https://kit.example/c/bundle.kit"),
            ("https://kit.example/a/b", "c", "https://kit.example/a/c"),
            ("https://kit.example/a/b", "https://KIT.example:8443/c?d=e", "https://kit.example:8443/c"),
            ("https://kit.example/a/b", "//kit.example/c", "https://kit.example/c"),
            ("http://127.0.0.1:8080/a", "https://127.0.0.1/c", "https://127.0.0.1/c"),
            ("http://127.0.0.1:8080/a", "/c", "http://127.0.0.1:8080/c"),
            ("https://10.0.0.7/a", "/c", "https://10.0.0.7/c"),
        ] {
            let found = follow(&url(at), location).map(|(parts, _)| parts.to_string());
            assert_eq!(found, Ok(to.to_owned()), "{at} to {location}");
        }
        for (at, location, shown, why) in [
            ("https://kit.example/a", "http://kit.example/a", "http://kit.example/…", "not encrypted"),
            ("http://127.0.0.1/a", "http://kit.example/a", "http://kit.example/…", "another kind"),
            ("https://kit.example/a", "file:///etc/passwd", "file:///…", "no host"),
            ("https://kit.example/a", "ftp://kit.example/a", "ftp://kit.example/…", "another kind"),
            ("https://kit.example/a", "gopher://kit.example/a", "gopher://kit.example/…", "another kind"),
            ("https://kit.example/a", "https://evil.example/?secret", "https://evil.example/…", "another host"),
            ("https://kit.example/a", "https://kit.example.evil.example/", "https://kit.example.evil.example/…", "another host"),
            ("https://kit.example/a", "https://me:hunter2@evil.example/", "https://evil.example/…", "password"),
            ("https://kit.example/a", "https://me@kit.example/", "https://kit.example/…", "user name"),
            ("https://kit.example/a", "https://169.254.169.254/latest/", "https://169.254.169.254/…", "own network"),
            ("https://kit.example/a", "https://[fd00:ec2::254]/", "https://[fd00:ec2::254]/…", "own network"),
            ("https://kit.example/a", "https://[::ffff:127.0.0.1]/", "https://[::ffff:127.0.0.1]/…", "own network"),
            ("https://kit.example/a", "https://10.1.2.3/", "https://10.1.2.3/…", "own network"),
            ("https://kit.example/a", "https://127.0.0.1/", "https://127.0.0.1/…", "own network"),
            ("https://kit.example/a", "https://2130706433/", "https://2130706433/…", "four decimal"),
            ("https://kit.example/a", "https://kit.example/../../x", "https://kit.example/…", ".."),
            ("https://kit.example/a", "javascript:alert(1)", "javascript:…", "//"),
            ("https://kit.example/a", "https://kit.example/a b", "https://kit.example/…", "spaces"),
            ("https://10.0.0.7/a", "https://10.0.0.8/a", "https://10.0.0.8/…", "own network"),
        ] {
            match follow(&url(at), location) {
                Err((to, found)) => assert!(to == shown && found.contains(why), "{at} to {location}: {to} {found}"),
                Ok((to, _)) => panic!("{at} to {location} is followed to {to}"),
            }
        }
    }

    #[test]
    fn a13_credentials_stay_at_one_origin() {
        let at = url("https://kit.example/a");
        assert!(is_same_origin(&at, &url("https://kit.example:443/b")));
        for other in ["https://kit.example:8443/a", "http://kit.example:443/a", "https://kit.exampl/a"] {
            assert!(!is_same_origin(&at, &url(other)), "{other}");
        }
    }

    #[test]
    fn a13_a_name_may_not_stand_for_addresses_that_no_server_has() {
        let check = |host: &str, address: &str| check_address(host, address.parse().unwrap());
        for (host, address) in [
            ("kit.example", "93.184.216.34"),
            ("kit.example", "10.0.0.7"),
            ("kit.example", "fd12:3456::1"),
            ("kit.example", "2606:2800:220:1::1"),
            ("kit.example", "127.0.0.1"),
            ("localhost", "127.0.0.1"),
            ("localhost", "::1"),
            ("169.254.169.254", "169.254.169.254"),
            ("fe80::1", "fe80::1"),
        ] {
            assert_eq!(check(host, address), Ok(()), "{host} at {address}");
        }
        for (host, address) in [
            ("kit.example", "169.254.169.254"),
            ("kit.example", "::ffff:169.254.169.254"),
            ("kit.example", "::169.254.169.254"),
            ("kit.example", "64:ff9b::169.254.169.254"),
            ("kit.example", "fd00:ec2::254"),
            ("kit.example", "fe80::1"),
            ("kit.example", "0.0.0.0"),
            ("kit.example", "::"),
            ("kit.example", "255.255.255.255"),
            ("kit.example", "224.0.0.1"),
            ("kit.example", "ff02::1"),
            ("localhost", "93.184.216.34"),
            ("localhost", "10.0.0.1"),
            ("169.254.1.1", "169.254.169.254"),
        ] {
            assert!(check(host, address).is_err(), "{host} at {address}");
        }
    }

    #[test]
    fn what_is_public_is_told_from_what_is_somebodys_own() {
        for (address, expected) in [
            ("8.8.8.8", true),
            ("2001:4860:4860::8888", true),
            ("172.15.0.1", true),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("198.18.0.1", false),
            ("fc00::1", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::10.0.0.1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }
}
