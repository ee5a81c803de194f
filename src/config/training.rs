//! `[training]`: whether what people asked may teach the micro model.

use serde::{Deserialize, Serialize};

/// `[training]`
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Training {
    /// What a turn counts as, by what its request says.
    pub consent: Consent,
}

/// When a turn may be exported for training. Decided when it is recorded: a later change of the
/// configuration makes nothing of the past usable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Only if the request says yes.
    #[default]
    OptIn,
    /// Unless the request says no.
    OptOut,
    /// Not at all.
    Never,
}

impl Consent {
    /// Whether a turn whose request said so, or said nothing, may be exported.
    #[must_use]
    pub fn is_given(self, said: Option<bool>) -> bool {
        match self {
            Self::OptIn => said == Some(true),
            Self::OptOut => said != Some(false),
            Self::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_consent_only_where_the_owner_says_so_and_a_no_is_always_a_no() {
        let table = [
            (Consent::OptIn, [true, false, false]),
            (Consent::OptOut, [true, true, false]),
            (Consent::Never, [false, false, false]),
        ];
        for (consent, expected) in table {
            let given = [Some(true), None, Some(false)].map(|said| consent.is_given(said));
            assert_eq!(given, expected, "{consent:?}");
        }
    }
}
