//! A toy encoder of one layer is converted; what the GGUF holds is looked at.

use std::collections::HashMap;

use safetensors::tensor::TensorView;
use tempfile::TempDir;

use super::*;

const WORDS: [&str; 8] = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[unused0]",
    "run",
    "##ning",
];

const MPNET_WORDS: [&str; 8] = [
    "<s>", "<pad>", "</s>", "[UNK]", "<mask>", "run", "##ning", "<",
];

/// A folder with the three files of an encoder whose rows are `width` long.
fn toy(width: usize) -> TempDir {
    toy_of(Family::Bert, width)
}

fn toy_of(family: Family, width: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (kind, words) = match family {
        Family::Bert => ("bert", WORDS),
        Family::Mpnet => ("mpnet", MPNET_WORDS),
    };
    let config = serde_json::json!({
        "model_type": kind,
        "hidden_size": width, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
        "max_position_embeddings": 4, "type_vocab_size": 2, "vocab_size": WORDS.len(),
        "layer_norm_eps": 1e-12, "hidden_act": "gelu",
    });
    fs::write(folder.path().join("config.json"), config.to_string()).expect("writable");
    fs::write(folder.path().join("vocab.txt"), words.join("\n")).expect("writable");
    let zeros = vec![0_u8; 4 * 64 * width.max(64)];
    let weights: HashMap<String, TensorView<'_>> = family
        .tensor_names(1)
        .into_iter()
        .map(|(from, to)| {
            let shape = toy_shape(&to, width);
            let bytes = 4 * shape.iter().product::<usize>();
            (
                from,
                TensorView::new(Dtype::F32, shape, &zeros[..bytes])
                    .expect("the size fits the shape"),
            )
        })
        .collect();
    let bytes = safetensors::serialize(weights, None).expect("plain tensors");
    fs::write(folder.path().join("model.safetensors"), bytes).expect("writable");
    folder
}

fn toy_shape(name: &str, width: usize) -> Vec<usize> {
    match name {
        "token_embd.weight" => vec![WORDS.len(), width],
        "position_embd.weight" => vec![4, width],
        "token_types.weight" => vec![2, width],
        "attn_rel_b.weight" => vec![32, 2],
        _ if name.contains("ffn_up.weight") => vec![64, width],
        _ if name.contains("ffn_down.weight") => vec![width, 64],
        _ if name.contains("ffn_up.bias") => vec![64],
        _ if name.ends_with("bias") || name.contains("norm") => vec![width],
        _ => vec![width, width],
    }
}

fn type_ids(folder: &TempDir) -> HashMap<String, u32> {
    let out = folder.path().join("toy.gguf");
    convert(folder.path(), &out, "toy", TensorType::Q8_0).expect("the files are right");
    let header = gguf::check(&out).expect("a whole file");
    assert_eq!(header.text("general.architecture"), Some("bert"));
    header
        .tensors
        .into_iter()
        .map(|tensor| (tensor.name, tensor.type_id))
        .collect()
}

#[test]
fn matrices_are_quantized_and_the_rest_stays_exact() {
    let ids = type_ids(&toy(64));
    assert_eq!(ids.len(), 5 + 16);
    for exact in [
        "position_embd.weight",
        "token_embd_norm.weight",
        "blk.0.attn_q.bias",
        "blk.0.layer_output_norm.weight",
    ] {
        assert_eq!(ids[exact], TensorType::F32.id(), "{exact}");
    }
    for quantized in [
        "token_embd.weight",
        "blk.0.attn_q.weight",
        "blk.0.ffn_down.weight",
    ] {
        assert_eq!(ids[quantized], TensorType::Q8_0.id(), "{quantized}");
    }
}

#[test]
fn an_mpnet_keeps_the_positions_that_stand_for_one_and_its_terms_of_distances() {
    let folder = toy_of(Family::Mpnet, 64);
    let out = folder.path().join("toy.gguf");
    convert(folder.path(), &out, "toy", TensorType::Q8_0).expect("the files are right");
    let header = gguf::check_with_lists(&out).expect("a whole file");
    let tensor = |name: &str| header.tensor(name).expect("written");
    assert_eq!(tensor("position_embd.weight").shape, [64, 2]);
    assert_eq!(tensor("token_types.weight").shape, [64, 1]);
    let distances = tensor("attn_rel_b.weight");
    assert_eq!(distances.shape, [2, 32]);
    assert_eq!(distances.type_id, TensorType::F32.id());
    let number = |key: &str| header.metadata.get(key);
    assert_eq!(number("bert.context_length"), Some(&Value::U32(2)));
    assert_eq!(number("tokenizer.ggml.cls_token_id"), Some(&Value::U32(0)));
    let end = number("tokenizer.ggml.seperator_token_id");
    assert_eq!(end, Some(&Value::U32(2)));
    let classes = number("tokenizer.ggml.token_type");
    assert_eq!(classes, Some(&Value::I32s(vec![3, 3, 3, 2, 3, 1, 1, 1])));
}

#[test]
fn rows_that_are_no_whole_blocks_become_f16() {
    let ids = type_ids(&toy(24));
    assert_eq!(ids["blk.0.attn_q.weight"], TensorType::F16.id());
    assert_eq!(ids["blk.0.ffn_down.weight"], TensorType::Q8_0.id());
}

#[test]
fn a_vocabulary_of_the_wrong_length_is_refused() {
    let folder = toy(64);
    fs::write(folder.path().join("vocab.txt"), "[PAD]\n[UNK]").expect("writable");
    let error = convert(
        folder.path(),
        &folder.path().join("toy.gguf"),
        "toy",
        TensorType::F32,
    )
    .expect_err("two words");
    assert_eq!(error.to_string(), "vocab.txt: 2 words; config.json says 8");
}

#[test]
fn word_pieces_take_the_form_of_llama_cpp() {
    let metadata =
        vocabulary::metadata(&WORDS, &Family::Bert.marks()).expect("all special words are there");
    let value = |key: &str| {
        &metadata
            .iter()
            .find(|(name, _)| name == key)
            .expect("written")
            .1
    };
    let Value::Texts(tokens) = value("tokenizer.ggml.tokens") else {
        panic!("tokens are texts")
    };
    assert_eq!(tokens[4..], ["[MASK]", "[unused0]", "\u{2581}run", "ning"]);
    assert_eq!(
        *value("tokenizer.ggml.token_type"),
        Value::I32s(vec![3, 2, 3, 3, 3, 5, 1, 1])
    );
    assert_eq!(*value("tokenizer.ggml.seperator_token_id"), Value::U32(3));
}
