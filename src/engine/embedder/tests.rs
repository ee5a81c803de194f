//! Toy encoders with weights drawn by a fixed seed: what is computed here is held against llama.cpp.

use std::collections::HashMap;
use std::fs;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use tempfile::TempDir;

use super::*;
use crate::models::bert::{convert, weights_format};

const WIDTH: usize = 64;
const BETWEEN: usize = 96;
const POSITIONS: usize = 80;
const WORDS: [&str; 8] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##c",
];

/// Numbers between -1 and 1 without a pattern.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((self.0 >> 16) as u16) / 32_768.0 - 1.0
    }
}

/// The name, the shape and the mean of every tensor in a file of two layers.
fn tensors() -> Vec<(String, Vec<usize>, f32)> {
    let (square, row) = (vec![WIDTH, WIDTH], vec![WIDTH]);
    let layer = [
        ("attention.self.query", square.clone()),
        ("attention.self.key", square.clone()),
        ("attention.self.value", square.clone()),
        ("attention.output.dense", square),
        ("attention.output.LayerNorm", row.clone()),
        ("intermediate.dense", vec![BETWEEN, WIDTH]),
        ("output.dense", vec![WIDTH, BETWEEN]),
        ("output.LayerNorm", row.clone()),
    ];
    let mut all = vec![
        (
            "embeddings.word_embeddings.weight".to_owned(),
            vec![WORDS.len(), WIDTH],
            0.0,
        ),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![POSITIONS, WIDTH],
            0.0,
        ),
        (
            "embeddings.token_type_embeddings.weight".to_owned(),
            vec![2, WIDTH],
            0.0,
        ),
        ("embeddings.LayerNorm.weight".to_owned(), row.clone(), 1.0),
        ("embeddings.LayerNorm.bias".to_owned(), row, 0.0),
    ];
    for number in 0..2 {
        for (name, shape) in &layer {
            let mean = if name.ends_with("Norm") { 1.0 } else { 0.0 };
            let name = format!("encoder.layer.{number}.{name}");
            all.push((format!("{name}.bias"), shape[..1].to_vec(), 0.0));
            all.push((format!("{name}.weight"), shape.clone(), mean));
        }
    }
    all
}

/// A toy with so many attention heads, in a weight format.
fn toy(heads: usize, format: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("writable");
    };
    let config = serde_json::json!({
        "hidden_size": WIDTH, "intermediate_size": BETWEEN, "num_hidden_layers": 2,
        "num_attention_heads": heads, "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
        "vocab_size": WORDS.len(), "layer_norm_eps": 1e-12, "hidden_act": "gelu",
    });
    write("config.json", config.to_string().as_bytes());
    write("vocab.txt", WORDS.join("\n").as_bytes());
    let mut numbers = Numbers(1);
    let drawn = tensors().into_iter().map(|(name, shape, mean)| {
        let count = shape.iter().product::<usize>();
        let bytes = (0..count).flat_map(|_| (mean + 0.3 * numbers.next()).to_le_bytes());
        (name, shape, bytes.collect::<Vec<u8>>())
    });
    let drawn: Vec<_> = drawn.collect();
    let views = drawn.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name, view.expect("as many bytes as the shape says"))
    });
    let views: HashMap<_, _> = views.collect();
    write(
        "model.safetensors",
        &safetensors::serialize(views, None).expect("plain tensors"),
    );
    let format = weights_format(format).expect("a known format");
    convert(
        folder.path(),
        &folder.path().join("toy.gguf"),
        "toy",
        format,
    )
    .expect("whole files");
    folder
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
        let folder = toy(heads, "Q8_0");
        let path = folder.path().join("toy.gguf");
        let here = Weights::load(&path, 2).expect("it loads");
        assert!(here.bert.is_some());
        let there = Weights {
            model: backend::load(&path, Role::Encoder, Part::Whole).expect("it loads"),
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

#[test]
fn one_core_computes_what_all_do_and_a_batch_what_each_text_is_alone() {
    let folder = toy(2, "Q8_0");
    let weights = Weights::load(&folder.path().join("toy.gguf"), 2).expect("it loads");
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
fn an_encoder_in_another_format_is_left_to_llama_cpp() {
    let folder = toy(2, "F16");
    let weights = Weights::load(&folder.path().join("toy.gguf"), 2).expect("it loads");
    assert!(weights.bert.is_none());
    let vector = &vectors(&weights, &[13])[0];
    assert!((cosine(vector, vector) - 1.0).abs() < 1e-3);
}

#[test]
fn vectors_come_out_with_length_one_and_zeros_stay_zeros() {
    assert_eq!(unit(&[3.0, 4.0]), [0.6, 0.8]);
    assert_eq!(unit(&[0.0, 0.0]), [0.0, 0.0]);
}
