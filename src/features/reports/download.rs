//! Reports as files for spreadsheets.

use actix_web::{HttpResponse, http::header};

use super::{
    calls::CallsReport,
    forms::Range,
    numbers::{HospitalNumbers, HospitalReport, Numbers},
};
use crate::web::AppError;

/// A row for each day.
pub(super) fn days(report: &HospitalReport, range: Range) -> Result<HttpResponse, AppError> {
    let rows = report.days.iter().map(|day| cells(day.date.to_string(), &day.numbers));
    file(("visits", range), &heads("day"), rows)
}

/// A row for each hospital.
pub(super) fn hospitals(hospitals: &[HospitalNumbers], range: Range) -> Result<HttpResponse, AppError> {
    let rows = hospitals.iter().map(|hospital| cells(hospital.name.clone(), &hospital.numbers));
    file(("hospitals", range), &heads("hospital"), rows)
}

/// A row for each doctor.
pub(super) fn doctors(report: &HospitalReport, range: Range) -> Result<HttpResponse, AppError> {
    let rows = report.doctors.iter().map(|doctor| {
        let numbers = [doctor.booked.to_string(), doctor.available.to_string(), number(doctor.percent())];
        std::iter::once(doctor.name.clone()).chain(numbers).collect()
    });
    file(("doctors", range), &["doctor", "booked_minutes", "available_minutes", "booked_percent"], rows)
}

/// A row for each doctor of each week in whose visits there was a call.
pub(super) fn calls(report: &CallsReport, range: Range) -> Result<HttpResponse, AppError> {
    let rows = report.parts.iter().map(|part| {
        let numbers = &part.numbers;
        let week = report.weeks.get(part.week).copied().unwrap_or(range);
        let counts = [
            numbers.visits,
            numbers.calls,
            numbers.connected,
            numbers.direct,
            numbers.relay_udp,
            numbers.relay_tcp,
            numbers.relay_tls,
            numbers.not_answered,
            numbers.lost,
            numbers.by_phone,
            numbers.restarts,
            numbers.seconds,
            numbers.first_frames.count(),
        ];
        let rates = [numbers.first_frames.median(), numbers.first_frames.ninetieth()].map(number);
        let counts = counts.map(|count| count.to_string()).into_iter().chain(rates);
        [week.from.to_string(), week.to.to_string(), part.doctor.clone()].into_iter().chain(counts).collect()
    });
    file(("calls", range), &CALLS, rows)
}

const CALLS: [&str; 18] = [
    "from",
    "to",
    "doctor",
    "visits",
    "calls",
    "connected",
    "direct",
    "relay_udp",
    "relay_tcp",
    "relay_tls",
    "not_answered",
    "lost",
    "visits_on_by_telephone",
    "other_ways_looked_for",
    "connected_seconds",
    "known_first_pictures",
    "median_first_picture_milliseconds",
    "first_picture_milliseconds_of_nine_in_ten_at_most",
];

fn heads(first: &'static str) -> [&'static str; 10] {
    [
        first,
        "visits",
        "completed",
        "did_not_attend",
        "open",
        "cancelled_or_declined",
        "did_not_attend_percent",
        "known_waits",
        "median_wait_minutes",
        "wait_minutes_of_nine_in_ten_at_most",
    ]
}

fn cells(first: String, numbers: &Numbers) -> Vec<String> {
    let counts = [numbers.visits(), numbers.completed, numbers.missed, numbers.open, numbers.called_off];
    let rates = [
        number(numbers.missed_percent()),
        numbers.waits.count().to_string(),
        number(numbers.waits.median()),
        number(numbers.waits.ninetieth()),
    ];
    std::iter::once(first).chain(counts.map(|count| count.to_string())).chain(rates).collect()
}

/// Empty for what is not known.
fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn file(
    (name, range): (&str, Range),
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<HttpResponse, AppError> {
    // Without the mark Excel takes UTF-8 for the system's own encoding, and no name that is not ASCII can be read.
    let mut writer = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    writer.write_record(heads).map_err(AppError::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(AppError::internal)?;
    }
    let body = writer.into_inner().map_err(|error| AppError::internal(error.to_string()))?;
    let disposition = format!("attachment; filename=\"{name}-{}-to-{}.csv\"", range.from, range.to);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}

/// A spreadsheet takes what begins with one of these, in some languages in full width as well, for a formula; after an apostrophe it is text.
fn harmless(cell: &str) -> String {
    if cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n'])
    {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "　＋1", "－1", "＠SUM(A1)"] {
            assert!(harmless(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("Dr Asha Rai"), "Dr Asha Rai");
        assert_eq!(harmless("17"), "17");
    }
}
