//! Knowledge files: FAQ entries in three formats, and Markdown cut into passages.

#[path = "../../src/knowledge/chunk/mod.rs"]
mod chunk;
#[path = "../../src/knowledge/language.rs"]
mod language;
#[path = "../../src/knowledge/records.rs"]
mod records;
#[path = "../../src/knowledge/report.rs"]
mod report;
#[path = "../../src/knowledge/sources/mod.rs"]
mod sources;

use std::path::PathBuf;

use serde_json::{Value, json};

use records::{Content, Entry, FileRecord, heading_line};
use sources::{Format, Found, Section};

/// What a passage may come to, its headings included; and its text, whatever they come to.
const MAX_TOKENS: usize = 240;
const MIN_TEXT_TOKENS: usize = 100;

fn parse(name: &str, bytes: &[u8]) -> FileRecord {
    let found = Found {
        path: format!("shop/{name}"),
        collection: "shop".into(),
        file: PathBuf::from(name),
        format: Format::of(name).expect("a known ending"),
        refusal: None,
    };
    let record = sources::parse(&found, "hash".into(), bytes, &tokens);
    for notice in record.skipped.iter().chain(&record.warnings) {
        assert!(!notice.reason.is_empty());
        assert!(
            notice
                .line
                .is_none_or(|line| (1..=lines(bytes)).contains(&line)),
            "{notice}"
        );
    }
    record
}

fn lines(bytes: &[u8]) -> usize {
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
    ends.count() + 2
}

/// Every four characters of a word are a token: roughly what the encoder counts.
fn tokens(text: &str) -> usize {
    let words = text.split_whitespace();
    words.map(|word| word.chars().count().div_ceil(4)).sum()
}

/// The first byte chooses the format. An entry that was read is sound, and is read again as it is
/// from whatever format it is written in.
pub fn faq(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else {
        return;
    };
    let name = ["a.faq.yaml", "a.csv", "a.jsonl"][usize::from(*choice) % 3];
    let record = parse(name, bytes);
    let Content::Entries(entries) = record.content else {
        assert!(
            !record.skipped.is_empty(),
            "nothing was read, and nothing is said"
        );
        return;
    };
    for entry in &entries {
        for text in [&entry.id, &entry.question, &entry.answer, &entry.lang] {
            assert!(!text.is_empty() && text.trim() == text, "{entry:?}");
        }
        assert!(!entry.variants.contains(&entry.question), "{entry:?}");
        assert!((1..=lines(bytes)).contains(&entry.line), "{entry:?}");
    }
    let rows: Vec<Value> = entries.iter().map(row).collect();
    let as_lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    same(&entries, "b.jsonl", as_lines.join("\n").as_bytes());
    let yaml = serde_yaml_ng::to_string(&rows).expect("it serializes");
    same(&entries, "b.faq.yaml", yaml.as_bytes());
    if entries.iter().all(fits_csv) {
        same(&entries, "b.csv", &as_csv(&entries));
    }
}

fn row(entry: &Entry) -> Value {
    json!({
        "id": entry.id, "question": entry.question, "variants": entry.variants,
        "answer": entry.answer, "tags": entry.tags, "url": entry.url, "lang": entry.lang,
    })
}

/// Bars join lists there, and line ends are made plain.
fn fits_csv(entry: &Entry) -> bool {
    let lists = entry.variants.iter().chain(&entry.tags);
    let all = lists
        .clone()
        .chain([&entry.id, &entry.question, &entry.answer])
        .chain(&entry.url);
    lists.clone().all(|text| !text.contains('|')) && all.clone().all(|text| !text.contains('\r'))
}

fn as_csv(entries: &[Entry]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    let mut write = |fields: [&str; 7]| writer.write_record(fields).expect("memory takes it");
    write([
        "id", "question", "variants", "answer", "tags", "url", "lang",
    ]);
    for entry in entries {
        write([
            &entry.id,
            &entry.question,
            &entry.variants.join("|"),
            &entry.answer,
            &entry.tags.join("|"),
            entry.url.as_deref().unwrap_or_default(),
            &entry.lang,
        ]);
    }
    writer.into_inner().expect("memory takes it")
}

fn same(entries: &[Entry], name: &str, bytes: &[u8]) {
    let record = parse(name, bytes);
    let said = || String::from_utf8_lossy(bytes).into_owned();
    assert!(
        record.skipped.is_empty(),
        "{name}: {:?} in {}",
        record.skipped,
        said()
    );
    let Content::Entries(again) = record.content else {
        panic!("{name} is empty: {}", said());
    };
    let without_line = |entry: &Entry| Entry {
        line: 0,
        ..entry.clone()
    };
    let again: Vec<Entry> = again.iter().map(without_line).collect();
    let entries: Vec<Entry> = entries.iter().map(without_line).collect();
    assert_eq!(again, entries, "{name}: {}", said());
}

/// A passage is made of its source's words and short enough for the encoder; and none of a section
/// is lost.
pub fn markdown(data: &[u8]) {
    let record = parse("a.md", data);
    if let Content::Document(document) = &record.content {
        assert!(!document.passages.is_empty());
        for passage in &document.passages {
            assert!(!passage.text.trim().is_empty());
            short_enough(&document.title, &passage.headings, &passage.text);
            if let Ok(source) = std::str::from_utf8(data) {
                from_the_source(source, &passage.headings, &document.title, &passage.text);
            }
        }
    } else {
        assert!(
            !record.skipped.is_empty(),
            "nothing was read, and nothing is said"
        );
    }
    if let Ok(text) = std::str::from_utf8(data) {
        whole(text);
    }
}

/// Control characters are left out, and a cut table repeats its head: so word by word. Tags are left
/// out too, and what stood around them runs on: so only where there are none.
fn from_the_source(source: &str, headings: &[String], title: &str, text: &str) {
    if source.contains(['<', '\0']) {
        return;
    }
    let plain: String = source
        .chars()
        .map(|character| {
            if matches!(character, '\u{b}' | '\u{c}' | '\u{85}') {
                '\n'
            } else {
                character
            }
        })
        .filter(|character| !character.is_control() || character.is_whitespace())
        .collect();
    for word in text.split_whitespace() {
        let heading = headings.last().map_or(title, String::as_str);
        assert!(
            plain.contains(word) || heading.contains(word),
            "{word:?} is not in the source"
        );
    }
}

fn short_enough(title: &str, headings: &[String], text: &str) {
    let above = tokens(&heading_line(title, headings));
    let most = MAX_TOKENS.saturating_sub(above).max(MIN_TEXT_TOKENS);
    assert!(tokens(text) <= most, "{} tokens: {text:?}", tokens(text));
}

/// What a cut table or code block repeats can't be told from what it holds twice.
fn whole(text: &str) {
    if text.contains('|') || text.contains("```") || text.contains("~~~") {
        return;
    }
    let section = Section {
        headings: vec!["One".into()],
        text: text.to_owned(),
        page: None,
    };
    let passages = chunk::passages("A title", std::slice::from_ref(&section), &tokens);
    let mut rest = text;
    for passage in &passages {
        let at = rest
            .find(&passage.text)
            .expect("passages are pieces of the section, in order");
        assert!(rest[..at].trim().is_empty(), "lost: {:?}", &rest[..at]);
        rest = &rest[at + passage.text.len()..];
    }
    assert!(rest.trim().is_empty(), "lost: {rest:?}");
}
