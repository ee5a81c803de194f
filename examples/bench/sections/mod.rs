//! What is measured, one file a section. Each takes what it needs from the sets, and writes rows.

pub(crate) mod cache;
pub(crate) mod decisions;
pub(crate) mod grounded;
pub(crate) mod ingest;
pub(crate) mod own;
pub(crate) mod promise;
pub(crate) mod retrieval;
pub(crate) mod routing;
pub(crate) mod start;
pub(crate) mod turns;
