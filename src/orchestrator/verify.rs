//! stub
use crate::chat::Source;
/// v
pub struct Verdict { /// s
 pub shown: Option<String>, /// u
 pub used: Vec<usize>, /// f
 pub failures: Vec<String>, /// s
 pub support: f32 }
/// v
pub fn verify(_q: &str, a: &str, _p: &[Source]) -> Verdict { Verdict { shown: Some(a.into()), used: vec![0], failures: vec![], support: 1.0 } }
