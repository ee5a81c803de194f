//! The body of `POST /v1/embeddings`.

use serde_json::Value;

use crate::{config::Limits, http::error::ApiError};

use super::{
    fields::{Fields, must_be},
    messages::spoken,
};

const MAX_INPUTS: usize = 256;

/// How vectors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// A list of numbers.
    Float,
    /// Base64 of little-endian single-precision numbers, as OpenAI's Python client asks for.
    Base64,
}

/// Texts to embed.
#[derive(Debug, PartialEq)]
pub struct EmbeddingsRequest {
    /// The model as named by the client.
    pub model: String,
    /// 1 to 256 texts, none of them blank.
    pub inputs: Vec<String>,
    /// How to write the vectors.
    pub encoding: Encoding,
    /// The length that the client expects of a vector.
    pub dimensions: Option<u64>,
}

impl EmbeddingsRequest {
    /// Parses the body.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(body: &Value, limits: &Limits) -> Result<Self, ApiError> {
        let fields = Fields::root(body)?;
        fields.required("model", "a string, the encoder's name")?;
        Ok(Self {
            model: fields.string("model")?.unwrap_or_default().to_owned(),
            inputs: inputs(&fields, limits.max_message_bytes)?,
            encoding: encoding(&fields)?,
            dimensions: fields.count("dimensions", 1, u64::MAX)?,
        })
    }
}

fn inputs(fields: &Fields<'_>, max_bytes: usize) -> Result<Vec<String>, ApiError> {
    const WHAT: &str = "a string or a list of 1 to 256 strings";
    let value = fields.required("input", WHAT)?;
    let list = match value {
        Value::String(text) => return Ok(vec![spoken("input".into(), text.clone(), max_bytes)?]),
        Value::Array(list) if (1..=MAX_INPUTS).contains(&list.len()) => list,
        other => return Err(must_be("input", WHAT, other)),
    };
    if list.iter().all(|item| item.is_u64() || item.is_array()) {
        return Err(ApiError::invalid(
            "input",
            "`input` as token numbers is not supported; send text",
        ));
    }
    let read = |(index, item): (usize, &Value)| {
        let name = format!("input[{index}]");
        match item {
            Value::String(text) => spoken(name, text.clone(), max_bytes),
            other => Err(must_be(&name, "a string", other)),
        }
    };
    list.iter().enumerate().map(read).collect()
}

fn encoding(fields: &Fields<'_>) -> Result<Encoding, ApiError> {
    match fields.get("encoding_format") {
        None => Ok(Encoding::Float),
        Some(value) if value == "float" => Ok(Encoding::Float),
        Some(value) if value == "base64" => Ok(Encoding::Base64),
        Some(other) => Err(must_be("encoding_format", "\"float\" or \"base64\"", other)),
    }
}
