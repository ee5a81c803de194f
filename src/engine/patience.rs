//! How llama.cpp's threads wait for each other.
//!
//! They meet several hundred times a token. `OpenMP`'s default is to spin for milliseconds at each
//! meeting: fast on an idle machine, but where anything else wants a core, the spinning thread
//! keeps it from the very thread it waits for, and an answer takes many times as long. Sleeping at
//! once is as bad on an idle machine: to wake a core of a virtual machine takes longer than most of
//! what is computed between two meetings. So they spin for some 40 µs. The policy is read when the
//! library is loaded, before `main`, so the program has to start itself again with it in the
//! environment.

use std::{env, io, os::unix::process::CommandExt, process::Command};

/// Variables by which a person may have chosen otherwise; the last is the one that is set.
const POLICY: [&str; 2] = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"];
/// Measured on two cores, ms for a lone query of 36 tokens: 24 with 0 rounds, 13 with 1,000 or more
/// (one thread: 23); with another program on one of the cores 24, 32, and 68 with 10,000.
const SPIN_ROUNDS: &str = "2000";

/// Replaces the process by itself with patient threads, unless the environment has a policy.
///
/// # Errors
/// The system's reason where the program can't be started again; it may then go on as it is.
pub fn wait_patiently() -> io::Result<()> {
    if POLICY.iter().any(|name| env::var_os(name).is_some()) {
        return Ok(());
    }
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_default();
    Err(Command::new(env::current_exe()?)
        .arg0(name)
        .args(arguments)
        .env(POLICY[1], SPIN_ROUNDS)
        .exec())
}
