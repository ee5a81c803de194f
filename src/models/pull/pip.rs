//! Asking pip, so that the machine's own configuration of registries, mirrors, local wheel folders and
//! certificates holds. Only wheels: nothing of a package is built, installed or run.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde::Deserialize;

use super::super::digest::Sha256Hex;

/// The package alone, and never its source: that would run its build.
const ONE_WHEEL: [&str; 3] = ["--no-deps", "--only-binary", ":all:"];

/// Where pip would take a package from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Located {
    /// `https://…` or `file://…`; may carry a password, so it is never shown.
    pub(super) url: String,
    /// Of the whole wheel, if the registry says.
    pub(super) sha256: Option<Sha256Hex>,
}

/// Asks pip for the wheel of `NAME==VERSION` without fetching it. Blocks for seconds.
pub(super) fn locate(package: &str) -> Result<Located, String> {
    let report = [
        "install",
        "--dry-run",
        "--ignore-installed",
        "--quiet",
        "--report",
        "-",
    ];
    let arguments = [&report[..], &ONE_WHEEL, &[package]].concat();
    let output = run(&arguments, Stdout::Read)?;
    parse_report(&output.stdout)
}

/// Reads pip's installation report of one package.
fn parse_report(json: &[u8]) -> Result<Located, String> {
    #[derive(Deserialize)]
    struct Report {
        install: Vec<Install>,
    }
    #[derive(Deserialize)]
    struct Install {
        download_info: DownloadInfo,
    }
    #[derive(Deserialize)]
    struct DownloadInfo {
        url: String,
        #[serde(default)]
        archive_info: ArchiveInfo,
    }
    #[derive(Default, Deserialize)]
    struct ArchiveInfo {
        #[serde(default)]
        hashes: HashMap<String, String>,
    }
    let report: Report =
        serde_json::from_slice(json).map_err(|error| format!("pip's report: {error}"))?;
    let install = report
        .install
        .into_iter()
        .next()
        .ok_or("pip's report names no file")?;
    let DownloadInfo {
        url,
        mut archive_info,
    } = install.download_info;
    let sha256 = archive_info
        .hashes
        .remove("sha256")
        .and_then(|text| Sha256Hex::try_from(text).ok());
    Ok(Located { url, sha256 })
}

/// Lets pip fetch the wheel of `NAME==VERSION`, and returns its path under `downloads`. Blocks.
pub(super) fn download(package: &str, downloads: &Path) -> Result<PathBuf, String> {
    let folder = downloads.join("pip").join(package);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let folder_text = folder.to_string_lossy();
    let arguments = [
        &["download", "--dest", &folder_text],
        &ONE_WHEEL[..],
        &[package],
    ]
    .concat();
    run(&arguments, Stdout::Show)?;
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wheel = files
        .flatten()
        .map(|file| file.path())
        .find(|path| is_wheel(path.as_os_str()));
    wheel.ok_or_else(|| "pip left no wheel".to_owned())
}

/// True for the name of a wheel.
pub(super) fn is_wheel(name: &OsStr) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "whl")
}

/// What becomes of pip's stdout.
#[derive(Clone, Copy)]
enum Stdout {
    /// It is the result.
    Read,
    /// It is progress, and belongs with ours on stderr.
    Show,
}

/// Runs pip with the first Python that there is. Blocks.
fn run(arguments: &[&str], stdout: Stdout) -> Result<Output, String> {
    let patience = [
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "1",
        "--timeout",
        "30",
    ];
    let arguments = [&patience, arguments].concat();
    let spawn = |python: &&str| {
        let stdout = match stdout {
            Stdout::Read => Stdio::piped(),
            Stdout::Show => Stdio::from(io::stderr()),
        };
        let mut command = Command::new(python);
        command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped());
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            child => Some(child),
        }
    };
    let child = ["python3", "python"]
        .iter()
        .find_map(spawn)
        .ok_or("there is no python3 here to ask with pip")?;
    let output = child
        .and_then(Child::wait_with_output)
        .map_err(|error| format!("python3: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("pip: {}", last_error(&output.stderr)))
}

/// The line of pip's complaints that tells most: the last one marked as an error, else the last.
fn last_error(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines = || {
        text.lines()
            .rev()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let line = lines()
        .find_map(|line| line.strip_prefix("ERROR: "))
        .or_else(|| lines().next());
    line.unwrap_or("it failed without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_gives_url_and_hash() {
        let hash = "ab".repeat(32);
        let report = format!(
            r#"{{"version":"1","install":[{{"download_info":{{"url":"file:///w/a.whl","archive_info":{{"hashes":{{"sha256":"{hash}"}}}}}},"is_direct":false}}]}}"#
        );
        let located = parse_report(report.as_bytes()).expect("a report");
        assert_eq!(
            located,
            Located {
                url: "file:///w/a.whl".into(),
                sha256: Sha256Hex::try_from(hash).ok()
            }
        );
    }

    #[test]
    fn a_report_without_files_is_no_success() {
        assert_eq!(
            parse_report(br#"{"install":[]}"#).expect_err("nothing"),
            "pip's report names no file"
        );
    }

    #[test]
    fn the_error_told_is_pips_last() {
        let stderr = b"WARNING: slow\nERROR: Could not find a version\nERROR: No matching distribution found for x==9\n\n[notice] new pip\n";
        assert_eq!(
            last_error(stderr),
            "No matching distribution found for x==9"
        );
    }
}
