//! stub
use crate::{chat::{Message, Source}, router::Smalltalk};
/// e
#[derive(Debug, thiserror::Error)] #[error("{0}")] pub struct PromptError(String);
/// p
pub struct Prompts;
/// k
pub struct KnowledgePrompt { /// m
 pub messages: Vec<Message>, /// a
 pub assistant_prefix: Option<String> }
impl Prompts {
 /// l
 pub fn load(_d: Option<&std::path::Path>) -> Result<Self, PromptError> { Ok(Self) }
 /// k
 pub fn knowledge(&self, _h: &[Message], q: &str, p: &[Source]) -> Result<KnowledgePrompt, PromptError> { Ok(KnowledgePrompt{messages: vec![Message::new(crate::chat::Role::User, format!("{}\n\n{q}", p[0].text))], assistant_prefix: None}) }
 /// s
 pub fn smalltalk(&self, _k: Smalltalk) -> String { "Hello".into() }
 /// d
 pub fn degraded(&self, _q: &str, _s: &[Source]) -> Result<String, PromptError> { Ok("cannot".into()) }
 /// e
 pub fn escalate(&self, _s: &[Source]) -> Result<String, PromptError> { Ok("passages".into()) }
}
