//! The order in which a person reads the pieces of a page: columns, then rows.
//!
//! A gap that runs down between two blocks of prose parts columns; one between short pieces is a
//! table's, whose rows stay together. What spans the columns parts what is above from what is below.

use super::page::Fragment;

/// Columns within columns.
const MAX_DEPTH: usize = 3;
/// The fewest pieces in a column.
const MIN_PIECES: usize = 4;
/// The letters a piece of prose has on the average, at least.
const MIN_PROSE_CHARS: usize = 15;
/// How much of its column's width prose fills on the average, at least.
const MIN_FILLED: f32 = 0.55;

/// What stands on one line, from left to right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) cells: Vec<Fragment>,
}

impl Row {
    pub(super) fn text(&self) -> String {
        let cells = self.cells.iter().map(|cell| cell.text.as_str());
        cells.collect::<Vec<_>>().join(" ")
    }

    pub(super) fn baseline(&self) -> f32 {
        self.cells.first().map_or(0.0, |cell| cell.baseline)
    }

    pub(super) fn left(&self) -> f32 {
        self.cells.first().map_or(0.0, |cell| cell.left)
    }

    pub(super) fn right(&self) -> f32 {
        self.cells.last().map_or(0.0, |cell| cell.right)
    }

    /// The size of its largest piece.
    pub(super) fn size(&self) -> f32 {
        self.cells.iter().map(|cell| cell.size).fold(0.0, f32::max)
    }

    pub(super) fn is_bold(&self) -> bool {
        self.cells.iter().all(|cell| cell.bold)
    }
}

/// The rows of a page in reading order.
pub(super) fn rows(fragments: &[Fragment]) -> Vec<Row> {
    let mut fragments = fragments.to_vec();
    fragments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    // Some writers draw a text twice, a hair apart, to make it look bold.
    fragments.dedup_by(|a, b| {
        a.text == b.text && (a.left - b.left).abs() < 1.0 && (a.baseline - b.baseline).abs() < 1.0
    });
    let mut rows = Vec::new();
    read(&fragments, 0, &mut rows);
    rows
}

/// Adds the rows of `fragments`, which are sorted by their baselines.
fn read(fragments: &[Fragment], depth: usize, rows: &mut Vec<Row>) {
    let gutter = if depth < MAX_DEPTH {
        gutter(fragments)
    } else {
        None
    };
    let Some(gutter) = gutter else {
        lines(fragments, rows);
        return;
    };
    let (mut left, mut right, mut spanning) = (Vec::new(), Vec::new(), Vec::new());
    let flush = |left: &mut Vec<Fragment>, right: &mut Vec<Fragment>, rows: &mut Vec<Row>| {
        read(left, depth + 1, rows);
        read(right, depth + 1, rows);
        left.clear();
        right.clear();
    };
    for fragment in fragments {
        let side = if fragment.right <= gutter {
            &mut left
        } else if fragment.left >= gutter {
            &mut right
        } else {
            if !(left.is_empty() && right.is_empty()) {
                lines(&spanning, rows);
                spanning.clear();
                flush(&mut left, &mut right, rows);
            }
            spanning.push(fragment.clone());
            continue;
        };
        if !spanning.is_empty() {
            lines(&spanning, rows);
            spanning.clear();
        }
        side.push(fragment.clone());
    }
    lines(&spanning, rows);
    flush(&mut left, &mut right, rows);
}

/// Groups what has one baseline.
fn lines(fragments: &[Fragment], rows: &mut Vec<Row>) {
    let from = rows.len();
    for fragment in fragments {
        let row = rows[from..].last_mut().filter(|row| {
            let least = row
                .cells
                .iter()
                .map(|cell| cell.size)
                .fold(fragment.size, f32::min);
            (fragment.baseline - row.baseline()).abs() < 0.4 * least
        });
        match row {
            Some(row) => row.cells.push(fragment.clone()),
            None => rows.push(Row {
                cells: vec![fragment.clone()],
            }),
        }
    }
    for row in &mut rows[from..] {
        row.cells.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
}

/// Where two columns of prose part, if they do.
fn gutter(fragments: &[Fragment]) -> Option<f32> {
    if fragments.len() < 2 * MIN_PIECES {
        return None;
    }
    let left = fragments.iter().map(|f| f.left).fold(f32::MAX, f32::min);
    let right = fragments.iter().map(|f| f.right).fold(f32::MIN, f32::max);
    let width = right - left;
    let spanning = |x: f32| {
        fragments
            .iter()
            .filter(|f| f.left < x && f.right > x)
            .count()
    };
    // The place that the fewest pieces span, in the middle of its gap.
    let places = (20_u8..=80).map(|percent| left + width * f32::from(percent) / 100.0);
    let places: Vec<(f32, usize)> = places.map(|x| (x, spanning(x))).collect();
    let least = places.iter().map(|place| place.1).min()?;
    let open: Vec<f32> = places
        .iter()
        .filter(|place| place.1 == least)
        .map(|p| p.0)
        .collect();
    let step = width / 100.0;
    let gaps = open.chunk_by(|a, b| b - a < 1.5 * step);
    let gap = gaps.max_by_key(|gap| gap.len())?;
    let x = f32::midpoint(*gap.first()?, *gap.last()?);
    let is_prose = |side: &mut dyn Iterator<Item = &Fragment>, from: f32, to: f32| {
        let (mut pieces, mut chars, mut filled) = (0_usize, 0, 0.0);
        for fragment in side {
            pieces += 1;
            chars += fragment.text.chars().count();
            filled += fragment.right - fragment.left;
        }
        #[expect(clippy::cast_precision_loss, reason = "pieces on a page")]
        let most = (to - from) * pieces as f32;
        pieces >= MIN_PIECES && chars >= MIN_PROSE_CHARS * pieces && filled >= MIN_FILLED * most
    };
    let left_edge = fragments
        .iter()
        .filter(|f| f.left >= x)
        .map(|f| f.left)
        .fold(right, f32::min);
    let right_edge = fragments
        .iter()
        .filter(|f| f.right <= x)
        .map(|f| f.right)
        .fold(left, f32::max);
    let columns = is_prose(
        &mut fragments.iter().filter(|f| f.right <= x),
        left,
        right_edge,
    ) && is_prose(
        &mut fragments.iter().filter(|f| f.left >= x),
        left_edge,
        right,
    );
    (columns && least * 3 <= fragments.len()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(text: &str, left: f32, right: f32, baseline: f32) -> Fragment {
        Fragment {
            text: text.to_owned(),
            left,
            right,
            baseline,
            size: 10.0,
            bold: false,
        }
    }

    fn texts(rows: &[Row]) -> Vec<String> {
        rows.iter().map(Row::text).collect()
    }

    #[test]
    fn columns_of_prose_are_read_one_after_the_other_below_what_spans_them() {
        let mut fragments = vec![fragment(
            "A title across both of the columns",
            50.0,
            550.0,
            60.0,
        )];
        for line in 0..6_u8 {
            let y = 100.0 + 12.0 * f32::from(line);
            fragments.push(fragment(
                &format!("left column line {line}"),
                50.0,
                290.0,
                y,
            ));
            fragments.push(fragment(
                &format!("right column line {line}"),
                310.0,
                550.0,
                y + 0.5,
            ));
        }
        let texts = texts(&rows(&fragments));
        assert_eq!(texts.len(), 13);
        assert!(texts[0].starts_with("A title"));
        assert!(texts[1..7].iter().all(|text| text.starts_with("left")));
        assert!(texts[7..].iter().all(|text| text.starts_with("right")));
    }

    #[test]
    fn the_cells_of_a_table_stay_in_their_row() {
        let fragments: Vec<Fragment> = (0..8_u8)
            .flat_map(|line| {
                let y = 100.0 + 12.0 * f32::from(line);
                [
                    fragment(&format!("SP-{line}"), 50.0, 80.0, y),
                    fragment("Gasket", 200.0, 240.0, y),
                    fragment("1.50", 400.0, 420.0, y),
                ]
            })
            .collect();
        let rows = rows(&fragments);
        assert_eq!(rows.len(), 8);
        assert_eq!(rows[3].text(), "SP-3 Gasket 1.50");
    }
}
