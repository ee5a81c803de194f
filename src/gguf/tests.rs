//! Files written here are read back; damaged ones are told from whole ones.

use std::fs;

use half::f16;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// Writes a file of two tensors, and returns the folder that holds it as `model.gguf`.
fn small_file() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = [
        (
            "general.architecture".to_owned(),
            Value::Text("bert".into()),
        ),
        ("some.number".to_owned(), Value::U32(7)),
        ("some.float".to_owned(), Value::F32(1e-12)),
        ("some.flag".to_owned(), Value::Bool(false)),
        (
            "some.texts".to_owned(),
            Value::Texts(vec!["a".into(), "zwei".into()]),
        ),
        ("some.numbers".to_owned(), Value::I32s(vec![1, -2, 3])),
    ];
    let tensors = [
        Tensor {
            name: "first".into(),
            shape: vec![3],
            type_id: TensorType::F32.id(),
            data: vec![0; 12],
        },
        Tensor {
            name: "second".into(),
            shape: vec![32, 2],
            type_id: TensorType::Q8_0.id(),
            data: vec![1; 68],
        },
    ];
    write(&folder.path().join("model.gguf"), &metadata, &tensors).expect("the folder is writable");
    folder
}

#[test]
fn what_was_written_is_read_back() {
    let folder = small_file();
    let header = check(&folder.path().join("model.gguf")).expect("the file is whole");
    assert_eq!(header.text("general.architecture"), Some("bert"));
    assert_eq!(header.float("some.float"), Some(1e-12));
    assert_eq!(header.data_start % ALIGNMENT_BYTES, 0);
    let second = TensorInfo {
        name: "second".into(),
        shape: vec![32, 2],
        type_id: 8,
        offset: 32,
    };
    assert_eq!(header.tensors[1], second);
    assert!(!header.metadata.contains_key("some.texts"));
}

#[test]
fn lists_are_read_where_they_are_asked_for() {
    let folder = small_file();
    let header = check_with_lists(&folder.path().join("model.gguf")).expect("the file is whole");
    let texts = Value::Texts(vec!["a".into(), "zwei".into()]);
    assert_eq!(header.metadata.get("some.texts"), Some(&texts));
    let numbers = Value::I32s(vec![1, -2, 3]);
    assert_eq!(header.metadata.get("some.numbers"), Some(&numbers));
    assert_eq!(header.tensors.len(), 2);
}

#[test]
fn a_file_without_its_end_says_how_much_there_is_of_how_much() {
    let folder = small_file();
    let path = folder.path().join("model.gguf");
    let bytes = fs::read(&path).expect("just written");
    let needed = check(&path).expect("the file is whole").data_start + 32 + 68;
    fs::write(&path, &bytes[..bytes.len() - 60]).expect("writable");
    let message = check(&path).expect_err("its end is missing").to_string();
    assert_eq!(
        message,
        format!("truncated: {} of {needed} bytes", bytes.len() - 60)
    );
}

#[test]
fn no_prefix_of_a_file_passes_or_panics() {
    let folder = small_file();
    let path = folder.path().join("model.gguf");
    let bytes = fs::read(&path).expect("just written");
    let needed = usize::try_from(check(&path).expect("whole").data_start).expect("small") + 32 + 68;
    for length in 0..needed {
        fs::write(&path, &bytes[..length]).expect("writable");
        assert!(check(&path).is_err(), "{length} of {needed} bytes passed");
        let with_lists = check_with_lists(&path);
        assert!(with_lists.is_err(), "{length} of {needed} bytes passed");
    }
}

#[test]
fn something_else_is_not_a_gguf_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("page.gguf");
    fs::write(&path, "<html>sign in first</html>").expect("writable");
    assert_eq!(
        check(&path).expect_err("a page").to_string(),
        "not a GGUF file"
    );
}

#[test]
fn lengths_beyond_the_file_are_refused_before_they_are_allocated() {
    let folder = small_file();
    let path = folder.path().join("model.gguf");
    let mut bytes = fs::read(&path).expect("just written");
    bytes[24..32].copy_from_slice(&u64::MAX.to_le_bytes()); // the first key's length
    fs::write(&path, &bytes).expect("writable");
    assert!(matches!(
        check(&path),
        Err(GgufError::TruncatedHeader { .. })
    ));
}

proptest! {
    #[test]
    fn q8_0_is_within_half_a_step(values in prop::collection::vec(-8.0_f32..8.0, 64)) {
        let stored = quantize_q8_0(&values);
        prop_assert_eq!(stored.len() as u64, stored_bytes(TensorType::Q8_0.id(), 64).expect("a known format"));
        for (block, original) in stored.chunks(Q8_0_BLOCK_BYTES).zip(values.chunks(Q8_0_BLOCK_VALUES)) {
            let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
            // The largest value may be clamped by as much as the scale's rounding takes off 127 steps.
            let allowed = scale * 0.5 + scale * 127.0 / 2048.0;
            for (byte, value) in block[2..].iter().zip(original) {
                let back = f32::from(byte.cast_signed()) * scale;
                prop_assert!((back - value).abs() <= allowed, "{} became {}", value, back);
            }
        }
    }
}

#[test]
fn a_block_of_zeros_stays_zero() {
    assert!(quantize_q8_0(&[0.0; 32]).iter().all(|byte| *byte == 0));
}
