//! From starting the program to its ready line, with the sample knowledge base already indexed.

use crate::{
    sets::Sets,
    table::{Table, Unit, percentile},
};

const STARTS: usize = 5;

pub(crate) fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let (home, _) = sets.own()?;
    home.ingest()?;
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        seconds.push(home.serve()?.ready_after.as_secs_f64());
    }
    let figure = format!("start to ready, index built, median of {STARTS}");
    table.at_most(figure, percentile(&seconds, 0.5), 2.0, Unit::Seconds);
    Ok(())
}
