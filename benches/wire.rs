//! What `kit sync` sends and gets, by source and by size of the kit, and how long it takes to say UP TO DATE beside curl and
//! git at the same source. Whole processes; all traffic goes through a relay on this machine that counts.
//!
//! Run it with `benches/run`, which needs the Debian packages curl, fcgiwrap, git and nginx. It prints the table of
//! docs/benchmarks.md, "On the wire".

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod made;

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use made::{checked, code_of_new_readers, command, crowd, kit, medians};
use tempfile::TempDir;

/// People, beside the fifteen of the example team; ten of them have a machine of their own.
const PEOPLE: [usize; 3] = [50, 500, 10_000];
const DEVICES: usize = 10;

fn main() {
    println!("| people | source | bundle | first sync | one number changed | no change |");
    println!("|---|---|---|---|---|---|");
    let mut times = Vec::new();
    for people in PEOPLE {
        let team = Published::new(people);
        for kind in ["folder", "web", "git"] {
            println!("{}", team.on_the_wire(kind));
        }
        times.extend(["web", "git"].map(|kind| team.timed(kind)));
        // What the next kit is made with is another one.
        drop(team);
    }
    println!();
    println!("| people | source | `kit sync`, UP TO DATE | the same source asked by | time | ratio |");
    println!("|---|---|---|---|---|---|");
    times.iter().for_each(|line| println!("{line}"));
}

/// A kit that is published to a folder, which nginx serves too, and to a git repository.
struct Published {
    folder: TempDir,
    people: usize,
    relay: Relay,
    _servers: Servers,
}

impl Published {
    fn new(people: usize) -> Self {
        let folder = TempDir::with_prefix("kit-bench-").unwrap();
        let place = folder.path();
        fs::write(place.join("p"), "a passphrase for a measurement\n").unwrap();
        let keys = ["--reader", "plain", "--work-factor", "14", "--passphrase-file", "p"];
        kit(place, ["init", "team", "--name", "Acme", "--as", "dana.fox", "--device", "desk"].into_iter().chain(keys));
        // A machine that may read, and has no kit yet, for each kind of source.
        for kind in ["folder", "web", "git"] {
            run(place, "cp", &["-a", "home", &format!("home-{kind}")]);
        }
        for (i, from) in (0..people).step_by(5_000).enumerate() {
            let devices = from.min(DEVICES)..(from + 5_000).min(DEVICES);
            fs::write(place.join(format!("team/crowd-{i}.toml")), crowd(from..(from + 5_000).min(people), devices, people))
                .unwrap();
        }
        run(place, "git", &["init", "--quiet", "--bare", "--template=", "repositories/kit.git"]);
        let repository = format!("git+file://{}", place.join("repositories/kit.git").display());
        let publish = ["publish", "team", "--to", "served/box", "--to", &repository, "--passphrase-file", "p"];
        fs::create_dir(place.join("served")).unwrap();
        let code = code_of_new_readers(command(place, env!("CARGO_BIN_EXE_kit"), publish));
        kit(place, publish.into_iter().chain(["--ack-recipients", &code]));
        let servers = Servers::start(place);
        thread::sleep(Duration::from_millis(2100));
        let relay = Relay::before(servers.port);
        Self { relay, _servers: servers, people, folder }
    }

    fn address(&self, kind: &str) -> String {
        let port = self.relay.port;
        match kind {
            "web" => format!("http://127.0.0.1:{port}/served/box/"),
            "git" => format!("git+http://127.0.0.1:{port}/git/kit.git"),
            _ => self.folder.path().join("served/box").display().to_string(),
        }
    }

    fn sync(&self, kind: &str) -> Command {
        let mut sync = command(self.folder.path(), env!("CARGO_BIN_EXE_kit"), ["sync"]);
        sync.env("KIT_HOME", self.folder.path().join(format!("home-{kind}")));
        sync
    }

    /// Runs `kit sync` once, which says this, and gives what went through the relay.
    fn counted(&self, kind: &str, says: &str) -> String {
        let before = self.relay.counts();
        let said = String::from_utf8(checked(self.sync(kind)).stdout).unwrap();
        assert!(said.starts_with(says), "{says}: {said}");
        let [requests, up, down] = self.relay.counts();
        let (requests, up, down) = (requests - before[0], up - before[1], down - before[2]);
        let plural = if requests == 1 { "" } else { "s" };
        match kind {
            "folder" => "one file read".to_owned(),
            _ => format!("{requests} request{plural}, {up} B up, {down} B down"),
        }
    }

    fn on_the_wire(&self, kind: &str) -> String {
        let place = self.folder.path();
        let mut add = command(place, env!("CARGO_BIN_EXE_kit"), ["source", "add", &self.address(kind)]);
        checked({
            add.env("KIT_HOME", place.join(format!("home-{kind}")));
            add
        });
        let bundle = fs::metadata(place.join("served/box/bundle.kit")).unwrap().len() / 1000;
        let first = self.counted(kind, "UPDATED");
        self.one_number_changes();
        let changed = self.counted(kind, "UPDATED");
        let nothing = self.counted(kind, "UP TO DATE");
        format!("| {} | {kind} | {bundle} kB | {first} | {changed} | {nothing} |", self.people)
    }

    /// One number of one person is another, and that is published.
    fn one_number_changes(&self) {
        let place = self.folder.path();
        let path = place.join("team/crowd-0.toml");
        let text = fs::read_to_string(&path).unwrap();
        let at = text.find("number = \"+1 555 2").unwrap() + "number = \"+1 555 20".len();
        let (before, after) = text.split_at(at);
        let digit = if after.starts_with('8') { "9" } else { "8" };
        fs::write(&path, format!("{before}{digit}{}", &after[1..])).unwrap();
        kit(place, ["publish", "team", "--passphrase-file", "p"]);
        // nginx tells files apart by their second, and kit does not go by what is that young.
        thread::sleep(Duration::from_millis(2100));
    }

    /// No change, beside the stock tool at the same source.
    fn timed(&self, kind: &str) -> String {
        let place = self.folder.path();
        let port = self.relay.port;
        let sync = || self.sync(kind);
        let said = String::from_utf8(checked(sync()).stdout).unwrap();
        let at_last = String::from_utf8(checked(sync()).stdout).unwrap();
        assert!(at_last.starts_with("UP TO DATE"), "{said}{at_last}");
        let (name, stock): (&str, Box<dyn Fn() -> Command>) = if kind == "web" {
            let url = format!("http://127.0.0.1:{port}/served/box/bundle.kit");
            run(place, "curl", &["-sf", "-o", "copy", "--etag-save", "etag", &url]);
            ("curl", Box::new(move || stock(place, "curl", &["-sf", "-o", "copy", "--etag-compare", "etag", &url])))
        } else {
            let url = format!("http://127.0.0.1:{port}/git/kit.git");
            let clone = format!("clone-{}", self.people);
            run(place, "git", &["clone", "--quiet", "--bare", &url, &clone]);
            ("git fetch", Box::new(move || stock(place, "git", &["-C", &clone, "fetch", "--quiet", "origin", "kit"])))
        };
        let times = medians(&[&sync, &*stock]);
        format!("| {} | {kind} | {:.0} ms | {name} | {:.0} ms | {:.2} |", self.people, times[0], times[1], times[0] / times[1])
    }
}

fn stock(place: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = command(place, program, arguments.iter().copied());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

fn run(place: &Path, program: &str, arguments: &[&str]) {
    checked(stock(place, program, arguments));
}

/// nginx before a folder and before `git http-backend`.
struct Servers {
    port: u16,
    children: Vec<Child>,
}

impl Servers {
    fn start(place: &Path) -> Self {
        let exec_path = String::from_utf8(checked(stock(place, "git", &["--exec-path"])).stdout).unwrap();
        let (at, backend) = (place.display(), PathBuf::from(exec_path.trim()).join("git-http-backend"));
        let mut wrap = Command::new("fcgiwrap");
        let wrap = wrap.args(["-c", "2", "-s"]).arg(format!("unix:{at}/cgi")).stdin(Stdio::null()).stderr(Stdio::null());
        let wrap = wrap.spawn().expect("fcgiwrap runs: apt-get install fcgiwrap");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
        let config = format!(
            "{user} daemon off; pid {at}/pid; error_log {at}/error.log; worker_processes 1;
             events {{ worker_connections 64; }}
             http {{
               access_log off; client_body_temp_path {at}/tb; proxy_temp_path {at}/tp; fastcgi_temp_path {at}/tf;
               uwsgi_temp_path {at}/tu; scgi_temp_path {at}/ts; keepalive_timeout 5;
               server {{ listen 127.0.0.1:{port};
                 location /served/ {{ root {at}; }}
                 location /git/ {{
                   fastcgi_pass unix:{at}/cgi; fastcgi_param SCRIPT_FILENAME {backend};
                   fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
                   fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length;
                   fastcgi_param SERVER_PROTOCOL $server_protocol; fastcgi_param REMOTE_ADDR $remote_addr;
                   fastcgi_param PATH_TRANSLATED {at}/repositories$git; fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                   fastcgi_param GIT_CONFIG_GLOBAL /dev/null; fastcgi_param GIT_CONFIG_NOSYSTEM 1;
                   fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
                   fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
                 }} }}
               map $uri $git {{ ~^/git(?<rest>/.*)$ $rest; }} }}",
            backend = backend.display(),
        );
        fs::write(place.join("nginx.conf"), config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-c").arg(place.join("nginx.conf")).arg("-p").arg(place).arg("-e").arg(place.join("error.log"));
        let nginx = nginx.stdin(Stdio::null()).spawn().expect("nginx runs: apt-get install nginx");
        let mut servers = Self { port, children: vec![nginx, wrap] };
        for _ in 0..500 {
            assert!(servers.children[0].try_wait().unwrap().is_none(), "nginx: {}", read(&place.join("error.log")));
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return servers;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("nginx does not answer: {}", read(&place.join("error.log")));
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Asked to end, so that their workers do too.
            let _ = rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::TERM);
            let _ = child.wait();
        }
    }
}

/// Passes everything on to a server of this machine and counts it.
struct Relay {
    port: u16,
    counts: Arc<[AtomicU64; 3]>,
}

impl Relay {
    fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts: Arc<[AtomicU64; 3]> = Arc::default();
        let ours = Arc::clone(&counts);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                for stream in [&client, &server] {
                    let _ = stream.set_nodelay(true);
                }
                let (back, forth) = ((server.try_clone().unwrap(), client.try_clone().unwrap()), (client, server));
                let counts = [Arc::clone(&ours), Arc::clone(&ours)];
                let [up, down] = counts;
                thread::spawn(move || {
                    pass(forth, |bytes| {
                        up[1].fetch_add(bytes.len() as u64, Ordering::SeqCst);
                        up[0].fetch_add(requests(bytes), Ordering::SeqCst);
                    })
                });
                thread::spawn(move || {
                    pass(back, |bytes| {
                        down[2].fetch_add(bytes.len() as u64, Ordering::SeqCst);
                    })
                });
            }
        });
        Self { port, counts }
    }

    /// Requests, bytes to the server, bytes from it.
    fn counts(&self) -> [u64; 3] {
        self.counts.each_ref().map(|count| count.load(Ordering::SeqCst))
    }
}

fn pass((mut from, mut to): (TcpStream, TcpStream), count: impl Fn(&[u8])) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        count(&buffer[..read]);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Read), to.shutdown(Shutdown::Write));
}

/// How many requests begin in what a client sent at once: a client sends the head of each in one piece.
fn requests(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    ["GET /", "POST /", "HEAD /", "PUT /"].iter().filter(|verb| text.starts_with(**verb)).count() as u64
}
