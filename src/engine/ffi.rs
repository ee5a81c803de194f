//! The only unsafe code of the program: what has no safe wrapper.
//!
//! Requantizing a file; keeping the allocator from hoarding; asking for memory before it is needed;
//! and taking llama.cpp's log lines into `tracing` (at debug, whatever their level there) while
//! remembering the first error, so that a failed load can say why.
#![allow(
    unsafe_code,
    reason = "llama_model_quantize, llama_log_set, mallopt and _mm_prefetch have no safe wrapper"
)]

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;

use llama_cpp_sys_2 as sys;

use super::backend;
use super::error::EngineError;

thread_local! {
    /// llama.cpp reports on the thread that called it.
    static FIRST_ERROR: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The first error that llama.cpp logged on this thread since this was asked before: the first
/// names the cause, those that follow only say that something failed.
pub(super) fn take_error() -> Option<String> {
    FIRST_ERROR.with_borrow_mut(Option::take)
}

/// Sends llama.cpp's log to `tracing`; nothing of it reaches stdout or stderr by itself.
pub(super) fn route_logs() {
    // SAFETY: `on_log` is a plain function that lives as long as the program and uses no user data.
    unsafe { sys::llama_log_set(Some(on_log), ptr::null_mut()) };
}

unsafe extern "C" fn on_log(level: sys::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: llama.cpp passes a NUL-terminated string that lives until this call returns.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = text.trim();
    if line.is_empty() {
        return;
    }
    // A panic (of a log subscriber) must not unwind into C++.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        if level == sys::GGML_LOG_LEVEL_ERROR {
            FIRST_ERROR.with_borrow_mut(|first| {
                first.get_or_insert_with(|| line.to_owned());
            });
        }
        tracing::debug!(target: "llama.cpp", "{line}");
    }));
}

/// Makes the allocator hand big buffers back to the system as soon as they are freed. By itself
/// glibc learns to keep them, up to 32 MiB each, and those of llama.cpp add up to 100 MiB.
pub(super) fn return_big_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn mallopt(parameter: c_int, value: c_int) -> c_int;
        }
        const M_MMAP_THRESHOLD: c_int = -3;
        // SAFETY: glibc's own function with its documented parameter; callable at any time.
        unsafe { mallopt(M_MMAP_THRESHOLD, 256 * 1024) };
    }
}

/// Has the processor fetch `value` from memory while it goes on with other work. Only a hint, and
/// none at all where stable Rust has no way to give it.
#[inline]
pub(super) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        const CACHE_LINE_BYTES: usize = 64;
        let start = ptr::from_ref(value).cast::<i8>();
        for offset in (0..size_of::<T>()).step_by(CACHE_LINE_BYTES) {
            // SAFETY: `offset` is within `value`; and no address makes a prefetch fault.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(offset)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// Rewrites the GGUF file `input` into `output` with its weights in `format` (`Q4_0`, `Q8_0`,
/// `IQ4_NL`, …); `IQ4_NL pure`: all its matrices, those too that llama.cpp by itself gives more bits.
/// Costly: seconds to minutes on all cores.
///
/// # Errors
/// [`EngineError::Quantize`] on an unknown format, an unreadable input or an unwritable output.
pub fn quantize(input: &Path, output: &Path, format: &str) -> Result<(), EngineError> {
    let failed = |reason: String| EngineError::Quantize {
        path: input.to_owned(),
        reason,
    };
    let c_path = |path: &Path| {
        CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| failed("the path holds a NUL byte".to_owned()))
    };
    backend::check_file(input).map_err(&failed)?;
    let (name, pure) = match format.strip_suffix(PURE) {
        Some(name) => (name, true),
        None => (format, false),
    };
    let file_type = file_type(name)
        .ok_or_else(|| failed(format!("{format} is none of {}", known_formats())))?;
    let (c_input, c_output) = (c_path(input)?, c_path(output)?);
    backend::get();
    let _ = take_error();

    // SAFETY: it fills a plain struct and has no preconditions.
    let mut params = unsafe { sys::llama_model_quantize_default_params() };
    params.ftype = file_type;
    params.allow_requantize = true;
    // Bindgen gives it the underscore: `pure` is a word that Rust keeps for itself.
    params.pure_ = pure;
    // SAFETY: both strings are NUL-terminated and outlive the call; `params` comes from llama.cpp
    // itself with three plain fields changed. C++ exceptions are caught inside and returned as 1.
    let code = unsafe {
        sys::llama_model_quantize(c_input.as_ptr(), c_output.as_ptr(), &raw const params)
    };
    if code == 0 {
        return Ok(());
    }
    Err(failed(
        take_error().unwrap_or_else(|| format!("code {code}")),
    ))
}

/// Follows a format's name; as llama.cpp's own `llama-quantize --pure`.
const PURE: &str = " pure";

/// K-quants are left out: rows that are no multiple of 256 fall back to other formats anyway.
const FORMATS: [(&str, sys::llama_ftype); 8] = [
    ("F32", sys::LLAMA_FTYPE_ALL_F32),
    ("F16", sys::LLAMA_FTYPE_MOSTLY_F16),
    ("Q4_0", sys::LLAMA_FTYPE_MOSTLY_Q4_0),
    ("Q4_1", sys::LLAMA_FTYPE_MOSTLY_Q4_1),
    ("Q5_0", sys::LLAMA_FTYPE_MOSTLY_Q5_0),
    ("Q5_1", sys::LLAMA_FTYPE_MOSTLY_Q5_1),
    ("Q8_0", sys::LLAMA_FTYPE_MOSTLY_Q8_0),
    ("IQ4_NL", sys::LLAMA_FTYPE_MOSTLY_IQ4_NL),
];

fn file_type(format: &str) -> Option<sys::llama_ftype> {
    FORMATS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(format))
        .map(|(_, file_type)| *file_type)
}

fn known_formats() -> String {
    let names = FORMATS.map(|(name, _)| name).join(", ");
    format!("{names}, or one of these with \"{PURE}\" behind it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_format_is_refused_with_those_that_are_known() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), b"GGUF").expect("a written file");
        for unknown in ["Q9", "Q9 pure", "pure"] {
            let error = quantize(file.path(), Path::new("/dev/null"), unknown);
            let told = error.expect_err("an error").to_string();
            assert!(told.contains("Q4_0, Q4_1"), "{unknown}: {told}");
        }
    }

    #[test]
    fn a_file_that_is_no_gguf_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), b"hello").expect("a written file");
        let error = quantize(file.path(), Path::new("/dev/null"), "Q4_0").expect_err("an error");
        assert!(error.to_string().contains("not a GGUF file"), "{error}");
    }
}
