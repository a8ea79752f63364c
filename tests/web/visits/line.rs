//! The line of those who wait.

use super::*;

#[tokio::test]
async fn those_who_wait_know_their_place_and_how_late_the_doctor_runs() {
    let practice = Practice::open().await;
    let first = patient(&practice.hospital).create(&practice.app).await;
    let before = appointment().of(&practice.doctor).with(&first).at(practice.app.in_minutes(-40));
    let before =
        before.status(AppointmentStatus::Waiting).since(practice.app.in_minutes(-30)).create(&practice.app).await;
    let visit = practice.visit(-5, AppointmentStatus::Waiting).await;
    let place = async || practice.home.get(&room(&visit)).await.ok().attributes("[data-place]", "data-place");
    assert_eq!(place().await, ["2"]);
    let dashboard = async || {
        let page = practice.home.get("/dashboard").await.ok();
        assert!(page.statements() <= 3, "{} statements", page.statements());
        page.attributes(&format!("[data-hero][data-appointment=\"{}\"] [data-place]", visit.id), "data-place")
    };
    assert_eq!(dashboard().await, ["2"]);
    practice.surgery.post_form(&format!("{}/start", before.path()), &[("version", "0")]).await.expect(303);
    assert_eq!(place().await, ["1"]);
    assert_eq!(dashboard().await, ["1"]);

    let late = async |client: &Client| {
        client.get(&format!("{}/now", visit.path())).await.ok().attributes("[data-late]", "data-late")
    };
    assert_eq!(late(&practice.home).await, Vec::<String>::new());
    let path = format!("/doctors/{}/delay", practice.doctor.id);
    let form = practice.surgery.get(&room(&visit)).await.ok();
    assert_eq!(form.attributes("#late form", "action"), [path.as_str()]);
    assert!(form.attributes("#late button", "value").contains(&"20".to_owned()));
    let here = visit.id.to_string();
    let said = practice.surgery.post_form(&path, &[("minutes", "20"), ("room", &here)]).await.expect(303);
    assert_eq!(said.header("location"), room(&visit));
    for client in [&practice.home, &practice.surgery, &practice.desk] {
        assert_eq!(late(client).await, ["20"], "{}", client.who);
    }
    practice.desk.post_form(&path, &[("minutes", "45")]).await.expect(303);
    assert_eq!(late(&practice.home).await, ["45"]);
    practice.surgery.post_form(&path, &[("minutes", "0")]).await.expect(303);
    assert_eq!(late(&practice.home).await, Vec::<String>::new());
    practice.surgery.post_form(&path, &[("minutes", "121")]).await.expect(422);
    let other = doctor(&practice.hospital).create(&practice.app).await;
    practice.surgery.post_form(&format!("/doctors/{}/delay", other.id), &[("minutes", "20")]).await.expect(404);
    practice.home.post_form(&path, &[("minutes", "20")]).await.expect(403);
}
