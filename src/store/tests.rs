//! The store through its own door, on files in temporary folders.
