//! What each format gives, and what bad input costs.

use std::path::PathBuf;

use super::*;

fn parse_file(path: &str, bytes: &[u8]) -> FileRecord {
    let found = Found {
        path: path.to_owned(),
        collection: "shop".to_owned(),
        file: PathBuf::new(),
        format: Format::of(path).expect("a known ending"),
        refusal: None,
    };
    let count = |text: &str| text.split_whitespace().count();
    parse(&found, String::new(), bytes, &count)
}

fn entries(record: &FileRecord) -> &[Entry] {
    match &record.content {
        Content::Entries(entries) => entries,
        other => panic!("entries expected, {other:?} found"),
    }
}

fn document(record: &FileRecord) -> &Document {
    match &record.content {
        Content::Document(document) => document,
        other => panic!("a document expected, {other:?} found"),
    }
}

fn notices(notices: &[Notice]) -> Vec<String> {
    notices.iter().map(ToString::to_string).collect()
}

#[test]
fn yaml_gives_all_fields_of_an_entry() {
    let record = parse_file(
        "a.faq.yaml",
        b"# ours\n- id: window\n  question: How long can I return?\n  variants: [Return period?]\n  \
          answer: 30 days.\n  tags: [returns]\n  url: https://shop.example/r\n  lang: en-GB\n",
    );
    let expected = Entry {
        id: "window".to_owned(),
        question: "How long can I return?".to_owned(),
        variants: vec!["Return period?".to_owned()],
        answer: "30 days.".to_owned(),
        tags: vec!["returns".to_owned()],
        url: Some("https://shop.example/r".to_owned()),
        lang: "en".to_owned(),
        line: 2,
    };
    assert_eq!(entries(&record), [expected]);
}

#[test]
fn a_yaml_syntax_error_skips_the_file_and_names_the_line() {
    let record = parse_file(
        "a.faq.yaml",
        b"- question: a\n  answer: b\n- question: [c\n",
    );
    assert_eq!(record.content, Content::Nothing);
    let notice = &record.skipped[0];
    assert!(notice.line.is_some_and(|line| line >= 3), "{notice}");
    assert!(notice.reason.starts_with("is not YAML"));
}

#[test]
fn yaml_that_is_no_list_is_skipped() {
    let record = parse_file("a.faq.yml", b"question: a\nanswer: b\n");
    assert_eq!(
        notices(&record.skipped),
        ["a.faq.yml:1: must be a list of entries, each with question and answer"]
    );
}

#[test]
fn an_empty_answer_or_question_skips_that_entry_alone() {
    let record = parse_file(
        "a.faq.yaml",
        b"- question: one\n  answer: ''\n\n- question: two\n  answer: |\n    - not an entry\n- \
          question: '  '\n  answer: x\n- answer: x\n",
    );
    assert_eq!(entries(&record).len(), 1);
    assert_eq!(
        notices(&record.skipped),
        [
            "a.faq.yaml:1: the answer is empty",
            "a.faq.yaml:7: the question is empty",
            "a.faq.yaml:9: the question is missing",
        ]
    );
}

#[test]
fn numbers_and_truth_values_are_taken_as_text() {
    let record = parse_file(
        "a.faq.yaml",
        b"- {question: How many days?, answer: 30, id: 7}\n",
    );
    assert_eq!(entries(&record)[0].answer, "30");
    assert_eq!(entries(&record)[0].id, "7");
}

#[test]
fn an_unknown_field_is_warned_about_with_its_line() {
    let record = parse_file(
        "a.jsonl",
        br#"{"question": "q", "answer": "a", "awnser": "b"}"#,
    );
    assert_eq!(entries(&record).len(), 1);
    assert_eq!(record.warnings[0].line, Some(1));
    assert!(record.warnings[0].reason.contains("awnser"));
}

#[test]
fn a_bad_line_of_jsonl_costs_only_itself() {
    let text = "{\"question\": \"q\", \"answer\": \"a\"}\n{\"question\": \n\n[1]\n{\"question\": 1, \
                \"answer\": {}}\n";
    let record = parse_file("a.jsonl", text.as_bytes());
    assert_eq!(entries(&record).len(), 1);
    let lines: Vec<_> = record.skipped.iter().map(|notice| notice.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(5)]);
}

#[test]
fn csv_takes_question_and_answer_and_variants_joined_by_bars() {
    let text = "\u{feff}Question,Answer,Variants\r\nHow long?,\"30 days, mostly\",how long is it|what \
                time\r\nToo,many,fields,here\r\n,no question\r\n";
    let record = parse_file("a.csv", text.as_bytes());
    let [entry] = entries(&record) else {
        panic!("one entry expected")
    };
    assert_eq!(entry.answer, "30 days, mostly");
    assert_eq!(entry.variants, ["how long is it", "what time"]);
    let lines: Vec<_> = record.skipped.iter().map(|notice| notice.line).collect();
    assert_eq!(lines, [Some(3), Some(4)]);
}

#[test]
fn csv_without_an_answer_column_is_skipped() {
    let record = parse_file("a.csv", b"question,reply\na,b\n");
    assert_eq!(
        notices(&record.skipped),
        ["a.csv:1: the header names no column `answer`"]
    );
}

#[test]
fn an_id_is_made_of_file_and_question_and_stays_the_same() {
    let id = |line: &str| {
        entries(&parse_file("x/returns.jsonl", line.as_bytes()))[0]
            .id
            .clone()
    };
    let row = r#"{"question": "How long, then?", "answer": "a"}"#;
    assert_eq!(id(row), "returns-how-long-then");
    let long = format!(r#"{{"question": "{}", "answer": "a"}}"#, "word ".repeat(40));
    assert_eq!(id(&long), id(&long));
    assert!(id(&long).len() < 90);
}

#[test]
fn invalid_utf8_is_skipped_with_its_line() {
    let record = parse_file("a.txt", b"fine, caf\xc3\xa9 and th\xc3\xa9\nbroken \xff\n");
    assert_eq!(notices(&record.skipped), ["a.txt:2: is not UTF-8 text"]);
}

#[test]
fn an_empty_document_is_skipped() {
    assert_eq!(
        notices(&parse_file("a.md", b"\n \n").skipped),
        ["a.md: the file holds no text"]
    );
}

#[test]
fn markdown_passages_know_title_and_headings() {
    let text = "\u{feff}---\r\ntitle: Returns\r\nurl: https://shop.example/r\r\ntags: [a, b]\r\nlang: \
                en\r\n---\r\nIntro.\r\n\r\n# How\r\n\r\n## By `post`\r\n\r\nSend it.\r\n\r\n# Call 555\r\n";
    let record = parse_file("a.md", text.as_bytes());
    let document = document(&record);
    assert_eq!(document.title, "Returns");
    assert_eq!(document.url.as_deref(), Some("https://shop.example/r"));
    assert_eq!(document.tags, ["a", "b"]);
    let found: Vec<(String, &str)> = document
        .passages
        .iter()
        .map(|passage| (passage.headings.join("/"), passage.text.trim()))
        .collect();
    let expected = [
        (String::new(), "Intro."),
        ("How/By post".to_owned(), "Send it."),
        ("Call 555".to_owned(), "Call 555"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn markdown_takes_its_title_from_the_first_heading_or_the_file() {
    let titled = parse_file("gift-cards.md", b"# Gifts\n\nText.\n\n# More\n\nText.\n");
    assert_eq!(document(&titled).title, "Gifts");
    assert!(document(&titled).passages[0].headings.is_empty());
    assert_eq!(document(&titled).passages[1].headings, ["More"]);
    let untitled = parse_file("x/gift-cards.md", b"Text only.\n");
    assert_eq!(document(&untitled).title, "gift cards");
}

#[test]
fn a_hash_in_a_code_block_is_no_heading() {
    let record = parse_file("a.md", b"# T\n\n```\n# comment\n```\n");
    assert_eq!(document(&record).passages[0].text, "```\n# comment\n```");
}

#[test]
fn broken_front_matter_skips_the_file_with_its_line() {
    let record = parse_file("a.md", b"---\ntitle: [x\n---\nText.\n");
    assert!(record.skipped[0].line.is_some_and(|line| line >= 2));
}

#[test]
fn html_gives_the_main_text_without_menus_and_scripts() {
    let record = parse_file(
        "a.html",
        b"<html lang='en-US'><head><title>Site</title><style>p{}</style></head><body>\
          <nav>Menu</nav><main><h1>Warranty</h1><p>Two  <b>full</b>\n years.</p><script>x()</script>\
          <h2>Batteries</h2><ul><li>One year</li><li>Keep it</li></ul><pre>a\n  b</pre></main>\
          <footer>Imprint</footer></body></html>",
    );
    let document = document(&record);
    assert_eq!(
        (document.title.as_str(), document.lang.as_str()),
        ("Warranty", "en")
    );
    let texts: Vec<&str> = document.passages.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Two full years.", "- One year\n- Keep it\n\na\n  b"]
    );
    assert_eq!(document.passages[1].headings, ["Batteries"]);
}

#[test]
fn a_text_file_is_a_document_named_after_its_file() {
    let record = parse_file("opening_hours.txt", b"Open from nine.\n");
    assert_eq!(document(&record).title, "opening hours");
    assert_eq!(document(&record).lang, "en");
}

#[test]
fn an_untidy_csv_gives_its_rows_and_names_the_bad_ones() {
    let text = "\u{feff}sep=;\r\n Question ;ANSWER;;\r\nOne?;\"first\r\nline; second\";;\r\n;;;\r\n\
                A 5\" pan?;Yes.;;\r\nBad?;\"never closed;;\r\nLast?;Fine.;;\r\n";
    let record = parse_file("a.csv", text.as_bytes());
    let answers: Vec<&str> = entries(&record).iter().map(|e| e.answer.as_str()).collect();
    assert_eq!(answers, ["first\nline; second", "Yes.", "Fine."]);
    assert_eq!(record.skipped.len(), 1, "{:?}", record.skipped);
    assert_eq!(record.skipped[0].line, Some(7), "{:?}", record.skipped);
    assert_eq!(record.warnings, []);
}

#[test]
fn tabs_and_windows_1252_are_read_and_the_guess_is_told() {
    let record = parse_file(
        "a.csv",
        b"question\tanswer\nGr\xf6\xdfe?\tF\xfcnf, oder mehr.\n",
    );
    assert_eq!(entries(&record)[0].answer, "Fünf, oder mehr.");
    assert!(notices(&record.warnings)[0].contains("Windows-1252"));
}

#[test]
fn a_json_list_is_read_under_the_name_of_json_lines() {
    let record = parse_file(
        "a.jsonl",
        b"[\n {\"question\": \"q\",\n \"answer\": \"a\"}\n]\n",
    );
    assert_eq!(entries(&record).len(), 1);
    assert_eq!(record.warnings.len(), 1);
}

#[test]
fn markdown_takes_toml_footnotes_and_html_for_what_they_say() {
    let text = "+++\ntitle = \"Tea\"\nlang = \"en\"\n+++\n<div align=center><b>Hot</b></div>\n<!-- hidden -->\n\n\
                Steep[^1] it<br>well.\n\nMore\n----\n\nText.\n\n[^1]: Four minutes.\n";
    let record = parse_file("a.md", text.as_bytes());
    let document = document(&record);
    assert_eq!(document.title, "Tea");
    assert!(
        document.passages[0].text.contains("Four minutes"),
        "{document:?}"
    );
    assert!(document.passages[0].text.starts_with("Hot"), "{document:?}");
    assert!(
        !document.passages[0].text.contains(['<', '-']),
        "{document:?}"
    );
    assert_eq!(document.passages[1].headings, ["More"]);
    assert_eq!(document.passages[1].text, "Text.");
}

#[test]
fn an_untidy_page_gives_its_text_and_its_tables_alone() {
    let links = "<a href=x>Shop now</a> <a href=y>Sale</a> <a href=z>Help</a>".repeat(3);
    let page = format!(
        "<html><body><form id=aspnet><div class='main-menu'><ul><li>{links}</ul></div>\
         <div id='cookie-banner'>We use cookies. <button>OK</button></div>\
         <div style='display: none'>Hidden words</div><div aria-hidden=true>icon</div>\
         <div class=post>Open from nine.<br><br>Closed on <i>Sunday</i> &amp; Monday.\
         <table><tr><th>Day<th>Hours<tr><td>Tuesday<td>9&ndash;18</table></div>\
         <div>{links}</div></form></body></html>"
    );
    let record = parse_file("hours.html", page.as_bytes());
    assert_eq!(
        document(&record).passages[0].text,
        "Open from nine.\n\nClosed on Sunday & Monday.\n\n| Day | Hours |\n| --- | --- |\n\
         | Tuesday | 9–18 |"
    );
}

#[test]
fn a_bottomless_page_is_refused() {
    let record = parse_file("a.html", "<div>".repeat(100_000).as_bytes());
    assert!(record.skipped[0].reason.contains("in one another"));
}

#[test]
fn other_endings_are_not_ours() {
    for name in ["a.yaml", "logo.png", "a.json", "Makefile"] {
        assert_eq!(Format::of(name), None);
    }
}
