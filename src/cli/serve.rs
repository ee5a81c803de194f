//! `microgpt serve`

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    app::App,
    config::{Config, LogFormat, Overrides},
    telemetry,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address to bind
    #[arg(long)]
    host: Option<String>,
    /// The port to bind; 0: any free one
    #[arg(long)]
    port: Option<u16>,
}

pub(super) async fn run(args: Args, file: Option<PathBuf>) -> anyhow::Result<()> {
    let config = Config::load(&Overrides {
        file,
        host: args.host,
        port: args.port,
    })?;
    telemetry::log_to_stderr(&config.log);
    let format = config.log.format;
    let app = App::build(config).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    let ready = move |url: &str| match format {
        LogFormat::Text => eprintln!("microgpt ready on {url}"),
        LogFormat::Json => tracing::info!(url, "microgpt ready"),
    };
    app.run_until_stopped(stop, ready).await?;
    Ok(())
}
