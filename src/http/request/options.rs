//! How a turn is to be answered: sampling, delivery, and what `metadata` says.
//!
//! Whether a collection or a conversation exists is not decided here.

use crate::{chat::Sampling, http::error::ApiError};

use super::fields::{Fields, must_be};

const MAX_STOPS: usize = 4;
const MAX_COLLECTIONS: usize = 32;

/// How an answer is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As one JSON object.
    Whole,
    /// As server-sent events while it is written.
    Stream {
        /// Whether a chunk with the usage is sent before the end.
        include_usage: bool,
    },
}

/// Everything of a request but the model and what was said.
#[derive(Debug, PartialEq)]
pub struct Options {
    /// How to sample.
    pub sampling: Sampling,
    /// How to hand the answer over.
    pub delivery: Delivery,
    /// The collections to search; empty means all.
    pub collections: Vec<String>,
    /// The conversation to go on with.
    pub conversation_id: Option<String>,
    /// Whether the turn may teach a model, if the request says so.
    pub training: Option<bool>,
}

impl Options {
    /// Reads them from a request's fields.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(fields: &Fields<'_>) -> Result<Self, ApiError> {
        let metadata = fields.object("metadata")?;
        let (conversation_id, training) = match &metadata {
            Some(metadata) => (metadata.string("conversation_id")?, training(metadata)?),
            None => (None, None),
        };
        Ok(Self {
            sampling: sampling(fields)?,
            delivery: delivery(fields)?,
            collections: collections(fields)?,
            conversation_id: conversation_id.map(str::to_owned),
            training,
        })
    }
}

/// `metadata.collection`, or `collection` where a body has no metadata.
///
/// # Errors
/// When it is neither a name nor a list of names.
pub fn collections(fields: &Fields<'_>) -> Result<Vec<String>, ApiError> {
    let metadata = fields.object("metadata")?;
    match &metadata {
        Some(metadata) if metadata.get("collection").is_some() => {
            metadata.strings("collection", MAX_COLLECTIONS)
        }
        _ => fields.strings("collection", MAX_COLLECTIONS),
    }
}

/// `metadata.training`: a text, as all metadata of OpenAI's are.
fn training(metadata: &Fields<'_>) -> Result<Option<bool>, ApiError> {
    match metadata.get("training") {
        None => Ok(None),
        Some(said) => match said.as_str() {
            Some("yes") => Ok(Some(true)),
            Some("no") => Ok(Some(false)),
            _ => Err(must_be(
                &metadata.name("training"),
                "\"yes\" or \"no\"",
                said,
            )),
        },
    }
}

fn delivery(fields: &Fields<'_>) -> Result<Delivery, ApiError> {
    let include_usage = match fields.object("stream_options")? {
        Some(options) => options.flag("include_usage")?,
        None => false,
    };
    Ok(if fields.flag("stream")? {
        Delivery::Stream { include_usage }
    } else {
        Delivery::Whole
    })
}

fn sampling(fields: &Fields<'_>) -> Result<Sampling, ApiError> {
    // The newer name wins, as with OpenAI.
    let max_tokens = fields.count("max_tokens", 1, u64::MAX)?;
    let max_tokens = fields
        .count("max_completion_tokens", 1, u64::MAX)?
        .or(max_tokens);
    Ok(Sampling {
        temperature: fields.number("temperature", 0.0..=2.0)?.map(narrow),
        top_p: fields.number("top_p", 0.0..=1.0)?.map(narrow),
        max_tokens: max_tokens.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        stop: fields.strings("stop", MAX_STOPS)?,
        seed: seed(fields)?,
    })
}

/// A whole number of any sign; the engine's seed has 32 bits, so the lower ones are taken.
fn seed(fields: &Fields<'_>) -> Result<Option<u32>, ApiError> {
    let Some(value) = fields.get("seed") else {
        return Ok(None);
    };
    let bits = value.as_u64().or(value.as_i64().map(i64::cast_unsigned));
    let bits = bits.ok_or_else(|| must_be("seed", "a whole number of at most 64 bits", value))?;
    let low = bits & u64::from(u32::MAX);
    Ok(Some(u32::try_from(low).expect("masked to 32 bits")))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "sampling parameters between 0 and 2 need no more than single precision"
)]
fn narrow(number: f64) -> f32 {
    number as f32
}
