//! Toy encoders with weights drawn by a fixed seed: what is computed here is held against llama.cpp.

use tempfile::NamedTempFile;

use super::*;
use crate::gguf::{self, Tensor, TensorType, Value, quantize_q8_0, to_bytes};

const WIDTH: usize = 64;
const BETWEEN: usize = 96;
const POSITIONS: usize = 80;
const WORDS: [&str; 8] = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "\u{2581}a",
    "\u{2581}b",
    "c",
];

/// The tensor that makes an `MPNet` of it.
const DISTANCES: &str = "attn_rel_b.weight";

/// Numbers between -1 and 1 without a pattern.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((self.0 >> 16) as u16) / 32_768.0 - 1.0
    }
}

/// The name and the shape of every tensor in a file of two layers, row length first.
fn shapes() -> Vec<(String, Vec<usize>)> {
    const LAYER: [(&str, usize, usize); 8] = [
        ("attn_q", WIDTH, WIDTH),
        ("attn_k", WIDTH, WIDTH),
        ("attn_v", WIDTH, WIDTH),
        ("attn_output", WIDTH, WIDTH),
        ("attn_output_norm", WIDTH, 0),
        ("ffn_up", WIDTH, BETWEEN),
        ("ffn_down", BETWEEN, WIDTH),
        ("layer_output_norm", WIDTH, 0),
    ];
    let mut all = vec![
        ("token_embd.weight".to_owned(), vec![WIDTH, WORDS.len()]),
        ("position_embd.weight".to_owned(), vec![WIDTH, POSITIONS]),
        ("token_types.weight".to_owned(), vec![WIDTH, 2]),
        ("token_embd_norm.weight".to_owned(), vec![WIDTH]),
        ("token_embd_norm.bias".to_owned(), vec![WIDTH]),
    ];
    for layer in 0..2 {
        for (name, inputs, outputs) in LAYER {
            let name = format!("blk.{layer}.{name}");
            let (weight, bias) = match outputs {
                0 => (vec![inputs], inputs),
                outputs => (vec![inputs, outputs], outputs),
            };
            all.push((format!("{name}.weight"), weight));
            all.push((format!("{name}.bias"), vec![bias]));
        }
    }
    all
}

fn metadata(heads: u32) -> Vec<(String, Value)> {
    let number = |value: usize| Value::U32(u32::try_from(value).expect("a small number"));
    let own = [
        ("block_count", Value::U32(2)),
        ("context_length", number(POSITIONS)),
        ("embedding_length", number(WIDTH)),
        ("feed_forward_length", number(BETWEEN)),
        ("attention.head_count", Value::U32(heads)),
        ("attention.layer_norm_epsilon", Value::F32(1e-12)),
        ("attention.causal", Value::Bool(false)),
        ("pooling_type", Value::U32(1)),
    ];
    let own = own.map(|(key, value)| (format!("bert.{key}"), value));
    let words = WORDS.map(str::to_owned).to_vec();
    let words = [
        ("model", Value::Text("bert".into())),
        ("tokens", Value::Texts(words)),
        ("token_type", Value::I32s(vec![3, 2, 3, 3, 3, 1, 1, 1])),
        ("token_type_count", Value::U32(2)),
        ("bos_token_id", Value::U32(2)),
        ("cls_token_id", Value::U32(2)),
        ("seperator_token_id", Value::U32(3)),
        ("unknown_token_id", Value::U32(1)),
        ("padding_token_id", Value::U32(0)),
        ("mask_token_id", Value::U32(4)),
    ];
    let words = words.map(|(key, value)| (format!("tokenizer.ggml.{key}"), value));
    let name = (
        "general.architecture".to_owned(),
        Value::Text("bert".into()),
    );
    [name].into_iter().chain(own).chain(words).collect()
}

/// A toy with so many attention heads, its matrices in that format.
fn toy(heads: u32, format: TensorType) -> NamedTempFile {
    write(shapes(), &metadata(heads), format)
}

fn write(
    shapes: Vec<(String, Vec<usize>)>,
    metadata: &[(String, Value)],
    format: TensorType,
) -> NamedTempFile {
    let mut numbers = Numbers(1);
    let tensors = shapes.into_iter().map(|(name, shape)| {
        let mean = if name.ends_with("norm.weight") {
            1.0
        } else {
            0.0
        };
        let spread = if name == DISTANCES { 3.0 } else { 0.3 };
        let values = (0..shape.iter().product()).map(|_| mean + spread * numbers.next());
        let values: Vec<f32> = values.collect();
        let small = ["position_embd", "token_types", "attn_rel"];
        let exact = shape.len() == 1 || small.iter().any(|small| name.starts_with(small));
        let kind = if exact { TensorType::F32 } else { format };
        Tensor {
            name,
            shape: shape.into_iter().map(|size| size as u64).collect(),
            type_id: kind.id(),
            data: match kind {
                TensorType::Q8_0 => quantize_q8_0(&values),
                _ => to_bytes(&values),
            },
        }
    });
    let file = NamedTempFile::new().expect("a temporary file");
    let tensors: Vec<_> = tensors.collect();
    gguf::write(file.path(), metadata, &tensors).expect("writable");
    file
}

/// Texts of so many tokens.
fn texts(lengths: &[usize]) -> Vec<Text> {
    let token = |at: usize| i32::try_from(at * 7 % WORDS.len()).expect("few words");
    let tokens = lengths
        .iter()
        .map(|length| (0..*length).map(token).collect());
    tokens.map(|tokens| Text::new(tokens).0).collect()
}

fn vectors(weights: &Weights, lengths: &[usize]) -> Vec<Vec<f32>> {
    let embedder = Embedder::together(weights, 2);
    embedder
        .and_then(|mut it| it.embed(&texts(lengths)))
        .expect("an embedding")
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[test]
fn what_is_computed_here_is_what_llama_cpp_computes() {
    for heads in [1, 2] {
        let file = toy(heads, TensorType::Q8_0);
        let path = file.path();
        let here = Weights::load(path, 2).expect("it loads");
        assert!(here.bert.is_some());
        let there = Weights {
            model: backend::load(path, Role::Encoder, Part::Whole).expect("it loads"),
            bert: None,
            pool: None,
        };
        assert_eq!(here.dimensions(), there.dimensions());
        assert_eq!(here.most_tokens(), there.most_tokens());
        assert_eq!(here.tokenize("A bc"), there.tokenize("A bc"));
        for lengths in [&[1][..], &[13], &[33, 5], &[POSITIONS], &[2, 31, 32, 17]] {
            let (here, there) = (vectors(&here, lengths), vectors(&there, lengths));
            for (here, there) in here.iter().zip(&there) {
                let cosine = cosine(here, there);
                assert!(cosine > 0.999, "{heads} heads, {lengths:?}: {cosine}");
            }
        }
    }
}

/// What `transformers` 4.46 computes of 40 tokens with the toy's weights in its `MPNetModel`.
#[rustfmt::skip]
const MPNET_OF_40_TOKENS: [f32; WIDTH] = [
    0.147, -0.074, -0.143, 0.166, -0.107, 0.090, -0.188, 0.154,
    -0.128, 0.212, -0.166, 0.098, -0.038, 0.084, 0.080, -0.030,
    -0.096, -0.006, 0.214, -0.151, -0.056, -0.115, -0.082, 0.083,
    -0.003, -0.025, 0.009, -0.107, -0.245, 0.106, -0.124, 0.123,
    0.286, -0.031, -0.096, 0.099, 0.164, -0.065, 0.105, 0.009,
    -0.205, 0.109, -0.052, -0.066, 0.076, -0.149, -0.144, 0.048,
    -0.061, 0.286, -0.169, 0.050, -0.075, 0.150, 0.008, 0.070,
    0.055, 0.134, -0.080, -0.243, 0.090, 0.083, 0.024, -0.058,
];

#[test]
fn an_mpnet_sees_how_far_apart_tokens_are() {
    let mut shapes = shapes();
    shapes.push((DISTANCES.to_owned(), vec![2, 32]));
    let file = write(shapes, &metadata(2), TensorType::Q8_0);
    let weights = Weights::load(file.path(), 2).expect("it loads");
    assert!(weights.bert.is_some());
    let expected = |vector: &[f32]| cosine(vector, &MPNET_OF_40_TOKENS);
    let cosine = expected(&vectors(&weights, &[40])[0]);
    assert!(cosine > 0.999, "{cosine}");
    let without = Weights::load(toy(2, TensorType::Q8_0).path(), 2).expect("it loads");
    assert!(expected(&vectors(&without, &[40])[0]) < 0.996);
}

#[test]
fn one_core_computes_what_all_do_and_a_batch_what_each_text_is_alone() {
    let file = toy(2, TensorType::Q8_0);
    let weights = Weights::load(file.path(), 2).expect("it loads");
    let together = vectors(&weights, &[40, 7, 0]);
    let mut alone = Embedder::alone(&weights).expect("nothing to fail");
    for (length, vector) in [40, 7, 0].into_iter().zip(&together) {
        assert_eq!(
            &alone.embed(&texts(&[length])).expect("an embedding")[0],
            vector
        );
    }
    assert!(together[2].iter().all(|value| *value == 0.0));
}

#[test]
fn a_file_that_contradicts_itself_is_not_computed_here() {
    let zeroed = |wanted: &str| {
        let mut metadata = metadata(2);
        let value = metadata.iter_mut().find(|(key, _)| key == wanted);
        value.expect("a key of the toy").1 = Value::U32(0);
        write(shapes(), &metadata, TensorType::Q8_0)
    };
    let resized = |wanted: &str, shape: &[usize]| {
        let mut shapes = shapes();
        let tensor = shapes.iter_mut().find(|(name, _)| name == wanted);
        tensor.expect("a tensor of the toy").1 = shape.to_vec();
        write(shapes, &metadata(2), TensorType::Q8_0)
    };
    for file in [
        zeroed("bert.embedding_length"),
        zeroed("bert.attention.head_count"),
        zeroed("bert.feed_forward_length"),
        resized("token_embd.weight", &[WIDTH, WORDS.len() - 1]),
        resized("token_types.weight", &[WIDTH, 0]),
        resized("blk.0.attn_q.bias", &[32]),
        resized("blk.1.attn_output.weight", &[WIDTH, 32]),
        resized("blk.1.ffn_down.bias", &[BETWEEN]),
        resized("blk.1.layer_output_norm.weight", &[32]),
    ] {
        assert!(Bert::load(file.path()).is_none());
    }
}

#[test]
fn an_encoder_in_another_format_is_left_to_llama_cpp() {
    let file = toy(2, TensorType::F32);
    let weights = Weights::load(file.path(), 2).expect("it loads");
    assert!(weights.bert.is_none());
    let vector = &vectors(&weights, &[13])[0];
    assert!((cosine(vector, vector) - 1.0).abs() < 1e-3);
}

#[test]
fn vectors_come_out_with_length_one_and_zeros_stay_zeros() {
    assert_eq!(unit(&[3.0, 4.0]), [0.6, 0.8]);
    assert_eq!(unit(&[0.0, 0.0]), [0.0, 0.0]);
}
