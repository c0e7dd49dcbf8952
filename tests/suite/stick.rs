//! Real FAT sticks: a kernel of its own (user-mode Linux, an ordinary process) mounts an image with Linux's own driver, and
//! runs kit there. Killing that process is pulling the stick: what was not written yet is lost.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{
    acme::Acme,
    child::{Under, job},
    world::{NOW, World, peer},
};

/// One stick of a world.
struct Stick {
    world: World,
    image: PathBuf,
}

impl Stick {
    fn new(world: &World, mib: u64) -> Self {
        let image = world.path("image");
        fs::File::create(&image).unwrap().set_len(mib << 20).unwrap();
        world.run("mkfs.vfat", [&image], b"").ok();
        Self { world: world.clone(), image }
    }

    /// A machine that mounts the stick at `/mnt/stick`, with these options besides its own, runs a script, and ends.
    fn machine(&self, options: &str, script: &str) -> Child {
        let kit = format!("{} --at {NOW}", env!("CARGO_BIN_EXE_kit"));
        let insmod = peer("insmod");
        let init = format!(
            r#"#!/bin/sh
export PATH={path}:/usr/sbin:/sbin TZ=Europe/Berlin KIT_HOME="{home}"
mount -t proc proc /proc && mount -t tmpfs tmpfs /mnt && mkdir /mnt/stick /mnt/elsewhere
for module in fat nls_cp437 nls_ascii vfat; do
  {insmod} $(find /usr/lib/uml/modules/$(uname -r) -name "$module.ko") || echo "NO MODULE $module"
done
stick() {{ mount -t vfat -o iocharset=ascii,"$1" /dev/ubda "$2" || echo "NO FAT"; }}
kit() {{ {kit} "$@"; echo "status $?"; }}
stick {options} /mnt/stick
cd {folder}
{script}
cd /
umount /mnt/stick 2>/dev/null
echo ENDED
halt -f
"#,
            path = std::env::var("PATH").unwrap(),
            home = self.world.path("alice-home").display(),
            insmod = insmod.display(),
            folder = self.world.path("").display(),
        );
        let file = self.world.write("init", init);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let mut linux = self.world.command(peer("linux.uml"));
        linux.args(["mem=256M", "root=/dev/root", "rootfstype=hostfs", "hostfs=/", "rw", "quiet", "con=null", "con0=fd:0,fd:1"]);
        linux.arg(format!("init={}", file.display())).arg(format!("ubd0={}", self.image.display()));
        linux.env("HOME", self.world.path("")).env("TMPDIR", self.world.path(""));
        // Its threads are processes, which end with it only when all are killed.
        std::os::unix::process::CommandExt::process_group(&mut linux, 0);
        linux.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// What the script printed.
    fn with(&self, options: &str, script: &str) -> String {
        let output = self.machine(options, script).wait_with_output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        assert!(printed.contains("ENDED") && !printed.contains("NO MODULE") && !printed.contains("NO FAT"), "{printed}");
        printed
    }
}

#[test]
fn a_fat_stick_is_written_mounted_elsewhere_and_refused_when_it_is_read_only_f30() {
    let acme = Acme::joined();
    let stick = Stick::new(&acme.alice, 8);
    let printed = stick.with(
        "rw",
        "kit export bundle /mnt/stick
         kit export bundle /mnt/stick
         cmp box/bundle.kit /mnt/stick/bundle.kit && echo 'byte for byte'
         ls -A /mnt/stick | sed 's/^/stands: /'
         umount /mnt/stick; stick ro /mnt/elsewhere
         kit verify /mnt/elsewhere
         kit sync --from /mnt/elsewhere/bundle.kit
         kit export bundle /mnt/elsewhere/other.kit
         umount /mnt/elsewhere",
    );
    for words in
        ["WROTE  kit 2", "IS THERE  kit 2", "byte for byte", "GOOD  kit 2", "UP TO DATE", "cannot be published to: the disk or"]
    {
        assert!(printed.contains(words), "{words:?} in\n{printed}");
    }
    let stands: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("stands: ")).collect();
    assert_eq!(stands, ["bundle.kit"], "{printed}");
    let statuses: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("status ")).collect();
    assert_eq!(statuses, ["0", "0", "0", "0", "7"], "{printed}");
}

#[test]
fn a_full_fat_stick_keeps_the_old_one_f30() {
    let acme = Acme::joined();
    let stick = Stick::new(&acme.alice, 1);
    stick.with("rw", "kit export bundle /mnt/stick");
    acme.alice.run("cp", ["box/bundle.kit", "old.kit"], b"").ok();
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    let printed = stick.with(
        "rw",
        "cat /dev/zero > /mnt/stick/photos 2>/dev/null; sync
         kit export bundle /mnt/stick
         cmp old.kit /mnt/stick/bundle.kit && echo 'the old one'
         ls -A /mnt/stick | sed 's/^/stands: /'
         rm /mnt/stick/photos
         kit export bundle /mnt/stick",
    );
    assert!(printed.contains("the disk is full") && printed.contains("the old one"), "{printed}");
    assert!(printed.contains("stands: bundle.kit\nstands: photos\n") && !printed.contains(".tmp"), "{printed}");
    assert!(printed.contains("WROTE  kit 3") && printed.contains("over kit 2"), "{printed}");
}

#[test]
fn a_stick_pulled_in_the_middle_of_a_copy_has_the_old_one_f30() {
    let world = World::new();
    let (old, new) = (world.write("old", b"old".repeat(9000)), world.write("new", vec![7; 24 << 20]));
    let stick = Stick::new(&world, 64);
    let publish = |words: &[&std::path::Path]| {
        let publish = job(words).command(&Under::Nothing);
        let words: Vec<String> = publish.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        let variable = publish.get_envs().find(|(name, _)| *name == "KIT_SUITE_JOB").unwrap().1.unwrap().to_string_lossy();
        format!("KIT_SUITE_JOB='{variable}' {} {}", publish.get_program().display(), words.join(" "))
    };
    let there = std::path::Path::new("/mnt/stick");
    let what = std::path::Path::new("publish");
    let printed = stick.with("rw", &publish(&[what, there, &old]));
    assert!(printed.contains("job: published"), "{printed}");
    // The shell tells when a part of the new one has reached the stick.
    let copy = format!(
        "(until [ $(cat /mnt/stick/.kit-*.tmp 2>/dev/null | wc -c) -gt 1000000 ]; do :; done; echo COPYING) & {}",
        publish(&[what, there, &new, &old])
    );
    let mut machine = stick.machine("rw,sync", &copy);
    let mut lines = BufReader::new(machine.stdout.take().unwrap()).lines().map(|line| line.unwrap_or_default());
    let heard: Vec<String> = lines.by_ref().take_while(|line| !line.contains("COPYING")).collect();
    let pulled = Command::new(peer("kill")).args(["-KILL", "--", &format!("-{}", machine.id())]).status().unwrap();
    assert!(pulled.success() && !heard.iter().any(|line| line.contains("job: ")), "{heard:?}");
    machine.wait().unwrap();
    let printed = stick.with(
        "rw",
        &format!(
            "cmp {0} /mnt/stick/bundle.kit && echo 'the old one'
             ls -A /mnt/stick | sed 's/^/stands: /'
             {1}
             cmp {2} /mnt/stick/bundle.kit && echo 'the new one'
             ls -A /mnt/stick | sed 's/^/then: /'",
            old.display(),
            publish(&[what, there, &new, &old]),
            new.display()
        ),
    );
    assert!(printed.contains("the old one") && printed.contains(".tmp"), "half of a copy is left: {printed}");
    assert!(printed.contains("the new one") && printed.contains("then: bundle.kit\n"), "{printed}");
    assert_eq!(printed.matches("then: ").count(), 1, "and swept: {printed}");
}
