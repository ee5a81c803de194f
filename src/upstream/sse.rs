//! Server-sent events out of bytes, however the bytes were cut on their way.
//!
//! Pure: it is fed pieces and hands out the data of whole events. Lines may end in LF, CR or CRLF;
//! comments, names, ids and a byte order mark are passed over. Memory is bounded by
//! [`MAX_EVENT_BYTES`]. What the data means is not looked at.

/// The most bytes of one line, and of the data of one event.
pub(super) const MAX_EVENT_BYTES: usize = 1 << 20;

/// Why the bytes are no events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A line or an event is longer than [`MAX_EVENT_BYTES`].
    TooLong,
    /// A line is not UTF-8.
    NotUtf8,
}

/// Reads one stream. After a fault there is nothing worth reading.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The data of the event that has not ended yet, each line with a line end.
    data: String,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    /// A line has ended, so what follows is not the start of the stream.
    begun: bool,
}

impl Reader {
    /// Takes the next bytes and appends the data of each event that they complete to `events`.
    pub(super) fn read(
        &mut self,
        mut bytes: &[u8],
        events: &mut impl Extend<String>,
    ) -> Result<(), Fault> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + part.len() > MAX_EVENT_BYTES {
                return Err(Fault::TooLong);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            events.extend(self.end_line()?);
        }
        Ok(())
    }

    /// The event that the end of the stream left without its blank line, if it can be read.
    pub(super) fn end(&mut self) -> Option<String> {
        self.end_line().ok().flatten().or_else(|| self.dispatch())
    }

    /// Interprets the line; a blank one ends the event.
    fn end_line(&mut self) -> Result<Option<String>, Fault> {
        let bytes = std::mem::take(&mut self.line);
        let line = std::str::from_utf8(&bytes).map_err(|_| Fault::NotUtf8)?;
        let is_first = !std::mem::replace(&mut self.begun, true);
        // Only a stream may begin with a byte-order mark.
        let mark = if is_first { "\u{feff}" } else { "" };
        let line = line.strip_prefix(mark).unwrap_or(line);
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            if self.data.len() + value.len() >= MAX_EVENT_BYTES {
                return Err(Fault::TooLong);
            }
            self.data.push_str(value);
            self.data.push('\n');
        }
        Ok(None)
    }

    /// The data so far, if it says anything.
    fn dispatch(&mut self) -> Option<String> {
        let mut data = std::mem::take(&mut self.data);
        data.pop();
        (!data.trim().is_empty()).then_some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of `bytes` fed in pieces of `size`, and how it ended.
    fn events(bytes: &[u8], size: usize) -> (Vec<String>, Result<(), Fault>) {
        let mut reader = Reader::default();
        let mut events = Vec::new();
        for piece in bytes.chunks(size) {
            if let Err(fault) = reader.read(piece, &mut events) {
                return (events, Err(fault));
            }
        }
        events.extend(reader.end());
        (events, Ok(()))
    }

    fn whole(text: &str) -> Vec<String> {
        let (whole, ended) = events(text.as_bytes(), usize::MAX);
        assert_eq!(ended, Ok(()));
        for size in 1..=text.len() {
            let (cut, _) = events(text.as_bytes(), size);
            assert_eq!(cut, whole, "in pieces of {size}");
        }
        whole
    }

    #[test]
    fn lines_may_end_in_any_of_the_three_ways() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("data: one{end}{end}data: two{end}data: three{end}{end}");
            assert_eq!(whole(&text), ["one", "two\nthree"], "{end:?}");
        }
    }

    #[test]
    fn comments_names_and_ids_are_passed_over() {
        let text = ": ping\n\nevent: x\nid: 7\nretry: 1\nunknown\ndata:退货 🙂\n\n: bye\n\n";
        assert_eq!(whole(text), ["退货 🙂"]);
    }

    #[test]
    fn one_space_after_the_colon_is_not_data() {
        assert_eq!(whole("data:  x\n\n"), [" x"]);
    }

    #[test]
    fn the_last_event_needs_no_blank_line() {
        assert_eq!(whole("data: one\n\ndata: two"), ["one", "two"]);
        assert_eq!(whole("data: one\n\ndata: two\n"), ["one", "two"]);
    }

    #[test]
    fn a_byte_order_mark_counts_only_at_the_start() {
        assert_eq!(whole("\u{feff}data: one\n\n"), ["one"]);
        assert_eq!(whole("data: one\n\n\u{feff}data: two\n\n"), ["one"]);
    }

    #[test]
    fn events_that_say_nothing_are_none() {
        assert!(whole("data\n\ndata:\n\ndata:\ndata: \n\n\n\n").is_empty());
    }

    #[test]
    fn what_came_before_a_fault_is_kept() {
        for size in [1, 3, 1000] {
            let found = events(b"data: one\n\ndata: \xff\n\ndata: two\n\n", size);
            assert_eq!(found, (vec!["one".to_owned()], Err(Fault::NotUtf8)));
        }
    }

    #[test]
    fn endless_lines_and_events_are_refused() {
        let line = vec![b'x'; MAX_EVENT_BYTES + 1];
        assert_eq!(events(&line, 4096).1, Err(Fault::TooLong));
        let event = b"data: 0123456789\n".repeat(MAX_EVENT_BYTES / 8);
        assert_eq!(events(&event, 4096).1, Err(Fault::TooLong));
    }
}
