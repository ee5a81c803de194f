//! Upstreams: the reader of server-sent events, and the JSON in them.

#[path = "../../src/upstream/error.rs"]
mod error;
#[path = "../../src/upstream/sse.rs"]
mod reader;
#[path = "../../src/upstream/wire.rs"]
mod wire;

use error::UpstreamError;
use reader::{Fault, MAX_EVENT_BYTES, Reader};

const KEY: &str = "sk-secret";

/// The first byte says how the rest is cut. However it is, the same events come out.
pub fn sse(data: &[u8]) {
    let Some((&seed, stream)) = data.split_first() else {
        return;
    };
    let whole = events(&[stream]);
    let one_by_one: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(events(&one_by_one), whole, "byte by byte");
    assert_eq!(events(&cut(stream, seed)), whole, "cut by {seed}");

    for event in &whole.0 {
        assert!(event.len() <= MAX_EVENT_BYTES && !event.trim().is_empty());
        for line in event.split('\n') {
            assert!(contains(stream, line.as_bytes()), "{line:?} was not sent");
        }
        let Err(error) = wire::Piece::parse(event, KEY) else {
            continue;
        };
        let said = error.to_string();
        assert!(!said.contains(KEY), "the key is shown: {said}");
        assert!(said.chars().count() < 600, "too long to show: {said}");
        let (UpstreamError::Protocol { .. } | UpstreamError::Reported { .. }) = error else {
            panic!("an odd error: {error:?}");
        };
    }
    wire::error_words(&String::from_utf8_lossy(stream));
}

fn events(pieces: &[&[u8]]) -> (Vec<String>, Option<Fault>) {
    let mut reader = Reader::default();
    let mut events = Vec::new();
    for piece in pieces {
        if let Err(fault) = reader.read(piece, &mut events) {
            return (events, Some(fault));
        }
    }
    events.extend(reader.end());
    (events, None)
}

/// Pieces of 1 to 16 bytes, their lengths drawn from `seed`.
fn cut(mut bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut state = u32::from(seed) + 1;
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = ((state >> 28) as usize + 1).min(bytes.len());
        let (piece, rest) = bytes.split_at(length);
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}
