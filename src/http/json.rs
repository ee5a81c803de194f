//! JSON, read strictly: what is wrong is told with the field it is in.
//!
//! Beyond what any parser refuses (syntax, numbers out of range, halves of surrogate pairs, nesting
//! without end), a key that stands twice is refused: readers differ in which of the two counts.
//! What the fields mean is [`super::request`]'s work.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::ApiError;

/// The most characters of a field's path in a message.
const MAX_PATH_CHARS: usize = 200;

/// The one value in `body`.
///
/// # Errors
/// What is wrong, where, and in which field.
pub fn parse(body: &[u8]) -> Result<Value, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| ApiError::NotUtf8(error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err(ApiError::Json(
            "it is empty; a JSON object is expected".into(),
        ));
    }
    let path = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Strict { path: &path }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| match written(&path.borrow()) {
        path if path.is_empty() => ApiError::Json(error.to_string()),
        path => ApiError::JsonField {
            message: error.to_string(),
            param: path,
        },
    })
}

/// One step down into a value.
enum Step {
    Key(String),
    Index(usize),
}

/// `messages[2].role`, cut to a length that fits a message.
fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
        }
        if let Some((end, _)) = text.char_indices().nth(MAX_PATH_CHARS) {
            text.truncate(end);
            text.push('…');
            break;
        }
    }
    text
}

/// Reads a value; a path that is left behind is where reading failed.
#[derive(Clone, Copy)]
struct Strict<'a> {
    path: &'a RefCell<Vec<Step>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let number = Number::from_f64(number);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        self.path.borrow_mut().push(Step::Index(0));
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
            if let Some(Step::Index(index)) = self.path.borrow_mut().last_mut() {
                *index += 1;
            }
        }
        self.path.borrow_mut().pop();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.path.borrow_mut().push(Step::Key(key.clone()));
            if map.contains_key(&key) {
                return Err(A::Error::custom("the key stands twice in its object"));
            }
            map.insert(key, entries.next_value_seed(self)?);
            self.path.borrow_mut().pop();
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        parse(body.as_bytes()).expect_err(body).to_string()
    }

    #[test]
    fn what_is_sound_is_read_as_it_stands() {
        let body = r#"{"a": [1, -2, 0.5, 1e3, true, null, "\u00e9\ud83d\ude42"], "b": {"c": {}}}"#;
        let expected: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(parse(body.as_bytes()).expect("accepted"), expected);
    }

    #[test]
    fn a_syntax_error_says_where_it_is() {
        assert_eq!(
            refused("{\"model\": }"),
            "`model` can't be read: expected value at line 1 column 11"
        );
        assert_eq!(
            refused("nothing"),
            "the body is not valid JSON: expected ident at line 1 column 2"
        );
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let refusals = [
            (r#"{"a": [{"b": 1e999}]}"#, "`a[0].b`"),
            (r#"{"a": [{}, {"b": "\ud800"}]}"#, "`a[1].b`"),
            (r#"{"a": {"b": 1, "b": 1}}"#, "`a.b`"),
            ("{\"a\": \"\u{1}\"}", "`a`"),
        ];
        for (body, name) in refusals {
            let message = refused(body);
            assert!(message.starts_with(name), "{message}");
        }
    }

    #[test]
    fn what_follows_the_value_is_refused() {
        assert_eq!(
            refused("{} {}"),
            "the body is not valid JSON: trailing characters at line 1 column 4"
        );
    }

    #[test]
    fn invalid_utf8_is_told_from_bad_json() {
        assert!(matches!(
            parse(b"{\"a\":\"\xff\"}"),
            Err(ApiError::NotUtf8(6))
        ));
    }

    #[test]
    fn nesting_without_end_is_refused_not_followed() {
        for opening in ["[", "{\"messages\":"] {
            let message = refused(&opening.repeat(100_000));
            assert!(message.contains("recursion limit"), "{message}");
            assert!(message.len() < 2_000, "{message}");
        }
    }
}
