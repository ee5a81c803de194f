//! How long a decision takes (`POST /v1/route`), how many there are a second, and how many hard
//! requests would stay here: over one knowledge base of all that there is.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::json;

use crate::{
    load::client::{Connection, field, post},
    program::{Home, Server},
    sets::{CHAPTERS, HARD, STACKFAQ, Sets, spread},
    table::{Table, Unit, count, percentile, share},
};

const SHORT: usize = 1_000;
const LONG: usize = 100;
/// The time goes with the length: the sets have questions of one line and of several.
const FEW_WORDS: [usize; 2] = [10, 20];
/// Words of a long request; about 450 tokens.
const LONG_WORDS: usize = 350;
const CLIENTS: usize = 8;
const SECONDS: u64 = 10;
/// Decisions before the first that counts.
const WARM_UP: usize = 20;

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let home = everything(sets, table)?;
    let mut short: Vec<String> = sets.own()?.1.into_iter().map(|row| row.query).collect();
    if let Some((_, questions)) = sets.set(&STACKFAQ, table)? {
        short.extend(questions.into_iter().map(|row| row.query));
    }
    let hard = sets.questions("hard requests", HARD, table)?;
    let hard = hard.unwrap_or_default().into_iter();
    let hard: Vec<(String, String)> = hard
        .map(|row| (row.source.unwrap_or_default(), row.query))
        .collect();
    let server = home.serve()?;
    tokio::task::spawn_blocking(move || {
        let mut figures = Table::default();
        one_client(&server, &short, &mut figures)?;
        many_clients(&server, &short, &mut figures)?;
        kept_here(&server, &hard, &mut figures)?;
        Ok::<_, anyhow::Error>(figures)
    })
    .await?
    .map(|figures| table.append(figures))
}

/// The sample knowledge base, with what DATA has of entries and documents.
fn everything(sets: &Sets, table: &mut Table) -> anyhow::Result<Home> {
    let home = sets.home("decisions")?;
    copy(&sets.own()?.0.knowledge, &home.knowledge.join("own"))?;
    for set in [STACKFAQ, CHAPTERS] {
        if let Some(source) = sets.path(set.name, set.knowledge, table) {
            copy(&source, &home.knowledge.join(set.knowledge))?;
        }
    }
    Ok(home)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn one_client(server: &Server, short: &[String], table: &mut Table) -> anyhow::Result<()> {
    let mut connection = Connection::open(server.address())?;
    decide_all(&mut connection, &spread(short, WARM_UP))?;
    let asked = spread(short, SHORT);
    let took_ms = decide_all(&mut connection, &asked)?;
    let figure = |part| {
        format!(
            "decision, short question, one client, {part} of {}",
            asked.len()
        )
    };
    table.plain(figure("p50"), percentile(&took_ms, 0.5), Unit::Milliseconds);
    let p99 = percentile(&took_ms, 0.99);
    table.at_most(figure("p99"), p99, 15.0, Unit::Milliseconds);
    for words in FEW_WORDS {
        let few = asked.iter().zip(&took_ms);
        let few = few.filter(|(question, _)| question.split_whitespace().count() <= words);
        let few: Vec<f64> = few.map(|(_, took)| *took).collect();
        let figure = format!(
            "decision, question of at most {words} words, one client, p99 of {}",
            few.len()
        );
        table.plain(figure, percentile(&few, 0.99), Unit::Milliseconds);
    }
    let long: Vec<String> = (0..LONG).map(|number| long(short, number * 7)).collect();
    let took_ms = decide_all(&mut connection, &long)?;
    let figure = format!("decision, request of {LONG_WORDS} words, p50 of {LONG}");
    table.at_most(figure, percentile(&took_ms, 0.5), 60.0, Unit::Milliseconds);
    Ok(())
}

/// Questions from the one numbered `first` on, as one request of [`LONG_WORDS`] words.
fn long(questions: &[String], first: usize) -> String {
    let from_there = questions.iter().cycle().skip(first % questions.len());
    let words = from_there.flat_map(|question| question.split_whitespace());
    words.take(LONG_WORDS).collect::<Vec<_>>().join(" ")
}

/// How long each decision took, in milliseconds. Blocking.
fn decide_all(connection: &mut Connection, questions: &[String]) -> anyhow::Result<Vec<f64>> {
    let mut took_ms = Vec::with_capacity(questions.len());
    for question in questions {
        let request = post("/v1/route", &json!({"query": question}));
        let sent = Instant::now();
        let reply = connection.exchange(&request)?;
        took_ms.push(sent.elapsed().as_secs_f64() * 1e3);
        if reply.status != 200 {
            bail!("answered {}", String::from_utf8_lossy(&reply.body));
        }
    }
    Ok(took_ms)
}

fn many_clients(server: &Server, short: &[String], table: &mut Table) -> anyhow::Result<()> {
    let end = Instant::now() + Duration::from_secs(SECONDS);
    let ask = |client: usize| {
        let mut connection = Connection::open(server.address())?;
        let mut took_ms = Vec::new();
        // Each client begins elsewhere, so that no two ask the same at once.
        let mut next = client * short.len() / CLIENTS;
        while Instant::now() < end {
            let question = short[next % short.len()].clone();
            took_ms.extend(decide_all(&mut connection, &[question])?);
            next += 1;
        }
        Ok::<_, anyhow::Error>(took_ms)
    };
    let clients: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || ask(client)))
            .collect();
        clients
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut took_ms = Vec::new();
    for client in clients {
        took_ms.extend(client.ok().context("a client broke")??);
    }
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let a_second = count(took_ms.len()) / SECONDS as f64;
    let figure = format!("decisions a second, short questions, {CLIENTS} clients");
    table.at_least(figure, a_second, 150.0, Unit::Count);
    let figure = format!("decision, short question, {CLIENTS} clients, p99");
    table.plain(figure, percentile(&took_ms, 0.99), Unit::Milliseconds);
    Ok(())
}

fn kept_here(server: &Server, hard: &[(String, String)], table: &mut Table) -> anyhow::Result<()> {
    let mut connection = Connection::open(server.address())?;
    let mut by_source: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (source, query) in hard {
        let reply = connection.exchange(&post("/v1/route", &json!({"query": query})))?;
        let (kept, all) = by_source.entry(source).or_default();
        let route = field(&reply.body, "route").unwrap_or_default();
        *kept += usize::from(matches!(route, "faq" | "knowledge"));
        *all += 1;
    }
    for (source, (kept, all)) in by_source {
        let figure = format!("hard requests kept here, {source}, {kept} of {all}");
        table.at_most(figure, share(kept, all), 0.01, Unit::Share);
    }
    Ok(())
}
