//! Whole, broken, resumed and wrong transfers, against a server on loopback.

use tempfile::TempDir;

use super::{
    super::{
        fetch::http_client,
        test_server::{Behaviour, Server, serve},
    },
    *,
};

const BODY: &[u8] = b"0123456789abcdefghij";
const WITH_RANGES: Behaviour = Behaviour {
    ranges: true,
    first_breaks_after: None,
};

/// Downloads into a folder where `left` bytes lie from an earlier try.
async fn run(server: &Server, left: &[u8], sha256: &Sha256Hex) -> (TempDir, Result<(), String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file");
    if !left.is_empty() {
        fs::write(part_of(&path), left).expect("writable");
    }
    let client = http_client().expect("a client");
    let expected = Expected {
        sha256: Some(sha256),
        size_bytes: Some(BODY.len() as u64),
    };
    let outcome = download(&client, &server.url, &path, expected).await;
    (folder, outcome)
}

fn content(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("file")).expect("the file is in place")
}

#[tokio::test]
async fn a_leftover_is_gone_on_from() {
    let server = serve(BODY.to_vec(), WITH_RANGES);
    let (folder, outcome) = run(&server, &BODY[..7], &Sha256Hex::of(BODY)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        (content(&folder), server.asked()),
        (BODY.to_vec(), vec![Some(7)])
    );
}

#[tokio::test]
async fn a_server_that_ignores_ranges_makes_it_start_over() {
    let server = serve(BODY.to_vec(), Behaviour::default());
    let (folder, outcome) = run(&server, &BODY[..7], &Sha256Hex::of(BODY)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        (content(&folder), server.asked()),
        (BODY.to_vec(), vec![Some(7)])
    );
}

#[tokio::test]
async fn a_transfer_that_breaks_is_taken_up_where_it_broke() {
    let server = serve(
        BODY.to_vec(),
        Behaviour {
            first_breaks_after: Some(6),
            ..WITH_RANGES
        },
    );
    let (folder, outcome) = run(&server, b"", &Sha256Hex::of(BODY)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        (content(&folder), server.asked()),
        (BODY.to_vec(), vec![None, Some(6)])
    );
}

#[tokio::test]
async fn a_leftover_of_another_file_costs_one_fresh_start() {
    let server = serve(BODY.to_vec(), WITH_RANGES);
    let (folder, outcome) = run(&server, b"other", &Sha256Hex::of(BODY)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        (content(&folder), server.asked()),
        (BODY.to_vec(), vec![Some(5), None])
    );
}

#[tokio::test]
async fn a_whole_leftover_is_not_asked_for_again() {
    let server = serve(BODY.to_vec(), WITH_RANGES);
    let (folder, outcome) = run(&server, BODY, &Sha256Hex::of(BODY)).await;
    assert_eq!(outcome, Ok(()));
    assert_eq!((content(&folder), server.asked()), (BODY.to_vec(), vec![]));
}

#[tokio::test]
async fn other_content_is_removed_and_both_hashes_are_told() {
    let server = serve(BODY.to_vec(), WITH_RANGES);
    let wanted = Sha256Hex::of(b"something else");
    let (folder, outcome) = run(&server, b"", &wanted).await;
    let found = Sha256Hex::of(BODY);
    assert_eq!(
        outcome,
        Err(format!(
            "wrong content: expected sha256 {wanted}, found {found}"
        ))
    );
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_without_its_address() {
    let client = http_client().expect("a client");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let expected = Expected {
        sha256: None,
        size_bytes: None,
    };
    let url = "http://name:secret@127.0.0.1:1/file";
    let reason = download(&client, url, &folder.path().join("file"), expected)
        .await
        .expect_err("nothing listens");
    assert!(
        reason.contains("refused") && !reason.contains("secret"),
        "{reason}"
    );
}
