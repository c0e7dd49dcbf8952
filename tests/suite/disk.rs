//! The one file reader and writer: what it refuses, what it leaves behind, and what the disk does to it.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    process::Command,
};

use outage_kit::disk::{self, Access, DiskError};

use crate::child::{Under, WARM_UP, job};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names in it, sorted.
    fn names(&self) -> Vec<String> {
        names(self.0.path())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let name = |path: PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    disk::entries(folder).expect("listed").into_iter().map(name).collect()
}

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

#[test]
fn whatever_is_no_regular_file_is_refused_at_once_a25() {
    let folder = Folder::new();
    fs::write(folder.path("secret"), b"of another").expect("written");
    symlink(folder.path("secret"), folder.path("link")).expect("a link");
    symlink("/dev/zero", folder.path("zero")).expect("a link");
    mkfifo(&folder.path("pipe"));
    fs::create_dir(folder.path("folder")).expect("a folder");
    let _socket = UnixListener::bind(folder.path("socket")).expect("a socket");
    let cases = [
        (folder.path("link"), "a link"),
        (folder.path("zero"), "a link"),
        (folder.path("pipe"), "a device, pipe or socket"),
        (folder.path("folder"), "a folder"),
        (folder.path("socket"), "a device, pipe or socket"),
        (PathBuf::from("/dev/zero"), "a device, pipe or socket"),
    ];
    for (path, kind) in cases {
        let error = disk::read(&path, 1 << 20).expect_err("no regular file");
        assert!(matches!(&error, DiskError::Kind { found, .. } if *found == kind), "{error}");
        for access in [Access::Private, Access::Shared] {
            assert!(disk::append(&path, b"x", access).is_err(), "{}", path.display());
            assert!(disk::replace(&path, b"x", access).is_err(), "{}", path.display());
            assert!(disk::create_new(&path, b"x", access).is_err(), "{}", path.display());
        }
    }
    assert_eq!(fs::read(folder.path("secret")).expect("untouched"), b"of another");
    assert_eq!(folder.names(), ["folder", "link", "pipe", "secret", "socket", "zero"]);
}

#[test]
fn more_than_the_cap_is_refused_before_it_is_read_a25() {
    let folder = Folder::new();
    let sparse = fs::File::create(folder.path("sparse")).expect("made");
    sparse.set_len(1 << 40).expect("1 TiB of nothing");
    assert!(matches!(disk::read(&folder.path("sparse"), 64 << 20), Err(DiskError::TooLarge { cap_bytes: 67_108_864, .. })));
    fs::write(folder.path("five"), b"12345").expect("written");
    assert_eq!(disk::read(&folder.path("five"), 5).expect("at the cap"), b"12345");
    assert!(matches!(disk::read(&folder.path("five"), 4), Err(DiskError::TooLarge { .. })));
    // A file whose length says nothing about what it holds.
    assert!(matches!(disk::read(Path::new("/proc/self/status"), 10), Err(DiskError::TooLarge { .. })));
}

#[test]
fn private_files_and_folders_are_private_and_shared_ones_keep_their_mode() {
    let folder = Folder::new();
    let mode = |name: &str| fs::metadata(folder.path(name)).expect("facts").mode() & 0o777;
    disk::replace(&folder.path("own"), b"1", Access::Private).expect("written");
    assert_eq!(mode("own"), 0o600);
    fs::set_permissions(folder.path("own"), fs::Permissions::from_mode(0o644)).expect("opened");
    disk::replace(&folder.path("own"), b"2", Access::Private).expect("written");
    assert_eq!(mode("own"), 0o600, "private again");
    for shared in [0o640, 0o664, 0o444] {
        fs::write(folder.path("shared"), b"1").expect("written");
        fs::set_permissions(folder.path("shared"), fs::Permissions::from_mode(shared)).expect("set");
        disk::replace(&folder.path("shared"), b"2", Access::Shared).expect("written");
        assert_eq!(mode("shared"), shared);
        fs::remove_file(folder.path("shared")).expect("removed");
    }
    disk::make_dir(&folder.path("a/b"), Access::Private).expect("made");
    assert_eq!((mode("a"), mode("a/b")), (0o700, 0o700));
}

#[test]
fn folders_are_made_only_where_nothing_else_stands() {
    let folder = Folder::new();
    fs::write(folder.path("file"), b"").expect("written");
    symlink(folder.path("nowhere"), folder.path("dangling")).expect("a link");
    fs::create_dir(folder.path("real")).expect("made");
    symlink(folder.path("real"), folder.path("link")).expect("a link");
    for access in [Access::Private, Access::Shared] {
        assert!(matches!(disk::make_dir(&folder.path("file"), access), Err(DiskError::Kind { .. })));
        assert!(matches!(disk::make_dir(&folder.path("dangling"), access), Err(DiskError::Kind { found: "a link", .. })));
    }
    assert!(matches!(disk::make_dir(&folder.path("link"), Access::Private), Err(DiskError::Kind { found: "a link", .. })));
    disk::make_dir(&folder.path("link"), Access::Shared).expect("a team's folder may be a link");
    fs::set_permissions(folder.path("real"), fs::Permissions::from_mode(0o777)).expect("opened");
    assert!(matches!(disk::make_dir(&folder.path("real"), Access::Private), Err(DiskError::Exposed { .. })));
    assert!(!folder.path("nowhere").exists());
}

#[test]
fn create_new_never_overwrites() {
    let folder = Folder::new();
    disk::create_new(&folder.path("a"), b"first", Access::Shared).expect("new");
    assert!(matches!(disk::create_new(&folder.path("a"), b"second", Access::Shared), Err(DiskError::Exists { .. })));
    symlink(folder.path("nowhere"), folder.path("dangling")).expect("a link");
    assert!(matches!(disk::create_new(&folder.path("dangling"), b"x", Access::Shared), Err(DiskError::Exists { .. })));
    assert_eq!(fs::read(folder.path("a")).expect("read"), b"first");
    assert_eq!(folder.names(), ["a", "dangling"]);
}

#[test]
fn create_new_works_and_never_overwrites_where_the_disk_has_neither_exclusive_renames_nor_hard_links() {
    let folder = Folder::new();
    let path = folder.path("a");
    // What an old FAT driver answers.
    let fat = [
        "-o",
        "/dev/null",
        "-e",
        "trace=renameat2,link,linkat",
        "-e",
        "inject=renameat2:error=EINVAL",
        "-e",
        "inject=link,linkat:error=EPERM",
    ];
    let create = |text: &str| job(&[Path::new("create-new"), &path, Path::new(text)]).answer(&Under::Strace(&fat));
    assert_eq!(create("first"), "written");
    assert!(create("second").ends_with("is there already"), "{}", create("second"));
    // Hard links without exclusive renames: a network share.
    let nfs = ["-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:error=EINVAL"];
    let other = folder.path("b");
    let create = |text: &str| job(&[Path::new("create-new"), &other, Path::new(text)]).answer(&Under::Strace(&nfs));
    assert_eq!(create("first"), "written");
    assert!(create("second").ends_with("is there already"));
    assert_eq!(fs::read(&path).expect("read"), b"first");
    assert_eq!(fs::read(&other).expect("read"), b"first");
    assert_eq!(folder.names(), ["a", "b"]);
}

#[test]
fn append_adds_to_the_end_and_keeps_what_stands_there() {
    let folder = Folder::new();
    disk::append(&folder.path("log"), b"one\n", Access::Private).expect("new");
    disk::append(&folder.path("log"), b"two\n", Access::Private).expect("more");
    assert_eq!(fs::read(folder.path("log")).expect("read"), b"one\ntwo\n");
    assert_eq!(fs::metadata(folder.path("log")).expect("facts").mode() & 0o777, 0o600);
}

#[test]
fn a_disk_that_does_not_keep_what_it_is_given_is_found_out() {
    let folder = Folder::new();
    fs::write(folder.path("a"), b"old").expect("written");
    let replace = job(&[Path::new("replace"), &folder.path("a"), Path::new("new")]);
    // A write that claims to have written, and did nothing.
    let when = format!("inject=write:retval=3:when={}", WARM_UP + 1);
    let answer = replace.answer(&Under::Strace(&["-o", "/dev/null", "-e", "trace=write", "-e", &when]));
    assert!(answer.contains("reads back differently"), "{answer}");
    assert_eq!(fs::read(folder.path("a")).expect("read"), b"old");
    assert_eq!(folder.names(), ["a"]);
}

#[test]
fn an_interrupted_call_is_tried_again_f15() {
    let folder = Folder::new();
    for (call, first) in [("write", WARM_UP + 1), ("read", WARM_UP + 1), ("openat", WARM_UP + 1), ("flock", 1)] {
        let path = folder.path(call);
        let when = format!("inject={call}:error=EINTR:when={first}");
        let trace = format!("trace={call}");
        let replace = job(&[Path::new("replace"), &path, Path::new("new")]);
        assert_eq!(replace.answer(&Under::Strace(&["-o", "/dev/null", "-e", &trace, "-e", &when])), "written", "{call}");
        assert_eq!(fs::read(&path).expect("read"), b"new");
    }
}

#[test]
fn without_random_bytes_nothing_is_written_f34() {
    let folder = Folder::new();
    fs::write(folder.path("a"), b"old").expect("written");
    let replace = job(&[Path::new("replace"), &folder.path("a"), Path::new("new")]);
    // No device to fall back to either.
    let broken = ["-o", "/dev/null", "-e", "trace=getrandom", "-e", "inject=getrandom:error=EIO"];
    let ran = replace.run(&Under::Strace(&broken));
    if let Some(answer) = ran.answer {
        assert!(answer.contains("no random bytes"), "{answer}");
    }
    assert_eq!(fs::read(folder.path("a")).expect("read"), b"old");
    assert_eq!(folder.names(), ["a"]);
}

#[test]
fn a_full_disk_leaves_the_old_file_and_no_temporary_f6() {
    let folder = Folder::new();
    fs::create_dir(folder.path("small")).expect("made");
    let small = folder.path("small");
    let path = small.join("a");
    let mounted =
        |size: &str, then: &str| format!("mount -t tmpfs -o {size} none '{0}'; printf old > '{0}/a'; {then}", small.display());
    let report = format!("(\"$@\"; ls -A '{0}'; cat '{0}/a') ; exit 0", small.display());
    for size in ["size=8k", "nr_inodes=2"] {
        let text = "x".repeat(16_000);
        let replace = job(&[Path::new("replace"), &path, Path::new(&text)]);
        let ran = replace.run(&Under::Mounts(&mounted(size, &report)));
        let answer = ran.answer.expect("an answer");
        assert!(answer.ends_with("the disk is full"), "{size}: {answer}");
        let stdout = String::from_utf8_lossy(&ran.output.stdout).into_owned();
        assert!(stdout.ends_with("a\nold"), "{size}: only the old file: {stdout}");
    }
}

#[test]
fn one_lock_holder_at_a_time_and_death_releases_it_f18() {
    let folder = Folder::new();
    let path = folder.path("lock");
    let held = disk::lock(&path, 0).expect("free");
    let error = disk::lock(&path, 0).expect_err("taken");
    assert!(matches!(error, DiskError::Locked { holder: Some(pid), .. } if pid == std::process::id()), "{error}");
    drop(held);
    disk::lock(&path, 0).expect("free again");
    assert_eq!(fs::metadata(&path).expect("facts").mode() & 0o777, 0o600);

    let held = disk::lock_folder(folder.0.path(), "unused", 0).expect("free");
    assert!(matches!(disk::lock_folder(folder.0.path(), "unused", 0), Err(DiskError::Locked { .. })));
    drop(held);
    assert_eq!(folder.names(), ["lock"], "locking a folder leaves nothing");
}

#[test]
fn a_lock_is_no_way_to_write_into_another_file_f2() {
    let folder = Folder::new();
    fs::write(folder.path("victim"), b"precious").expect("written");
    symlink(folder.path("victim"), folder.path("lock")).expect("a link");
    assert!(disk::lock(&folder.path("lock"), 0).is_err());
    mkfifo(&folder.path("pipe"));
    assert!(disk::lock(&folder.path("pipe"), 0).is_err());
    assert_eq!(fs::read(folder.path("victim")).expect("read"), b"precious");
}

#[test]
fn sweeping_removes_temporaries_and_nothing_else() {
    let folder = Folder::new();
    for name in [".kit-0123456789abcdef.tmp", "a.tmp", ".kit-notes", "bundle.kit"] {
        fs::write(folder.path(name), b"").expect("written");
    }
    disk::sweep(folder.0.path()).expect("swept");
    assert_eq!(folder.names(), [".kit-notes", "a.tmp", "bundle.kit"]);
}

#[test]
fn names_of_any_kind_are_only_names_d16() {
    let folder = Folder::new();
    for name in ["-rf", "a\nb", "a b", "CON", "a.", "größe", "*", "$(date)", "\u{202e}x"] {
        disk::create_new(&folder.path(name), b"1", Access::Shared).expect("written");
        disk::replace(&folder.path(name), b"2", Access::Shared).expect("written");
        assert_eq!(disk::read(&folder.path(name), 10).expect("read"), b"2", "{name:?}");
        disk::remove(&folder.path(name)).expect("removed");
    }
    assert!(disk::replace(&folder.path("a\0b"), b"1", Access::Shared).is_err());
    assert!(disk::replace(&folder.path(&"x".repeat(300)), b"1", Access::Shared).is_err());
    assert_eq!(folder.names(), [""; 0]);
}
