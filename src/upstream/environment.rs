//! The upstream that a key in the environment implies, where none is configured.

use super::prices::Prices;
use crate::config;

const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
/// Small, and without a hidden chain of thought before its first token.
const OPENAI_MODEL: &str = "gpt-4.1-mini";
/// Anthropic's endpoint that speaks OpenAI's protocol.
const ANTHROPIC_BASE_URL: &str = "https://api.anthropic.com/v1";
const ANTHROPIC_MODEL: &str = "claude-haiku-4-5";

/// At most one upstream: OpenAI's if there is a key for it, else Anthropic's. `variable` looks up
/// the environment.
pub(super) fn upstreams(variable: impl Fn(&str) -> Option<String>) -> Vec<config::Upstream> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let or = |name: &str, default: &str| set(name).unwrap_or_else(|| default.to_owned());
    if set("OPENAI_API_KEY").is_some() {
        return vec![upstream(
            "openai",
            "OPENAI_API_KEY",
            or("OPENAI_BASE_URL", OPENAI_BASE_URL),
            or("OPENAI_MODEL", OPENAI_MODEL),
        )];
    }
    if set("ANTHROPIC_API_KEY").is_some() {
        return vec![upstream(
            "anthropic",
            "ANTHROPIC_API_KEY",
            ANTHROPIC_BASE_URL.to_owned(),
            or("ANTHROPIC_MODEL", ANTHROPIC_MODEL),
        )];
    }
    Vec::new()
}

fn upstream(name: &str, key: &str, base_url: String, model: String) -> config::Upstream {
    let prices = Prices::listed(&model);
    config::Upstream {
        name: name.to_owned(),
        kind: config::UpstreamKind::Openai,
        base_url,
        model,
        api_key_env: Some(key.to_owned()),
        input_usd_per_mtok: prices.input_usd_per_mtok,
        output_usd_per_mtok: prices.output_usd_per_mtok,
        connect_ms: 2_000,
        ttft_ms: 10_000,
        total_ms: 120_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Vec<config::Upstream> {
        upstreams(|name| {
            let variable = variables.iter().find(|(known, _)| *known == name);
            variable.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_key_implies_no_upstream() {
        assert!(found(&[("OPENAI_MODEL", "x"), ("OPENAI_API_KEY", " ")]).is_empty());
    }

    #[test]
    fn openai_comes_before_anthropic_and_has_a_price() {
        let upstreams = found(&[("OPENAI_API_KEY", "a"), ("ANTHROPIC_API_KEY", "b")]);
        assert_eq!(upstreams.len(), 1);
        assert_eq!(upstreams[0].base_url, OPENAI_BASE_URL);
        assert!(upstreams[0].output_usd_per_mtok > 0.0);
    }

    #[test]
    fn base_and_model_can_be_chosen() {
        let upstreams = found(&[
            ("OPENAI_API_KEY", "a"),
            ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1"),
            ("OPENAI_MODEL", "gpt-4o"),
        ]);
        assert_eq!(upstreams[0].base_url, "http://127.0.0.1:1/v1");
        assert_eq!(upstreams[0].model, "gpt-4o");
        let upstreams = found(&[
            ("ANTHROPIC_API_KEY", "b"),
            ("ANTHROPIC_MODEL", "claude-sonnet-4-5"),
        ]);
        assert_eq!(upstreams[0].name, "anthropic");
        assert_eq!(upstreams[0].model, "claude-sonnet-4-5");
    }
}
