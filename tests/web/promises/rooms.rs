//! What is asked on the page of a visit and in its room, and on the page of a patient.

use super::question;
use crate::{guests::Meeting, support::*};

#[tokio::test]
async fn a_guest_that_is_removed_is_out_of_the_call_at_once_and_the_link_leads_nowhere() {
    let meeting = Meeting::open().await;
    let link = meeting.guest().await;
    meeting.both().await;
    let (page, _) = meeting.enter(&link).await;
    let room = meeting.surgery.get(&meeting.path("room")).await.ok();
    let asked = question(&room, "/removal");
    assert!(asked.contains("They are out of the call at once, and their link leads nowhere any more."), "{asked}");
    meeting.surgery.submit(&room, "details form[action$=\"/removal\"]", &[]).await.expect(303);
    meeting.ask_as(&link, &page.peer).await.expect(410);
    meeting.outside.get(&link.path).await.expect(410);
}

#[tokio::test]
async fn why_something_is_taken_back_is_read_by_the_patient_and_the_doctor() {
    let pair = Pair::of(TestApp::start().await, hospital()).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let visit = pair.meet_in(-5, AppointmentStatus::InProgress).await;
    let page = desk.get(&visit.path()).await.ok();
    let asked = question(&page, "/correction");
    assert!(asked.contains("Take back the beginning of the visit?"), "{asked}");
    assert!(asked.contains("The patient and the doctor will read it."), "{asked}");
    assert!(asked.contains("The patient waits again, as before the visit began."), "{asked}");
    desk.submit(&page, "details form[action$=\"/correction\"]", &[("reason", "The wrong Maya.")]).await.expect(303);
    let told = pair.surgery.get("/notifications").await.ok();
    assert!(told.says("What was recorded last of the visit with Maya Gurung"), "{}", told.words());
    for reader in [&pair.surgery, &pair.home] {
        assert!(reader.get(&visit.path()).await.ok().text("#history").contains("The wrong Maya."));
    }
}

#[tokio::test]
async fn why_a_visit_is_held_in_another_way_is_read_by_the_others() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let (doctor, patient) = (doctor(&hospital).create(&app).await, patient(&hospital).create(&app).await);
    let visit = appointment().of(&doctor).with(&patient).status(AppointmentStatus::Waiting).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let page = surgery.get(&visit.path()).await.ok();
    let asked = question(&page, "/modality");
    assert!(asked.contains("The others will read it."), "{asked}");
    let fields = [("modality", "phone"), ("reason", "The picture stands still.")];
    surgery.submit(&page, "form[action$=\"/modality\"]", &fields).await.expect(303);
    for other in [&patient.person, &hospital_admin(&hospital).create(&app).await] {
        let page = app.sign_in(other).await.get(&visit.path()).await.ok();
        assert!(page.says("The picture stands still.") && page.says("Telephone"), "{}", page.words());
    }
}

#[tokio::test]
async fn what_was_recorded_before_is_in_nobodys_sight_once_it_is_confirmed_as_it_was_said() {
    let pair = Pair::of(TestApp::start().await, hospital()).await;
    let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
    let path = format!("/patients/{}", pair.patient.id);
    let form = desk.get(&format!("{path}/edit")).await.ok();
    let recorded = [("allergies", "Penicillin"), ("blood_type", "")];
    desk.submit(&form, &format!("form[action='{path}']"), &recorded).await.expect(303);
    let say = async |fields: &[(&str, &str)]| {
        let profile = pair.home.get("/profile").await.ok();
        pair.home.submit(&profile, "form[action='/profile']", fields).await.expect(303);
    };
    say(&[("allergies", "Nuts"), ("blood_type", "B-")]).await;
    let page = desk.get(&path).await.ok();
    assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    let asked = question(&page, "/confirmation");
    assert!(asked.contains("What was recorded before is shown no more then:"), "{asked}");
    assert!(asked.contains("Allergies: Penicillin") && !asked.contains("Blood type"), "{asked}");
    desk.submit(&page, "details form[action$=\"/confirmation\"]", &[]).await.expect(303);
    for client in [&desk, &pair.home] {
        let own = if std::ptr::eq(client, &desk) { path.as_str() } else { "/profile" };
        assert!(!client.get(own).await.ok().says("Penicillin"));
    }
    // Where nothing goes, nothing is asked.
    say(&[("emergency_contact_name", "Bina Rai")]).await;
    let page = desk.get(&path).await.ok();
    assert!(page.has("#said form[action$='/confirmation']") && !page.has("#said details"));
}
