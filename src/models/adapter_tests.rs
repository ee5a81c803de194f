//! Adapters of a few numbers, added to bases of a few numbers.

use std::fs;

use half::f16;
use tempfile::TempDir;

use super::*;
use crate::gguf::{Tensor, Value, quantize_q8_0, to_bytes};

const WEIGHT: &str = "blk.0.attn_q.weight";
const ALPHA: f32 = 4.0;

fn floats(name: &str, shape: [u64; 2], values: &[f32]) -> Tensor {
    Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        type_id: TensorType::F32.id(),
        data: to_bytes(values),
    }
}

/// A of two rows of three, B of two rows of two: rank 2, for a base of two rows of three.
fn halves() -> Vec<Tensor> {
    vec![
        floats(
            "blk.0.attn_q.weight.lora_a",
            [3, 2],
            &[1.0, 2.0, 3.0, 10.0, 20.0, 30.0],
        ),
        floats("blk.0.attn_q.weight.lora_b", [2, 2], &[1.0, 0.0, 0.5, -1.0]),
    ]
}

fn base_sha256() -> Sha256Hex {
    Sha256Hex::of(b"the base's original")
}

fn metadata() -> Vec<(String, Value)> {
    [
        ("general.type", Value::Text("adapter".into())),
        ("general.architecture", Value::Text("llama".into())),
        ("adapter.type", Value::Text("lora".into())),
        ("adapter.lora.alpha", Value::F32(ALPHA)),
        (BASE_KEY, Value::Text("small".into())),
        (
            BASE_SHA256_KEY,
            Value::Text(base_sha256().as_str().to_owned()),
        ),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

/// A folder with an adapter of these tensors and a base of zeros, but for a tensor that comes before.
struct Files(TempDir);

impl Files {
    fn new(tensors: &[Tensor]) -> Self {
        let files = Self(tempfile::tempdir().expect("a temporary folder"));
        gguf::write(&files.adapter(), &metadata(), tensors).expect("writable");
        let base = [
            floats("token_embd.weight", [2, 1], &[7.0, 8.0]),
            floats(WEIGHT, [3, 2], &[0.0; 6]),
        ];
        gguf::write(&files.base(), &[], &base).expect("writable");
        files
    }

    fn adapter(&self) -> PathBuf {
        self.0.path().join("adapter.gguf")
    }

    fn base(&self) -> PathBuf {
        self.0.path().join("base.gguf")
    }

    fn merge(&self) -> Result<(), AdapterError> {
        Adapter::open(&self.adapter())?.add_to(&self.base())
    }

    fn weights(&self, name: &str) -> Vec<f32> {
        let header = gguf::check(&self.base()).expect("it is whole");
        let file = File::open(self.base()).expect("it is there");
        let tensor = header.tensor(name).expect("it is there");
        gguf::read_floats(&file, &header, tensor).expect("it is F32")
    }

    fn refusal(&self) -> String {
        self.merge().expect_err("the adapter is wrong").to_string()
    }
}

#[test]
fn the_product_is_added_with_alpha_over_rank() {
    let files = Files::new(&halves());
    files.merge().expect("it fits");
    // By hand: rows of B·A are (1, 2, 3) and (-9.5, -19, -28.5); alpha over rank is 2.
    assert_eq!(files.weights(WEIGHT), [2.0, 4.0, 6.0, -19.0, -38.0, -57.0]);
    assert_eq!(files.weights("token_embd.weight"), [7.0, 8.0]);
}

#[test]
fn a_b_of_zeros_leaves_the_file_as_it_is() {
    let mut tensors = halves();
    tensors[1] = floats("blk.0.attn_q.weight.lora_b", [2, 2], &[0.0; 4]);
    let files = Files::new(&tensors);
    let before = fs::read(files.base()).expect("it is there");
    files.merge().expect("it fits");
    assert_eq!(fs::read(files.base()).expect("it is there"), before);
}

#[test]
fn halves_may_be_stored_in_fewer_bits() {
    let row: Vec<f32> = (0..64_u8).map(|number| f32::from(number) - 32.0).collect();
    let a = Tensor {
        data: quantize_q8_0(&row),
        type_id: TensorType::Q8_0.id(),
        ..floats("w.lora_a", [64, 1], &[])
    };
    let b = Tensor {
        data: [0.5, -1.5]
            .iter()
            .flat_map(|value| f16::from_f32(*value).to_le_bytes())
            .collect(),
        type_id: TensorType::F16.id(),
        ..floats("w.lora_b", [1, 2], &[])
    };
    let files = Files::new(&[a, b]);
    gguf::write(&files.base(), &[], &[floats("w", [64, 2], &[1.0; 128])]).expect("writable");
    files.merge().expect("it fits");
    for (position, found) in files.weights("w").into_iter().enumerate() {
        let factor = if position < 64 { 0.5 } else { -1.5 };
        let wanted = 1.0 + ALPHA * factor * row[position % 64];
        // Half a step of Q8_0 (32/127), times alpha and the larger factor.
        assert!(
            (found - wanted).abs() < 0.8,
            "{position}: {found}, {wanted}"
        );
    }
}

#[test]
fn matrices_of_more_numbers_than_are_held_at_once_are_added_whole() {
    let rows = MOST_NUMBERS / 256 + 3;
    let a = floats("w.lora_a", [256, 1], &[1.0; 256]);
    let b = floats("w.lora_b", [1, rows as u64], &vec![0.25; rows]);
    let files = Files::new(&[a, b]);
    let zeros = floats("w", [256, rows as u64], &vec![0.0; 256 * rows]);
    gguf::write(&files.base(), &[], &[zeros]).expect("writable");
    files.merge().expect("it fits");
    assert!(
        files
            .weights("w")
            .iter()
            .all(|weight| (weight - 1.0).abs() < 1e-6)
    );
}

#[test]
fn another_base_is_refused_with_both_names_and_hashes() {
    let files = Files::new(&halves());
    let adapter = Adapter::open(&files.adapter()).expect("it is whole");
    adapter
        .must_be_of("small", &base_sha256())
        .expect("it was tuned on this one");
    adapter
        .must_be_of("small-by-another-name", &base_sha256())
        .expect("the same file");

    let other = Sha256Hex::of(b"another original");
    let message = adapter
        .must_be_of("large", &other)
        .expect_err("another base")
        .to_string();
    for part in ["'small'", base_sha256().as_str(), "'large'", other.as_str()] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn a_truncated_adapter_says_how_much_is_left() {
    let files = Files::new(&halves());
    let bytes = fs::read(files.adapter()).expect("it is there");
    fs::write(files.adapter(), &bytes[..bytes.len() - 20]).expect("writable");
    let message = files.refusal();
    assert!(message.starts_with("truncated: "), "{message}");
}

#[test]
fn a_model_is_no_adapter() {
    let files = Files::new(&halves());
    let model: Vec<_> = metadata().into_iter().skip(1).collect();
    gguf::write(&files.adapter(), &model, &halves()).expect("writable");
    let message = files.refusal();
    assert!(message.contains("general.type is absent"), "{message}");
}

#[test]
fn half_a_pair_is_named() {
    let message = Files::new(&halves()[..1]).refusal();
    assert!(message.contains("blk.0.attn_q.weight.lora_a"), "{message}");
}

#[test]
fn a_matrix_that_the_base_lacks_is_named() {
    let mut tensors = halves();
    for tensor in &mut tensors {
        tensor.name = tensor.name.replace("blk.0", "blk.9");
    }
    let message = Files::new(&tensors).refusal();
    assert!(message.contains("blk.9.attn_q.weight"), "{message}");
}

#[test]
fn shapes_that_do_not_fit_are_shown() {
    let mut tensors = halves();
    tensors[0] = floats("blk.0.attn_q.weight.lora_a", [4, 2], &[1.0; 8]);
    let message = Files::new(&tensors).refusal();
    for part in [WEIGHT, "[4, 2]", "[2, 2]", "[3, 2]"] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn what_is_no_number_does_not_reach_the_base() {
    let mut tensors = halves();
    tensors[1] = floats(
        "blk.0.attn_q.weight.lora_b",
        [2, 2],
        &[0.0, f32::NAN, 0.0, 0.0],
    );
    let files = Files::new(&tensors);
    let message = files.refusal();
    assert!(message.contains("lora_b"), "{message}");
    assert_eq!(files.weights(WEIGHT), [0.0; 6]);
}
