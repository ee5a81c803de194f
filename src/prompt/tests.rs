use super::{Prompts, recent};
use crate::{
    chat::{Message, Role, Source, SourceKind},
    router::Smalltalk,
};

fn prompts() -> Prompts {
    Prompts::load(None).expect("the built-in templates are sound")
}

fn passage(title: &str, text: &str) -> Source {
    Source {
        id: "a#0".into(),
        kind: SourceKind::Document,
        title: title.into(),
        url: None,
        source: "a.md".into(),
        page: None,
        score: 0.9,
        text: text.into(),
    }
}

#[test]
fn the_system_message_is_the_same_for_every_question() {
    let passages = [passage("Tea", "Tea is a drink. It is hot & \"strong\".")];
    let ask = |question| {
        prompts()
            .knowledge(&[], question, &passages, 0)
            .expect("it renders")
            .expect("there is evidence")
    };
    let (one, other) = (ask("What is tea?"), ask("Is tea <hot>?"));
    assert_eq!(one.messages[0], other.messages[0]);
    assert!(
        other.messages[1]
            .content
            .ends_with("Question: Is tea <hot>?")
    );
    assert!(other.messages[1].content.contains("It is hot & 'strong'."));
}

#[test]
fn an_answer_begins_as_the_sentence_it_is_to_copy() {
    let passages = [passage(
        "Tea",
        "Tea is a hot drink. Coffee is another drink.",
    )];
    let prompt = prompts()
        .knowledge(&[], "What is tea?", &passages, 0)
        .expect("it renders")
        .expect("there is evidence");
    assert_eq!(
        prompt.assistant_prefix.as_deref(),
        Some("The text says: \"Tea is a hot")
    );
    assert_eq!(prompt.answer(" drink."), "Tea is a hot drink.");
}

#[test]
fn attempts_end_where_the_evidence_does() {
    let passages = [passage("Tea", "Tea is a hot drink.")];
    assert!(
        prompts()
            .knowledge(&[], "What is tea?", &passages, 1)
            .expect("it renders")
            .is_none()
    );
}

#[test]
fn history_is_cut_to_the_last_turns_that_fit() {
    let said = |role, text: String| Message::new(role, text);
    let history = [
        said(Role::System, "be brief".into()),
        said(Role::User, "x".repeat(700)),
        said(Role::Assistant, "an answer".into()),
        said(Role::User, "a question".into()),
        said(Role::Assistant, "another answer".into()),
    ];
    let kept = recent(&history);
    assert_eq!(
        kept.iter()
            .map(|message| message.content.as_str())
            .collect::<Vec<_>>(),
        ["a question", "another answer"]
    );
}

#[test]
fn a_degraded_answer_says_so_and_quotes_its_source() {
    let text = prompts()
        .degraded("What is tea?", &[passage("Drinks", "Tea is a hot drink.")])
        .expect("it renders");
    assert!(
        text.contains("large model") && text.contains("[1] Drinks: “Tea is a hot drink.”"),
        "{text}"
    );
    let nothing = prompts().degraded("What is tea?", &[]).expect("it renders");
    assert_eq!(nothing, prompts().decline().expect("it renders"));
}

#[test]
fn small_talk_has_fixed_answers() {
    let all = [Smalltalk::Greeting, Smalltalk::Thanks, Smalltalk::Goodbye]
        .map(|kind| prompts().smalltalk(kind));
    assert!(all.iter().all(|answer| !answer.is_empty()) && all[0] != all[1] && all[1] != all[2]);
}

#[test]
fn a_folder_overrides_and_its_faults_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let answers = folder.path().join("answers");
    std::fs::create_dir(&answers).expect("a folder");
    let fault = |text: &str| {
        std::fs::write(answers.join("greeting.hbs"), text).expect("a file");
        Prompts::load(Some(folder.path()))
    };
    let mine = fault("Welcome to the shop.").expect("it is sound");
    assert_eq!(mine.smalltalk(Smalltalk::Greeting), "Welcome to the shop.");
    for broken in ["One\n{{#if x}}", "One\n{{unheard_of}}"] {
        let error = fault(broken).err().expect("it is broken").to_string();
        assert!(error.contains("greeting.hbs:"), "{error}");
    }
}
