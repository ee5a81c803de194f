//! What the owner of a bot tolerates, for all knowledge and for collections of their own.

use std::collections::BTreeMap;

use super::calibration::{Calibration, NOTHING_PASSES, Wanted};

/// What one tier's answers must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Tolerated share of wrong answers among those answered locally.
    pub max_wrong: f32,
    /// The confidence that an FAQ answer needs for that, as calibrated on the knowledge base.
    pub faq_threshold: f32,
}

/// The policy of each collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Policies {
    general: Policy,
    of_collection: BTreeMap<String, Policy>,
}

/// What is wanted in general, and in collections of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedOf {
    /// Wherever nothing else is.
    pub general: Wanted,
    /// By the collection's name.
    pub of_collection: BTreeMap<String, Wanted>,
}

impl Policies {
    /// The same policy for all knowledge.
    #[must_use]
    pub fn only(general: Policy) -> Self {
        Self {
            general,
            of_collection: BTreeMap::new(),
        }
    }

    /// What `wanted` asks of answers, on the knowledge that was calibrated.
    #[must_use]
    pub fn of(wanted: &WantedOf, calibration: &Calibration) -> Self {
        let policy = |wanted: Wanted| Policy {
            max_wrong: wanted.max_wrong,
            faq_threshold: calibration
                .operating_point(wanted)
                .map_or(NOTHING_PASSES, |point| point.threshold),
        };
        let collections = wanted.of_collection.iter();
        Self {
            general: policy(wanted.general),
            of_collection: collections
                .map(|(name, &wanted)| (name.clone(), policy(wanted)))
                .collect(),
        }
    }

    /// The policy for what was found in `collection`.
    #[must_use]
    pub fn collection(&self, collection: &str) -> Policy {
        let own = self.of_collection.get(collection);
        own.copied().unwrap_or(self.general)
    }

    /// The strictest of those of `collections`, or of all where none is named: for an answer of which
    /// it isn't known where its knowledge lay.
    #[must_use]
    pub fn strictest(&self, collections: &[String]) -> Policy {
        let named = collections.iter().map(|name| self.collection(name));
        let all = || self.of_collection.values().copied().chain([self.general]);
        let strictest = |one: Policy, other: Policy| {
            if other.max_wrong < one.max_wrong {
                other
            } else {
                one
            }
        };
        let named = named.reduce(strictest);
        named
            .or_else(|| all().reduce(strictest))
            .unwrap_or(self.general)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(max_wrong: f32) -> Policy {
        Policy {
            max_wrong,
            faq_threshold: 1.0 - max_wrong,
        }
    }

    fn policies() -> Policies {
        let bank = ("bank".to_owned(), policy(0.01));
        let shop = ("shop".to_owned(), policy(0.05));
        Policies {
            general: policy(0.02),
            of_collection: [bank, shop].into(),
        }
    }

    #[test]
    fn a_collection_without_a_policy_of_its_own_has_the_general_one() {
        assert_eq!(policies().collection("shop"), policy(0.05));
        assert_eq!(policies().collection("school"), policy(0.02));
    }

    #[test]
    fn among_several_the_strictest_holds() {
        let strictest = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            policies().strictest(&names)
        };
        assert_eq!(strictest(&["shop", "school"]), policy(0.02));
        assert_eq!(strictest(&["shop"]), policy(0.05));
        assert_eq!(strictest(&[]), policy(0.01));
    }

    #[test]
    fn without_an_entry_no_entry_is_served() {
        let wanted = WantedOf {
            general: Wanted {
                max_wrong: 0.02,
                out_of_scope: 2.0,
            },
            of_collection: BTreeMap::new(),
        };
        let policies = Policies::of(&wanted, &Calibration::default());
        assert!(policies.collection("shop").faq_threshold > 1.0);
    }
}
