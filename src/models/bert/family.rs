//! What differs between the kinds of encoder that are converted.

use serde::Deserialize;

/// A kind of encoder, by `model_type` of `config.json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Family {
    #[default]
    Bert,
    /// BERT without segment types, whose attention also looks at how far apart tokens are.
    Mpnet,
}

/// The words of a vocabulary that are none.
pub(super) struct Marks {
    pub(super) start: &'static str,
    pub(super) end: &'static str,
    pub(super) padding: &'static str,
    pub(super) mask: &'static str,
}

/// The same in all: an unknown word.
pub(super) const UNKNOWN: &str = "[UNK]";

impl Family {
    pub(super) fn marks(self) -> Marks {
        let [start, end, padding, mask] = match self {
            Self::Bert => ["[CLS]", "[SEP]", "[PAD]", "[MASK]"],
            Self::Mpnet => ["<s>", "</s>", "<pad>", "<mask>"],
        };
        Marks {
            start,
            end,
            padding,
            mask,
        }
    }

    /// Rows of the table of positions that stand for none.
    pub(super) fn positions_before_the_first(self) -> u32 {
        match self {
            Self::Bert => 0,
            Self::Mpnet => 2,
        }
    }

    /// Each tensor's name in the safetensors file and in the GGUF.
    pub(super) fn tensor_names(self, layers: u32) -> Vec<(String, String)> {
        const EMBEDDINGS: [(&str, &str); 4] = [
            ("word_embeddings.weight", "token_embd.weight"),
            ("position_embeddings.weight", "position_embd.weight"),
            ("LayerNorm.weight", "token_embd_norm.weight"),
            ("LayerNorm.bias", "token_embd_norm.bias"),
        ];
        const AFTER_ATTENTION: [(&str, &str); 3] = [
            ("intermediate.dense", "ffn_up"),
            ("output.dense", "ffn_down"),
            ("output.LayerNorm", "layer_output_norm"),
        ];
        let attention = match self {
            Self::Bert => [
                ("attention.self.query", "attn_q"),
                ("attention.self.key", "attn_k"),
                ("attention.self.value", "attn_v"),
                ("attention.output.dense", "attn_output"),
                ("attention.output.LayerNorm", "attn_output_norm"),
            ],
            Self::Mpnet => [
                ("attention.attn.q", "attn_q"),
                ("attention.attn.k", "attn_k"),
                ("attention.attn.v", "attn_v"),
                ("attention.attn.o", "attn_output"),
                ("attention.LayerNorm", "attn_output_norm"),
            ],
        };
        let mut names: Vec<_> = EMBEDDINGS
            .iter()
            .map(|(from, to)| (format!("embeddings.{from}"), (*to).to_owned()))
            .collect();
        let own = match self {
            Self::Bert => [
                "embeddings.token_type_embeddings.weight",
                "token_types.weight",
            ],
            Self::Mpnet => [
                "encoder.relative_attention_bias.weight",
                "attn_rel_b.weight",
            ],
        };
        names.push(own.map(str::to_owned).into());
        for layer in 0..layers {
            for (from, to) in attention.into_iter().chain(AFTER_ATTENTION) {
                for part in ["weight", "bias"] {
                    names.push((
                        format!("encoder.layer.{layer}.{from}.{part}"),
                        format!("blk.{layer}.{to}.{part}"),
                    ));
                }
            }
        }
        names
    }
}
