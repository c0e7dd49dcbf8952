//! What went wrong with an exchange, in the words of [`SourceError`].

use std::io;

use jiff::{Timestamp, tz::TimeZone};
use rustls::{AlertDescription, CertificateError};

use super::Reply;
use crate::source::{SourceError, error::said};

/// Why there is no answer.
pub(super) fn explain(error: &ureq::Error, name: &str, proxy: Option<&str>) -> SourceError {
    let name = name.to_owned();
    if let Some(error) = tls(error) {
        return of_tls(error, name);
    }
    let offline = |why: String| SourceError::Offline { name: name.clone(), why };
    let answer = |what: String| SourceError::Answer { name: name.clone(), what };
    match error {
        ureq::Error::ConnectProxyFailed(why) => {
            offline(format!("the proxy {} does not connect to it: {}", proxy.unwrap_or_default(), said(why)))
        }
        ureq::Error::Protocol(why) if proxy.is_none() => {
            answer(format!("answers something that is no HTTP: {}", said(&why.to_string())))
        }
        ureq::Error::Protocol(why) => answer(format!("something on the way answers what is no HTTP: {}", said(&why.to_string()))),
        ureq::Error::LargeResponseHeader(_, most) => answer(format!("sends more than {most} bytes of headers")),
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::WriteZero => offline("it closed the connection before it answered".to_owned()),
            _ => offline(said(&error.to_string())),
        },
        other => offline(said(&other.to_string())),
    }
}

/// Whether TLS could not begin since this machine has no roots to trust.
pub(super) fn is_rootless(error: &ureq::Error) -> bool {
    matches!(tls(error), Some(rustls::Error::General(_)))
}

/// The error of TLS, however deep it was wrapped on its way.
fn tls(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => {
            let inner = error.get_ref()?;
            inner.downcast_ref::<rustls::Error>().or_else(|| tls(inner.downcast_ref()?))
        }
        _ => None,
    }
}

fn of_tls(error: &rustls::Error, name: String) -> SourceError {
    let identity = |name, why: String, clock| SourceError::Identity { name, why, clock };
    match error {
        rustls::Error::InvalidCertificate(error) => {
            let (why, clock) = of_certificate(error);
            identity(name, why, clock)
        }
        rustls::Error::NoCertificatesPresented => identity(name, "it shows no certificate".to_owned(), false),
        rustls::Error::General(why) => SourceError::Setup { name, why: said(why) },
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            SourceError::Answer { name, what: "speaks no TLS that is still safe (1.2 or 1.3)".to_owned() }
        }
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
            SourceError::Answer { name, what: "does not speak TLS: is it an https server, and the right port?".to_owned() }
        }
        other => SourceError::Answer { name, what: format!("TLS failed: {}", said(&other.to_string())) },
    }
}

/// What is wrong with a certificate, and whether a wrong clock can be the cause.
fn of_certificate(error: &CertificateError) -> (String, bool) {
    let day = |seconds: u64| {
        let moment = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        moment.map(|moment| moment.to_zoned(TimeZone::UTC).date().to_string()).unwrap_or_default()
    };
    let why = match error {
        CertificateError::ExpiredContext { time, not_after } => {
            let (end, today) = (day(not_after.as_secs()), day(time.as_secs()));
            return (format!("its certificate ended on {end}; or this machine's clock is wrong: it says {today}"), true);
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let (start, today) = (day(not_before.as_secs()), day(time.as_secs()));
            return (format!("its certificate begins on {start}; or this machine's clock is wrong: it says {today}"), true);
        }
        CertificateError::Expired | CertificateError::NotValidYet => {
            return ("its certificate is not valid today; or this machine's clock is wrong".to_owned(), true);
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        CertificateError::UnknownIssuer => "nobody whom this machine trusts vouches for its certificate".to_owned(),
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        other => format!("its certificate is not to be trusted: {}", said(&other.to_string())),
    };
    (why, false)
}

/// Why an answer that came whole is none to what was asked: its status, and the start of what the server says about it.
pub(super) fn of_status(name: &str, reply: &Reply) -> SourceError {
    let name = name.to_owned();
    let status = reply.status;
    let text = page_text(&String::from_utf8_lossy(&reply.body));
    let says = if text.is_empty() { String::new() } else { format!(": {text}") };
    match status {
        401 => SourceError::Denied { name, why: format!("it wants to know who asks (401){says}") },
        403 => SourceError::Denied { name, why: format!("it does not let this user in (403){says}") },
        407 => SourceError::Denied { name, why: format!("the proxy wants to know who asks (407){says}") },
        429 | 503 => {
            let wait = reply.header("retry-after").map(said).filter(|wait| !wait.is_empty());
            let wait = wait.map(|wait| match wait.parse::<u32>() {
                Ok(seconds) => format!(", try again in {seconds} s"),
                Err(_) => format!(", try again at {wait}"),
            });
            SourceError::Answer { name, what: format!("is busy ({status}){}{says}", wait.unwrap_or_default()) }
        }
        _ => SourceError::Answer { name, what: format!("answers with status {status}{says}") },
    }
}

/// What a page says: its title if it is HTML, else its text.
fn page_text(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower.get(at..)?.find('>')? + 1;
        page.get(from..from + lower.get(from..)?.find("</title")?)
    });
    if let Some(title) = title {
        return said(title);
    }
    // Without what stands in angle brackets: the rest is what somebody would see.
    let (mut text, mut is_tag) = (String::new(), false);
    for c in page.chars() {
        match c {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if !is_tag => text.push(c),
            _ => {}
        }
    }
    said(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_to_what_they_say() {
        for (page, text) in [
            ("<html><head><TITLE>502 Bad\nGateway</title></head><body>nginx</body></html>", "502 Bad Gateway"),
            ("<Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
            ("a > b", "a > b"),
            ("plain", "plain"),
            ("<title>", ""),
            ("", ""),
        ] {
            assert_eq!(page_text(page), text, "{page}");
        }
        assert_eq!(page_text(&"é".repeat(5000)).chars().count(), 201);
    }
}
