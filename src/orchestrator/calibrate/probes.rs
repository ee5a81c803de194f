//! The probes: which questions are asked of a knowledge base, and what came of each.

use super::{BATCH, background::Background};
use crate::{
    chat::SourceKind,
    engine::{Encoder, EngineError, Priority},
    knowledge::{Form, Knowledge, PerKind, Query, Without},
    orchestrator::signals,
    router::{
        FaqSignals, LocalModel,
        calibration::{Asked, Probe},
    },
    text::perturb::{CHANGES, deny, perturb},
};

/// Questions of the knowledge base that are asked of it.
const MOST_FORMS: usize = 100;
/// A knowledge base with more entries than this has many, and a search takes longer: fewer are asked.
const MANY: usize = 5_000;
const FORMS_OF_MANY: usize = 40;
/// And one in so many of the background.
const BACKGROUND_STEP_OF_MANY: usize = 4;
/// One in so many questions is denied.
const DENIED_STEP: usize = 4;
/// Entries looked at for each probe.
const LOOKED_AT: usize = 8;

/// A question on its way.
#[derive(Clone)]
struct Question {
    asked: Asked,
    text: String,
    vector: Vec<f32>,
    without: Option<Without>,
    /// Where it was taken from: the entry's place, and its answer.
    origin: Option<(Without, String)>,
}

/// A question that was asked, and what was found for it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What it stands for.
    pub asked: Asked,
    /// The question.
    pub text: String,
    /// How the best entry fits; `None` where none was found.
    pub signals: Option<FaqSignals>,
    /// The best entry has the right answer.
    pub right: bool,
}

impl Outcome {
    /// With the confidence that the router would have had.
    pub(super) fn judged(&self, judges: &LocalModel) -> Probe {
        let signals = self.signals.as_ref();
        Probe {
            asked: self.asked,
            confidence: signals.map_or(0.0, |faq| faq.confidence(&judges.faq)),
            right: self.right,
        }
    }
}

/// Asks all probes of the generation that serves.
pub(super) async fn ask(
    knowledge: &Knowledge,
    encoder: &Encoder,
    background: &Background,
) -> Result<Vec<Outcome>, EngineError> {
    let many = knowledge.status().entries > MANY;
    let (most_forms, background_step) = if many {
        (FORMS_OF_MANY, BACKGROUND_STEP_OF_MANY)
    } else {
        (MOST_FORMS, 1)
    };
    let (_, forms) = knowledge.forms(most_forms);
    if forms.is_empty() {
        return Ok(Vec::new());
    }
    let mut questions: Vec<Question> = forms.into_iter().enumerate().flat_map(own).collect();
    encode(&mut questions, encoder).await?;
    questions.extend(near_misses(&questions));
    questions.extend(from_background(background).step_by(background_step));
    let knowledge = knowledge.clone();
    let work = move || {
        questions
            .into_iter()
            .map(|question| question.put_to(&knowledge))
            .collect()
    };
    Ok(tokio::task::spawn_blocking(work).await.unwrap_or_default())
}

fn from_background(background: &Background) -> impl Iterator<Item = Question> {
    let question = |(text, vector): (&'static str, &[f32])| Question {
        asked: Asked::OutOfScope,
        text: text.to_owned(),
        vector: vector.to_vec(),
        without: None,
        origin: None,
    };
    background.requests().map(question)
}

/// Every other form itself, left out of the search, where its entry is asked for in other ways as well:
/// it shows how people ask, but misses what it alone would have found. Of the rest, and of an only
/// question, another writing is made up. Some are denied, too.
fn own((number, form): (usize, Form)) -> Vec<Question> {
    let origin = Some((form.itself, form.answer));
    let denied = deny(&form.text).filter(|_| number % DENIED_STEP == 0);
    let denied = denied.map(|text| Question {
        asked: Asked::Denied,
        text,
        vector: Vec::new(),
        without: None,
        origin: None,
    });
    let question = if form.has_others && number % 2 == 0 {
        Question {
            asked: Asked::Variant,
            text: form.text,
            vector: form.vector,
            without: Some(form.itself),
            origin,
        }
    } else {
        let change = CHANGES[number % CHANGES.len()];
        Question {
            asked: Asked::Rewritten,
            text: perturb(&form.text, change, number as u64),
            vector: Vec::new(),
            without: None,
            origin,
        }
    };
    [question].into_iter().chain(denied).collect()
}

/// The same questions with the entries taken away that answer them.
fn near_misses(questions: &[Question]) -> Vec<Question> {
    let miss = |question: &Question| {
        let (place, _) = question.origin.as_ref()?;
        Some(Question {
            asked: Asked::NearMiss,
            without: Some(place.whole_entry()),
            origin: None,
            ..question.clone()
        })
    };
    questions.iter().filter_map(miss).collect()
}

/// Gives the vector to each question that has none.
async fn encode(questions: &mut [Question], encoder: &Encoder) -> Result<(), EngineError> {
    let mut without: Vec<&mut Question> = questions
        .iter_mut()
        .filter(|question| question.vector.is_empty())
        .collect();
    for batch in without.chunks_mut(BATCH) {
        let texts = batch.iter().map(|question| question.text.clone()).collect();
        let vectors = encoder.embed(texts, Priority::Bulk).await?;
        for (question, vector) in batch.iter_mut().zip(vectors) {
            question.vector = vector;
        }
    }
    Ok(())
}

impl Question {
    /// Searches for it. Blocking, some milliseconds at most.
    fn put_to(self, knowledge: &Knowledge) -> Outcome {
        let found = knowledge.search(&Query {
            text: &self.text,
            vectors: PerKind {
                faq: Some(&self.vector),
                passages: None,
            },
            top_k: LOOKED_AT,
            collections: &[],
            kind: Some(SourceKind::Faq),
            without: self.without,
        });
        let best = found.faq.first().map(|hit| &hit.source.text);
        let answer = self.origin.as_ref().map(|(_, answer)| answer);
        Outcome {
            asked: self.asked,
            signals: signals::faq(&self.text, &found),
            right: answer.is_some() && answer == best,
            text: self.text,
        }
    }
}
