//! The day book: what stands around the columns, the grid of them, and the sheets of paper.

mod column;
mod grid;
mod sheet;

use chrono::NaiveDate;
use serde::Serialize;

use self::{
    column::{BookColumn, BookHead},
    grid::BookRow,
    sheet::BookSheet,
};
use super::{
    forms::{BookPlace, BookView},
    queries::{DoctorOfBook, FoundTime},
};
use crate::{
    access::{PageContext, Viewer, ViewerKind},
    features::appointments::is_told_symptoms,
    web::{AppError, FormView, Page, Pagination, Paging},
};

/// Whether there is a choice of doctors: a doctor has their own book alone.
pub(super) fn offers_doctors(viewer: &Viewer) -> bool {
    matches!(viewer.kind, ViewerKind::HospitalAdmin { .. })
}

/// Those of the doctors who are on the page.
#[derive(Debug)]
pub(super) struct ShownDoctors {
    pub(super) doctors: Vec<DoctorOfBook>,
    /// All from whom one can choose.
    choice: Vec<DoctorChoice>,
    /// How many visits all of them have, of whom these are some.
    count: i64,
    /// None where one doctor alone is asked for.
    pagination: Option<Pagination>,
}

#[derive(Clone, Debug, Serialize)]
struct DoctorChoice {
    value: i64,
    label: String,
}

#[derive(Debug, Serialize)]
struct ViewChoice {
    value: &'static str,
    label: &'static str,
}

impl ShownDoctors {
    /// The one who is asked for, else those of the page `paging`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such page.
    pub(super) fn new(doctors: Vec<DoctorOfBook>, place: BookPlace, paging: Paging) -> Result<Self, AppError> {
        let choice = choice(&doctors);
        let wanted = |doctor: &DoctorOfBook| place.doctor_id.is_none_or(|id| doctor.id == id);
        let doctors: Vec<DoctorOfBook> = doctors.into_iter().filter(wanted).collect();
        let total = u64::try_from(doctors.len()).unwrap_or(u64::MAX);
        let date = place.date.to_string();
        let pagination = Pagination::new(paging, total, "doctors", ("/schedule", &[("date", &date)]))?;
        let skipped = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
        let size = usize::try_from(paging.size).unwrap_or(usize::MAX);
        Ok(Self {
            choice,
            count: doctors.iter().map(|doctor| doctor.visits).sum(),
            pagination: Some(pagination).filter(|_| total > paging.size),
            doctors: doctors.into_iter().skip(skipped).take(size).collect(),
        })
    }
}

fn choice(doctors: &[DoctorOfBook]) -> Vec<DoctorChoice> {
    doctors.iter().map(|doctor| DoctorChoice { value: doctor.id, label: doctor.name() }).collect()
}

/// Days of the book, or what is wrong with the address.
#[derive(Debug, Default, Serialize)]
pub(super) struct DayBookPage {
    form: FormView,
    /// None to whoever has their own book alone.
    doctors: Vec<DoctorChoice>,
    views: Vec<ViewChoice>,
    zone: &'static str,
    /// The day, or the days, in words; empty where the address could not be used.
    days: String,
    /// The ways to the days before and after, to today, and from a day to its week or back.
    previous: Option<String>,
    next: Option<String>,
    today: String,
    other_view: String,
    is_week: bool,
    /// Whose week it is.
    whose: Option<String>,
    heads: Vec<BookHead>,
    rows: Vec<BookRow>,
    /// That the present is before the first of the rows.
    is_now_first: bool,
    /// Who of the doctors on the page has neither hours nor visits on the day, and no column for that; nobody where somebody was asked for by name.
    without_hours: Vec<String>,
    /// Why there is no row.
    nothing: Option<&'static str>,
    /// How many visits there are on these days, and of how many doctors when not of all who are shown here.
    count: i64,
    shown: usize,
    pagination: Option<Pagination>,
    sheets: Vec<BookSheet>,
    has_symptoms: bool,
}

impl DayBookPage {
    pub(super) fn new(
        context: PageContext<'_>,
        (place, form): (BookPlace, FormView),
        shown: &ShownDoctors,
        found: &FoundTime,
    ) -> Self {
        let viewer = context.viewer;
        let is_asked_for = place.doctor_id.is_some();
        let (columns, without): (Vec<BookColumn>, Vec<BookColumn>) = shown
            .doctors
            .iter()
            .flat_map(|doctor| place.days().into_iter().map(move |date| (doctor, date)))
            .map(|(doctor, date)| BookColumn::new(context, (doctor, date), found))
            .partition(|column| is_asked_for || !column.is_empty());
        let (rows, is_now_first) = grid::rows(context, &columns);
        Self {
            heads: columns.iter().map(|column| BookHead::new(context, column, place)).collect(),
            nothing: nothing(shown, place).filter(|_| rows.is_empty()),
            // Where nobody has any, that is said already.
            without_hours: without.iter().map(|column| column.doctor.name()).filter(|_| !rows.is_empty()).collect(),
            rows,
            is_now_first,
            sheets: columns.iter().filter_map(|column| BookSheet::new(context, column)).collect(),
            whose: shown.doctors.first().map(DoctorOfBook::name).filter(|_| place.view == BookView::Week),
            count: shown.count,
            shown: columns.iter().map(|column| column.visits.len()).sum(),
            pagination: shown.pagination.clone(),
            ..Self::around(viewer, place, form).choosing(viewer, shown.choice.clone())
        }
    }

    /// The form alone, with what is wrong in it.
    pub(super) fn refused(viewer: &Viewer, form: FormView, doctors: &[DoctorOfBook]) -> Self {
        Self { form, today: "/schedule".to_owned(), ..Self::default() }.choosing(viewer, choice(doctors))
    }

    fn choosing(mut self, viewer: &Viewer, doctors: Vec<DoctorChoice>) -> Self {
        self.doctors = if offers_doctors(viewer) { doctors } else { Vec::new() };
        self.views = BookView::ALL.map(|(view, label)| ViewChoice { value: view.code(), label }).into();
        self.zone = viewer.zone().name();
        self
    }

    /// The days and the ways to others.
    fn around(viewer: &Viewer, place: BookPlace, form: FormView) -> Self {
        let offers = offers_doctors(viewer);
        let is_week = place.view == BookView::Week;
        let other = if is_week { BookView::Day } else { BookView::Week };
        let turned = |leaves| place.turned(leaves).map(|place| place.href(offers));
        Self {
            form,
            days: in_words(&place.days()),
            previous: turned(-1),
            next: turned(1),
            today: today_href(place, offers),
            // Who looks at the week of one doctor comes from the day of all.
            other_view: BookPlace { view: other, doctor_id: place.doctor_id.filter(|_| !is_week), ..place }
                .href(offers),
            is_week,
            has_symptoms: is_told_symptoms(viewer.role()),
            ..Self::default()
        }
    }
}

/// It names no day, so that it is kept open from one day to the next.
fn today_href(place: BookPlace, offers: bool) -> String {
    let href = place.href(offers).replacen(&format!("date={}", place.date), "", 1).replacen("?&", "?", 1);
    href.trim_end_matches('?').to_owned()
}

fn in_words(days: &[NaiveDate]) -> String {
    let word = |date: &NaiveDate| date.format("%A %-d %B %Y").to_string();
    match days {
        [first, .., last] => format!("{} to {}", word(first), word(last)),
        _ => days.first().map(word).unwrap_or_default(),
    }
}

/// Said where no row is.
fn nothing(shown: &ShownDoctors, place: BookPlace) -> Option<&'static str> {
    Some(match (shown.doctors.as_slice(), place.view) {
        ([], _) => "Your hospital has no doctors yet.",
        ([_], BookView::Day) => "No hours and no visits on this day.",
        (_, BookView::Day) => "Nobody here has hours or visits on this day.",
        (_, BookView::Week) => "No hours and no visits in this week.",
    })
}

impl Page for DayBookPage {
    const TEMPLATE: &'static str = "day_book/show.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Day book".to_owned()
    }
}
