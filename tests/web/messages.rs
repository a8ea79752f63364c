//! Messages about a visit: written once, read, taken back, told by mail, closed in time; and who gets no word of them.

mod counting;
mod forms;
mod mails;

use chrono::TimeDelta;
use entity::{audit_entry, enums::AuditSubject, message as row, message_read};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::*;

mod reading;

/// A doctor and a patient with a visit, and who else there is.
struct Practice {
    pair: Pair,
    visit: Appointment,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open() -> Self {
        Self::with_visit(AppointmentStatus::Scheduled, 24).await
    }

    /// With a visit in that state, in so many hours.
    async fn with_visit(status: AppointmentStatus, hours: i64) -> Self {
        let pair = Pair::of(TestApp::start().await, hospital().named("Lakeside")).await;
        let visit = pair.meet_in(hours * 60, status).await;
        Self { pair, visit }
    }

    fn path(&self, more: &str) -> String {
        format!("{}/messages{more}", self.visit.path())
    }

    async fn say(&self, by: &Client, body: &str) -> i64 {
        by.post_form(&self.path(""), &[("body", body)]).await.expect(303);
        self.newest().await.id
    }

    async fn newest(&self) -> row::Model {
        row::Entity::find().order_by_desc(row::Column::Id).one(&self.app.db).await.unwrap().unwrap()
    }

    async fn read(&self, by: &Client, last: i64) {
        by.post_form(&self.path("/read"), &[("last_id", &last.to_string())]).await.expect(303);
    }

    async fn count(&self) -> u64 {
        row::Entity::find().count(&self.app.db).await.unwrap()
    }
}

async fn unread(client: &Client) -> i64 {
    client.get("/dashboard").await.ok().figure("unread-messages")
}

#[tokio::test]
async fn what_is_written_is_there_for_the_other_and_is_read_once_it_was_seen() {
    let practice = Practice::open().await;
    let page = practice.home.get(&practice.path("")).await.ok();
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.says("Not for emergencies.") && page.says("Nothing has been written yet."));
    let words = "May I eat before?\n<b>नमस्ते</b>";
    practice.home.submit(&page, "form[action$=\"/messages\"]", &[("body", words)]).await.expect(303);
    assert_eq!((unread(&practice.surgery).await, unread(&practice.home).await), (1, 0));
    let list = practice.surgery.get("/messages").await.ok();
    assert!(list.says("Maya Gurung") && list.says("1 new") && !list.body.contains("eat before"));
    let badge = "nav a[href=\"/messages\"] .badge";
    assert_eq!(list.text(badge), "1 new");

    let thread = practice.surgery.get(&practice.path("")).await.ok();
    assert!(thread.body.contains("&lt;b&gt;नमस्ते&lt;/b&gt;") && thread.has("li.new"), "{}", thread.words());
    assert_eq!(unread(&practice.surgery).await, 1, "opening it is not reading it to the end");
    practice.surgery.submit(&thread, "form[data-read]", &[]).await.expect(303);
    assert_eq!(unread(&practice.surgery).await, 0);
    let thread = practice.surgery.get(&practice.path("")).await.ok();
    assert!(!thread.has("li.new") && !thread.has("form[data-read]"));
    assert!(practice.home.get(&practice.path("")).await.ok().text(".thread .own").contains("· read"));
    assert!(!practice.surgery.get("/messages").await.ok().has(badge));
    // It only grows, and not beyond what there is.
    practice.read(&practice.surgery, 0).await;
    practice.read(&practice.surgery, i64::MAX).await;
    let marks = message_read::Entity::find().filter(message_read::Column::UserId.eq(practice.doctor.user_id));
    let mark = marks.one(&practice.app.db).await.unwrap().unwrap();
    assert_eq!(mark.last_read_id, practice.newest().await.id);
    practice.say(&practice.home, "And drink?").await;
    assert_eq!(unread(&practice.surgery).await, 1);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_sends_one_message_and_one_for_another_patient_none() {
    let practice = Practice::open().await;
    let fields = [("body", "Once"), ("token", "of this page")];
    let send = async || practice.home.post_form(&practice.path(""), &fields).await;
    let (one, other) = tokio::join!(send(), send());
    for answer in [one, other, send().await] {
        answer.expect(303);
    }
    assert_eq!(practice.count().await, 1);
    // The same page of the doctor's, of whom it is another form.
    practice.surgery.post_form(&practice.path(""), &fields).await.expect(303);
    assert_eq!(practice.count().await, 2);
    let other = (practice.patient.id + 1).to_string();
    let wrong = [("body", "Typed for another"), ("patient_id", other.as_str())];
    let page = practice.surgery.post_form(&practice.path(""), &wrong).await.expect(409);
    assert!(page.body.contains("Typed for another") && page.says("for another patient"), "{}", page.words());
    let long = "é".repeat(4001);
    practice.home.post_form(&practice.path(""), &[("body", " ")]).await.expect(422);
    practice.home.post_form(&practice.path(""), &[("body", &long)]).await.expect(422);
    assert_eq!(practice.count().await, 2);
    practice.home.post_form(&practice.path(""), &[("body", &"आ".repeat(4000))]).await.expect(303);
}

#[tokio::test]
async fn what_is_taken_back_is_shown_to_nobody_and_only_its_writer_takes_it_back() {
    let practice = Practice::open().await;
    let id = practice.say(&practice.home, "Something hasty").await;
    let back = practice.path(&format!("/{id}/retraction"));
    practice.surgery.post_form(&back, &[]).await.expect(404);
    practice.app.clock.advance(TimeDelta::minutes(7));
    for _ in 0..2 {
        practice.home.post_form(&back, &[]).await.expect(303);
        practice.app.clock.advance(TimeDelta::minutes(1));
    }
    let at = practice.app.now() - TimeDelta::minutes(2);
    let at = at.with_timezone(&practice.hospital.zone).format("taken back at %H:%M").to_string();
    for client in [&practice.home, &practice.surgery] {
        let page = client.get(&practice.path("")).await.ok();
        assert!(page.says(&at) && !page.body.contains("Something hasty"), "{}", page.words());
    }
    assert_eq!(unread(&practice.surgery).await, 0);
    assert_eq!(practice.newest().await.body, "Something hasty", "the record keeps it");
    drop(practice.home.post_form("/profile/proof", &[("proof", PASSWORD)]).await);
    let taken = practice.home.get("/profile/export.json").await.ok();
    assert!(!taken.body.contains("Something hasty"));
}

#[tokio::test]
async fn the_patient_writes_until_some_days_after_the_visit_and_is_told_so() {
    let practice = Practice::with_visit(AppointmentStatus::Completed, -24).await;
    let desk = hospital_admin(&practice.hospital).create(&practice.app).await;
    let desk = practice.app.sign_in(&desk).await;
    let edit = desk.get(&format!("/hospitals/{}/edit", practice.hospital.id)).await.ok();
    let action = format!("form[action=\"/hospitals/{}\"]", practice.hospital.id);
    desk.submit(&edit, &action, &[("message_days", "3")]).await.expect(303);
    let page = practice.home.get(&practice.path("")).await.ok();
    assert!(page.says("You can write about this visit until"), "{}", page.words());
    practice.say(&practice.home, "In time").await;
    practice.app.clock.advance(TimeDelta::days(3));
    let (home, surgery) = again(&practice).await;
    let late = home.post_form(&practice.path(""), &[("body", "Too late")]).await.expect(409);
    assert!(late.says("Messages about this visit are closed"), "{}", late.words());
    assert!(late.text("textarea[readonly]").contains("Too late"), "what was typed is there to be copied");
    let thread = home.get(&practice.path("")).await.ok();
    assert!(!thread.has("form[action$=\"/messages\"]") && thread.says("In time"));
    assert!(thread.has(&format!("a[href=\"/appointments/new?doctor_id={}\"]", practice.doctor.id)));
    // What the doctor learns later is still told.
    surgery.post_form(&practice.path(""), &[("body", "The result is here")]).await.expect(303);
}

/// Patient and doctor, signed in anew: their sessions are over by then.
async fn again(practice: &Practice) -> (Client, Client) {
    (practice.app.sign_in(&practice.patient).await, practice.app.sign_in(&practice.doctor).await)
}

#[tokio::test]
async fn whoever_has_not_read_for_ten_minutes_is_told_by_mail_once() {
    let practice = Practice::open().await;
    let (app, doctor) = (&practice.app, &practice.doctor.email);
    practice.say(&practice.home, "The rash is back").await;
    app.clock.advance(TimeDelta::minutes(9));
    assert_eq!(app.emails_to(doctor).await.len(), 0);
    practice.say(&practice.home, "And it burns").await;
    app.clock.advance(TimeDelta::minutes(2));
    let emails = app.emails_to(doctor).await;
    let [email] = &emails[..] else { panic!("one email: {emails:?}") };
    assert!(email.text.contains(&practice.path("")), "{}", email.text);
    for told in ["rash", "burns", "Maya", "Gurung", "Asha", "Rai"] {
        assert!(!email.text.contains(told) && !email.subject.contains(told), "{told}: {}", email.text);
    }
    practice.say(&practice.home, "Hello?").await;
    app.clock.advance(TimeDelta::minutes(12));
    assert_eq!(app.emails_to(doctor).await.len(), 1, "they know");
    let last = practice.newest().await.id;
    practice.read(&practice.surgery, last).await;
    practice.say(&practice.home, "Thank you").await;
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(app.emails_to(doctor).await.len(), 2, "what came after they had read is told again");
    // Read in time, or taken back: nothing is sent.
    let last = practice.say(&practice.surgery, "You are welcome").await;
    practice.read(&practice.home, last).await;
    let hasty = practice.say(&practice.surgery, "Not for you").await;
    practice.surgery.post_form(&practice.path(&format!("/{hasty}/retraction")), &[]).await.expect(303);
    app.clock.advance(TimeDelta::minutes(25));
    assert_eq!(app.emails_to(&practice.patient.email).await.len(), 0);
}

#[tokio::test]
async fn nobody_else_gets_a_word_and_each_opening_and_message_is_in_the_trail_without_words() {
    let practice = Practice::open().await;
    let app = &practice.app;
    let id = practice.say(&practice.home, "For one pair of eyes").await;
    let other = doctor(&practice.hospital).create(app).await;
    let neighbour = patient(&practice.hospital).create(app).await;
    let admin = hospital_admin(&practice.hospital).create(app).await;
    for person in [&other.person, &neighbour.person, &admin] {
        let client = app.sign_in(person).await;
        let is_desk = person.role == Role::HospitalAdmin;
        for (path, status) in [(practice.path(""), 404), (practice.path("/now"), if is_desk { 403 } else { 404 })] {
            assert!(!client.get(&path).await.expect(status).body.contains("pair of eyes"));
        }
        client.post_form(&practice.path(""), &[("body", "Let me in")]).await.expect(404);
        client.post_form(&practice.path("/read"), &[("last_id", &id.to_string())]).await.expect(404);
        client.post_form(&practice.path(&format!("/{id}/retraction")), &[]).await.expect(404);
    }
    practice.surgery.get(&practice.path("")).await.ok();
    let now = practice.surgery.get(&practice.path("/now")).await.ok();
    assert!(now.says("1 message.") && !now.body.contains("pair of eyes"));
    for _ in 0..2 {
        practice.home.post_form(&practice.path(&format!("/{id}/retraction")), &[]).await.expect(303);
    }
    let lines = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Appointment))
        .filter(audit_entry::Column::SubjectId.eq(practice.visit.id));
    let lines = lines.order_by_asc(audit_entry::Column::Id).all(&app.db).await.unwrap();
    let details: Vec<String> = lines.iter().map(|line| line.detail.to_string()).collect();
    assert_eq!(
        details,
        [
            format!("{{\"message\":\"sent\",\"message_id\":{id}}}"),
            "{\"part\":\"messages\"}".to_owned(),
            format!("{{\"message\":\"taken back\",\"message_id\":{id}}}"),
        ]
    );
}

#[tokio::test]
async fn thirty_messages_a_minute_are_enough() {
    let practice = Practice::open().await;
    for number in 0..30 {
        practice.say(&practice.home, &format!("Number {number}")).await;
    }
    let refused = practice.home.post_form(&practice.path(""), &[("body", "One too many")]).await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    assert!(refused.body.contains("One too many") && refused.says("was not sent"), "{}", refused.words());
    practice.say(&practice.surgery, "Slowly").await;
    practice.app.clock.advance(TimeDelta::seconds(61));
    practice.say(&practice.home, "Sorry").await;
}
