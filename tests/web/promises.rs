//! What a page says before somebody presses the button is what happens then: every question of the templates, each with its act.

mod rooms;
mod said;
mod steps;

use std::{collections::BTreeSet, fs, path::Path};

use crate::support::*;

/// Each question that is asked before something is done: the template, where its form goes, and the test below that reads it, does the act and
/// looks. Whoever adds one adds the test.
const QUESTIONS: [(&str, &str, &str); 13] = [
    (
        "accounts/own_factor.html",
        "/profile/second-factor/totp/removal",
        "a_second_factor_and_its_codes_end_as_they_were_said_to",
    ),
    (
        "accounts/own_factor.html",
        "/profile/second-factor/recovery-codes",
        "a_second_factor_and_its_codes_end_as_they_were_said_to",
    ),
    // `policy::question`: cancelling, declining, proposing, did not attend, approving all the same, leaving a visit at its time.
    ("components/appointment_act.html", "act.href", "reasons_that_the_others_will_read_are_read_by_them"),
    (
        "components/passkey_list.html",
        "\"/profile/second-factor/passkeys/\" ~ passkey.id ~ \"/removal\"",
        "a_passkey_that_is_removed_lets_nobody_in_as_it_was_said",
    ),
    (
        "components/standing_correction.html",
        "href",
        "why_something_is_taken_back_is_read_by_the_patient_and_the_doctor",
    ),
    (
        "components/standing_next.html",
        "\"/appointments/\" ~ standing.id ~ \"/modality\"",
        "why_a_visit_is_held_in_another_way_is_read_by_the_others",
    ),
    (
        "components/visit_now.html",
        "guest.acts.removal",
        "a_guest_that_is_removed_is_out_of_the_call_at_once_and_the_link_leads_nowhere",
    ),
    (
        "hospitals/form.html",
        "page.listing.href",
        "a_hospital_out_of_the_directory_takes_nobody_new_and_its_people_go_on",
    ),
    (
        "people/form.html",
        "page.action ~ \"/second-factor/removal\"",
        "a_second_factor_and_its_codes_end_as_they_were_said_to",
    ),
    (
        "people/form.html",
        "page.standing.href",
        "an_account_that_is_shut_is_out_everywhere_and_nothing_of_it_is_removed",
    ),
    (
        "records/patient.html",
        "page.confirmation.href",
        "what_was_recorded_before_is_in_nobodys_sight_once_it_is_confirmed_as_it_was_said",
    ),
    ("schedules/availability.html", "absence.removal", "hours_and_absences_that_are_removed_do_what_they_were_said_to"),
    ("schedules/availability.html", "page.action", "hours_and_absences_that_are_removed_do_what_they_were_said_to"),
];

fn templates(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_question_of_the_templates_is_known_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found = Vec::new();
    templates(&root, &mut found);
    let mut asked = BTreeSet::new();
    for (path, text) in found {
        let name = path.strip_prefix(&format!("{}/", root.display())).unwrap().to_owned();
        for call in text.split("{% <confirm ").skip(1).filter(|_| name != "components/confirm.html") {
            let href = call.split("href=").nth(1).unwrap_or_default();
            let (open, close) = if href.starts_with('{') { ('{', '}') } else { ('"', '"') };
            let href = href.strip_prefix(open).and_then(|rest| rest.split(close).next()).unwrap_or_default();
            asked.insert((name.clone(), href.to_owned()));
        }
    }
    let known: BTreeSet<_> = QUESTIONS.iter().map(|(name, href, _)| ((*name).to_owned(), (*href).to_owned())).collect();
    assert_eq!(asked, known, "each question needs a test of its promise");
}

/// A test of the list is there, reads what is asked, and sends the form.
#[test]
fn every_question_has_the_test_that_is_named_beside_it() {
    let sources = [include_str!("promises.rs"), include_str!("promises/rooms.rs")];
    for (template, href, test) in QUESTIONS {
        let begin = format!("async fn {test}() {{");
        let body = sources.iter().find_map(|source| source.split(&begin).nth(1)?.split("\n}\n").next());
        let body = body.unwrap_or_else(|| panic!("{template}, {href}: there is no test {test}"));
        assert!(body.contains("question(&") && body.contains(".submit(&"), "{test} asks or does nothing");
    }
}

/// The words of the question whose form goes to an address that ends in `action`.
fn question(page: &Page, action: &str) -> String {
    page.text(&format!("details.confirm form[action$=\"{action}\"]"))
}

#[tokio::test]
async fn a_hospital_out_of_the_directory_takes_nobody_new_and_its_people_go_on() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let admin = hospital_admin(&hospital).create(&app).await;
    let visit = appointment().of(&doctor).with(&patient).status(AppointmentStatus::Requested).create(&app).await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
    let path = format!("/hospitals/{}", hospital.id);
    let form = platform.get(&format!("{path}/edit")).await.ok();
    let asked = question(&form, "/deactivation");
    for promise in ["Nobody can sign up with it then.", "Its people and their visits go on as they are."] {
        assert!(asked.contains(promise), "{asked}");
    }
    platform.submit(&form, "form[action$=\"/deactivation\"]", &[]).await.expect(303);

    // Nobody can sign up with it.
    app.visitor().get(&path).await.expect(404);
    let id = hospital.id.to_string();
    app.visitor().post_form("/sign-up", &sign_up(&id)).await.expect(422);
    // Its people go on: those who are signed in, those who come in, those who forgot their password, and their mail.
    for client in [&surgery, &home] {
        client.get("/dashboard").await.ok();
    }
    for person in [&admin, &doctor.person, &patient.person] {
        app.sign_in(person).await.get("/dashboard").await.ok();
    }
    app.visitor().post_form("/password-reset", &[("email", &admin.email)]).await.expect(303);
    assert_eq!(app.emails_when(&admin.email, 1).await.len(), 1);
    // And their visits: decided, told, kept.
    surgery.post_form(&format!("{}/approval", visit.path()), &[("version", "0")]).await.expect(303);
    let told = app.emails_to(&patient.email).await;
    // They have come in with a second browser as well.
    let told = told.iter().filter(|email| email.subject != "A new browser signed in");
    assert_eq!(told.count(), 1, "and the patient is told");
    home.post_form(&format!("{}/confirmation", visit.path()), &[("version", "1")]).await.expect(303);
    // Somebody new can be named to run it.
    let new = [
        ("hospital_id", id.as_str()),
        ("first_name", "Ana"),
        ("last_name", "Lee"),
        ("email", "ana@lee.test"),
        ("phone", ""),
        ("date_of_birth", ""),
        ("password", "seven slow boats at noon"),
    ];
    platform.post_form("/admins", &new).await.expect(303);
    // Put back, it takes people again.
    platform.post_form(&format!("{path}/reactivation"), &[]).await.expect(303);
    app.visitor().post_form("/sign-up", &sign_up(&id)).await.expect(303);
}

#[tokio::test]
async fn an_account_that_is_shut_is_out_everywhere_and_nothing_of_it_is_removed() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let visit = appointment().of(&doctor).with(&patient).create(&app).await;
    for (path, person) in
        [(format!("/doctors/{}", doctor.id), &doctor.person), (format!("/patients/{}", patient.id), &patient.person)]
    {
        let browsers = [app.sign_in(person).await, app.sign_in(person).await];
        let form = desk.get(&format!("{path}/edit")).await.ok();
        let asked = question(&form, "/deactivation");
        for promise in ["signed out everywhere at once", "Nothing is removed.", "stay until somebody cancels them"] {
            assert!(asked.contains(promise), "{asked}");
        }
        desk.submit(&form, "form[action$=\"/deactivation\"]", &[]).await.expect(303);
        for browser in browsers {
            assert_eq!(browser.get("/dashboard").await.expect(303).location(), "/sign-in?next=%2Fdashboard");
        }
        assert!(desk.get(&path).await.ok().says(&person.last_name));
        assert!(desk.get(&visit.path()).await.ok().says("Scheduled"), "the visit stays");
    }
    // Until somebody cancels it.
    let fields = [("version", "0"), ("reason", "Nobody is left.")];
    desk.post_form(&format!("{}/cancellation", visit.path()), &fields).await.expect(303);
}

#[tokio::test]
async fn reasons_that_the_others_will_read_are_read_by_them() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
    for (status, noun, hours) in
        [(AppointmentStatus::Scheduled, "cancellation", 24), (AppointmentStatus::Requested, "rejection", 48)]
    {
        let visit = appointment().of(&doctor).with(&patient).status(status).at(app.in_hours(hours)).create(&app).await;
        let page = surgery.get(&visit.path()).await.ok();
        assert!(question(&page, noun).contains("The others will read it."));
        let why = format!("The ward is shut: {noun}.");
        surgery.submit(&page, &format!("form[action$=\"/{noun}\"]"), &[("reason", &why)]).await.expect(303);
        assert!(home.get(&visit.path()).await.ok().says(&why) && home.get("/notifications").await.ok().says(&why));
    }
    // What may be said beside it is read as well.
    let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(72)).create(&app).await;
    works_daily(&app, &doctor, (9, 12)).await;
    let fields = [("version", "0"), ("starts_at", "2026-11-28T11:00")];
    home.post_form(&format!("{}/rescheduling", visit.path()), &fields).await.expect(303);
    let page = surgery.get(&visit.path()).await.ok();
    assert!(question(&page, "refusal").contains("The patient reads it on the page of the visit."));
    surgery.submit(&page, "form[action$=\"/refusal\"]", &[("note", "Full that day.")]).await.expect(303);
    assert!(home.get(&visit.path()).await.ok().says("Full that day."));
    // Whoever did not attend is told so; until the button is pressed, nothing is.
    let visit = appointment().of(&doctor).with(&patient).at(app.in_hours(-2)).create(&app).await;
    let page = surgery.get(&visit.path()).await.ok();
    let missed = "details form[action$=\"/outcome\"]";
    surgery.submit(&page, missed, &[]).await.expect(303);
    assert!(home.get(&visit.path()).await.ok().says("Did not attend"));
}

#[tokio::test]
async fn hours_and_absences_that_are_removed_do_what_they_were_said_to() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let at = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    availability(&app, &doctor, 0, (at(9), at(10))).await;
    let monday = ("2026-11-30T00:00:00Z".parse().unwrap(), "2026-11-30T12:00:00Z".parse().unwrap());
    time_off(&app, &doctor, monday, "").await;
    let times = format!("/doctors/{}/times?date=2026-11-30", doctor.id);
    assert!(surgery.get(&times).await.ok().says("The doctor is away on that day."));
    let path = format!("/doctors/{}/availability", doctor.id);
    let page = surgery.get(&path).await.ok();
    assert!(question(&page, "/removal").contains("The time can be booked again."));
    surgery.submit(&page, "form[action$=\"/removal\"]", &[]).await.expect(303);
    assert!(surgery.get(&times).await.ok().has("[data-time=\"2026-11-30T09:00\"]"));
    let page = surgery.get(&path).await.ok();
    assert!(question(&page, "/availability").contains("Nobody can book in them any more."));
    surgery.submit(&page, "details.confirm form[action$=\"/availability\"]", &[]).await.expect(303);
    assert!(surgery.get(&times).await.ok().says("The doctor does not work on that day."));
}

#[tokio::test]
async fn a_second_factor_and_its_codes_end_as_they_were_said_to() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let patient = patient(&hospital).create(&app).await;
    let home = app.sign_in(&patient).await;
    let old = App::set_up(&app, &home).await;

    let page = home.get("/profile/second-factor").await.ok();
    assert!(question(&page, "/recovery-codes").contains("The old ones end."));
    home.submit(&page, "form[action$=\"/recovery-codes\"]", &[]).await.ok();
    let (elsewhere, asked) = first_step(&app, &patient).await;
    elsewhere.submit(&asked, "form.stack", &[("code", &old.recovery[0])]).await.expect(422);

    let page = home.get("/profile/second-factor").await.ok();
    assert!(question(&page, "/totp/removal").contains("Then your password alone lets in whoever knows it."));
    home.submit(&page, "form[action$=\"/totp/removal\"]", &[]).await.expect(303);
    app.sign_in(&patient).await;

    App::set_up(&app, &home).await;
    let page = desk.get(&format!("/patients/{}/edit", patient.id)).await.ok();
    let asked = question(&page, "/second-factor/removal");
    assert!(asked.contains("They are signed out everywhere, and are shown your reason."), "{asked}");
    let why = [("reason", "lost_device")];
    desk.submit(&page, "form[action$=\"/second-factor/removal\"]", &why).await.expect(303);
    assert!(!home.is_signed_in().await);
    assert!(app.sign_in(&patient).await.get("/profile/second-factor").await.ok().says("Lost device"));
}

#[tokio::test]
async fn a_passkey_that_is_removed_lets_nobody_in_as_it_was_said() {
    let app = TestApp::start_with(&[NAMED]).await;
    let hospital = hospital().create(&app).await;
    let patient = patient(&hospital).create(&app).await;
    let (mut device, home) = with_a_passkey(&app, &patient).await;
    Device::new().add(&home, "Stick").await.expect(303);
    let page = home.get("/profile/second-factor").await.ok();
    let removal = page.attributes("form[action*=\"/passkeys/\"]", "action").remove(0);
    assert!(question(&page, &removal).contains("It lets nobody in any more."));
    home.submit(&page, &format!("form[action=\"{removal}\"]"), &[]).await.expect(303);
    let (elsewhere, _) = first_step(&app, &patient).await;
    device.enter(&elsewhere).await.expect(422);
}
