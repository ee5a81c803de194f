//! Downloading one file over HTTP: streamed to `NAME.part`, resumed, verified, renamed.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use futures_util::StreamExt;
use reqwest::{
    StatusCode,
    header::{CONTENT_RANGE, RANGE},
};

use super::{
    super::digest::Sha256Hex,
    place::part_of,
    progress::{Progress, say},
};

/// How often a broken transfer is taken up again, if each try brought something.
const MOST_RESUMES: usize = 5;

/// What the whole file must be; what is `None` is not known.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// Its hash.
    pub(super) sha256: Option<&'a Sha256Hex>,
    /// Its size.
    pub(super) size_bytes: Option<u64>,
}

/// Fetches `url` to `path`, going on from what an earlier try left. Errors are in words, without the
/// URL: it may carry a password.
pub(super) async fn download(
    client: &reqwest::Client,
    url: &str,
    path: &Path,
    expected: Expected<'_>,
) -> Result<(), String> {
    let part = part_of(path);
    let resumed = part.exists();
    match attempt(client, url, path, &part, expected).await {
        // The leftover may have been of another file: only a fresh start tells.
        Err(Failure::WrongContent(reason)) if resumed => {
            say(&format!("  {reason}; starting over"));
            attempt(client, url, path, &part, expected)
                .await
                .map_err(Failure::into_words)
        }
        outcome => outcome.map_err(Failure::into_words),
    }
}

enum Failure {
    /// Nothing more can be had from here.
    Refused(String),
    /// The transfer broke off; the part is kept.
    Broken(String),
    /// All arrived, and it is something else; the part is gone.
    WrongContent(String),
}

impl Failure {
    fn into_words(self) -> String {
        match self {
            Self::Refused(words) | Self::Broken(words) | Self::WrongContent(words) => words,
        }
    }
}

async fn attempt(
    client: &reqwest::Client,
    url: &str,
    path: &Path,
    part: &Path,
    expected: Expected<'_>,
) -> Result<(), Failure> {
    let mut resumes = 0;
    loop {
        let before = length_of(part);
        if expected.size_bytes.is_none_or(|size| before < size) {
            match transfer(client, url, part, before).await {
                Ok(()) => {}
                Err(Failure::Broken(reason))
                    if resumes < MOST_RESUMES && length_of(part) > before =>
                {
                    say(&format!("  {reason}; taking it up again"));
                    resumes += 1;
                    continue;
                }
                Err(failure) => return Err(failure),
            }
        }
        return keep_if_right(part, path, expected);
    }
}

/// One request; appends to `part`, which has `before` bytes, or starts it over if the server wants so.
async fn transfer(
    client: &reqwest::Client,
    url: &str,
    part: &Path,
    before: u64,
) -> Result<(), Failure> {
    let broken = |error: reqwest::Error| Failure::Broken(in_words(error));
    let mut request = client.get(url);
    if before > 0 {
        request = request.header(RANGE, format!("bytes={before}-"));
    }
    let response = request.send().await.map_err(broken)?;
    let goes_on = match response.status() {
        StatusCode::PARTIAL_CONTENT => starts_at(&response) == Some(before),
        StatusCode::OK => false,
        // Nothing is left to send: the hash decides whether the part is the whole.
        StatusCode::RANGE_NOT_SATISFIABLE if before > 0 => return Ok(()),
        status => return Err(Failure::Refused(format!("the server answers {status}"))),
    };
    if response.status() == StatusCode::PARTIAL_CONTENT && !goes_on {
        remove(part);
        return Err(Failure::Broken(
            "the server sent another range than asked".to_owned(),
        ));
    }

    let before = if goes_on { before } else { 0 };
    let unwritable =
        |error: std::io::Error| Failure::Refused(format!("{}: {error}", part.display()));
    let mut file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(part)
        .map_err(unwritable)?;
    file.set_len(before).map_err(unwritable)?;
    std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map_err(unwritable)?;

    let mut progress = Progress::start(response.content_length().map(|rest| before + rest), before);
    let mut pieces = response.bytes_stream();
    let mut outcome = Ok(());
    while let Some(piece) = pieces.next().await {
        outcome = match piece {
            Ok(piece) => {
                progress.advance(piece.len() as u64);
                file.write_all(&piece).map_err(unwritable)
            }
            Err(error) => Err(broken(error)),
        };
        if outcome.is_err() {
            break;
        }
    }
    progress.end();
    outcome
}

fn keep_if_right(part: &Path, path: &Path, expected: Expected<'_>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Refused(format!("{}: {error}", part.display()));
    if let Some(expected) = expected.sha256 {
        let found = Sha256Hex::of_file(part).map_err(failed)?;
        if found != *expected {
            remove(part);
            return Err(Failure::WrongContent(format!(
                "wrong content: expected sha256 {expected}, found {found}"
            )));
        }
    }
    fs::rename(part, path).map_err(failed)
}

/// Where the content of a partial answer begins: `bytes 5-9/10` begins at 5.
fn starts_at(response: &reqwest::Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .trim()
        .parse()
        .ok()
}

fn length_of(part: &Path) -> u64 {
    part.metadata().map_or(0, |metadata| metadata.len())
}

fn remove(part: &Path) {
    // If it stays, the next try resumes it and meets the same verdict.
    let _ = fs::remove_file(part);
}

/// The innermost reason says most ("connection refused"); the outer ones repeat the URL.
fn in_words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
#[path = "download_tests.rs"]
mod tests;
