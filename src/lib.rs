//! Micro-GPT: a hierarchical chatbot orchestrator.
//!
//! It stands between people and a large-model API, answers what it can answer itself, cheaply, fast
//! and with evidence, and passes on only what it can't.
//!
//! ```text
//! http ─► orchestrator ─┬─ signals: cache probe, search        (no side effects)
//!                       ├─ router::decide                      (pure)
//!                       ├─ ONE tier: cache │ faq │ knowledge │ escalate
//!                       ├─ verify a local answer; if it fails, the next tier
//!                       └─ record ─► store
//! ```
//!
//! Rooms, in the order in which they depend on each other: [`chat`], [`config`], [`text`] and `chart` are plain;
//! [`router`], [`cache`], [`knowledge`], [`engine`], [`upstream`], [`store`] and [`prompt`] don't
//! know each other (but for names of small talk); [`orchestrator`] composes them; [`judge`] judges
//! generators; [`http`] and [`cli`] are doors; [`app`] builds it all once. [`models`] fetches weights
//! before any of it runs; [`training`] makes rows for tuning them of what the store has.

pub mod app;
pub mod cache;
mod chart;
pub mod chat;
pub mod cli;
pub mod config;
pub mod engine;
pub mod gguf;
pub mod http;
pub mod judge;
pub mod knowledge;
pub mod models;
pub mod orchestrator;
pub mod prompt;
pub mod router;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod training;
pub mod upstream;
