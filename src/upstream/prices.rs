//! What tokens cost. Pure arithmetic and one flat table; no account is kept here.

use crate::{chat::Usage, config};

/// US dollars for a million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prices {
    /// Of prompts.
    pub input_usd_per_mtok: f64,
    /// Of answers.
    pub output_usd_per_mtok: f64,
}

impl Prices {
    /// The prices that a configured upstream names; zero where it names none.
    #[must_use]
    pub fn of(upstream: &config::Upstream) -> Self {
        Self {
            input_usd_per_mtok: upstream.input_usd_per_mtok,
            output_usd_per_mtok: upstream.output_usd_per_mtok,
        }
    }

    /// The list price of a well-known model, told by how its name begins. A model that is not in
    /// the list is taken for the dearest one, so that a budget errs on the safe side.
    #[must_use]
    pub fn listed(model: &str) -> Self {
        let known = LIST.iter().filter(|(name, ..)| model.starts_with(name));
        let (_, input, output) = known
            .max_by_key(|(name, ..)| name.len())
            .copied()
            .unwrap_or(DEAREST);
        Self {
            input_usd_per_mtok: input,
            output_usd_per_mtok: output,
        }
    }

    /// What `usage` costs, in US dollars.
    #[must_use]
    pub fn cost_usd(&self, usage: Usage) -> f64 {
        (f64::from(usage.prompt_tokens) * self.input_usd_per_mtok
            + f64::from(usage.completion_tokens) * self.output_usd_per_mtok)
            / 1e6
    }
}

/// Beginnings of names, with the prices of prompts and answers; the longest beginning counts.
const LIST: [(&str, f64, f64); 10] = [
    ("gpt-4.1", 2.0, 8.0),
    ("gpt-4.1-mini", 0.4, 1.6),
    ("gpt-4.1-nano", 0.1, 0.4),
    ("gpt-4o", 2.5, 10.0),
    ("gpt-4o-mini", 0.15, 0.6),
    ("gpt-5", 1.25, 10.0),
    ("gpt-5-mini", 0.25, 2.0),
    ("gpt-5-nano", 0.05, 0.4),
    ("claude-haiku-4", 1.0, 5.0),
    ("claude-sonnet-4", 3.0, 15.0),
];

const DEAREST: (&str, f64, f64) = ("", 15.0, 75.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_answers_are_paid_by_the_million() {
        let prices = Prices {
            input_usd_per_mtok: 2.5,
            output_usd_per_mtok: 10.0,
        };
        let cost = prices.cost_usd(Usage::new(1_000, 200));
        assert!((cost - 0.0045).abs() < 1e-12);
    }

    #[test]
    fn the_longest_known_beginning_sets_the_price() {
        let input = |model| Prices::listed(model).input_usd_per_mtok;
        assert!((input("gpt-4.1-mini-2025-04-14") - 0.4).abs() < 1e-12);
        assert!((input("gpt-4.1") - 2.0).abs() < 1e-12);
        assert!((input("something-new") - 15.0).abs() < 1e-12);
    }
}
