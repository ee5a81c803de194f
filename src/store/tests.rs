//! The store through its own door, on files in temporary folders.

use std::path::Path;

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Store, StoreError, TurnRecord};
use crate::chat::{Message, Outcome, Role, Route, Timings, Usage};

/// A folder that is removed at the end of the test, and the URL of a database within it.
fn place() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!(
        "sqlite://{}",
        folder.path().join("data/bot #1.db").display()
    );
    (folder, url)
}

async fn open(url: &str) -> Store {
    Store::open(url).await.expect("the store opens")
}

async fn refusal(url: &str) -> StoreError {
    Store::open(url).await.err().expect("the store is refused")
}

fn turn(conversation_id: &str, question: &str, answer: &str) -> TurnRecord {
    let outcome = Outcome {
        route: Route::Faq,
        confidence: 0.97,
        reasons: vec!["faq match 'return-window'".to_owned()],
        sources: Vec::new(),
        model: "faq".to_owned(),
        degraded: false,
        cached: false,
        cost_usd: 0.0,
        saved_usd: 0.002,
        conversation_id: conversation_id.to_owned(),
        message_id: Uuid::now_v7().to_string(),
        timings_ms: Timings::default(),
    };
    TurnRecord {
        conversation_id: conversation_id.to_owned(),
        request_id: "r".to_owned(),
        user_message_id: Uuid::now_v7().to_string(),
        question: Some(question.to_owned()),
        answer: answer.to_owned(),
        outcome,
        usage: None,
        signals: json!({"cosine": 0.9, "history_messages": 2}),
        consented: false,
    }
}

fn escalated(conversation_id: &str, cost_usd: f64) -> TurnRecord {
    let mut turn = turn(conversation_id, "why?", "because");
    turn.outcome.route = Route::Escalate;
    turn.outcome.cost_usd = cost_usd;
    turn.usage = Some(Usage::new(100, 20));
    turn
}

#[tokio::test]
async fn opening_makes_the_folder_and_the_file() {
    let (folder, url) = place();
    open(&url).await.close().await;
    assert!(folder.path().join("data/bot #1.db").is_file());
}

#[tokio::test]
async fn a_turn_is_read_back_as_it_was_recorded() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let id = store.create_conversation().await.expect("created");
    let turn = turn(&id, "Can I return this? 🙂", "在三十天内可以。");
    store.record(turn.clone()).await.expect("recorded");

    let conversation = store.conversation(&id).await.expect("read").expect("found");
    let [asked, answered] = conversation.messages.as_slice() else {
        panic!("two messages, not {:?}", conversation.messages);
    };
    assert_eq!(
        (asked.role, asked.content.as_str()),
        (Role::User, "Can I return this? 🙂")
    );
    assert_eq!(asked.id, turn.user_message_id);
    assert_eq!(asked.outcome, None);
    assert_eq!(
        (answered.role, answered.content.as_str()),
        (Role::Assistant, "在三十天内可以。")
    );
    assert_eq!(answered.id, turn.outcome.message_id);
    let outcome = answered
        .outcome
        .clone()
        .expect("answers carry their outcome");
    assert_eq!(
        serde_json::from_value::<Outcome>(outcome).expect("an outcome"),
        turn.outcome
    );
}

#[tokio::test]
async fn history_is_in_order_and_absent_for_unknown_conversations() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let id = Uuid::now_v7().to_string();
    for n in 0..3 {
        let turn = turn(&id, &format!("q{n}"), &format!("a{n}"));
        store.record(turn).await.expect("recorded");
    }
    let expected: Vec<Message> = (0..3)
        .flat_map(|n| {
            [
                Message::new(Role::User, format!("q{n}")),
                Message::new(Role::Assistant, format!("a{n}")),
            ]
        })
        .collect();
    assert_eq!(store.history(&id).await.expect("read"), Some(expected));
    assert_eq!(store.history("nobody").await.expect("read"), None);
}

#[tokio::test]
async fn a_turn_without_a_question_is_an_answer_alone() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let mut turn = turn("c", "", "A person will call you.");
    turn.question = None;
    store.record(turn).await.expect("recorded");
    let history = store.history("c").await.expect("read").expect("found");
    assert_eq!(
        history,
        [Message::new(Role::Assistant, "A person will call you.")]
    );
}

#[tokio::test]
async fn what_was_recorded_survives_reopening() {
    let (_folder, url) = place();
    let store = open(&url).await;
    store.record(turn("c", "q", "a")).await.expect("recorded");
    store.close().await;
    let history = open(&url).await.history("c").await.expect("read");
    assert_eq!(history.map(|messages| messages.len()), Some(2));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_although_the_store_was_never_closed() {
    let (_folder, url) = place();
    let store = open(&url).await;
    store.record(turn("c", "q", "a")).await.expect("recorded");
    let second = open(&url).await;
    assert!(second.history("c").await.expect("read").is_some());
}

#[tokio::test]
async fn dropping_the_last_handle_still_writes_what_waits() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let clone = store.clone();
    let record = tokio::spawn(async move { clone.record(turn("c", "q", "a")).await });
    drop(store);
    record.await.expect("the task ends").expect("recorded");
    assert!(open(&url).await.history("c").await.expect("read").is_some());
}

#[tokio::test]
async fn concurrent_records_are_all_kept() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let records = (0..600).map(|n| store.record(turn(&format!("c{}", n % 7), "q", "a")));
    for result in join_all(records).await {
        result.expect("recorded");
    }
    let list = store.conversations(100, None, None).await.expect("listed");
    assert_eq!(list.len(), 7);
    assert_eq!(
        list.iter().map(|summary| summary.messages).sum::<i64>(),
        1200
    );
}

#[tokio::test]
async fn a_search_finds_questions_and_answers_in_either_case_and_nothing_else() {
    let (_folder, url) = place();
    let store = open(&url).await;
    for (id, question, answer) in [
        ("c1", "Where is my KETTLE?", "On its way."),
        ("c2", "What is on offer?", "A kettle at 50%_off."),
        ("c3", "What is it?", "A pan."),
    ] {
        let recorded = store.record(turn(id, question, answer)).await;
        recorded.expect("recorded");
    }
    let found = async |text| {
        let list = store.conversations(9, None, Some(text)).await;
        let list = list.expect("listed").into_iter();
        list.map(|summary| (summary.id, summary.excerpt.expect("an excerpt")))
            .collect::<Vec<_>>()
    };
    let pair = |id: &str, excerpt: &str| (id.to_owned(), excerpt.to_owned());
    assert_eq!(
        found("kettle").await,
        [
            pair("c2", "A kettle at 50%_off."),
            pair("c1", "Where is my KETTLE?")
        ]
    );
    assert_eq!(found("50%_").await.len(), 1);
    assert_eq!(found("%").await.len(), 1);
    assert_eq!(found("teapot").await, []);
}

#[tokio::test]
async fn a_refused_record_harms_no_other_of_its_group() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let first = turn("c", "q", "a");
    let repeated = first.clone();
    let results =
        join_all([first, repeated, turn("c", "q2", "a2")].map(|turn| store.record(turn))).await;
    assert!(matches!(
        results.as_slice(),
        [Ok(()), Err(StoreError::Database(_)), Ok(())]
    ));
    let history = store.history("c").await.expect("read").expect("found");
    assert_eq!(history.len(), 4);
}

#[tokio::test]
async fn later_feedback_replaces_earlier_and_unknown_answers_get_none() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let turn = turn("c", "q", "a");
    let answer = turn.outcome.message_id.clone();
    store.record(turn).await.expect("recorded");
    assert!(store.feedback(&answer, 1, None).await.expect("kept"));
    assert!(
        store
            .feedback(&answer, -1, Some("wrong"))
            .await
            .expect("kept")
    );
    assert!(!store.feedback("nothing", 1, None).await.expect("answered"));
    let conversation = store.conversation("c").await.expect("read").expect("found");
    assert_eq!(conversation.messages[1].rating, Some(-1));
}

#[tokio::test]
async fn deleting_a_conversation_takes_its_turns_and_leaves_the_books() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let turn = escalated("c", 0.25);
    let answer = turn.outcome.message_id.clone();
    store.record(turn).await.expect("recorded");
    store.feedback(&answer, 1, None).await.expect("kept");

    assert!(store.delete_conversation("c").await.expect("deleted"));
    assert!(!store.delete_conversation("c").await.expect("answered"));
    assert_eq!(store.conversation("c").await.expect("read"), None);
    assert!(!store.feedback(&answer, 1, None).await.expect("answered"));
    assert!((store.spent_usd_since(0).await.expect("read") - 0.25).abs() < 1e-9);
}

#[tokio::test]
async fn spending_counts_from_the_given_time_only() {
    let (_folder, url) = place();
    let store = open(&url).await;
    assert!(store.spent_usd_since(0).await.expect("read").abs() < 1e-9);
    for _ in 0..4 {
        store.record(escalated("c", 0.5)).await.expect("recorded");
    }
    assert!((store.spent_usd_since(0).await.expect("read") - 2.0).abs() < 1e-9);
    assert!(store.spent_usd_since(i64::MAX).await.expect("read").abs() < 1e-9);
}

#[tokio::test]
async fn turns_are_read_back_with_consent_and_rating_page_by_page() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let mut first = turn("c", "q", "a");
    first.consented = true;
    let (first_id, second) = (first.outcome.message_id.clone(), turn("c", "q2", "a2"));
    store.record(first).await.expect("recorded");
    store.record(second).await.expect("recorded");
    store.feedback(&first_id, 1, None).await.expect("kept");

    let turns = store.turns_since(0, "").await.expect("read");
    let seen: Vec<_> = turns
        .iter()
        .map(|turn| (turn.answer.as_str(), turn.consented, turn.rating))
        .collect();
    assert_eq!(seen, [("a", true, Some(1)), ("a2", false, None)]);
    assert_eq!(turns[0].messages_before, 2);
    let rest = store.turns_since(0, &first_id).await.expect("read");
    assert_eq!(rest, turns[1..]);
    let none = store.turns_since(i64::MAX, "").await.expect("read");
    assert_eq!(none, []);
}

#[tokio::test]
async fn decided_turns_come_with_their_cost_and_without_their_texts() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let paid = escalated("c", 0.25);
    let mut degraded = turn("c", &"Why? ".repeat(500), r#"she said "degraded":true"#);
    degraded.outcome.degraded = true;
    let mut quoting = turn("c", "q", "a");
    quoting.outcome.reasons = vec![r#"{"degraded":true}"#.into()];
    for turn in [paid, degraded, quoting] {
        store.record(turn).await.expect("recorded");
    }
    let read = async |span, after| store.decided_turns(span, after).await.expect("read");
    let turns = read(0..i64::MAX, "").await;
    let seen: Vec<_> = turns
        .iter()
        .map(|turn| (turn.route, turn.degraded, turn.cost_usd > 0.2))
        .collect();
    assert_eq!(
        seen,
        [
            (Some(Route::Escalate), false, true),
            (Some(Route::Faq), true, false),
            (Some(Route::Faq), false, false),
        ]
    );
    assert_eq!(turns[0].signals["cosine"], 0.9);
    let opening = turns[1].opening.as_deref().expect("a question");
    assert_eq!(opening.chars().count(), 400);
    assert_eq!(read(0..i64::MAX, &turns[1].message_id).await, turns[2..]);
    assert_eq!(read(0..1, "").await, [], "they are younger than 1970");
}

#[tokio::test]
async fn conversations_are_listed_newest_first_in_pages() {
    let (_folder, url) = place();
    let store = open(&url).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let id = store.create_conversation().await.expect("created");
        store
            .record(turn(&id, &format!("question {n}"), "a"))
            .await
            .expect("recorded");
        ids.insert(0, id);
    }
    let empty = store.create_conversation().await.expect("created");
    let first = store.conversations(2, None, None).await.expect("listed");
    let second = store
        .conversations(9, Some(&first[1].id), None)
        .await
        .expect("listed");
    let seen: Vec<&String> = first
        .iter()
        .chain(&second)
        .map(|summary| &summary.id)
        .collect();
    assert_eq!(seen, [&empty, &ids[0], &ids[1], &ids[2]]);
    assert_eq!(first[0].title, None);
    assert_eq!(first[1].title.as_deref(), Some("question 2"));
    assert!(second.iter().all(|summary| summary.messages == 2));
    assert!(
        second
            .iter()
            .all(|summary| summary.updated_at >= summary.created_at)
    );
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let (_folder, url) = place();
    let store = open(&url).await;
    store.clone().close().await;
    let result = store.record(turn("c", "q", "a")).await;
    assert!(matches!(result, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_newer_migration_is_refused_and_the_file_named() {
    let (folder, url) = place();
    open(&url).await.close().await;
    let file = folder.path().join("data/bot #1.db");
    let raw_url = format!("sqlite://{}", file.display()).replace('#', "%23");
    let mut connection = AnyConnection::connect(&raw_url).await.expect("connected");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .expect("inserted");
    connection.close().await.expect("closed");

    let error = refusal(&url).await;
    assert!(
        matches!(error, StoreError::Newer { version: 9999, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("bot #1.db"));
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_untouched() {
    let (folder, url) = place();
    let file = folder.path().join("data/bot #1.db");
    std::fs::create_dir_all(file.parent().expect("it has a folder")).expect("made");
    let garbage = b"no database at all. ".repeat(500);
    std::fs::write(&file, &garbage).expect("written");
    assert_damaged(&refusal(&url).await, &file, &garbage);
}

#[tokio::test]
async fn a_truncated_database_is_refused_and_left_untouched() {
    let (folder, url) = place();
    let file = folder.path().join("data/bot #1.db");
    open(&url).await.close().await;
    let whole = std::fs::read(&file).expect("read");
    let half = &whole[..whole.len() / 2];
    std::fs::write(&file, half).expect("written");
    assert_damaged(&refusal(&url).await, &file, half);
}

#[tokio::test]
async fn a_database_with_broken_pages_is_refused_and_left_untouched() {
    let (_folder, url) = place();
    let store = open(&url).await;
    for n in 0..200 {
        let turn = turn(&format!("c{n}"), &"long ".repeat(200), "a");
        store.record(turn).await.expect("recorded");
    }
    store.close().await;
    let file = Path::new(url.strip_prefix("sqlite://").expect("a path"));
    let mut content = std::fs::read(file).expect("read");
    let middle = content.len() / 2;
    content[middle..middle + 20_000].fill(0xa5);
    std::fs::write(file, &content).expect("written");
    assert_damaged(&refusal(&url).await, file, &content);
}

#[tokio::test]
async fn many_may_open_a_new_database_at_once_and_all_write() {
    let (_folder, url) = place();
    let stores = join_all((0..4).map(|_| open(&url))).await;
    let records = stores.iter().enumerate().flat_map(|(n, store)| {
        (0..25).map(move |m| store.record(turn(&format!("c{n}-{m}"), "q", "a")))
    });
    for result in join_all(records).await {
        result.expect("recorded");
    }
    for store in &stores {
        let list = store.conversations(200, None, None).await.expect("listed");
        assert_eq!(list.len(), 100);
    }
}

#[test]
fn the_clock_never_goes_back() {
    let clock = super::Clock::default();
    assert_eq!(clock.no_earlier(1_000), 1_000);
    assert_eq!(clock.no_earlier(400), 1_000, "set back by 600 ms");
    assert_eq!(clock.no_earlier(1_001), 1_001);
}

fn assert_damaged(error: &StoreError, file: &Path, content: &[u8]) {
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("bot #1.db"));
    assert_eq!(std::fs::read(file).expect("still there"), content);
}

#[tokio::test]
async fn other_urls_are_refused_with_an_example() {
    for url in [
        "postgres://localhost/x",
        "sqlite::memory:",
        "sqlite://",
        "data.db",
    ] {
        let error = refusal(url).await;
        assert!(matches!(error, StoreError::Url { .. }), "{url}: {error}");
    }
}
