//! Walking: which files stand below a folder, without following a link.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::DiskError;

/// What stands below a folder, each list sorted by path. Names that begin with `.` are left out.
#[derive(Debug, Default)]
pub struct Tree {
    /// Regular files.
    pub files: Vec<PathBuf>,
    /// Links, whatever they point to.
    pub links: Vec<PathBuf>,
    /// Folders deeper than was asked for, not looked into.
    pub too_deep: Vec<PathBuf>,
    /// Whether the walk ended early because there are more files than was asked for.
    pub too_many: bool,
}

/// Lists what stands below `folder`, at most `depth_max` folders down and `files_max` files.
///
/// # Errors
/// [`DiskError`] when a folder cannot be listed.
pub fn walk(folder: &Path, depth_max: usize, files_max: usize) -> Result<Tree, DiskError> {
    let mut tree = Tree::default();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for path in super::entries(&folder)? {
            if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
                continue;
            }
            let facts = fs::symlink_metadata(&path).map_err(|e| DiskError::io(&path, e))?;
            if facts.is_symlink() {
                tree.links.push(path);
            } else if facts.is_file() {
                if tree.files.len() == files_max {
                    tree.too_many = true;
                    folders.clear();
                    break;
                }
                tree.files.push(path);
            } else if facts.is_dir() && depth < depth_max {
                folders.push((path, depth + 1));
            } else if facts.is_dir() {
                tree.too_deep.push(path);
            }
        }
    }
    tree.files.sort();
    tree.links.sort();
    tree.too_deep.sort();
    Ok(tree)
}
