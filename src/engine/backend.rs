//! llama.cpp in this process: initialized once, models and contexts made one after another.
//!
//! Also judges whether a file can serve in its role at all; llama.cpp would abort the process on
//! some that can't (tokenizing without a vocabulary, decoding with an encoder).

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::available_parallelism;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use super::error::EngineError;
use super::ffi;

/// What a model file is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Generator,
    Encoder,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Generator => "the generator",
            Self::Encoder => "the encoder",
        }
    }
}

/// How much of a model file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// What makes tokens of texts; nothing can be computed.
    Words,
}

/// The process's one backend.
pub(super) fn get() -> &'static LlamaBackend {
    static BACKEND: OnceLock<LlamaBackend> = OnceLock::new();
    BACKEND.get_or_init(|| {
        ffi::return_big_buffers();
        ffi::route_logs();
        LlamaBackend::init().expect("this is the only place that initializes llama.cpp")
    })
}

/// Making contexts writes to state that llama.cpp shares between threads.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static MAKING: Mutex<()> = Mutex::new(());
    MAKING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loads the model file `path` for `role`. Blocks while it reads.
pub(super) fn load(path: &Path, role: Role, part: Part) -> Result<LlamaModel, EngineError> {
    let failed = |reason: String| EngineError::Load {
        path: path.to_owned(),
        reason,
    };
    check_file(path).map_err(failed)?;
    let _turn = one_at_a_time();
    let _ = ffi::take_error();
    // Repacked weights lie in memory of their own; a memory map would keep them resident twice
    // (Q4_0: 275 MB instead of 215 MB). It would load in half the time: 0.15 s instead of 0.3 s.
    let params = LlamaModelParams::default()
        .with_use_mmap(false)
        .with_vocab_only(part == Part::Words);
    let model = LlamaModel::load_from_file(get(), path, &params)
        .map_err(|error| failed(ffi::take_error().unwrap_or_else(|| error.to_string())))?;
    let metadata = |key: &str| model.meta_val_str(key).ok();
    if let Some(reason) = unsuitable(role, metadata) {
        return Err(EngineError::Unsuitable {
            path: path.to_owned(),
            role: role.as_str(),
            reason,
        });
    }
    Ok(model)
}

/// Makes a context of `model`.
pub(super) fn context(
    model: &LlamaModel,
    params: LlamaContextParams,
) -> Result<LlamaContext<'_>, EngineError> {
    let _turn = one_at_a_time();
    let _ = ffi::take_error();
    model.new_context(get(), params).map_err(|error| {
        EngineError::Decode(ffi::take_error().unwrap_or_else(|| error.to_string()))
    })
}

/// Says in words why `path` can't be a GGUF file, before llama.cpp is asked to read it.
pub(super) fn check_file(path: &Path) -> Result<(), String> {
    let mut magic = [0; 4];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut magic))
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "not a GGUF file".to_owned(),
            _ => error.to_string(),
        })?;
    if &magic == b"GGUF" {
        Ok(())
    } else {
        Err("not a GGUF file".to_owned())
    }
}

/// Why a model with this `metadata` can't serve as `role`, if it can't.
fn unsuitable(role: Role, metadata: impl Fn(&str) -> Option<String>) -> Option<String> {
    let architecture = metadata("general.architecture").unwrap_or_default();
    match metadata("tokenizer.ggml.model").as_deref() {
        None | Some("none" | "no_vocab") => return Some("it has no tokenizer".to_owned()),
        Some(_) => {}
    }
    let sees_both_ways =
        metadata(&format!("{architecture}.attention.causal")).as_deref() == Some("false");
    match (role, sees_both_ways) {
        (Role::Generator, true) => Some(format!("its architecture, {architecture}, only encodes")),
        (Role::Encoder, false) => Some(format!("its architecture, {architecture}, generates text")),
        _ => None,
    }
}

/// `wanted` threads, or one per core where it is 0.
pub(super) fn threads(wanted: usize) -> i32 {
    let count = match wanted {
        0 => available_parallelism().map_or(1, usize::from),
        some => some,
    };
    i32::try_from(count).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(role: Role, pairs: &[(&str, &str)]) -> Option<String> {
        unsuitable(role, |key| {
            let found = pairs.iter().find(|(name, _)| *name == key)?;
            Some(found.1.to_owned())
        })
    }

    const LLAMA: [(&str, &str); 2] = [
        ("general.architecture", "llama"),
        ("tokenizer.ggml.model", "gpt2"),
    ];
    const BERT: [(&str, &str); 3] = [
        ("general.architecture", "bert"),
        ("tokenizer.ggml.model", "bert"),
        ("bert.attention.causal", "false"),
    ];

    #[test]
    fn each_model_serves_in_its_own_role() {
        assert_eq!(judge(Role::Generator, &LLAMA), None);
        assert_eq!(judge(Role::Encoder, &BERT), None);
    }

    #[test]
    fn an_encoder_is_refused_as_generator_and_the_other_way_round() {
        assert!(judge(Role::Generator, &BERT).is_some());
        assert!(judge(Role::Encoder, &LLAMA).is_some());
    }

    #[test]
    fn a_model_without_tokenizer_is_refused() {
        let reason = judge(Role::Generator, &LLAMA[..1]).unwrap_or_default();
        assert!(reason.contains("tokenizer"), "{reason}");
    }
}
