//! The page that books.

use chrono::NaiveDate;
use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::PageContext,
    features::{
        appointments::{
            forms::{BookingDraft, WantedDoctor},
            queries::{OFFERED, Parties, Party},
        },
        modalities::{ModalityChoice, modality_choices, modality_code},
        schedules::{ANY_DOCTOR, FreeTimes, Rules},
    },
    text::doctor_name,
    web::{ClinicalPage, FormView, moment::date_in_words},
};

use super::times::{OfferedTimes, within_reach};

/// One entry of a select.
#[derive(Debug, Serialize)]
pub(super) struct PartyChoice {
    pub(super) value: String,
    pub(super) label: String,
}

/// Choose with whom, for whom and when.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct BookingForm {
    form: FormView,
    /// Staff book for others, and may overbook.
    is_staff: bool,
    /// Empty to a doctor, who books with themselves. The first is whoever is free.
    doctors: Vec<PartyChoice>,
    /// Whether that one is wanted, and of which field.
    is_any: bool,
    specialization: Option<String>,
    /// Where those of all fields are.
    any_field_href: String,
    /// Where all free times are; none for whom it is known for whom, which is not known there.
    times_href: Option<&'static str>,
    /// To staff: where somebody is added who is here now.
    walk_in_href: Option<String>,
    patients: Vec<PartyChoice>,
    /// For whom it is, if that was chosen before.
    patient: Option<PartyChoice>,
    /// Whether there may be patients beyond those.
    has_more_patients: bool,
    search: String,
    /// The first day that is shown.
    date: String,
    /// Whether it is known with whom.
    is_ready: bool,
    /// Whether what was typed before is shown again.
    is_filled: bool,
    #[serde(flatten)]
    times: OfferedTimes,
    zone: &'static str,
    /// To staff, of a doctor who has no hours: where they are entered.
    hours_href: Option<String>,
    /// Whether the reason for overbooking is asked for, whatever time is chosen.
    asks_why: bool,
    /// To staff: whether the next time that there is was chosen for them.
    is_urgent: bool,
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
        times: Option<(&dyn FreeTimes, Rules)>,
    ) -> Self {
        let mut draft = choosing_who_is_found(draft, parties);
        let date = first_day(context, &draft);
        // Whoever was found goes with every address of the page, as whoever was chosen before does.
        let patient_id = draft.patient_id.or(only_found(&draft, parties));
        draft.form.values.insert("date".to_owned(), date.to_string());
        let chosen = parties.patients.iter().find(|patient| Some(patient.id) == draft.patient_id);
        let is_staff = viewer.role() != Role::Patient;
        let is_doctor = viewer.role() == Role::Doctor;
        let wanted = draft.doctor.as_ref().filter(|_| !is_doctor);
        let with =
            if is_doctor { parties.doctors.first().map(|own| own.id) } else { wanted.and_then(WantedDoctor::id) };
        let lacks_hours = times.is_some_and(|(schedule, _)| !schedule.has_hours());
        let href = |from| address(from, wanted, patient_id);
        let asks_why = is_staff && draft.form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        Self {
            is_staff,
            doctors: if is_doctor { Vec::new() } else { doctors(&parties.doctors) },
            is_any: wanted.is_some_and(WantedDoctor::is_any),
            specialization: wanted.and_then(WantedDoctor::field).map(str::to_owned),
            any_field_href: address(date, Some(&WantedDoctor::Any(None)), patient_id),
            times_href: (!(is_doctor || is_staff && chosen.is_some())).then_some("/times"),
            walk_in_href: is_staff.then(|| walk_in(patient_id)),
            patients: parties.patients.iter().map(PartyChoice::patient).collect(),
            patient: chosen.filter(|_| is_staff).map(PartyChoice::patient),
            has_more_patients: parties.patients.len() as u64 >= OFFERED,
            search: draft.search,
            date: date.to_string(),
            is_ready: times.is_some(),
            is_filled: draft.is_filled,
            lead_hours: times.map(|(_, rules)| rules.lead_hours()).filter(|hours| *hours > 0),
            times: times.map(|known| OfferedTimes::new(known, (date, is_staff), present, href)).unwrap_or_default(),
            hours_href: with.filter(|_| is_staff && lacks_hours).map(|id| format!("/doctors/{id}/availability")),
            zone: viewer.zone().name(),
            asks_why,
            is_urgent: false,
            asks_for_proof: false,
            modalities: modality_choices(),
            usual_modality: parties.doctors.first().map(|doctor| modality_code(doctor.default_modality)),
            token: format!("{:032x}", rand::random::<u128>()),
            form: draft.form,
        }
    }

    /// The same for somebody who cannot wait: the next time is chosen, whether it is taken or not. The reason is asked for if it is, as of any such time.
    pub(in crate::features::appointments) fn at_the_next_time(mut self) -> Self {
        self.is_urgent = true;
        if let Some(next) =
            self.times.first().filter(|_| self.form.values.get("starts_at").is_none_or(String::is_empty))
        {
            self.form.values.insert("starts_at".to_owned(), next.to_owned());
        }
        self
    }

    /// The same after it was refused: the time is taken, and staff are asked why it must be then.
    pub(in crate::features::appointments) fn asking_why(mut self) -> Self {
        self.asks_why |= self.is_staff && !self.is_any;
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
fn address(from: NaiveDate, wanted: Option<&WantedDoctor>, patient_id: Option<i64>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("date", &from.to_string());
    query.extend_pairs(wanted.map(WantedDoctor::pairs).unwrap_or_default());
    query.extend_pairs(patient_id.map(|id| ("patient_id", id.to_string())));
    format!("/appointments/new?{}", query.finish())
}

fn walk_in(patient_id: Option<i64>) -> String {
    let patient = patient_id.map(|id| format!("&patient_id={id}")).unwrap_or_default();
    format!("/appointments/new?walk_in=on{patient}")
}

/// Of those who were looked for the only one who was found is chosen: they were named once, and can be read before anything is sent.
pub(super) fn choosing_who_is_found(mut draft: BookingDraft, parties: &Parties) -> BookingDraft {
    if let Some(id) = only_found(&draft, parties) {
        draft.form.values.insert("patient_id".to_owned(), id.to_string());
    }
    draft
}

/// `patient.id` of the only one who was found of those who were looked for.
fn only_found(draft: &BookingDraft, parties: &Parties) -> Option<i64> {
    match (draft.patient_id, draft.search.is_empty(), parties.patients.as_slice()) {
        (None, false, [found]) => Some(found.id),
        _ => None,
    }
}

/// Whoever is free, and each by name; nobody where there is nobody.
pub(super) fn doctors(parties: &[Party]) -> Vec<PartyChoice> {
    let any = PartyChoice { value: ANY_DOCTOR.to_owned(), label: "Any doctor".to_owned() };
    let any = (!parties.is_empty()).then_some(any);
    any.into_iter().chain(parties.iter().map(PartyChoice::doctor)).collect()
}

impl PartyChoice {
    fn doctor(party: &Party) -> Self {
        let note = party.note.as_deref().unwrap_or_default();
        Self {
            value: party.id.to_string(),
            label: format!("{}, {note}", doctor_name(&party.first_name, &party.last_name)),
        }
    }

    pub(super) fn patient(party: &Party) -> Self {
        // Two of one name are told apart by their birth.
        let born = party.date_of_birth.map(|date| format!(", born {}", date_in_words(date))).unwrap_or_default();
        let phone = party.note.as_deref().map(|phone| format!(", {phone}")).unwrap_or_default();
        Self { value: party.id.to_string(), label: format!("{} {}{born}{phone}", party.first_name, party.last_name) }
    }
}

impl ClinicalPage for BookingForm {
    const TEMPLATE: &'static str = "appointments/new.html";

    fn title(&self) -> String {
        if self.is_staff { "Book a visit" } else { "Ask for a visit" }.to_owned()
    }
}
