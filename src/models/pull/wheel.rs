//! Files out of a Python package's wheel. Nothing of the package is installed or run.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    super::{
        digest::{Hasher, Sha256Hex},
        names::FileName,
    },
    download::{Expected, download},
    pip::{self, Located, is_wheel},
    place::part_of,
    progress::say,
};

/// A package's archive on disk.
#[derive(Debug)]
pub(super) struct Wheel {
    path: PathBuf,
    /// Fetched for this pull, and no longer wanted after it.
    temporary: bool,
}

impl Wheel {
    /// Removes what was only fetched to take members out.
    pub(super) fn discard(self) {
        if self.temporary {
            // What can't be removed is found again by its hash, or overwritten.
            let _ = fs::remove_file(self.path);
        }
    }
}

/// Gets the wheel of `NAME==VERSION`: with our own download, which resumes, or else with pip's.
pub(super) async fn get(
    client: &reqwest::Client,
    package: &str,
    downloads: &Path,
) -> Result<Wheel, String> {
    let reason = match pip::locate(package) {
        Ok(located) => match fetch(client, &located, downloads).await {
            Ok(wheel) => return Ok(wheel),
            Err(reason) => reason,
        },
        Err(reason) => reason,
    };
    say(&format!("  {reason}; letting pip download it"));
    let path = pip::download(package, downloads).map_err(|second| {
        if second == reason {
            second
        } else {
            format!("{reason}; then {second}")
        }
    })?;
    Ok(Wheel {
        path,
        temporary: true,
    })
}

async fn fetch(
    client: &reqwest::Client,
    located: &Located,
    downloads: &Path,
) -> Result<Wheel, String> {
    let url =
        reqwest::Url::parse(&located.url).map_err(|error| format!("pip's report: {error}"))?;
    if url.scheme() == "file" {
        let path = url
            .to_file_path()
            .map_err(|()| "pip's report: a file elsewhere".to_owned())?;
        return Ok(Wheel {
            path,
            temporary: false,
        });
    }
    let name = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .filter(|name| is_wheel(name.as_ref()));
    let path = downloads.join(name.ok_or("pip found no wheel")?);
    // Left by a pull that failed after the download.
    let there = located
        .sha256
        .as_ref()
        .is_some_and(|sha256| Sha256Hex::of_file(&path).is_ok_and(|found| found == *sha256));
    if there {
        return Ok(Wheel {
            path,
            temporary: true,
        });
    }
    let expected = Expected {
        sha256: located.sha256.as_ref(),
        size_bytes: None,
    };
    download(client, &located.url, &path, expected).await?;
    Ok(Wheel {
        path,
        temporary: true,
    })
}

/// Joins the pieces of `archive`, one in each of `wheels`, to a file in `downloads`.
pub(super) fn join<'a>(
    wheels: impl Iterator<Item = &'a Wheel>,
    archive: &FileName,
    downloads: &Path,
) -> Result<Wheel, String> {
    let path = downloads.join(archive);
    let words = |error: io::Error| format!("{}: {error}", path.display());
    let piece = format!("{archive}.");
    let mut joined = File::create(&path).map_err(words)?;
    for wheel in wheels {
        let mut pieces = open(wheel)?;
        let is_piece = |name: &String| {
            let name = name.rsplit('/').next();
            name.is_some_and(|name| name.starts_with(&piece))
        };
        let names = pieces.file_names().filter_map(Result::ok);
        let name = names.map(Cow::into_owned).find(is_piece);
        let name = name.ok_or_else(|| format!("no piece of {archive} in the wheel"))?;
        let piece = pieces.by_name(&name);
        let mut piece = piece.map_err(|error| format!("the wheel is damaged: {error}"))?;
        io::copy(&mut piece, &mut joined).map_err(words)?;
    }
    Ok(Wheel {
        path,
        temporary: true,
    })
}

fn open(wheel: &Wheel) -> Result<zip::ZipArchive<File>, String> {
    let path = &wheel.path;
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    zip::ZipArchive::new(file).map_err(|error| format!("the wheel is damaged: {error}"))
}

/// Takes one member out of a wheel, and returns its hash. At most `size_bytes` are unpacked.
pub(super) fn extract(
    wheel: &Wheel,
    member: &str,
    to: &Path,
    size_bytes: u64,
) -> Result<Sha256Hex, String> {
    let words = |error: io::Error| format!("{}: {error}", to.display());
    let mut archive = open(wheel)?;
    let input = archive
        .by_name(member)
        .map_err(|error| format!("{member} in the wheel: {error}"))?;

    let part = part_of(to);
    let mut input = input.take(size_bytes.saturating_add(1));
    let mut out = File::create(&part).map_err(words)?;
    let mut hash = Hasher::default();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = input
            .read(&mut buffer)
            .map_err(|error| format!("{member} in the wheel: {error}"))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        out.write_all(&buffer[..read]).map_err(words)?;
    }
    out.sync_all()
        .and_then(|()| fs::rename(&part, to))
        .map_err(words)?;
    Ok(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_joined_of_pieces_in_several_wheels() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wheel = |name: &str, member: &str, content: &[u8]| {
            let path = folder.path().join(name);
            let mut archive = zip::ZipWriter::new(File::create(&path).expect("writable"));
            archive
                .start_file(member, zip::write::SimpleFileOptions::default())
                .and_then(|()| Ok(archive.write_all(content)?))
                .expect("an open archive");
            archive.finish().expect("writable");
            Wheel {
                path,
                temporary: false,
            }
        };
        let whole = wheel("whole", "a/data.bin", b"hello");
        let bytes = fs::read(&whole.path).expect("just written");
        let (first, second) = bytes.split_at(30);
        let pieces = [
            wheel("one.whl", "p/in/a.zip.001", first),
            wheel("two.whl", "p/in/a.zip.002", second),
        ];
        let name = FileName::try_from("a.zip".to_owned()).expect("a plain name");
        let joined = join(pieces.iter(), &name, folder.path()).expect("both are there");
        let to = folder.path().join("data.bin");
        let found = extract(&joined, "a/data.bin", &to, 5).expect("it is in there");
        assert_eq!(found, Sha256Hex::of(b"hello"));
        let other = FileName::try_from("b.zip".to_owned()).expect("a plain name");
        let refused = join(pieces.iter(), &other, folder.path());
        assert!(refused.expect_err("there is none").contains("b.zip"));
    }

    #[test]
    fn a_member_is_unpacked_no_further_than_its_size() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.whl");
        let mut archive = zip::ZipWriter::new(File::create(&path).expect("writable"));
        archive
            .start_file("a/data.bin", zip::write::SimpleFileOptions::default())
            .expect("an open archive");
        archive
            .write_all(b"hello, and much more")
            .expect("writable");
        archive.finish().expect("writable");
        let wheel = Wheel {
            path,
            temporary: false,
        };
        let to = folder.path().join("data.bin");
        let whole = extract(&wheel, "a/data.bin", &to, 20).expect("it is in there");
        assert_eq!(whole, Sha256Hex::of(b"hello, and much more"));
        extract(&wheel, "a/data.bin", &to, 5).expect("it is in there");
        assert_eq!(fs::read(&to).expect("unpacked"), b"hello,");
    }
}
