//! Visits: their times, how they are booked and held, and what is written about them.

use entity::{appointment as visit_row, visit};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::*;

#[tokio::test]
async fn times_are_as_was_said() {
    let house = Ward::open().await;
    let (surgery, id) = (&house.surgery, house.doctor.id);
    let (path, absences) = (format!("/doctors/{id}/availability"), format!("/doctors/{id}/time-off"));
    let free = async |day: &str| surgery.get(&format!("/doctors/{id}/times?date={day}")).await.ok();
    // A Saturday, on which nobody works.
    let hours = [("weekday", "5"), ("start_time", "09:00"), ("end_time", "12:00")];
    let page = says(surgery, surgery.post_form(&path, &hours).await, "The hours are added.").await;
    assert!(free("2026-11-28").await.has("[data-time=\"2026-11-28T09:00\"]"));
    let of = page.attributes("input[name=remove]", "value");
    let removed = surgery.post_form(&path, &[("remove", &of[5])]).await;
    assert!(!says(surgery, removed, "The hours are removed.").await.has("#broken"));
    assert!(!free("2026-11-28").await.has("[data-time]"));

    let away = |from, to| [("starts_at", from), ("ends_at", to), ("reason", "A conference.")];
    let empty = surgery.post_form(&absences, &away("2026-12-07T00:00", "2026-12-08T00:00")).await;
    assert!(!says(surgery, empty, "The absence is recorded. No visit lies in it.").await.has("#broken"));
    assert!(free("2026-12-07").await.says("The doctor is away on that day."));
    // On Thursday the 26th.
    let visit = house.visit(AppointmentStatus::Scheduled, 48 * 60).await;
    let with_one = surgery.post_form(&absences, &away("2026-11-26T00:00", "2026-11-27T00:00")).await;
    let page = says(surgery, with_one, "The absence is recorded. Visits are planned in it").await;
    assert_eq!(page.appointments("#visits"), [visit.id], "it is said below what is to become of each");
    let page = surgery.get(&path).await.ok();
    assert_eq!(page.appointments("#broken"), [visit.id]);
    assert!(house.home.get(&visit.path()).await.ok().says("Scheduled"), "it stays until somebody cancels it");
    let removals = page.attributes("form[action$=\"/removal\"]", "action");
    for removal in removals {
        says(surgery, surgery.post_form(&removal, &[]).await, "The absence is removed.").await;
    }
    assert!(free("2026-12-07").await.has("[data-time=\"2026-12-07T09:00\"]"));

    let removed = surgery.post_form(&path, &[("remove", &of[3])]).await;
    let page = says(surgery, removed, "The hours are removed. Visits are planned in them").await;
    assert_eq!(page.appointments("#broken"), [visit.id]);
    assert!(house.home.get(&visit.path()).await.ok().says("Scheduled"));
}

#[tokio::test]
async fn a_week_is_as_was_said() {
    let house = Ward::open().await;
    let (surgery, path) = (&house.surgery, format!("/doctors/{}/availability", house.doctor.id));
    let visit = house.visit(AppointmentStatus::Scheduled, 48 * 60).await;
    let save = async |page: &Page, day: &str, (from, to): (&str, &str)| {
        let mut fields = page.form("form.week").fields;
        fields.retain(|(name, _)| !name.starts_with("same_"));
        for (name, value) in &mut fields {
            match name.strip_suffix("_0").map(|name| name.split_once('_')) {
                Some(Some(("from", of))) if of == day => from.clone_into(value),
                Some(Some(("to", of))) if of == day => to.clone_into(value),
                _ => {}
            }
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        surgery.post_form(&path, &fields).await
    };
    let week = surgery.get(&path).await.ok();
    // A Saturday, on which nobody has a visit, and the Thursday of the visit.
    let saved = says(surgery, save(&week, "5", ("09:00", "12:00")).await, "The hours are saved.").await;
    assert!(!saved.has("#broken"));
    let free = surgery.get(&format!("/doctors/{}/times?date=2026-11-28", house.doctor.id)).await.ok();
    assert!(free.has("[data-time=\"2026-11-28T09:00\"]"));
    let asked = save(&saved, "3", ("", "")).await.expect(409);
    let page =
        says(surgery, save(&asked, "3", ("", "")).await, "The hours are saved. Visits are planned outside of them")
            .await;
    assert_eq!(page.appointments("#broken"), [visit.id]);
    assert!(house.home.get(&visit.path()).await.ok().says("Scheduled"), "it stays until somebody moves or cancels it");
}

#[tokio::test]
async fn a_visit_is_booked_as_was_said() {
    let house = Ward::open().await;
    let (doctor, patient) = (house.doctor.id.to_string(), house.patient.id.to_string());
    let fields = [
        ("doctor_id", doctor.as_str()),
        ("patient_id", &patient),
        ("starts_at", "2026-11-30T09:30"),
        ("token", "of this form"),
    ];
    let booked = house.desk.post_form("/appointments", &fields).await;
    let path = booked.location();
    says(&house.desk, booked, "The visit is booked, and the others are notified.").await;
    for other in [&house.surgery, &house.home] {
        assert!(other.get(&path).await.ok().says("Scheduled"));
        assert!(other.get("/notifications").await.ok().links().contains(&path), "{} is not told", other.who);
    }
    house.home.post_form(&format!("{path}/confirmation"), &[("version", "0")]).await.expect(303);
    let again = house.desk.post_form("/appointments", &fields).await;
    assert_eq!(again.location(), path);
    says(&house.desk, again, "This visit was booked before, and stands").await;
    assert_eq!(visit_row::Entity::find().count(&house.app.db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_request_that_is_sent_again_stands_as_was_said() {
    let house = Ward::open().await;
    let doctor = house.doctor.id.to_string();
    let send = async |at: &str, token: &str| {
        let fields = [("doctor_id", doctor.as_str()), ("starts_at", at), ("token", token)];
        house.home.post_form("/appointments", &fields).await
    };
    let approved = send("2026-11-30T09:30", "one").await.expect(303).location();
    house.surgery.post_form(&format!("{approved}/approval"), &[("version", "0")]).await.expect(303);
    let again = send("2026-11-30T09:30", "one").await;
    let page = says(&house.home, again, "This request was sent before, and approved since").await;
    assert!(page.text("#visit").contains("Scheduled"), "{}", page.text("#visit"));

    let proposed = send("2026-11-30T10:30", "other").await.expect(303).location();
    let instead = [("version", "0"), ("starts_at", "2026-12-01T11:00")];
    house.surgery.post_form(&format!("{proposed}/proposal"), &instead).await.expect(303);
    let again = send("2026-11-30T10:30", "other").await;
    let page = says(&house.home, again, "This request was sent before. The doctor has proposed").await;
    assert!(page.has("form[action$=\"/proposal/acceptance\"]") && page.has("form[action$=\"/proposal/refusal\"]"));
    assert_eq!(visit_row::Entity::find().count(&house.app.db).await.unwrap(), 2, "nothing new was sent");
}

#[tokio::test]
async fn a_visit_is_held_as_was_said() {
    let house = Ward::open().await;
    let visit = house.visit(AppointmentStatus::InProgress, -5).await;
    let path = format!("{}/modality", visit.path());
    for (version, way, words, shown) in [
        ("0", "phone", "The visit goes on by telephone. Call the patient.", "Telephone"),
        ("1", "video", "The visit goes on by video.", "Video"),
    ] {
        let fields = [("version", version), ("modality", way), ("reason", "The picture stands still.")];
        says(&house.surgery, house.surgery.post_form(&path, &fields).await, words).await;
        for client in [&house.surgery, &house.home] {
            let page = client.get(&visit.path()).await.ok();
            assert!(page.text("#visit").contains(shown), "{}: {}", client.who, page.text("#visit"));
        }
    }
}

#[tokio::test]
async fn what_is_said_in_a_room_is_so() {
    let house = Ward::open().await;
    let visit = house.visit(AppointmentStatus::Waiting, -5).await;
    let answers = [("location_now", "Patan, Mangal Bazar 7"), ("consent", "on")];
    let kept = house.home.post_form(&format!("{}/answers", visit.path()), &answers).await;
    says(&house.home, kept, "Your answers are kept. Your doctor sees them.").await;
    assert!(house.surgery.get(&format!("{}/room", visit.path())).await.ok().says("Mangal Bazar"));

    let found = [("camera", "none"), ("microphone", "ok")];
    let kept = house.home.post_form(&format!("{}/device-check", visit.path()), &found).await;
    says(&house.home, kept, "Your check is kept.").await;
    assert!(house.surgery.get(&format!("{}/now", visit.path())).await.ok().says("No camera"));

    let delay = format!("/doctors/{}/delay", house.doctor.id);
    let late = async || {
        let page = house.home.get(&format!("{}/now", visit.path())).await.ok();
        page.attributes("[data-late]", "data-late")
    };
    says(&house.surgery, house.surgery.post_form(&delay, &[("minutes", "20")]).await, "Those who wait see the delay.")
        .await;
    assert_eq!(late().await, ["20"]);
    let over = house.surgery.post_form(&delay, &[("minutes", "0")]).await;
    says(&house.surgery, over, "Nobody is told of a delay any more.").await;
    assert_eq!(late().await, Vec::<String>::new());

    house.surgery.post_form(&format!("{}/start", visit.path()), &[("version", "0")]).await.expect(303);
    let room = house.surgery.get(&format!("{}/room", visit.path())).await.ok();
    let why = [("skipped_reason", "It cannot wait.")];
    let kept = house.surgery.submit(&room, "form[action$=\"/opening\"]", &why).await;
    says(&house.surgery, kept, "It is kept with the visit.").await;
    let stored = visit::Entity::find().one(&house.app.db).await.unwrap().unwrap();
    assert_eq!(stored.skipped_reason.as_deref(), Some("It cannot wait."));
}

#[tokio::test]
async fn a_guest_is_in_or_out_as_was_said() {
    let house = Ward::open().await;
    let visit = house.visit(AppointmentStatus::Waiting, -5).await;
    let room = house.surgery.get(&format!("{}/room", visit.path())).await.ok();
    let whom = [("name", "Mira Shrestha"), ("kind", "interpreter")];
    let invited = house.surgery.submit(&room, "form[action$='/guests']", &whom).await.ok();
    let shown = invited.attributes("[data-guest-link]", "value").concat();
    let link = shown[shown.find("/guest/").unwrap()..].to_owned();
    let visitor = house.app.visitor();
    let act = async |label: &str| {
        let now = house.surgery.get(&format!("{}/now", visit.path())).await.ok();
        let form = now.forms().into_iter().find(|form| form.action.ends_with(label)).unwrap();
        house.surgery.post_form(&form.action, &[]).await
    };
    visitor.post_form(&format!("{link}/presence"), &[("state", "here")]).await.ok();
    says(&house.surgery, act("/admission").await, "The guest is let in.").await;
    assert!(visitor.get(&link).await.ok().says("has let you in"));
    let out = act("/removal").await;
    says(&house.surgery, out, "The guest is removed, and the link leads nowhere any more.").await;
    visitor.get(&link).await.expect(410);
}

#[tokio::test]
async fn what_is_written_is_as_was_said() {
    let house = Ward::open().await;
    let (surgery, home) = (&house.surgery, &house.home);
    let visit = house.visit(AppointmentStatus::Completed, -60).await;
    gone_without(&house.app, (&visit, &house.doctor), "").await;
    let note = format!("{}/note", visit.path());
    let draft = surgery.post_form(&note, &[("version", "0"), ("plan", "Rest for a week")]).await;
    says(surgery, draft, "The draft is saved.").await;
    assert!(surgery.get(&note).await.ok().text("[name=plan]").contains("Rest for a week"));
    let signed =
        surgery.post_form(&format!("{note}/signature"), &[("version", "1"), ("plan", "Rest for a week")]).await;
    assert!(!says(surgery, signed, "The note is signed.").await.has("[name=plan]"), "nothing of it changes any more");
    let addendum = [("text", "The left eye"), ("reason", "Forgotten")];
    let added = surgery.post_form(&format!("{note}/addenda"), &addendum).await;
    assert!(says(surgery, added, "It stands beneath the note now.").await.says("The left eye"));

    let letter = [("kind", "letter"), ("body", "Dear colleague")];
    let issued = surgery.post_form(&format!("{}/documents", visit.path()), &letter).await;
    let paper = issued.location();
    says(surgery, issued, "The document is issued.").await;
    assert!(home.get(&paper).await.ok().says("Dear colleague"));
    let why = [("version", "0"), ("reason", "The wrong week")];
    says(surgery, surgery.post_form(&format!("{paper}/revocation"), &why).await, "The document is revoked.").await;
    assert!(home.get(&paper).await.ok().says("The wrong week"));

    let thread = format!("{}/messages", house.visit(AppointmentStatus::Scheduled, 60 * 24).await.path());
    let sent = home.post_form(&thread, &[("body", "May I eat before?"), ("token", "of this page")]).await;
    let page = says(home, sent, "Your message is sent.").await;
    assert!(surgery.get(&thread).await.ok().says("May I eat before?"));
    let retraction = page.attributes("form[action$=\"/retraction\"]", "action").remove(0);
    let gone = says(home, home.post_form(&retraction, &[]).await, "Your message is taken back.").await;
    assert!(!gone.says("May I eat before?") && !surgery.get(&thread).await.ok().says("May I eat before?"));
}
