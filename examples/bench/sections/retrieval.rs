//! What the search puts first. It must not be worse than what the better of its parts (BM25,
//! MiniLM) was measured to reach alone.

use serde_json::{Value, json};

use crate::{
    sets::{BITEXT, CHAPTERS, Question, STACKFAQ, Sets},
    table::{Table, Unit, share},
    turn::document,
};

const LOOKED_AT: usize = 3;

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    for (set, first_alone, first_three_alone) in [
        (STACKFAQ, 0.94, None),
        (BITEXT, 0.72, None),
        (CHAPTERS, 0.88, Some(0.95)),
    ] {
        let Some((home, questions)) = sets.set(&set, table)? else {
            continue;
        };
        let server = home.serve()?;
        let (mut first, mut first_three) = (0, 0);
        for question in &questions {
            let (reply, _) = server
                .post(
                    "/v1/search",
                    &json!({"query": question.query, "top_k": LOOKED_AT}),
                )
                .await?;
            let results = reply["results"].as_array().map_or(&[][..], Vec::as_slice);
            let place = results.iter().position(|source| answers(source, question));
            first += usize::from(place == Some(0));
            first_three += usize::from(place.is_some());
        }
        let all = questions.len();
        table.at_least(
            format!("{}, right one found first, of {all}", set.name),
            share(first, all),
            first_alone,
            Unit::Share,
        );
        if let Some(bound) = first_three_alone {
            let figure = format!("{}, right one in the first {LOOKED_AT}", set.name);
            table.at_least(figure, share(first_three, all), bound, Unit::Share);
        }
    }
    Ok(())
}

fn answers(source: &Value, question: &Question) -> bool {
    match (&question.id, &question.doc) {
        (Some(id), _) => source["id"] == id.as_str(),
        (None, Some(doc)) => document(source) == doc,
        (None, None) => false,
    }
}
