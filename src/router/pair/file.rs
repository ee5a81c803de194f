//! The model as a file: JSON, with long rows of numbers as Base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{
    forest::Forest,
    material::{Sight, Wording},
    model::{FitReport, Model},
    projection::{DIRECTIONS, Projection},
    surface,
    words::{Linear, Vocabulary},
};

/// Changes whenever a file's numbers would mean something else, a feature of `surface` among it.
const FORMAT: &str = "microgpt-pair/1";
/// A vector's components as whole numbers from -127 to 127: a cosine changes by less than 0.01.
const SCALE: f32 = 127.0;

/// Whose vectors a model knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderName {
    /// As people call it.
    pub name: String,
    /// What tells it from others of the same name.
    pub fingerprint: String,
}

/// A file that can't be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// Something else altogether.
    #[error("not a model that `microgpt router fit` wrote: {0}")]
    NotAModel(String),
    /// From another version.
    #[error("its format is '{0}', and this program reads '{FORMAT}': fit it again")]
    OtherFormat(String),
    /// Fitted on another encoder's vectors.
    #[error(
        "it was fitted with the encoder '{}' ({}), and '{}' ({}) is configured: set models.encoder, \
         or fit it again", found.name, found.fingerprint, ours.name, ours.fingerprint
    )]
    OtherEncoder {
        /// The file's.
        found: EncoderName,
        /// The configured one.
        ours: EncoderName,
    },
    /// Its parts don't fit together.
    #[error("the file is damaged: '{0}' doesn't fit the rest")]
    Damaged(&'static str),
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    encoder: EncoderName,
    provenance: Vec<String>,
    report: FitReport,
    topic: bool,
    precedent: bool,
    dimensions: usize,
    mean: String,
    directions: String,
    vectors: String,
    /// A digit a row: 1 for the weak model's success plus 2 for the strong one's.
    answers: String,
    terms: String,
    rarity: String,
    weak: Words,
    strong: Words,
    forest: Forest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    bias: f32,
    weights: String,
}

impl Model {
    /// The file's text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (terms, rarity) = if self.sight.precedent {
            self.vocabulary.stored()
        } else {
            (Vec::new(), [].as_slice())
        };
        let words = |linear: &Linear| Words {
            bias: linear.bias,
            weights: packed(&linear.weights),
        };
        let digit = |[weak, strong]: &[f32; 2]| match (*weak > 0.5, *strong > 0.5) {
            (false, false) => '0',
            (true, false) => '1',
            (false, true) => '2',
            (true, true) => '3',
        };
        let file = File {
            format: FORMAT.into(),
            encoder: self.encoder.clone(),
            provenance: self.provenance.clone(),
            report: self.report.clone(),
            topic: self.sight.topic,
            precedent: self.sight.precedent,
            dimensions: self.projection.mean.len(),
            mean: packed(&self.projection.mean),
            directions: packed(&self.projection.directions.concat()),
            vectors: STANDARD.encode(
                self.vectors
                    .iter()
                    .flat_map(|vector| coarse(vector))
                    .collect::<Vec<u8>>(),
            ),
            answers: self.answers.iter().map(digit).collect(),
            terms: STANDARD.encode(
                terms
                    .iter()
                    .flat_map(|term| term.to_le_bytes())
                    .collect::<Vec<u8>>(),
            ),
            rarity: packed(rarity),
            weak: words(&self.wording.weak),
            strong: words(&self.wording.strong),
            forest: self.forest.clone(),
        };
        serde_json::to_string(&file).expect("numbers, texts and lists can be written")
    }

    /// Reads a file's text; `ours` is the encoder whose vectors it will be given.
    ///
    /// # Errors
    /// [`ModelError`] where it isn't a sound model of this version and encoder.
    pub fn from_json(text: &str, ours: &EncoderName) -> Result<Self, ModelError> {
        let not_a_model = |error: serde_json::Error| ModelError::NotAModel(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(not_a_model)?;
        if head.format != FORMAT {
            return Err(ModelError::OtherFormat(head.format));
        }
        let file: File = serde_json::from_str(text).map_err(not_a_model)?;
        if file.encoder.fingerprint != ours.fingerprint {
            return Err(ModelError::OtherEncoder {
                found: file.encoder,
                ours: ours.clone(),
            });
        }
        file.open()
    }
}

impl File {
    fn open(self) -> Result<Model, ModelError> {
        let width = self.dimensions;
        let mean = unpacked(&self.mean, "mean", Some(width))?;
        let directions = unpacked(&self.directions, "directions", None)?;
        if width == 0 || directions.len() != width * DIRECTIONS.min(width) {
            return Err(ModelError::Damaged("directions"));
        }
        let answers: Option<Vec<[f32; 2]>> = self.answers.bytes().map(of_digit).collect();
        let answers = answers.ok_or(ModelError::Damaged("answers"))?;
        let vectors = bytes(&self.vectors, "vectors")?;
        if answers.is_empty() || vectors.len() != width * answers.len() {
            return Err(ModelError::Damaged("vectors"));
        }
        let terms = bytes(&self.terms, "terms")?;
        let terms: Vec<u32> = terms
            .as_chunks()
            .0
            .iter()
            .map(|four| u32::from_le_bytes(*four))
            .collect();
        let rarity = unpacked(&self.rarity, "rarity", Some(terms.len()))?;
        let linear = |words: &Words, name| {
            Ok(Linear {
                bias: words.bias,
                weights: unpacked(&words.weights, name, Some(terms.len()))?,
            })
        };
        let wording = Wording {
            weak: linear(&self.weak, "weak")?,
            strong: linear(&self.strong, "strong")?,
        };
        let sight = Sight {
            topic: self.topic,
            precedent: self.precedent,
        };
        let no_topic = vec![0.0; directions.len() / width];
        let features = sight.join(&[0.0; surface::WIDTH], &no_topic, &[0.0; 6]);
        if !self.forest.is_sound(features.len()) {
            return Err(ModelError::Damaged("forest"));
        }
        Ok(Model {
            encoder: self.encoder,
            provenance: self.provenance,
            report: self.report,
            sight,
            projection: Projection {
                mean,
                directions: directions.chunks(width).map(<[f32]>::to_vec).collect(),
            },
            vocabulary: Vocabulary::restored(&terms, rarity),
            wording,
            vectors: vectors.chunks(width).map(fine).collect(),
            answers,
            forest: self.forest,
        })
    }
}

fn of_digit(digit: u8) -> Option<[f32; 2]> {
    match digit {
        b'0' => Some([0.0, 0.0]),
        b'1' => Some([1.0, 0.0]),
        b'2' => Some([0.0, 1.0]),
        b'3' => Some([1.0, 1.0]),
        _ => None,
    }
}

/// A byte a component; only the direction is kept.
fn coarse(vector: &[f32]) -> Vec<u8> {
    let largest = vector
        .iter()
        .fold(0.0_f32, |most, value| most.max(value.abs()));
    let scale = if largest > 0.0 { SCALE / largest } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, reason = "from -127 to 127")]
    let whole = |value: &f32| (value * scale).round() as i8;
    vector
        .iter()
        .map(|value| whole(value).cast_unsigned())
        .collect()
}

/// A vector of length 1 in the direction that was kept.
fn fine(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.iter().map(|byte| f32::from(byte.cast_signed()));
    let length = values
        .clone()
        .map(|value| value * value)
        .sum::<f32>()
        .sqrt();
    values.map(|value| value / length.max(1.0)).collect()
}

fn packed(values: &[f32]) -> String {
    STANDARD.encode(
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect::<Vec<u8>>(),
    )
}

fn bytes(text: &str, name: &'static str) -> Result<Vec<u8>, ModelError> {
    STANDARD.decode(text).map_err(|_| ModelError::Damaged(name))
}

fn unpacked(text: &str, name: &'static str, count: Option<usize>) -> Result<Vec<f32>, ModelError> {
    let bytes = bytes(text, name)?;
    let (whole, rest) = bytes.as_chunks();
    let values: Vec<f32> = whole.iter().map(|four| f32::from_le_bytes(*four)).collect();
    let is_sound = rest.is_empty()
        && count.is_none_or(|count| count == values.len())
        && values.iter().all(|value| value.is_finite());
    is_sound.then_some(values).ok_or(ModelError::Damaged(name))
}
