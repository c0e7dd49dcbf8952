//! Real web servers on loopback, each with its own folder: nginx and Apache. They end with the value.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{certificates::Certificate, world::peer};

/// A running server.
pub struct WebServer {
    folder: TempDir,
    child: Child,
    /// Where it listens.
    pub port: u16,
}

/// A port that nobody listens at now.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// What publishing to nginx takes: docs/guide/sources/web.md shows the same.
pub const NGINX_DAV: &str =
    "dav_methods PUT DELETE MKCOL MOVE; dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK; dav_ext_lock zone=kit;";

/// Where Debian keeps what nginx loads.
const NGINX_DAV_EXT: &str = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";

impl WebServer {
    /// nginx on loopback without TLS; `location` is what stands in `location / { … }`.
    pub fn nginx(location: &str) -> Self {
        let port = free_port();
        Self::nginx_of(port, &format!("server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }}"))
    }

    /// nginx with TLS.
    pub fn nginx_tls(location: &str, certificate: &Certificate) -> Self {
        let port = free_port();
        Self::nginx_of(port, &nginx_tls_server(port, certificate, "", location))
    }

    /// nginx with these `server { … }` blocks, one of which listens at `port`. `ROOT` in them is the folder that is served.
    pub fn nginx_of(port: u16, servers: &str) -> Self {
        assert!(Path::new(NGINX_DAV_EXT).exists(), "apt-get install libnginx-mod-http-dav-ext (scripts/test installs it)");
        let nginx = peer("nginx");
        Self::start(port, |folder| {
            let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
            let at = folder.display();
            let servers = servers.replace("ROOT", &folder.join("root").display().to_string());
            let settings = format!(
                "load_module {NGINX_DAV_EXT};\n{user}\ndaemon off;\nworker_processes 2;\npid {at}/pid;\nerror_log {at}/log;\n\
                 events {{}}\nhttp {{ access_log {at}/access; client_body_temp_path {at}/body; proxy_temp_path {at}/p; \
                 fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s; client_max_body_size 64m; \
                 root {at}/root; dav_ext_lock_zone zone=kit:4m timeout=60s;\n{servers} }}\n"
            );
            let mut command = Command::new(&nginx);
            command.arg("-c").arg(write(folder, "settings", &settings)).arg("-e").arg(folder.join("log"));
            command
        })
    }

    /// Apache on loopback; `settings` are its own for the folder that is served, `ROOT`. With `locks`, WebDAV locks.
    pub fn apache(settings: &str, locks: bool) -> Self {
        let port = free_port();
        let apache = peer("apache2");
        Self::start(port, |folder| {
            let at = folder.display();
            let modules =
                ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs", "dav_lock"];
            let modules: String =
                modules.iter().map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")).collect();
            let user = if rustix::process::geteuid().is_root() { "User #0\nGroup #0\n" } else { "" };
            let locks = if locks { format!("DavLockDB {at}/locks") } else { String::new() };
            let settings = settings.replace("ROOT", &folder.join("root").display().to_string());
            let settings = format!(
                "ServerRoot {at}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {at}/pid\nErrorLog {at}/log\n{modules}{user}\
                 DocumentRoot {at}/root\n{locks}\n<Directory {at}/root>\nDav On\n{settings}\n</Directory>\n"
            );
            let mut command = Command::new(&apache);
            command.arg("-f").arg(write(folder, "settings", &settings)).args(["-D", "FOREGROUND"]);
            command
        })
    }

    fn start(port: u16, command: impl FnOnce(&Path) -> Command) -> Self {
        let folder = TempDir::with_prefix("kit-web-").unwrap();
        fs::create_dir(folder.path().join("root")).unwrap();
        let mut command = command(folder.path());
        let said = fs::File::create(folder.path().join("said")).unwrap();
        command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
        let mut child = command.spawn().unwrap();
        // A guard for what is broken, never a measure.
        for _ in 0..3000 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Self { folder, child, port };
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        panic!("{command:?} does not listen: {}{}", read("said"), read("log"));
    }

    /// What it serves.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// The requests that it logged: `METHOD /path STATUS`.
    pub fn requests(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("access")).unwrap_or_default();
        let line = |line: &str| {
            let quoted: Vec<&str> = line.split('"').collect();
            let request = quoted.get(1)?.trim_end_matches(" HTTP/1.1");
            Some(format!("{request} {}", quoted.get(2)?.split_whitespace().next()?))
        };
        log.lines().filter_map(line).collect()
    }

    /// An address on it, without TLS.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // Its own end, so that its workers end too.
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            let _ = kill_process(id, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// One server with TLS.
pub fn nginx_tls_server(port: u16, certificate: &Certificate, more: &str, location: &str) -> String {
    format!(
        "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {}; {more} location / {{ {location} }} }}\n",
        certificate.file.display(),
        certificate.key.display()
    )
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}
