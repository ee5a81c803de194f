//! The program through its front door: a server on a free port with its own database and index,
//! the real small models, and a mock only for what is outside.

#![expect(missing_docs, clippy::unwrap_used, reason = "tests say what they mean by their names")]

mod answers;
mod bad_input;
mod cli;
mod conversations;
mod faults;
mod helpers;
mod knowledge;
mod operation;
mod streaming;
mod upstreams;
