//! The repository's own rules, kept by reading the source: who may name whom, and how long a file
//! may be.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::{
    fs,
    path::{Path, PathBuf},
};

const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
const MOST_LINES: usize = 500;

/// Rooms that must not know each other; the orchestrator joins them.
const SIBLINGS: [&str; 6] = [
    "router",
    "cache",
    "knowledge",
    "engine",
    "upstream",
    "store",
];

/// Outside libraries, and the only places that may name them.
const LIBRARIES: [(&str, &[&str]); 10] = [
    ("llama_cpp_2", &["engine/"]),
    ("llama_cpp_sys_2", &["engine/"]),
    ("rayon", &["engine/"]),
    ("bytemuck", &["engine/bert/"]),
    ("wide", &["engine/bert/"]),
    ("tantivy", &["knowledge/"]),
    ("sqlx", &["store/"]),
    ("reqwest", &["upstream/", "models/pull/"]),
    ("actix_web", &["http/"]),
    ("regex", &["text/"]),
];

/// Rooms that a room may not reach up to.
const ABOVE: [(&str, &[&str]); 7] = [
    (
        "chart",
        &[
            "orchestrator",
            "http",
            "cli",
            "app",
            "judge",
            "router",
            "cache",
            "knowledge",
            "engine",
            "upstream",
            "store",
            "models",
        ],
    ),
    ("orchestrator", &["http", "cli", "app", "judge"]),
    ("judge", &["http", "cli", "app", "models", "store"]),
    (
        "http",
        &[
            "cli",
            "app",
            "engine",
            "knowledge",
            "upstream",
            "cache",
            "judge",
        ],
    ),
    (
        "models",
        &["orchestrator", "http", "cli", "app", "engine", "judge"],
    ),
    (
        "training",
        &[
            "orchestrator",
            "http",
            "cli",
            "app",
            "engine",
            "knowledge",
            "upstream",
            "models",
        ],
    ),
    (
        "prompt",
        &[
            "orchestrator",
            "http",
            "cli",
            "app",
            "engine",
            "knowledge",
            "upstream",
            "store",
            "cache",
            "judge",
        ],
    ),
];

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// (path under `src/`, its lines without comments)
fn sources() -> Vec<(String, Vec<String>)> {
    let code = |text: String| {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(ToOwned::to_owned)
            .collect()
    };
    let all = files(Path::new(SRC));
    assert!(all.len() > 20, "the source is where it is looked for");
    all.into_iter()
        .map(|path| {
            let name = path.strip_prefix(SRC).unwrap().display().to_string();
            (name, code(fs::read_to_string(path).unwrap()))
        })
        .collect()
}

/// True where `line` names `room` as `crate::room` (alone or first in a group).
fn names_room(line: &str, room: &str) -> bool {
    ["crate::", "super::super::", "microgpt::"]
        .iter()
        .any(|root| {
            line.match_indices(&format!("{root}{room}"))
                .any(|(at, found)| {
                    let after = line[at + found.len()..].chars().next();
                    !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
                })
        })
}

/// Every room that a file imports, grouped `use crate::{…}` blocks among them.
fn imports(lines: &[String], room: &str) -> bool {
    let mut in_group = false;
    lines.iter().any(|line| {
        if line.trim_start().starts_with("use crate::{") {
            in_group = true;
        }
        let grouped = in_group && {
            let words = line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
            let first = line.trim_start();
            words.clone().any(|word| word == room)
                && (first.starts_with(room) || first.starts_with("use crate::{"))
        };
        if in_group && line.contains("};") {
            in_group = false;
        }
        grouped || names_room(line, room)
    })
}

#[test]
fn siblings_do_not_know_each_other() {
    for (file, lines) in sources() {
        let Some(own) = SIBLINGS
            .iter()
            .find(|room| file.starts_with(&format!("{room}/")))
        else {
            continue;
        };
        for other in
            SIBLINGS
                .iter()
                .chain(&["orchestrator", "http", "app", "cli", "models", "judge"])
        {
            assert!(
                own == other || !imports(&lines, other),
                "{file} imports {other}"
            );
        }
    }
}

#[test]
fn nobody_reaches_up() {
    for (file, lines) in sources() {
        for (room, above) in ABOVE {
            if file.starts_with(&format!("{room}/")) || file == format!("{room}.rs") {
                for other in above {
                    assert!(!imports(&lines, other), "{file} imports {other}");
                }
            }
        }
    }
}

#[test]
fn each_outside_library_is_named_in_one_room() {
    for (file, lines) in sources() {
        for (library, rooms) in LIBRARIES {
            if rooms.iter().any(|room| file.starts_with(room)) {
                continue;
            }
            let named = lines
                .iter()
                .any(|line| line.contains(&format!("{library}::")));
            assert!(!named, "{file} names {library}");
        }
    }
}

#[test]
fn no_file_is_too_long_to_read_at_a_sitting() {
    for (file, _) in sources() {
        let lines = fs::read_to_string(Path::new(SRC).join(&file))
            .unwrap()
            .lines()
            .count();
        assert!(
            lines <= MOST_LINES,
            "{file} has {lines} lines; split it by noun"
        );
    }
}

#[test]
fn unsafe_code_stands_in_one_file_with_its_reasons() {
    for (file, lines) in sources() {
        let blocks = lines
            .iter()
            .filter(|line| line.contains("unsafe {") || line.contains("unsafe fn"))
            .count();
        assert!(
            blocks == 0 || file == "engine/ffi.rs",
            "{file} has unsafe code"
        );
    }
}
