//! A command that prints credentials, such as `aws configure export-credentials --format process`.

use std::{ffi::OsStr, time::Duration};

use serde::Deserialize;

use super::{AwsKeys, Credentials};
use crate::{
    program::{Call, ChildEnvironment, CommandLine, Limit, ProgramError},
    source::{Bounds, Outside, SourceError, error::said},
};

/// How long the command may take: nobody is there to type something.
const TIME: Duration = Duration::from_secs(10);

/// What messages call it before it belongs to a source.
const SUBJECT: &str = "the command that prints credentials";

/// A command that prints credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialCommand(pub CommandLine);

/// What such commands print as JSON: the form of AWS's `credential_process`, or one of three of our own.
#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "Version")]
    version: Option<u64>,
    #[serde(rename = "AccessKeyId")]
    id: Option<String>,
    #[serde(rename = "SecretAccessKey")]
    secret: Option<String>,
    #[serde(rename = "SessionToken")]
    token: Option<String>,
    #[serde(rename = "Expiration")]
    expires: Option<String>,
    username: Option<String>,
    password: Option<String>,
    bearer: Option<String>,
    sas: Option<String>,
}

impl CredentialCommand {
    /// Reads a line such as `aws configure export-credentials --format process`. The program is looked for once, in the
    /// absolute folders of PATH, and from then on meant by its absolute path.
    ///
    /// # Errors
    /// [`SourceError::Setup`] says what is wrong with the line.
    pub fn parse(line: &str, environment: &ChildEnvironment) -> Result<Self, SourceError> {
        let fail = |why: String| SourceError::Setup { name: SUBJECT.to_owned(), why };
        CommandLine::parse(line, environment).map(Self).map_err(|error| fail(error.to_string()))
    }

    /// The program and its arguments, as settings keep them.
    pub fn words(&self) -> Vec<String> {
        self.0.words()
    }

    /// Runs it and reads what it prints: JSON in the form of AWS's `credential_process`, `{"username":…,"password":…}`,
    /// `{"bearer":…}` or `{"sas":…}`, or one line that is a token or a shared access signature. `name` is the source's.
    ///
    /// # Errors
    /// [`SourceError::Setup`]: it is not there, failed, took longer than 10 s, or printed something else. Nothing that it
    /// printed is repeated.
    pub fn run(&self, outside: &Outside, bounds: &Bounds, name: &str) -> Result<Credentials, SourceError> {
        let shown = self.0.program.display();
        let fail = |why: String| SourceError::Setup { name: name.to_owned(), why: format!("its credentials: {why}") };
        let variables: Vec<(&str, &OsStr)> = outside.variables().collect();
        let limit = Limit::Within(TIME.min(bounds.left()));
        let call = Call { stop: Some(&bounds.stop), variables: &variables, ..Call::new(&[], limit) };
        let called = self.0.call(&outside.children, &call);
        let called = called.ok_or_else(|| fail(format!("{shown} is not there any more, or no program")))?;
        let output = called.map_err(|error| match error {
            ProgramError::TimedOut { .. } if bounds.stop.is_stopped() => {
                SourceError::Stopped { name: name.to_owned(), seconds: bounds.elapsed().as_secs() }
            }
            error => fail(error.to_string()),
        })?;
        if !output.status.success() {
            return Err(fail(format!("{shown} failed ({}) {}", output.status, said(&output.said)).trim_end().to_owned()));
        }
        let text = std::str::from_utf8(&output.stdout).map_err(|_| fail(format!("{shown} printed no text")))?;
        let credentials = printed(text).map_err(|why| fail(format!("{shown} {why}")))?;
        if let (Some(expires), Some(now)) = (credentials.aws().and_then(|keys| keys.expires), outside.now())
            && expires <= now
        {
            return Err(fail(format!("those that {shown} gave have expired ({expires})")));
        }
        bounds.step(format!("credentials: {}, from {shown}", credentials.kind()));
        Ok(credentials)
    }
}

/// Reads what was printed. The reasons repeat nothing of it.
fn printed(text: &str) -> Result<Credentials, &'static str> {
    let text = text.trim();
    if !text.starts_with('{') {
        return match text {
            "" => Err("printed nothing"),
            line => Credentials::of_line(line).ok_or("printed neither JSON nor one line that is a token"),
        };
    }
    // The reasons of the parser quote what they stumble over.
    let found: Printed = serde_json::from_str(text).map_err(|_| "printed JSON that is no credentials")?;
    let wanted = |text: Option<String>| text.filter(|text| super::is_sendable(text));
    match found {
        Printed { id: Some(id), secret: Some(secret), token, expires, version, .. } => {
            if version.is_some_and(|version| version != 1) {
                return Err("printed credentials of a version that kit does not know");
            }
            let expires = expires.map(|time| time.parse()).transpose().map_err(|_| "printed a strange time of expiry")?;
            let keys = AwsKeys::new(&id, &secret, token.as_deref()).map_err(|_| "printed keys with strange characters")?;
            Ok(Credentials::Aws(AwsKeys { expires, ..keys }))
        }
        // A password may be any text but one that breaks the line it is sent in: it is encoded.
        Printed { username: Some(username), password: Some(password), .. } if !username.contains([':', '\n', '\r']) => {
            Ok(Credentials::Basic { username, password: password.into() })
        }
        Printed { bearer, sas, .. } => match (wanted(bearer), wanted(sas)) {
            (Some(token), None) => Ok(Credentials::Bearer(token.into())),
            (None, Some(query)) => Ok(Credentials::Sas(query.strip_prefix('?').unwrap_or(&query).into())),
            _ => Err("printed JSON that is no credentials"),
        },
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn environment(path: &str) -> ChildEnvironment {
        ChildEnvironment::from_vars([("PATH".into(), path.into())])
    }

    fn outside() -> Outside {
        let vars = [("AWS_PROFILE", "kit"), ("AWS_REGION", "eu-west-1"), ("LD_PRELOAD", "/evil.so")];
        let now = "2026-11-18T02:12:00Z".parse().unwrap();
        Outside::new(vars.map(|(name, value)| (name.into(), value.into())), environment("/usr/bin:/bin"), None).at(now)
    }

    fn shell(script: &str) -> CredentialCommand {
        CredentialCommand(CommandLine { program: "/bin/sh".into(), arguments: vec!["-c".to_owned(), script.to_owned()] })
    }

    fn run(script: &str) -> Result<Credentials, String> {
        shell(script).run(&outside(), &Bounds::of(0), "s3://b/").map_err(|error| error.to_string())
    }

    #[test]
    fn a_line_becomes_a_program_by_its_absolute_path() {
        let found = CredentialCommand::parse("sh -c 'echo a b'", &environment("relative:.:/nowhere:/bin")).unwrap();
        assert_eq!(found.words(), ["/bin/sh", "-c", "echo a b"]);
        for (line, why) in [
            ("", "empty"),
            ("./sh", "absolute path"),
            ("bin/sh", "absolute path"),
            ("/bin", "absolute path"),
            ("no-such-program x", "folders of PATH"),
            ("sh -c a | head", "without a shell"),
        ] {
            let error = CredentialCommand::parse(line, &environment(".:/bin")).unwrap_err().to_string();
            assert!(error.contains(why), "{line:?}: {error}");
        }
    }

    #[test]
    fn each_form_is_read() {
        let json = |text: &str| run(&format!("printf %s '{text}'")).unwrap();
        let keys = json(
            r#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s/+=","SessionToken":"t","Expiration":"2026-11-18T03:12:00+00:00"}"#,
        );
        let keys = keys.aws().unwrap();
        assert_eq!((keys.id.as_str(), keys.secret.expose_secret()), ("AKIA", "s/+="));
        assert_eq!(keys.token.as_ref().unwrap().expose_secret(), "t");
        let basic = json(r#"{"username":"dana","password":"a b\n"}"#);
        assert_eq!(basic.basic().map(|(name, password)| (name, password.expose_secret())), Some(("dana", "a b\n")));
        assert_eq!(json(r#"{"bearer":"abc"}"#).bearer().unwrap().expose_secret(), "abc");
        assert_eq!(json(r#"{"sas":"?sv=1&sig=x"}"#).sas().unwrap().expose_secret(), "sv=1&sig=x");
        assert_eq!(run("echo sv=1\\&sig=x").unwrap().kind(), "a shared access signature");
        assert_eq!(run("printf token").unwrap().kind(), "a token");
    }

    #[test]
    fn what_is_no_credential_is_refused_and_never_repeated() {
        for (script, why) in [
            ("true", "printed nothing"),
            ("echo canary two", "neither JSON"),
            ("printf 'canary\\ncanary'", "neither JSON"),
            ("printf '{\"AccessKeyId\":\"canary\"'", "no credentials"),
            ("printf '{\"AccessKeyId\":7,\"SecretAccessKey\":\"canary\"}'", "no credentials"),
            ("printf '{\"Version\":\"canary\"}'", "no credentials"),
            ("printf '{\"Version\":2,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"canary\"}'", "a version"),
            ("printf '{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"canary\",\"Expiration\":\"canary\"}'", "time of expiry"),
            (
                "printf '{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"canary\",\"Expiration\":\"2026-11-18T02:11:59Z\"}'",
                "have expired (2026-11-18T02:11:59Z)",
            ),
            ("printf '{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"canary canary\"}'", "strange characters"),
            ("printf '{\"bearer\":\"canary\\\\n\"}'", "no credentials"),
            ("printf '\\377'", "no text"),
            ("printf canary; echo the token has expired >&2; exit 255", "the token has expired"),
            ("yes canary", "more than 65536 bytes"),
        ] {
            let error = run(script).unwrap_err();
            assert!(
                error.contains(why) && error.starts_with("s3://b/: its credentials: /bin/sh") || error.contains("those that"),
                "{script}: {error}"
            );
            assert!(!error.contains("canary"), "{script}: {error}");
        }
        let gone = CredentialCommand(CommandLine { program: "/nowhere/aws".into(), arguments: Vec::new() });
        let error = gone.run(&outside(), &Bounds::of(0), "s3://b/").unwrap_err().to_string();
        assert!(error.contains("/nowhere/aws is not there"), "{error}");
    }

    #[test]
    fn it_sees_what_sources_may_see_and_ends_when_nobody_waits() {
        let seen = run("test \"$AWS_PROFILE$AWS_REGION$LD_PRELOAD\" = kiteu-west-1 && echo yes").unwrap();
        assert_eq!(seen.bearer().unwrap().expose_secret(), "yes");
        let bounds = Bounds::of(0);
        bounds.stop.stop();
        let error = shell("exec sleep 1000").run(&outside(), &bounds, "s3://b/").unwrap_err();
        assert!(matches!(error, SourceError::Stopped { .. }), "{error}");
    }
}
