//! The program: parses the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use microgpt::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("microgpt: {}", chain.join(": ").replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}
