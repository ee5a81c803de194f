//! One answered turn, and what the bench reads from it.

use std::path::Path;

use serde_json::Value;

/// The reply to a question, and how long it took.
pub(crate) struct Turn {
    pub(crate) reply: Value,
    /// From sending the question until the last byte was there.
    pub(crate) took_ms: f64,
}

impl Turn {
    /// The tier that answered, `degraded` where a better one was wanted.
    pub(crate) fn route(&self) -> &str {
        let outcome = &self.reply["microgpt"];
        if outcome["degraded"] == true {
            return "degraded";
        }
        outcome["route"].as_str().unwrap_or_default()
    }

    /// The text of the answer.
    pub(crate) fn content(&self) -> &str {
        self.reply["choices"][0]["message"]["content"]
            .as_str()
            .unwrap_or_default()
    }

    /// The evidence, best first.
    pub(crate) fn sources(&self) -> &[Value] {
        self.reply["microgpt"]["sources"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// True where the local model wrote something, shown or not.
    pub(crate) fn local_model_ran(&self) -> bool {
        let reasons = self.reply["microgpt"]["reasons"].as_array();
        let refused = |reason: &Value| {
            reason
                .as_str()
                .is_some_and(|reason| reason.contains("local answer was not shown"))
        };
        self.route() == "knowledge" || reasons.is_some_and(|reasons| reasons.iter().any(refused))
    }
}

/// The file of a source without folder and ending: what the sets call a document.
pub(crate) fn document(source: &Value) -> &str {
    let path = Path::new(source["source"].as_str().unwrap_or_default());
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
}
