//! `[router]`: what may go wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `[router]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Router {
    /// Tolerated share of wrong answers among those answered locally, 0 to 1.
    pub max_wrong: f32,
    /// How many requests that the knowledge base can't answer are expected for each that it can.
    pub out_of_scope: f32,
    /// Collections with a policy of their own.
    pub collections: BTreeMap<String, CollectionPolicy>,
}

/// `[router.collections.NAME]`: what is absent is as in `[router]`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CollectionPolicy {
    /// As [`Router::max_wrong`], for what lies in the collection.
    pub max_wrong: Option<f32>,
    /// As [`Router::out_of_scope`], for the traffic about it.
    pub out_of_scope: Option<f32>,
}

/// The most that `out_of_scope` may be.
const MOST_OUT_OF_SCOPE: f32 = 100.0;

impl Default for Router {
    fn default() -> Self {
        Self {
            max_wrong: 0.02,
            out_of_scope: 2.0,
            collections: BTreeMap::new(),
        }
    }
}

impl Router {
    /// The first impossible value, as key and problem.
    pub(super) fn impossible(&self) -> Option<(String, String)> {
        let general = CollectionPolicy {
            max_wrong: Some(self.max_wrong),
            out_of_scope: Some(self.out_of_scope),
        };
        let of_collections = self.collections.iter();
        let of_collections =
            of_collections.map(|(name, policy)| (format!("router.collections.{name}"), policy));
        [("router".to_owned(), &general)]
            .into_iter()
            .chain(of_collections)
            .find_map(|(section, policy)| policy.impossible(&section))
    }
}

impl CollectionPolicy {
    fn impossible(&self, section: &str) -> Option<(String, String)> {
        let ranges = [
            ("max_wrong", self.max_wrong, 1.0),
            ("out_of_scope", self.out_of_scope, MOST_OUT_OF_SCOPE),
        ];
        ranges.into_iter().find_map(|(key, found, most)| {
            let found = found.filter(|found| !(0.0..=most).contains(found))?;
            let problem = format!("found {found}, allowed 0 to {most}");
            Some((format!("{section}.{key}"), problem))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_value_is_named_with_its_collection() {
        let mut router = Router::default();
        assert_eq!(router.impossible(), None);
        let policy = CollectionPolicy {
            max_wrong: Some(1.5),
            out_of_scope: None,
        };
        router.collections.insert("shop".into(), policy);
        let (key, problem) = router.impossible().expect("1.5 is too much");
        assert_eq!(key, "router.collections.shop.max_wrong");
        assert!(problem.contains("1.5") && problem.contains("0 to 1"));
    }

    #[test]
    fn nothing_and_everything_may_be_tolerated() {
        for max_wrong in [0.0, 1.0] {
            let router = Router {
                max_wrong,
                ..Router::default()
            };
            assert_eq!(router.impossible(), None);
        }
    }
}
