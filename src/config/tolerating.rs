//! The configuration with another tolerated share of wrong answers, to see what that would change.

use super::{Config, ConfigError};

impl Config {
    /// This configuration with the `router.max_wrong` that the flag `--max-wrong` gives; all else
    /// is kept.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`], with the flag and what is allowed, for a share that the file could
    /// not set either.
    pub fn tolerating(&self, max_wrong: f32) -> Result<Self, ConfigError> {
        let mut config = self.clone();
        config.router.max_wrong = max_wrong;
        match config.impossible() {
            None => Ok(config),
            Some((_, problem)) => Err(ConfigError::Invalid {
                origin: "command line".into(),
                key: "--max-wrong".into(),
                problem,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tolerated_share_is_another() {
        let mut config = Config::default();
        config.router.out_of_scope = 7.0;
        let other = config.tolerating(0.05).expect("it is possible").router;
        assert_eq!(other.max_wrong.to_bits(), 0.05_f32.to_bits());
        assert_eq!(other.out_of_scope.to_bits(), 7.0_f32.to_bits());
    }

    #[test]
    fn an_impossible_share_is_refused_by_the_flag_s_name() {
        for share in [-0.1, 7.0, f32::NAN] {
            let refused = Config::default().tolerating(share);
            let said = refused.expect_err("no such share").to_string();
            assert!(
                said.contains("--max-wrong") && said.contains("allowed"),
                "{said}"
            );
        }
    }
}
