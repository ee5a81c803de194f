//! The manifest's strictness, shown on a small entry with one thing wrong at a time.

use super::*;

const GOOD: &str = r#"
[[models]]
name = "tiny"
role = "generator"
file = "tiny.gguf"
licence = "MIT"

[[models.files]]
name = "tiny-original.gguf"
size_bytes = 5
sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
sources = [{ kind = "url", url = "http://127.0.0.1/tiny.gguf" }]
"#;

fn parse(text: &str) -> Result<Manifest, ModelError> {
    Manifest::parse(text, Path::new("models/models.toml"))
}

fn message_of(text: &str) -> String {
    parse(text).expect_err("the text has a mistake").to_string()
}

#[test]
fn the_shipped_manifest_names_one_default_of_each_role() {
    let manifest = parse(BUILT_IN).expect("it is right");
    let defaults = manifest.select(&[]).expect("no names, no unknown name");
    let count = |role| defaults.iter().filter(|entry| entry.role == role).count();
    assert_eq!(
        (count(ModelRole::Generator), count(ModelRole::Encoder)),
        (1, 1)
    );
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_what_is_allowed() {
    let message = message_of(&GOOD.replace("licence =", "tempalte ="));
    assert!(message.starts_with("models/models.toml:6: "), "{message}");
    assert!(
        message.contains("`tempalte`") && message.contains("`template`"),
        "{message}"
    );
}

#[test]
fn an_unknown_key_of_a_source_is_refused() {
    let message = message_of(&GOOD.replace("url =", "uri ="));
    assert!(
        message.contains("`uri`") && message.contains("`url`"),
        "{message}"
    );
}

#[test]
fn an_unknown_kind_of_source_lists_the_kinds() {
    let message = message_of(&GOOD.replace("\"url\"", "\"ftp\""));
    assert!(
        message.contains("`ftp`") && message.contains("`pypi`, `pypi-parts`, `url`"),
        "{message}"
    );
}

#[test]
fn a_hash_that_is_none_is_quoted() {
    let message = message_of(&GOOD.replace("2cf24dba", "xyz"));
    assert!(message.contains("is no sha256"), "{message}");
}

#[test]
fn a_file_name_can_not_leave_its_folder() {
    let message = message_of(&GOOD.replace("\"tiny.gguf\"", "\"../tiny.gguf\""));
    assert!(message.contains("no plain file name"), "{message}");
}

#[test]
fn two_entries_can_not_share_a_name() {
    let message = message_of(&format!("{GOOD}{GOOD}"));
    assert!(
        message.contains("'tiny'") && message.contains("taken"),
        "{message}"
    );
}

#[test]
fn a_conversion_names_the_file_it_lacks_and_the_formats_it_knows() {
    let convert = GOOD.replace("licence", "convert = \"safetensors-bert\"\nlicence");
    assert!(message_of(&convert).contains("model.safetensors"));
    let quantize = convert.replace("licence", "quantize = \"Q4_0\"\nlicence");
    assert!(message_of(&quantize).contains("allowed: F32, F16, Q8_0"));
}

const TUNED: &str = r#"
[[models]]
name = "tuned"
role = "generator"
file = "tuned.gguf"
licence = "MIT"
quantize = "Q8_0"
base = "tiny"
[models.adapter]
file = "tuned.lora.gguf"
sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
version = "1"
"#;

#[test]
fn a_tuned_model_is_fetched_as_its_base_is() {
    let manifest = parse(&format!("{TUNED}{GOOD}")).expect("the order is free");
    let tuned = manifest.entry("tuned").expect("it is there");
    assert_eq!(tuned.files[0].name.as_str(), "tiny-original.gguf");
    assert!(tuned.served_as_fetched().is_none());
}

#[test]
fn a_base_that_is_not_in_the_manifest_lists_what_is() {
    let message = message_of(TUNED);
    assert!(
        message.contains("model 'tuned'") && message.contains("no model is named 'tiny'"),
        "{message}"
    );
}

#[test]
fn half_a_tuned_model_says_what_is_missing() {
    let both = format!("{GOOD}{TUNED}");
    let (without_adapter, _) = both.split_once("[models.adapter]").expect("it is there");
    assert!(message_of(without_adapter).contains("needs [models.adapter]"));
    assert!(message_of(&both.replace("base = \"tiny\"\n", "")).contains("needs base"));
    assert!(message_of(&both.replace("quantize = \"Q8_0\"\n", "")).contains("needs quantize"));
}

#[test]
fn an_adapter_can_not_be_put_on_a_tuned_model_or_in_the_served_files_place() {
    let second = TUNED
        .replace("\"tuned\"", "\"twice\"")
        .replace("\"tiny\"", "\"tuned\"");
    assert!(message_of(&format!("{GOOD}{TUNED}{second}")).contains("without an adapter"));
    let same = TUNED.replace("tuned.lora.gguf", "tuned.gguf");
    assert!(message_of(&format!("{GOOD}{same}")).contains("must differ"));
}

/// Adapters are committed beside the manifest, so they must be small and be what it names.
#[test]
fn the_shipped_adapters_lie_beside_the_manifest() {
    const MOST_BYTES: u64 = 12_000_000;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let manifest = parse(BUILT_IN).expect("it is right");
    for adapter in manifest
        .models
        .iter()
        .filter_map(|entry| entry.adapter.as_ref())
    {
        let path = folder.join(&adapter.file);
        assert_eq!(
            Sha256Hex::of_file(&path).expect("it is there"),
            adapter.sha256
        );
        assert!(path.metadata().expect("it is there").len() <= MOST_BYTES);
    }
}

#[test]
fn an_unknown_model_lists_the_known_ones() {
    let manifest = parse(GOOD).expect("it is right");
    let message = manifest
        .entry("huge")
        .expect_err("there is none")
        .to_string();
    assert!(
        message.contains("'huge'") && message.contains("tiny"),
        "{message}"
    );
}
