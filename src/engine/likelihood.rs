//! How likely a model finds given texts: the measure by which formats of one model are compared.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use super::backend::{self, Part, Role};
use super::error::EngineError;

/// Longer texts are cut.
const TEXT_TOKENS: u32 = 512;
/// Each token's output is a row as long as the vocabulary, so few at a time.
const BATCH_TOKENS: u32 = 64;

/// What a model makes of some texts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    /// Mean log-probability of a token given those before it in its text, in nats; at most 0.
    pub nats_per_token: f64,
    /// Tokens it is the mean of.
    pub tokens: usize,
}

/// The mean log-likelihood of `texts` under the model file `model`, which is loaded for this
/// alone. Costly: it computes every token of every text (the first 512), with one thread per core.
///
/// # Errors
/// As for loading a generator; [`EngineError::Decode`] if computing fails.
pub async fn log_likelihood(model: PathBuf, texts: Vec<String>) -> Result<Likelihood, EngineError> {
    let work = tokio::task::spawn_blocking(move || measure(&model, &texts));
    work.await.unwrap_or(Err(EngineError::Stopped))
}

fn measure(model: &Path, texts: &[String]) -> Result<Likelihood, EngineError> {
    let model = backend::load(model, Role::Generator, Part::Whole)?;
    let threads = backend::threads(0);
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(TEXT_TOKENS))
        .with_n_batch(BATCH_TOKENS)
        .with_n_ubatch(BATCH_TOKENS)
        .with_n_threads(threads)
        .with_n_threads_batch(threads);
    let mut context = backend::context(&model, params)?;
    let mut nats = 0.0;
    let mut tokens = 0;
    for text in texts {
        let ids = tokens_of(&model, text);
        nats += sum_of_log_probabilities(&mut context, &ids)?;
        tokens += ids.len().saturating_sub(1);
    }
    Ok(Likelihood {
        nats_per_token: nats / f64::from(u32::try_from(tokens.max(1)).unwrap_or(u32::MAX)),
        tokens,
    })
}

fn tokens_of(model: &LlamaModel, text: &str) -> Vec<LlamaToken> {
    let mut tokens = model.vocab().tokenize(text.as_bytes(), true, false);
    tokens.truncate(TEXT_TOKENS as usize);
    tokens
}

fn sum_of_log_probabilities(
    context: &mut LlamaContext<'_>,
    tokens: &[LlamaToken],
) -> Result<f64, EngineError> {
    let failed = |error: &dyn std::error::Error| EngineError::Decode(error.to_string());
    let mut batch = LlamaBatch::new(BATCH_TOKENS as usize, 1);
    let mut sum = 0.0;
    let mut position = 0;
    context.clear_kv_cache();
    for chunk in tokens.chunks(BATCH_TOKENS as usize) {
        batch.clear();
        let next = &tokens[(position + 1).min(tokens.len())..];
        for token in chunk {
            let at = i32::try_from(position).unwrap_or(i32::MAX);
            batch
                .add(*token, at, &[0], true)
                .map_err(|error| failed(&error))?;
            position += 1;
        }
        context.decode(&mut batch).map_err(|error| failed(&error))?;
        for (row, token) in (0..batch.n_tokens()).zip(next) {
            sum += log_probability(context.get_logits_ith(row), *token);
        }
    }
    Ok(sum)
}

fn log_probability(logits: &[f32], token: LlamaToken) -> f64 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = logits
        .iter()
        .map(|logit| f64::from(logit - highest).exp())
        .sum();
    let chosen = usize::try_from(token.0)
        .ok()
        .and_then(|index| logits.get(index));
    chosen.map_or(f64::NEG_INFINITY, |logit| {
        f64::from(logit - highest) - total.ln()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_make_equal_chances() {
        let nats = log_probability(&[3.0, 3.0, 3.0, 3.0], LlamaToken(2));
        assert!((nats - 0.25_f64.ln()).abs() < 1e-12, "{nats}");
    }

    #[test]
    fn a_much_higher_logit_is_nearly_certain() {
        assert!(log_probability(&[0.0, 500.0], LlamaToken(1)).abs() < 1e-12);
    }
}
