//! Tokens of texts that no tokenizer at hand knows: what a large model would have read and written.

use crate::chat::{Message, Usage};

/// Bytes of a token of English, near enough for a price.
const BYTES_PER_TOKEN: usize = 4;
/// Tokens that frame each message.
const TOKENS_PER_MESSAGE: usize = 4;

/// The likely usage of answering `messages` with `answer`. Errs on the high side.
pub(super) fn usage(messages: &[Message], answer: &str) -> Usage {
    let asked: usize = messages
        .iter()
        .map(|message| tokens(&message.content) + TOKENS_PER_MESSAGE)
        .sum();
    Usage::new(saturated(asked), saturated(tokens(answer)))
}

fn tokens(text: &str) -> usize {
    text.len().div_ceil(BYTES_PER_TOKEN)
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Role;

    #[test]
    fn a_longer_text_costs_more() {
        let short = usage(&[Message::new(Role::User, "Why?")], "Because.");
        let long = usage(
            &[Message::new(Role::User, "Why is the sky blue at noon?")],
            "Because.",
        );
        assert!(long.prompt_tokens > short.prompt_tokens);
        assert_eq!(
            short.total_tokens,
            short.prompt_tokens + short.completion_tokens
        );
    }
}
