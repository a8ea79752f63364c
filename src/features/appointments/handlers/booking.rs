//! `GET /appointments/new`, `POST /appointments`.

use actix_web::{HttpResponse, http::StatusCode};
use entity::enums::{AppointmentStatus, Role};

use super::{
    super::{
        forms::{self, Booking, BookingDraft, NewQuery, WantedDoctor, WantedTime},
        pages,
        policy::BookAppointment,
        queries::{self, Party},
        service::booking::{self, AHEAD, Booked, NotBooked},
    },
    walk_in,
};
use crate::{
    access::{Allowed, PageContext, Viewer, ViewerKind},
    db::Reader,
    features::schedules::{self, Attendees, Candidates, FreeTimes, Rules, span},
    state::Pages,
    web::{AppError, Clinical, FlashKind, FormView, Submitted, query::Filter, see_other_saying},
};

/// The form: with whom, for whom, and the times that are free.
pub(in super::super) async fn new(
    viewer: Allowed<BookAppointment>,
    reader: Reader,
    query: Filter<NewQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let draft = query.0.draft();
    if draft.is_walk_in && viewer.role() != Role::Patient {
        return walk_in::show(&viewer, draft, &pages).await;
    }
    let page = form(&viewer, &reader, draft, &pages).await?;
    pages.show_clinical(&*viewer, &page)
}

/// Books it.
pub(in super::super) async fn create(
    viewer: Allowed<BookAppointment>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (state, reader) = (pages.state(), pages.state().db.reader());
    let fields = submitted.fields()?;
    let token = fields.get("token").cloned();
    if forms::looks_for_times(&fields) {
        let page = form(&viewer, &reader, forms::looked_for(&fields), &pages).await?;
        return pages.show_clinical(&*viewer, &page.map(|page| page.with_token(token)));
    }
    let (refused, form) = match forms::booking(&viewer, fields) {
        Ok((command, typed)) => match booking::book(state, &reader, &viewer, &command).await {
            Ok(done) => return Ok(booked(&viewer, &command, done)),
            Err(refused) => refusal(&viewer, refused, typed)?,
        },
        Err(form) => (BookingRefusal::Field, *form),
    };
    // With a token of its own: sent once more, it books once more.
    let token = token.filter(|_| refused != BookingRefusal::Used);
    if forms::is_walk_in(&form) && viewer.role() != Role::Patient {
        return walk_in::refuse(&viewer, (refused.status(), form), token, &pages).await;
    }
    let page = self::form(&viewer, &reader, BookingDraft::again(form), &pages).await?;
    let page = page.map(|page| page.with_token(token)).map(|page| match refused {
        BookingRefusal::Taken => page.asking_why(),
        BookingRefusal::Unproved => page.asking_for_proof(),
        BookingRefusal::Field | BookingRefusal::Used => page,
    });
    pages.refuse_clinical(refused.status(), &*viewer, &page)
}

/// Why the form is shown again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BookingRefusal {
    Field,
    Taken,
    Unproved,
    Used,
}

impl BookingRefusal {
    fn status(self) -> StatusCode {
        if self == Self::Field { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }
    }
}

/// The form with why nothing was booked.
fn refusal(viewer: &Viewer, refused: NotBooked, typed: FormView) -> Result<(BookingRefusal, FormView), AppError> {
    Ok(match refused {
        NotBooked::Taken(why) if matches!(viewer.kind, ViewerKind::Patient { .. }) || is_any(&typed) => {
            (BookingRefusal::Taken, typed.with_error("starts_at", why))
        }
        NotBooked::Taken(why) if forms::is_walk_in(&typed) => {
            (BookingRefusal::Taken, typed.with_error("overbook_reason", why))
        }
        NotBooked::Taken(why) => {
            (BookingRefusal::Taken, typed.with_error("starts_at", why).with_error("overbook_reason", OVERBOOK))
        }
        NotBooked::Unproved => (BookingRefusal::Unproved, typed.with_error("", UNPROVED)),
        NotBooked::Used(why) => (BookingRefusal::Used, typed.with_error("", why)),
        NotBooked::Field(field, why) => (BookingRefusal::Field, typed.with_error(field, why)),
        NotBooked::Failed(error) => return Err(error),
    })
}

/// Whether whoever is free was wanted: nobody is there to be overbooked then.
fn is_any(typed: &FormView) -> bool {
    typed.values.get("doctor_id").is_some_and(|doctor| doctor == schedules::ANY_DOCTOR)
}

const UNPROVED: &str =
    "Confirm your address first: open the link in the mail that was sent to you. Then send this form once more.";
const OVERBOOK: &str = "To book it all the same, say why it must be then.";

/// Back to what was booked, whose page names the doctor. A form that was sent before is told where its visit stands by now, not what was so then.
fn booked(viewer: &Viewer, booking: &Booking, Booked { id, before }: Booked) -> HttpResponse {
    let is_patient = matches!(viewer.kind, ViewerKind::Patient { .. });
    let was_any = booking.doctor.as_ref().is_some_and(WantedDoctor::is_any);
    let said = match (before, is_patient) {
        (None, false) if booking.time == WantedTime::Now => WAITS,
        (None | Some(AppointmentStatus::Requested), true) if was_any => SENT_TO_ANY,
        (None | Some(AppointmentStatus::Requested), true) => SENT,
        (Some(AppointmentStatus::Proposed), true) => ANOTHER_TIME,
        (Some(_), true) => STANDS,
        (None | Some(AppointmentStatus::Scheduled), false) if was_any => BOOKED_WITH_ANY,
        (None | Some(AppointmentStatus::Scheduled), false) => "The visit is booked, and the others are notified.",
        (Some(_), false) => BOOKED_BEFORE,
    };
    see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, said)
}

const WAITS: &str = "The patient is added, and waits for the doctor who is named below.";
const SENT: &str = "Your request is sent. You will be notified when the doctor has decided.";
const SENT_TO_ANY: &str =
    "Your request is sent to the doctor who is named below. You will be notified when they have decided.";
const BOOKED_WITH_ANY: &str = "The visit is booked with the doctor who is named below, and the others are notified.";
const ANOTHER_TIME: &str =
    "This request was sent before. The doctor has proposed another time since: accept it or refuse it below.";
const STANDS: &str = "This request was sent before, and approved since: the visit stands. Nothing new was sent.";
const BOOKED_BEFORE: &str = "This visit was booked before, and stands as it is told below. Nothing new was booked.";

/// The page of a draft; clinical, for it may hold the symptoms that were typed.
async fn form(
    viewer: &Viewer,
    reader: &Reader,
    mut draft: BookingDraft,
    pages: &Pages,
) -> Result<Clinical<pages::BookingForm>, AppError> {
    let parties = queries::offered(viewer, reader, (draft.patient_id, &draft.search)).await?;
    draft.doctor = draft.doctor.map(|wanted| wanted.among(&parties.doctors));
    let present = pages.present();
    let context = PageContext { viewer, present: &present };
    let times = times(context, &draft, &parties.doctors, pages).await?;
    let times = times.as_ref().map(|(free, rules)| (free.as_ref(), *rules));
    let is_urgent = draft.is_urgent && viewer.role() != Role::Patient;
    let page = pages::BookingForm::new(context, draft, &parties, times);
    Ok(Clinical::new(if is_urgent { page.at_the_next_time() } else { page }))
}

/// The times of the doctor who is wanted, or of all of whom any would do; none while it is not known with whom.
async fn times(
    context: PageContext<'_>,
    draft: &BookingDraft,
    doctors: &[Party],
    pages: &Pages,
) -> Result<Option<(Box<dyn FreeTimes>, Rules)>, AppError> {
    let (viewer, reader) = (context.viewer, &pages.state().db.reader());
    let wanted = chosen(viewer, draft, doctors);
    let (Some(first), Some(hospital)) = (wanted.first(), viewer.hospital()) else { return Ok(None) };
    let rules = schedules::rules(viewer, first.slot_minutes, first.booking_lead_hours);
    let within = span(pages::first_day(context, draft), AHEAD, rules.zone);
    let patient_id = patient(viewer, draft);
    if !draft.is_any() || matches!(viewer.kind, ViewerKind::Doctor { .. }) {
        let attendees = Attendees { doctor_id: first.id, patient_id };
        return Ok(Some((Box::new(schedules::schedule(reader, attendees, within).await?), rules)));
    }
    let doctors = wanted.iter().map(|doctor| doctor.id).collect();
    let horizon = pages.state().settings.booking.horizon;
    let among = Candidates { hospital_id: hospital.id, doctors, patient_id, horizon };
    let found = schedules::several(reader, &among, within).await?;
    let is_patient = matches!(viewer.kind, ViewerKind::Patient { .. });
    Ok(Some((Box::new(if is_patient { found.asking_once() } else { found }), rules)))
}

/// With whom: a doctor with themselves, others with whom they want.
fn chosen<'a>(viewer: &Viewer, draft: &BookingDraft, doctors: &'a [Party]) -> Vec<&'a Party> {
    let is_meant = |doctor: &&Party| match (&viewer.kind, &draft.doctor) {
        (ViewerKind::Doctor { .. }, _) => true,
        (_, Some(wanted)) => wanted.takes(doctor),
        (_, None) => false,
    };
    doctors.iter().filter(is_meant).collect()
}

/// For whom, if it is known and theirs to know.
fn patient(viewer: &Viewer, draft: &BookingDraft) -> Option<i64> {
    match viewer.kind {
        ViewerKind::Patient { patient_id, .. } => Some(patient_id),
        _ => draft.patient_id,
    }
}

impl BookingDraft {
    /// What the form that was sent and refused was about.
    pub(super) fn again(form: FormView) -> Self {
        let query = NewQuery::again(&form);
        Self { form, is_filled: true, ..query.draft() }
    }
}
