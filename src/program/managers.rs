//! What password managers may see of the environment besides what every child sees.

use std::ffi::OsString;

use super::ChildEnvironment;

/// Where they keep things, how they reach their servers, and what lets them in. Each is documented in docs/environment.md; `*`
/// stands for any ending.
const MANAGERS: &[&str] = &[
    // 1Password
    "OP_ACCOUNT",
    "OP_CONFIG_DIR",
    "OP_CONNECT_HOST",
    "OP_CONNECT_TOKEN",
    "OP_SERVICE_ACCOUNT_TOKEN",
    "OP_SESSION_*",
    // Bitwarden
    "BITWARDENCLI_APPDATA_DIR",
    "BW_SESSION",
    "NODE_EXTRA_CA_CERTS",
    // HashiCorp Vault
    "VAULT_ADDR",
    "VAULT_CACERT",
    "VAULT_CLIENT_CERT",
    "VAULT_CLIENT_KEY",
    "VAULT_NAMESPACE",
    "VAULT_TOKEN",
    // pass, gopass, GnuPG
    "GNUPGHOME",
    "GOPASS_HOMEDIR",
    "GPG_TTY",
    "PASSWORD_STORE_DIR",
    // All
    "ALL_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "all_proxy",
    "https_proxy",
    "no_proxy",
];

impl ChildEnvironment {
    /// Keeps what password managers may see of the caller's environment.
    pub fn for_managers(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self::keeping(vars, |name| {
            MANAGERS.iter().any(|known| match known.strip_suffix('*') {
                Some(start) => name.len() > start.len() && name.starts_with(start),
                None => name == *known,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../docs/environment.md");

    #[test]
    fn f12_managers_see_their_own_and_no_other() {
        let names = [
            "OP_SESSION_acme",
            "OP_SESSION_",
            "OP_X",
            "BW_SESSION",
            "HOME",
            "LD_PRELOAD",
            "BASH_ENV",
            "NODE_OPTIONS",
            "PERL5LIB",
        ];
        let environment = ChildEnvironment::for_managers(names.map(|name| (name.into(), "x".into())));
        let seen: Vec<&str> = names.into_iter().filter(|name| environment.get(name).is_some()).collect();
        assert_eq!(seen, ["OP_SESSION_acme", "BW_SESSION", "HOME"]);
        assert!(!format!("{environment:?}").contains("\"x\""), "names only: {environment:?}");
    }

    #[test]
    fn each_is_documented() {
        for name in MANAGERS {
            assert!(PAGE.contains(&format!("`{name}`")), "docs/environment.md lacks {name}");
        }
    }
}
