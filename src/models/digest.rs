//! SHA-256 of files, and its written form.

use std::{
    fmt::{self, Write as _},
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

const READ_BYTES: usize = 1 << 20;

/// A SHA-256 as 64 lowercase hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Hex(String);

impl Sha256Hex {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = Hasher::default();
        hash.update(bytes);
        hash.finish()
    }

    /// The hash of a file's content. Blocks: reads all of it.
    ///
    /// # Errors
    /// What reading the file gives.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut buffer = vec![0; READ_BYTES];
        let mut hash = Hasher::default();
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(hash.finish());
            }
            hash.update(&buffer[..read]);
        }
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digits) {
            return Ok(Self(text));
        }
        Err(format!(
            "'{text}' is no sha256: 64 digits of 0-9 and a-f are wanted"
        ))
    }
}

impl From<Sha256Hex> for String {
    fn from(hash: Sha256Hex) -> Self {
        hash.0
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A hash in the making, for content that arrives in pieces.
#[derive(Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all the pieces.
    #[must_use]
    pub fn finish(self) -> Sha256Hex {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            // Writing into a String can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        Sha256Hex(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_abc_is_the_published_one() {
        assert_eq!(
            Sha256Hex::of(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn only_sixty_four_lowercase_digits_are_a_hash() {
        assert!(Sha256Hex::try_from("ab".repeat(32)).is_ok());
        assert!(Sha256Hex::try_from("AB".repeat(32)).is_err());
        assert!(Sha256Hex::try_from("ab".repeat(31)).is_err());
    }
}
