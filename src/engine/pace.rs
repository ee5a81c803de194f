//! Which of two ways to compute a lone query is faster just now: learned from the queries before.
//!
//! All cores are nearly twice as fast as one while nothing else wants them, and half as fast where
//! another program holds one of them, because the threads then wait for each other.

use std::time::Duration;

/// A way to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    AllCores,
    OneCore,
}

/// The first queries go both ways in turn.
const TRIED_AT_FIRST: u32 = 8;
/// Then, after so many, a short one goes the way that seems slower, to see whether it still is. One
/// in 64 would be felt in a 99th percentile if it were not short.
const TRIED_AFTER: u32 = 64;
/// A short query, in tokens.
const SHORT: usize = 12;
/// After so many without a short one, any is tried.
const TRIED_AT_LATEST: u32 = 512;
/// All cores must save at least this share of the time. Where others want the cores now and then,
/// they are as fast in the mean and much slower at times.
const WORTH: f64 = 0.1;
/// What a query takes whatever its length, in tokens.
const FIXED_TOKENS: u32 = 5;
/// The mean is over about so many queries; over fewer where a way has only just been tried again.
const REMEMBERED: u32 = 10;
/// A query that took longer than this many times the mean counts as that: one may have been held
/// up by anything.
const LONGEST: f64 = 4.0;

/// How fast each way was of late.
#[derive(Debug, Default)]
pub(super) struct Pace {
    ways: [Option<Mean>; 2],
    chosen: u32,
    since_tried: u32,
}

/// What a token took of late.
#[derive(Clone, Copy, Debug)]
struct Mean {
    token_s: f64,
    /// Of how many queries.
    queries: u32,
}

impl Pace {
    /// The way for the next query, of so many tokens.
    pub(super) fn choose(&mut self, tokens: usize) -> Way {
        let (better, other) = match self.ways {
            [Some(all), Some(one)] if all.token_s <= (1.0 - WORTH) * one.token_s => {
                (Way::AllCores, Way::OneCore)
            }
            _ => (Way::OneCore, Way::AllCores),
        };
        self.chosen = self.chosen.saturating_add(1);
        if self.chosen <= TRIED_AT_FIRST {
            return [Way::AllCores, Way::OneCore][(self.chosen % 2) as usize];
        }
        self.since_tried += 1;
        let is_due = self.since_tried >= TRIED_AFTER && tokens <= SHORT;
        if !is_due && self.since_tried < TRIED_AT_LATEST {
            return better;
        }
        self.since_tried = 0;
        // What was true so long ago counts as much as what is found now.
        if let Some(mean) = &mut self.ways[other as usize] {
            mean.queries = 1;
        }
        other
    }

    /// Learns that `tokens` took so long.
    pub(super) fn record(&mut self, way: Way, tokens: usize, took: Duration) {
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        let this_s = took.as_secs_f64() / f64::from(tokens.saturating_add(FIXED_TOKENS));
        let mean = &mut self.ways[way as usize];
        let Some(mean) = mean else {
            *mean = Some(Mean {
                token_s: this_s,
                queries: 1,
            });
            return;
        };
        mean.queries = REMEMBERED.min(mean.queries + 1);
        let change = this_s.min(LONGEST * mean.token_s) - mean.token_s;
        mean.token_s += change / f64::from(mean.queries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ways of `queries` short queries, where each way takes so many milliseconds a token.
    fn ways(pace: &mut Pace, queries: usize, all: u64, one: u64) -> Vec<Way> {
        (0..queries)
            .map(|_| {
                let way = pace.choose(SHORT);
                let token_ms = if way == Way::AllCores { all } else { one };
                pace.record(way, 10, Duration::from_millis(10 * token_ms));
                way
            })
            .collect()
    }

    fn count(ways: &[Way], way: Way) -> usize {
        ways.iter().filter(|chosen| **chosen == way).count()
    }

    #[test]
    fn both_ways_are_tried_and_then_all_cores_are_taken_where_they_save_time() {
        let mut pace = Pace::default();
        let first = ways(&mut pace, 8, 10, 20);
        assert!(first.contains(&Way::AllCores) && first.contains(&Way::OneCore));
        assert!(count(&ways(&mut pace, 640, 10, 20), Way::OneCore) <= 10);
        let mut pace = Pace::default();
        ways(&mut pace, 8, 19, 20);
        assert!(count(&ways(&mut pace, 640, 19, 20), Way::AllCores) <= 10);
    }

    #[test]
    fn a_core_that_another_program_takes_is_noticed_and_so_is_its_return() {
        let mut pace = Pace::default();
        ways(&mut pace, 100, 10, 20);
        let taken = ways(&mut pace, 100, 40, 20);
        assert!(count(&taken, Way::AllCores) < 10, "{taken:?}");
        ways(&mut pace, 200, 10, 20);
        let back = ways(&mut pace, 640, 10, 20);
        assert!(count(&back, Way::OneCore) <= 10, "{back:?}");
    }

    #[test]
    fn one_query_that_was_held_up_changes_nothing() {
        let mut pace = Pace::default();
        ways(&mut pace, 100, 10, 20);
        pace.record(Way::AllCores, 10, Duration::from_secs(1));
        assert_eq!(pace.choose(SHORT), Way::AllCores);
    }

    #[test]
    fn a_long_query_is_tried_only_where_no_short_one_comes() {
        let mut pace = Pace::default();
        ways(&mut pace, 8, 10, 20);
        let long: Vec<Way> = (0..TRIED_AT_LATEST).map(|_| pace.choose(40)).collect();
        assert_eq!(count(&long[..long.len() - 1], Way::OneCore), 0);
        assert_eq!(long.last(), Some(&Way::OneCore));
    }
}
