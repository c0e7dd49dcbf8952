//! An OpenSSH server on loopback with a key of its own, and a user whose `ssh` knows it: real programs, nothing of this
//! machine's own ssh touched.
//!
//! OpenSSH finds a user's files by the password database, never by `HOME`. So the world's user has programs `ssh` and `sftp`
//! first in `PATH` that run the system's with `-F`, which names another configuration: key and known hosts stand in it, where
//! a user would have them in `~/.ssh`.
//!
//! ```text
//! let world = World::new();
//! let mut sshd = Sshd::start(&world, &[]);
//! let user = sshd.user(&world);                        // the world with that PATH
//! user.kit(["sync", "--from", &sshd.url("git+ssh", "/srv/kit.git")]);
//! sshd.change_host_key();
//! ```

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    web_server::free_port,
    world::{World, peer},
};

/// How often a server that starts is looked at, and for how long: a guard for broken set-ups, never a measure.
const LOOK: (u32, Duration) = (3000, Duration::from_millis(10));

/// A running server. It ends when dropped.
pub struct Sshd {
    /// `ssh` in the world's folder: keys, configurations, log.
    folder: PathBuf,
    port: u16,
    lines: Vec<String>,
    server: Child,
}

impl Sshd {
    /// Starts one that lets the user of the tests in by key, with these lines added to its configuration.
    pub fn start(world: &World, lines: &[&str]) -> Self {
        let folder = world.path("ssh");
        fs::create_dir_all(folder.join("bin")).unwrap();
        keygen(&folder.join("host_key"));
        keygen(&folder.join("id"));
        fs::copy(folder.join("id.pub"), folder.join("authorized_keys")).unwrap();
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        let (port, server) = (0..20).find_map(|_| serve(&folder, None, &lines)).expect("sshd starts on one of twenty ports");
        let sshd = Self { folder, port, lines, server };
        sshd.write_user();
        sshd.trust_host_key();
        sshd
    }

    /// The same user's world with an `ssh` and an `sftp` that know this server and have the key.
    pub fn user(&self, world: &World) -> World {
        world.with("PATH", self.path())
    }

    /// The `PATH` of that user.
    pub fn path(&self) -> OsString {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths([self.folder.join("bin")].into_iter().chain(std::env::split_paths(&rest))).unwrap()
    }

    /// The address of a path there: `scheme://127.0.0.1:PORT/path`.
    pub fn url(&self, scheme: &str, path: impl AsRef<Path>) -> String {
        format!("{scheme}://127.0.0.1:{}{}", self.port, path.as_ref().display())
    }

    /// The port it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Another host key from now on, as after a new installation or with somebody in between; the user knows the old one.
    pub fn change_host_key(&mut self) {
        fs::remove_file(self.folder.join("host_key")).unwrap();
        keygen(&self.folder.join("host_key"));
        self.stop();
        let again = (0..200).find_map(|_| serve(&self.folder, Some(self.port), &self.lines));
        self.server = again.expect("sshd starts again on its port").1;
    }

    /// What the user would do who checked the new key.
    pub fn trust_host_key(&self) {
        let key = fs::read_to_string(self.folder.join("host_key.pub")).unwrap();
        fs::write(self.folder.join("known_hosts"), format!("[127.0.0.1]:{} {key}", self.port)).unwrap();
    }

    /// The user knows no server at all.
    pub fn forget_host_key(&self) {
        fs::write(self.folder.join("known_hosts"), "").unwrap();
    }

    /// Nobody is let in any more.
    pub fn lock_out(&self) {
        fs::write(self.folder.join("authorized_keys"), "").unwrap();
    }

    /// What the server wrote down so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The server is away: connections are refused.
    pub fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    fn write_user(&self) {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let config = format!(
            "Host *\n IdentityFile {}\n IdentitiesOnly yes\n IdentityAgent none\n UserKnownHostsFile {}\n GlobalKnownHostsFile /dev/null\n",
            path("id"),
            path("known_hosts")
        );
        fs::write(self.folder.join("config"), config).unwrap();
        for program in ["ssh", "sftp"] {
            let script = format!("#!/bin/sh\nexec {} -F {} \"$@\"\n", peer(program).display(), path("config"));
            let file = self.folder.join("bin").join(program);
            fs::write(&file, script).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A key without a passphrase.
fn keygen(path: &Path) {
    let mut keygen = Command::new(peer("ssh-keygen"));
    let status = keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "kit test", "-f"]).arg(path).status();
    assert!(status.expect("ssh-keygen runs").success());
}

/// Starts a server; [`None`] when somebody else took the port in between.
fn serve(folder: &Path, port: Option<u16>, lines: &[String]) -> Option<(u16, Child)> {
    let port = port.unwrap_or_else(free_port);
    if rustix::process::geteuid().is_root() {
        // Where a server that runs as root keeps the processes without rights; its service makes it on a running system.
        fs::create_dir_all("/run/sshd").expect("root may make /run/sshd");
    }
    let path = |name: &str| folder.join(name).display().to_string();
    let mut config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n",
        path("host_key"),
        path("authorized_keys")
    );
    config += "StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n";
    config += "PrintMotd no\nMaxStartups 500\nMaxSessions 500\nUseDNS no\nLogLevel VERBOSE\nAcceptEnv GIT_PROTOCOL\n";
    // The git at the other end reads nothing of whoever runs the tests.
    config += "SetEnv GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1\n";
    if !lines.iter().any(|line| line.starts_with("Subsystem")) {
        config += "Subsystem sftp internal-sftp\n";
    }
    config.extend(lines.iter().map(|line| format!("{line}\n")));
    let file = folder.join("sshd_config");
    // Newer servers keep somebody who failed away for a while, which older ones do not know.
    fs::write(&file, format!("PerSourcePenalties no\n{config}")).unwrap();
    let sshd = peer("sshd");
    let check = Command::new(&sshd).arg("-t").arg("-f").arg(&file).stderr(Stdio::null()).status().expect("sshd runs");
    if !check.success() {
        fs::write(&file, &config).unwrap();
        let check = Command::new(&sshd).arg("-t").arg("-f").arg(&file).output().expect("sshd runs");
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    }
    fs::write(folder.join("log"), "").unwrap();
    let mut server = Command::new(&sshd);
    server.arg("-D").arg("-f").arg(&file).arg("-E").arg(folder.join("log")).stdin(Stdio::null());
    let mut server = server.spawn().expect("sshd starts");
    for _ in 0..LOOK.0 {
        if server.try_wait().unwrap().is_some() {
            return None;
        }
        // Its own word for it: a connection could be somebody else's, who took the port in between.
        if fs::read_to_string(folder.join("log")).is_ok_and(|log| log.contains(&format!("listening on 127.0.0.1 port {port}"))) {
            return Some((port, server));
        }
        thread::sleep(LOOK.1);
    }
    let _ = server.kill();
    panic!("sshd does not listen: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
}

#[test]
fn the_user_gets_in_by_key_and_nobody_else_does() {
    let world = World::new();
    let mut sshd = Sshd::start(&world, &[]);
    let user = sshd.user(&world);
    let port = sshd.port().to_string();
    let ssh = |user: &World, options: &[&str]| {
        let program = sshd.folder.join("bin/ssh");
        let words = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"].iter().chain(options);
        let words = words.copied().chain(["-p", &port, "127.0.0.1", "echo in"]);
        user.run(program.to_str().unwrap(), words, b"")
    };
    ssh(&user, &[]).ok().prints("in\n");
    sshd.forget_host_key();
    ssh(&user, &[]).status(255).says("Host key verification failed");
    sshd.trust_host_key();
    sshd.lock_out();
    ssh(&user, &[]).status(255).says("Permission denied");
    fs::copy(sshd.folder.join("id.pub"), sshd.folder.join("authorized_keys")).unwrap();
    sshd.change_host_key();
    let again = user.run(
        sshd.folder.join("bin/ssh").to_str().unwrap(),
        ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-p", &port, "127.0.0.1", "echo in"],
        b"",
    );
    again.status(255).says("REMOTE HOST IDENTIFICATION HAS CHANGED");
}
