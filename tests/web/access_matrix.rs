//! Every route × everybody, those of another hospital included: the answer is the one written here.
//!
//! The table in [`answers`] is the contract. A route that is missing from it fails, and so does a row whose
//! route is gone. What is refused shows nothing of any record.

mod answers;

use std::collections::BTreeSet;

use telemedicine::features;

use self::answers::MATRIX;
use crate::support::*;

/// Who asks, in the order of the columns. The records asked for are those of `here`.
const COLUMNS: [&str; 9] = [
    "visitor",
    "super_admin",
    "admin here",
    "doctor here",
    "patient here",
    "stranger here",
    "admin there",
    "doctor there",
    "patient there",
];

/// Everybody, in the order of the columns.
fn people(clinic: &Clinic) -> [Option<&Person>; 9] {
    let (here, there) = (&clinic.here, &clinic.there);
    [
        None,
        Some(&clinic.super_admin),
        Some(&here.admin),
        Some(&here.doctor),
        Some(&here.patient),
        Some(&here.stranger),
        Some(&there.admin),
        Some(&there.doctor),
        Some(&there.patient),
    ]
}

async fn client_of(app: &TestApp, person: Option<&Person>) -> Client {
    match person {
        Some(person) => app.sign_in(person).await,
        None => app.visitor(),
    }
}

#[test]
fn every_route_is_in_the_matrix_and_every_row_has_a_route() {
    let table = features::routes();
    let routes: BTreeSet<String> =
        table.entries().iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect();
    let rows: BTreeSet<String> = MATRIX.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(
        routes.difference(&rows).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "routes that the matrix does not know"
    );
    assert_eq!(rows.difference(&routes).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a route");
    assert_eq!(rows.len(), MATRIX.len(), "a route has two rows");
    assert_eq!(table.entries().len(), routes.len(), "a route is in the table twice");
}

#[tokio::test]
async fn everybody_gets_the_pages_that_are_theirs_and_no_others() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let mut wrong = Vec::new();
    for (column, person) in people(&clinic).into_iter().enumerate() {
        let client = client_of(&app, person).await;
        for (route, expected) in MATRIX {
            let Some(path) = route.strip_prefix("GET ") else { continue };
            let answer = client.get(&clinic.here.address(path)).await;
            judge(&answer, (route, column, expected[column]), (&clinic, person), &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn everybody_may_do_what_is_theirs_to_do_and_nothing_else() {
    let app = TestApp::start().await;
    let mut wrong = Vec::new();
    for column in 0..COLUMNS.len() {
        // What one does is in the way of the next: somebody is signed out, something is removed.
        let clinic = Clinic::create(&app).await;
        let person = people(&clinic)[column];
        for (route, expected) in MATRIX {
            let Some(path) = route.strip_prefix("POST ") else { continue };
            // Some of these acts sign people out.
            let client = client_of(&app, person).await;
            let answer = client.post_form(&clinic.here.address(path), &[]).await;
            judge(&answer, (route, column, expected[column]), (&clinic, person), &mut wrong);
            // Of many sessions the oldest ends, and one of the rows is about an old one.
            client.post_form("/sign-out", &[]).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_does_not_exist_and_what_may_not_be_seen_cannot_be_told_apart() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let client = app.sign_in(&clinic.there.admin).await;
    for route in ["/appointments/{id}", "/doctors/{id}", "/patients/{id}"] {
        let unseen = client.get(&clinic.here.address(route)).await.expect(404);
        let absent = client.get(&route.replace("{id}", "987654321")).await.expect(404);
        let plain = |page: &Page| page.body.replace(page.header("x-request-id"), "…");
        assert_eq!(plain(&unseen), plain(&absent), "{route}");
    }
}

#[tokio::test]
async fn a_doctor_sees_only_patients_they_have_to_do_with() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    let stranger = &clinic.here.stranger;
    let answer = doctor.get(&format!("/patients/{}", stranger.id)).await.expect(404);
    assert_eq!(shown(&answer, &stranger.texts), Vec::<String>::new());
    let list = doctor.get("/patients").await.ok();
    assert_eq!(shown(&list, &stranger.texts), Vec::<String>::new());
    // A rejected request is no relationship.
    appointment().of(&clinic.here.doctor).with(stranger).status(AppointmentStatus::Rejected).create(&app).await;
    doctor.get(&format!("/patients/{}", stranger.id)).await.expect(404);
    // The detector detects: the doctor's own patient is shown.
    let own = doctor.get(&format!("/patients/{}", clinic.here.patient.id)).await.ok();
    assert!(!shown(&own, &clinic.here.patient.texts).is_empty());
}

/// What leads a visitor on who need not sign in first.
const PUBLIC: &str =
    "GET /, GET /sign-in, GET /sign-up, POST /sign-in, POST /sign-up, POST /sign-out, POST /address-links/{token}";

/// Notes in `wrong` what is wrong with `answer`.
fn judge(
    answer: &Page,
    (route, column, expected): (&str, usize, u16),
    (clinic, person): (&Clinic, Option<&Person>),
    wrong: &mut Vec<String>,
) {
    if answer.status != expected {
        wrong.push(format!("{route} by {}: {} instead of {expected}", COLUMNS[column], answer.status));
    }
    let is_public = PUBLIC.split(", ").any(|public| public == route);
    let leads_to = answer.header("location");
    // Who has not given a password begins there.
    let is_second_step = route.ends_with(" /sign-in/second-factor") && leads_to == "/sign-in";
    let is_elsewhere = !is_public && !is_second_step && !leads_to.starts_with("/sign-in?next=");
    if person.is_none() && answer.status == 303 && is_elsewhere {
        wrong.push(format!("{route} by a visitor leads to {leads_to}"));
    }
    for text in shown(answer, &not_for(clinic, person, route, answer.status)) {
        wrong.push(format!("{route} by {}: shows {text}", COLUMNS[column]));
    }
}

/// The texts that an answer with `status` must not hold.
fn not_for(clinic: &Clinic, person: Option<&Person>, route: &str, status: u16) -> Vec<String> {
    let (here, there) = (&clinic.here, &clinic.there);
    // A guest sees with which doctor the visit is, and where; of its patient nothing.
    let is_guests = route.contains(" /guest/{token}");
    let is_open =
        is_guests || ["GET /hospitals", "GET /hospitals/{id}", "GET /sign-up", "POST /sign-up"].contains(&route);
    let own_hospital = person.and_then(|person| person.hospital_id);
    let mut texts = Vec::new();
    for house in [here, there] {
        let is_own = own_hospital == Some(house.hospital.id);
        // What is refused shows nothing at all; what is shown, or shown again with its form, is of one's own hospital.
        if !matches!(status, 200 | 422) || !is_own || is_guests {
            texts.extend(house.clinical_texts());
            texts.extend(if is_open { Vec::new() } else { house.other_texts() });
        }
    }
    // A super admin reads of hospitals and who runs them, not of patients.
    if person.is_some_and(|person| person.role == Role::SuperAdmin) && matches!(status, 200 | 422) {
        // Of the newest people they see the names.
        let is_name = |text: &String| text.starts_with("Given") || text.starts_with("Family");
        let texts_of = |house: &&House| house.clinical_texts();
        texts = [here, there].iter().flat_map(texts_of).filter(|text| !is_name(text)).collect();
    }
    let own: Vec<&String> = person.into_iter().flat_map(|person| &person.texts).collect();
    let names = [&here.hospital, &there.hospital]
        .into_iter()
        .filter(|hospital| own_hospital == Some(hospital.id))
        .map(|hospital| &hospital.name);
    let names: Vec<&String> = names.collect();
    texts.retain(|text| !own.contains(&text) && !names.contains(&text));
    texts
}

/// Those of `texts` that stand in the answer, markup and headers included.
fn shown(answer: &Page, texts: &[String]) -> Vec<String> {
    let headers = format!("{:?}", answer.headers);
    texts.iter().filter(|text| answer.body.contains(*text) || headers.contains(*text)).cloned().collect()
}
