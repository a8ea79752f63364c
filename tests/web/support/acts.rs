//! One way to do each thing that can be done: a form that is accepted, and who may send it.

use super::{AppointmentStatus, Clinic, House, PASSWORD, Person};

/// A form that is accepted.
pub(crate) struct Act<'a> {
    /// As in the route table, without the method.
    pub(crate) route: &'static str,
    /// Who sends it; none: a visitor.
    pub(crate) by: Option<&'a Person>,
    pub(crate) fields: Vec<(String, String)>,
}

/// The version of an appointment that nobody has changed yet.
const SEEN: [(&str, &str); 1] = [("version", "0")];
const SEEN_WITH_REASON: [(&str, &str); 2] = [("version", "0"), ("reason", "The ward needs everybody.")];

/// One act for each route that changes something, for the first hospital's records.
pub(crate) fn acts(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { admin, doctor, patient, .. } = &clinic.here;
    let own = Some(&patient.person);
    let its_doctor = Some(&doctor.person);
    let mut acts = of_accounts(clinic);
    acts.extend([
        act("/notifications/read", own, &[]),
        act("/notifications/{id}/read", own, &[]),
        act("/appointments/{id}/approval", its_doctor, &SEEN),
        act("/appointments/{id}/rejection", its_doctor, &SEEN_WITH_REASON),
        act("/appointments/{id}/proposal/acceptance", Some(admin), &SEEN),
        act("/appointments/{id}/proposal/refusal", own, &SEEN),
        act("/appointments/{id}/confirmation", own, &SEEN),
        act("/appointments/{id}/cancellation", Some(admin), &SEEN_WITH_REASON),
        act("/appointments/{id}/telling", Some(admin), &[("up_to", "1000000")]),
        act("/appointments/{id}/arrival", own, &SEEN),
        act("/appointments/{id}/start", its_doctor, &SEEN),
        act("/appointments/{id}/correction", Some(admin), &SEEN_WITH_REASON),
        act("/appointments/{id}/answers", own, &[("location_now", "Patan"), ("consent", "on")]),
        act("/appointments/{id}/opening", its_doctor, &[("version", "0"), ("skipped_reason", "No time.")]),
        act("/doctors/{id}/delay", its_doctor, &[("minutes", "20")]),
        act(
            "/appointments/{id}/modality",
            its_doctor,
            &[("version", "0"), ("modality", "phone"), ("reason", "No picture.")],
        ),
        act("/appointments/{id}/note", its_doctor, &[("version", "1"), ("plan", "Rest")]),
        act("/appointments/{id}/note/signature", its_doctor, &[("version", "1"), ("plan", "Rest")]),
        act("/appointments/{id}/note/addenda", its_doctor, &[("text", "The left eye"), ("reason", "Forgotten")]),
        act("/appointments/{id}/documents", its_doctor, &[("kind", "letter"), ("body", "Dear colleague")]),
        act("/documents/{id}/revocation", its_doctor, &[("version", "0"), ("reason", "The wrong week")]),
        act("/appointments/{id}/messages", own, &[("body", "May I eat before?"), ("token", "a word of the form")]),
        act("/appointments/{id}/messages/read", own, &[("last_id", "1000000")]),
        act("/appointments/{id}/messages/{id}/retraction", own, &[]),
        act("/appointments/{id}/outcome", its_doctor, &[("version", "0"), ("outcome", "completed")]),
    ]);
    acts.extend(of_calls(clinic));
    acts.extend(of_times(clinic));
    acts.extend(of_management(clinic));
    acts
}

/// What those do who meet from afar, and a guest of theirs.
fn of_calls(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { doctor, patient, .. } = &clinic.here;
    let own = Some(&patient.person);
    let its_doctor = Some(&doctor.person);
    vec![
        act("/appointments/{id}/presence", own, &[("state", "here")]),
        act("/appointments/{id}/call", own, &[]),
        act("/appointments/{id}/call/end", own, &[]),
        act("/appointments/{id}/device-check", own, &[("camera", "ok"), ("microphone", "ok"), ("network", "udp")]),
        act("/appointments/{id}/guests", its_doctor, &[("name", "Mira Shrestha"), ("kind", "interpreter")]),
        act("/appointments/{id}/guests/{id}/admission", its_doctor, &[]),
        act("/appointments/{id}/guests/{id}/removal", its_doctor, &[]),
        act("/guest/{token}/presence", None, &[("state", "here")]),
    ]
}

/// What somebody does with an account of their own, or for one.
fn of_accounts(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { patient, hospital, .. } = &clinic.here;
    let own = Some(&patient.person);
    vec![
        act("/sign-in", None, &[("email", &patient.email), ("password", PASSWORD)]),
        act("/sign-up", None, &sign_up(&hospital.id.to_string())),
        act("/sign-out", own, &[]),
        act("/password-reset", None, &[("email", &patient.email)]),
        act("/password-links/{token}", None, &[("password", "seven slow boats at noon")]),
        act(
            "/profile",
            own,
            &[
                ("first_name", "Maya"),
                ("last_name", "Gurung"),
                ("phone", "+977 1 5550100"),
                ("date_of_birth", "1990-05-17"),
                ("mail", "changes"),
                ("allergies", "Nuts"),
            ],
        ),
        act("/profile/password", own, &[("current_password", PASSWORD), ("new_password", "seven slow boats at noon")]),
        act("/profile/proof", own, &[("proof", PASSWORD)]),
        act("/profile/second-factor/totp/removal", own, &[]),
        act("/address-links/{token}", None, &[]),
        act("/profile/email", own, &[("email", "another@example.test")]),
        act("/profile/email/withdrawal", own, &[]),
        act("/profile/email/link", own, &[]),
        act("/profile/calendar", own, &[]),
        act("/profile/calendar/removal", own, &[]),
        act("/profile/sessions/{id}/revocation", own, &[]),
        act("/profile/sessions/revocation", own, &[]),
    ]
}

/// What has to do with times: when a doctor works, and when they are visited.
fn of_times(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { admin, doctor, patient, .. } = &clinic.here;
    let its_doctor = Some(&doctor.person);
    let visit = clinic.here.appointment(AppointmentStatus::Scheduled).id;
    let (chosen, version) = (format!("visit_{visit}"), format!("version_{visit}"));
    vec![
        act(
            "/appointments",
            Some(admin),
            &[
                ("doctor_id", &doctor.id.to_string()),
                ("patient_id", &patient.id.to_string()),
                ("starts_at", "2026-12-15T09:30"),
                ("symptoms", "A cough."),
                ("token", "a word of the form"),
            ],
        ),
        act("/appointments/{id}/proposal", its_doctor, &[("version", "0"), ("starts_at", "2026-12-15T09:30")]),
        act(
            "/appointments/{id}/rescheduling",
            Some(admin),
            &[("version", "0"), ("starts_at", "2026-12-15T09:30"), ("note", "The doctor is away.")],
        ),
        act(
            "/doctors/{id}/availability",
            its_doctor,
            &[("weekday", "0"), ("start_time", "18:00"), ("end_time", "20:00")],
        ),
        act(
            "/doctors/{id}/time-off",
            Some(admin),
            &[("starts_at", "2026-12-20T00:00"), ("ends_at", "2026-12-22T00:00"), ("reason", "A conference.")],
        ),
        act("/doctors/{id}/time-off/{id}/removal", its_doctor, &[]),
        act(
            "/doctors/{id}/time-off/{id}/visits",
            Some(admin),
            &[(&chosen, "2026-12-15T09:30"), (&version, "0"), ("message", "The doctor is away.")],
        ),
    ]
}

/// In the place of what only the form of the record can tell: below it at `/edit` its version, on its page what was seen of it.
pub(crate) const OF_THE_FORM: &str = "the version of the form";

/// Somebody new, the first password last.
const NEW: [(&str, &str); 6] = [
    ("first_name", "Asha"),
    ("last_name", "Shrestha"),
    ("email", "new@example.test"),
    ("phone", ""),
    ("date_of_birth", "1980-02-03"),
    ("password", "seven slow boats at noon"),
];

/// A hospital, as the platform's administrators write it into the form of a new one.
pub(crate) const NEW_HOSPITAL: [(&str, &str); 9] = [
    ("name", "A new hospital"),
    ("address", "Ring Road"),
    ("phone", "+977 1 5550100"),
    ("email", "desk@example.test"),
    ("time_zone", "Asia/Kathmandu"),
    ("currency", "NPR"),
    ("appointment_fee", "500.00"),
    ("slot_minutes", "30"),
    ("booking_lead_hours", "24"),
];

/// What administrators do with people and hospitals.
fn of_management(clinic: &Clinic) -> Vec<Act<'_>> {
    let desk = Some(&clinic.here.admin);
    let platform = Some(&clinic.super_admin);
    let doctor = [("license_number", "NEW-1"), ("specialization", "Dermatology"), ("experience_years", "3")];
    let seen = [("version", OF_THE_FORM)];
    let of_hospital = clinic.here.hospital.id.to_string();
    vec![
        // Without a password: that costs the most.
        act("/doctors", desk, &[&NEW[..5], &doctor].concat()),
        act("/doctors/{id}/invitation", desk, &[]),
        act("/patients/{id}/invitation", desk, &[]),
        act("/admins/{id}/invitation", platform, &[]),
        act("/doctors/{id}/second-factor/removal", desk, &[("reason", "lost_device")]),
        act("/patients/{id}/second-factor/removal", desk, &[("reason", "lost_device")]),
        act("/admins/{id}/second-factor/removal", platform, &[("reason", "lost_device")]),
        act("/doctors/{id}/sessions/revocation", desk, &[]),
        act("/patients/{id}/sessions/revocation", desk, &[]),
        act("/admins/{id}/sessions/revocation", platform, &[]),
        act("/doctors/{id}", desk, &[&NEW[..5], &doctor, &seen].concat()),
        act("/patients/{id}", desk, &[&NEW[..5], &seen].concat()),
        act("/admins/{id}", platform, &[&NEW[..5], &seen].concat()),
        act("/hospitals/{id}", desk, &[&NEW_HOSPITAL[..], &seen].concat()),
        act("/doctors/{id}/deactivation", desk, &[]),
        act("/doctors/{id}/reactivation", desk, &[]),
        act("/patients", desk, &NEW),
        act("/patients/{id}/confirmation", desk, &[("seen", OF_THE_FORM)]),
        act("/patients/{id}/deactivation", desk, &[]),
        act("/patients/{id}/reactivation", desk, &[]),
        act("/hospitals", platform, &NEW_HOSPITAL),
        act("/hospitals/{id}/deactivation", platform, &[]),
        act("/hospitals/{id}/reactivation", platform, &[]),
        act("/admins", platform, &[&NEW[..], &[("hospital_id", of_hospital.as_str())]].concat()),
        act("/admins/{id}/deactivation", platform, &[]),
        act("/admins/{id}/reactivation", platform, &[]),
    ]
}

fn act<'a>(route: &'static str, by: Option<&'a Person>, fields: &[(&str, &str)]) -> Act<'a> {
    Act { route, by, fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
}

/// What a newcomer fills in.
pub(crate) fn sign_up(hospital_id: &str) -> [(&'static str, &str); 7] {
    [
        ("hospital_id", hospital_id),
        ("first_name", "Maya"),
        ("last_name", "Gurung"),
        ("email", "maya.gurung@example.test"),
        ("phone", "+977 1 5550100"),
        ("date_of_birth", "1990-05-17"),
        ("password", "seven slow boats at noon"),
    ]
}
