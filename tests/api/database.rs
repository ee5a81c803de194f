//! The database under the server: shared, locked, broken.

use std::{fs, path::Path};

use reqwest::StatusCode;
use serde_json::Value;
use sqlx::{ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};

use crate::{
    faults::{program, stderr_of},
    helpers::{Server, route},
};

const QUESTION: &str = "what does delivery cost?";

async fn kept(server: &Server, answer: &Value) -> bool {
    let id = answer["microgpt"]["conversation_id"].as_str().unwrap();
    let found = server.get(&format!("/v1/conversations/{id}")).await;
    found.status() == StatusCode::OK
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_a_database() {
    let one = Server::start().await;
    let url = format!(
        "sqlite://{}",
        one.dir.path().join("data/microgpt.db").display()
    );
    let other = Server::start_with(|config, _| config.store.url = url).await;
    for _ in 0..10 {
        let (first, second) = tokio::join!(one.ask(QUESTION), other.ask(QUESTION));
        assert!(kept(&other, &first).await);
        assert!(kept(&one, &second).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_locked_answers_wait_and_none_is_lost() {
    let server = Server::start().await;
    server.ask(QUESTION).await;
    let file = server.dir.path().join("data/microgpt.db");
    let mut intruder = SqliteConnectOptions::new()
        .filename(&file)
        .connect()
        .await
        .unwrap();
    intruder.execute("BEGIN IMMEDIATE").await.unwrap();
    let asking = async {
        let answers = (0..5).map(|_| server.ask(QUESTION));
        futures_util::future::join_all(answers).await
    };
    let holding = async {
        // The length of the lock is what is tested: longer than SQLite's usual patience.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        intruder.execute("ROLLBACK").await.unwrap();
        intruder.close().await.unwrap();
    };
    let (answers, ()) = tokio::join!(asking, holding);
    for answer in &answers {
        assert_eq!(route(answer), "cache");
        assert!(kept(&server, answer).await);
    }
}

#[test]
fn a_broken_database_stops_the_start_with_the_way_out_and_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data/microgpt.db");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "no database, but somebody's text").unwrap();
    let stderr = refused_start(dir.path());
    assert!(
        stderr.contains("microgpt.db is damaged or not a database"),
        "{stderr}"
    );
    assert!(stderr.contains("move it away"), "{stderr}");
    let content = fs::read_to_string(&file).unwrap();
    assert_eq!(content, "no database, but somebody's text");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_stops_the_start() {
    let dir = Server::start().await.stop();
    let file = dir.path().join("data/microgpt.db");
    let mut newer = SqliteConnectOptions::new()
        .filename(&file)
        .connect()
        .await
        .unwrap();
    newer
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', 1, x'00', 0)",
        )
        .await
        .unwrap();
    newer.close().await.unwrap();
    let dir = dir.path().to_owned();
    let stderr = tokio::task::spawn_blocking(move || refused_start(&dir));
    let stderr = stderr.await.unwrap();
    assert!(stderr.contains("written by a newer version"), "{stderr}");
    assert!(stderr.contains("9999"), "{stderr}");
}

fn refused_start(dir: &Path) -> String {
    let mut command = program(dir);
    command.arg("serve");
    let (code, stderr) = stderr_of(command);
    assert_eq!(code, Some(1), "{stderr}");
    stderr
}
