//! F7: what kit holds in memory is kept from other programs of the same user, while it holds it.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    vault::Vault,
    world::{World, peer},
};

/// The user that Debian has for whoever owns nothing.
const NOBODY: u32 = 65534;

/// Somebody who is not root: whoever runs the tests, or where that is root, nobody.
struct Person<'a> {
    world: &'a World,
    kit: PathBuf,
}

impl<'a> Person<'a> {
    /// A machine becomes theirs. Root sees everything of everybody, so it is none of the two here.
    fn of(world: &'a World) -> Self {
        let kit = world.path("kit");
        fs::copy(env!("CARGO_BIN_EXE_kit"), &kit).unwrap();
        fs::set_permissions(&kit, fs::Permissions::from_mode(0o755)).unwrap();
        if is_root() {
            world.run("chown", ["-R", &format!("{NOBODY}:{NOBODY}"), &world.path("").display().to_string()], b"").ok();
        }
        Self { world, kit }
    }

    /// A program as this person.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        if !is_root() {
            let mut command = self.world.command(program);
            command.args(arguments);
            return command;
        }
        let mut setpriv = self.world.command(peer("setpriv"));
        let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
        setpriv.args(ids).args(["--clear-groups", program]).args(arguments);
        setpriv
    }

    fn start(&self, program: &str, arguments: &[&str]) -> Running {
        let mut command = self.command(program, arguments);
        Running(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// What the same person's other programs see of a process, by the name of its file in `/proc`.
    fn sees(&self, process: &Running, file: &str) -> bool {
        let path = format!("/proc/{}/{file}", process.0.id());
        let out = self.command("/bin/cat", &[&path]).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() || said.contains("Permission denied"), "{said}");
        out.status.success()
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn f7_another_program_of_the_same_user_sees_nothing_of_a_running_kit() {
    let vault = Vault::sealed();
    let person = Person::of(&vault.mia);
    let files = ["environ", "maps", "auxv"];
    // What can be seen of any other program.
    let other = person.start("/bin/cat", &[]);
    wait_for(|| fs::read(format!("/proc/{}/comm", other.0.id())).is_ok_and(|name| name == b"cat\n"), "cat runs");
    for file in files {
        assert!(person.sees(&other, file), "{file} of cat");
    }
    // Kit waits for a passphrase that nobody gives: its files are nobody's but root's.
    let kit = person.kit.display().to_string();
    let arguments = ["reveal", "aws-root", "--field", "password", "--reason", "x", "--passphrase-file", "-"];
    let kit = person.start(&kit, &arguments);
    let environ = format!("/proc/{}/environ", kit.0.id());
    let is_kit = || fs::read(format!("/proc/{}/comm", kit.0.id())).is_ok_and(|name| name == b"kit\n");
    wait_for(|| is_kit() && fs::metadata(&environ).is_ok_and(|facts| facts.uid() == 0), "kit is not dumpable");
    for file in files {
        assert!(!person.sees(&kit, file), "{file} of kit");
    }
    // A debugger is not let in either: what it would read is refused by the same rule.
    let trace = person.command(peer("strace").to_str().unwrap(), &["-p", &kit.0.id().to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&trace.stderr).into_owned();
    assert!(!trace.status.success() && said.contains("Operation not permitted"), "{said}");
}

fn wait_for(mut holds: impl FnMut() -> bool, what: &str) {
    // A guard for broken code, never a measure.
    for _ in 0..6000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}
