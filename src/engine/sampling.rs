//! How the next token is chosen.

use llama_cpp_2::{sampling::LlamaSampler, token::logit_bias::LlamaLogitBias};

use crate::chat::Sampling;

/// The most tokens of an answer when the request doesn't say.
pub(super) const DEFAULT_MAX_TOKENS: u32 = 256;

/// How many of the latest tokens of an answer the repetition penalty looks at. The prompt is not
/// among them: an answer may well repeat its passages.
const PENALTY_WINDOW: i32 = 64;

/// A sampler for one answer: bias, repetition penalty, temperature, nucleus, in this order. Absent
/// values mean: greedy, no penalty, the whole vocabulary, a random seed.
///
/// `sample()` on it also accepts the token; accepting it again would count it twice.
pub(super) fn sampler(
    sampling: &Sampling,
    repetition_penalty: Option<f32>,
    bias: Option<&LlamaLogitBias>,
    vocabulary_size: i32,
) -> LlamaSampler {
    let mut chain = Vec::new();
    if let Some(bias) = bias {
        let biases = std::slice::from_ref(bias);
        chain.push(LlamaSampler::logit_bias(vocabulary_size, biases));
    }
    if let Some(penalty) = repetition_penalty.filter(|penalty| *penalty > 1.0) {
        let repeat = LlamaSampler::penalties(vocabulary_size, PENALTY_WINDOW, penalty, 0.0, 0.0);
        chain.push(repeat);
    }
    match sampling.temperature {
        Some(temperature) if temperature > 0.0 => {
            chain.push(LlamaSampler::temp(temperature));
            if let Some(top_p) = sampling.top_p.filter(|top_p| *top_p < 1.0) {
                chain.push(LlamaSampler::top_p(top_p.max(0.0), 1));
            }
            // llama.cpp takes the highest number for "choose a seed".
            chain.push(LlamaSampler::dist(sampling.seed.unwrap_or(u32::MAX)));
        }
        _ => chain.push(LlamaSampler::greedy()),
    }
    LlamaSampler::chain(chain, true)
}
