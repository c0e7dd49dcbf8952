//! Repositories of real git, and git over http: nginx before `git http-backend`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    place::Place,
    web_server::free_port,
    world::{Run, World, peer},
};

/// A publisher's or member's machine that reaches git sources: an own home and scratch folder.
pub fn place(world: &World, address: &str, path: &std::ffi::OsStr) -> Place {
    let home = world.path("user-home");
    fs::create_dir_all(&home).unwrap();
    let variables = [("PATH", path.to_str().unwrap()), ("HOME", home.to_str().unwrap())];
    Place::with(address, &variables, &world.path("scratch"))
}

/// The `PATH` of these tests.
pub fn plain_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap()
}

/// Runs git as somebody else would who works on a repository, with nothing of this machine's settings.
pub fn git(world: &World, arguments: &[&str]) -> Run {
    git_reading(world, arguments, b"")
}

/// The same with an input.
pub fn git_reading(world: &World, arguments: &[&str], input: &[u8]) -> Run {
    let world = world.with("GIT_CONFIG_GLOBAL", "/dev/null").with("GIT_CONFIG_NOSYSTEM", "1");
    let somebody = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "init.defaultBranch=main"];
    world.run("git", somebody.iter().chain(arguments), input)
}

/// A bare repository in the world's folder; its path.
pub fn bare(world: &World, name: &str) -> PathBuf {
    let path = world.path(name);
    git(world, &["init", "--quiet", "--bare", "--template=", path.to_str().unwrap()]).ok();
    path
}

/// What stands at a path of a branch of a bare repository.
pub fn show(world: &World, repository: &Path, branch: &str, path: &str) -> Vec<u8> {
    let mut command = world.command(peer("git"));
    command.args(["-C", repository.to_str().unwrap(), "cat-file", "blob", &format!("{branch}:{path}")]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// Sets a branch of a bare repository to a commit of this tree, as `mktree` reads it, without a parent.
pub fn set_tree(world: &World, repository: &Path, branch: &str, tree: &str) {
    let repository = repository.to_str().unwrap();
    let tree = git_reading(world, &["-C", repository, "mktree", "--missing"], tree.as_bytes());
    let commit = git(world, &["-C", repository, "commit-tree", tree.ok().stdout.trim(), "-m", "x"]);
    git(world, &["-C", repository, "update-ref", &format!("refs/heads/{branch}"), commit.ok().stdout.trim()]).ok();
}

/// Puts a blob into a bare repository; its name.
pub fn blob(world: &World, repository: &Path, bytes: &[u8]) -> String {
    let run = git_reading(world, &["-C", repository.to_str().unwrap(), "hash-object", "-w", "--stdin"], bytes);
    run.ok().stdout.trim().to_owned()
}

/// Makes a branch hold this one file, whatever it held: by force, as somebody with all rights would.
pub fn force(world: &World, repository: &Path, branch: &str, path: &str, bytes: &[u8]) {
    let blob = blob(world, repository, bytes);
    set_tree(world, repository, branch, &format!("100644 blob {blob}\t{path}\n"));
}

/// Repositories below a folder over http or https, behind nginx: who knows the password reads and writes.
pub struct GitHttp {
    scheme: &'static str,
    port: u16,
    nginx: Child,
    wrap: Child,
}

impl GitHttp {
    /// The one who is let in.
    pub const USER: (&'static str, &'static str) = ("dana", "orbit-lantern");

    /// Serves `folder` over http.
    pub fn start(world: &World, folder: &Path) -> Self {
        Self::serve(world, folder, "http", "")
    }

    /// Serves `folder` over https, with a certificate that nobody knows: `http/certificate` in the world's folder.
    pub fn start_tls(world: &World, folder: &Path) -> Self {
        let [key, certificate] = ["http/key", "http/certificate"].map(|name| world.path(name).display().to_string());
        fs::create_dir_all(world.path("http")).unwrap();
        let words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"];
        let names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", &key, "-out", &certificate];
        world.run("openssl", words.iter().chain(&names), b"").ok();
        Self::serve(world, folder, "https", &format!("ssl_certificate {certificate}; ssl_certificate_key {key};"))
    }

    fn serve(world: &World, folder: &Path, scheme: &'static str, lines: &str) -> Self {
        let root = world.path("http");
        fs::create_dir_all(root.join("tmp")).unwrap();
        fs::write(root.join("users"), format!("{}:{{PLAIN}}{}\n", Self::USER.0, Self::USER.1)).unwrap();
        let socket = root.join("cgi");
        let mut wrap = Command::new(peer("fcgiwrap"));
        wrap.args(["-c", "4", "-s"]).arg(format!("unix:{}", socket.display()));
        wrap.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let wrap = wrap.spawn().unwrap();
        let backend = peer("git").canonicalize().map(|_| exec_path(world).join("git-http-backend")).unwrap();
        let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
        let (mut port, mut nginx) = (0, None);
        for _ in 0..20 {
            port = free_port();
            let (at, folder) = (root.display(), folder.display());
            let config = format!(
                "{user} daemon off; pid {at}/pid; error_log {at}/error.log; worker_processes 1;
                 events {{ worker_connections 256; }}
                 http {{
                   access_log {at}/access.log; client_max_body_size 100m; client_body_temp_path {at}/tmp/b;
                   proxy_temp_path {at}/tmp/p; fastcgi_temp_path {at}/tmp/f; uwsgi_temp_path {at}/tmp/u; scgi_temp_path {at}/tmp/s;
                   server {{ listen 127.0.0.1:{port}{tls}; {lines}
                     location /moved.git {{ return 301 {scheme}://127.0.0.1:{port}/kit.git/info/refs?$args; }}
                     location / {{
                       auth_basic kit; auth_basic_user_file {at}/users;
                       fastcgi_pass unix:{socket}; fastcgi_param SCRIPT_FILENAME {backend};
                       fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
                       fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length;
                       fastcgi_param SERVER_PROTOCOL $server_protocol; fastcgi_param REMOTE_ADDR $remote_addr;
                       fastcgi_param REMOTE_USER $remote_user; fastcgi_param PATH_INFO $uri;
                       fastcgi_param GIT_PROJECT_ROOT {folder}; fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                       fastcgi_param GIT_CONFIG_GLOBAL /dev/null; fastcgi_param GIT_CONFIG_NOSYSTEM 1;
                       fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol; fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
                     }} }} }}",
                tls = if scheme == "https" { " ssl" } else { "" },
                socket = socket.display(),
                backend = backend.display(),
            );
            fs::write(root.join("nginx.conf"), config).unwrap();
            let mut server = Command::new(peer("nginx"));
            server.arg("-c").arg(root.join("nginx.conf")).arg("-p").arg(&root).arg("-e").arg(root.join("error.log"));
            let mut server = server.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            if listens(port, &mut server) {
                nginx = Some(server);
                break;
            }
        }
        let why = || fs::read_to_string(root.join("error.log")).unwrap_or_default();
        Self { scheme, port, nginx: nginx.unwrap_or_else(|| panic!("nginx does not start: {}", why())), wrap }
    }

    /// The address of a repository below the folder.
    pub fn url(&self, name: &str) -> String {
        format!("git+{}/{name}", self.host())
    }

    /// As git knows it.
    pub fn host(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }
}

impl Drop for GitHttp {
    fn drop(&mut self) {
        // Asked to end, so that its workers do too.
        for child in [&mut self.nginx, &mut self.wrap] {
            let _ = rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::TERM);
            let _ = child.wait();
        }
    }
}

fn exec_path(world: &World) -> PathBuf {
    PathBuf::from(git(world, &["--exec-path"]).ok().stdout.trim())
}

fn listens(port: u16, server: &mut Child) -> bool {
    for _ in 0..3000 {
        if server.try_wait().unwrap().is_some() {
            return false;
        }
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return server.try_wait().unwrap().is_none();
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}
