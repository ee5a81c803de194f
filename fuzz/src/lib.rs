//! What must hold whatever bytes come in: one function a target, called with them.
//!
//! The rooms under trial are taken in as source files, so that llama.cpp is not built for them;
//! each module here has their places and its properties.

#![allow(dead_code, reason = "only a part of each room is called here")]

#[path = "../../src/chat.rs"]
mod chat;
#[path = "../../src/config/mod.rs"]
mod config;
mod http;
mod knowledge;
mod text;
mod upstream;

pub use http::request;
pub use knowledge::{faq, markdown};
pub use upstream::sse;
