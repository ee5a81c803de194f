//! Which model files serve: the manifest, how a name becomes a file on disk, and how files get there.
//!
//! Reading order: [`manifest`] says what there is, [`resolve`] turns a name or a path into a checked
//! file, [`pull`] fetches, [`bert`] converts, [`adapter`] tunes a base, [`student`] makes it smaller.
//! Nothing here loads a model or runs one: that is the engine's. Requantizing an existing GGUF is the
//! engine's too, and is handed to [`pull::pull`] as a function.

pub mod adapter;
pub mod bert;
pub mod digest;
pub mod error;
pub mod manifest;
pub mod names;
pub mod pull;
pub mod record;
pub mod resolve;
pub mod student;
pub mod verify;

pub use error::ModelError;
pub use manifest::{Manifest, ModelRole};
pub use pull::{Places, PullReport, pull};
pub use resolve::{ModelFile, ModelStatus, list, resolve};
pub use verify::{VerifyRow, verify};
