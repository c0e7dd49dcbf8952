//! The inbox of a repository: a branch beside the bundle's, to which members only ever add files.

use super::{
    super::{
        Bounds, Inbox, Item, SourceError,
        inbox::{FOLDER, ITEM_BYTES_MAX, check_count},
    },
    GitSource,
    change::{Change, Verdict},
    work::{Oid, Part, Work},
};

/// Most bytes of items that are read in one go.
const BATCH_BYTES_MAX: u64 = 16 << 20;

impl Inbox for GitSource {
    fn put(&self, item: &Item, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
        let (branch, path) = (self.address.inbox_branch(), path_of(item));
        let change = Change { branch: &branch, path: &path, bytes, part: Part::Names, message: "kit: inbox" };
        let cage = self.cage(bounds)?;
        let mut work = self.work(&cage, bounds)?;
        work.change(&change, &self.address, bounds, |there| if there.is_some() { Verdict::Done } else { Verdict::Go })?;
        Ok(())
    }

    fn list(&self, bounds: &Bounds) -> Result<Vec<Item>, SourceError> {
        let cage = self.cage(bounds)?;
        let mut work = self.work(&cage, bounds)?;
        let Some(tip) = work.fetch(&self.address.inbox_branch(), Part::Names)? else { return Ok(Vec::new()) };
        let names = work.names(&tip, &format!("{FOLDER}/"))?;
        let items: Vec<Item> =
            names.iter().filter_map(|name| name.strip_prefix(FOLDER)?.strip_prefix('/')?.parse().ok()).collect();
        check_count(&items, &self.address.to_string())?;
        Ok(items)
    }

    fn take(&self, items: &[Item], bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let cage = self.cage(bounds)?;
        let mut work = self.work(&cage, bounds)?;
        let Some(tip) = work.fetch(&self.address.inbox_branch(), Part::Files)? else { return Ok(Vec::new()) };
        let there = sizes(&work, &tip, items)?;
        let mut taken = Vec::new();
        let mut rest = there.as_slice();
        while !rest.is_empty() {
            let mut bytes = 0;
            let count = rest.iter().take_while(|(_, _, size)| {
                bytes += size;
                bytes <= BATCH_BYTES_MAX
            });
            let (batch, others) = rest.split_at_checked(count.count().max(1)).unwrap_or((rest, &[]));
            taken.extend(read(&work, batch)?);
            rest = others;
        }
        Ok(taken)
    }
}

fn path_of(item: &Item) -> String {
    format!("{FOLDER}/{item}")
}

/// Those items that are there and no larger than any is, with their blobs and sizes.
fn sizes<'i>(work: &Work<'_>, tip: &Oid, items: &'i [Item]) -> Result<Vec<(&'i Item, Oid, u64)>, SourceError> {
    let question: String = items.iter().map(|item| format!("{}:{}\n", tip.as_str(), path_of(item))).collect();
    let most = 256 * items.len() as u64;
    let answer = work.git_reading(&["cat-file", "--batch-check"], question.as_bytes(), most)?;
    let answer = String::from_utf8_lossy(&answer);
    let there = |(line, item)| {
        let mut words = str::split_ascii_whitespace(line);
        let oid = Oid::parse(words.next()?)?;
        let size = words.next().filter(|kind| *kind == "blob").and(words.next())?.parse().ok()?;
        (size <= ITEM_BYTES_MAX).then_some((item, oid, size))
    };
    Ok(answer.lines().zip(items).filter_map(there).collect())
}

/// Reads these blobs; those that are not what their names say are left out.
fn read(work: &Work<'_>, batch: &[(&Item, Oid, u64)]) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
    let question: String = batch.iter().map(|(_, oid, _)| format!("{}\n", oid.as_str())).collect();
    let most = batch.iter().map(|(_, _, size)| size + 256).sum();
    let answer = work.git_reading(&["cat-file", "--batch"], question.as_bytes(), most)?;
    let broken = || work.answer("git gave something else than was asked".to_owned());
    let mut rest = answer.as_slice();
    let mut taken = Vec::new();
    for (item, _, size) in batch {
        // "<oid> blob <size>\n<bytes>\n"
        let head = rest.iter().position(|b| *b == b'\n').ok_or_else(broken)?;
        let (_, after) = rest.split_at_checked(head + 1).ok_or_else(broken)?;
        let (bytes, after) = usize::try_from(*size).ok().and_then(|size| after.split_at_checked(size)).ok_or_else(broken)?;
        if item.is_of(bytes) {
            taken.push(((*item).clone(), bytes.to_vec()));
        }
        rest = after.strip_prefix(b"\n").ok_or_else(broken)?;
    }
    Ok(taken)
}
