//! Tables as text: one line a row, bars between cells, as Markdown writes them.
//!
//! What reads tables (HTML, PDF) writes them here; `chunk` knows this form when it must cut one.

/// Rows of cells as a Markdown table; the first row is its head. Empty where no cell says anything.
pub(super) fn written(rows: &[Vec<String>]) -> String {
    let is_said = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let rows: Vec<&Vec<String>> = rows.iter().filter(is_said).collect();
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        text.push('|');
        for column in 0..columns {
            let cell = row.get(column).map_or("", String::as_str);
            text.push(' ');
            // A bar or a line break in a cell would be read as its end.
            let words = cell.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&words.replace('|', "\\|"));
            text.push_str(" |");
        }
        text.push('\n');
        if number == 0 {
            text.push_str(&"| --- ".repeat(columns));
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_as_many_cells_as_the_longest_and_no_bar_in_any() {
        let row = |cells: &[&str]| {
            cells
                .iter()
                .map(|&cell| cell.to_owned())
                .collect::<Vec<_>>()
        };
        let text = written(&[row(&["Part", "Price"]), row(&["", " "]), row(&["a|b\nc"])]);
        assert_eq!(text, "| Part | Price |\n| --- | --- |\n| a\\|b c |  |\n");
    }
}
