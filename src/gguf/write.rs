//! Writing a GGUF file.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{ALIGNMENT_BYTES, MAGIC, VERSION, value_type};

/// A metadata value, of the kinds that are read or written here.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An unsigned number.
    U32(u32),
    /// A float.
    F32(f32),
    /// A flag.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of numbers.
    I32s(Vec<i32>),
}

/// A tensor with its data as it is stored.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// As llama.cpp names it.
    pub name: String,
    /// Row length first, then the number of rows.
    pub shape: Vec<u64>,
    /// The number of the data's format.
    pub type_id: u32,
    /// The data, little-endian.
    pub data: Vec<u8>,
}

/// Writes a whole file; an existing one is overwritten. Blocks.
///
/// # Errors
/// What writing gives.
pub fn write(path: &Path, metadata: &[(String, Value)], tensors: &[Tensor]) -> io::Result<()> {
    let outlines = tensors.iter().map(|tensor| Outline {
        name: tensor.name.clone(),
        shape: tensor.shape.clone(),
        type_id: tensor.type_id,
        bytes: tensor.data.len() as u64,
    });
    let outlines: Vec<Outline> = outlines.collect();
    write_outlined(path, metadata, &outlines, |place, out| {
        out.write_all(&tensors[place].data)
    })
}

/// What a file says of a tensor before its data come.
#[derive(Clone, Debug)]
pub struct Outline {
    /// As llama.cpp names it.
    pub name: String,
    /// Row length first, then the number of rows.
    pub shape: Vec<u64>,
    /// The number of the data's format.
    pub type_id: u32,
    /// The data's length.
    pub bytes: u64,
}

/// The same, with one tensor's data at a time: `data` writes that of the outline with the given number.
///
/// # Errors
/// What writing gives.
pub fn write_outlined(
    path: &Path,
    metadata: &[(String, Value)],
    tensors: &[Outline],
    mut data: impl FnMut(usize, &mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let header = header_bytes(metadata, tensors);
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&header)?;
    write_padding(&mut out, header.len() as u64)?;
    for (place, tensor) in tensors.iter().enumerate() {
        data(place, &mut out)?;
        write_padding(&mut out, tensor.bytes)?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

fn header_bytes(metadata: &[(String, Value)], tensors: &[Outline]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(tensors.len() as u64).to_le_bytes());
    out.extend_from_slice(&(metadata.len() as u64).to_le_bytes());
    for (key, value) in metadata {
        push_text(&mut out, key);
        push_value(&mut out, value);
    }
    let mut offset = 0_u64;
    for tensor in tensors {
        push_text(&mut out, &tensor.name);
        push_u32(
            &mut out,
            u32::try_from(tensor.shape.len()).expect("a tensor has at most four dimensions"),
        );
        for size in &tensor.shape {
            out.extend_from_slice(&size.to_le_bytes());
        }
        push_u32(&mut out, tensor.type_id);
        out.extend_from_slice(&offset.to_le_bytes());
        offset += tensor.bytes.next_multiple_of(ALIGNMENT_BYTES);
    }
    out
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::U32(number) => {
            push_u32(out, value_type::U32);
            push_u32(out, *number);
        }
        Value::F32(number) => {
            push_u32(out, value_type::F32);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Value::Bool(flag) => {
            push_u32(out, value_type::BOOL);
            out.push(u8::from(*flag));
        }
        Value::Text(text) => {
            push_u32(out, value_type::STRING);
            push_text(out, text);
        }
        Value::Texts(texts) => {
            push_array_start(out, value_type::STRING, texts.len());
            for text in texts {
                push_text(out, text);
            }
        }
        Value::I32s(numbers) => {
            push_array_start(out, value_type::I32, numbers.len());
            for number in numbers {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
    }
}

fn push_array_start(out: &mut Vec<u8>, of: u32, length: usize) {
    push_u32(out, value_type::ARRAY);
    push_u32(out, of);
    out.extend_from_slice(&(length as u64).to_le_bytes());
}

fn push_u32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn write_padding(out: &mut impl Write, written: u64) -> io::Result<()> {
    let missing = written.next_multiple_of(ALIGNMENT_BYTES) - written;
    io::copy(&mut io::Read::take(io::repeat(0), missing), out).map(drop)
}
