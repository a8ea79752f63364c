//! Bars as inline SVG, drawn on the server. They are for looking; the numbers stand in a table beneath.
//!
//! The drawing library writes colours as numbers. Each of ours is a colour of the stylesheet, so the number is replaced by that
//! colour's name: the chart is dark on a dark page, and needs neither a style of its own nor a rule of the stylesheet.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::web::AppError;

const MUTED: RGBColor = RGBColor(0x4a, 0x5c, 0x57);
const LINE: RGBColor = RGBColor(0xd5, 0xde, 0xd8);
const ACCENT: RGBColor = RGBColor(0x0b, 0x62, 0x5e);
const AMBER: RGBColor = RGBColor(0xdd, 0x9a, 0x1c);
const BLUE: RGBColor = RGBColor(0x3b, 0x47, 0x9b);

/// Each colour as the library writes it, and as the stylesheet calls it.
const NAMES: [(&str, &str); 5] = [
    ("#4A5C57", "var(--muted)"),
    ("#D5DED8", "var(--line)"),
    ("#0B625E", "var(--accent)"),
    ("#DD9A1C", "var(--amber-edge)"),
    ("#3B479B", "var(--blue)"),
];

const WIDTH: u32 = 720;
const HEIGHT: u32 = 300;
/// The height of the row that says what the colours mean.
const LEGEND: u32 = 32;
/// The letters' size; a phone shows them at half of it.
const LETTERS: u32 = 17;

/// What is counted in one colour, bar by bar.
pub(super) struct Series<'a> {
    pub(super) label: &'a str,
    pub(super) values: Vec<i64>,
}

/// Whether the series of a bar stand on each other, or one in front of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bars {
    /// Their sum is the height.
    Stacked,
    /// The later ones are drawn over the earlier ones, narrower.
    Behind,
}

/// Draws a bar for each of `labels`. At most four series, the last of which is drawn as what is left over.
///
/// # Errors
/// The library's, which has none to give for a drawing in memory.
pub(super) fn bars(kind: Bars, labels: &[String], series: &[Series<'_>]) -> Result<String, AppError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        let (legend, plot) = area.split_vertically(LEGEND);
        explain(&legend, series).map_err(failed)?;
        draw(&plot, (kind, labels), series).map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(named(&svg))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failed<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::internal(format!("a chart cannot be drawn: {error}"))
}

fn colour(place: usize) -> RGBColor {
    *[ACCENT, AMBER, BLUE].get(place).unwrap_or(&MUTED)
}

/// A square and a word for each series.
fn explain<'a>(area: &Area<'a>, series: &[Series<'_>]) -> Result<(), Failed<'a>> {
    let letters = TextStyle::from(("sans-serif", LETTERS).into_font()).color(&MUTED);
    let mut x = 48;
    for (place, one) in series.iter().enumerate() {
        area.draw(&Rectangle::new([(x, 8), (x + 14, 22)], colour(place).filled()))?;
        area.draw(&Text::new(one.label.to_owned(), (x + 20, 6), letters.clone()))?;
        x += 50 + i32::try_from(one.label.chars().count()).unwrap_or(10) * 9;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a place on a drawing is a float")]
fn draw<'a>(area: &Area<'a>, (kind, labels): (Bars, &[String]), series: &[Series<'_>]) -> Result<(), Failed<'a>> {
    let letters = TextStyle::from(("sans-serif", LETTERS).into_font()).color(&MUTED);
    let highest = (0..labels.len()).map(|bar| height(kind, series, bar)).max().unwrap_or(0).max(5);
    let mut chart = ChartBuilder::on(area)
        .margin(6)
        .x_label_area_size(30)
        .y_label_area_size(42)
        .build_cartesian_2d(0.0..labels.len().max(1) as f64, 0.0..highest as f64 * 1.05)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(LINE)
        .label_style(letters)
        .x_labels(labels.len().min(8))
        .y_labels(5)
        .x_label_formatter(&|place| label_at(labels, *place))
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    for bar in 0..labels.len() {
        let mut base = 0.0;
        for (place, one) in series.iter().enumerate() {
            let value = *one.values.get(bar).unwrap_or(&0) as f64;
            let inset = if kind == Bars::Behind { 0.15 + 0.15 * place as f64 } else { 0.15 };
            let corners = [(bar as f64 + inset, base), (bar as f64 + 1.0 - inset, base + value)];
            if value > 0.0 {
                chart.draw_series([Rectangle::new(corners, colour(place).filled())])?;
            }
            base += if kind == Bars::Stacked { value } else { 0.0 };
        }
    }
    Ok(())
}

fn height(kind: Bars, series: &[Series<'_>], bar: usize) -> i64 {
    let values = series.iter().map(|one| *one.values.get(bar).unwrap_or(&0));
    match kind {
        Bars::Stacked => values.sum(),
        Bars::Behind => values.max().unwrap_or(0),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the drawing")]
fn label_at(labels: &[String], place: f64) -> String {
    // Between two bars, or in the middle of a single one, nothing is said again.
    if place.fract() != 0.0 {
        return String::new();
    }
    labels.get(place.max(0.0) as usize).cloned().unwrap_or_default()
}

/// As wide as there is room, out of the way of those who do not see it, in the colours of the page.
fn named(svg: &str) -> String {
    let body = svg.split_once("xmlns=\"http://www.w3.org/2000/svg\">").map_or("", |(_, body)| body);
    let head =
        format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" aria-hidden=\"true\" focusable=\"false\">");
    NAMES.iter().fold(format!("{head}{body}"), |svg, (number, name)| svg.replace(number, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(kind: Bars) -> String {
        let labels: Vec<String> = (1..=30).map(|day| format!("{day} Nov")).collect();
        let series = |label| Series { label, values: (0..30).collect() };
        bars(kind, &labels, &[series("Completed"), series("Did not attend"), series("Open")]).unwrap_or_default()
    }

    #[test]
    fn a_chart_has_the_colours_of_the_page_and_nothing_that_the_content_policy_refuses() {
        for svg in [drawn(Bars::Stacked), drawn(Bars::Behind)] {
            for part in ["var(--accent)", "var(--amber-edge)", "var(--blue)", "var(--line)", "var(--muted)"] {
                assert!(svg.contains(part), "{part} in {svg}");
            }
            assert!(!svg.contains("\"#") && !svg.contains("style") && !svg.contains("<script"), "{svg}");
            assert!(svg.starts_with("<svg viewBox=") && svg.trim_end().ends_with("</svg>"), "{svg}");
        }
    }

    #[test]
    fn a_bar_is_drawn_for_each_number_above_zero() {
        let labels = ["Mon".to_owned(), "Tue".to_owned()];
        let series = [Series { label: "Visits", values: vec![3, 0] }];
        let svg = bars(Bars::Stacked, &labels, &series).unwrap_or_default();
        // One bar, and the square that explains it.
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        assert!(bars(Bars::Stacked, &[], &[]).is_ok_and(|svg| svg.contains("</svg>")));
    }
}
