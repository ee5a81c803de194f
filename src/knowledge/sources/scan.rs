//! Walks the knowledge folder and tells what there is to read.
//!
//! Dot files and endings that are not ours are passed over. A link is followed only to a file
//! inside the folder, so nothing outside it is ever served.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Format, harmless};

/// The collection of files that lie directly in the knowledge folder.
const DEFAULT_COLLECTION: &str = "default";

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Under the knowledge folder, with `/` between its parts.
    pub(crate) path: String,
    /// The first folder of the path, or `default`.
    pub(crate) collection: String,
    /// Where it lies.
    pub(crate) file: PathBuf,
    /// Told by the ending.
    pub(crate) format: Format,
    /// Why it must not be read, if so.
    pub(crate) refusal: Option<String>,
}

/// All knowledge files under `folder`, sorted by path. Blocking. Paths begin with `under`, where it
/// is not empty.
///
/// # Errors
/// The folder itself can't be read. A folder inside it that can't is left out with a refusal.
pub(crate) fn scan(folder: &Path, under: &str) -> io::Result<Vec<Found>> {
    let root = folder.canonicalize()?;
    let mut found = Vec::new();
    let mut pending = vec![(root.clone(), under.to_owned())];
    while let Some((folder, prefix)) = pending.pop() {
        let children = match fs::read_dir(&folder) {
            Ok(children) => children,
            Err(error) if folder == root => return Err(error),
            Err(error) => {
                let mut folder = entry(&prefix, folder, Format::Text);
                folder.refusal = Some(format!("the folder can't be read: {error}"));
                found.push(folder);
                continue;
            }
        };
        for child in children.flatten() {
            let name = harmless::file_name(&child.file_name());
            if name.starts_with('.') {
                continue;
            }
            let path = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}/{name}")
            };
            let Ok(kind) = child.file_type() else {
                continue;
            };
            if kind.is_dir() {
                pending.push((child.path(), path));
            } else if let Some(format) = Format::of(&name) {
                let mut file = entry(&path, child.path(), format);
                if kind.is_symlink() {
                    file.refusal = refusal_of_link(&child.path(), &root);
                } else if !kind.is_file() {
                    file.refusal = Some("is a pipe, a socket or a device, not a file".to_owned());
                }
                found.push(file);
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn entry(path: &str, file: PathBuf, format: Format) -> Found {
    let collection = path
        .split_once('/')
        .map_or(DEFAULT_COLLECTION, |(first, _)| first);
    Found {
        path: path.to_owned(),
        collection: collection.to_owned(),
        file,
        format,
        refusal: None,
    }
}

fn refusal_of_link(link: &Path, root: &Path) -> Option<String> {
    match link.canonicalize() {
        Ok(target) if !target.starts_with(root) => {
            Some("is a link that leads out of the knowledge folder".to_owned())
        }
        Ok(target) if !target.is_file() => Some("is a link to something not a file".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!("is a link that can't be followed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(found: &[Found]) -> Vec<(&str, &str)> {
        found
            .iter()
            .map(|file| (file.path.as_str(), file.collection.as_str()))
            .collect()
    }

    #[test]
    fn the_first_folder_names_the_collection() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |path: &str| folder.path().join(path);
        fs::create_dir_all(at("shop/returns/old")).expect("folders");
        for path in [
            "top.md",
            "shop/a.faq.yaml",
            "shop/returns/old/b.txt",
            "shop/logo.png",
        ] {
            fs::write(at(path), "text").expect("a file");
        }
        let found = scan(folder.path(), "").expect("a scan");
        let expected = [
            ("shop/a.faq.yaml", "shop"),
            ("shop/returns/old/b.txt", "shop"),
            ("top.md", "default"),
        ];
        assert_eq!(paths(&found), expected);
    }

    #[test]
    fn dot_files_and_dot_folders_are_passed_over() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(".git")).expect("a folder");
        fs::write(folder.path().join(".git/notes.md"), "text").expect("a file");
        fs::write(folder.path().join(".draft.md"), "text").expect("a file");
        assert!(scan(folder.path(), "").expect("a scan").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused_and_one_inside_is_not() {
        let outside = tempfile::tempdir().expect("a temporary folder");
        fs::write(outside.path().join("secret.txt"), "secret").expect("a file");
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("a.txt"), "text").expect("a file");
        let link = |to: &Path, name: &str| {
            std::os::unix::fs::symlink(to, folder.path().join(name)).expect("a link");
        };
        link(&outside.path().join("secret.txt"), "out.txt");
        link(outside.path(), "folder");
        link(&folder.path().join("a.txt"), "b.txt");
        let found = scan(folder.path(), "").expect("a scan");
        let refused: Vec<(&str, bool)> = found
            .iter()
            .map(|file| (file.path.as_str(), file.refusal.is_some()))
            .collect();
        assert_eq!(
            refused,
            [("a.txt", false), ("b.txt", false), ("out.txt", true)]
        );
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        assert!(scan(Path::new("does/not/exist"), "").is_err());
    }
}
