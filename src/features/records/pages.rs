//! A patient's record.

use entity::enums::Role;
use serde::Serialize;

use super::queries::{ClinicalRecord, RecordWithVisits, SHOWN};
use crate::{
    access::{PageContext, Viewer},
    features::{
        accounts::{SaidParts, StatedFacts},
        appointments::{AppointmentRow, StatusTag, status_tag},
        modalities::modality_label,
        people::{Banner, EmergencyContact},
    },
    text::given_address,
    web::{ClinicalPage, FormView, Moment, PhoneLink},
};

/// A patient's record.
#[derive(Debug, Serialize)]
pub(super) struct Patient {
    banner: Banner,
    /// None of somebody who has none, and is to be told by phone.
    email: Option<String>,
    phone: Option<PhoneLink>,
    active: bool,
    medical_history: Option<String>,
    emergency_contact: Option<EmergencyContact>,
    /// Whose word that is, if it is the patient's.
    contact_said: Option<String>,
    /// Of what the patient has said and nobody has confirmed.
    confirmation: Option<Confirmation>,
    /// What was sent and refused.
    form: FormView,
    since: Moment,
    /// Of somebody who was erased.
    erased: Option<Moment>,
    /// Where the office changes what is said of them; none to others.
    edit_href: Option<String>,
    /// Where a visit is booked for them; none for somebody who was erased.
    book_href: Option<String>,
    /// The same for somebody who cannot wait.
    urgent_href: Option<String>,
    /// The list of this person's visits, as far as the viewer sees them.
    visits_href: String,
    /// Those of them that are the nearest.
    sides: [Side; 2],
}

/// Their visits on one side of today.
#[derive(Debug, Serialize)]
struct Side {
    id: &'static str,
    title: &'static str,
    /// What is said when there is none.
    none: &'static str,
    rows: Vec<VisitEntry>,
    /// Where all of them are, if there are others than these.
    rest_href: Option<String>,
}

/// A visit of theirs.
#[derive(Debug, Serialize)]
struct VisitEntry {
    id: i64,
    href: String,
    starts_at: Moment,
    /// With whom, to whom it is not clear.
    doctor: Option<String>,
    modality: &'static str,
    status: StatusTag,
    mark: Option<&'static str>,
}

impl Side {
    fn new(
        viewer: &Viewer,
        (id, title, none): (&'static str, &'static str, &'static str),
        visits: &[AppointmentRow],
    ) -> Self {
        let rows = visits.iter().take(SHOWN).map(|row| VisitEntry::new(viewer, row)).collect();
        Self { id, title, none, rows, rest_href: None }
    }

    fn with_rest(self, visits: &[AppointmentRow], href: String) -> Self {
        Self { rest_href: (visits.len() > SHOWN).then_some(href), ..self }
    }
}

impl VisitEntry {
    fn new(viewer: &Viewer, row: &AppointmentRow) -> Self {
        Self {
            id: row.id,
            href: format!("/appointments/{}", row.id),
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            doctor: (viewer.role() != Role::Doctor).then(|| row.doctor_name()),
            modality: modality_label(row.modality),
            status: status_tag(row.status),
            mark: row.mark(viewer.role()),
        }
    }
}

/// How it is confirmed, and of what it is to be made sure.
#[derive(Debug, Serialize)]
struct Confirmation {
    href: String,
    seen: String,
    parts: Vec<&'static str>,
    /// What was recorded before, and is in nobody's sight afterwards.
    goes: Vec<Before>,
}

#[derive(Debug, Serialize)]
struct Before {
    part: &'static str,
    text: String,
}

impl Confirmation {
    fn new(id: i64, facts: &StatedFacts, said: &SaidParts) -> Option<Self> {
        let parts = [
            ("blood type", &said.blood_type),
            ("allergies", &said.allergies),
            ("whom to call in an emergency", &said.contact),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(_, said)| said.is_some()).map(|(part, _)| part).collect();
        let href = format!("/patients/{id}/confirmation");
        let goes = ["Blood type", "Allergies"].into_iter().zip(facts.befores());
        let goes = goes.filter_map(|(part, text)| text.map(|text| Before { part, text })).collect();
        (!parts.is_empty()).then(|| Self { href, seen: facts.seen(), parts, goes })
    }
}

impl Patient {
    pub(super) fn new(
        PageContext { viewer, present }: PageContext<'_>,
        id: i64,
        RecordWithVisits { record, to_come, past }: RecordWithVisits,
    ) -> Self {
        let ClinicalRecord { medical_history, facts, person } = record;
        let name = format!("{} {}", person.first_name, person.last_name);
        let is_there = person.erased_at.is_none();
        let said = facts.said(viewer);
        let banner = Banner::new(viewer, name, (person.date_of_birth, present.date(viewer.zone())), &facts);
        Self {
            banner: banner.with_numbers(viewer, person.phone.as_deref(), &facts),
            confirmation: Confirmation::new(id, &facts, &said),
            contact_said: said.contact,
            form: FormView::default(),
            email: given_address(&person.email).map(str::to_owned).filter(|_| is_there),
            phone: person.phone.as_deref().map(PhoneLink::new),
            active: person.active,
            medical_history,
            emergency_contact: EmergencyContact::new(&facts),
            since: Moment::new(person.created_at, viewer.zone()),
            erased: person.erased_at.map(|at| Moment::new(at, viewer.zone())),
            edit_href: (is_there && viewer.role() == Role::HospitalAdmin).then(|| format!("/patients/{id}/edit")),
            book_href: is_there.then(|| format!("/appointments/new?patient_id={id}")),
            urgent_href: is_there.then(|| urgent_href(viewer, id, to_come.iter().chain(&past))),
            visits_href: visits_href(id),
            sides: sides(viewer, id, (&to_come, &past)),
        }
    }
}

fn visits_href(id: i64) -> String {
    format!("/appointments?patient={id}")
}

fn sides(viewer: &Viewer, id: i64, (to_come, past): (&[AppointmentRow], &[AppointmentRow])) -> [Side; 2] {
    let all = visits_href(id);
    let coming = Side::new(viewer, ("to-come", "To come", "No visit is planned."), to_come);
    let gone = Side::new(viewer, ("past", "Past", "No visit is past."), past);
    [coming.with_rest(to_come, all.clone()), gone.with_rest(past, format!("{all}&when=past"))]
}

/// Where the next time that there is is booked: to the office with the doctor of the visit that is the nearest and whose doctor still practises there,
/// for that is whom they know.
fn urgent_href<'a>(viewer: &Viewer, id: i64, mut nearest: impl Iterator<Item = &'a AppointmentRow>) -> String {
    let known = nearest.find(|row| row.doctor.user.active).filter(|_| viewer.role() != Role::Doctor);
    let doctor = known.map(|row| format!("&doctor_id={}", row.doctor_id)).unwrap_or_default();
    format!("/appointments/new?urgent=on&patient_id={id}{doctor}")
}

impl Patient {
    /// The same with a confirmation of something else than what stands there.
    pub(super) fn refusing(self, form: FormView) -> Self {
        Self { form, ..self }
    }
}

impl ClinicalPage for Patient {
    const TEMPLATE: &'static str = "records/patient.html";

    fn title(&self) -> String {
        self.banner.name().to_owned()
    }
}
