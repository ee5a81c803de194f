//! What a pull shows while it works: a bar on a terminal, a line each quarter elsewhere. Always stderr.

use std::io::{self, IsTerminal};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

/// One line for the person waiting.
pub(super) fn say(line: &str) {
    eprintln!("{line}");
}

/// The progress of one download.
pub(super) enum Progress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Elsewhere: what is whole, and how many quarters of it were told.
    Lines {
        /// Bytes in all, if the server said.
        total_bytes: Option<u64>,
        /// Bytes so far.
        done_bytes: u64,
        /// Quarters told.
        quarters: u64,
    },
}

impl Progress {
    /// Of `total_bytes`, where `done_bytes` are there from an earlier try.
    pub(super) fn start(total_bytes: Option<u64>, done_bytes: u64) -> Self {
        if done_bytes > 0 {
            say(&format!("  going on after {}", HumanBytes(done_bytes)));
        }
        if !io::stderr().is_terminal() {
            let quarters = total_bytes.map_or(0, |total| done_bytes * 4 / total.max(1));
            return Self::Lines {
                total_bytes,
                done_bytes,
                quarters,
            };
        }
        let bar = total_bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = "  {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        if let (Some(_), Ok(style)) = (total_bytes, ProgressStyle::with_template(template)) {
            bar.set_style(style);
        }
        bar.set_position(done_bytes);
        bar.reset_eta();
        Self::Bar(bar)
    }

    /// More has arrived.
    pub(super) fn advance(&mut self, bytes: u64) {
        match self {
            Self::Bar(bar) => bar.inc(bytes),
            Self::Lines {
                total_bytes: Some(total),
                done_bytes,
                quarters,
            } => {
                *done_bytes += bytes;
                let now = *done_bytes * 4 / (*total).max(1);
                if now > *quarters {
                    *quarters = now;
                    say(&format!(
                        "  {} of {}",
                        HumanBytes(*done_bytes),
                        HumanBytes(*total)
                    ));
                }
            }
            Self::Lines { done_bytes, .. } => *done_bytes += bytes,
        }
    }

    /// No more comes, for good or ill.
    pub(super) fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
