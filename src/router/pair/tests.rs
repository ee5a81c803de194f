//! Fitting, scoring and files, on rows made by a rule.

use super::{draw::Draw, metrics::Curve, *};

fn encoder() -> EncoderName {
    EncoderName {
        name: "mini".into(),
        fingerprint: "f1".into(),
    }
}

/// The weak model fails at long sums, which lie near each other, and at some others by chance.
fn made(count: usize, seed: u64) -> (Vec<Row>, Vec<Vec<f32>>) {
    let mut draw = Draw::new(seed);
    let row = |draw: &mut Draw| {
        let is_sum = draw.share() < 0.5;
        let query = if is_sum {
            let terms: Vec<String> = (0..3 + draw.below(9))
                .map(|_| draw.below(99).to_string())
                .collect();
            format!("add up {}", terms.join(" + "))
        } else {
            format!("name the {} capital of the country", draw.below(50))
        };
        let fails = if query.len() > 25 && is_sum { 0.9 } else { 0.1 };
        let angle = draw.share() + if is_sum { 0.0 } else { 1.0 };
        let row = Row {
            query,
            weak: draw.share() >= fails,
            strong: draw.share() < 0.95,
        };
        (row, vec![angle.cos(), angle.sin(), 0.0, 0.0])
    };
    (0..count).map(|_| row(&mut draw)).unzip()
}

fn fitted() -> Model {
    let (rows, vectors) = made(300, 1);
    let job = Job {
        rows: &rows,
        vectors: &vectors,
        encoder: encoder(),
        provenance: vec!["made by a rule".into()],
        progress: &|done, all| assert!(done <= all),
    };
    fit(job).expect("there is something to learn")
}

#[test]
fn a_fit_beats_the_baselines_on_rows_it_has_not_seen_and_survives_its_file() {
    let model = fitted();
    let (rows, vectors) = made(300, 2);
    let scores = |model: &Model| -> Vec<f32> {
        let asked = rows.iter().zip(&vectors);
        asked
            .map(|(row, vector)| model.score(&row.query, vector))
            .collect()
    };
    let apgr = |scores: &[f32]| Curve::new(&rows, scores).expect("there is a gap").apgr();
    let ours = apgr(&scores(&model));
    let lengths: Vec<f32> = rows.iter().map(|row| length_score(&row.query)).collect();
    let near: Vec<f32> = vectors
        .iter()
        .map(|vector| model.neighbours_score(vector))
        .collect();
    assert!(ours > 0.75, "{ours}");
    assert!(ours > apgr(&lengths) && ours > apgr(&near));
    assert!(
        (model.report().apgr - ours).abs() < 0.08,
        "cross-validation doesn't flatter"
    );
    let read = Model::from_json(&model.to_json(), &encoder()).expect("it was just written");
    assert!((apgr(&scores(&read)) - ours).abs() < 0.02);
    assert_eq!(
        read.to_json(),
        Model::from_json(&read.to_json(), &encoder())
            .expect("again")
            .to_json()
    );
}

#[test]
fn rows_that_teach_nothing_are_refused_with_the_reason() {
    let row = |weak, strong| Row {
        query: "q".into(),
        weak,
        strong,
    };
    assert_eq!(check(&[]), Err(FitError::TooFew(0)));
    assert_eq!(
        check(&vec![row(true, true); 30]),
        Err(FitError::NoDifference)
    );
    let worse = FitError::NoGap {
        weak: 30,
        strong: 0,
        rows: 30,
    };
    assert_eq!(check(&vec![row(true, false); 30]), Err(worse));
    assert_eq!(
        check(&vec![row(false, true); 30]),
        Ok(()),
        "always worth it, but sound"
    );
}

#[test]
fn a_file_of_another_version_or_encoder_or_a_damaged_one_is_refused() {
    let text = fitted().to_json();
    let refused = |text: &str| {
        Model::from_json(text, &encoder())
            .expect_err("refused")
            .to_string()
    };
    assert!(refused("{}").contains("not a model"));
    assert!(refused("query,weak").contains("not a model"));
    let other = text.replacen("microgpt-pair/1", "microgpt-pair/9", 1);
    assert!(refused(&other).contains("microgpt-pair/9"));
    let other = text.replacen("\"f1\"", "\"f2\"", 1);
    assert!(refused(&other).contains("encoder"));
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for (key, damage) in [
        ("mean", "AAAA"),
        ("directions", ""),
        ("answers", "7"),
        ("vectors", "AA=="),
        ("rarity", "AAAAAA=="),
        ("rarity", "?"),
    ] {
        let sound = std::mem::replace(&mut value[key], damage.into());
        assert!(refused(&value.to_string()).contains("damaged"), "{key}");
        value[key] = sound;
    }
    value["forest"]["trees"][0]["left"][0] = 0.into();
    assert!(refused(&value.to_string()).contains("forest"));
}
