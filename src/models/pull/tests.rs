//! Pulls from a server on loopback, seen from outside: what is fetched, kept, repaired and said.

use std::{
    cell::Cell,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{
    test_server::{Behaviour, Server, serve},
    *,
};
use crate::gguf::{Tensor, TensorType, Value};
use crate::models::{digest::Sha256Hex, verify};

/// A manifest of one generator, `tiny`, that is quantized after it was fetched.
struct World {
    folder: TempDir,
    server: Server,
    quantized: Cell<u32>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let body = gguf_bytes(folder.path());
        let server = serve(
            body.clone(),
            Behaviour {
                ranges: true,
                first_breaks_after: None,
            },
        );
        let world = Self {
            folder,
            server,
            quantized: Cell::new(0),
        };
        fs::create_dir_all(world.path("models")).expect("writable");
        world.write_manifest(&Sha256Hex::of(&body), body.len(), &[&world.server.url]);
        world
    }

    fn write_manifest(&self, sha256: &Sha256Hex, size_bytes: usize, urls: &[&str]) {
        let sources: Vec<_> = urls
            .iter()
            .map(|url| format!("{{ kind = 'url', url = '{url}' }}"))
            .collect();
        let text = format!(
            "[[models]]\nname = 'tiny'\nrole = 'generator'\nfile = 'tiny.Q4_0.gguf'\nlicence = 'MIT'\n\
             default = true\nquantize = 'Q4_0'\n[[models.files]]\nname = 'tiny.gguf'\n\
             size_bytes = {size_bytes}\nsha256 = '{sha256}'\nsources = [{}]\n",
            sources.join(", ")
        );
        fs::write(self.path("models/models.toml"), text).expect("writable");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn places(&self) -> Places {
        Places {
            models_dir: self.path("models"),
            cache_dir: self.path("cache"),
        }
    }

    async fn pull(&self) -> Result<Outcome, ModelError> {
        let quantize = |from: &Path, to: &Path, format: &str| {
            assert_eq!(format, "Q4_0");
            self.quantized.set(self.quantized.get() + 1);
            fs::copy(from, to)
                .map(drop)
                .map_err(|error| error.to_string())
        };
        let report = pull(&self.places(), &[], quantize).await?;
        Ok(report.models[0].outcome.clone())
    }

    fn fetched(&self) -> Outcome {
        Outcome::Fetched(vec![self.server.url.clone()])
    }

    fn damage(&self, name: &str) {
        let mut bytes = fs::read(self.path(name)).expect("it is there");
        *bytes.last_mut().expect("not empty") ^= 1;
        fs::write(self.path(name), bytes).expect("writable");
        // A clock tick may be longer than this test; what is told apart by time needs another time.
        let later = SystemTime::now() + Duration::from_secs(1);
        let file = fs::File::options()
            .write(true)
            .open(self.path(name))
            .expect("it is there");
        file.set_modified(later).expect("it is ours");
    }
}

fn gguf_bytes(folder: &Path) -> Vec<u8> {
    let metadata = [(
        "general.architecture".to_owned(),
        Value::Text("llama".into()),
    )];
    let tensor = Tensor {
        name: "w".into(),
        shape: vec![64],
        type_id: TensorType::F32.id(),
        data: vec![7; 256],
    };
    let path = folder.join("made.gguf");
    gguf::write(&path, &metadata, &[tensor]).expect("writable");
    fs::read(path).expect("just written")
}

#[tokio::test]
async fn the_second_pull_finds_everything_in_place() {
    let world = World::new();
    assert_eq!(
        world.pull().await.expect("the server answers"),
        world.fetched()
    );
    assert_eq!(world.pull().await.expect("nothing to do"), Outcome::Present);
    assert_eq!((world.server.asked().len(), world.quantized.get()), (1, 1));
}

#[tokio::test]
async fn the_next_clone_needs_neither_download_nor_quantizing() {
    let world = World::new();
    world.pull().await.expect("the server answers");
    fs::remove_file(world.path("models/tiny.Q4_0.gguf")).expect("it was there");
    fs::remove_dir_all(world.path("models/.cache")).expect("it was there");
    assert_eq!(
        world.pull().await.expect("the cache has it"),
        Outcome::Cached
    );
    assert_eq!((world.server.asked().len(), world.quantized.get()), (1, 1));
}

#[tokio::test]
async fn a_damaged_file_is_named_by_verify_and_mended_by_pull() {
    let world = World::new();
    world.pull().await.expect("the server answers");
    world.damage("models/tiny.Q4_0.gguf");
    let rows = verify(&world.places(), &[]).expect("the manifest is right");
    let wrong: Vec<_> = rows.iter().filter(|row| !row.ok).collect();
    assert_eq!(wrong.len(), 1);
    assert!(
        wrong[0].served
            && wrong[0]
                .problem
                .as_ref()
                .is_some_and(|problem| problem.contains("expected sha256"))
    );
    assert_eq!(
        world.pull().await.expect("the cache has it"),
        Outcome::Cached
    );
    assert!(
        verify(&world.places(), &[])
            .expect("the manifest is right")
            .iter()
            .all(|row| row.ok)
    );
}

#[tokio::test]
async fn a_damaged_finished_file_in_the_cache_is_made_again() {
    let world = World::new();
    world.pull().await.expect("the server answers");
    let manifest = Manifest::load(&world.places().models_dir).expect("it is right");
    let entry = manifest.entry("tiny").expect("it is there");
    let kept = world.places().finished(entry, &recipe(entry));
    fs::write(kept, "damaged").expect("writable");
    fs::remove_file(world.path("models/tiny.Q4_0.gguf")).expect("it was there");
    assert_eq!(
        world.pull().await.expect("the original is there"),
        Outcome::Derived
    );
}

#[tokio::test]
async fn a_source_with_other_content_gives_way_to_the_next() {
    let world = World::new();
    let body = gguf_bytes(world.folder.path());
    let stale = serve(b"an older file".to_vec(), Behaviour::default());
    world.write_manifest(
        &Sha256Hex::of(&body),
        body.len(),
        &[&stale.url, &world.server.url],
    );
    assert_eq!(
        world.pull().await.expect("the second is right"),
        world.fetched()
    );
}

#[tokio::test]
async fn without_any_source_the_error_tells_what_was_tried_and_the_way_by_hand() {
    let world = World::new();
    let body = gguf_bytes(world.folder.path());
    let nowhere = "http://127.0.0.1:1/tiny.gguf";
    world.write_manifest(&Sha256Hex::of(&body), body.len(), &[nowhere]);
    let message = world
        .pull()
        .await
        .expect_err("nothing listens there")
        .to_string();
    let put_at = world.path("cache/models/tiny/tiny.gguf");
    for part in [
        nowhere,
        "refused",
        Sha256Hex::of(&body).as_str(),
        &put_at.to_string_lossy(),
        "microgpt models pull tiny",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }

    fs::write(&put_at, &body).expect("the folder was made");
    assert_eq!(
        world.pull().await.expect("it was put there by hand"),
        Outcome::Derived
    );
}

#[tokio::test]
async fn a_file_that_can_not_be_quantized_leaves_nothing_in_use() {
    let world = World::new();
    let outcome = pull(&world.places(), &[], |_, _, _| Err("no memory".to_owned())).await;
    let message = outcome.expect_err("quantizing failed").to_string();
    assert!(
        message.contains("tiny.Q4_0.gguf") && message.contains("no memory"),
        "{message}"
    );
    assert!(!world.path("models/tiny.Q4_0.gguf").exists());
}
