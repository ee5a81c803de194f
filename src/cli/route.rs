//! `microgpt route`

use crate::{
    app,
    chat::{Message, Role},
    config::Config,
    orchestrator::TurnRequest,
};

use super::print;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The question
    question: String,
    /// Search only this collection; may be given several times
    #[arg(long)]
    collection: Vec<String>,
    /// Print the whole object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    let orchestrator = app::assemble(config).await?;
    let messages = vec![Message::new(Role::User, args.question)];
    let request = TurnRequest::new(messages, args.collection);
    let preview = orchestrator.preview(request).await?;
    if args.json {
        print(&serde_json::to_string_pretty(&preview)?);
        return Ok(());
    }
    print(&format!(
        "{} (confidence {:.2})",
        preview.route.as_str(),
        preview.confidence
    ));
    for reason in &preview.reasons {
        print(&format!("  - {reason}"));
    }
    Ok(())
}
