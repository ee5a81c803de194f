//! A moment of the past as people type it.

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// Reads a date (its beginning in UTC), a time, or how long ago.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let now = Timestamp::now().to_zoned_datetime(TimeZone::UTC);
    let date = || {
        let date: Date = text.parse().ok()?;
        date.to_zoned_datetime(TimeZone::UTC).ok()
    };
    let ago = || {
        let span: Span = text.parse().ok()?;
        now.checked_sub(span.abs()).ok()
    };
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    date()
        .or_else(ago)
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| {
            "a date (2026-01-31), a time (2026-01-31T12:00:00Z) or a duration (30d, 12h) is wanted"
                .to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_a_time_or_how_long_ago() {
        let read = |text: &str| moment(text).expect("it can be read");
        assert_eq!(read("2026-01-31").to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(
            read("2026-01-31T12:00:00Z").to_string(),
            "2026-01-31T12:00:00Z"
        );
        let day = 24 * 3600;
        let ago = Timestamp::now().as_second() - read("2d").as_second();
        assert!((2 * day..2 * day + 60).contains(&ago), "{ago}");
        assert!(read("12h") > read("30d"));
        assert!(moment("yesterday").is_err());
    }
}
