//! What others are told of a visit by mail, the desk tells them by telephone.

use chrono::TimeDelta;
use entity::enums::{AuditAction, AuditSubject, MailStatus};

use super::*;

/// Bina, who has no address, and Maya, who has one, with their doctor, who has hours from 9 to 12.
struct Practice {
    ward: Ward,
    doctor: Doctor,
    surgery: Client,
    bina: String,
}

impl std::ops::Deref for Practice {
    type Target = Ward;

    fn deref(&self) -> &Ward {
        &self.ward
    }
}

impl Practice {
    async fn open() -> Self {
        let ward = Ward::open().await;
        let doctor = doctor(&ward.hospital).named("Asha", "Rai").create(&ward.app).await;
        works_daily(&ward.app, &doctor, (9, 12)).await;
        let surgery = ward.app.sign_in(&doctor).await;
        let bina = ward.bina().await;
        Self { ward, doctor, surgery, bina }
    }

    /// The visit that the desk books for whoever has this page.
    async fn book(&self, patient: &str, starts_at: &str) -> String {
        let (doctor, patient) = (self.doctor.id.to_string(), patient.trim_start_matches("/patients/"));
        let fields = [("doctor_id", doctor.as_str()), ("patient_id", patient), ("starts_at", starts_at)];
        self.desk.post_form("/appointments", &fields).await.expect(303).location()
    }

    async fn move_to(&self, visit: &str, (version, starts_at): (&str, &str)) {
        let fields = [("version", version), ("starts_at", starts_at)];
        self.desk.post_form(&format!("{visit}/rescheduling"), &fields).await.expect(303);
    }

    /// What the desk's dashboard says is to be told.
    async fn panel(&self) -> String {
        self.panel_of(&self.desk).await
    }

    async fn panel_of(&self, desk: &Client) -> String {
        let page = desk.get("/dashboard").await.ok();
        if page.has("#to-be-told[hidden]") { String::new() } else { page.text("#to-be-told") }
    }

    async fn tell(&self, visit: &str) {
        let page = self.desk.get("/dashboard").await.ok();
        let told = self.desk.submit(&page, &format!("form[action='{visit}/telling']"), &[]).await.expect(303);
        let page = self.desk.follow(told).await.ok();
        assert!(page.says("It is noted that you have told the patient."), "{}", page.words());
        // Who says so as well, on a page of before, is not thanked for nothing.
        let again = self.desk.post_form(&format!("{visit}/telling"), &[("up_to", "1000000")]).await.expect(303);
        let page = self.desk.follow(again).await.ok();
        assert!(page.says("Nothing was noted: somebody has told the patient before you"), "{}", page.words());
    }
}

#[tokio::test]
async fn what_happens_is_to_be_told_until_somebody_has_and_the_trail_keeps_who() {
    let practice = Practice::open().await;
    assert_eq!(practice.panel().await, "", "nothing, where there is nobody");
    let visit = practice.book(&practice.bina, "2026-11-26T10:00").await;
    let panel = practice.panel().await;
    assert!(panel.contains("Bina Rai") && panel.contains("2 March 1984"), "{panel}");
    assert!(panel.contains("A visit with Dr Asha Rai was booked for") && panel.contains("10:00"), "{panel}");
    let page = practice.desk.get("/dashboard").await.ok();
    assert!(page.attributes("#to-be-told a", "href").contains(&"tel:+9779841234567".to_owned()), "no way to call");
    for staff in [&practice.desk, &practice.surgery] {
        let page = staff.get(&visit).await.ok();
        assert!(
            page.text("[data-told-by-phone]").contains("to be told by phone, +977 984-1234567"),
            "{}",
            page.words()
        );
    }
    practice.tell(&visit).await;
    assert_eq!(practice.panel().await, "");
    let trail = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
        .filter(audit_entry::Column::Action.eq(AuditAction::Updated));
    let lines = trail.all(&practice.app.db).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].detail.to_string().contains("by phone"), "{}", lines[0].detail);

    practice.move_to(&visit, ("0", "2026-11-27T11:00")).await;
    let panel = practice.panel().await;
    assert!(panel.contains("was moved to") && panel.contains("11:00") && !panel.contains("booked for"), "{panel}");
    let again = practice.desk.get("/dashboard").await.ok();
    practice.move_to(&visit, ("1", "2026-11-27T09:00")).await;
    // What came since, nobody has said.
    practice.desk.submit(&again, &format!("form[action='{visit}/telling']"), &[]).await.expect(303);
    assert!(practice.panel().await.contains("09:00"), "{}", practice.panel().await);
    practice.tell(&visit).await;
    assert_eq!(practice.panel().await, "");
}

#[tokio::test]
async fn no_mail_goes_out_and_others_are_written_to_as_ever() {
    let practice = Practice::open().await;
    let maya = patient(&practice.hospital).named("Maya", "Gurung").create(&practice.app).await;
    practice.book(&practice.bina, "2026-11-26T10:00").await;
    let visit = practice.book(&format!("/patients/{}", maya.id), "2026-11-26T11:00").await;
    assert_eq!(practice.app.emails_to(&maya.email).await.len(), 1);
    let panel = practice.panel().await;
    assert!(panel.contains("Bina Rai") && !panel.contains("Maya"), "{panel}");
    assert!(!practice.desk.get(&visit).await.ok().has("[data-told-by-phone]"));
    // What somebody with an address was told is theirs to read.
    practice.desk.post_form(&format!("{visit}/telling"), &[("up_to", "1000000")]).await.expect(303);
    let home = practice.app.sign_in(&maya).await;
    assert_eq!(home.get("/dashboard").await.ok().figure("unread"), 1);
    // Nor is the reminder of the day before sent.
    practice.app.clock.advance(TimeDelta::hours(25));
    assert_eq!(practice.app.emails_to(&maya.email).await.len(), 2);
    assert!(practice.app.mail.sent().iter().all(|email| !email.address.contains("invalid")));
    let bina = user::Entity::find().filter(user::Column::Email.ends_with("@no-address.invalid"));
    let bina = bina.one(&practice.app.db).await.unwrap().unwrap();
    let queued =
        mail::Entity::find().filter(mail::Column::RecipientId.eq(bina.id)).all(&practice.app.db).await.unwrap();
    assert!(!queued.is_empty() && queued.iter().all(|mail| mail.status == MailStatus::Cancelled), "{queued:?}");
}

#[tokio::test]
async fn nothing_is_told_of_visits_to_which_somebody_came_or_that_are_over() {
    let practice = Practice::open().await;
    let visit = practice.book(&practice.bina, "2026-11-24T10:30").await;
    let later = practice.book(&practice.bina, "2026-11-24T11:30").await;
    assert_eq!(practice.panel().await.matches("was booked for").count(), 2);
    practice.desk.post_form(&format!("{visit}/arrival"), &[("version", "0")]).await.expect(303);
    assert_eq!(practice.panel().await.matches("was booked for").count(), 1, "whoever is here knows");
    let cancelled = [("version", "0"), ("reason", "The ward needs everybody.")];
    practice.desk.post_form(&format!("{later}/cancellation"), &cancelled).await.expect(303);
    assert!(practice.panel().await.contains("was cancelled"), "{}", practice.panel().await);
    practice.app.clock.advance(TimeDelta::minutes(119));
    let desk = practice.app.sign_in(&practice.admin).await;
    assert!(practice.panel_of(&desk).await.contains("was cancelled"), "until its time is over");
    practice.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(practice.panel_of(&desk).await, "");
}

#[tokio::test]
async fn who_is_given_an_address_is_told_there() {
    let practice = Practice::open().await;
    practice.book(&practice.bina, "2026-11-26T10:00").await;
    assert!(practice.panel().await.contains("Bina Rai"));
    practice.change(&practice.bina, &[("email", "bina@example.test")]).await.expect(303);
    assert_eq!(practice.panel().await, "");
    let mails = practice.app.emails_when("bina@example.test", 2).await;
    assert!(mails.iter().any(|email| email.subject == "Choose your password"), "{mails:?}");
    assert!(
        mails.iter().any(|email| email.subject.contains("A visit was booked")),
        "what nobody had told her: {mails:?}"
    );
}

#[tokio::test]
async fn only_the_desk_of_that_hospital_says_so() {
    let practice = Practice::open().await;
    let visit = practice.book(&practice.bina, "2026-11-26T10:00").await;
    let elsewhere = Ward::of_another(&practice).await;
    let (path, fields) = (format!("{visit}/telling"), [("up_to", "1000000")]);
    elsewhere.post_form(&path, &fields).await.expect(404);
    practice.surgery.post_form(&path, &fields).await.expect(403);
    practice.desk.post_form(&path, &[]).await.expect(422);
    practice.desk.post_form(&path, &[("up_to", "soon")]).await.expect(422);
    assert!(practice.panel().await.contains("Bina Rai"), "nothing was noted");
    assert!(!elsewhere.get("/dashboard").await.ok().says("Bina Rai"));
}

impl Ward {
    /// The desk of another hospital.
    async fn of_another(ward: &Ward) -> Client {
        let there = hospital().create(&ward.app).await;
        ward.app.sign_in(&hospital_admin(&there).create(&ward.app).await).await
    }
}

#[tokio::test]
async fn nobody_writes_to_somebody_who_reads_nothing() {
    let practice = Practice::open().await;
    let visit = practice.book(&practice.bina, "2026-11-26T10:00").await;
    let thread = practice.surgery.get(&format!("{visit}/messages")).await.ok();
    assert!(thread.says("The patient has no e-mail address and so no account"), "{}", thread.words());
    let fields = [("body", "Please come on an empty stomach."), ("token", "a word of the form")];
    let refused = practice.surgery.post_form(&format!("{visit}/messages"), &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.words());
}
