//! Which proxy a request goes through: by the variables that other programs go by.

use ureq::{Proxy, ProxyProtocol};

use crate::source::{Outside, SourceError, url::Url};

/// A proxy, and what to call it: without its password.
#[derive(Clone)]
pub(super) struct Through {
    pub(super) proxy: Proxy,
    pub(super) shown: String,
}

/// In this order, as curl has it. `http_proxy` is not among them: plain http goes to this machine only, and never by a proxy.
const NAMED_BY: &[&str] = &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The proxy for an address, if it goes through one.
///
/// # Errors
/// [`SourceError::Setup`] when the variable holds none that kit can use: going around it unasked would be wrong.
pub(super) fn proxy_for(url: &Url, outside: &Outside, name: &str) -> Result<Option<Through>, SourceError> {
    if url.scheme != "https" || url.is_loopback() {
        return Ok(None);
    }
    let Some((variable, text)) = outside.first_of(NAMED_BY) else { return Ok(None) };
    if outside.first_of(&["no_proxy", "NO_PROXY"]).is_some_and(|(_, list)| is_exempt(&url.host, list)) {
        return Ok(None);
    }
    let fail = |why: &str| SourceError::Setup { name: name.to_owned(), why: format!("the proxy in {variable} {why}") };
    let proxy = Proxy::new(text).map_err(|_| fail("is no address such as http://proxy.example.com:3128"))?;
    let scheme = match proxy.protocol() {
        ProxyProtocol::Http => "http",
        ProxyProtocol::Https => "https",
        _ => return Err(fail("is of a kind that kit does not use: it has to begin with http:// or https://")),
    };
    let shown = format!("{scheme}://{}:{}", proxy.host(), proxy.port());
    Ok(Some(Through { proxy, shown }))
}

/// Whether a host stands in a list such as `localhost,.corp.example.com,10.0.0.7`: a domain stands for all below it, `*` for all.
fn is_exempt(host: &str, list: &str) -> bool {
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.trim_start_matches("*.").trim_start_matches('.').trim_matches(['[', ']']).to_ascii_lowercase();
        entry == "*" || host == entry || host.strip_suffix(&entry).is_some_and(|rest| rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::ChildEnvironment;

    fn asked(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let outside = Outside::new(variables, ChildEnvironment::default(), None);
        let found = proxy_for(&Url::parse(url).unwrap(), &outside, "x");
        found.map(|found| found.map(|through| through.shown)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_proxy_is_chosen_as_curl_chooses_it_and_shown_without_its_password() {
        let proxy = ("HTTPS_PROXY", "http://me:hunter2@proxy.example:3128");
        let through = Ok(Some("http://proxy.example:3128".to_owned()));
        assert_eq!(asked("https://kit.example/", &[proxy]), through);
        assert_eq!(asked("https://kit.example/", &[proxy, ("https_proxy", "other:8080")]), Ok(Some("http://other:8080".into())));
        assert_eq!(asked("https://kit.example/", &[("ALL_PROXY", "https://p")]), Ok(Some("https://p:443".into())));
        for direct in ["http://127.0.0.1/", "https://localhost/", "https://[::1]/"] {
            assert_eq!(asked(direct, &[proxy]), Ok(None), "{direct}");
        }
        for (list, expected) in [
            ("kit.example", false),
            (".example", false),
            ("example", false),
            ("*.example", false),
            ("a, KIT.example", false),
            ("*", false),
            ("it.example", true),
            ("kit.example.com", true),
            (",", true),
        ] {
            let found = asked("https://kit.example/", &[proxy, ("no_proxy", list)]).unwrap();
            assert_eq!(found.is_some(), expected, "{list}");
        }
        for wrong in ["socks5://me:hunter2@proxy.example", "http://", "ftp://hunter2"] {
            let error = asked("https://kit.example/", &[("all_proxy", wrong)]).unwrap_err();
            assert!(error.contains("all_proxy") && !error.contains("hunter2"), "{error}");
        }
    }
}
