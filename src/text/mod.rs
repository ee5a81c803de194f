//! Plain language tools that prompts, verdicts and judges of questions share: sentences and words,
//! how like two questions are ([`likeness`]), what is about a person ([`personal`]); and texts made
//! fit for a log line.
//!
//! Pure, no I/O, no statistics and no model. English is known well enough to compare claims;
//! other languages are compared word by word (Chinese and Japanese sign by sign).

mod gist;
mod language;
pub mod likeness;
mod lists;
pub mod personal;
pub mod perturb;
mod pointers;
mod sentences;
mod stem;
mod terms;
mod visible;
mod words;

pub use gist::{boundary, gist};
pub use language::detect;
pub use lists::{
    capitalised, is_cue, is_definition_cue, is_reservation, opens_with_reference,
    without_connective,
};
pub use pointers::{opening, points_back};
pub use sentences::{Sentence, split};
pub use stem::stem;
pub use terms::{Treatment, treatment};
pub use visible::visible;
pub use words::{Kind, Word, read};
