//! The device check: whoever is about to meet by video tries camera, microphone and network, and those who need to know see what came of it.

mod page;
mod relays;

use chrono::TimeDelta;
use entity::{
    audit_entry, device_check,
    enums::{AuditSubject, DeviceState, RelayReach},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::support::*;

const WORKS: [(&str, &str); 3] = [("camera", "ok"), ("microphone", "ok"), ("network", "udp")];
const NO_CAMERA: [(&str, &str); 2] = [("camera", "none"), ("microphone", "ok")];

/// A doctor and a patient in a visit, and their desk.
struct Practice {
    pair: Pair,
    desk: Client,
    visit: Appointment,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open(minutes: i64, status: AppointmentStatus) -> Self {
        Self::with(minutes, status, &[]).await
    }

    async fn with(minutes: i64, status: AppointmentStatus, settings: &[(&str, &str)]) -> Self {
        let pair = Pair::of(TestApp::start_with(settings).await, hospital()).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        let visit = pair.meet_in(minutes, status).await;
        Self { pair, desk, visit }
    }

    fn path(&self, more: &str) -> String {
        format!("{}/{more}", self.visit.path())
    }

    fn page(&self) -> String {
        page_for(&self.visit)
    }

    async fn tell(&self, client: &Client, found: &[(&str, &str)]) -> Page {
        client.post_form(&self.path("device-check"), found).await
    }

    async fn stored(&self) -> Vec<device_check::Model> {
        device_check::Entity::find().all(&self.app.db).await.unwrap()
    }
}

fn page_for(visit: &Appointment) -> String {
    format!("/device-check?appointment={}", visit.id)
}

/// What is said of camera and microphone within what `css` selects, with its state.
fn marks(page: &Page, css: &str) -> Vec<(String, String)> {
    let css = format!("{css} [data-devices]");
    page.attributes(&css, "data-devices").into_iter().zip(page.texts(&css)).collect()
}

fn mark(state: &str, words: &str) -> (String, String) {
    (state.to_owned(), words.to_owned())
}

#[tokio::test]
async fn what_was_found_stands_beside_the_patient_wherever_the_visit_does() {
    let practice = Practice::open(5, AppointmentStatus::Confirmed).await;
    let kept = practice.tell(&practice.home, &WORKS).await.expect(303);
    assert_eq!(kept.location(), practice.page());
    assert!(kept.statements() <= 8, "{} statements", kept.statements());
    let (works, unchecked) =
        (mark("ok", "Camera and microphone work"), mark("unchecked", "Camera and microphone not checked"));
    for client in [&practice.surgery, &practice.desk] {
        let board = client.get("/dashboard").await.ok();
        assert!(board.statements() <= 3, "{} statements", board.statements());
        let row = format!("[data-appointment=\"{}\"]", practice.visit.id);
        assert_eq!(marks(&board, &row), std::slice::from_ref(&works), "{}", client.who);
    }
    for (client, path) in [
        (&practice.surgery, "now"),
        (&practice.home, "now"),
        (&practice.desk, "now"),
        (&practice.surgery, "room"),
        (&practice.home, "room"),
    ] {
        let page = client.get(&practice.path(path)).await.ok();
        let of_patient = format!("[data-user=\"{}\"]", practice.patient.user_id);
        assert_eq!(marks(&page, &of_patient), std::slice::from_ref(&works), "{path}: {}", client.who);
        let of_doctor = format!("[data-user=\"{}\"]", practice.doctor.user_id);
        assert_eq!(marks(&page, &of_doctor), std::slice::from_ref(&unchecked), "{path}: {}", client.who);
    }
    for client in [&practice.surgery, &practice.home, &practice.desk] {
        let page = client.get(&practice.visit.path()).await.ok();
        assert_eq!(marks(&page, "#visit"), [works.clone(), unchecked.clone()], "{}", client.who);
    }
    assert_eq!(marks(&practice.home.get(&practice.page()).await.ok(), "#said"), [works]);

    // The last time counts, and the doctor has a check of their own.
    practice.app.clock.advance(TimeDelta::minutes(1));
    practice.tell(&practice.home, &NO_CAMERA).await.expect(303);
    practice.tell(&practice.surgery, &[("camera", "ok"), ("microphone", "ok"), ("network", "tls")]).await.expect(303);
    let page = practice.desk.get(&practice.path("now")).await.ok();
    let both = [mark("limited", "Camera and microphone work. Network: only through TLS"), mark("trouble", "No camera")];
    assert_eq!(marks(&page, ".presence"), both);
    let stored = practice.stored().await;
    assert_eq!(stored.len(), 2);
    let own = stored.iter().find(|row| row.user_id == practice.patient.user_id).unwrap();
    assert_eq!((own.camera, own.microphone, own.network), (DeviceState::Absent, DeviceState::Ok, None));
    assert_eq!((own.checked_at, own.created_at), (practice.app.now(), practice.app.now() - TimeDelta::minutes(1)));
    let of_doctor = stored.iter().find(|row| row.user_id == practice.doctor.user_id).unwrap();
    assert_eq!(of_doctor.network, Some(RelayReach::Tls));
}

#[tokio::test]
async fn each_check_has_its_line_in_the_trail() {
    let practice = Practice::open(60, AppointmentStatus::Scheduled).await;
    for client in [&practice.home, &practice.surgery, &practice.home] {
        practice.tell(client, &WORKS).await.expect(303);
    }
    let lines = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
        .filter(audit_entry::Column::SubjectId.eq(practice.visit.id));
    let lines = lines.all(&practice.app.db).await.unwrap();
    let told = lines.iter().filter(|line| line.detail == json!({"device_check": "recorded"}));
    let by: Vec<i64> = told.map(|line| line.actor_id).collect();
    assert_eq!(by, [practice.patient.user_id, practice.doctor.user_id, practice.patient.user_id]);
}

#[tokio::test]
async fn a_board_tells_early_what_was_found_and_shortly_before_that_nothing_was_tried() {
    let practice = Practice::with(120, AppointmentStatus::Scheduled, &[("SESSION_IDLE_MINUTES", "720")]).await;
    let boards = async || {
        let mut said = Vec::new();
        for client in [&practice.surgery, &practice.desk] {
            said.extend(marks(&client.get("/dashboard").await.ok(), "").into_iter().map(|(state, _)| state));
        }
        said
    };
    assert_eq!(boards().await, Vec::<String>::new(), "there is time");
    practice.app.clock.advance(TimeDelta::minutes(90));
    assert_eq!(boards().await, ["unchecked", "unchecked"]);
    practice.app.clock.set(practice.visit.starts_at - TimeDelta::minutes(110));
    practice.tell(&practice.home, &NO_CAMERA).await.expect(303);
    assert_eq!(boards().await, ["trouble", "trouble"], "there is time to do something about it");
    let own = practice.home.get("/dashboard").await.ok();
    assert_eq!(marks(&own, "[data-hero]"), [mark("trouble", "You: No camera")]);
}

#[tokio::test]
async fn nobody_but_the_two_who_meet_checks_for_a_visit() {
    let practice = Practice::open(-5, AppointmentStatus::Waiting).await;
    let elsewhere = hospital().create(&practice.app).await;
    let others: [Person; 6] = [
        doctor(&practice.hospital).create(&practice.app).await.person,
        patient(&practice.hospital).create(&practice.app).await.person,
        hospital_admin(&practice.hospital).create(&practice.app).await,
        doctor(&elsewhere).create(&practice.app).await.person,
        patient(&elsewhere).create(&practice.app).await.person,
        hospital_admin(&elsewhere).create(&practice.app).await,
    ];
    for other in &others {
        let other = practice.app.sign_in(other).await;
        for path in [practice.page(), practice.path("device-check/ice")] {
            let page = other.get(&path).await.expect(404);
            assert!(!page.body.contains("Maya") && !page.body.contains("Rai"), "{path} by {}", other.who);
        }
        practice.tell(&other, &WORKS).await.expect(404);
        practice.tell(&other, &[("camera", "nonsense")]).await.expect(404);
    }
    assert_eq!(practice.stored().await.len(), 0);
    for path in ["/device-check?appointment=999999999", "/device-check?appointment=x", "/device-check?appointment="] {
        practice.home.get(path).await.expect(404);
    }
    let stranger = practice.app.visitor();
    let led = stranger.get(&practice.page()).await.expect(303).location();
    assert_eq!(led, format!("/sign-in?next=%2Fdevice-check%3Fappointment%3D{}", practice.visit.id));
}

#[tokio::test]
async fn a_check_is_kept_as_long_as_the_visit_is_to_come_or_goes_on() {
    use AppointmentStatus::{Cancelled, Completed, Confirmed, InProgress, NoShow, Requested, Scheduled, Waiting};
    let practice = Practice::open(24 * 60, Scheduled).await;
    for (minutes, status) in [(60, Confirmed), (-5, Waiting), (-65, InProgress)] {
        let visit = practice.meet_in(minutes, status).await;
        practice.home.post_form(&format!("{}/device-check", visit.path()), &WORKS).await.expect(303);
        let page = practice.home.get(&page_for(&visit)).await.ok();
        assert!(page.has("#check[data-href]"), "{status:?}");
    }
    let kept = practice.stored().await.len();
    for status in [Requested, Completed, NoShow, Cancelled] {
        let visit = practice.meet_in(-600, status).await;
        practice.home.post_form(&format!("{}/device-check", visit.path()), &WORKS).await.expect(409);
        practice.home.get(&format!("{}/device-check/ice", visit.path())).await.expect(409);
        let page = practice.home.get(&page_for(&visit)).await.ok();
        assert!(!page.has("#check[data-href]") && !page.has("#said"), "{status:?}");
        assert!(page.says("Nothing is kept of what you try"), "{status:?}");
    }
    assert_eq!(practice.stored().await.len(), kept);
}

#[tokio::test]
async fn of_a_visit_that_is_not_held_by_video_nothing_is_said_and_nothing_to_be_tried() {
    let practice = Practice::open(-5, AppointmentStatus::Waiting).await;
    practice.tell(&practice.home, &NO_CAMERA).await.expect(303);
    let form = [("modality", "phone"), ("reason", "No picture."), ("version", "0")];
    practice.surgery.post_form(&practice.path("modality"), &form).await.expect(303);
    for path in [practice.path("now"), practice.visit.path(), "/dashboard".to_owned()] {
        let page = practice.surgery.get(&path).await.ok();
        assert_eq!(marks(&page, ""), [], "{path}");
        assert!(!page.links().iter().any(|link| link.starts_with("/device-check")), "{path}");
    }
    practice.home.get(&practice.path("device-check/ice")).await.expect(409);
    let page = practice.home.get(&practice.page()).await.ok();
    assert!(page.says("It is not held by video") && !page.has("#said"));
}

/// Of a visit that nobody said the outcome of it is of no use; whoever still waits from another day keeps theirs.
#[tokio::test]
async fn what_was_found_is_told_while_the_patient_is_awaited() {
    let practice = Practice::open(30, AppointmentStatus::Scheduled).await;
    practice.tell(&practice.home, &NO_CAMERA).await.expect(303);
    let boards = async || {
        let admin = hospital_admin(&practice.hospital).create(&practice.app).await;
        let (desk, surgery) = (practice.app.sign_in(&admin).await, practice.app.sign_in(&practice.doctor).await);
        [desk.get("/dashboard").await.ok(), surgery.get("/dashboard").await.ok()]
    };
    for board in boards().await {
        assert!(board.says("No camera"), "{}: {}", board.asked, board.words());
    }
    practice.app.clock.advance(TimeDelta::hours(2));
    for board in boards().await {
        assert!(!board.says("No camera") && !board.says("not checked"), "{}: {}", board.asked, board.words());
    }
    practice.app.clock.advance(-TimeDelta::hours(2));
    let home = practice.app.sign_in(&practice.patient).await;
    home.post_form(&practice.path("arrival"), &[("version", "0")]).await.expect(303);
    practice.app.clock.advance(TimeDelta::days(4));
    for board in boards().await {
        assert!(board.says("No camera"), "{}: {}", board.asked, board.words());
    }
}
