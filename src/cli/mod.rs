//! The command line. Results go to stdout, everything else to stderr.

mod ask;
mod eval;
mod export;
mod ingest;
mod models;
mod moment;
mod prompts;
mod route;
mod router;
mod serve;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{Config, ConfigError, Overrides};

/// Answers what it can locally, with evidence, and escalates the rest.
#[derive(Debug, Parser)]
#[command(name = "microgpt", version, about)]
pub struct Cli {
    /// The configuration file [default: microgpt.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Args),
    /// Answer one question
    Ask(ask::Args),
    /// Bring the index up to date with the knowledge folder
    Ingest(ingest::Args),
    /// The models: list, fetch, verify
    #[command(subcommand)]
    Models(models::Command),
    /// Write out what was recorded
    #[command(subcommand)]
    Export(export::Command),
    /// Show where a question would go, without answering it
    Route(route::Args),
    /// Judge and fit the router
    #[command(subcommand)]
    Router(router::Command),
    /// Judge a generator
    #[command(subcommand)]
    Eval(eval::Command),
    /// Fill the micro model's prompts: tasks as JSON lines on stdin, chat messages on stdout
    Prompts,
    /// Print a completion script
    Completions {
        /// The shell it is for
        shell: Shell,
    },
}

/// Runs one command.
///
/// # Errors
/// The reason, fit for one line on stderr.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let file = cli.config;
    match cli.command {
        Command::Serve(args) => serve::run(args, file).await,
        Command::Ask(args) => ask::run(args, &load(file)?).await,
        Command::Ingest(args) => ingest::run(args, &load(file)?).await,
        Command::Models(command) => models::run(command, &load(file)?).await,
        Command::Export(command) => export::run(command, &load(file)?).await,
        Command::Route(args) => route::run(args, &load(file)?).await,
        Command::Router(command) => router::run(command, load(file)).await,
        Command::Eval(command) => eval::run(command, &load(file)?).await,
        Command::Prompts => prompts::run(),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "microgpt",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    }
}

fn load(file: Option<PathBuf>) -> Result<Config, ConfigError> {
    let config = Config::load(&Overrides {
        file,
        ..Overrides::default()
    })?;
    crate::telemetry::log_to_stderr(&crate::config::Log {
        level: std::env::var("MICROGPT__LOG__LEVEL").unwrap_or_else(|_| "warn".into()),
        ..config.log.clone()
    });
    Ok(config)
}

/// Prints a line of results; a reader that went away is no failure of ours.
fn print(line: &str) {
    use std::io::Write;
    writeln!(std::io::stdout(), "{line}").ok();
}
