//! Converting a BERT or `MPNet` encoder (`model.safetensors`, `vocab.txt`, `config.json`) to a GGUF
//! of llama.cpp's `bert` architecture, with mean pooling and a `WordPiece` vocabulary. Of an `MPNet`
//! llama.cpp reads the words only; what its attention adds for distances is this program's alone.
//!
//! Weights of the layers and the token embeddings are quantized; norms, biases and positions stay
//! 32-bit floats: they are small, and errors there reach every token. One conversion is deterministic,
//! so equal files give an equal GGUF.

use std::{fs, path::Path};

use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

use crate::gguf::{self, Tensor, TensorType, Value, quantize_q8_0};

mod family;
mod vocabulary;

use family::Family;

/// The files needed, by name.
pub const FILES: [&str; 3] = ["model.safetensors", "vocab.txt", "config.json"];
/// The weight formats that can be written.
pub const FORMATS: [&str; 3] = ["F32", "F16", "Q8_0"];

/// Why files can't be converted.
#[derive(Debug, thiserror::Error)]
pub enum BertError {
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// `config.json` is not as expected.
    #[error("config.json: {0}")]
    Config(String),
    /// The weights are not as expected.
    #[error("model.safetensors: {0}")]
    Weights(String),
    /// The vocabulary is not as expected.
    #[error("vocab.txt: {0}")]
    Vocabulary(String),
}

/// What is needed of `config.json`; its other keys are of no consequence to inference.
#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    model_type: Family,
    hidden_size: u32,
    intermediate_size: u32,
    num_hidden_layers: u32,
    num_attention_heads: u32,
    max_position_embeddings: u32,
    /// None where a family knows no segments.
    type_vocab_size: Option<u32>,
    vocab_size: usize,
    layer_norm_eps: f32,
    hidden_act: String,
}

impl Config {
    /// The most tokens of a text.
    fn positions(&self) -> u32 {
        let none = self.model_type.positions_before_the_first();
        self.max_position_embeddings.saturating_sub(none)
    }
}

/// The format of that name, or `None`: see [`FORMATS`].
#[must_use]
pub fn weights_format(name: &str) -> Option<TensorType> {
    match name {
        "F32" => Some(TensorType::F32),
        "F16" => Some(TensorType::F16),
        "Q8_0" => Some(TensorType::Q8_0),
        _ => None,
    }
}

/// Converts [`FILES`] of `folder` into `out`, an encoder called `name`. Blocks for about a second.
///
/// # Errors
/// [`BertError`]; `out` is then incomplete or absent.
pub fn convert(folder: &Path, out: &Path, name: &str, format: TensorType) -> Result<(), BertError> {
    let read = |file: &str| {
        fs::read(folder.join(file)).map_err(|error| BertError::Io(file.to_owned(), error))
    };
    let config: Config = serde_json::from_slice(&read("config.json")?)
        .map_err(|e| BertError::Config(e.to_string()))?;
    if config.hidden_act != "gelu" {
        return Err(BertError::Config(format!(
            "hidden_act is '{}'; only 'gelu' is known",
            config.hidden_act
        )));
    }
    let words = String::from_utf8(read("vocab.txt")?)
        .map_err(|error| BertError::Vocabulary(error.to_string()))?;
    let words: Vec<&str> = words.lines().collect();
    if words.len() != config.vocab_size {
        return Err(BertError::Vocabulary(format!(
            "{} words; config.json says {}",
            words.len(),
            config.vocab_size
        )));
    }
    let metadata = [
        model_metadata(&config, name, format),
        vocabulary::metadata(&words, &config.model_type.marks())?,
    ]
    .concat();

    let weights = read("model.safetensors")?;
    let weights = SafeTensors::deserialize(&weights)
        .map_err(|error| BertError::Weights(error.to_string()))?;
    let mut tensors = config
        .model_type
        .tensor_names(config.num_hidden_layers)
        .into_iter()
        .map(|(from, to)| tensor(&weights, &from, to, format))
        .collect::<Result<Vec<_>, _>>()?;
    if config.model_type == Family::Mpnet {
        drop_first_positions(&mut tensors, &config);
        tensors.push(no_segments(config.hidden_size));
    }
    gguf::write(out, &metadata, &tensors)
        .map_err(|error| BertError::Io(out.display().to_string(), error))
}

fn model_metadata(config: &Config, name: &str, format: TensorType) -> Vec<(String, Value)> {
    const MEAN_POOLING: u32 = 1;
    let file_type = match format {
        TensorType::F32 => 0,
        TensorType::F16 => 1,
        TensorType::Q8_0 => 7,
    };
    [
        ("general.architecture", Value::Text("bert".into())),
        ("general.name", Value::Text(name.into())),
        ("general.file_type", Value::U32(file_type)),
        ("general.quantization_version", Value::U32(2)),
        ("bert.block_count", Value::U32(config.num_hidden_layers)),
        ("bert.context_length", Value::U32(config.positions())),
        ("bert.embedding_length", Value::U32(config.hidden_size)),
        (
            "bert.feed_forward_length",
            Value::U32(config.intermediate_size),
        ),
        (
            "bert.attention.head_count",
            Value::U32(config.num_attention_heads),
        ),
        (
            "bert.attention.layer_norm_epsilon",
            Value::F32(config.layer_norm_eps),
        ),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", Value::U32(MEAN_POOLING)),
        (
            "tokenizer.ggml.token_type_count",
            Value::U32(config.type_vocab_size.unwrap_or(1)),
        ),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

fn tensor(
    weights: &SafeTensors<'_>,
    from: &str,
    to: String,
    format: TensorType,
) -> Result<Tensor, BertError> {
    // Checkpoints that were trained with a task head keep the encoder one level down.
    let view = weights
        .tensor(from)
        .or_else(|_| weights.tensor(&format!("bert.{from}")))
        .map_err(|error| BertError::Weights(error.to_string()))?;
    if view.dtype() != Dtype::F32 {
        return Err(BertError::Weights(format!(
            "{from} is {:?}; only F32 is read",
            view.dtype()
        )));
    }
    // GGUF counts the row length first, safetensors last.
    let shape: Vec<u64> = view.shape().iter().rev().map(|size| *size as u64).collect();
    let kind = stored_as(&to, &shape, format);
    let data = match kind {
        TensorType::F32 => view.data().to_vec(),
        TensorType::F16 => floats(view.data())
            .flat_map(|value| f16::from_f32(value).to_le_bytes())
            .collect(),
        TensorType::Q8_0 => quantize_q8_0(&floats(view.data()).collect::<Vec<_>>()),
    };
    Ok(Tensor {
        name: to,
        shape,
        type_id: kind.id(),
        data,
    })
}

/// Matrices that are multiplied or looked up by token take the wanted format, as far as their rows
/// divide into its blocks; all else stays F32.
fn stored_as(name: &str, shape: &[u64], format: TensorType) -> TensorType {
    let keep = shape.len() != 2
        || matches!(
            name,
            "position_embd.weight" | "token_types.weight" | "attn_rel_b.weight"
        );
    match format {
        _ if keep => TensorType::F32,
        TensorType::Q8_0 if !shape[0].is_multiple_of(gguf::Q8_0_BLOCK_VALUES as u64) => {
            TensorType::F16
        }
        format => format,
    }
}

/// Leaves of the table of positions those that stand for one.
fn drop_first_positions(tensors: &mut [Tensor], config: &Config) {
    let none = config.model_type.positions_before_the_first() as usize;
    let bytes = none * config.hidden_size as usize * size_of::<f32>();
    for tensor in tensors {
        if tensor.name == "position_embd.weight" {
            tensor.shape[1] = config.positions().into();
            tensor.data.drain(..bytes.min(tensor.data.len()));
        }
    }
}

/// What segment types add where there are none.
fn no_segments(features: u32) -> Tensor {
    Tensor {
        name: "token_types.weight".into(),
        shape: vec![features.into(), 1],
        type_id: TensorType::F32.id(),
        data: vec![0; features as usize * size_of::<f32>()],
    }
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| f32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests;
