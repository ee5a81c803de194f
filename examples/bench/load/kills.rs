//! `kill -9` at moments of chance under full load: the database must open each time, and no
//! acknowledged turn may be missing.

use std::{sync::Mutex, thread, time::Duration};

use anyhow::Context;
use microgpt::store::Store;

use crate::{
    program::Server,
    sets::Sets,
    table::{Table, Unit, count},
};

use super::client::{Connection, field, question};

const KILLS: usize = 30;
const CLIENTS: usize = 32;
/// A kill comes up to this long after the clients have begun.
const MOST_MS: u64 = 1_500;

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let mut home = sets.home("kills")?;
    home.knowledge = sets.own()?.0.knowledge;
    let (mut acknowledged, mut missing, mut opened) = (0, 0, 0);
    for kill in 0..KILLS {
        let server = home.serve().with_context(|| format!("after kill {kill}"))?;
        let conversations = ask_until_killed(server, chance_ms(kill));
        let store = Store::open(&home.database()).await?;
        opened += 1;
        for id in &conversations {
            let kept = store.history(id).await?;
            missing += usize::from(kept.is_none_or(|messages| messages.len() != 2));
        }
        store.close().await;
        acknowledged += conversations.len();
    }
    table.at_least(
        format!("kill -9 under load, database opened again, of {KILLS}"),
        count(opened),
        count(KILLS),
        Unit::Count,
    );
    let figure = format!("acknowledged turns missing after kill -9, of {acknowledged}");
    table.at_most(figure, count(missing), 0.0, Unit::Count);
    Ok(())
}

/// The conversations of all answers that arrived before the server was killed.
fn ask_until_killed(server: Server, after_ms: u64) -> Vec<String> {
    let request = question("How long do I have to return an item?", false);
    let address = server.address().to_owned();
    let conversations = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut mine = Vec::new();
                if let Ok(mut connection) = Connection::open(&address) {
                    while let Ok(reply) = connection.exchange(&request) {
                        mine.extend(field(&reply.body, "conversation_id").map(str::to_owned));
                    }
                }
                if let Ok(mut all) = conversations.lock() {
                    all.append(&mut mine);
                }
            });
        }
        // Not a wait for something, but the moment of chance itself.
        thread::park_timeout(Duration::from_millis(after_ms));
        drop(server);
    });
    conversations.into_inner().unwrap_or_default()
}

/// A delay that differs from run to run.
fn chance_ms(kill: usize) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(kill) % MOST_MS
}
