//! The page that books.

use chrono::NaiveDate;
use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::PageContext,
    features::{
        appointments::{
            forms::BookingDraft,
            queries::{OFFERED, Parties, Party},
        },
        modalities::{ModalityChoice, modality_choices, modality_code},
        schedules::{Rules, Schedule},
    },
    web::{ClinicalPage, FormView, moment::date_in_words},
};

use super::times::{OfferedTimes, within_reach};

/// One entry of a select.
#[derive(Debug, Serialize)]
struct Choice {
    value: i64,
    label: String,
}

/// Choose with whom, for whom and when.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct BookingForm {
    form: FormView,
    /// Staff book for others, and may overbook.
    is_staff: bool,
    /// Empty to a doctor, who books with themselves.
    doctors: Vec<Choice>,
    patients: Vec<Choice>,
    /// For whom it is, if that was chosen before.
    patient: Option<Choice>,
    /// Whether there may be patients beyond those.
    has_more_patients: bool,
    search: String,
    /// The first day that is shown.
    date: String,
    /// Whether it is known with whom.
    is_ready: bool,
    #[serde(flatten)]
    times: OfferedTimes,
    zone: &'static str,
    /// To staff, of a doctor who has no hours: where they are entered.
    hours_href: Option<String>,
    /// Whether the reason for overbooking is asked for.
    asks_why: bool,
    /// What tells this form from the next.
    token: String,
    /// How it can be held, and how the hospital usually does.
    modalities: Vec<ModalityChoice>,
    usual_modality: Option<&'static str>,
    lead_hours: Option<i64>,
    /// Whether the patient has to confirm their address first, and may have the link sent again.
    asks_for_proof: bool,
}

impl BookingForm {
    /// The page of `draft` among `parties`, with the schedule of the doctor if it is known who.
    pub(in crate::features::appointments) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        draft: BookingDraft,
        parties: &Parties,
        times: Option<(&Schedule, Rules)>,
    ) -> Self {
        let mut draft = draft;
        let date = first_day(context, &draft);
        draft.form.values.insert("date".to_owned(), date.to_string());
        let chosen = parties.patients.iter().find(|patient| Some(patient.id) == draft.patient_id);
        let is_staff = viewer.role() != Role::Patient;
        let is_doctor = viewer.role() == Role::Doctor;
        let doctor_id = draft.doctor_id.filter(|_| !is_doctor);
        let href = |from| address(from, [("doctor_id", doctor_id), ("patient_id", draft.patient_id)]);
        let asks_why = is_staff && draft.form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        Self {
            is_staff,
            doctors: parties.doctors.iter().filter(|_| !is_doctor).map(Choice::doctor).collect(),
            patients: parties.patients.iter().map(Choice::patient).collect(),
            patient: chosen.filter(|_| is_staff).map(Choice::patient),
            has_more_patients: parties.patients.len() as u64 >= OFFERED,
            search: draft.search,
            date: date.to_string(),
            is_ready: times.is_some(),
            lead_hours: times.map(|(_, rules)| rules.lead_hours()).filter(|hours| *hours > 0),
            times: times.map(|known| OfferedTimes::new(known, (date, is_staff), present, href)).unwrap_or_default(),
            hours_href: draft
                .doctor_id
                .or(parties.doctors.first().map(|doctor| doctor.id).filter(|_| is_doctor))
                .filter(|_| is_staff && times.is_some_and(|(schedule, _)| schedule.windows.is_empty()))
                .map(|id| format!("/doctors/{id}/availability")),
            zone: viewer.zone().name(),
            asks_why,
            asks_for_proof: false,
            modalities: modality_choices(),
            usual_modality: parties.doctors.first().map(|doctor| modality_code(doctor.default_modality)),
            token: format!("{:032x}", rand::random::<u128>()),
            form: draft.form,
        }
    }

    /// The same after it was refused: the time is taken, and staff are asked why it must be then.
    pub(in crate::features::appointments) fn asking_why(mut self) -> Self {
        self.asks_why = self.is_staff;
        self
    }

    /// The same after it was refused because nobody has proved the patient's address.
    pub(in crate::features::appointments) fn asking_for_proof(mut self) -> Self {
        self.asks_for_proof = true;
        self
    }

    /// The same with the token of the form that was sent.
    pub(in crate::features::appointments) fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token.unwrap_or(self.token);
        self
    }
}

/// The day that is looked for, or the first that can be booked.
pub(in crate::features::appointments) fn first_day(
    PageContext { viewer, present }: PageContext<'_>,
    draft: &BookingDraft,
) -> NaiveDate {
    let today = present.date(viewer.zone());
    within_reach(draft.date.unwrap_or(today), today)
}

/// The same page from that day on, for the people that are known.
fn address(from: NaiveDate, people: [(&str, Option<i64>); 2]) -> String {
    let known = people.into_iter().filter_map(|(name, id)| id.map(|id| format!("&{name}={id}")));
    format!("/appointments/new?date={from}{}", known.collect::<String>())
}

impl Choice {
    fn doctor(party: &Party) -> Self {
        let note = party.note.as_deref().unwrap_or_default();
        Self { value: party.id, label: format!("Dr {} {}, {note}", party.first_name, party.last_name) }
    }

    fn patient(party: &Party) -> Self {
        // Two of one name are told apart by their birth.
        let born = party.date_of_birth.map(|date| format!(", born {}", date_in_words(date))).unwrap_or_default();
        let phone = party.note.as_deref().map(|phone| format!(", {phone}")).unwrap_or_default();
        Self { value: party.id, label: format!("{} {}{born}{phone}", party.first_name, party.last_name) }
    }
}

impl ClinicalPage for BookingForm {
    const TEMPLATE: &'static str = "appointments/new.html";

    fn title(&self) -> String {
        if self.is_staff { "Book a visit" } else { "Ask for a visit" }.to_owned()
    }
}
