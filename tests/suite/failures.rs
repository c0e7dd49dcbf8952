//! U35: what goes wrong is said once, with what to do now, and nothing is printed as an answer.

use crate::acme::Acme;

#[test]
fn every_failure_has_a_next_step() {
    let acme = Acme::joined();
    let (dana, alice) = (&acme.dana, &acme.alice);
    dana.write("empty", "");
    dana.write("binary", b"\xff\n");
    std::fs::create_dir(dana.path("folder")).unwrap();
    for line in [
        "publish team",
        "publish folder --passphrase-file p",
        "publish team --passphrase-file empty",
        "publish team --passphrase-file binary",
        "publish team --passphrase-file folder",
        "publish team --passphrase-file missing",
        "publish team --to https://example.com/x --passphrase-file p",
        "publish team --to git@example.com:x --passphrase-file p",
        "init team --name A --as x --passphrase-file p",
        "init new --name A --as X_Y --passphrase-file p",
        "init new --name A --as x --zone Mars --passphrase-file p",
        "init new --name A --as x --device a_b --passphrase-file p",
        "init new --name A --as x --work-factor 3 --passphrase-file p",
        "join kit-invite1:xxx --as y --passphrase-file p",
        "join empty --as y --passphrase-file p",
        "join binary --as y --passphrase-file p",
        "join missing --as y --passphrase-file p",
        "member add kit-join1:xx --dir team",
        "member add empty --dir team",
        "member add x",
        "publisher add bob.reyes --dir team --passphrase-file p",
        "publisher add dana.fox --dir team --passphrase-file p",
        "publisher remove dana.fox --dir team --passphrase-file p",
        "publisher list --dir folder",
        "source remove nope",
        "source add ftp://example.com",
        "sync --from ftp://example.com",
        "sync --from folder",
        "verify folder",
        "verify empty",
        "verify binary",
        "trust --words a",
        "unlock --for 0h",
        "import binary --into team --yes",
        "import empty --into folder --yes",
        "import folder --into team",
        "import missing --into team",
        "help nope",
        "check folder",
        "check p",
        "--kit 0 status",
        "--at soon status",
        "lookup quetzal",
        "who quetzal",
        "who al",
        "who payments-db --out quetzal",
        "who payments-db --out alice.okafor,bob.reyes,priya.nair,chris.lindqvist,dana.fox",
        "who payments-db --down quetzal",
        "who payments-db --from quetzal",
        "authority quetzal",
        "authority rollback --out e",
        "lookup al",
        "look alice",
        "lookup",
    ] {
        for machine in [dana, alice] {
            let run = machine.kit(line.split(' '));
            let hints = run.stderr.lines().filter(|line| line.starts_with("     ")).count();
            run.assert(run.status != 0 && run.status != 70 && run.status != 101, "a failure of its own kind");
            run.assert(run.stderr.lines().any(|line| line.starts_with("kit: ")), "a reason");
            run.assert(hints > 0, "a next step");
            run.assert(
                !run.stderr.contains("Error") && !run.stderr.contains(".rs:") && !run.stderr.contains("os error"),
                "plain words (U36)",
            );
        }
    }
    alice.without("KIT_HOME").without("HOME").with("HOME", "").kit(["status"]).fails_talking(3);
    acme.alice.kit(["lookup", "alice"]).ok();
}
