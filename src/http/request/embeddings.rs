//! The body of `POST /v1/embeddings`. Whether the model exists is not decided here.

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn limits() -> Limits {
        Limits {
            max_message_bytes: 100,
            max_body_bytes: 1_000,
        }
    }

    #[test]
    fn embeddings_take_one_text_or_a_list() {
        let parse = |input: Value| {
            EmbeddingsRequest::parse(&json!({"model": "encoder", "input": input}), &limits())
        };
        assert_eq!(parse(json!("a")).expect("accepted").inputs, ["a"]);
        assert_eq!(
            parse(json!(["a", "b"])).expect("accepted").inputs,
            ["a", "b"]
        );
        let cases = [
            (
                json!([]),
                "`input` must be a string or a list of 1 to 256 strings; found an empty list",
            ),
            (
                json!(vec!["a"; 257]),
                "`input` must be a string or a list of 1 to 256 strings; found a list of 257",
            ),
            (json!(""), "`input` must not be blank"),
            (json!(["a", ""]), "`input[1]` must not be blank"),
            (
                json!([1, 2]),
                "`input` as token numbers is not supported; send text",
            ),
            (
                json!([[1], [2]]),
                "`input` as token numbers is not supported; send text",
            ),
            (json!(["a", 2]), "`input[1]` must be a string; found 2"),
        ];
        for (input, message) in cases {
            assert_eq!(parse(input).expect_err(message).to_string(), message);
        }
    }

    #[test]
    fn embeddings_are_written_as_numbers_or_base64() {
        let parse = |format: Value| {
            let body = json!({"model": "encoder", "input": "a", "encoding_format": format});
            EmbeddingsRequest::parse(&body, &limits()).map(|request| request.encoding)
        };
        assert_eq!(parse(json!("base64")).expect("accepted"), Encoding::Base64);
        assert_eq!(parse(Value::Null).expect("accepted"), Encoding::Float);
        assert!(parse(json!("int8")).is_err());
    }
}
