//! The figures for people: a table, and a page with plots.
//!
//! [`table`] and [`html`] show the same `sections`; the page adds charts. No figure is computed
//! here.

pub mod html;
mod sections;
pub mod table;

use serde::Serialize;

use super::{Judged, figures::Figures, speed::Speed};

/// All that was found out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The file of rows.
    pub data: String,
    /// How unanswerable questions were made, in words.
    pub asked: String,
    /// The judged model, and the base where there is one.
    pub models: Vec<ModelReport>,
}

/// One model's figures.
#[derive(Clone, Debug, Serialize)]
pub struct ModelReport {
    /// Its name, or its file's.
    pub model: String,
    /// The untuned model that the other is compared with.
    pub base: bool,
    /// Answers, by task, source and length.
    pub figures: Figures,
    /// One request at a time.
    pub speed: Speed,
    /// The most memory that the process held.
    pub peak_mib: Option<f64>,
    /// Seconds for all questions, eight at once.
    pub wall_s: f64,
}

impl ModelReport {
    /// What `model` did.
    #[must_use]
    pub fn new(model: String, base: bool, judged: &Judged) -> Self {
        Self {
            model,
            base,
            figures: judged.figures.clone(),
            speed: judged.speed,
            peak_mib: judged.peak_mib,
            wall_s: judged.wall_s,
        }
    }

    fn heading(&self) -> String {
        let base = if self.base { " (base)" } else { "" };
        format!("{}{base}", self.model)
    }
}
