//! Names and paths that do and don't become a model file.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::gguf::{Tensor, TensorType, Value};

/// A models folder with a manifest of one plain generator, `tiny`, that lies there whole.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("tiny.gguf");
    write_gguf(&path, &LLAMA);
    let manifest = format!(
        "[[models]]\nname = 'tiny'\nrole = 'generator'\nfile = 'tiny.gguf'\nlicence = 'MIT'\ntemplate = 'chatml'\n\
         [[models.files]]\nname = 'tiny.gguf'\nsize_bytes = 1\nsha256 = '{}'\n",
        crate::models::digest::Sha256Hex::of_file(&path).expect("just written")
    );
    fs::write(folder.path().join("models.toml"), manifest).expect("writable");
    folder
}

const LLAMA: [(&str, &str); 2] = [
    ("general.architecture", "llama"),
    ("tokenizer.ggml.model", "gpt2"),
];

fn write_gguf(path: &Path, metadata: &[(&str, &str)]) {
    let metadata: Vec<_> = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Value::Text((*value).to_owned())))
        .collect();
    let tensor = Tensor {
        name: "w".into(),
        shape: vec![64],
        type_id: TensorType::F32.id(),
        data: vec![7; 256],
    };
    gguf::write(path, &metadata, &[tensor]).expect("writable");
}

fn message(folder: &TempDir, name: &str) -> String {
    resolve(folder.path(), name, ModelRole::Generator)
        .expect_err("something is wrong")
        .to_string()
}

#[test]
fn a_name_gives_the_file_with_what_the_manifest_says_of_it() {
    let folder = folder();
    let model = resolve(folder.path(), "tiny", ModelRole::Generator).expect("it is there");
    assert_eq!(model.path, folder.path().join("tiny.gguf"));
    assert_eq!(
        (model.template.as_deref(), model.licence.as_deref()),
        (Some("chatml"), Some("MIT"))
    );
}

#[test]
fn a_path_gives_the_file_and_leaves_its_template_to_its_metadata() {
    let folder = folder();
    let path = folder.path().join("tiny.gguf");
    let model = resolve(
        Path::new("elsewhere"),
        &path.to_string_lossy(),
        ModelRole::Generator,
    )
    .expect("it is there");
    assert_eq!((model.name.as_str(), model.template), ("tiny", None));
}

#[test]
fn a_file_that_was_not_fetched_names_the_command() {
    let folder = folder();
    fs::remove_file(folder.path().join("tiny.gguf")).expect("it was there");
    assert!(message(&folder, "tiny").contains("microgpt models pull tiny"));
}

#[test]
fn a_truncated_file_says_how_much_is_left() {
    let folder = folder();
    let path = folder.path().join("tiny.gguf");
    let whole = path.metadata().expect("it is there").len();
    fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(whole - 100))
        .expect("writable");
    let message = message(&folder, "tiny");
    assert!(
        message.contains(&format!("truncated: {} of {whole} bytes", whole - 100)),
        "{message}"
    );
    assert!(message.contains("microgpt models pull"), "{message}");
}

#[test]
fn a_file_of_the_right_length_with_other_content_shows_both_hashes() {
    let folder = folder();
    let path = folder.path().join("tiny.gguf");
    let mut bytes = fs::read(&path).expect("it is there");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&path, &bytes).expect("writable");
    let message = message(&folder, "tiny");
    assert!(
        message.contains("expected sha256") && message.contains("found"),
        "{message}"
    );
}

#[test]
fn a_path_to_something_else_is_no_gguf_file() {
    let folder = folder();
    let path = folder.path().join("page.gguf");
    fs::write(&path, "<html>").expect("writable");
    assert!(message(&folder, &path.to_string_lossy()).contains("not a GGUF file"));
}

#[test]
fn an_encoder_is_not_taken_for_a_generator() {
    let folder = folder();
    let path = folder.path().join("encoder.gguf");
    let bert = [
        ("general.architecture", "bert"),
        ("tokenizer.ggml.model", "bert"),
    ];
    write_gguf(&path, &bert);
    assert!(message(&folder, &path.to_string_lossy()).contains("is an encoder"));
}

#[test]
fn an_adapter_by_its_path_is_refused_with_the_way_to_name_its_base() {
    let folder = folder();
    let path = folder.path().join("shop.lora.gguf");
    let adapter = [
        ("general.type", "adapter"),
        ("microgpt.base", "tiny-original"),
    ];
    write_gguf(&path, &adapter);
    let message = message(&folder, &path.to_string_lossy());
    for part in [
        "shop.lora.gguf",
        "no model by itself",
        "base = \"tiny-original\"",
        "[models.adapter]",
        "microgpt models pull",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn a_file_without_a_tokenizer_is_refused() {
    let folder = folder();
    let path = folder.path().join("mute.gguf");
    write_gguf(&path, &LLAMA[..1]);
    let message = message(&folder, &path.to_string_lossy());
    assert!(
        message.contains("mute.gguf") && message.contains("no tokenizer"),
        "{message}"
    );
}

#[test]
fn the_list_shows_what_is_present_and_what_is_broken() {
    let folder = folder();
    assert!(list(folder.path()).expect("the manifest is right")[0].present);
    fs::write(folder.path().join("tiny.gguf"), "broken").expect("writable");
    let row = &list(folder.path()).expect("the manifest is right")[0];
    assert_eq!(
        (row.present, row.problem.as_deref()),
        (false, Some("not a GGUF file"))
    );
}
