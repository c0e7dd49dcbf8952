//! An Azure Blob Storage to talk to: Azurite, Microsoft's own emulator, which checks each shared access signature.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
    thread,
};

use data_encoding::BASE64;
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use crate::world::{World, peer};

/// The account that stands there.
pub const ACCOUNT: &str = "acmekits";
/// Its container.
pub const CONTAINER: &str = "team";
/// The key of the account, which signs: 32 bytes.
const KEY: &[u8; 32] = b"canary: the key of the account!!";
/// The version that signatures are made for.
const VERSION: &str = "2021-12-02";

/// One server; it ends with this.
pub struct Azurite {
    server: Child,
    port: u16,
}

impl Azurite {
    /// Starts one, empty but for its container.
    pub fn start(world: &World) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers/node/node_modules/azurite/dist/src/blob/main.js");
        assert!(Path::new(script).is_file(), "{script} is missing: scripts/test installs it");
        let mut command = world.command(peer("node"));
        command.args([script, "--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry"]);
        command.env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{}", BASE64.encode(KEY)));
        let mut server = command.stdout(Stdio::piped()).spawn().expect("node starts");
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("azurite says where it listens").unwrap();
            if let Some((_, address)) = line.split_once("successfully listens on http://127.0.0.1:") {
                break address.trim().parse().unwrap();
            }
        };
        // It goes on to note each request there.
        thread::spawn(move || lines.for_each(drop));
        let azurite = Self { server, port };
        azurite.make_container();
        azurite
    }

    /// A folder of the container as an address.
    pub fn address(&self, folder: &str) -> String {
        format!("azblob://{ACCOUNT}/{CONTAINER}/{folder}?endpoint=http://127.0.0.1:{}/{ACCOUNT}", self.port)
    }

    /// A shared access signature for the container: `permissions` of `racwdl`, until `end`.
    pub fn sas(&self, permissions: &str, end: Timestamp) -> String {
        let end = end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let fields = [
            permissions,
            "",
            &end,
            &format!("/blob/{ACCOUNT}/{CONTAINER}"),
            "",
            "",
            "",
            VERSION,
            "c",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ];
        let signature = escaped(&signature(&fields.join("\n")));
        format!("sp={permissions}&se={}&sv={VERSION}&sr=c&sig={signature}", escaped(&end))
    }

    fn make_container(&self) {
        let end = (Timestamp::now() + 1.hour()).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let fields = [ACCOUNT, "c", "b", "c", "", &end, "", "", VERSION, "", ""];
        let signature = escaped(&signature(&fields.join("\n")));
        let query = format!("restype=container&sp=c&ss=b&srt=c&se={}&sv={VERSION}&sig={signature}", escaped(&end));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!(
            "PUT /{ACCOUNT}/{CONTAINER}?{query} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nx-ms-version: {VERSION}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn escaped(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace(':', "%3A")
}

/// HMAC-SHA256 (RFC 2104) with the account's key, in base64.
fn signature(text: &str) -> String {
    let block = |pad: u8| -> Vec<u8> { (0..64).map(|at| KEY.get(at).copied().unwrap_or(0) ^ pad).collect() };
    let inner = Sha256::new().chain_update(block(0x36)).chain_update(text).finalize();
    BASE64.encode(&Sha256::new().chain_update(block(0x5c)).chain_update(inner).finalize())
}
