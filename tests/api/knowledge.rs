//! The knowledge base while the server runs.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use microgpt::config::Config;
use serde_json::{Value, json};

use crate::helpers::{KB, Server, route, text};

/// A knowledge folder of the test's own.
fn own_folder(config: &mut Config, dir: &Path) {
    let kb = dir.join("kb");
    fs::create_dir_all(&kb).unwrap();
    for entry in fs::read_dir(KB).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), kb.join(entry.file_name())).unwrap();
    }
    config.knowledge.dir = kb;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_names_path_title_url_and_text() {
    let server = Server::start().await;
    let found: Value = server
        .post(
            "/v1/search",
            &json!({"query": "descaling the kettle", "top_k": 3}),
        )
        .await
        .json()
        .await
        .unwrap();
    let best = &found["results"][0];
    assert_eq!(best["source"], "kettle.md");
    assert_eq!(best["kind"], "document");
    assert_eq!(best["url"], "https://shop.example/manuals/heron");
    assert!(best["title"].as_str().unwrap().contains("Heron kettle"));
    assert!(best["text"].as_str().unwrap().contains("citric acid"));
    assert!(found["results"].as_array().unwrap().len() <= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_shown_within_its_document() {
    let server = Server::start().await;
    let source = async |query: &str| -> Value {
        let path = format!("/v1/knowledge/source?{query}");
        server.get(&path).await.json().await.unwrap()
    };
    let shown = source("id=kettle.md%231").await;
    assert_eq!(shown["kind"], "document");
    assert_eq!(shown["source"], "kettle.md");
    let passages = shown["passages"].as_array().unwrap();
    assert!(passages.len() > 1);
    assert_eq!(passages[0]["id"], "kettle.md#1");
    let cited: Vec<bool> = passages.iter().map(|p| p["cited"] == true).collect();
    assert_eq!(cited.iter().position(|&cited| cited), Some(0));
    assert_eq!(cited.iter().filter(|&&cited| cited).count(), 1);

    let answer = server.ask("what does delivery cost?").await;
    let entry = &answer["microgpt"]["sources"][0];
    let id = entry["id"].as_str().unwrap();
    let shown = source(&format!("id={id}")).await;
    assert_eq!(shown["passages"][0]["text"], text(&answer));
    let shown = source(&format!("id={id}&source=elsewhere.yaml")).await;
    assert_eq!(shown["error"]["code"], "not_found");
    assert_eq!(source("source=kettle.md").await["error"]["param"], "id");
}

#[tokio::test(flavor = "multi_thread")]
async fn suggested_questions_are_answered_by_the_faq() {
    let server = Server::start().await;
    let suggested = async |query: &str| -> Value {
        let path = format!("/v1/knowledge/suggestions{query}");
        server.get(&path).await.json().await.unwrap()
    };
    let questions = suggested("?limit=2").await;
    let questions = questions["data"].as_array().unwrap();
    assert_eq!(questions.len(), 2);
    for question in questions {
        let answer = server.ask(question["question"].as_str().unwrap()).await;
        assert_eq!(route(&answer), "faq");
    }
    assert_eq!(suggested("?limit=0").await["error"]["param"], "limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_brings_new_entries_and_forgets_cached_answers() {
    let server = Server::start_with(own_folder).await;
    assert_eq!(route(&server.ask("what does delivery cost?").await), "faq");
    let file = server.dir.path().join("kb/shop.faq.yaml");
    let changed = fs::read_to_string(&file).unwrap().replace("4.90", "5.90");
    fs::write(&file, changed).unwrap();
    assert!(
        server
            .post("/v1/knowledge/reload", &json!({}))
            .await
            .status()
            .is_success()
    );
    let answer = server.ask("what does delivery cost?").await;
    assert_eq!(route(&answer), "faq");
    assert!(text(&answer).contains("5.90"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_picked_up_by_itself() {
    let server = Server::start_with(|config, dir| {
        own_folder(config, dir);
        config.knowledge.watch = true;
    })
    .await;
    let before: Value = server
        .get("/v1/knowledge/status")
        .await
        .json()
        .await
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let mut number = 0;
    loop {
        tick.tick().await;
        if number == 0 {
            fs::write(
                server.dir.path().join("kb/new.txt"),
                "Badgers\n\nBadgers live in setts.\n",
            )
            .unwrap();
        }
        number += 1;
        let after: Value = server
            .get("/v1/knowledge/status")
            .await
            .json()
            .await
            .unwrap();
        // One that was still empty when it was noticed makes a generation without its passage first.
        if after["passages"].as_u64().unwrap() > before["passages"].as_u64().unwrap() {
            assert_ne!(after["generation"], before["generation"]);
            return;
        }
        assert!(Instant::now() < deadline, "the new file was not picked up");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_files_are_named_and_the_others_serve() {
    let server = Server::start_with(|config, dir| {
        own_folder(config, dir);
        let kb = config.knowledge.dir.clone();
        fs::write(
            kb.join("broken.faq.yaml"),
            "- question: one\n  answer: [unclosed\n",
        )
        .unwrap();
        fs::write(
            kb.join("empty.faq.yaml"),
            "- id: hollow\n  question: Is there an answer?\n  answer: \"\"\n",
        )
        .unwrap();
        fs::write(
            kb.join("twice.faq.yaml"),
            "- id: return-window\n  question: Again?\n  answer: Again.\n",
        )
        .unwrap();
    })
    .await;
    let status: Value = server
        .get("/v1/knowledge/status")
        .await
        .json()
        .await
        .unwrap();
    let skipped = status["skipped"].as_array().unwrap();
    let named = |path: &str| {
        skipped
            .iter()
            .find(|row| row["path"] == path)
            .unwrap_or_else(|| panic!("{path}: {skipped:?}"))
    };
    assert!(named("broken.faq.yaml")["line"].as_u64().unwrap() >= 2);
    assert!(
        named("empty.faq.yaml")["reason"]
            .as_str()
            .unwrap()
            .contains("answer")
    );
    let twice = named("twice.faq.yaml")["reason"].as_str().unwrap();
    assert!(
        twice.contains("return-window") && twice.contains("shop.faq.yaml"),
        "{twice}"
    );
    assert_eq!(route(&server.ask("what does delivery cost?").await), "faq");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_another_encoder_is_rebuilt() {
    let server = Server::start().await;
    let dir = server.stop();
    let mut touched = 0;
    for entry in walk(&dir.path().join("index")) {
        let Ok(text) = fs::read_to_string(&entry) else {
            continue;
        };
        if text.contains("all-minilm") {
            fs::write(&entry, text.replace("all-minilm", "another-one")).unwrap();
            touched += 1;
        }
    }
    assert!(touched > 0, "the index names its encoder");
    let again = Server::start_in(dir, |_, _| {}).await;
    assert_eq!(route(&again.ask("what does delivery cost?").await), "faq");
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn faq_entries_may_have_an_encoder_of_their_own() {
    let plain = Server::start().await;
    let server = Server::start_with(|config, dir| {
        // The same model under another name is another encoder to the index.
        let own = dir.join("another-name.gguf");
        fs::copy(config.models.dir.join("all-minilm-l6-v2.Q8_0.gguf"), &own).unwrap();
        config.models.faq_encoder = Some(own.display().to_string());
    })
    .await;
    assert_eq!(route(&server.ask("what does delivery cost?").await), "faq");
    let index = server.dir.path().join("index");
    let names_both = |file: &std::path::PathBuf| {
        fs::read_to_string(file)
            .is_ok_and(|text| text.contains("all-minilm") && text.contains("another-name"))
    };
    assert!(walk(&index).iter().any(names_both));
    for query in ["descaling the kettle", "is postage free?"] {
        let body = json!({"query": query, "top_k": 5});
        let mut found = Vec::new();
        for server in [&plain, &server] {
            let answer = server.post("/v1/search", &body).await;
            found.push(answer.json::<Value>().await.unwrap()["results"].clone());
        }
        assert!(!found[0].as_array().unwrap().is_empty());
        assert_eq!(found[0], found[1], "{query}");
    }
}
