//! Stop texts, matched across token boundaries.
//!
//! Text that may yet turn out to be the start of a stop text is held back until it is decided.

/// Looks for stop texts in a stream of text.
#[derive(Debug, Default)]
pub(super) struct Stops {
    stops: Vec<String>,
    held: String,
}

/// What a piece of text led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Passed {
    /// The text that can be shown.
    pub(super) text: String,
    /// A stop text was met; it and what follows it are not shown.
    pub(super) stopped: bool,
}

impl Stops {
    /// Stops at the first of `stops`; empty ones never match.
    pub(super) fn new(stops: &[String]) -> Self {
        Self {
            stops: stops
                .iter()
                .filter(|stop| !stop.is_empty())
                .cloned()
                .collect(),
            held: String::new(),
        }
    }

    /// Takes more text.
    pub(super) fn push(&mut self, text: &str) -> Passed {
        self.held.push_str(text);
        let first_match = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop))
            .min();
        if let Some(start) = first_match {
            self.held.truncate(start);
            return Passed {
                text: std::mem::take(&mut self.held),
                stopped: true,
            };
        }
        let undecided = self.held.split_off(self.held.len() - self.undecided());
        Passed {
            text: std::mem::replace(&mut self.held, undecided),
            stopped: false,
        }
    }

    /// What was held back, when no more text comes.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The length in bytes of the longest end of the text that begins a stop text.
    fn undecided(&self) -> usize {
        let longest_start = |stop: &String| {
            (1..stop.len())
                .rev()
                .filter(|&length| stop.is_char_boundary(length))
                .find(|&length| self.held.ends_with(&stop[..length]))
        };
        self.stops
            .iter()
            .filter_map(longest_start)
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let mut stops = Stops::new(&stops);
        let mut shown = String::new();
        for piece in pieces {
            let passed = stops.push(piece);
            shown.push_str(&passed.text);
            if passed.stopped {
                return (shown, true);
            }
        }
        shown.push_str(&stops.finish());
        (shown, false)
    }

    #[test]
    fn a_stop_text_split_over_tokens_is_met_and_not_shown() {
        assert_eq!(
            run(&["\n\nQ:"], &["Yes.\n", "\nQ", ": and"]),
            ("Yes.".into(), true)
        );
    }

    #[test]
    fn the_start_of_a_stop_text_is_held_back_until_decided() {
        let mut stops = Stops::new(&["END".to_owned()]);
        assert_eq!(stops.push("the EN").text, "the ");
        assert_eq!(stops.push("ERGY").text, "ENERGY");
    }

    #[test]
    fn the_earliest_of_several_stop_texts_counts() {
        assert_eq!(run(&["c", "b"], &["abc"]), ("a".into(), true));
    }

    #[test]
    fn what_was_held_back_is_shown_at_the_end() {
        assert_eq!(run(&["END"], &["the EN"]), ("the EN".into(), false));
    }

    #[test]
    fn stop_texts_beyond_ascii_are_held_by_whole_characters() {
        assert_eq!(run(&["。完"], &["好。", "完了"]), ("好".into(), true));
    }

    #[test]
    fn an_empty_stop_text_never_matches() {
        assert_eq!(run(&[""], &["abc"]), ("abc".into(), false));
    }

    proptest! {
        #[test]
        fn the_same_is_shown_however_the_text_is_split(text in "[ab]{0,30}", size in 1_usize..5) {
            let pieces: Vec<&str> = text.as_bytes().chunks(size)
                .map(|bytes| std::str::from_utf8(bytes).expect("ASCII"))
                .collect();
            let whole = text.split("aab").next().unwrap_or_default();
            let (shown, stopped) = run(&["aab"], &pieces);
            prop_assert_eq!(shown, whole);
            prop_assert_eq!(stopped, text.contains("aab"));
        }
    }
}
