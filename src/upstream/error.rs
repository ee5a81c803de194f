//! Why an upstream did not answer, in plain words that are safe to show: no key, no whole body.

use std::time::Duration;

use crate::text::visible;

/// The longest piece of an upstream's own words that is passed on, in characters.
const EXCERPT_CHARS: usize = 200;

/// The longest wait that a server may ask for before a second try.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(2);

/// What an upstream was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The connection.
    Connect,
    /// The first token.
    FirstToken,
    /// The whole answer.
    Total,
}

impl Stage {
    fn awaited(self) -> &'static str {
        match self {
            Self::Connect => "the connection",
            Self::FirstToken => "the first token",
            Self::Total => "the end of the answer",
        }
    }
}

/// Why an upstream did not answer, or not to the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// There is no upstream, or none of the name that was asked for.
    #[error("no such upstream is configured")]
    NoneConfigured,
    /// The variable that should hold its key is absent or empty.
    #[error("no key in ${variable}")]
    NoKey {
        /// The variable.
        variable: String,
    },
    /// Its configuration can't work, or this machine has no certificates to check it by.
    #[error("upstream `{name}` can't be used: {message}")]
    Unusable {
        /// The upstream.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// No connection.
    #[error("could not connect: {message}")]
    Connect {
        /// The system's reason.
        message: String,
    },
    /// It took too long.
    #[error("waited too long for {}", stage.awaited())]
    Timeout {
        /// What was waited for.
        stage: Stage,
    },
    /// It refused with an HTTP status.
    #[error("it refused with status {code}: {message}")]
    Status {
        /// The HTTP status, 300 to 599.
        code: u16,
        /// Its own words, cut.
        message: String,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It accepted the request and then reported an error in place of an answer, or within one.
    #[error("it reported an error: {message}")]
    Reported {
        /// Its own words, cut.
        message: String,
    },
    /// What it sent is not the protocol.
    #[error("it sent something that is not an answer: {message}")]
    Protocol {
        /// What was wrong, with the beginning of what was sent.
        message: String,
    },
    /// It hung up before the answer was whole.
    #[error("it closed the connection before the answer was whole")]
    Closed,
}

impl UpstreamError {
    /// Whether the same request may succeed at once, so that a second try is worth its time. A
    /// first token that did not come in time is not: the wait was the patience there was.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::Closed
            | Self::Reported { .. }
            | Self::Timeout {
                stage: Stage::Connect,
            } => true,
            Self::Status {
                code, retry_after, ..
            } => {
                matches!(code, 408 | 429 | 500..=599)
                    && retry_after.is_none_or(|wait| wait <= MAX_RETRY_AFTER)
            }
            _ => false,
        }
    }

    /// How long the server asked to wait, if it did.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The beginning of an upstream's own words, on one visible line, with the key taken out.
pub(super) fn excerpt(text: &str, key: &str) -> String {
    let text = if key.is_empty() {
        text.to_owned()
    } else {
        text.replace(key, "[key]")
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let beginning: String = line.chars().take(EXCERPT_CHARS + 1).collect();
    // What is written out takes more room than what it stands for.
    let shown = visible(&beginning);
    match shown.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => shown[..end].to_owned() + "…",
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16, retry_after_s: Option<u64>) -> UpstreamError {
        UpstreamError::Status {
            code,
            message: String::new(),
            retry_after: retry_after_s.map(Duration::from_secs),
        }
    }

    #[test]
    fn an_excerpt_is_short_and_holds_no_key() {
        let text = format!("bad key sk-secret {}", "x".repeat(500));
        let excerpt = excerpt(&text, "sk-secret");
        assert!(excerpt.starts_with("bad key [key] x"));
        assert_eq!(excerpt.chars().count(), EXCERPT_CHARS + 1);
        let hidden = super::excerpt(&"\0".repeat(500), "");
        assert_eq!(hidden.chars().count(), EXCERPT_CHARS + 1);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert!(
            [408, 429, 500, 503, 529]
                .iter()
                .all(|code| status(*code, None).may_pass())
        );
        assert!(
            ![400, 401, 404, 422]
                .iter()
                .any(|code| status(*code, None).may_pass())
        );
        assert!(status(429, Some(1)).may_pass());
        assert!(!status(429, Some(60)).may_pass());
        let hung = UpstreamError::Timeout {
            stage: Stage::FirstToken,
        };
        assert!(!hung.may_pass());
    }
}
