//! Answers given to questions like one before: right and wrong ones, over `GPTCache`'s pairs.
//!
//! Each second writing is looked up among all first ones, as a turn does, by the program itself
//! (`microgpt router near`). Only its own first writing counts as right, though some of the others
//! say the same. What is served is decided by the shipped guard at its shipped threshold.

use anyhow::Context;
use serde_json::Value;

use crate::{
    sets::{PAIRS, Sets},
    table::{Table, Unit},
};

/// What `router.max_wrong` tolerates unless it is configured otherwise.
const MAX_WRONG: f64 = 0.02;
/// The share of right hits to reach.
const COVERAGE: f64 = 0.7;

pub(crate) fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let Some(pairs) = sets.path("a question like one before", PAIRS, table) else {
        return Ok(());
    };
    let pairs = pairs.to_string_lossy();
    let home = sets.home("pairs")?;
    let output = home.run("router", &["near", "--json", "--data", pairs.as_ref()])?;
    let reports: Vec<Value> = serde_json::from_str(&output).context("the report of router near")?;
    let report = reports.first().context("a report")?;
    let number = |key: &str| report[key].as_f64().unwrap_or_default();
    let asked = number("asked");
    table.at_least(
        format!("GPTCache pairs, right hits, of {asked}"),
        number("coverage"),
        COVERAGE,
        Unit::Share,
    );
    table.at_most(
        format!(
            "GPTCache pairs, wrong among the {} hits",
            number("right") + number("wrong")
        ),
        number("wrong_share"),
        MAX_WRONG,
        Unit::Share,
    );
    for (name, key) in [
        ("the guard", "risk_coverage"),
        ("the cosine alone", "cosine_alone"),
    ] {
        table.plain(
            format!(
                "GPTCache pairs, right hits at most 2% wrong, best threshold in hindsight, {name}"
            ),
            best(&report[key]),
            Unit::Share,
        );
    }
    Ok(())
}

/// The highest coverage in a risk table at which no more is wrong than is tolerated.
fn best(risks: &Value) -> f64 {
    let rows = risks.as_array().map_or(&[][..], Vec::as_slice);
    let number = |row: &Value, key: &str| row[key].as_f64().unwrap_or_default();
    rows.iter()
        .filter(|row| number(row, "wrong") <= MAX_WRONG)
        .map(|row| number(row, "coverage"))
        .fold(0.0, f64::max)
}
