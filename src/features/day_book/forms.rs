//! Where the day book is opened.

use chrono::{Days, NaiveDate, Weekday};
use serde::Deserialize;

use super::queries::DoctorOfBook;
use crate::{
    features::schedules::Stretch,
    time_zone::Tz,
    web::{AppError, FormReader, FormView, Paging, query::day, start_of_day},
};

/// Doctors beside each other on one page of a day: as many as can be read without scrolling sideways on a desk's screen.
pub(super) const COLUMNS: u64 = 8;

/// The query string of the day book.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DayBookQuery {
    date: Option<String>,
    doctor: Option<String>,
    view: Option<String>,
    page: Option<String>,
}

/// How much of the book is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BookView {
    /// One day, doctors side by side.
    Day,
    /// The seven days of one doctor.
    Week,
}

impl BookView {
    /// Both, in the order in which they are offered, with the words for them.
    pub(super) const ALL: [(Self, &'static str); 2] = [(Self::Day, "Day"), (Self::Week, "Week")];

    /// The value in the address.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    fn from_code(code: &str) -> Result<Self, String> {
        let views = Self::ALL.into_iter().map(|(view, _)| view);
        views.into_iter().find(|view| view.code() == code).ok_or_else(|| "Choose a view from the list.".to_owned())
    }
}

/// Which page of the book is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct BookPlace {
    /// The day that is asked for; of a week any of its days.
    pub(super) date: NaiveDate,
    pub(super) view: BookView,
    /// The one doctor who is asked for: `doctor.id`.
    pub(super) doctor_id: Option<i64>,
    /// Of the doctors of a day those who are on this page, from 1.
    pub(super) page: u64,
}

impl DayBookQuery {
    /// The parameters, for the policy of the page.
    pub(super) const PARAMETERS: &'static [&'static str] = &["date", "doctor", "view", "page"];

    /// What is asked for, `today` if no day is, as far as it can be read; the form says later whether it could be used.
    pub(super) fn read(&self, today: NaiveDate) -> (BookPlace, FormReader) {
        let fields = [("date", &self.date), ("doctor", &self.doctor), ("view", &self.view)];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.clone().unwrap_or_default()));
        let form = FormReader::new(fields.collect());
        let date = form.parsed_optional("date", "Day", day).unwrap_or(today);
        let view = form.parsed_optional("view", "View", BookView::from_code).unwrap_or(BookView::Day);
        let doctor_id = form.search("doctor", "Doctor", 20).and_then(|id| id.parse().ok());
        let page = self.page.as_deref().and_then(|page| page.parse().ok()).unwrap_or(1);
        (BookPlace { date, view, doctor_id, page }, form)
    }

    /// Which of the doctors of a day are shown.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is no page number.
    pub(super) fn paging(&self) -> Result<Paging, AppError> {
        Paging::parse(self.page.as_deref(), COLUMNS)
    }
}

impl BookPlace {
    /// The same, once it is known which `doctors` can be chosen: the week is that of the first unless another is asked for. `offers` says whether there
    /// is a field for the doctor.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn among(
        self,
        doctors: &[DoctorOfBook],
        offers: bool,
        form: FormReader,
    ) -> Result<(Self, FormView), Box<FormView>> {
        let typed = form.view().values.get("doctor").is_some_and(|doctor| !doctor.is_empty());
        if typed && !doctors.iter().any(|doctor| Some(doctor.id) == self.doctor_id) {
            form.error(if offers { "doctor" } else { "" }, "Choose a doctor from the list.");
        }
        let first = doctors.first().map(|doctor| doctor.id).filter(|_| self.view == BookView::Week);
        let place = Self { doctor_id: self.doctor_id.or(first), ..self };
        form.finish(Some(place)).map(|place| (place, place.form()))
    }

    /// What is open, as the form shows it.
    fn form(self) -> FormView {
        let doctor = self.doctor_id.map(|id| id.to_string()).unwrap_or_default();
        FormView::filled([("date", self.date.to_string()), ("doctor", doctor), ("view", self.view.code().to_owned())])
    }

    /// The days that are shown: a week begins on its Monday.
    pub(super) fn days(self) -> Vec<NaiveDate> {
        match self.view {
            BookView::Day => vec![self.date],
            BookView::Week => self.date.week(Weekday::Mon).first_day().iter_days().take(7).collect(),
        }
    }

    /// From the first instant of the first of these days in `zone` to the first after the last.
    pub(super) fn span(self, zone: Tz) -> Stretch {
        let (first, days) = match self.view {
            BookView::Day => (self.date, 1),
            BookView::Week => (self.date.week(Weekday::Mon).first_day(), 7),
        };
        Stretch { starts_at: start_of_day(first, zone), ends_at: start_of_day(first + Days::new(days), zone) }
    }

    /// The same so many days or weeks later, or earlier; none beyond what can be asked for.
    pub(super) fn turned(self, leaves: i64) -> Option<Self> {
        let days = if self.view == BookView::Week { 7 } else { 1 };
        self.on(self.date.checked_add_signed(chrono::TimeDelta::days(days * leaves))?)
    }

    /// The same on another day; none where that cannot be asked for.
    pub(super) fn on(self, date: NaiveDate) -> Option<Self> {
        day(&date.to_string()).ok().map(|date| Self { date, ..self })
    }

    /// Its address. To whoever has no choice of doctors it names none.
    pub(super) fn href(self, offers: bool) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("date", &self.date.to_string());
        query.extend_pairs(self.doctor_id.filter(|_| offers).map(|id| ("doctor", id.to_string())));
        query.extend_pairs(Some(("view", "week")).filter(|_| self.view == BookView::Week));
        // Whoever turns a leaf goes on with the same doctors.
        let goes_on = self.page > 1 && self.view == BookView::Day && self.doctor_id.is_none();
        query.extend_pairs(goes_on.then(|| ("page", self.page.to_string())));
        format!("/schedule?{}", query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(date: &str, view: BookView) -> BookPlace {
        BookPlace { date: date.parse().unwrap_or_default(), view, doctor_id: None, page: 1 }
    }

    #[test]
    fn a_week_begins_on_its_monday_whichever_day_is_asked_for() {
        for date in ["2026-11-23", "2026-11-25", "2026-11-29"] {
            let days = place(date, BookView::Week).days();
            let ends = [days.first(), days.last()].map(|day| day.map(ToString::to_string).unwrap_or_default());
            assert_eq!((days.len(), ends), (7, ["2026-11-23".to_owned(), "2026-11-29".to_owned()]), "{date}");
        }
    }

    #[test]
    fn the_book_ends_where_no_day_can_be_asked_for() {
        assert!(place("1900-01-01", BookView::Day).turned(-1).is_none());
        assert!(place("2200-12-30", BookView::Week).turned(1).is_none());
        let next = place("2026-02-28", BookView::Day).turned(1).map(|place| place.href(true));
        assert_eq!(next.as_deref(), Some("/schedule?date=2026-03-01"));
    }

    #[test]
    fn a_day_on_which_the_clocks_change_is_shown_whole() {
        let span = place("2026-03-29", BookView::Day).span("Europe/London".parse().unwrap_or_default());
        assert_eq!((span.ends_at - span.starts_at).num_hours(), 23);
    }
}
