//! The program: parses the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use microgpt::{
    cli::{self, Cli},
    engine,
};

fn main() -> ExitCode {
    // Before any thread is started. Where it fails, the program is only slower.
    let _ = engine::wait_patiently();
    let cli = Cli::parse();
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => failed(&error.into()),
    }
}

async fn run(cli: Cli) -> ExitCode {
    match cli::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// One line on stderr.
fn failed(error: &anyhow::Error) -> ExitCode {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    eprintln!("microgpt: {}", chain.join(": ").replace('\n', " "));
    ExitCode::FAILURE
}
