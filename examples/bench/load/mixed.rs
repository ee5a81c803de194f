//! Two hundred clients at once, for a minute, with questions for every tier: each must be answered
//! or refused with 429, and memory must not grow.

use std::{
    collections::BTreeMap,
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::Context;

use crate::{
    program::Server,
    sets::{Question, Sets},
    table::{Table, Unit, count, percentile, share},
};

use super::{
    client::{Connection, field, question},
    upstream,
};

const CLIENTS: usize = 200;
const SECONDS: u64 = 60;
/// Memory after this long is what the rest is held against.
const SETTLED: Duration = Duration::from_secs(10);
/// How long a refused client waits before it comes again.
const BACK_OFF: Duration = Duration::from_millis(250);
/// One in this many is streamed, and one in this many is for the large model.
const STREAMED: usize = 3;
const HARD: usize = 8;

/// What a client met: replies by status and route, lost ones, and the time of each, in milliseconds.
#[derive(Default)]
struct Met {
    replies: BTreeMap<String, usize>,
    lost: usize,
    milliseconds: Vec<f64>,
}

impl Met {
    fn lose(&mut self, reason: &str) {
        eprintln!("bench: lost: {reason}");
        self.lost += 1;
    }
}

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let mut home = sets.home("mixed")?;
    let (own, questions) = sets.own()?;
    home.knowledge = own.knowledge;
    let (_upstream, configuration) = upstream::start().await;
    fs::write(home.state.join("microgpt.toml"), configuration)?;
    let server = home.serve()?;
    let (met, memory) = tokio::task::spawn_blocking(move || load(&server, &questions)).await??;
    report(&met, &memory, table);
    Ok(())
}

/// Runs the clients, and reads the server's memory (MiB) each second meanwhile. Blocking.
fn load(server: &Server, questions: &[Question]) -> anyhow::Result<(Met, Vec<f64>)> {
    let begin = Instant::now();
    let end = begin + Duration::from_secs(SECONDS);
    let address = server.address();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || ask_until(address, client, questions, end)))
            .collect();
        let mut memory = Vec::new();
        while Instant::now() < end {
            thread::park_timeout(Duration::from_secs(1));
            if begin.elapsed() >= SETTLED {
                memory.push(server.memory_mib("VmRSS")?);
            }
        }
        let mut all = Met::default();
        for client in clients {
            let met = client.join().ok().context("a client broke")?;
            for (reply, times) in met.replies {
                *all.replies.entry(reply).or_default() += times;
            }
            all.lost += met.lost;
            all.milliseconds.extend(met.milliseconds);
        }
        Ok((all, memory))
    })
}

fn ask_until(address: &str, client: usize, questions: &[Question], end: Instant) -> Met {
    let mut met = Met::default();
    let mut connection = None;
    // Each client begins elsewhere, so that every kind of question is always under way.
    for turn in (client * 7).. {
        if Instant::now() >= end {
            break;
        }
        let asked = &questions[turn % questions.len()].query;
        let text = match turn {
            _ if turn % HARD == 0 => format!("Prove step by step that {turn} squared is even."),
            _ if turn % 2 == 0 => asked.clone(),
            // Not met before, so that no cache answers it.
            _ => format!("{asked} ({turn})"),
        };
        let request = question(&text, turn % STREAMED == 0);
        let sent = Instant::now();
        let open = || Connection::open(address);
        let reply = match connection.take().map_or_else(open, Ok) {
            Ok(mut open) => {
                let reply = open.exchange(&request);
                connection = reply.is_ok().then_some(open);
                reply
            }
            Err(error) => Err(error),
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                met.lose(&error.to_string());
                continue;
            }
        };
        met.milliseconds.push(sent.elapsed().as_secs_f64() * 1e3);
        // A stream that waited so long that it was begun can be refused only within.
        let refused = field(&reply.body, "code") == Some("overloaded");
        let whole = reply.status != 200 || refused || field(&reply.body, "route").is_some();
        if !whole {
            met.lose(&String::from_utf8_lossy(&reply.body));
        }
        let route = field(&reply.body, "route").unwrap_or(if refused { "refused" } else { "" });
        let kind = format!("{} {route}", reply.status);
        *met.replies.entry(kind.trim_end().to_owned()).or_default() += 1;
        if refused {
            thread::park_timeout(BACK_OFF);
        }
    }
    met
}

fn report(met: &Met, memory: &[f64], table: &mut Table) {
    let answered: usize = met.replies.values().sum();
    let allowed = |reply: &&String| reply.starts_with("200") || reply.starts_with("429");
    let other: usize = met
        .replies
        .iter()
        .filter(|(reply, _)| !allowed(reply))
        .map(|(_, times)| times)
        .sum();
    let name = format!("{CLIENTS} clients for {SECONDS} s");
    table.at_most(
        format!("{name}: answers lost"),
        count(met.lost),
        0.0,
        Unit::Count,
    );
    table.at_most(
        format!("{name}: neither 200 nor 429"),
        count(other),
        0.0,
        Unit::Count,
    );
    table.plain(format!("{name}: answers"), count(answered), Unit::Count);
    for (reply, &times) in &met.replies {
        table.plain(
            format!("{name}: {reply}"),
            share(times, answered),
            Unit::Share,
        );
    }
    for (part, label) in [(0.5, "p50"), (0.99, "p99")] {
        let took_ms = percentile(&met.milliseconds, part);
        table.plain(format!("{name}: {label}"), took_ms, Unit::Milliseconds);
    }
    let (Some(first), Some(last)) = (memory.first(), memory.last()) else {
        return;
    };
    table.plain(
        format!("{name}: memory after {} s", SETTLED.as_secs()),
        *first,
        Unit::Mebibytes,
    );
    table.at_most(
        format!("{name}: memory at the end"),
        *last,
        first * 1.05,
        Unit::Mebibytes,
    );
}
