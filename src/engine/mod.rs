//! The local models, run in this process: a generator that writes, by llama.cpp, and an encoder that
//! embeds, by arithmetic of our own where it is of the packaged kind.
//!
//! Each context belongs to one OS thread; async code holds a cloneable
//! handle with a bounded queue. Dropping a receiver cancels its job, dropping all handles ends
//! the thread. Deliberately absent: prompts, retrieval and routing; nothing here knows what a
//! text is about. Only this room names `llama_cpp_2`.
//!
//! In reading order: [`generator`] (handle) → `task` (one answer in the making) → `worker` (the
//! thread and its tick) → `plan` (what a tick computes) → `prefix` (what need not be computed);
//! [`encoder`] (handle) → `embedding` (its threads, with `pace`) → `embedder` (one batch) → `bert`.
//! [`arbiter`] is where all compute that computes with more than one core.

pub mod arbiter;
mod backend;
mod bert;
mod embedder;
mod embedding;
pub mod encoder;
mod error;
mod ffi;
pub mod generator;
mod likelihood;
mod pace;
mod patience;
mod plan;
mod prefix;
mod prompt;
mod sampling;
mod stops;
mod task;
mod utf8;
mod worker;

pub use arbiter::Arbiter;
pub use encoder::{Encoder, EncoderOptions, Priority};
pub use error::EngineError;
pub use ffi::quantize;
pub use generator::{Generator, GeneratorOptions, Request};
pub use likelihood::{Likelihood, log_likelihood};
pub use patience::wait_patiently;
