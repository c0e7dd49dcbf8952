//! What members send, over sftp: each item is uploaded under another name and then gets its own, which has to be free.

use super::{Listed, SftpSource, Trouble, listing, session::random_name};
use crate::source::{
    Bounds, Inbox, Item, Source, SourceError,
    inbox::{FOLDER, ITEM_BYTES_MAX, check_count, is_device},
};

impl SftpSource {
    fn inbox_path(&self, below: &str) -> String {
        self.address.path(&format!("{FOLDER}/{below}"))
    }

    fn cannot(&self, trouble: Trouble) -> SourceError {
        match trouble {
            Trouble::Denied => SourceError::ReadOnly { name: self.name(), why: "its inbox: permission denied".to_owned() },
            trouble => trouble.error(&self.name(), "writing into its inbox"),
        }
    }

    /// The inbox and the device's folder in it. Everybody who may write beside the bundle may write in the inbox.
    fn make_folders(&self, session: &mut super::Session<'_>, item: &Item) -> Result<(), SourceError> {
        let (folder, inbox) = (self.address.folder(), self.address.path(FOLDER));
        if session.tell(&format!("mkdir \"{inbox}\""))?.is_ok() {
            let listed = session.ask(&format!("ls -lan \"{folder}\""))?.listed(Listed::read).unwrap_or_default();
            if let Some(own) = listed.iter().find(|listed| listed.name == ".") {
                let _ = session.tell(&format!("chmod {:o} \"{inbox}\"", own.mode))?;
            }
        }
        // Whether it is there shows when something is put into it.
        let _ = session.tell(&format!("mkdir \"{}\"", self.inbox_path(item.device())))?;
        Ok(())
    }
}

impl Inbox for SftpSource {
    fn put(&self, item: &Item, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
        let mut session = self.session(bounds)?;
        let path = self.inbox_path(&item.to_string());
        let beside = self.inbox_path(&format!("{}/.{}", item.device(), random_name()?));
        let mut sent = session.put(bytes, &beside)?;
        if sent == Err(Trouble::Missing) {
            self.make_folders(&mut session, item)?;
            sent = session.put(bytes, &beside)?;
        }
        if let Err(trouble) = sent {
            let _ = session.tell(&format!("rm \"{beside}\""))?;
            return Err(self.cannot(trouble));
        }
        let _ = session.tell(&format!("chmod 644 \"{beside}\""))?;
        // The old kind of rename, which replaces nothing.
        let named = session.tell(&format!("rename -l \"{beside}\" \"{path}\""))?;
        if let Err(trouble) = named {
            let _ = session.tell(&format!("rm \"{beside}\""))?;
            let is_there = session.ask(&format!("ls -ln \"{path}\""))?.listed(Listed::read).is_ok_and(|list| list.len() == 1);
            if !is_there {
                return Err(self.cannot(trouble));
            }
        }
        session.close();
        Ok(())
    }

    fn list(&self, bounds: &Bounds) -> Result<Vec<Item>, SourceError> {
        let mut session = self.session(bounds)?;
        let last = |line: &str| Some(listing::name(line).to_owned());
        let devices = match session.ask(&format!("ls -1 \"{}\"", self.address.path(FOLDER)))?.listed(last) {
            Ok(devices) => devices,
            Err(Trouble::Missing) => {
                self.check_folder(&mut session)?;
                Vec::new()
            }
            Err(trouble) => return Err(trouble.error(&self.name(), "reading its inbox")),
        };
        let mut items: Vec<Item> = Vec::new();
        // Only names that could be a device's are said to sftp.
        for device in devices.iter().filter(|device| is_device(device)) {
            let said = session.ask(&format!("ls -1 \"{}\"", self.inbox_path(device)))?;
            let names = said.listed(|line| format!("{device}/{}", listing::name(line)).parse().ok());
            items.extend(names.unwrap_or_default());
            check_count(&items, &self.name())?;
        }
        session.close();
        Ok(items)
    }

    fn take(&self, items: &[Item], bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
        let mut session = self.session(bounds)?;
        let mut taken = Vec::new();
        for item in items {
            let got = match session.get(&self.inbox_path(&item.to_string()), ITEM_BYTES_MAX, None) {
                // Not what its name says, however much of it there is.
                Err(SourceError::TooBig { .. }) => {
                    session = self.session(bounds)?;
                    continue;
                }
                got => got?,
            };
            match got {
                Ok(bytes) if item.is_of(&bytes) => taken.push((item.clone(), bytes)),
                Ok(_) | Err(Trouble::Missing | Trouble::Other(_)) => {}
                Err(trouble) => return Err(trouble.error(&self.name(), "reading its inbox")),
            }
        }
        session.close();
        Ok(taken)
    }
}
