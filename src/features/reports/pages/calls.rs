//! The report of calls as a page.

use serde::Serialize;

use super::{in_words, parameters};
use crate::{
    access::Viewer,
    features::reports::{
        calls::{CallNumbers, CallsReport},
        chart::{Bars, Series, bars},
        forms::Range,
        numbers::rounded_percent,
    },
    web::{AppError, FormView, Page, moment::length_in_words},
};

const COLUMNS: [&str; 10] = [
    "Visits",
    "Calls",
    "Connected",
    "Through the relay",
    "Not answered",
    "Lost",
    "On by telephone",
    "Other way looked for",
    "First picture",
    "Mean length",
];

/// A number, and which part it is of what, in per cent.
#[derive(Debug, Serialize)]
struct Share {
    number: i64,
    percent: Option<i64>,
}

impl Share {
    fn of(whole: i64, number: i64) -> Self {
        Self { number, percent: rounded_percent(number, whole) }
    }
}

/// Calls as a row of a table.
#[derive(Debug, Serialize)]
struct CallsRow {
    /// The first day of the week as `2026-11-24`, or nothing.
    key: String,
    name: String,
    visits: i64,
    calls: i64,
    /// Of all calls.
    connected: Share,
    /// Of those that told their way.
    relayed: Share,
    not_answered: Share,
    lost: Share,
    /// Of the visits.
    by_phone: Share,
    restarts: i64,
    median: Option<String>,
    ninetieth: Option<String>,
    length: String,
}

impl CallsRow {
    fn new(key: String, name: String, numbers: &CallNumbers) -> Self {
        let length = numbers.mean_seconds().and_then(|seconds| i32::try_from(seconds).ok());
        Self {
            key,
            name,
            visits: numbers.visits,
            calls: numbers.calls,
            connected: Share::of(numbers.calls, numbers.connected),
            relayed: Share { number: numbers.relayed(), percent: numbers.relayed_percent() },
            not_answered: Share::of(numbers.calls, numbers.not_answered),
            lost: Share::of(numbers.calls, numbers.lost),
            by_phone: Share::of(numbers.visits, numbers.by_phone),
            restarts: numbers.restarts,
            median: numbers.first_frames.median().map(seconds),
            ninetieth: numbers.first_frames.ninetieth().map(seconds),
            length: length.map_or_else(|| "–".to_owned(), length_in_words),
        }
    }
}

/// Milliseconds, of which tenths of seconds are known.
fn seconds(milliseconds: i64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds / 100 % 10)
}

fn week_in_words(week: Range) -> String {
    match (week.from, week.to) {
        (from, to) if from == to => to.format("%-d %b %Y").to_string(),
        (from, to) => format!("{} – {}", from.format("%-d %b"), to.format("%-d %b %Y")),
    }
}

/// A hospital's calls.
#[derive(Debug, Serialize)]
pub(in crate::features::reports) struct CallsPage {
    form: FormView,
    range: String,
    parameters: String,
    zone: &'static str,
    total: CallsRow,
    /// Milliseconds.
    median: i64,
    ninetieth: i64,
    ways_chart: String,
    first_frames_chart: String,
    week_columns: Vec<&'static str>,
    /// The last first.
    weeks: Vec<CallsRow>,
    doctor_columns: Vec<&'static str>,
    doctors: Vec<CallsRow>,
}

impl CallsPage {
    /// # Errors
    /// When a chart cannot be drawn.
    pub(in crate::features::reports) fn new(
        viewer: &Viewer,
        form: FormView,
        range: Range,
        report: &CallsReport,
    ) -> Result<Self, AppError> {
        let (total, weeks) = (report.total(), report.by_week());
        let doctors = report.by_doctor().into_iter();
        let columns = |first| std::iter::once(first).chain(COLUMNS).collect();
        let week = |(week, numbers): &(Range, CallNumbers)| {
            CallsRow::new(week.from.to_string(), week_in_words(*week), numbers)
        };
        Ok(Self {
            form,
            range: in_words(range),
            parameters: parameters(range),
            zone: viewer.zone().name(),
            median: total.first_frames.median().unwrap_or_default(),
            ninetieth: total.first_frames.ninetieth().unwrap_or_default(),
            ways_chart: ways_chart(&total, &weeks)?,
            first_frames_chart: first_frames_chart(&weeks)?,
            total: CallsRow::new(String::new(), "All weeks".to_owned(), &total),
            week_columns: columns("Week"),
            weeks: weeks.iter().rev().map(week).collect(),
            doctor_columns: columns("Doctor"),
            doctors: doctors.map(|(name, numbers)| CallsRow::new(String::new(), name, &numbers)).collect(),
        })
    }
}

fn labels(weeks: &[(Range, CallNumbers)]) -> Vec<String> {
    weeks.iter().map(|(week, _)| week.from.format("%-d %b").to_string()).collect()
}

fn series<'a>(label: &'a str, weeks: &[(Range, CallNumbers)], number: impl Fn(&CallNumbers) -> i64) -> Series<'a> {
    Series { label, values: weeks.iter().map(|(_, numbers)| number(numbers)).collect() }
}

/// Which way the calls of each week went.
fn ways_chart(total: &CallNumbers, weeks: &[(Range, CallNumbers)]) -> Result<String, AppError> {
    let mut ways = vec![
        series("Directly", weeks, |numbers| numbers.direct),
        series("Not connected", weeks, |numbers| numbers.calls - numbers.connected),
        series("Through the relay", weeks, CallNumbers::relayed),
    ];
    if total.untold() > 0 {
        ways.push(series("Way not told", weeks, CallNumbers::untold));
    }
    bars(Bars::Stacked, &labels(weeks), &ways)
}

fn first_frames_chart(weeks: &[(Range, CallNumbers)]) -> Result<String, AppError> {
    let series = [
        series("Nine of ten at most, milliseconds", weeks, |it| it.first_frames.ninetieth().unwrap_or_default()),
        series("Median", weeks, |it| it.first_frames.median().unwrap_or_default()),
    ];
    bars(Bars::Behind, &labels(weeks), &series)
}

impl Page for CallsPage {
    const TEMPLATE: &'static str = "reports/calls.html";

    fn title(&self) -> String {
        "Report of calls".to_owned()
    }
}
