//! Git sources that attack: addresses, repositories, servers. A canary is a file that must never appear.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    time::Duration,
};

use outage_kit::source::{Bounds, SourceError};

use crate::{
    acme::Acme,
    git_peers::{bare, blob, force, git, git_reading, place, plain_path, set_tree, show},
    place::Place,
    sshd::Sshd,
    world::World,
};

const CAP_BYTES: u64 = 1 << 20;

/// A script that leaves the canary.
fn script(world: &World, name: &str) -> PathBuf {
    let path = world.write(name, format!("#!/bin/sh\ntouch {}\nexec cat\n", world.path("canary").display()));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[track_caller]
fn no_canary(world: &World, what: &str) {
    assert!(!world.path("canary").exists(), "{what}");
}

#[test]
fn a19_addresses_that_are_commands_run_nothing_and_say_why() {
    let acme = Acme::joined();
    let world = &acme.alice;
    let canary = world.path("canary");
    let canary = canary.to_str().unwrap();
    // A repository whose very name is a command, to be handed to a shell by git itself.
    let odd = bare(world, "srv/x;touch canary;$(touch canary).git");
    force(world, &odd, "kit", "bundle.kit", b"no kit");
    let odd = format!("git+file://{}", odd.display()).replace(' ', "%20");
    let rows = [
        (format!("ext::sh -c touch% {canary}"), "ext: is no kind of source"),
        (format!("ext::touch%20{canary}"), "ext: is no kind of source"),
        ("fd::17/foo".to_owned(), "fd: is no kind of source"),
        ("https::https://127.0.0.1/x".to_owned(), "one kind of address"),
        ("git+ext://sh/x".to_owned(), "git+ext: is no kind of source"),
        ("git://127.0.0.1/x".to_owned(), "git: is no kind of source"),
        ("git+git://127.0.0.1/x".to_owned(), "git+git: is no kind of source"),
        (format!("git+ssh://-oProxyCommand=touch%20{canary}/x"), "a host is"),
        (format!("ssh://-oProxyCommand=touch {canary}/x"), "no spaces"),
        ("git+ssh://-oProxyCommand=x@127.0.0.1/x".to_owned(), "a user is"),
        ("-oProxyCommand=x@127.0.0.1:x".to_owned(), "a user is"),
        ("git@-oProxyCommand=x:x".to_owned(), "a host is"),
        (format!("git@127.0.0.1:--upload-pack=touch${{IFS}}{canary}"), "no spaces, quotes"),
        ("git@127.0.0.1:--upload-pack=x".to_owned(), "no part of a repository"),
        ("git+ssh://127.0.0.1/--upload-pack=x".to_owned(), "no part of a repository"),
        ("git+ssh://127.0.0.1/a/%2d%2dexec=x".to_owned(), "no part of a repository"),
        (format!("git+ssh://$(touch${{IFS}}{canary})/x"), "no spaces, quotes"),
        ("git@`touch${IFS}canary`:x".to_owned(), "no spaces, quotes"),
        ("git+ssh://127.0.0.1/%00".to_owned(), "control"),
        ("git+ssh://127.0.0.1/x%0atouch".to_owned(), "control"),
        ("git+ssh://127.0.0.1\u{1b}]52;c;x/x".to_owned(), "control"),
        ("git+ssh://0x7f.1/x".to_owned(), "four decimal"),
        ("git+ssh://127.0.0.1/".to_owned(), "names no repository"),
        ("git@127.0.0.1:".to_owned(), "names no repository"),
        ("git@127.0.0.1:a%20b".to_owned(), "no escapes"),
        ("git+file:///".to_owned(), "names no repository"),
        ("git+file://elsewhere/x".to_owned(), "git+file:///path"),
        ("git+file:///srv/../../etc".to_owned(), ". or .."),
        ("git+http://example.com/x".to_owned(), "for this machine only"),
        ("git+https://dana:hunter2@127.0.0.1/x".to_owned(), "a password"),
        ("git+ssh://127.0.0.1/x?upload-pack=touch".to_owned(), "a parameter"),
        ("git+ssh://127.0.0.1/x?branch=a&branch=b".to_owned(), "a parameter"),
        ("git+ssh://127.0.0.1/x?branch=--upload-pack%3Dx".to_owned(), "a branch is"),
        ("git+ssh://127.0.0.1/x?branch=kit:refs/heads/main".to_owned(), "a branch is"),
        ("git+ssh://127.0.0.1/x?branch=%2Bkit".to_owned(), "a branch is"),
        ("git+ssh://127.0.0.1/x?branch=../../config".to_owned(), "a branch is"),
        ("git+ssh://127.0.0.1/x?path=-x".to_owned(), "a path in a repository"),
        ("git+ssh://127.0.0.1/x?path=.git/config".to_owned(), "a path in a repository"),
        ("git+ssh://127.0.0.1/x?path=../x".to_owned(), "a path in a repository"),
        ("git+ssh://127.0.0.1/x#y".to_owned(), "fragment"),
    ];
    for (address, why) in &rows {
        let run = world.kit(["sync", &format!("--from={address}")]);
        run.assert(run.status == 2, &format!("status 2 for {address}")).fails(2).says(why).lacks("\u{1b}").lacks("hunter2");
        world.kit(["source", "add", "--", address]).fails(2).says(why).lacks("\u{1b}").lacks("hunter2");
        no_canary(world, address);
    }
    // Those that are addresses all the same go to git as they are, and through no shell of this machine.
    for address in [
        "git+ssh://127.0.0.1:1/$(touch%20canary)",
        "git+ssh://127.0.0.1:1/;touch%20canary;",
        "git+ssh://127.0.0.1:1/%27;touch%20canary;%27",
        "git+https://127.0.0.1:1/$(touch%20canary)",
        "git+file:///nowhere/$(touch%20canary)",
    ] {
        let run = world.kit(["sync", "--from", address]);
        let what = if address.starts_with("git+file:") { "not there" } else { "no connection" };
        run.fails(7).says(what).says("Your kit still works").lacks("\u{1b}");
        no_canary(world, address);
    }
    world.kit(["sync", "--from", &odd]).fails(6).says("bundle");
    no_canary(world, &odd);
    world.kit(["lookup", "alice"]).ok();
}

#[test]
fn a19_settings_of_git_lead_to_no_other_protocol_and_ask_nobody() {
    let world = World::new();
    let canary = script(&world, "canary.sh");
    let repository = bare(&world, "srv/kit.git");
    let config = format!(
        "[protocol \"ext\"]\n allow = always\n[protocol]\n allow = always\n[url \"ext::{0} \"]\n insteadOf = https://127.0.0.1:1/\n\
         [url \"file://{1}\"]\n insteadOf = https://127.0.0.1:2/kit.git\n[core]\n askPass = {0}\n sshCommand = {0}\n hooksPath = {2}\n\
         fsmonitor = {0}\n pager = {0}\n alternateRefsCommand = {0}\n[submodule]\n recurse = true\n[push]\n gpgSign = true\n\
         [gpg]\n program = {0}\n[init]\n templateDir = {3}\n",
        canary.display(),
        repository.display(),
        world.path("hooks").display(),
        world.path("template").display(),
    );
    world.write("user-home/.gitconfig", config);
    for hook in ["hooks", "template/hooks"] {
        for name in ["pre-push", "post-update", "reference-transaction", "post-index-change", "pre-auto-gc"] {
            fs::create_dir_all(world.path(hook)).unwrap();
            fs::copy(&canary, world.path(hook).join(name)).unwrap();
        }
    }
    for (address, protocol) in [("git+https://127.0.0.1:1/x", "ext"), ("git+https://127.0.0.1:2/kit.git", "file")] {
        let error = place(&world, address, &plain_path()).fetch(CAP_BYTES).unwrap_err();
        assert!(matches!(error, SourceError::Setup { .. }) && error.to_string().contains("insteadOf"), "{protocol}: {error}");
        no_canary(&world, protocol);
    }
    // The user's own hooks and helpers of that kind are no part of reading and publishing either.
    let local = place(&world, &format!("git+file://{}", repository.display()), &plain_path());
    local.publish(b"kit 41", None).unwrap();
    assert_eq!(local.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 41");
    no_canary(&world, "local");
    let sshd = Sshd::start(&world, &[]);
    let remote = place(&world, &sshd.url("git+ssh", &repository), &sshd.path());
    assert_eq!(remote.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 41");
    no_canary(&world, "ssh");
}

/// A repository of this machine in which everything that can run a program does.
fn trapped(world: &World, name: &str) -> PathBuf {
    let repository = bare(world, name);
    let canary = script(world, "canary.sh");
    let hooks = [
        "pre-receive",
        "update",
        "post-receive",
        "post-update",
        "reference-transaction",
        "push-to-checkout",
        "proc-receive",
        "post-index-change",
        "pre-auto-gc",
        "fsmonitor-watchman",
        "post-checkout",
        "post-merge",
        "pre-push",
        "pre-commit",
    ];
    fs::create_dir_all(repository.join("hooks")).unwrap();
    for hook in hooks {
        fs::copy(&canary, repository.join("hooks").join(hook)).unwrap();
    }
    bare(world, "srv/other.git");
    fs::write(repository.join("objects/info/alternates"), format!("{}\n", world.path("srv/other.git/objects").display()))
        .unwrap();
    let canary = canary.display();
    let config = format!(
        "[core]\n fsmonitor = {canary}\n hooksPath = {0}\n sshCommand = {canary}\n gitProxy = {canary}\n pager = {canary}\n\
         editor = {canary}\n askPass = {canary}\n alternateRefsCommand = {canary}\n\
         [uploadpack]\n packObjectsHook = {canary}\n[receive]\n autogc = true\n denyCurrentBranch = updateInstead\n\
         [gc]\n auto = 1\n recentObjectsHook = {canary}\n[filter \"x\"]\n clean = {canary}\n smudge = {canary}\n process = {canary}\n\
         [diff \"x\"]\n textconv = {canary}\n command = {canary}\n[credential]\n helper = {canary}\n[gpg]\n program = {canary}\n\
         [alias]\n upload-pack = !{canary}\n receive-pack = !{canary}\n[remote \"origin\"]\n url = ext::{canary}\n promisor = true\n\
         partialclonefilter = blob:none\n[protocol]\n allow = always\n",
        repository.join("hooks").display(),
    );
    let file = repository.join("config");
    fs::write(&file, fs::read_to_string(&file).unwrap() + &config).unwrap();
    repository
}

#[test]
fn a20_a_repository_full_of_traps_is_read_and_published_to_without_springing_one() {
    let world = World::new();
    let repository = trapped(&world, "srv/kit.git");
    let local = place(&world, &format!("git+file://{}", repository.display()), &plain_path());
    local.publish(b"kit 41", None).unwrap();
    no_canary(&world, "the first publish");
    let version = local.fetch(CAP_BYTES).unwrap().expect("there").version;
    no_canary(&world, "fetch");
    local.publish(b"kit 42", Some(&version)).unwrap();
    no_canary(&world, "publishing over it");
    assert_eq!(local.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 42");
    // A hook that would decide instead of git: not run, so nothing is published.
    git(&world, &["-C", repository.to_str().unwrap(), "config", "receive.procReceiveRefs", "refs"]).ok();
    let version = local.fetch(CAP_BYTES).unwrap().expect("there").version;
    let error = local.publish(b"kit 43", Some(&version)).unwrap_err();
    assert!(matches!(error, SourceError::ReadOnly { .. }) && error.to_string().contains("proc-receive"), "{error}");
    no_canary(&world, "proc-receive");
}

#[test]
fn a20_hooks_that_a_repositorys_own_settings_name_keep_it_from_being_written_to() {
    let world = World::new();
    let canary = script(&world, "canary.sh");
    let hook = format!("[hook \"x\"]\n event = pre-receive\n event = reference-transaction\n command = {}\n", canary.display());
    let (direct, included) = (bare(&world, "srv/direct.git"), bare(&world, "srv/included.git"));
    fs::write(included.join("more"), &hook).unwrap();
    for (repository, more) in [(&direct, hook.as_str()), (&included, "[include]\n path = more\n")] {
        let file = repository.join("config");
        fs::write(&file, fs::read_to_string(&file).unwrap() + more).unwrap();
        let there = place(&world, &format!("git+file://{}", repository.display()), &plain_path());
        let refused = there.publish(b"kit 41", None).unwrap_err();
        assert!(matches!(refused, SourceError::ReadOnly { .. }), "{refused}");
        assert!(refused.to_string().contains("name hooks"), "{refused}");
        assert!(there.fetch(1 << 20).unwrap().is_none(), "reading is as ever");
    }
}

#[test]
fn a20_what_stands_in_place_of_the_bundle_is_named_and_nothing_of_a_tree_is_obeyed() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let canary = script(&world, "canary.sh");
    let kit = blob(&world, &repository, b"kit 41");
    let link = blob(&world, &repository, b"/etc/passwd");
    let lfs = blob(&world, &repository, b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    let zeros = blob(&world, &repository, &vec![0; 8 << 20]);
    let noise: Vec<u8> = (0..(6u32 << 20)).map(|n| (n.wrapping_mul(2_654_435_761).rotate_left(n % 31) >> 11) as u8).collect();
    let noise = blob(&world, &repository, &noise);
    let attributes = blob(&world, &repository, b"* filter=x diff=x text eol=crlf ident working-tree-encoding=UTF-16\n");
    let modules = blob(
        &world,
        &repository,
        format!("[submodule \"x\"]\n path = x\n url = -u{}\n update = !{}\n", canary.display(), canary.display()).as_bytes(),
    );
    let at = repository.to_str().unwrap();
    let empty = git_reading(&world, &["-C", at, "mktree"], b"").ok().stdout.trim().to_owned();
    let folder = git_reading(&world, &["-C", at, "mktree"], format!("100644 blob {kit}\tbundle.kit\n").as_bytes());
    let folder = folder.ok().stdout.trim().to_owned();
    let commit = git(&world, &["-C", at, "commit-tree", &empty, "-m", "x"]).ok().stdout.trim().to_owned();
    let source = place(&world, &format!("git+file://{at}"), &plain_path());
    let rows: [(&str, String, &str); 14] = [
        ("a link", format!("120000 blob {link}\tbundle.kit\n"), "is a link"),
        ("a submodule", format!("160000 commit {commit}\tbundle.kit\n"), "is a submodule"),
        ("a folder", format!("040000 tree {folder}\tbundle.kit\n"), "is a folder"),
        ("a pointer of LFS", format!("100644 blob {lfs}\tbundle.kit\n"), "a pointer of Git LFS"),
        ("a small pack of much", format!("100644 blob {zeros}\tbundle.kit\n"), "more than"),
        ("a large pack", format!("100644 blob {noise}\tbundle.kit\n"), "more than"),
        ("a large pack of something else", format!("100644 blob {kit}\tbundle.kit\n100644 blob {noise}\tx\n"), "more than"),
        ("another case", format!("100644 blob {kit}\tBundle.kit\n"), "nothing"),
        ("two cases", format!("120000 blob {link}\tBUNDLE.KIT\n100644 blob {kit}\tbundle.kit\n"), "kit 41"),
        ("attributes", format!("100644 blob {attributes}\t.gitattributes\n100644 blob {kit}\tbundle.kit\n"), "kit 41"),
        (
            "submodules that run",
            format!("100644 blob {modules}\t.gitmodules\n100644 blob {kit}\tbundle.kit\n160000 commit {commit}\tx\n"),
            "damaged",
        ),
        ("a folder of git's own", format!("040000 tree {folder}\t.GIT\n100644 blob {kit}\tbundle.kit\n"), "damaged"),
        ("a name that hides it", format!("040000 tree {folder}\t.g\u{200c}it\n100644 blob {kit}\tbundle.kit\n"), "damaged"),
        ("a link to settings", format!("120000 blob {link}\t.gitmodules\n100644 blob {kit}\tbundle.kit\n"), "damaged"),
    ];
    for (what, tree, expected) in &rows {
        set_tree(&world, &repository, "kit", tree);
        let found = match source.fetch(CAP_BYTES) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(fetched)) => String::from_utf8_lossy(&fetched.bytes).into_owned(),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{what}: {found}");
        no_canary(&world, what);
        let left = world.files("scratch");
        assert!(left.is_empty(), "{what}: {left:?}");
    }
    // What is no file is not published over; what stands beside it stays.
    set_tree(&world, &repository, "kit", &format!("120000 blob {link}\tbundle.kit\n"));
    assert!(source.publish(b"kit 42", None).unwrap_err().to_string().contains("is a link"));
    set_tree(
        &world,
        &repository,
        "kit",
        &format!("100755 blob {link}\ta\n100644 blob {attributes}\t.gitattributes\n120000 blob {link}\tl\n"),
    );
    source.publish(b"kit 42\r\n$Id$", None).unwrap();
    assert_eq!(show(&world, &repository, "kit", "bundle.kit"), b"kit 42\r\n$Id$", "nothing is converted");
    let tree = git(&world, &["-C", at, "ls-tree", "kit"]);
    tree.ok().has("100755 blob").has("\ta\n").has("120000 blob").has("\tl\n").has("\t.gitattributes\n");
    let deep = place(&world, &format!("git+file://{at}?path=a/bundle.kit"), &plain_path());
    assert!(deep.publish(b"kit 42", None).unwrap_err().to_string().contains("a is a file there"));
    // A branch that is no commit.
    git(&world, &["-C", at, "update-ref", "--no-deref", "refs/tags/x", &kit]).ok();
    fs::write(repository.join("refs/heads/odd"), format!("{kit}\n")).unwrap();
    let odd = place(&world, &format!("git+file://{at}?branch=odd"), &plain_path());
    assert!(matches!(odd.fetch(CAP_BYTES), Err(SourceError::Answer { .. })));
    no_canary(&world, "the end");
}

#[test]
fn a20_what_only_looks_like_a_repository_runs_nothing() {
    let world = World::new();
    let repository = trapped(&world, "srv/kit.git");
    force(&world, &repository, "kit", "bundle.kit", b"kit 41");
    // The traps work: plain git has just sprung one.
    fs::remove_file(world.path("canary")).expect("update-ref ran a hook");
    // A working tree with these traps, a file that leads to it, a link to it.
    fs::create_dir_all(world.path("tree")).unwrap();
    fs::rename(&repository, world.path("tree/.git")).unwrap();
    let config = world.path("tree/.git/config");
    fs::write(&config, fs::read_to_string(&config).unwrap().replace("bare = true", "bare = false")).unwrap();
    fs::write(world.path("tree/.gitattributes"), "* filter=x\n").unwrap();
    world.write("file/.git", format!("gitdir: {}\n", world.path("tree/.git").display()));
    symlink(world.path("tree/.git"), world.path("link.git")).unwrap();
    for name in ["tree", "tree/.git", "file", "link.git"] {
        let source = place(&world, &format!("git+file://{}", world.path(name).display()), &plain_path());
        let fetched = source.fetch(CAP_BYTES).unwrap_or_else(|e| panic!("{name}: {e}")).expect("there");
        assert_eq!(fetched.bytes, b"kit 41", "{name}");
        source.publish(b"kit 41", Some(&fetched.version)).unwrap_or_else(|e| panic!("{name}: {e}"));
        no_canary(&world, name);
    }
    fs::create_dir_all(world.path("empty")).unwrap();
    let source = place(&world, &format!("git+file://{}", world.path("empty").display()), &plain_path());
    let error = source.fetch(CAP_BYTES).unwrap_err();
    assert!(error.to_string().contains("no git repository"), "{error}");
}

/// What a server may write to drive a terminal.
const ESCAPES: &str = "\\033]52;c;aGVsbG8=\\007\\033[2J\\033[31mVERIFIED by root\\r\\n\\302\\233";

#[test]
fn a21_what_a_server_says_reaches_the_screen_as_plain_text() {
    let acme = Acme::joined();
    let repository = bare(&acme.dana, "srv/kit.git");
    let harmless = |text: &str| text.chars().all(|c| c == '\n' || !c.is_control());
    // On the channel that git shows people: a hook that refuses.
    let hook = repository.join("hooks/pre-receive");
    fs::create_dir_all(repository.join("hooks")).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nprintf '{ESCAPES} not here\\n' >&2\nexit 1\n")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let sshd = Sshd::start(&acme.dana, &[]);
    let dana = sshd.user(&acme.dana);
    let url = sshd.url("git+ssh", &repository);
    let run = dana.kit(["publish", "team", "--to", &url, "--passphrase-file", "p"]);
    run.assert(harmless(&run.stdout) && harmless(&run.stderr), "plain text only").says("not here").says("\\x1b");
    fs::remove_file(&hook).unwrap();
    drop(sshd);
    // Straight to standard error, and instead of the protocol.
    for script in [format!("printf '{ESCAPES} away\\n' >&2; exit 1"), format!("printf '{ESCAPES}\\n'")] {
        let file = acme.dana.write("liar", format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        fs::remove_dir_all(acme.dana.path("ssh")).unwrap();
        let sshd = Sshd::start(&acme.dana, &[&format!("ForceCommand {}", file.display())]);
        let run = sshd.user(&acme.alice).kit(["sync", "--from", &sshd.url("git+ssh", &repository)]);
        run.fails(7).says("Your kit still works");
        run.assert(harmless(&run.stderr), "plain text only");
        run.assert(run.stderr.lines().all(|line| line.len() < 600), "short lines");
    }
    acme.alice.kit(["lookup", "alice"]).ok();
}

#[test]
fn a_server_that_hangs_or_is_not_waited_for_is_left_with_a_reason() {
    let world = World::new();
    // Reads and says nothing, until the connection ends.
    let sshd = Sshd::start(&world, &["ForceCommand exec cat >/dev/null"]);
    let place: Place = place(&world, &sshd.url("git+ssh", "/srv/kit.git"), &sshd.path());
    let mut short = Bounds::of(CAP_BYTES);
    short.first_byte = Duration::from_millis(700);
    let error = place.0.fetch(None, &short).unwrap_err();
    assert!(matches!(error, SourceError::NoAnswer { .. }), "{error}");
    let mut short = Bounds::of(CAP_BYTES);
    short.total = Duration::from_millis(700);
    let error = place.0.fetch(None, &short).unwrap_err();
    assert!(matches!(error, SourceError::TooLong { .. }), "{error}");
    let bounds = Bounds::of(CAP_BYTES);
    bounds.stop.stop();
    let error = place.0.publish(b"x", None, &bounds).unwrap_err();
    assert!(matches!(error, SourceError::Stopped { .. }), "{error}");
    assert!(world.files("scratch").is_empty());
}

/// The repository at the other end is another user's, or broken.
#[test]
fn broken_repositories_are_told_apart() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let noise: Vec<u8> = (0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    force(&world, &repository, "kit", "bundle.kit", &noise);
    let at = repository.to_str().unwrap();
    git(&world, &["-C", at, "repack", "-adq"]).ok();
    let pack = fs::read_dir(repository.join("objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    let pack = pack.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "pack")).expect("a pack");
    let good = fs::read(&pack).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 0x55;
    overwrite(&pack, &bad);
    let source = place(&world, &format!("git+file://{at}"), &plain_path());
    let error = source.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Answer { .. }), "{error}");
    overwrite(&pack, &good[..good.len() / 2]);
    let error = source.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Answer { .. }), "{error}");
    overwrite(&pack, &good);
    assert_eq!(source.fetch(CAP_BYTES).unwrap().expect("there").bytes, noise);
    assert!(world.files("scratch").is_empty());
}

fn overwrite(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}
