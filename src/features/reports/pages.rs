//! The reports as pages.

mod calls;

use serde::Serialize;

pub(super) use self::calls::CallsPage;

use super::{
    chart::{Bars, Series, bars},
    forms::Range,
    numbers::{DayNumbers, HospitalNumbers, HospitalReport, Numbers, Utilisation},
};
use crate::{
    access::Viewer,
    web::{AppError, FormView, Page, moment::date_in_words},
};

const COLUMNS: [&str; 7] =
    ["Visits", "Completed", "Did not attend", "Open", "Cancelled or declined", "Median wait", "Nine of ten waited"];

/// Numbers as a row of a table.
#[derive(Debug, Serialize)]
struct Row {
    /// The day as `2026-11-24`, or nothing.
    key: String,
    name: String,
    visits: i64,
    completed: i64,
    missed: i64,
    missed_percent: Option<i64>,
    open: i64,
    called_off: i64,
    median: String,
    ninetieth: String,
}

impl Row {
    fn new(key: String, name: String, numbers: &Numbers) -> Self {
        Self {
            key,
            name,
            visits: numbers.visits(),
            completed: numbers.completed,
            missed: numbers.missed,
            missed_percent: numbers.missed_percent(),
            open: numbers.open,
            called_off: numbers.called_off,
            median: wait(numbers.waits.median()),
            ninetieth: wait(numbers.waits.ninetieth()),
        }
    }
}

/// Minutes as people say them.
fn wait(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "–".to_owned(), |minutes| format!("{minutes} min"))
}

fn in_words(range: Range) -> String {
    let from = date_in_words(range.from);
    if range.from == range.to { from } else { format!("{from} to {}", date_in_words(range.to)) }
}

/// The parameters of the same days elsewhere.
fn parameters(range: Range) -> String {
    format!("from={}&to={}", range.from, range.to)
}

fn columns(first: &'static str) -> Vec<&'static str> {
    std::iter::once(first).chain(COLUMNS).collect()
}

/// How full a doctor's hours are.
#[derive(Debug, Serialize)]
struct DoctorNumbersRow {
    name: String,
    booked: String,
    available: String,
    percent: String,
}

impl DoctorNumbersRow {
    fn new(doctor: &Utilisation) -> Self {
        Self {
            name: doctor.name.clone(),
            booked: hours(doctor.booked),
            available: hours(doctor.available),
            percent: doctor.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
        }
    }
}

fn hours(minutes: i64) -> String {
    format!("{} h {:02} min", minutes / 60, minutes % 60)
}

/// A hospital's report.
#[derive(Debug, Serialize)]
pub(super) struct HospitalPage {
    form: FormView,
    range: String,
    parameters: String,
    zone: &'static str,
    total: Row,
    /// Minutes.
    median: i64,
    ninetieth: i64,
    visits_chart: String,
    waits_chart: String,
    columns: Vec<&'static str>,
    days: Vec<Row>,
    doctors: Vec<DoctorNumbersRow>,
}

impl HospitalPage {
    /// # Errors
    /// When a chart cannot be drawn.
    pub(super) fn new(
        viewer: &Viewer,
        form: FormView,
        range: Range,
        report: &HospitalReport,
    ) -> Result<Self, AppError> {
        let row = |day: &DayNumbers| {
            Row::new(day.date.to_string(), day.date.format("%a %-d %b %Y").to_string(), &day.numbers)
        };
        let labels: Vec<String> = report.days.iter().map(|day| day.date.format("%-d %b").to_string()).collect();
        let series = |label, number: fn(&Numbers) -> i64| Series {
            label,
            values: report.days.iter().map(|day| number(&day.numbers)).collect(),
        };
        let visits = [
            series("Completed", |numbers| numbers.completed),
            series("Did not attend", |numbers| numbers.missed),
            series("Open", |numbers| numbers.open),
        ];
        let waits = [
            series("Nine of ten waited at most, minutes", |numbers| numbers.waits.ninetieth().unwrap_or_default()),
            series("Median", |numbers| numbers.waits.median().unwrap_or_default()),
        ];
        Ok(Self {
            form,
            range: in_words(range),
            parameters: parameters(range),
            zone: viewer.zone().name(),
            total: Row::new(String::new(), "All days".to_owned(), &report.total),
            median: report.total.waits.median().unwrap_or_default(),
            ninetieth: report.total.waits.ninetieth().unwrap_or_default(),
            visits_chart: bars(Bars::Stacked, &labels, &visits)?,
            waits_chart: bars(Bars::Behind, &labels, &waits)?,
            columns: columns("Day"),
            days: report.days.iter().rev().map(row).collect(),
            doctors: report.doctors.iter().map(DoctorNumbersRow::new).collect(),
        })
    }
}

impl Page for HospitalPage {
    const TEMPLATE: &'static str = "reports/hospital.html";

    fn title(&self) -> String {
        "Reports".to_owned()
    }
}

/// The numbers of all hospitals.
#[derive(Debug, Serialize)]
pub(super) struct PlatformPage {
    form: FormView,
    range: String,
    parameters: String,
    columns: Vec<&'static str>,
    total: Row,
    hospitals: Vec<Row>,
}

impl PlatformPage {
    pub(super) fn new(form: FormView, range: Range, hospitals: &[HospitalNumbers]) -> Self {
        let total = Numbers::sum(hospitals.iter().map(|hospital| &hospital.numbers));
        let row = |hospital: &HospitalNumbers| Row::new(String::new(), hospital.name.clone(), &hospital.numbers);
        Self {
            form,
            range: in_words(range),
            parameters: parameters(range),
            columns: columns("Hospital"),
            total: Row::new(String::new(), "All hospitals".to_owned(), &total),
            hospitals: hospitals.iter().map(row).collect(),
        }
    }
}

impl Page for PlatformPage {
    const TEMPLATE: &'static str = "reports/platform.html";

    fn title(&self) -> String {
        "Reports".to_owned()
    }
}

/// The form alone, with what is wrong in it.
#[derive(Debug, Serialize)]
pub(super) struct RefusedRange {
    form: FormView,
    /// The address of the report.
    action: &'static str,
}

impl RefusedRange {
    pub(super) fn new(form: FormView, action: &'static str) -> Self {
        Self { form, action }
    }
}

impl Page for RefusedRange {
    const TEMPLATE: &'static str = "reports/refused.html";

    fn title(&self) -> String {
        "Reports".to_owned()
    }
}
