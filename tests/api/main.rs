//! The program through its front door: a server on a free port with its own database and index,
//! the real small models, and a mock only for what is outside.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "helpers are shared within this one test program, and a failed step is a failed test"
)]

mod answers;
mod bad_input;
mod cli;
mod conversations;
mod database;
mod eval;
mod faults;
mod followups;
mod helpers;
mod ingest;
mod knocks;
mod knocks_http;
mod knocks_json;
mod knocks_process;
mod knocks_upstream;
mod knowledge;
mod likeness;
mod operation;
mod pair;
mod policy;
mod replay;
mod report;
mod streaming;
mod training;
mod upstreams;
