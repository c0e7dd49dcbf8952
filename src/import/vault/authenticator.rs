//! What authenticators export as text: `otpauth://` addresses, and Google's for several accounts, one a line.

use super::{Vault, VaultItem};
use crate::otp::{MIGRATION, Migration, Totp, TotpError, migration};

pub(super) fn read(text: &str) -> Vault {
    let mut vault = Vault { items: Vec::new(), left_out: Vec::new() };
    let mut exports = Vec::new();
    for (at, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.get(..MIGRATION.len()).is_some_and(|start| start.eq_ignore_ascii_case(MIGRATION)) {
            exports.push(line);
            continue;
        }
        match Totp::parse(line) {
            Ok(totp) => vault.items.push(item(totp)),
            Err(error) => vault.left_out.push(format!("Line {at}: {error}.")),
        }
    }
    match migration(exports) {
        Ok(found) => moved(found, &mut vault),
        Err(error) => vault.left_out.push(format!("{error}.")),
    }
    vault
}

fn moved(found: Migration, vault: &mut Vault) {
    for batch in &found.batches {
        for part in batch.missing() {
            vault.left_out.push(format!("The export has {} parts, and part {part} is not in this file.", batch.size));
        }
    }
    vault.items.extend(found.moved.into_iter().map(|moved| match moved.totp {
        Ok(totp) => item(totp),
        Err(error) => refused(&moved.issuer, &moved.name, error),
    }));
}

fn item(totp: Totp) -> VaultItem {
    let mut item = VaultItem::new(&titled(totp.issuer().unwrap_or_default(), totp.account()), "");
    item.add_totp("totp", Ok(totp));
    item
}

fn refused(issuer: &str, name: &str, error: TotpError) -> VaultItem {
    let mut item = VaultItem::new(&titled(issuer, name), "");
    item.add_totp("totp", Err(error));
    item
}

fn titled(issuer: &str, account: &str) -> String {
    match (issuer.is_empty(), account.is_empty()) {
        (false, false) => format!("{issuer} ({account})"),
        _ => format!("{issuer}{account}"),
    }
}
