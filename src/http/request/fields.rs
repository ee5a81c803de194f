//! Reading a JSON object field by field, so that every complaint names the field and what is
//! allowed.
//!
//! `null` counts as absent, as clients send it for options they leave out. Unknown fields are not
//! looked at.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::http::error::ApiError;

/// An object of the body, and its path from the body's root.
pub struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The body itself.
    ///
    /// # Errors
    /// When it is no object.
    pub fn root(body: &'a Value) -> Result<Self, ApiError> {
        let Value::Object(map) = body else {
            return Err(ApiError::Invalid {
                param: None,
                message: format!("the body must be a JSON object; found {}", found(body)),
            });
        };
        Ok(Self {
            path: String::new(),
            map,
        })
    }

    /// The object at `path`.
    ///
    /// # Errors
    /// When it is no object.
    pub fn at(path: String, value: &'a Value) -> Result<Self, ApiError> {
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            other => Err(must_be(&path, "an object", other)),
        }
    }

    /// The full name of a field: `messages[2].role`.
    #[must_use]
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            return key.to_owned();
        }
        format!("{}.{key}", self.path)
    }

    /// A field that is present and not `null`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// A field that must be present.
    ///
    /// # Errors
    /// When it is absent; `what` says what it should be.
    pub fn required(&self, key: &str, what: &str) -> Result<&'a Value, ApiError> {
        self.get(key).ok_or_else(|| {
            let name = self.name(key);
            let message = format!("`{name}` is required: {what}");
            ApiError::invalid(name, message)
        })
    }

    /// A text.
    ///
    /// # Errors
    /// When it is something else.
    pub fn string(&self, key: &str) -> Result<Option<&'a str>, ApiError> {
        self.typed(key, "a string", Value::as_str)
    }

    /// True or false; absent is false.
    ///
    /// # Errors
    /// When it is something else.
    pub fn flag(&self, key: &str) -> Result<bool, ApiError> {
        Ok(self
            .typed(key, "true or false", Value::as_bool)?
            .unwrap_or(false))
    }

    /// A number within `range`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number(&self, key: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, ApiError> {
        let what = format!("a number from {} to {}", range.start(), range.end());
        self.typed(key, &what, |value| {
            value.as_f64().filter(|number| range.contains(number))
        })
    }

    /// A whole number from `least` to `most`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn count(&self, key: &str, least: u64, most: u64) -> Result<Option<u64>, ApiError> {
        let what = if most == u64::MAX {
            format!("a whole number of at least {least}")
        } else {
            format!("a whole number from {least} to {most}")
        };
        self.typed(key, &what, |value| {
            value
                .as_u64()
                .filter(|number| (least..=most).contains(number))
        })
    }

    /// An object inside this one.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object(&self, key: &str) -> Result<Option<Fields<'a>>, ApiError> {
        self.get(key)
            .map(|value| Fields::at(self.name(key), value))
            .transpose()
    }

    /// One text or a list of at most `most` texts, none of them empty; absent is none.
    ///
    /// # Errors
    /// When it is something else.
    pub fn strings(&self, key: &str, most: usize) -> Result<Vec<String>, ApiError> {
        let what = format!("a string or a list of at most {most} strings, none of them empty");
        let text = |value: &Value| {
            value
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let read = |value: &Value| match value {
            Value::Array(list) if list.len() <= most => list.iter().map(text).collect(),
            other => text(other).map(|text| vec![text]),
        };
        Ok(self.typed(key, &what, read)?.unwrap_or_default())
    }

    fn typed<T>(
        &self,
        key: &str,
        what: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(must_be(&self.name(key), what, value)),
        }
    }
}

/// The complaint that the field `name` is not `what`.
#[must_use]
pub fn must_be(name: &str, what: &str, value: &Value) -> ApiError {
    let message = format!("`{name}` must be {what}; found {}", found(value));
    ApiError::invalid(name, message)
}

/// What a value is, short enough for a message.
fn found(value: &Value) -> String {
    const SHOWN: usize = 40;
    match value {
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() > SHOWN => {
            let start: String = text.chars().take(SHOWN).collect();
            format!("\"{start}…\"")
        }
        Value::String(text) => format!("\"{text}\""),
        Value::Array(list) if list.is_empty() => "an empty list".into(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "an object".into(),
    }
}
