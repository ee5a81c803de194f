//! The room through its front door: ingest, search, rebuild, crash, swap.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use tempfile::TempDir;

use super::*;

const DIMENSIONS: usize = 32;

/// A folder of knowledge, a folder for the index, and an encoder that only knows words.
struct Bench {
    folders: TempDir,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self {
            folders: tempfile::tempdir().expect("a temporary folder"),
        };
        for (path, text) in files {
            bench.write(path, text);
        }
        bench
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.folders.path().join("kb").join(path);
        fs::create_dir_all(file.parent().expect("under kb")).expect("a folder");
        fs::write(file, text).expect("a file");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.folders.path().join("kb").join(path)).expect("a file");
    }

    fn index_dir(&self) -> PathBuf {
        self.folders.path().join("index")
    }

    fn open(&self, encoder: &str) -> Knowledge {
        let options = Options {
            dirs: vec![self.folders.path().join("kb")],
            index_dir: self.index_dir(),
            spaces: PerKind::same(VectorSpace {
                encoder: encoder.to_owned(),
                dimensions: DIMENSIONS,
            }),
        };
        Knowledge::open(options).expect("opened")
    }

    /// Opened by the usual encoder and brought up to date.
    fn ready(&self) -> Knowledge {
        let knowledge = self.open("words");
        ingest(&knowledge);
        knowledge
    }
}

/// Words into buckets: texts that share words are alike.
fn encode(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        let sum: usize = word.bytes().map(usize::from).sum();
        if !word.is_empty() {
            vector[sum % DIMENSIONS] += 1.0;
        }
    }
    vector
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

fn ingest(knowledge: &Knowledge) -> IngestReport {
    let plan = knowledge.plan(&count).expect("a plan");
    let vectors = encode_all(&plan);
    knowledge.commit(plan, &vectors).expect("committed")
}

fn encode_all(plan: &IngestPlan) -> PerKind<Vec<Vec<f32>>> {
    let encode_each = |texts: &Vec<String>| texts.iter().map(|text| encode(text)).collect();
    plan.texts_to_embed().as_ref().map(encode_each)
}

fn find(knowledge: &Knowledge, text: &str) -> SearchResult {
    find_in(knowledge, text, &[])
}

fn find_in(knowledge: &Knowledge, text: &str, collections: &[String]) -> SearchResult {
    knowledge.search(&Query {
        text,
        vectors: PerKind::same(Some(&encode(text))),
        top_k: 3,
        collections,
        kind: None,
        without: None,
    })
}

const RETURNS: &str = "- id: window\n  question: How long can I return an item?\n  variants: [Is \
                       there a deadline for sending goods back?]\n  answer: Within 30 days.\n- id: \
                       postage\n  question: Who pays the postage?\n  answer: We do.\n";

#[test]
fn an_entry_is_found_by_an_inflected_form_without_a_vector() {
    let bench = Bench::new(&[("shop/a.faq.yaml", RETURNS)]);
    let query = Query {
        text: "returns?",
        vectors: PerKind::default(),
        top_k: 3,
        collections: &[],
        kind: None,
        without: None,
    };
    let result = bench.ready().search(&query);
    assert_eq!(result.faq.len(), 1);
    assert_eq!(result.faq[0].source.id, "window");
    assert!(result.faq[0].lexical > 0.0);
}

#[test]
fn a_hit_names_the_form_that_matched_and_carries_its_source() {
    let bench = Bench::new(&[("shop/a.faq.yaml", RETURNS)]);
    let result = find(&bench.ready(), "deadline for sending goods back");
    let hit = &result.faq[0];
    assert_eq!(
        hit.matched_form,
        "Is there a deadline for sending goods back?"
    );
    assert_eq!(hit.source.title, "How long can I return an item?");
    assert_eq!(hit.source.text, "Within 30 days.");
    assert_eq!(hit.source.source, "shop/a.faq.yaml");
    assert!(hit.overlap > 0.99);
    assert!(hit.cosine_question > hit.cosine_answer);
}

#[test]
fn a_passage_is_found_by_its_headings_and_numbered_in_its_document() {
    let bench = Bench::new(&[(
        "shop/care.md",
        "# Care\n\n## Wool\n\nCold water only.\n\n## Leather\n\nUse wax.\n",
    )]);
    let result = find(&bench.ready(), "How do I clean leather?");
    let hit = &result.passages[0];
    assert_eq!(hit.source.id, "shop/care.md#2");
    assert_eq!(hit.source.title, "Care — Leather");
    assert_eq!(hit.source.text, "Use wax.");
    assert!(hit.overlap > 0.0 && hit.overlap < 1.0);
}

#[test]
fn unspaced_chinese_is_found_by_a_part_of_it() {
    let text = "- question: 我想退货应该怎么办\n  answer: 请在三十天内联系客服\n- question: 如何修改收货地址\n  \
                answer: 在账户设置中修改\n";
    let bench = Bench::new(&[("a.faq.yaml", text)]);
    let result = find(&bench.ready(), "退货");
    assert_eq!(result.faq[0].source.title, "我想退货应该怎么办");
    assert!(result.faq[0].lexical > 0.0);
}

#[test]
fn what_would_be_query_syntax_is_only_text() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    let knowledge = bench.ready();
    for text in ["", "\"", "return AND (", "head:*", "++--", "🙂", "\u{0}"] {
        let _ = find(&knowledge, text);
    }
    assert_eq!(
        find(&knowledge, "return: \"item\" AND (").faq[0].source.id,
        "window"
    );
}

#[test]
fn a_search_stays_in_its_collections_and_kinds() {
    let bench = Bench::new(&[
        ("shop/a.faq.yaml", RETURNS),
        (
            "school/b.faq.yaml",
            "- {question: Who pays the return trip?, answer: You.}",
        ),
        ("school/c.md", "The return trip is long."),
    ]);
    let knowledge = bench.ready();
    let only = ["school".to_owned()];
    let result = find_in(&knowledge, "return", &only);
    assert!(result.faq.iter().all(|hit| hit.collection == "school"));
    assert_eq!((result.faq.len(), result.passages.len()), (1, 1));
    let documents = knowledge.search(&Query {
        text: "return",
        vectors: PerKind::default(),
        top_k: 3,
        collections: &[],
        kind: Some(crate::chat::SourceKind::Document),
        without: None,
    });
    assert!(documents.faq.is_empty() && documents.passages.len() == 1);
}

#[test]
fn a_second_ingest_of_unchanged_files_does_no_work() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS), ("b.md", "# T\n\nText.\n")]);
    let first = ingest(&bench.open("words"));
    let again = bench.open("words");
    let plan = again.plan(&count).expect("a plan");
    assert!(plan.is_unchanged() && *plan.texts_to_embed() == PerKind::default());
    let report = again.commit(plan, &PerKind::default()).expect("committed");
    assert_eq!(report.generation, first.generation);
    assert_eq!(report.changes.unchanged, 2);
    assert!(!find(&again, "return an item").faq.is_empty());
}

#[test]
fn only_new_texts_are_encoded() {
    let bench = Bench::new(&[
        ("a.faq.yaml", RETURNS),
        ("b.txt", "Old text."),
        ("c.txt", "Third."),
    ]);
    let knowledge = bench.ready();
    bench.write(
        "a.faq.yaml",
        &RETURNS.replace("Within 30 days.", "Within 60 days."),
    );
    bench.write("d.txt", "New text.");
    bench.remove("b.txt");
    let plan = knowledge.plan(&count).expect("a plan");
    let texts = plan.texts_to_embed();
    assert_eq!(texts.faq, ["Within 60 days."]);
    assert_eq!(texts.passages, ["d\nNew text."]);
    let expected = Changes {
        added: 1,
        changed: 1,
        removed: 1,
        unchanged: 1,
    };
    assert_eq!(plan.changes(), expected);
    ingest(&knowledge);
    let hit = &find(&knowledge, "How long can I return an item?").faq[0];
    assert_eq!(hit.source.text, "Within 60 days.");
    assert!(hit.cosine_question > 0.99);
    assert!(
        find(&knowledge, "old text")
            .passages
            .iter()
            .all(|p| p.source.source != "b.txt")
    );
}

#[test]
fn the_later_of_two_equal_ids_is_skipped_and_both_places_are_named() {
    let bench = Bench::new(&[
        ("shop/a.faq.yaml", RETURNS),
        (
            "shop/b.faq.yaml",
            "\n- {id: window, question: Other?, answer: Other.}",
        ),
        (
            "school/c.faq.yaml",
            "- {id: window, question: Another?, answer: Fine.}",
        ),
    ]);
    let knowledge = bench.ready();
    let status = knowledge.status();
    assert_eq!(status.entries, 3);
    assert_eq!(
        status.skipped[0].to_string(),
        "shop/b.faq.yaml:2: the id window is already taken at shop/a.faq.yaml:1"
    );
    bench.remove("shop/a.faq.yaml");
    ingest(&knowledge);
    assert_eq!(find(&knowledge, "Other?").faq[0].source.text, "Other.");
}

#[test]
fn an_index_of_another_encoder_is_rebuilt_and_that_is_said() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    bench.ready();
    let knowledge = bench.open("other");
    assert_eq!(knowledge.generation(), 0);
    assert!(find(&knowledge, "return").faq.is_empty());
    let report = ingest(&knowledge);
    let reason = report.rebuilt_because.expect("a reason");
    assert!(
        reason.contains("another encoder") && reason.contains("words"),
        "{reason}"
    );
    assert_eq!(report.embedded, 5);
    assert!(ingest(&knowledge).rebuilt_because.is_none());
}

#[test]
fn a_damaged_index_is_rebuilt() {
    for damaged in ["faq.f32", "passages.f32", "records.json", "faq/meta.json"] {
        let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
        bench.ready();
        fs::write(bench.index_dir().join("1").join(damaged), "{").expect("damaged");
        let knowledge = bench.open("words");
        let report = ingest(&knowledge);
        assert!(
            report
                .rebuilt_because
                .is_some_and(|why| why.contains("damaged"))
        );
        assert!(!find(&knowledge, "return").faq.is_empty());
    }
}

#[test]
fn what_a_crash_left_is_ignored_and_removed() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    bench.ready();
    for leftover in ["2.building", "7"] {
        fs::create_dir(bench.index_dir().join(leftover)).expect("a folder");
    }
    let knowledge = bench.open("words");
    assert_eq!(knowledge.generation(), 1);
    assert_eq!(folders(&bench.index_dir()), ["1"]);
}

#[test]
fn the_old_generation_goes_when_the_new_one_serves() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    let knowledge = bench.ready();
    bench.write("b.txt", "More.");
    assert_eq!(ingest(&knowledge).generation, 2);
    assert_eq!(folders(&bench.index_dir()), ["2"]);
}

#[test]
fn an_index_made_by_another_process_is_taken_up() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    let server = bench.ready();
    bench.write("b.txt", "More.");
    bench.ready();
    let report = ingest(&server);
    assert_eq!((report.generation, report.changes.unchanged), (2, 2));
}

#[test]
fn searches_during_swaps_see_one_whole_generation() {
    let bench = Bench::new(&[("a.faq.yaml", RETURNS)]);
    let knowledge = bench.ready();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let mut searches = 0;
            while !done.load(Ordering::Relaxed) || searches == 0 {
                let result = find(&knowledge, "How long can I return an item?");
                let expected = format!("Within {} days.", result.generation);
                let answer = &result.faq[0].source.text;
                assert!(result.generation == 1 || *answer == expected, "{answer}");
                searches += 1;
            }
        });
        for generation in 2..6 {
            let answer = format!("Within {generation} days.");
            bench.write("a.faq.yaml", &RETURNS.replace("Within 30 days.", &answer));
            assert_eq!(ingest(&knowledge).generation, generation);
        }
        done.store(true, Ordering::Relaxed);
        searcher.join().expect("no search failed");
    });
}

#[test]
fn vectors_that_do_not_fit_are_refused_and_what_serves_stays() {
    let bench = Bench::new(&[("a.txt", "Text.")]);
    let knowledge = bench.ready();
    bench.write("b.txt", "More.");
    for passages in [vec![], vec![vec![1.0; 3]], vec![vec![f32::NAN; DIMENSIONS]]] {
        let plan = knowledge.plan(&count).expect("a plan");
        let faq = Vec::new();
        let vectors = PerKind { faq, passages };
        let refused = knowledge.commit(plan, &vectors);
        assert!(matches!(refused, Err(KnowledgeError::Vectors(_))));
    }
    assert_eq!(knowledge.generation(), 1);
}

#[test]
fn a_missing_folder_is_an_error_and_an_empty_one_is_an_empty_index() {
    let bench = Bench::new(&[]);
    let knowledge = bench.open("words");
    assert!(matches!(
        knowledge.plan(&count),
        Err(KnowledgeError::Folder { .. })
    ));
    fs::create_dir(bench.folders.path().join("kb")).expect("a folder");
    assert_eq!(ingest(&knowledge).entries, 0);
    assert_eq!(find(&knowledge, "anything").faq, []);
    assert!(knowledge.plan(&count).expect("a plan").is_unchanged());
}

fn folders(index_dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(index_dir)
        .expect("an index folder")
        .flatten()
        .filter(|child| child.path().is_dir())
        .map(|child| child.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn fifty_thousand_entries_are_found_and_drawn_from_evenly() {
    let row = |number: usize| {
        let word = format!("gadget{number}");
        format!("{{\"question\": \"How does the {word} work?\", \"answer\": \"Press {word}.\"}}\n")
    };
    let rows: String = (0..50_000).map(row).collect();
    let knowledge = Bench::new(&[("shop/all.jsonl", &rows)]).ready();
    let (_, forms) = knowledge.forms(40);
    assert_eq!(forms.len(), 40);
    assert!(forms[0].text.contains("gadget0 ") && forms[39].text.contains("gadget48750 "));
    let found = find(&knowledge, "How does the gadget31415 work?");
    assert!(found.faq[0].source.text.contains("gadget31415."));
}
