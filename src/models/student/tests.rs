//! Students of a base of two layers and five tokens.

use tempfile::TempDir;

use super::*;
use crate::gguf::{Tensor, TensorType, read_floats, to_bytes};

/// `a`, `b`, `c`, `ab` and `abc`, where `abc` is made of `ab` and `c`; the third ends a text.
fn base_metadata() -> Vec<(String, Value)> {
    let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|&text| text.into()).collect());
    [
        ("general.architecture", Value::Text("llama".into())),
        ("general.name", Value::Text("a base".into())),
        ("llama.block_count", Value::U32(2)),
        ("llama.rope.freq_base", Value::F32(10_000.0)),
        (
            "tokenizer.ggml.tokens",
            texts(&["a", "b", "c", "ab", "abc"]),
        ),
        (
            "tokenizer.ggml.token_type",
            Value::I32s(vec![3, 1, 1, 1, 1]),
        ),
        ("tokenizer.ggml.merges", texts(&["a b", "ab c"])),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
        ("tokenizer.ggml.add_bos_token", Value::Bool(false)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

/// Rows of two numbers; a matrix of the second layer has ten more in every place.
fn base_tensors() -> Vec<Tensor> {
    let of = |name: String, row: u64, numbers: Vec<f32>| Tensor {
        name,
        shape: vec![row, numbers.len() as u64 / row],
        type_id: TensorType::F32.id(),
        data: to_bytes(&numbers),
    };
    let mut tensors = vec![of(
        "token_embd.weight".into(),
        2,
        vec![0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5],
    )];
    for (layer, more) in [(0, 0.0), (1, 10.0)] {
        let numbers: Vec<f32> = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
            .map(|number| number + more)
            .to_vec();
        tensors.push(of(format!("blk.{layer}.ffn_up.weight"), 2, numbers.clone()));
        tensors.push(of(format!("blk.{layer}.ffn_down.weight"), 3, numbers));
        tensors.push(of(format!("blk.{layer}.attn_q.weight"), 2, vec![more; 4]));
    }
    tensors
}

fn shape(tokens: &[i32]) -> Vec<(String, Value)> {
    vec![(TOKENS_KEY.to_owned(), Value::I32s(tokens.to_vec()))]
}

struct Files(TempDir);

impl Files {
    fn new(base: &[(String, Value)], adapter: &[(String, Value)]) -> Self {
        let files = Self(tempfile::tempdir().expect("a temporary folder"));
        gguf::write(&files.path("base"), base, &base_tensors()).expect("writable");
        gguf::write(&files.path("adapter"), adapter, &[]).expect("writable");
        files
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name).with_extension("gguf")
    }

    fn cut(&self) -> Result<(), StudentError> {
        let adapter = gguf::check_with_lists(&self.path("adapter"))?;
        let shape = Shape::of(&adapter)?.expect("it is of a student");
        shape.cut(&self.path("base"), &self.path("student"))
    }

    fn refusal(&self) -> String {
        self.cut().expect_err("it can't be cut out").to_string()
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        let header = gguf::check(&self.path("student")).expect("it is whole");
        let file = File::open(self.path("student")).expect("it is there");
        read_floats(&file, &header, header.tensor(name).expect("it is there")).expect("readable")
    }
}

#[test]
fn tokens_and_layers_keep_their_numbers() {
    let files = Files::new(&base_metadata(), &shape(&[0, 1, 2, 4]));
    files.cut().expect("it fits");
    assert_eq!(
        files.floats("token_embd.weight"),
        [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0, 4.5]
    );
    assert_eq!(
        files.floats("blk.1.ffn_up.weight"),
        [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    );
    assert_eq!(files.floats("blk.1.attn_q.weight"), [10.0; 4]);
}

#[test]
fn the_metadata_are_those_of_the_smaller_model() {
    let files = Files::new(&base_metadata(), &shape(&[0, 2, 3, 4]));
    files.cut().expect("it fits");
    let header = gguf::check_with_lists(&files.path("student")).expect("it is whole");
    let is = |key: &str, value: Value| assert_eq!(header.metadata.get(key), Some(&value), "{key}");
    is("general.architecture", Value::Text("llama".into()));
    is("general.name", Value::Text("a base".into()));
    is("llama.block_count", Value::U32(2));
    is("llama.vocab_size", Value::U32(4));
    is("llama.rope.freq_base", Value::F32(10_000.0));
    is("tokenizer.ggml.token_type", Value::I32s(vec![3, 1, 1, 1]));
    // "b" is gone, so "ab" can't be made any more, but "abc" can.
    is("tokenizer.ggml.merges", Value::Texts(vec!["ab c".into()]));
    is("tokenizer.ggml.eos_token_id", Value::U32(1));
}

#[test]
fn an_adapter_of_a_whole_base_is_of_no_student() {
    let files = Files::new(&base_metadata(), &[]);
    let adapter = gguf::check_with_lists(&files.path("adapter")).expect("it is whole");
    assert!(Shape::of(&adapter).expect("nothing is wrong").is_none());
}

#[test]
fn what_the_base_does_not_have_is_named() {
    let cases: [(Vec<(String, Value)>, &str); 5] = [
        (shape(&[2, 5]), "tokens names token 5, where the base has 5"),
        (
            shape(&[0, 1]),
            "lacks token 2, which the base's tokenizer.ggml.eos_token_id names",
        ),
        (shape(&[2, 0]), "tokens must ascend"),
        (shape(&[0, -1]), "tokens must be numbers from 0"),
        (
            vec![(TOKENS_KEY.to_owned(), Value::U32(2))],
            "tokens is no list of 32-bit numbers",
        ),
    ];
    for (adapter, reason) in cases {
        let message = Files::new(&base_metadata(), &adapter).refusal();
        assert!(message.contains(reason), "{reason} is not in: {message}");
    }
}

#[test]
fn a_base_of_another_architecture_or_without_a_tokenizer_is_refused() {
    let lacking = |key: &str| {
        let rest = base_metadata().into_iter().filter(|(name, _)| name != key);
        Files::new(&rest.collect::<Vec<_>>(), &shape(&[0, 2])).refusal()
    };
    assert!(lacking("general.architecture").contains("its architecture is not llama"));
    assert!(lacking("tokenizer.ggml.tokens").contains("no list of tokens"));
    assert!(lacking("tokenizer.ggml.merges").contains("no merges"));
}
