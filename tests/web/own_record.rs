//! What patients say of themselves on their profile: it is theirs wherever staff see it, with what was recorded before beside it, until a clinician has
//! confirmed it as it was seen.

mod saving;

use chrono::TimeDelta;
use entity::{
    audit_entry,
    enums::{AuditSubject, BloodType},
    patient as row,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::support::*;

const PROFILE: &str = "form[action='/profile']";
const TODAY: &str = "said by the patient on 24 November 2026";

/// A doctor and a patient who meet soon, and the desk. Of the patient it is recorded by staff what they are allergic to.
struct Practice {
    pair: Pair,
    visit: Appointment,
    desk: Client,
}

impl std::ops::Deref for Practice {
    type Target = Pair;

    fn deref(&self) -> &Pair {
        &self.pair
    }
}

impl Practice {
    async fn open() -> Self {
        let pair = Pair::of(TestApp::start().await, hospital().named("Lakeside")).await;
        let visit = pair.meet_in(20, AppointmentStatus::Waiting).await;
        let desk = pair.app.sign_in(&hospital_admin(&pair.hospital).create(&pair.app).await).await;
        let practice = Self { pair, visit, desk };
        practice.recorded("Penicillin").await;
        practice
    }

    fn path(&self) -> String {
        format!("/patients/{}", self.patient.id)
    }

    /// The desk writes it into the form of the record.
    async fn recorded(&self, allergies: &str) {
        let form = self.desk.get(&format!("{}/edit", self.path())).await.ok();
        let own = format!("form[action='{}']", self.path());
        self.desk.submit(&form, &own, &[("allergies", allergies), ("blood_type", "A+")]).await.expect(303);
    }

    /// The patient fills it into their profile.
    async fn say(&self, fields: &[(&str, &str)]) {
        let profile = self.home.get("/profile").await.ok();
        self.home.submit(&profile, PROFILE, fields).await.expect(303);
    }

    async fn stored(&self) -> row::Model {
        row::Entity::find_by_id(self.patient.id).one(&self.app.db).await.unwrap().unwrap()
    }

    /// What was seen on that page is confirmed.
    async fn confirm(&self, by: &Client, page: &Page) -> Page {
        by.submit(page, &format!("form[action='{}/confirmation']", self.path()), &[]).await
    }
}

#[tokio::test]
async fn it_is_told_as_theirs_wherever_staff_see_it_with_what_was_recorded_before() {
    let practice = Practice::open().await;
    let before = practice.surgery.get(&practice.path()).await.ok();
    assert!(before.says("Penicillin") && !before.says("said by the patient") && !before.has("#said"));
    let said = [("blood_type", "B-"), ("allergies", "Nuts"), ("emergency_contact_name", "Bina Rai")];
    practice.say(&said).await;
    let room = format!("{}/room", practice.visit.path());
    let pages = [
        (&practice.surgery, practice.path()),
        (&practice.desk, practice.path()),
        (&practice.surgery, practice.visit.path()),
        (&practice.desk, practice.visit.path()),
        (&practice.surgery, room.clone()),
        (&practice.surgery, format!("{}/messages", practice.visit.path())),
    ];
    for (client, path) in pages {
        let page = client.get(&path).await.ok();
        let banner = page.text("#banner");
        assert!(banner.contains(&format!("Nuts {TODAY}; recorded before: Penicillin")), "{path}: {banner}");
        assert!(banner.contains(&format!("B− {TODAY}; recorded before: A+")), "{path}: {banner}");
    }
    let page = practice.desk.get(&practice.path()).await.ok();
    assert!(page.text("#contact").contains("Bina Rai") && page.text("#contact").contains(TODAY));
    let page = practice.surgery.get(&room).await.ok();
    assert!(page.text("#emergency").contains("Bina Rai") && page.text("#emergency").contains(TODAY));
    let form = practice.desk.get(&format!("{}/edit", practice.path())).await.ok();
    assert!(form.text("#allergies-hint").contains("Said by the patient on 24 November 2026."));
    assert!(form.text("#allergies-hint").contains("Recorded before: Penicillin"));
    assert!(form.text("#blood_type-hint").contains("Recorded before: A+"));
    assert!(form.has("#emergency_contact_name-hint"));
}

#[tokio::test]
async fn the_day_is_that_of_the_hospital() {
    let practice = Practice::open().await;
    // Ten minutes before midnight in Kathmandu; in UTC it is the same day before and after.
    practice.app.clock.advance(TimeDelta::minutes(13 * 60 + 50));
    let home = practice.app.sign_in(&practice.patient).await;
    let fields = [("first_name", "Maya"), ("last_name", "Gurung"), ("allergies", "Nuts")];
    home.post_form("/profile", &fields).await.expect(303);
    let surgery = practice.app.sign_in(&practice.doctor).await;
    assert!(surgery.get(&practice.path()).await.ok().text("#banner").contains(TODAY));
    practice.app.clock.advance(TimeDelta::minutes(15));
    home.post_form("/profile", &[&fields[..2], &[("allergies", "Nuts and milk")]].concat()).await.expect(303);
    let banner = surgery.get(&practice.path()).await.ok().text("#banner");
    assert!(banner.contains("Nuts and milk said by the patient on 25 November 2026"), "{banner}");
}

/// Who takes an allergy back takes it from nobody's sight.
#[tokio::test]
async fn what_was_recorded_stays_in_sight_when_it_is_taken_back_or_changed_again() {
    let practice = Practice::open().await;
    let card = async || practice.surgery.get("/dashboard").await.ok().text("[data-now]");
    assert!(card().await.contains("Allergies are recorded"));
    practice.say(&[("allergies", "")]).await;
    let banner = practice.surgery.get(&practice.path()).await.ok();
    assert!(banner.text("#banner").contains(&format!("none, {TODAY}; recorded before: Penicillin")));
    assert_eq!(banner.attributes("#banner .alarming", "class").len(), 1);
    assert!(card().await.contains("Allergies are recorded"), "somebody has to ask");
    practice.say(&[("allergies", "Milk")]).await;
    practice.say(&[("allergies", "Nuts")]).await;
    assert_eq!(practice.stored().await.allergies_before.as_deref(), Some("Penicillin"), "no word of theirs is one");
    practice.app.clock.advance(TimeDelta::minutes(5));
    practice.say(&[("allergies", "Penicillin")]).await;
    let same = practice.stored().await;
    assert_eq!(same.allergies_said_at, Some(practice.app.now()), "somebody may have read of the nuts");
    assert_eq!(same.allergies_before.as_deref(), Some("Penicillin"));
    let page = practice.surgery.get(&practice.path()).await.ok();
    practice.confirm(&practice.surgery, &page).await.expect(303);
    assert!(!practice.surgery.get(&practice.path()).await.ok().has("#said"));
}

#[tokio::test]
async fn whoever_looked_at_it_confirms_it_once() {
    let practice = Practice::open().await;
    practice.say(&[("allergies", "Nuts"), ("emergency_contact_phone", "+977 1 5550199")]).await;
    let page = practice.surgery.get(&practice.path()).await.ok();
    assert!(page.text("#said").contains("allergies, whom to call in an emergency"), "{}", page.text("#said"));
    assert!(!page.text("#said").contains("blood type"), "nobody has said anything of it");
    let done = practice.confirm(&practice.surgery, &page).await.expect(303);
    assert!(practice.surgery.follow(done).await.ok().says("What the patient said is confirmed."));
    let stored = practice.stored().await;
    assert_eq!(stored.allergies.as_deref(), Some("Nuts"));
    assert_eq!(
        (stored.allergies_said_at, stored.allergies_before, stored.emergency_contact_said_at),
        (None, None, None)
    );
    practice.confirm(&practice.surgery, &page).await.expect(303);
    let lines = audit_entry::Entity::find()
        .filter(audit_entry::Column::ActorId.eq(practice.doctor.user_id))
        .filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Patient))
        .filter(audit_entry::Column::SubjectId.eq(practice.patient.id));
    let lines = lines.all(&practice.app.db).await.unwrap();
    let changes: Vec<_> = lines.iter().filter_map(|line| line.detail.get("changed")).collect();
    assert_eq!(changes, [&serde_json::json!(["allergies_said_at", "emergency_contact_said_at"])]);
    assert!(!practice.surgery.get(&practice.visit.path()).await.ok().says("said by the patient"));
    let own = practice.home.get("/profile").await.ok();
    assert_eq!(own.text("#allergies-hint"), "Confirmed by your hospital.");
}

#[tokio::test]
async fn nobody_confirms_what_they_did_not_see() {
    let practice = Practice::open().await;
    practice.say(&[("allergies", "Nuts")]).await;
    let seen = practice.desk.get(&practice.path()).await.ok();
    practice.say(&[("allergies", "Nuts and milk")]).await;
    let refused = practice.confirm(&practice.desk, &seen).await.expect(409);
    assert_eq!(rules::broken(&refused.body), Vec::<String>::new());
    assert!(refused.says("Nothing was confirmed") && refused.text("#banner").contains("Nuts and milk"));
    assert!(practice.stored().await.allergies_said_at.is_some());
    practice.confirm(&practice.desk, &refused).await.expect(303);
    assert!(practice.stored().await.allergies_said_at.is_none());
    practice.desk.post_form(&format!("{}/confirmation", practice.path()), &[]).await.expect(422);
}

#[tokio::test]
async fn who_does_not_treat_them_confirms_nothing() {
    let practice = Practice::open().await;
    practice.say(&[("allergies", "Nuts")]).await;
    let page = practice.desk.get(&practice.path()).await.ok();
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let elsewhere = hospital().create(&practice.app).await;
    let people = [
        (doctor(&practice.hospital).create(&practice.app).await.person, 404),
        (doctor(&elsewhere).create(&practice.app).await.person, 404),
        (hospital_admin(&elsewhere).create(&practice.app).await, 404),
        (super_admin().create(&practice.app).await, 403),
        (practice.patient.person.clone(), 403),
        (patient(&practice.hospital).create(&practice.app).await.person, 403),
    ];
    for (person, status) in people {
        let client = practice.app.sign_in(&person).await;
        client.post_form(&format!("{}/confirmation", practice.path()), &[("seen", &seen)]).await.expect(status);
    }
    assert!(practice.stored().await.allergies_said_at.is_some());
}

#[tokio::test]
async fn patients_see_what_is_on_record_and_whose_word_it_is() {
    let practice = Practice::open().await;
    let page = practice.home.get("/profile").await.ok();
    assert_eq!(rules::broken(&page.body), Vec::<String>::new());
    assert_eq!(page.text("#allergies"), "Penicillin");
    assert_eq!(page.text("#allergies-hint"), "Confirmed by your hospital.");
    assert!(practice.home.get("/profile").await.ok().statements() <= 3);
    practice.say(&[("allergies", "Nuts")]).await;
    let page = practice.home.get("/profile").await.ok();
    let hint = page.text("#allergies-hint");
    assert!(hint.starts_with("Said by you on 24 November 2026, not confirmed by your hospital yet."), "{hint}");
    assert!(hint.ends_with("Your hospital had recorded: Penicillin"), "{hint}");
    let visit = practice.home.get(&practice.visit.path()).await.ok();
    assert!(visit.text("#banner").contains("said by you on 24 November 2026"));
    let opened = audit_entry::Entity::find().filter(audit_entry::Column::ActorId.eq(practice.patient.user_id));
    let opened = opened.filter(audit_entry::Column::SubjectKind.eq(AuditSubject::Patient));
    let lines = opened.all(&practice.app.db).await.unwrap();
    assert!(lines.iter().any(|line| line.detail == serde_json::json!({"part": "profile"})), "it was opened");
    assert!(lines.iter().any(|line| line.detail == serde_json::json!({"changed": ["allergies"]})), "it was changed");

    let nobody = patient(&practice.hospital).with_nothing_recorded().create(&practice.app).await;
    let bare = practice.app.sign_in(&nobody).await.get("/profile").await.ok();
    assert!(!bare.has("#allergies-hint") && !bare.has("#blood_type-hint"), "of nothing there is nothing to say");
}

#[tokio::test]
async fn what_was_not_sent_stays_and_what_is_unfit_is_refused() {
    let practice = Practice::open().await;
    let before = practice.stored().await;
    let name = [("first_name", "Maya"), ("last_name", "Gurung")];
    practice.home.post_form("/profile", &[&name[..], &[("phone", "+977 1 5550188")]].concat()).await.expect(303);
    assert_eq!(practice.stored().await, before);
    for (field, value) in [
        ("blood_type", "Z+"),
        ("allergies", "x".repeat(2001).as_str()),
        ("emergency_contact_name", "x".repeat(121).as_str()),
        ("emergency_contact_phone", "call me"),
    ] {
        let page = practice.home.post_form("/profile", &[&name[..], &[(field, value)]].concat()).await.expect(422);
        assert!(page.has(&format!("#{field}-error")), "{field}");
    }
    practice.home.post_form("/profile", &[&name[..], &[("medical_history", "None")]].concat()).await.expect(422);
    practice.surgery.post_form("/profile", &[&name[..], &[("allergies", "Nuts")]].concat()).await.expect(422);
    assert!(!practice.surgery.get("/profile").await.ok().has("#record"));
    assert_eq!(practice.stored().await, before);
    practice.say(&[("allergies", "<script>alert(1)</script>"), ("blood_type", "")]).await;
    let page = practice.surgery.get(&practice.path()).await.ok();
    assert!(page.says("<script>alert(1)</script>") && !page.body.contains("<script>alert"), "as it was typed");
    let stored = practice.stored().await;
    assert_eq!((stored.blood_type, stored.blood_type_before), (None, Some(BloodType::APositive)));
}
