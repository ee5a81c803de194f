//! Charts of curves over shares, as one SVG file that stands by itself.

use std::fmt::Write as _;

/// The drawing's units are pixels at its natural size.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 44.0;
/// Room for the scale and the names of the curves.
const BOTTOM: f64 = 88.0;
/// Steps of a scale.
const STEPS: u8 = 5;
/// Below this range whole percents would make unequal steps.
const FINE_RANGE: f64 = 0.2;
/// What a mark's name takes.
const NAME_HEIGHT: f64 = 20.0;
/// What makes a file of its own of it.
const NAME_SPACE: &str = " xmlns=\"http://www.w3.org/2000/svg\"";
/// Told apart by those who see no red or green, too (Okabe and Ito's palette).
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#555555",
];

/// Curves to draw.
#[derive(Clone, Debug)]
pub(crate) struct Curves {
    pub(crate) title: String,
    /// What grows to the right: a share from 0 to 1.
    pub(crate) across: String,
    /// What grows upwards: also a share, drawn from the least to the greatest value.
    pub(crate) up: String,
    pub(crate) lines: Vec<Line>,
    /// A point to mark, and its name.
    pub(crate) mark: Option<(f64, f64, String)>,
}

/// One curve.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Curves {
    /// Draws them.
    pub(crate) fn svg(&self) -> String {
        let (low, high) = self.range();
        let x = |share: f64| LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| {
            let part = (value - low) / (high - low);
            HEIGHT - BOTTOM - part.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
        };
        let mut svg = format!(
            "<svg{NAME_SPACE} viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" font-family=\"sans-serif\" \
             font-size=\"13\" fill=\"#222\">\n<title>{0}</title>\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{0}</text>\n",
            escaped(&self.title)
        );
        for step in 0..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            let (at_x, at_y) = (x(part), y(low + part * (high - low)));
            let (end, base) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
            put(
                &mut svg,
                &format!(
                    "<path d=\"M{LEFT} {at_y:.1}H{end}M{at_x:.1} {TOP}V{base}\" stroke=\"#ddd\"/>"
                ),
            );
            let value = 100.0 * (low + part * (high - low));
            let digits = usize::from(high - low < FINE_RANGE);
            put(
                &mut svg,
                &text(LEFT - 8.0, at_y + 4.0, "end", &format!("{value:.digits$}%")),
            );
            put(
                &mut svg,
                &text(
                    at_x,
                    base + 18.0,
                    "middle",
                    &format!("{:.0}%", part * 100.0),
                ),
            );
        }
        let middle = f64::midpoint(TOP, HEIGHT - BOTTOM);
        put(
            &mut svg,
            &text(x(0.5), HEIGHT - BOTTOM + 38.0, "middle", &self.across),
        );
        put(
            &mut svg,
            &format!(
                "<text transform=\"translate(16 {middle:.0}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                escaped(&self.up)
            ),
        );
        let mut legend = LEFT;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let points = line.points.iter();
            let points: Vec<String> = points
                .map(|&(share, value)| format!("{:.1},{:.1}", x(share), y(value)))
                .collect();
            put(
                &mut svg,
                &format!(
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                    points.join(" ")
                ),
            );
            let base = HEIGHT - 20.0;
            put(
                &mut svg,
                &format!(
                    "<path d=\"M{legend:.0} {0}h22\" stroke=\"{colour}\" stroke-width=\"3\"/>",
                    base - 4.0
                ),
            );
            put(&mut svg, &text(legend + 28.0, base, "start", &line.name));
            legend += 28.0 + letters_wide(&line.name);
        }
        if let Some((share, value, name)) = &self.mark {
            put(&mut svg, &dot(x(*share), y(*value), name));
        }
        svg + "</svg>\n"
    }

    /// Draws them as a part of a page, which needs no name space.
    pub(crate) fn inline_svg(&self) -> String {
        self.svg().replacen(NAME_SPACE, "", 1)
    }

    /// From the least to the greatest value, the mark's among them; never nothing.
    fn range(&self) -> (f64, f64) {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let mark = self.mark.iter().map(|(_, value, _)| *value);
        let values = points.map(|point| point.1).chain(mark);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low < high { (low, high) } else { (0.0, 1.0) }
    }
}

fn put(svg: &mut String, element: &str) {
    writeln!(svg, "{element}").expect("a string takes what is written");
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    )
}

/// A point and its name, which stands on the side where there is room.
fn dot(x: f64, y: f64, name: &str) -> String {
    let (aside, anchor) = if x > WIDTH / 2.0 {
        (-8.0, "end")
    } else {
        (8.0, "start")
    };
    let below = y < TOP + NAME_HEIGHT;
    let at = if below { y + NAME_HEIGHT } else { y - 10.0 };
    let circle = format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#222\"/>\n");
    circle + &text(x + aside, at, anchor, name)
}

/// About how wide a name is, with room after it.
#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn letters_wide(name: &str) -> f64 {
    name.chars().count() as f64 * 7.2 + 20.0
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves(points: Vec<(f64, f64)>) -> Curves {
        Curves {
            title: "A < B & C".into(),
            across: "share of calls".into(),
            up: "right".into(),
            lines: vec![Line {
                name: "model".into(),
                points,
            }],
            mark: Some((0.5, 0.7, "here".into())),
        }
    }

    #[test]
    fn curves_fill_the_drawing_and_words_are_escaped() {
        let svg = curves(vec![(0.0, 0.6), (1.0, 0.9)]).svg();
        assert!(svg.contains("points=\"64.0,352.0 696.0,44.0\""), "{svg}");
        assert!(svg.contains("A &lt; B &amp; C"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn a_mark_beyond_the_curve_is_within_the_drawing() {
        let mut curves = curves(vec![(0.0, 0.0), (1.0, 0.01)]);
        curves.mark = Some((0.9, 0.02, "here".into()));
        let svg = curves.svg();
        assert!(svg.contains("cy=\"44.0\""), "{svg}");
        assert!(svg.contains("text-anchor=\"end\">here<"), "{svg}");
        assert!(svg.contains(">0.4%<"), "small shares have a fine scale");
    }

    #[test]
    fn within_a_page_nothing_leads_out_of_it() {
        let svg = curves(vec![(0.0, 0.6), (1.0, 0.9)]).inline_svg();
        assert!(svg.starts_with("<svg viewBox") && !svg.contains("http"));
    }

    #[test]
    fn without_differences_there_is_still_a_drawing() {
        for points in [vec![], vec![(0.0, 0.5), (1.0, 0.5)]] {
            let svg = curves(points).svg();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
