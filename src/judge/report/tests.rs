use super::html;
use crate::judge::{
    ModelReport, Report,
    figures::{Declining, Figures, Grounded, Group},
    report::table::table,
};

fn model(name: &str, base: bool, f1: f64) -> ModelReport {
    let grounded = Grounded {
        answerable: 3,
        f1: Some(f1),
        unsupported_before: Some(0.5),
        unsupported_after: Some(0.0),
        ..Grounded::default()
    };
    ModelReport {
        model: name.into(),
        base,
        figures: Figures {
            rows: 3,
            by_source: [("<wiki>".to_owned(), grounded.clone())].into(),
            grounded: Some(grounded),
            by_length: vec![Group {
                most_words: None,
                answerable: 3,
                f1: Some(f1),
            }],
            declining: vec![Declining {
                most_overlap: 1.0,
                answerable: 3,
                answerable_declined: Some(0.1),
                ..Declining::default()
            }],
            ..Figures::default()
        },
        speed: crate::judge::speed::Speed::default(),
        peak_mib: Some(200.0),
        wall_s: 1.0,
    }
}

fn report() -> Report {
    Report {
        data: "rows.jsonl".into(),
        asked: "as they are".into(),
        models: vec![model("tuned", false, 0.75), model("plain", true, 0.25)],
    }
}

#[test]
fn the_models_stand_side_by_side() {
    let text = table(&report());
    let line = |label: &str| {
        let found = text
            .lines()
            .find(|line| line.trim_start().starts_with(label));
        found
            .unwrap_or_else(|| panic!("no {label} in {text}"))
            .to_owned()
    };
    assert!(line("tuned").contains("plain (base)"));
    let f1 = line("F1");
    assert!(f1.contains("75.0%") && f1.ends_with("25.0%"), "{f1}");
    assert!(
        line("exact match").ends_with('–'),
        "what has no figure shows none"
    );
    let ends: Vec<usize> = [line("tuned"), f1]
        .iter()
        .map(|line| line.chars().count())
        .collect();
    assert_eq!(ends[0], ends[1], "columns are flush");
}

#[test]
fn the_page_is_self_contained_and_runs_nothing() {
    let page = html(&report()).expect("it renders");
    for part in [
        "<svg",
        "F1 by source",
        "F1 by context length",
        "Declined by tuned",
        "unsupported statement",
        "75.0%",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    assert!(
        page.contains("&lt;wiki&gt;") && !page.contains("<wiki>"),
        "names are text"
    );
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}
