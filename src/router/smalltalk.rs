//! stub
use serde::{Deserialize, Serialize};
/// stub
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Smalltalk { /// g
 Greeting, /// t
 Thanks, /// b
 Goodbye }
impl std::fmt::Display for Smalltalk { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("a greeting") } }
/// stub
pub fn detect(_text: &str) -> Option<Smalltalk> { None }
