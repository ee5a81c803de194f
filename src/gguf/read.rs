//! Reading a GGUF header, and telling a whole file from a damaged one before llama.cpp sees it.
//!
//! The file is not trusted: every length is held against what is left of it before anything is read
//! or allocated.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read as _},
    path::Path,
};

use super::{ALIGNMENT_BYTES, MAGIC, VERSION, Value, stored_bytes, value_type};

const OLDEST_VERSION: u32 = 2;
const MOST_NESTED_ARRAYS: u32 = 4;

/// Why a file is no whole GGUF.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// It begins with something else.
    #[error("not a GGUF file")]
    NotGguf,
    /// A layout that is not read here.
    #[error("GGUF version {0}; versions 2 and 3 can be read")]
    Version(u32),
    /// Its end is missing.
    #[error("truncated: {found_bytes} of {needed_bytes} bytes")]
    Truncated {
        /// The file's length.
        found_bytes: u64,
        /// Where its last tensor ends.
        needed_bytes: u64,
    },
    /// It ends before its tensors begin.
    #[error("truncated: its header goes on after its {found_bytes} bytes")]
    TruncatedHeader {
        /// The file's length.
        found_bytes: u64,
    },
    /// Its header contradicts itself.
    #[error("a damaged GGUF file: {0}")]
    Malformed(&'static str),
    /// A tensor's numbers are stored in a way that is not read here.
    #[error("the tensor {0} is stored in another format than F32, F16 and Q8_0")]
    Format(String),
    /// It can't be read.
    #[error("can't be read: {0}")]
    Io(#[from] io::Error),
}

/// What the header of a file says.
#[derive(Clone, Debug)]
pub struct Header {
    /// The metadata that are texts, flags, 32-bit numbers or floats; and, where asked for, lists of texts and of 32-bit
    /// numbers.
    pub metadata: BTreeMap<String, Value>,
    /// Where tensor data begins, from the start of the file.
    pub data_start: u64,
    /// The tensors, in the file's order.
    pub tensors: Vec<TensorInfo>,
}

impl Header {
    /// The text of that key, if it is one.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The float of that key, if it is one.
    #[must_use]
    pub fn float(&self, key: &str) -> Option<f32> {
        match self.metadata.get(key) {
            Some(Value::F32(number)) => Some(*number),
            _ => None,
        }
    }

    /// The tensor of that name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }
}

/// A tensor's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name.
    pub name: String,
    /// Row length first.
    pub shape: Vec<u64>,
    /// The number of its format.
    pub type_id: u32,
    /// Where its data begins, from [`Header::data_start`].
    pub offset: u64,
}

/// Reads the header and holds the extents of all tensors against the file's length. Blocks for
/// milliseconds: tensor data is not read.
///
/// # Errors
/// [`GgufError`].
pub fn check(path: &Path) -> Result<Header, GgufError> {
    check_extents(path, read_header(path)?)
}

/// The same, with the lists among the metadata: of a model, a hundred thousand texts.
///
/// # Errors
/// [`GgufError`].
pub fn check_with_lists(path: &Path) -> Result<Header, GgufError> {
    check_extents(path, read(path, true)?)
}

fn check_extents(path: &Path, header: Header) -> Result<Header, GgufError> {
    let found_bytes = path.metadata()?.len();
    let mut needed_bytes = header.data_start;
    for tensor in &header.tensors {
        let end = end_of(tensor).and_then(|end| end.checked_add(header.data_start));
        needed_bytes =
            needed_bytes.max(end.ok_or(GgufError::Malformed("a tensor's size overflows"))?);
    }
    if needed_bytes > found_bytes {
        return Err(GgufError::Truncated {
            found_bytes,
            needed_bytes,
        });
    }
    Ok(header)
}

/// Where a tensor ends; `None` if that is no number. A format not known here counts as nothing.
fn end_of(tensor: &TensorInfo) -> Option<u64> {
    let values = tensor
        .shape
        .iter()
        .try_fold(1_u64, |product, size| product.checked_mul(*size))?;
    tensor
        .offset
        .checked_add(stored_bytes(tensor.type_id, values).unwrap_or(0))
}

/// Reads the header alone.
///
/// # Errors
/// [`GgufError`], but not [`GgufError::Truncated`].
pub fn read_header(path: &Path) -> Result<Header, GgufError> {
    read(path, false)
}

fn read(path: &Path, with_lists: bool) -> Result<Header, GgufError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut input = Input {
        reader: BufReader::with_capacity(1 << 16, file),
        position: 0,
        length,
    };
    if length < 4 || input.bytes()? != MAGIC {
        return Err(GgufError::NotGguf);
    }
    let version = input.u32()?;
    if !(OLDEST_VERSION..=VERSION).contains(&version) {
        return Err(GgufError::Version(version));
    }
    let (tensor_count, pair_count) = (input.u64()?, input.u64()?);

    let mut metadata = BTreeMap::new();
    for _ in 0..pair_count {
        let key = input.text()?;
        let kind = input.u32()?;
        let value = match kind {
            value_type::STRING => Value::Text(input.text()?),
            value_type::U32 => Value::U32(input.u32()?),
            value_type::F32 => Value::F32(input.bytes().map(f32::from_le_bytes)?),
            value_type::BOOL => Value::Bool(input.bytes::<1>()? != [0]),
            value_type::ARRAY if with_lists => match input.list()? {
                Some(list) => list,
                None => continue,
            },
            _ => {
                input.skip_value(kind, MOST_NESTED_ARRAYS)?;
                continue;
            }
        };
        metadata.insert(key, value);
    }
    let alignment = match metadata.get("general.alignment") {
        Some(Value::U32(bytes)) => u64::from(*bytes),
        _ => ALIGNMENT_BYTES,
    };
    if !alignment.is_power_of_two() {
        return Err(GgufError::Malformed("its alignment is no power of two"));
    }

    let mut tensors = Vec::new();
    for _ in 0..tensor_count {
        tensors.push(input.tensor()?);
    }
    Ok(Header {
        metadata,
        data_start: input.position.next_multiple_of(alignment),
        tensors,
    })
}

/// A file with a count of what is left of it.
struct Input {
    reader: BufReader<File>,
    position: u64,
    length: u64,
}

impl Input {
    /// Claims the next `count` bytes.
    fn advance(&mut self, count: u64) -> Result<(), GgufError> {
        if count > self.length - self.position {
            return Err(GgufError::TruncatedHeader {
                found_bytes: self.length,
            });
        }
        self.position += count;
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        self.advance(N as u64)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, GgufError> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, GgufError> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Result<String, GgufError> {
        let length = self.u64()?;
        self.advance(length)?;
        let mut bytes = vec![
            0;
            usize::try_from(length)
                .map_err(|_| GgufError::Malformed("a text is too long"))?
        ];
        self.reader.read_exact(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn skip(&mut self, count: u64) -> Result<(), GgufError> {
        self.advance(count)?;
        // `advance` bounds the count by the file's length, which is an i64 itself.
        Ok(self.reader.seek_relative(
            i64::try_from(count).map_err(|_| GgufError::Malformed("a value is too long"))?,
        )?)
    }

    fn skip_value(&mut self, kind: u32, arrays_left: u32) -> Result<(), GgufError> {
        if kind == value_type::STRING {
            let length = self.u64()?;
            return self.skip(length);
        }
        if kind != value_type::ARRAY {
            return self.skip(scalar_bytes(kind)?);
        }
        if arrays_left == 0 {
            return Err(GgufError::Malformed("arrays nested too deep"));
        }
        let (of, count) = (self.u32()?, self.u64()?);
        self.skip_items(of, count, arrays_left)
    }

    fn skip_items(&mut self, of: u32, count: u64, arrays_left: u32) -> Result<(), GgufError> {
        if let Ok(bytes) = scalar_bytes(of) {
            return self.skip(bytes.saturating_mul(count));
        }
        for _ in 0..count {
            self.skip_value(of, arrays_left - 1)?;
        }
        Ok(())
    }

    /// A list of texts or of 32-bit numbers; any other is passed over.
    fn list(&mut self) -> Result<Option<Value>, GgufError> {
        let (of, count) = (self.u32()?, self.u64()?);
        // Collected one by one: a count may promise more than there is.
        match of {
            value_type::STRING => (0..count)
                .map(|_| self.text())
                .collect::<Result<_, _>>()
                .map(|texts| Some(Value::Texts(texts))),
            value_type::I32 => (0..count)
                .map(|_| self.bytes().map(i32::from_le_bytes))
                .collect::<Result<_, _>>()
                .map(|numbers| Some(Value::I32s(numbers))),
            _ => self
                .skip_items(of, count, MOST_NESTED_ARRAYS)
                .map(|()| None),
        }
    }

    fn tensor(&mut self) -> Result<TensorInfo, GgufError> {
        let name = self.text()?;
        let dimensions = self.u32()?;
        if dimensions > 4 {
            return Err(GgufError::Malformed(
                "a tensor of more than four dimensions",
            ));
        }
        let shape = (0..dimensions)
            .map(|_| self.u64())
            .collect::<Result<_, _>>()?;
        Ok(TensorInfo {
            name,
            shape,
            type_id: self.u32()?,
            offset: self.u64()?,
        })
    }
}

/// Size of a metadata value that is neither a text nor an array.
fn scalar_bytes(kind: u32) -> Result<u64, GgufError> {
    match kind {
        0 | 1 | value_type::BOOL => Ok(1),
        2 | 3 => Ok(2),
        value_type::U32 | value_type::I32 | value_type::F32 => Ok(4),
        10..=12 => Ok(8),
        _ => Err(GgufError::Malformed("a metadata value of an unknown type")),
    }
}
