//! The FAQ formats. What must hold is in `microgpt_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| microgpt_fuzz::faq(data));
