//! Reading an encoder's weights from its GGUF.

use std::fs::File;
use std::path::Path;

use super::distance::Distances;
use super::kernel::{Row, WIDTH};
use super::matrix::Matrix;
use super::rows::Norm;
use super::{Bert, Layer};
use crate::gguf::{self, Header, Q8_0_BLOCK_BYTES, TensorType, Value, read_bytes, read_floats};

/// Of an `MPNet`: what attention adds for distances.
const DISTANCES: &str = "attn_rel_b.weight";
/// llama.cpp's number for it.
const MEAN_POOLING: usize = 1;

/// The encoder in the file at `path`; `None` where it is of another kind than is computed here, or
/// can't be read: llama.cpp then says what it thinks of it.
pub(super) fn read(path: &Path) -> Option<Bert> {
    let source = Source {
        header: gguf::check_with_lists(path).ok()?,
        file: File::open(path).ok()?,
    };
    let number = |key: &str| source.number(&format!("bert.{key}"));
    if source.header.text("general.architecture") != Some("bert")
        || number("pooling_type") != Some(MEAN_POOLING)
    {
        return None;
    }
    // llama.cpp checks no shape where it reads the words alone, so all are checked here.
    let features = number("embedding_length")?;
    let heads = number("attention.head_count")?;
    if features == 0 || heads == 0 || !features.is_multiple_of(heads.checked_mul(WIDTH)?) {
        return None;
    }
    let epsilon = source.header.float("bert.attention.layer_norm_epsilon")?;
    let layers = 0..number("block_count")?;
    let words = source.bytes("token_embd.weight")?;
    let Some(Value::Texts(vocabulary)) = source.header.metadata.get("tokenizer.ggml.tokens") else {
        return None;
    };
    if words.len() != vocabulary.len() * features / WIDTH * Q8_0_BLOCK_BYTES {
        return None;
    }
    Some(Bert {
        words,
        positions: source.rows("position_embd.weight", features)?,
        // Of the types, only the first is used: there is no second text to tell apart.
        kind: source.rows("token_types.weight", features)?,
        norm: source.norm("token_embd_norm", features, epsilon)?,
        layers: layers
            .map(|number| source.layer(number, features, epsilon))
            .collect::<Option<_>>()?,
        distances: match source.header.tensor(DISTANCES) {
            Some(_) => Some(source.distances(features, heads)?),
            None => None,
        },
        head_blocks: features / heads / WIDTH,
        blocks: features / WIDTH,
        context_length: number("context_length")?,
    })
}

struct Source {
    header: Header,
    file: File,
}

impl Source {
    fn number(&self, key: &str) -> Option<usize> {
        match self.header.metadata.get(key) {
            Some(Value::U32(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A tensor in `Q8_0`, as it is stored.
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let tensor = self.header.tensor(name)?;
        if tensor.type_id != TensorType::Q8_0.id() {
            return None;
        }
        read_bytes(&self.file, &self.header, tensor).ok()
    }

    /// Floats in rows of `features`, at least one, each row in blocks.
    fn rows(&self, name: &str, features: usize) -> Option<Vec<Row>> {
        let floats = self.floats(name)?;
        let (rows, rest) = floats.as_chunks::<WIDTH>();
        let whole = rest.is_empty() && floats.len().is_multiple_of(features);
        let fits = whole && !floats.is_empty();
        fits.then(|| rows.iter().map(|row| Row(*row)).collect())
    }

    fn floats(&self, name: &str) -> Option<Vec<f32>> {
        let tensor = self.header.tensor(name)?;
        read_floats(&self.file, &self.header, tensor).ok()
    }

    /// The terms of distances; scores are divided by what they are multiplied by here.
    fn distances(&self, features: usize, heads: usize) -> Option<Distances> {
        #[expect(clippy::cast_precision_loss, reason = "some dozen features")]
        let scale = ((features / heads) as f32).sqrt();
        Distances::new(&self.floats(DISTANCES)?, heads, scale)
    }

    fn norm(&self, name: &str, features: usize, epsilon: f32) -> Option<Norm> {
        let part = |part: &str| {
            let rows = self.rows(&format!("{name}.{part}"), features)?;
            (rows.len() * WIDTH == features).then_some(rows)
        };
        Some(Norm {
            weight: part("weight")?,
            bias: part("bias")?,
            epsilon,
        })
    }

    fn matrix(&self, name: &str, inputs: usize, outputs: usize) -> Option<Matrix> {
        let bias = self.floats(&format!("{name}.bias"))?;
        if bias.len() != outputs {
            return None;
        }
        Matrix::new(&self.bytes(&format!("{name}.weight"))?, inputs, &bias)
    }

    fn layer(&self, number: usize, features: usize, epsilon: f32) -> Option<Layer> {
        let name = |part: &str| format!("blk.{number}.{part}");
        let between = self.number("bert.feed_forward_length")?;
        let [query, key, value] =
            ["attn_q", "attn_k", "attn_v"].map(|part| self.matrix(&name(part), features, features));
        Some(Layer {
            attention_in: query?.beside(key?).beside(value?),
            attention_out: self.matrix(&name("attn_output"), features, features)?,
            attention_norm: self.norm(&name("attn_output_norm"), features, epsilon)?,
            up: self.matrix(&name("ffn_up"), features, between)?,
            down: self.matrix(&name("ffn_down"), between, features)?,
            norm: self.norm(&name("layer_output_norm"), features, epsilon)?,
        })
    }
}
