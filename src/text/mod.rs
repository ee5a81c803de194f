//! Plain language tools that prompts and verdicts share: sentences and words.
//!
//! Pure, no I/O, no statistics and no model. English is known well enough to compare claims;
//! other languages are compared word by word (Chinese and Japanese sign by sign).

mod lists;
mod sentences;
mod stem;
mod words;

pub use lists::{is_cue, is_definition_cue, opens_with_reference};
pub use sentences::{Sentence, split};
pub use stem::stem;
pub use words::{Kind, Word, read};
