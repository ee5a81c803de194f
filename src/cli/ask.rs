//! `microgpt ask`

use crate::{
    app,
    chat::{Message, Role},
    config::Config,
    http::wire::ChatCompletion,
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
    let request = TurnRequest {
        request_id: "ask".into(),
        ..TurnRequest::new(messages, args.collection)
    };
    let answer = orchestrator.answer_whole(request).await?;
    orchestrator.close().await;
    if args.json {
        let made = jiff::Timestamp::now().as_second();
        print(&serde_json::to_string_pretty(&ChatCompletion::new(
            answer, made,
        ))?);
        return Ok(());
    }
    let outcome = &answer.outcome;
    print(&answer.content);
    print("");
    let degraded = if outcome.degraded { ", degraded" } else { "" };
    print(&format!(
        "[{}{degraded}, confidence {:.2}, {:.0} ms]",
        outcome.route.as_str(),
        outcome.confidence,
        outcome.timings_ms.total
    ));
    for reason in &outcome.reasons {
        print(&format!("  - {reason}"));
    }
    for (index, source) in outcome.sources.iter().enumerate() {
        let url = source
            .url
            .as_ref()
            .map_or_else(String::new, |url| format!(" <{url}>"));
        print(&format!(
            "  [{}] {} ({}){url}",
            index + 1,
            source.title,
            source.source
        ));
    }
    Ok(())
}
