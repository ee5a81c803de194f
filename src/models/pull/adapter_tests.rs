//! Pulls of a base and of a model tuned on it, from originals that were put into the cache by hand.

use tempfile::TempDir;

use super::*;
use crate::gguf::{Tensor, TensorType, Value, to_bytes};
use crate::models::{
    self, ModelRole,
    adapter::{BASE_KEY, BASE_SHA256_KEY},
    digest::Sha256Hex,
    verify,
};

const BASE: &str = "cache/models/small/small.gguf";
const ADAPTER: &str = "models/tuned.lora.gguf";
const SERVED: &str = "models/tuned.gguf";

/// A base `small` of one matrix of ones, 2 by 2, and `tuned`, with an adapter of rank 1 beside the manifest.
struct World(TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().expect("a temporary folder"));
        for folder in ["models", "cache/models/small", "cache/models/tuned"] {
            fs::create_dir_all(world.path(folder)).expect("writable");
        }
        let metadata = [text("tokenizer.ggml.model", "gpt2")];
        let weights = [matrix("w", [2, 2], &[1.0; 4])];
        gguf::write(&world.path(BASE), &metadata, &weights).expect("writable");
        world.put_adapter("1", [1.0, 2.0], &world.hash_of(BASE));
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn hash_of(&self, name: &str) -> Sha256Hex {
        Sha256Hex::of_file(&self.path(name)).expect("it is there")
    }

    /// Writes an adapter that adds `row` to the base's first row, and the manifest that names it.
    fn put_adapter(&self, version: &str, row: [f32; 2], base: &Sha256Hex) {
        let metadata = [
            text("general.type", "adapter"),
            text("adapter.type", "lora"),
            ("adapter.lora.alpha".to_owned(), Value::F32(1.0)),
            text(BASE_KEY, "the-base-it-names"),
            text(BASE_SHA256_KEY, base.as_str()),
        ];
        let halves = [
            matrix("w.lora_a", [2, 1], &row),
            matrix("w.lora_b", [1, 2], &[1.0, 0.0]),
        ];
        gguf::write(&self.path(ADAPTER), &metadata, &halves).expect("writable");
        self.put_manifest(version);
    }

    fn put_manifest(&self, version: &str) {
        let common = "role = 'generator'\nlicence = 'MIT'\nquantize = 'Q8_0'";
        let manifest = format!(
            "[[models]]\nname = 'small'\nfile = 'small.Q8_0.gguf'\n{common}\n\
             [[models.files]]\nname = 'small.gguf'\nsize_bytes = {}\nsha256 = '{}'\n\
             [[models]]\nname = 'tuned'\nfile = 'tuned.gguf'\nbase = 'small'\n{common}\n\
             [models.adapter]\nfile = 'tuned.lora.gguf'\nsha256 = '{}'\nversion = '{version}'\n",
            self.path(BASE).metadata().expect("it is there").len(),
            self.hash_of(BASE),
            self.hash_of(ADAPTER),
        );
        fs::write(self.path("models/models.toml"), manifest).expect("writable");
    }

    fn places(&self) -> Places {
        Places {
            models_dir: self.path("models"),
            cache_dir: self.path("cache"),
        }
    }

    /// Pulls one model; every weight format is the base's own here.
    async fn pull(&self, name: &str) -> Result<Outcome, ModelError> {
        let copy = |from: &Path, to: &Path, _: &str| {
            let copied = fs::copy(from, to).map(drop);
            copied.map_err(|error| error.to_string())
        };
        let report = pull(&self.places(), &[name.to_owned()], copy).await?;
        Ok(report.models[0].outcome.clone())
    }

    async fn refusal(&self) -> String {
        let refused = self.pull("tuned").await;
        assert!(!self.path(SERVED).exists());
        refused.expect_err("the adapter is wrong").to_string()
    }

    fn served_weights(&self) -> Vec<f32> {
        self.served("w")
    }

    fn served(&self, name: &str) -> Vec<f32> {
        let header = gguf::check(&self.path(SERVED)).expect("it is whole");
        let file = fs::File::open(self.path(SERVED)).expect("it is there");
        let tensor = header.tensor(name).expect("it is there");
        gguf::read_floats(&file, &header, tensor).expect("it is F32")
    }
}

fn text(key: &str, value: &str) -> (String, Value) {
    (key.to_owned(), Value::Text(value.to_owned()))
}

fn matrix(name: &str, shape: [u64; 2], values: &[f32]) -> Tensor {
    Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        type_id: TensorType::F32.id(),
        data: to_bytes(values),
    }
}

#[tokio::test]
async fn the_adapter_is_merged_into_the_base_which_stays_as_it_was() {
    let world = World::new();
    assert_eq!(
        world.pull("tuned").await.expect("all is there"),
        Outcome::Derived
    );
    assert_eq!(world.served_weights(), [2.0, 3.0, 1.0, 1.0]);
    world.pull("small").await.expect("its original is kept");
    assert_eq!(world.hash_of("models/small.Q8_0.gguf"), world.hash_of(BASE));
    assert_eq!(
        world.pull("tuned").await.expect("nothing to do"),
        Outcome::Present
    );
}

#[tokio::test]
async fn the_list_names_the_base_the_adapter_and_its_version() {
    let world = World::new();
    let rows = models::list(&world.places().models_dir).expect("the manifest is right");
    let row = rows
        .iter()
        .find(|row| row.name == "tuned")
        .expect("it is named");
    let row = serde_json::to_value(row).expect("it has no odd keys");
    assert_eq!(row["base"], "small");
    assert_eq!(row["adapter"]["file"], "tuned.lora.gguf");
    assert_eq!(row["adapter"]["version"], "1");
}

#[tokio::test]
async fn a_changed_adapter_stops_the_old_file_from_serving_until_it_is_merged() {
    let world = World::new();
    world.pull("tuned").await.expect("all is there");
    world.put_adapter("2", [0.0, 5.0], &world.hash_of(BASE));

    let dir = world.places().models_dir;
    let resolve = || models::resolve(&dir, "tuned", ModelRole::Generator);
    let message = resolve().expect_err("the old one is there").to_string();
    assert!(message.contains("microgpt models pull tuned"), "{message}");
    let rows = verify(&world.places(), &["tuned".to_owned()]).expect("the manifest is right");
    assert!(!rows[0].ok && rows[0].served);

    assert_eq!(
        world.pull("tuned").await.expect("all is there"),
        Outcome::Derived
    );
    assert_eq!(world.served_weights(), [1.0, 6.0, 1.0, 1.0]);
    resolve().expect("it is as the manifest says");
}

#[tokio::test]
async fn an_adapter_of_another_base_is_refused_with_both_names() {
    let world = World::new();
    world.put_adapter("1", [1.0, 2.0], &Sha256Hex::of(b"another base"));
    let message = world.refusal().await;
    for part in ["tuned.lora.gguf", "'the-base-it-names'", "'small'"] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[tokio::test]
async fn a_truncated_adapter_is_named_with_what_is_missing() {
    let world = World::new();
    let bytes = fs::read(world.path(ADAPTER)).expect("it is there");
    fs::write(world.path(ADAPTER), &bytes[..bytes.len() - 30]).expect("writable");
    let message = world.refusal().await;
    assert!(
        message.contains("tuned.lora.gguf") && message.contains("truncated: "),
        "{message}"
    );
}

#[tokio::test]
async fn an_adapter_with_another_hash_shows_both() {
    let world = World::new();
    let named = world.hash_of(ADAPTER);
    world.put_adapter("1", [3.0, 3.0], &world.hash_of(BASE));
    let other = world.hash_of(ADAPTER);
    let manifest = fs::read_to_string(world.path("models/models.toml")).expect("it is there");
    let manifest = manifest.replace(other.as_str(), named.as_str());
    fs::write(world.path("models/models.toml"), manifest).expect("writable");
    let message = world.refusal().await;
    assert!(
        message.contains(named.as_str()) && message.contains(other.as_str()),
        "{message}"
    );
}

#[tokio::test]
async fn a_missing_adapter_says_where_it_was_looked_for_and_it_may_lie_in_the_cache_folder() {
    let world = World::new();
    let by_hand = world.path("cache/models/tuned/tuned.lora.gguf");
    fs::rename(world.path(ADAPTER), &by_hand).expect("both are writable");
    world
        .pull("tuned")
        .await
        .expect("it is in the cache folder");

    fs::remove_file(&by_hand).expect("it was there");
    fs::remove_file(world.path(SERVED)).expect("it was there");
    fs::remove_dir_all(world.path("cache/served")).expect("it was there");
    let message = world.refusal().await;
    for part in [
        "version 1",
        &*world.path(ADAPTER).to_string_lossy(),
        &*by_hand.to_string_lossy(),
        "microgpt models pull tuned",
        "microgpt models pull small",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[tokio::test]
async fn a_base_that_is_nowhere_says_how_to_get_it() {
    let world = World::new();
    fs::remove_file(world.path(BASE)).expect("it was there");
    let message = world.refusal().await;
    for part in [
        "small.gguf",
        &*world.path(BASE).to_string_lossy(),
        "microgpt models pull tuned",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[tokio::test]
async fn the_weights_in_32_bits_do_not_stay_in_the_cache_folder() {
    let world = World::new();
    world.pull("tuned").await.expect("all is there");
    let recipes = fs::read_dir(world.path("cache/served")).expect("it was made");
    let kept: Vec<_> = recipes
        .flat_map(|recipe| fs::read_dir(recipe.expect("readable").path()).expect("a folder"))
        .map(|file| file.expect("readable").file_name())
        .collect();
    assert_eq!(kept.len(), 2, "the finished file and its hash: {kept:?}");
}

#[tokio::test]
async fn a_student_is_cut_out_of_the_base_before_its_adapter_is_added() {
    let world = World::new();
    let number = |key: &str, value| (key.to_owned(), Value::U32(value));
    let texts = |key: &str, texts: &[&str]| {
        let texts = texts.iter().map(|&text| text.to_owned());
        (key.to_owned(), Value::Texts(texts.collect()))
    };
    let numbers = |key: &str, numbers: &[i32]| (key.to_owned(), Value::I32s(numbers.to_vec()));
    let base = [
        text("general.architecture", "llama"),
        number("llama.block_count", 1),
        texts("tokenizer.ggml.tokens", &["a", "b"]),
        texts("tokenizer.ggml.merges", &[]),
    ];
    let weights = [
        matrix("token_embd.weight", [2, 2], &[5.0, 6.0, 7.0, 8.0]),
        matrix("blk.0.ffn_up.weight", [2, 2], &[1.0, 2.0, 3.0, 4.0]),
    ];
    gguf::write(&world.path(BASE), &base, &weights).expect("writable");
    let adapter = [
        text("general.type", "adapter"),
        text("adapter.type", "lora"),
        ("adapter.lora.alpha".to_owned(), Value::F32(1.0)),
        text(BASE_SHA256_KEY, world.hash_of(BASE).as_str()),
        numbers("microgpt.student.tokens", &[1]),
    ];
    let halves = [
        matrix("blk.0.ffn_up.weight.lora_a", [2, 1], &[10.0, 0.0]),
        matrix("blk.0.ffn_up.weight.lora_b", [1, 2], &[1.0, 2.0]),
    ];
    gguf::write(&world.path(ADAPTER), &adapter, &halves).expect("writable");
    world.put_manifest("1");
    world.pull("tuned").await.expect("all is there");
    assert_eq!(world.served("blk.0.ffn_up.weight"), [11.0, 2.0, 23.0, 4.0]);
    assert_eq!(world.served("token_embd.weight"), [7.0, 8.0]);
}
