//! What becomes of a password in the clipboard of a real desktop, an X server without a screen: others can paste it for a while,
//! histories are told to leave it out, and kit takes it back, unless something else is there by then.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use crate::{
    acme::PASSPHRASE,
    reveal::entries,
    vault::{CANARY_PASSWORD, Vault},
    world::{Run, Screen, World, peer},
};

const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l\u{1b}[?25h";

/// What a program offers besides the text so that histories leave it out, and what that says.
const MARK: &str = "x-kde-passwordManagerHint";

/// An X server.
struct Desktop {
    server: Child,
    world: World,
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A program that holds the clipboard.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desktop {
    /// A desktop of its own for a machine.
    fn of(world: &World) -> Self {
        let mut server = world.command(peer("Xvfb"));
        server.args(["-displayfd", "1", "-nolisten", "tcp", "-ac", "-screen", "0", "64x64x24"]);
        let mut server = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It says its number when it is ready.
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(number.trim().parse::<u32>().is_ok(), "Xvfb says no number: {number:?}");
        Self { server, world: world.with("DISPLAY", format!(":{}", number.trim())).with("TERM", "xterm") }
    }

    fn paste(&self, selection: &str, target: &str) -> Run {
        self.world.run("xclip", ["-selection", selection, "-o", "-t", target], b"")
    }

    /// What is pasted, if anything is there.
    fn pasted(&self) -> Option<String> {
        let run = self.paste("clipboard", "UTF8_STRING");
        (run.status == 0).then_some(run.stdout)
    }

    fn pasted_is(&self, expected: Option<&str>) {
        let mut found = None;
        // A guard for broken code, never a measure.
        for _ in 0..6000 {
            found = self.pasted();
            if found.as_deref() == expected {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{found:?} is in the clipboard, not {expected:?}");
    }

    /// What is pasted once it is something else than this.
    fn pasted_after(&self, before: &str) -> String {
        // A guard for broken code, never a measure.
        for _ in 0..6000 {
            match self.pasted() {
                Some(found) if found != before => return found,
                _ => thread::sleep(Duration::from_millis(10)),
            }
        }
        panic!("nothing else came into the clipboard");
    }

    /// Another program copies something.
    fn copy(&self, text: &str) -> Holder {
        self.world.write("copied", text);
        let mut xclip = self.world.command(peer("xclip"));
        xclip.args(["-selection", "clipboard", "-quiet", "-i", "copied"]);
        let holder = Holder(xclip.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        self.pasted_is(Some(text));
        holder
    }

    /// `kit reveal` at its first page, whose password is in the clipboard.
    fn revealed(&self) -> Screen {
        let kit = self.world.kit_command();
        let mut shell = self.world.command(peer("sh"));
        shell.args(["-c", "trap : INT HUP; sh -c 'trap - INT HUP; echo $$ >pid; exec \"$0\" \"$@\"' \"$@\"; echo over $?", "sh"]);
        shell.arg(kit.get_program()).args(kit.get_args()).args(["reveal", "aws-root", "--reason", "Okta is down"]);
        let mut screen = self.world.screen(&shell);
        screen.expect("Passphrase:").send_line(PASSPHRASE.trim()).expect(ENTERED).expect("Hidden.");
        screen.expect("In the clipboard, gone in ");
        self.pasted_is(Some(CANARY_PASSWORD));
        screen
    }

    fn signal(&self, name: &str) {
        let pid = String::from_utf8(self.world.read("pid")).unwrap();
        self.world.run("kill", [&format!("-{name}"), pid.trim()], b"").ok();
    }
}

#[test]
fn f10_u48_a_password_can_be_pasted_and_is_marked_as_one() {
    let vault = Vault::sealed();
    let desktop = Desktop::of(&vault.mia);
    let mut screen = desktop.revealed();
    desktop.paste("clipboard", "TARGETS").ok().has(MARK).has("UTF8_STRING");
    desktop.paste("clipboard", MARK).ok().prints("secret");
    // What is pasted by the middle button is another clipboard, and has nothing.
    assert_ne!(desktop.paste("primary", "UTF8_STRING").status, 0);
    assert_ne!(desktop.paste("secondary", "UTF8_STRING").status, 0);
    // The one-time code of now goes there when it is asked for, and not by itself.
    screen.send("\r").expect("Now     ");
    assert_eq!(desktop.pasted().as_deref(), Some(CANARY_PASSWORD));
    screen.send("c");
    let code = desktop.pasted_after(CANARY_PASSWORD);
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    desktop.paste("clipboard", MARK).ok().prints("secret");
    screen.send("q").expect(LEFT).expect("over 0");
    desktop.pasted_is(None);
    let seen = screen.rest();
    assert!(!seen.contains("canary"), "{seen}");
    assert_eq!(entries(&vault.mia, "mia-home").len(), 1);
}

#[test]
fn f10_however_it_ends_nothing_is_left_in_the_clipboard() {
    let vault = Vault::sealed();
    let desktop = Desktop::of(&vault.mia);
    for (way, status) in [("q", 0), ("\u{3}", 0), ("INT", 130), ("TERM", 130), ("HUP", 130), ("QUIT", 130), ("KILL", 137)] {
        let mut screen = desktop.revealed();
        if way.len() == 1 {
            screen.send(way);
        } else {
            desktop.signal(way);
        }
        screen.expect(&format!("over {status}"));
        desktop.pasted_is(None);
    }
}

#[test]
fn f10_what_somebody_copied_meanwhile_stays() {
    let vault = Vault::sealed();
    let desktop = Desktop::of(&vault.mia);
    for way in ["q", "TERM", "KILL"] {
        let mut screen = desktop.revealed();
        let newer = desktop.copy(&format!("copied before {way}"));
        if way.len() == 1 {
            screen.send(way);
        } else {
            desktop.signal(way);
        }
        screen.expect("over ");
        desktop.pasted_is(Some(&format!("copied before {way}")));
        drop(newer);
    }
}

/// A desktop that hangs or goes away holds nobody up: the screen is given back, and what it kept is gone with kit.
#[test]
fn f10_a_desktop_that_answers_no_more_keeps_nobody() {
    let vault = Vault::sealed();
    for (blow, key) in [("STOP", "q"), ("STOP", "c"), ("KILL", "q"), ("KILL", "c")] {
        let desktop = Desktop::of(&vault.mia);
        let server = desktop.server.id().to_string();
        let mut screen = desktop.revealed();
        desktop.world.run("kill", [&format!("-{blow}"), &server], b"").ok();
        screen.send(key);
        if key == "c" {
            screen.expect("There is no clipboard here.").send("q");
        }
        screen.expect(LEFT).expect("over 0");
        if blow == "STOP" {
            desktop.world.run("kill", ["-CONT", &server], b"").ok();
            desktop.pasted_is(None);
        }
    }
    // Where it hangs from the start there is none.
    let desktop = Desktop::of(&vault.mia);
    desktop.world.run("kill", ["-STOP", &desktop.server.id().to_string()], b"").ok();
    let mut screen = desktop.world.terminal(["reveal", "aws-root", "--reason", "Okta is down"]);
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim());
    screen.expect(ENTERED).expect("There is no clipboard here. s shows it.").send("s").expect(CANARY_PASSWORD).send("q");
    screen.expect(LEFT);
    screen.ends(0);
}

/// The time itself passes here: 45 s, at two desktops at once.
#[test]
fn f10_after_its_time_it_is_taken_back_if_it_is_still_there() {
    let vault = Vault::sealed();
    let (left, right) = (Desktop::of(&vault.mia), Desktop::of(&vault.acme.alice));
    let (mut first, mut second) = (left.revealed(), right.revealed());
    let newer = right.copy("something newer");
    first.expect("The clipboard is empty again.");
    left.pasted_is(None);
    second.expect("Something else is in the clipboard.");
    right.pasted_is(Some("something newer"));
    first.send("q").expect("over 0");
    second.send("q").expect("over 0");
    right.pasted_is(Some("something newer"));
    drop(newer);
}
