//! The list.

mod entry;

use entity::enums::Role;
use serde::Serialize;

use entry::ListEntry;

use crate::{
    access::{PageContext, Viewer},
    features::appointments::{
        appointment::StatusFilter,
        forms::{ListFilter, When},
        queries::{DoctorOption, FoundVisits},
    },
    features::people::NamedPatient,
    web::{AppError, FormView, Page, Pagination, Paging, how_many, moment::date_in_words},
};

const PATH: &str = "/appointments";

/// One entry of a select.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    label: String,
}

/// One side of today.
#[derive(Debug, Serialize)]
struct Side {
    label: &'static str,
    href: String,
    /// How many visits there are, in words; none where the filter could not be used.
    count: Option<String>,
    is_shown: bool,
}

/// What narrows the list.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct Narrowing<'a> {
    /// What was typed.
    pub(in crate::features::appointments) form: FormView,
    /// What that means; none when it cannot be used.
    pub(in crate::features::appointments) filter: Option<&'a ListFilter>,
    /// Those to choose from.
    pub(in crate::features::appointments) doctors: &'a [DoctorOption],
}

/// The one patient whose visits are listed.
#[derive(Debug, Serialize)]
struct OnlyPatient {
    name: String,
    born: Option<String>,
    /// The same list of everybody's.
    everybody_href: String,
}

/// The viewer's appointments, and the form that narrows them.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct AppointmentsPage {
    form: FormView,
    /// The side of today that stays chosen when something else is, whether it was said or went without saying.
    when: Option<String>,
    statuses: Vec<Choice>,
    /// Empty to a doctor, whose list is their own.
    doctors: Vec<Choice>,
    /// Whose visits alone are listed; none when they are everybody's.
    patient: Option<OnlyPatient>,
    /// What is searched for.
    name_label: &'static str,
    zone: &'static str,
    /// Which visit comes first.
    order: &'static str,
    /// Where the list is whole again; none when it is.
    clear: Option<String>,
    /// What is to come, and what is past, if the list is of one of them, or it could not be told of which.
    sides: Vec<Side>,
    person_label: &'static str,
    note_label: Option<&'static str>,
    columns: Vec<&'static str>,
    /// Whether it is of visits whose note is still to be signed.
    is_of_notes: bool,
    rows: Vec<ListEntry>,
    /// None when the filter could not be used.
    pagination: Option<Pagination>,
    empty_title: &'static str,
    empty_text: &'static str,
}

impl AppointmentsPage {
    /// The page `paging` of what was `found`: how many there are, and the rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the list has no such page.
    pub(in crate::features::appointments) fn new(
        context: PageContext<'_>,
        narrowing: Narrowing<'_>,
        paging: Paging,
        FoundVisits { page: found, beside }: FoundVisits,
    ) -> Result<Self, AppError> {
        let typed = &narrowing.form.values;
        let query: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let pagination = Pagination::new(paging, found.total, "visits", (PATH, &query))?;
        let sides = sides(&narrowing, found.total, beside);
        let (empty_title, empty_text) = nothing(&narrowing, beside);
        let mut list = Self::refused(context.viewer, narrowing);
        let here = here(&pagination, found.rows.len());
        list.rows = found.rows.iter().map(|row| ListEntry::new(context, row, &here)).collect();
        list.columns.extend(list.rows.iter().any(|row| !row.acts.is_empty() || row.wish_href.is_some()).then_some(""));
        list.pagination = Some(pagination);
        Ok(Self { sides, empty_title, empty_text, ..list })
    }

    /// The same, saying that only the visits of `patient` are listed, if there is one.
    #[must_use]
    pub(in crate::features::appointments) fn of(mut self, patient: Option<&NamedPatient>) -> Self {
        self.patient = patient.map(|patient| OnlyPatient {
            name: patient.name(),
            born: patient.date_of_birth.map(date_in_words),
            everybody_href: list_href(without(&self.form, "patient")),
        });
        self
    }

    /// The form alone, with what is wrong in it.
    pub(in crate::features::appointments) fn refused(
        viewer: &Viewer,
        Narrowing { form, filter, doctors }: Narrowing<'_>,
    ) -> Self {
        let (person_label, note_label) = match viewer.role() {
            Role::Doctor => ("Patient", None),
            Role::Patient => ("Doctor", Some("Field")),
            Role::HospitalAdmin | Role::SuperAdmin => ("Patient", Some("Doctor")),
        };
        let choose = || When::ALL.map(|when| Side::new(&form, when, true)).into();
        let sides = form.errors.contains_key("when").then(choose).unwrap_or_default();
        let is_narrowed = without(&form, "when").next().is_some();
        let columns = std::iter::once(person_label).chain(note_label).chain(["Time", "Status"]);
        let said = form.values.get("when").filter(|when| !when.is_empty() && !form.errors.contains_key("when"));
        let shown = filter.and_then(|filter| filter.when).map(|when| when.code().to_owned());
        Self {
            when: shown.or_else(|| said.cloned()),
            statuses: StatusFilter::offered_to(viewer.role()).map(Choice::of_status).collect(),
            doctors: doctors.iter().map(Choice::of_doctor).collect(),
            patient: None,
            name_label: name_label(viewer.role()),
            zone: viewer.zone().name(),
            order: order(filter),
            clear: is_narrowed.then(|| whole(filter)),
            sides,
            person_label,
            note_label,
            columns: columns.collect(),
            is_of_notes: filter.is_some_and(|filter| filter.status == Some(StatusFilter::NotesToSign)),
            rows: Vec::new(),
            pagination: None,
            empty_title: "",
            empty_text: "",
            form,
        }
    }
}

/// The query string of this page of the list, to which an act leads back. The last row of a page may not be there any more then.
fn here(pagination: &Pagination, rows: usize) -> String {
    let current = pagination.pages.iter().find(|page| page.current).map(|page| &page.href);
    let href = pagination.previous.as_ref().filter(|_| rows == 1).or(current);
    href.and_then(|href| href.split_once('?')).map_or_else(String::new, |(_, query)| query.to_owned())
}

/// The list that is narrowed by these parameters.
fn list_href<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

/// What was typed, but in the field `left_out`.
fn without<'a>(form: &'a FormView, left_out: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let typed = form.values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    typed.filter(move |(name, value)| *name != left_out && !value.is_empty())
}

/// The same list of everything on this side of today.
fn whole(filter: Option<&ListFilter>) -> String {
    let when = filter.and_then(|filter| filter.when).filter(|when| *when == When::Past);
    list_href(when.map(|when| ("when", when.code())).into_iter())
}

/// Both sides of today, if the list is of one of them: how many there are `here`, on that, and `there`, on the other.
fn sides(Narrowing { form, filter, .. }: &Narrowing<'_>, here: u64, there: u64) -> Vec<Side> {
    let Some(shown) = filter.and_then(|filter| filter.when) else { return Vec::new() };
    let side = |when: When| {
        let is_said = when == When::Past || filter.is_some_and(|filter| filter.status.is_some());
        let count = how_many(if when == shown { here } else { there });
        Side { count: Some(count), is_shown: when == shown, ..Side::new(form, when, is_said) }
    };
    When::ALL.map(side).into()
}

impl Side {
    /// The link to that side of the list, which `is_said` in its address unless it goes without saying.
    fn new(form: &FormView, when: When, is_said: bool) -> Self {
        let href = list_href(without(form, "when").chain(is_said.then_some(("when", when.code()))));
        Self { label: when.label(), href, count: None, is_shown: false }
    }
}

/// Which visit comes first.
fn order(filter: Option<&ListFilter>) -> &'static str {
    match filter.map(|filter| (filter.when, filter.status)) {
        Some((Some(When::ToCome), _)) => "From today on, the earliest first.",
        Some((Some(When::Past), _)) => "Before today, the latest first.",
        None | Some((None, None | Some(StatusFilter::Is(_)))) => "The latest first.",
        Some((None, Some(_))) => "The earliest first.",
    }
}

/// What the search is for. Patients have a list of doctors to choose from as well.
fn name_label(role: Role) -> &'static str {
    match role {
        Role::Doctor => "Patient",
        Role::Patient => "Part of the doctor's name",
        Role::HospitalAdmin | Role::SuperAdmin => "Patient or doctor",
    }
}

/// What is said of an empty list, when there are so many `beside` it.
fn nothing(Narrowing { form, filter, .. }: &Narrowing<'_>, beside: u64) -> (&'static str, &'static str) {
    // One patient's list is whole as well.
    let narrows =
        |(name, value): (&String, &String)| !["when", "patient"].contains(&name.as_str()) && !value.is_empty();
    let narrowed = form.values.iter().filter(|field| narrows(*field)).count();
    let (when, status) = filter.map_or((None, None), |filter| (filter.when, filter.status));
    match (when, narrowed, beside) {
        (Some(_), 0, 0) => ("No visits yet", "Visits appear here as soon as one is asked for or booked."),
        (Some(When::ToCome), 0, _) => ("No visit is to come", "Those before today stand under Past."),
        (Some(When::Past), 0, _) => ("No visit is past", "Those from today on stand under To come."),
        (Some(When::ToCome), _, 1..) => ("No visit matches", "Before today some do: they stand under Past."),
        (Some(When::Past), _, 1..) => ("No visit matches", "From today on some do: they stand under To come."),
        (_, 1, _) if status == Some(StatusFilter::NeedsOutcome) => {
            ("No visit needs an outcome", "Every past visit has its outcome.")
        }
        _ => ("No visit matches", "Widen the dates, or choose another status."),
    }
}

impl Page for AppointmentsPage {
    const TEMPLATE: &'static str = "appointments/index.html";

    fn title(&self) -> String {
        "Visits".to_owned()
    }
}

impl Choice {
    fn of_status(status: StatusFilter) -> Self {
        Self { value: status.code().to_owned(), label: status.label().to_owned() }
    }

    fn of_doctor(doctor: &DoctorOption) -> Self {
        Self { value: doctor.id.to_string(), label: doctor.name() }
    }
}
