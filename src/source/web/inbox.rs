//! What members send, as files in folders beside the bundle: `inbox/<device>/<number>-<hash>`.

use super::{multistatus, site::Site};
use crate::source::{
    Bounds, Inbox, Item, SourceError,
    inbox::{FOLDER, ITEM_BYTES_MAX, check_count, is_device},
    url::Url,
};

const BODY: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:propfind xmlns:D=\"DAV:\">\
    <D:prop><D:resourcetype/></D:prop></D:propfind>\n";

impl Inbox for Site {
    /// A server that does not heed the condition writes the same bytes again: an item's name holds its hash.
    fn put(&self, item: &Item, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
        // 412: it is there already.
        Self::put(self, &self.item(item), Some(("If-None-Match", "*")), bytes, bounds).map(drop)
    }

    fn list(&self, bounds: &Bounds) -> Result<Vec<Item>, SourceError> {
        let mut items = Vec::new();
        for device in self.names(&self.beside(&format!("{FOLDER}/")), bounds)? {
            // Only what can be a device is looked into: nobody can send kit through folders of their own making.
            if !is_device(&device) {
                continue;
            }
            let names = self.names(&self.beside(&format!("{FOLDER}/{device}/")), bounds)?;
            items.extend(names.iter().filter_map(|name| format!("{device}/{name}").parse::<Item>().ok()));
            check_count(&items, self.name())?;
        }
        items.sort();
        items.dedup();
        Ok(items)
    }

    fn take(&self, items: &[Item], bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
        let mut taken = Vec::new();
        for item in items {
            let reply = self.ask("GET", &self.item(item), &[], b"", &bounds.with_cap(ITEM_BYTES_MAX));
            match reply {
                Ok(reply) if reply.status == 200 && item.is_of(&reply.body) => taken.push((item.clone(), reply.body)),
                // Another's, or too much of it: what is not the item is not there.
                Ok(reply) if matches!(reply.status, 200 | 404 | 410) => {}
                Err(SourceError::TooBig { .. } | SourceError::CutOff { .. }) => {}
                Ok(reply) => return Err(self.refusal(&reply)),
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }
}

impl Site {
    fn item(&self, item: &Item) -> Url {
        self.beside(&format!("{FOLDER}/{item}"))
    }

    /// What a folder holds, itself among it; nothing when it is not there.
    fn names(&self, folder: &Url, bounds: &Bounds) -> Result<Vec<String>, SourceError> {
        let headers = [("Depth", "1"), ("Content-Type", "application/xml; charset=utf-8")];
        let reply = self.ask("PROPFIND", folder, &headers, BODY, &bounds.with_cap(multistatus::BYTES_MAX))?;
        match reply.status {
            207 => multistatus::names(&reply.body)
                .map_err(|what| SourceError::Answer { name: self.name().to_owned(), what: what.to_owned() }),
            404 | 410 => Ok(Vec::new()),
            405 | 501 => {
                Err(self.read_only(&format!("the server lists no folders (PROPFIND is answered with {})", reply.status)))
            }
            _ => Err(self.refusal(&reply)),
        }
    }
}
