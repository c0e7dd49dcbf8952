//! A profile of AWS's own files, `~/.aws/config` and `~/.aws/credentials`: what its tools keep there is read, not all that
//! they can do with it.

use std::path::{Path, PathBuf};

use super::{AwsKeys, CredentialCommand};
use crate::{
    disk::{self, DiskError, Guard},
    source::{Bounds, Outside, SourceError},
};

/// Most bytes of such a file.
const BYTES_MAX: u64 = 1 << 20;

/// What one profile says.
#[derive(Debug, Default)]
pub(in crate::source) struct AwsProfile {
    /// Where the bucket is.
    pub(in crate::source) region: Option<String>,
    /// Which server.
    pub(in crate::source) endpoint: Option<String>,
    /// Its keys, or how to get them.
    pub(super) keys: ProfileKeys,
}

/// Which keys a profile has.
#[derive(Debug, Default)]
pub(super) enum ProfileKeys {
    /// None.
    #[default]
    None,
    /// Keys that stand there.
    Static(AwsKeys),
    /// A command that prints them.
    Command(CredentialCommand),
    /// Only AWS's own tools can get them: single sign-on, a role.
    Elsewhere,
}

/// The settings of one section; a name that stands twice has its last value.
type Section = Vec<(String, String)>;

impl AwsProfile {
    /// Reads the profile of this name, or the one that AWS_PROFILE names, or `default`, from the files that AWS's tools
    /// use. `name` is the source's.
    ///
    /// # Errors
    /// [`SourceError::Setup`] when a profile that was named is not there, or a file cannot be read.
    pub(in crate::source) fn read(
        wanted: Option<&str>,
        outside: &Outside,
        bounds: &Bounds,
        name: &str,
    ) -> Result<Self, SourceError> {
        let fail = |why: String| SourceError::Setup { name: name.to_owned(), why };
        let named = wanted.or_else(|| outside.variable("AWS_PROFILE"));
        let profile = named.unwrap_or("default");
        let mut section: Option<Section> = None;
        for (variable, file, is_config) in
            [("AWS_CONFIG_FILE", "config", true), ("AWS_SHARED_CREDENTIALS_FILE", "credentials", false)]
        {
            let beside_home = || Some(outside.path("HOME")?.join(".aws").join(file));
            let Some(path) = outside.path(variable).map(Path::to_owned).or_else(beside_home) else { continue };
            let Some(text) = text_of(&path, bounds).map_err(|error| fail(error.to_string()))? else { continue };
            // What stands in the file of keys counts, if both say it.
            if let Some(found) = section_of(&text, profile, is_config) {
                section.get_or_insert_default().extend(found);
            }
        }
        let Some(section) = section else {
            return match named {
                Some(_) => {
                    Err(fail(format!("there is no profile {profile} in the files of AWS (~/.aws/config, ~/.aws/credentials)")))
                }
                None => Ok(Self::default()),
            };
        };
        let value = |wanted: &str| section.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let keys = match (value("aws_access_key_id"), value("aws_secret_access_key"), value("credential_process")) {
            (Some(id), Some(secret), _) => {
                let keys = AwsKeys::new(id, secret, value("aws_session_token"));
                ProfileKeys::Static(keys.map_err(|why| fail(format!("profile {profile}: {why}")))?)
            }
            (_, _, Some(line)) => ProfileKeys::Command(CredentialCommand::parse(line, &outside.children)?),
            _ if section.iter().any(|(key, _)| key.starts_with("sso_") || key == "role_arn" || key == "login_session") => {
                ProfileKeys::Elsewhere
            }
            _ => ProfileKeys::None,
        };
        Ok(Self { region: value("region").map(str::to_owned), endpoint: value("endpoint_url").map(str::to_owned), keys })
    }
}

/// The text of a file, which may be a link; [`None`] when it is not there. Others should not be able to read it: that is
/// said, but AWS's tools take such a file, so it is no reason to be without a kit.
fn text_of(path: &Path, bounds: &Bounds) -> Result<Option<String>, DiskError> {
    let path: PathBuf = match disk::real(path) {
        Err(DiskError::Missing { .. }) => return Ok(None),
        path => path?,
    };
    let bytes = match disk::read_private(&path, BYTES_MAX, Guard::Unreadable) {
        Err(error @ (DiskError::Readable { .. } | DiskError::Exposed { .. } | DiskError::Foreign { .. })) => {
            bounds.step(format!("warning: {error}"));
            disk::read(&path, BYTES_MAX)?
        }
        bytes => bytes?,
    };
    let text = String::from_utf8(bytes);
    Ok(Some(text.map_err(|e| DiskError::NotText { path, offset: e.utf8_error().valid_up_to() })?))
}

/// The settings of one profile; [`None`] when it has no section. Lines that are indented belong to a setting above them,
/// and none of those is read.
fn section_of(text: &str, profile: &str, is_config: bool) -> Option<Section> {
    let mut found: Option<Section> = None;
    let mut is_inside = false;
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(head) = bare.strip_prefix('[') {
            let head = head.split(']').next().unwrap_or_default().trim();
            let plain = match head.strip_prefix("profile") {
                Some(rest) if is_config && rest.starts_with([' ', '\t']) => rest.trim().trim_matches(['"', '\'']),
                _ if is_config && head != "default" => "",
                _ => head,
            };
            is_inside = plain == profile;
            if is_inside {
                found.get_or_insert_default();
            }
            continue;
        }
        if let (true, false, Some((key, value))) = (is_inside, line.starts_with([' ', '\t']), bare.split_once('=')) {
            found.get_or_insert_default().push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "# ours\n[default]\nregion = eu-west-1\ns3 =\n  endpoint_url = http://nested\n\n[profile kit]\nregion=eu-north-1\r\nendpoint_url = https://minio.example.com\n[profile \"two words\"]\nregion = x\n[sso-session kit]\nregion = wrong\n[kit]\nregion = wrong\n";

    #[test]
    fn a_profile_is_found_by_its_own_name_in_each_file() {
        let pairs = |text: &str, profile, is_config| section_of(text, profile, is_config);
        let own =
            |pairs: &[(&str, &str)]| Some(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Section>());
        assert_eq!(pairs(CONFIG, "default", true), own(&[("region", "eu-west-1"), ("s3", "")]));
        assert_eq!(pairs(CONFIG, "kit", true), own(&[("region", "eu-north-1"), ("endpoint_url", "https://minio.example.com")]));
        assert_eq!(pairs(CONFIG, "two words", true), own(&[("region", "x")]));
        assert_eq!(pairs(CONFIG, "missing", true), None);
        assert_eq!(pairs(CONFIG, "kit", false), own(&[("region", "wrong")]));
        assert_eq!(pairs("[kit]\n[other]\na=1", "kit", false), own(&[]));
        assert_eq!(pairs("a=1\n[", "kit", false), None);
    }
}
