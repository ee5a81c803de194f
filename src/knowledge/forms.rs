//! Questions of the knowledge base itself, drawn to be asked of it: what calibration is made of.
//!
//! Says what the entries' questions are; asks nothing and judges nothing.

use super::Knowledge;

/// One way to ask an entry's question.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// The question or variant, as its owner wrote it.
    pub text: String,
    /// Its vector, of length 1.
    pub vector: Vec<f32>,
    /// What to leave out of a search so that this very text is not found.
    pub itself: Without,
    /// The entry is asked for in other ways as well.
    pub has_others: bool,
    /// The entry's answer.
    pub answer: String,
}

/// What a search leaves out, by its numbers in one generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Without {
    /// The entry.
    pub(crate) entry: usize,
    /// Only this row of its forms; the whole entry where there is none.
    pub(crate) row: Option<usize>,
}

impl Without {
    /// The whole entry, whatever of it this named.
    #[must_use]
    pub fn whole_entry(self) -> Self {
        Self { row: None, ..self }
    }
}

impl Knowledge {
    /// The generation that serves and at most `most` of its questions, evenly spread over all.
    #[must_use]
    pub fn forms(&self, most: usize) -> (u64, Vec<Form>) {
        let Some(generation) = self.shared.current.load_full() else {
            return (0, Vec::new());
        };
        let catalog = &generation.catalog;
        let all = catalog.answer_row(0);
        let wanted = most.min(all);
        let mut forms = Vec::with_capacity(wanted);
        let mut entry = 0;
        for number in 0..wanted {
            let row = number * all / wanted;
            while catalog.form_rows(entry).end <= row {
                entry += 1;
            }
            let rows = catalog.form_rows(entry);
            let (_, record) = catalog.entry(entry);
            let text = record.forms().nth(row - rows.start).unwrap_or_default();
            forms.push(Form {
                text: text.to_owned(),
                vector: generation.vectors.faq.row(row).to_vec(),
                itself: Without {
                    entry,
                    row: Some(row),
                },
                has_others: rows.len() > 1,
                answer: record.answer.clone(),
            });
        }
        (generation.number, forms)
    }
}
