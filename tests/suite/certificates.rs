//! Certificates for tests, by `openssl`: an authority of a test's own, and what it vouches for.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::world::peer;

/// An authority and its folder.
pub struct Authority(PathBuf);

/// The two files that a server has.
pub struct Certificate {
    /// The certificate.
    pub file: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

const SETTINGS: &str = "[ca]\ndefault_ca = all\n[all]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\n\
    certificate = ca.pem\nprivate_key = ca.key\ndefault_md = sha256\npolicy = any\nunique_subject = no\ncopy_extensions = copy\n\
    [any]\ncommonName = supplied\n[req]\ndistinguished_name = name\n[name]\n";

impl Authority {
    /// Makes one in a new folder.
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let authority = Self(folder.to_owned());
        for (name, text) in [("settings", SETTINGS), ("index.txt", ""), ("serial", "01\n")] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        authority.openssl(
            "req -config settings -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 3650 \
             -subj /CN=Authority -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
        );
        authority
    }

    /// The file that says to trust it.
    pub fn file(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    /// A certificate for `san` (`DNS:kit.test,IP:127.0.0.1`), valid from one moment to another (`20260101000000Z`).
    pub fn vouches_for(&self, name: &str, san: &str, from: &str, to: &str) -> Certificate {
        self.openssl(&format!(
            "req -config settings -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {name}.key -out {name}.csr \
             -subj /CN={name} -addext subjectAltName={san}"
        ));
        self.openssl(&format!(
            "ca -config settings -batch -notext -in {name}.csr -out {name}.pem -startdate {from} -enddate {to}"
        ));
        self.files(name)
    }

    /// A certificate for `san` that nobody vouches for.
    pub fn self_signed(&self, name: &str, san: &str) -> Certificate {
        self.openssl(&format!(
            "req -config settings -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {name}.key -out {name}.pem \
             -days 3650 -subj /CN={name} -addext subjectAltName={san}"
        ));
        self.files(name)
    }

    fn files(&self, name: &str) -> Certificate {
        Certificate { file: self.0.join(format!("{name}.pem")), key: self.0.join(format!("{name}.key")) }
    }

    fn openssl(&self, words: &str) {
        let output = Command::new(peer("openssl")).args(words.split_whitespace()).current_dir(&self.0).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
