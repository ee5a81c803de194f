//! Charts of grouped bars, as places in a drawing: the template only writes them down.

use serde::Serialize;

/// The drawing's units are pixels at its natural size.
const HEIGHT: f64 = 260.0;
const LEAST_WIDTH: f64 = 640.0;
/// Room for the scale, and at the right edge.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 20.0;
/// Room for what stands under a group.
const BOTTOM: f64 = 44.0;
const LEAST_GROUP_WIDTH: f64 = 84.0;
const MOST_BAR_WIDTH: f64 = 44.0;
/// The share of a group's width that its bars take.
const FILLED: f64 = 0.8;
/// The most letters under a group.
const MOST_LETTERS: usize = 14;

/// Shares to draw.
pub(crate) struct Bars {
    pub(crate) title: String,
    /// What is to be read from it.
    pub(crate) note: String,
    pub(crate) series: Vec<String>,
    pub(crate) groups: Vec<Group>,
}

/// Bars that stand together, one a series.
pub(crate) struct Group {
    pub(crate) label: String,
    /// What stands under the label.
    pub(crate) count: String,
    /// 0 to 1; `None`: no bar.
    pub(crate) shares: Vec<Option<f64>>,
}

/// A chart with all its places.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    title: String,
    note: String,
    series: Vec<String>,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    grid: Vec<Tick>,
    labels: Vec<Label>,
    bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
struct Tick {
    y: f64,
    text: String,
}

#[derive(Debug, Serialize)]
struct Label {
    x: f64,
    y: f64,
    count_y: f64,
    text: String,
    count: String,
    whole: String,
}

#[derive(Debug, Serialize)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    middle: f64,
    value_y: f64,
    value: String,
    series: usize,
}

/// Draws `bars`.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn draw(bars: Bars) -> Chart {
    let groups = bars.groups.len().max(1) as f64;
    let width = LEAST_WIDTH.max(LEFT + RIGHT + groups * LEAST_GROUP_WIDTH);
    let group_width = (width - LEFT - RIGHT) / groups;
    let count = bars.series.len().max(1) as f64;
    let bar_width = (group_width * FILLED / count).min(MOST_BAR_WIDTH);
    let base = HEIGHT - BOTTOM;
    let y = |share: f64| TOP + (base - TOP) * (1.0 - share.clamp(0.0, 1.0));
    let middle = |group: usize| LEFT + group_width * (group as f64 + 0.5);
    let placed = bars.groups.iter().enumerate().flat_map(|(group, of)| {
        let first = middle(group) - bar_width * count / 2.0;
        of.shares
            .iter()
            .enumerate()
            .filter_map(move |(series, share)| {
                let share = (*share)?;
                let x = first + bar_width * series as f64;
                Some(Bar {
                    x: x + 1.0,
                    y: y(share),
                    width: bar_width - 2.0,
                    height: base - y(share),
                    middle: x + bar_width / 2.0,
                    value_y: y(share) - 4.0,
                    value: format!("{:.0}", share * 100.0),
                    series,
                })
            })
    });
    let labels = bars.groups.iter().enumerate().map(|(group, of)| Label {
        x: middle(group),
        y: base + 16.0,
        count_y: base + 32.0,
        text: short(&of.label),
        count: of.count.clone(),
        whole: of.label.clone(),
    });
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| Tick {
        y: y(share),
        text: format!("{:.0}%", share * 100.0),
    });
    Chart {
        width,
        height: HEIGHT,
        left: LEFT,
        right: width - RIGHT,
        grid: ticks.into(),
        labels: labels.collect(),
        bars: placed.collect(),
        title: bars.title,
        note: bars.note,
        series: bars.series,
    }
}

fn short(label: &str) -> String {
    if label.chars().count() <= MOST_LETTERS {
        return label.to_owned();
    }
    let head: String = label.chars().take(MOST_LETTERS - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::{Bars, Group, draw};

    #[test]
    fn bars_stand_on_the_base_within_the_drawing_and_side_by_side() {
        let group = |label: &str, shares: &[Option<f64>]| Group {
            label: label.into(),
            count: "3".into(),
            shares: shares.to_vec(),
        };
        let chart = draw(Bars {
            title: "F1".into(),
            note: String::new(),
            series: vec!["tuned".into(), "base".into()],
            groups: vec![
                group("a source with a long name", &[Some(1.0), Some(0.5)]),
                group("b", &[None, Some(1.5)]),
            ],
        });
        assert_eq!(chart.bars.len(), 3, "no share, no bar");
        for bar in &chart.bars {
            assert!(bar.x >= chart.left && bar.x + bar.width <= chart.right);
            assert!((bar.y + bar.height - chart.grid[0].y).abs() < 1e-9);
            assert!(bar.y >= chart.grid[4].y, "a share is at most 1");
        }
        assert!(chart.bars[0].x + chart.bars[0].width <= chart.bars[1].x);
        assert_eq!(chart.bars[2].series, 1);
        assert_eq!(chart.labels[0].text, "a source with…");
    }
}
