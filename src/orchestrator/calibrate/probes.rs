//! The probes: which questions are asked of a knowledge base, and what came of each.

use super::{BATCH, Background, Gauge, background};
use crate::{
    chat::SourceKind,
    engine::{Encoder, EngineError, Priority},
    knowledge::{Form, Knowledge, Query, SearchResult, Without},
    orchestrator::signals,
    router::{
        LocalModel,
        calibration::{Asked, Calibration, Probe},
    },
    text::perturb::{CHANGES, deny, perturb},
};

/// Questions of the knowledge base that are asked of it.
const MOST_FORMS: usize = 100;
/// Fewer where a search is slow.
const FORMS_OF_MANY: usize = 40;
/// A knowledge base with more questions than this has many.
const MANY: usize = 5_000;
/// One in so many of the background requests is asked.
const BACKGROUND_STEP: usize = 2;
/// One in so many questions is denied.
const DENIED_STEP: usize = 4;
/// Entries looked at for each probe.
const LOOKED_AT: usize = 8;

/// A question on its way.
struct Question {
    asked: Asked,
    text: String,
    vector: Vec<f32>,
    without: Option<Without>,
    /// The answer that would be right.
    answer: Option<String>,
    /// Its place in the background.
    place: Option<usize>,
}

/// Asks all probes of the generation that serves.
pub(super) async fn ask(
    knowledge: &Knowledge,
    encoder: &Encoder,
    judges: &LocalModel,
    background: &Background,
) -> Result<Calibration, EngineError> {
    let many = knowledge.status().entries > MANY;
    let (_, forms) = knowledge.forms(if many { FORMS_OF_MANY } else { MOST_FORMS });
    if forms.is_empty() {
        return Ok(Calibration::default());
    }
    let mut questions = from_background(background);
    questions.extend(own(&forms));
    questions.extend(rewritten(&forms, encoder).await?);
    let (knowledge, judges, background) = (knowledge.clone(), judges.clone(), background.clone());
    let work = move || measure(&knowledge, &judges, background, &questions);
    Ok(tokio::task::spawn_blocking(work).await.unwrap_or_default())
}

fn from_background(background: &Background) -> Vec<Question> {
    let texts = background::texts();
    let places = (0..texts.len()).step_by(BACKGROUND_STEP);
    let question = |place: usize| Question {
        asked: Asked::OutOfScope,
        text: texts[place].to_owned(),
        vector: background.row(place).to_vec(),
        without: None,
        answer: None,
        place: Some(place),
    };
    places.map(question).collect()
}

/// Each question as it stands, with its entry taken away; and those that have others beside them,
/// with only themselves taken away.
fn own(forms: &[Form]) -> Vec<Question> {
    let mut questions = Vec::new();
    for form in forms {
        let question = |asked, without, answer| Question {
            asked,
            text: form.text.clone(),
            vector: form.vector.clone(),
            without: Some(without),
            answer,
            place: None,
        };
        let whole = form.itself.whole_entry();
        questions.push(question(Asked::NearMiss, whole, None));
        if form.has_others {
            let answer = Some(form.answer.clone());
            questions.push(question(Asked::Answerable, form.itself, answer));
        }
    }
    questions
}

/// Questions in another writing, each by another change, and some denied. Where variants show how
/// people ask, no other writing is made up.
async fn rewritten(forms: &[Form], encoder: &Encoder) -> Result<Vec<Question>, EngineError> {
    let mut questions = Vec::new();
    for (number, form) in forms.iter().enumerate() {
        let question = |asked, text, answer| Question {
            asked,
            text,
            vector: Vec::new(),
            without: None,
            answer,
            place: None,
        };
        if !form.has_others {
            let change = CHANGES[number % CHANGES.len()];
            let text = perturb(&form.text, change, number as u64);
            let answer = Some(form.answer.clone());
            questions.push(question(Asked::Answerable, text, answer));
        }
        if number % DENIED_STEP == 0 {
            questions.push(question(Asked::NearMiss, deny(&form.text), None));
        }
    }
    for batch in questions.chunks_mut(BATCH) {
        let texts = batch.iter().map(|question| question.text.clone()).collect();
        let vectors = encoder.embed(texts, Priority::Bulk).await?;
        for (question, vector) in batch.iter_mut().zip(vectors) {
            question.vector = vector;
        }
    }
    Ok(questions)
}

/// Searches for each question. Blocking, some milliseconds a question at most.
fn measure(
    knowledge: &Knowledge,
    judges: &LocalModel,
    background: Background,
    questions: &[Question],
) -> Calibration {
    let found: Vec<SearchResult> = questions
        .iter()
        .map(|question| look(knowledge, question))
        .collect();
    let mut gauge = Gauge {
        background,
        calibration: Calibration::default(),
    };
    let outside = questions.iter().zip(&found);
    let outside = outside.filter(|(question, _)| question.place.is_some());
    let mut best: Vec<f32> = outside
        .map(|(_, found)| found.faq.first().map_or(0.0, |hit| hit.cosine_question))
        .collect();
    best.sort_by(f32::total_cmp);
    gauge.calibration.background = best;
    let probes = questions.iter().zip(&found).map(|(question, found)| {
        let signals = signals::faq(
            &question.text,
            Some(&question.vector),
            found,
            &gauge,
            question.place,
        );
        let confidence = signals.map_or(0.0, |faq| judges.faq.probability(&faq.features()));
        let text = found.faq.first().map(|hit| &hit.source.text);
        Probe {
            asked: question.asked,
            confidence,
            right: question.answer.is_some() && question.answer.as_ref() == text,
        }
    });
    gauge.calibration.probes = probes.collect();
    gauge.calibration
}

fn look(knowledge: &Knowledge, question: &Question) -> SearchResult {
    knowledge.search(&Query {
        text: &question.text,
        vector: Some(&question.vector),
        top_k: LOOKED_AT,
        collections: &[],
        kind: Some(SourceKind::Faq),
        without: question.without,
    })
}
