//! One way to do each thing that can be done: a form that is accepted, and who may send it.

use super::{Clinic, House, PASSWORD, Person};

/// A form that is accepted.
pub(crate) struct Act<'a> {
    /// As in the route table, without the method.
    pub(crate) route: &'static str,
    /// Who sends it; none: a visitor.
    pub(crate) by: Option<&'a Person>,
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// The version of an appointment that nobody has changed yet.
const SEEN: [(&str, &str); 1] = [("version", "0")];
const SEEN_WITH_REASON: [(&str, &str); 2] = [("version", "0"), ("reason", "The ward needs everybody.")];

/// One act for each route that changes something, for the first hospital's records.
pub(crate) fn acts(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { admin, doctor, patient, hospital, .. } = &clinic.here;
    let own = Some(&patient.person);
    let its_doctor = Some(&doctor.person);
    let mut acts = vec![
        act("/sign-in", None, &[("email", &patient.email), ("password", PASSWORD)]),
        act("/sign-up", None, &sign_up(&hospital.id.to_string())),
        act("/sign-out", own, &[]),
        act(
            "/profile",
            own,
            &[
                ("first_name", "Maya"),
                ("last_name", "Gurung"),
                ("phone", "+977 1 5550100"),
                ("date_of_birth", "1990-05-17"),
            ],
        ),
        act("/profile/password", own, &[("current_password", PASSWORD), ("new_password", "seven slow boats at noon")]),
        act("/profile/sessions/{id}/revocation", own, &[]),
        act("/profile/sessions/revocation", own, &[]),
        act("/notifications/read", own, &[]),
        act("/notifications/{id}/read", own, &[]),
        act("/appointments/{id}/approval", its_doctor, &SEEN),
        act("/appointments/{id}/rejection", its_doctor, &SEEN_WITH_REASON),
        act("/appointments/{id}/proposal/acceptance", Some(admin), &SEEN),
        act("/appointments/{id}/proposal/refusal", own, &SEEN),
        act("/appointments/{id}/confirmation", own, &SEEN),
        act("/appointments/{id}/cancellation", Some(admin), &SEEN_WITH_REASON),
        act("/appointments/{id}/arrival", own, &SEEN),
        act("/appointments/{id}/start", its_doctor, &SEEN),
        act("/appointments/{id}/outcome", its_doctor, &[("version", "0"), ("outcome", "completed")]),
    ];
    acts.extend(of_times(clinic));
    acts
}

/// What has to do with times: when a doctor works, and when they are visited.
fn of_times(clinic: &Clinic) -> Vec<Act<'_>> {
    let House { admin, doctor, patient, .. } = &clinic.here;
    let its_doctor = Some(&doctor.person);
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
    ]
}

fn act<'a>(route: &'static str, by: Option<&'a Person>, fields: &[(&'static str, &str)]) -> Act<'a> {
    Act { route, by, fields: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
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
