//! How many repeated questions are answered a second, each recorded before it is answered.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::{
    sets::Sets,
    table::{Table, Unit, count, percentile},
};

use super::client::{Connection, field, question};

const CLIENTS: usize = 32;
const SECONDS: u64 = 10;
const WARM_UP: Duration = Duration::from_secs(1);

pub(crate) fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let home = sets.own()?.0;
    let server = home.serve()?;
    let request = question("How long do I have to return an item?", false);
    let first = Connection::open(server.address())?.exchange(&request)?;
    if first.status != 200 {
        bail!("the first question was answered {}", first.status);
    }
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(SECONDS);
    let clients: Vec<_> = thread::scope(|scope| {
        let client = || ask_until(server.address(), &request, begin, end);
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut milliseconds = Vec::new();
    for client in clients {
        milliseconds.extend(client.ok().context("a client broke")??);
    }
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let a_second = count(milliseconds.len()) / SECONDS as f64;
    let figure = format!("exact repeats a second, recorded, {CLIENTS} clients");
    table.at_least(figure, a_second, 8_000.0, Unit::Count);
    for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
        let took_ms = percentile(&milliseconds, part);
        table.plain(
            format!("exact repeat, {CLIENTS} clients, {name}"),
            took_ms,
            Unit::Milliseconds,
        );
    }
    Ok(())
}

/// How long each answer from `begin` on took, in milliseconds.
fn ask_until(
    address: &str,
    request: &[u8],
    begin: Instant,
    end: Instant,
) -> anyhow::Result<Vec<f64>> {
    let mut connection = Connection::open(address)?;
    let mut milliseconds = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= end {
            return Ok(milliseconds);
        }
        let reply = connection.exchange(request)?;
        if reply.status != 200 || field(&reply.body, "route") != Some("cache") {
            bail!("answered {}", String::from_utf8_lossy(&reply.body));
        }
        if sent >= begin {
            milliseconds.push(sent.elapsed().as_secs_f64() * 1e3);
        }
    }
}
