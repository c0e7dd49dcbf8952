//! An S3 to talk to: moto behind a check of each signature (`s3_server.py`).

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
};

use crate::world::World;

/// The key that the server knows.
pub const KEY: &str = "AKIACANARYCANARY0001";
/// Its secret: it must never be seen anywhere.
pub const SECRET: &str = "canary/secret+that=nobody/may+ever=see0001";
/// The token that belongs to it: neither.
pub const TOKEN: &str = "canary-token/that+nobody=may-ever-see0001";
/// The bucket that stands there.
pub const BUCKET: &str = "acme-kits";
/// Where it is.
pub const REGION: &str = "eu-central-1";

/// One server; it ends with this.
pub struct S3 {
    server: Child,
    port: u16,
    log: PathBuf,
}

/// One request that it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub status: u64,
    pub headers: Vec<(String, String)>,
}

impl S3 {
    /// Starts one, empty but for its bucket.
    pub fn start(world: &World) -> Self {
        let log = world.path("s3.log");
        let mut command = world.command(python());
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/s3_server.py")).arg(&log);
        command.args([BUCKET, KEY, SECRET, TOKEN, REGION]).stdout(Stdio::piped());
        let mut server = command.spawn().expect("python starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the port of the S3 server; see its standard error");
        Self { server, port, log }
    }

    /// A folder there as an address.
    pub fn address(&self, folder: &str) -> String {
        format!("s3://{BUCKET}/{folder}?endpoint={}&region={REGION}", self.endpoint())
    }

    /// The server's own address.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let entry = |line: &str| {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let headers = entry["headers"].as_object().unwrap();
            Seen {
                method: text(&entry["method"]),
                target: text(&entry["target"]),
                status: entry["status"].as_u64().unwrap(),
                headers: headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            }
        };
        log.lines().map(entry).collect()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The Python that has moto.
fn python() -> PathBuf {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers/python/bin/python3"));
    assert!(path.is_file(), "{} is missing: scripts/test installs it, and moto into it", path.display());
    path
}

/// The variables of somebody who may use it.
pub fn variables() -> [(&'static str, &'static str); 3] {
    [("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SESSION_TOKEN", TOKEN)]
}
