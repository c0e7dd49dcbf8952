//! `kit seal`: the values of credentials, for their holders only.

use std::path::PathBuf;

use clap::Args;

use crate::{
    appoint::roots_of,
    authored,
    bundle::capsule::Field,
    cli::{
        failure::Failure,
        sealing::{
            Given, Import, Sealed, Wanted, Way, again, check_fields, fill_in, may_run, renew, sealed, wanted, warn_of_lost,
        },
        session::Session,
    },
    key::Passphrase,
    open::{self, OpenError, Reading},
    refresh, seal,
    store::{Store, StoreError},
    team::FieldKind,
};

/// Seal the values of a credential for the holders of its tier
///
/// Examples:
///   kit seal aws-root --field user=root@example.com --field password --field totp --dir team
///   pass show aws/root | head -1 | kit seal aws-root --field password --dir team
///   kit seal --refresh --dir team
///
/// With --import the fields of one item of another password manager's export come too; a field that is named here counts first.
/// Fields without a value are asked for, unseen; without any field, those that the sealed version has. Secrets are never taken from the command line. The new version has exactly the
/// fields that are named; those that [credential.from] in the directory has commands for come by themselves. With --keep-others
/// the old version is opened, which needs a holder's passphrase and is recorded, and its other fields stay.
///
/// Commands that stand in the directory are shown before they run here for the first time, and have to be accepted. With
/// --refresh they are asked for their values, and what changed is sealed; exit status 1 when any of them failed.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The credential; several, or none for all that have commands, with --refresh
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The team directory
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// A field that is asked for, or read from a pipe; NAME=VALUE only for what is no secret, such as user=alice
    #[arg(long = "field", value_name = "NAME", conflicts_with = "refresh")]
    fields: Vec<String>,
    /// A field whose value a command prints
    #[arg(long, value_name = "NAME=COMMAND", conflicts_with = "refresh")]
    from: Vec<String>,
    /// A field whose value stands in a file
    #[arg(long = "from-file", value_name = "NAME=PATH", conflicts_with = "refresh")]
    files: Vec<String>,
    /// What sort of value it is, where its name does not say it: text, secret, totp, codes, note, file
    #[arg(long = "kind", value_name = "NAME=KIND", conflicts_with = "refresh")]
    kinds: Vec<String>,
    #[command(flatten)]
    import: Import,
    /// Keep the fields that are sealed already and not named here; opens them, as a holder
    #[arg(long, conflicts_with = "refresh")]
    keep_others: bool,
    /// Run the commands of the directory, and seal what changed
    #[arg(long)]
    refresh: bool,
    /// Accept the commands that this code stands for
    #[arg(long, value_name = "CODE")]
    accept_commands: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (dir, code) = (arguments.dir.as_path(), arguments.accept_commands.as_deref());
    let name =
        match arguments.names.as_slice() {
            _ if arguments.names.iter().any(|name| name.contains('=')) => {
                return Err(Failure::usage("a value stands among the names; it is not taken.")
                    .hint("Fields are named so: --field password"));
            }
            [name] if !arguments.refresh => Some(name),
            _ if arguments.refresh => None,
            _ => {
                return Err(Failure::usage("one credential is sealed at a time.")
                    .hint("Name it: kit seal NAME --field password --dir DIR"));
            }
        };
    // What needs nobody's passphrase comes first: what is refused anyway is refused without one.
    let given = Given { fields: &arguments.fields, from: &arguments.from, files: &arguments.files, kinds: &arguments.kinds };
    let mut fields = wanted(given, &session.context.managers)?;
    let checked = authored::load(dir, session.moment().here().date())?;
    let store = session.store_of(roots_of(dir)?.kit())?;
    let Some(name) = name else {
        let (reading, _) = contacts(&store, &mut session)?;
        let signed = reading.as_ref().map(|reading| &reading.team);
        return renew(&arguments.names, (&store, dir), (&checked, signed), code, &mut session);
    };
    let seen = seal::seen(&checked.team, name)?;
    if let Some(lines) = checked.commands.get(&seen.id) {
        for (name, command) in refresh::commands(lines, dir, &session.context.managers)? {
            if !fields.iter().any(|field| field.name == name) {
                fields.push(Wanted { kind: FieldKind::of_name(&name), is_kind_given: false, name, way: Way::Team(command) });
            }
        }
    }
    let is_bare = given.is_empty() && !arguments.import.is_given() && !arguments.keep_others;
    again(&seen, (&mut fields, is_bare), dir, &session)?;
    let imported = arguments.import.fields(&fields, &mut session)?;
    check_fields(&seen, (&fields, &imported), dir)?;
    let (reading, passphrase) = contacts(&store, &mut session)?;
    let target = seal::target(&store, reading.as_ref().map(|reading| &reading.team), &checked.team, name)?;
    warn_of_lost(&target, (&fields, &imported), arguments.keep_others, &mut session);
    let commands = fields.iter().filter_map(|field| if let Way::Team(command) = &field.way { Some(command) } else { None });
    may_run(&store, commands, code, &mut session)?;
    let mut values = fill_in(&fields, &mut session)?;
    let is_all_theirs =
        !arguments.keep_others && imported.is_empty() && fields.iter().all(|field| matches!(field.way, Way::Team(_)));
    values.extend(imported);
    if arguments.keep_others {
        let passphrase = passphrase.map_or_else(|| session.passphrase(), Ok)?;
        let moment = session.when();
        let old = target.open_old((&store, &checked.team), reading.as_ref(), &passphrase, moment)?;
        let is_new = |field: &Field| !values.iter().any(|value| value.name == field.name);
        let kept: Vec<Field> = old.into_iter().filter(is_new).collect();
        values.extend(kept);
    }
    let capsule = target.seal((&store, dir), &values, session.moment().now, is_all_theirs)?;
    sealed(&Sealed { target: &target, capsule: &capsule }, dir, &mut session)?;
    arguments.import.advise(&mut session);
    Ok(())
}

/// The kit on this machine, which says to whom may be sealed and above which version; with the passphrase, where it was asked for.
/// [`None`] before anything was published: then what was made and accepted here counts.
fn contacts(store: &Store, session: &mut Session<'_>) -> Result<(Option<Reading>, Option<Passphrase>), Failure> {
    let children = session.context.children.clone();
    let mut said = None;
    let opened = open::open(store, &children, || {
        let passphrase = session.passphrase()?;
        said = Some(passphrase.clone());
        Ok(passphrase)
    });
    match opened {
        Ok(reading) => Ok((Some(reading), said)),
        Err(OpenError::Store(StoreError::Empty { .. })) => Ok((None, said)),
        Err(error) => Err(error.into()),
    }
}
