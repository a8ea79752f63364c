//! Two forms about one record, of the patient and of staff: neither is saved over what its sender has not seen, and neither confirms what it did not say.

use std::time::Duration;

use entity::user;
use sea_orm::{Database, DatabaseTransaction, QuerySelect as _, Set, TransactionTrait as _, sea_query::LockType};

use super::*;

impl Practice {
    /// Another who is at work in the database, and not done.
    async fn other(&self) -> DatabaseTransaction {
        let other = Database::connect(self.app.state.settings.database.url.expose()).await.unwrap();
        other.begin().await.unwrap()
    }
}

/// A program sends what it knows; the rest is what stood there when it was read, and nobody's word.
#[tokio::test]
async fn what_a_program_does_not_send_is_not_put_back() {
    let practice = Practice::open().await;
    let other = practice.other().await;
    let change = row::ActiveModel { allergies: Set(Some("Penicillin: rash".to_owned())), ..Default::default() };
    let change = row::Entity::update_many().set(change).filter(row::Column::Id.eq(practice.patient.id));
    change.exec(&other).await.unwrap();
    let fields = [("first_name", "Maya"), ("last_name", "Gurung"), ("phone", "+977 1 5550188")];
    let release = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        other.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(practice.home.post_form("/profile", &fields), release);
    answer.expect(409);
    let stored = practice.stored().await;
    assert_eq!((stored.allergies.as_deref(), stored.allergies_said_at), (Some("Penicillin: rash"), None));
}

/// A visit that is booked names the patient and their account: for that it holds no more than that they stay.
#[tokio::test]
async fn nobody_waits_for_whoever_books_a_visit_meanwhile() {
    if !uses_postgres() {
        return;
    }
    let practice = Practice::open().await;
    let other = practice.other().await;
    let patient = row::Entity::find_by_id(practice.patient.id).lock(LockType::KeyShare).one(&other).await.unwrap();
    let account = user::Entity::find_by_id(practice.patient.user_id).lock(LockType::KeyShare).one(&other).await;
    assert!(patient.is_some() && account.unwrap().is_some());
    let acts = async {
        practice.say(&[("allergies", "Nuts")]).await;
        let page = practice.surgery.get(&practice.path()).await.ok();
        practice.confirm(&practice.surgery, &page).await.expect(303);
    };
    tokio::time::timeout(Duration::from_secs(5), acts).await.expect("nobody holds what they need");
    other.rollback().await.unwrap();
}

#[tokio::test]
async fn what_staff_put_right_is_theirs_and_their_form_tells_when_it_was_made_of_something_else() {
    let practice = Practice::open().await;
    let (form, own) = (practice.desk.get(&format!("{}/edit", practice.path())).await.ok(), practice.path());
    let own = format!("form[action='{own}']");
    practice.say(&[("allergies", "Nuts")]).await;
    let refused = practice.desk.submit(&form, &own, &[("allergies", "Penicillin: rash")]).await.expect(409);
    assert_eq!(refused.text("#allergies"), "Penicillin: rash");
    assert!(refused.text("#allergies-error").contains("Stored now: Nuts"), "{}", refused.text("#allergies-error"));
    assert!(refused.text("#allergies-hint").contains("Recorded before: Penicillin"));
    practice.desk.submit(&refused, &own, &[("allergies", "Penicillin: rash. Nuts")]).await.expect(303);
    let stored = practice.stored().await;
    assert_eq!(stored.allergies.as_deref(), Some("Penicillin: rash. Nuts"));
    assert_eq!((stored.allergies_said_at, stored.allergies_before), (None, None));
}

#[tokio::test]
async fn a_profile_that_is_saved_over_staff_shows_both_texts() {
    let practice = Practice::open().await;
    let profile = practice.home.get("/profile").await.ok();
    practice.recorded("Penicillin: rash").await;
    let typed = [("allergies", "Nuts"), ("phone", "+977 1 5550177")];
    let refused = practice.home.submit(&profile, PROFILE, &typed).await.expect(409);
    assert_eq!(refused.text("#allergies"), "Nuts");
    assert!(refused.text("#allergies-error").contains("Stored now: Penicillin: rash"));
    assert_eq!(practice.stored().await.allergies.as_deref(), Some("Penicillin: rash"));
    practice.home.submit(&refused, PROFILE, &[]).await.expect(303);
    let stored = practice.stored().await;
    assert_eq!(stored.allergies.as_deref(), Some("Nuts"));
    assert_eq!(stored.allergies_before.as_deref(), Some("Penicillin: rash"));
}

/// What pages keep is made anew by what the patient says: of the first allergy of all the doctor's board tells at once.
#[tokio::test]
async fn a_board_that_is_kept_tells_of_the_first_allergy_at_once() {
    let practice = Practice::open().await;
    practice.recorded("").await;
    let card = async || practice.surgery.get("/dashboard").await.ok().text("[data-now]");
    assert!(card().await.contains("No allergies recorded"));
    assert!(card().await.contains("No allergies recorded"), "from the cache");
    practice.say(&[("allergies", "Nuts")]).await;
    assert!(card().await.contains("Allergies are recorded"));
    practice.say(&[("allergies", "")]).await;
    assert!(card().await.contains("No allergies recorded"), "nobody else had recorded any");
    let banner = practice.surgery.get(&practice.path()).await.ok().text("#banner");
    assert!(
        banner.contains(&format!("none, {TODAY}")) && !banner.contains("none recorded"),
        "whoever has read of it has to ask: {banner}"
    );
}

#[tokio::test]
async fn the_form_of_staff_that_is_saved_for_something_else_confirms_nothing() {
    let practice = Practice::open().await;
    practice.say(&[("allergies", "Nuts"), ("blood_type", "B-"), ("emergency_contact_name", "Bina Rai")]).await;
    let own = format!("form[action='{}']", practice.path());
    let form = practice.desk.get(&format!("{}/edit", practice.path())).await.ok();
    for field in ["allergies", "blood_type", "emergency_contact_name"] {
        let hint = form.text(&format!("#{field}-hint"));
        assert!(hint.contains("Change it here, or confirm it on the patient's page."), "{hint}");
    }
    let before = practice.stored().await;
    practice.desk.submit(&form, &own, &[("phone", "+977 1 5550166")]).await.expect(303);
    let stored = practice.stored().await;
    assert_eq!(row::Model { updated_at: before.updated_at, ..stored }, before);
    let form = practice.desk.get(&format!("{}/edit", practice.path())).await.ok();
    practice.desk.submit(&form, &own, &[("emergency_contact_phone", "+977 1 5550155")]).await.expect(303);
    let stored = practice.stored().await;
    assert_eq!(stored.emergency_contact_said_at, None, "they put it right");
    assert!(stored.allergies_said_at.is_some() && stored.blood_type_said_at.is_some());
    assert_eq!(stored.allergies_before.as_deref(), Some("Penicillin"));
    let page = practice.desk.get(&practice.path()).await.ok();
    assert!(page.text("#said").contains("what you leave as it is waits to be confirmed here"));
    assert!(page.text("#banner").contains(&format!("Nuts {TODAY}; recorded before: Penicillin")));
}

/// Whoever mends a field has not seen what somebody else has stored since.
#[tokio::test]
async fn a_refused_form_of_staff_stays_made_from_what_it_was_made_from() {
    let practice = Practice::open().await;
    let own = format!("form[action='{}']", practice.path());
    let form = practice.desk.get(&format!("{}/edit", practice.path())).await.ok();
    practice.say(&[("allergies", "Nuts")]).await;
    let refused = practice.desk.submit(&form, &own, &[("phone", "call me")]).await.expect(422);
    let hint = refused.text("#allergies-hint");
    assert_eq!(hint, "What is stored was said by the patient on 24 November 2026.", "nobody said what is typed");
    let shown = practice.desk.submit(&refused, &own, &[("phone", "+977 1 5550166")]).await.expect(409);
    assert!(shown.text("#allergies-error").contains("Stored now: Nuts"));
    assert_eq!(practice.stored().await.allergies.as_deref(), Some("Nuts"));
    let nothing = practice.desk.submit(&shown, &own, &[("version", "")]).await.expect(422);
    let again = practice.desk.submit(&nothing, &own, &[]).await.expect(409);
    assert!(again.text("#allergies-error").contains("Stored now: Nuts"));
    practice.desk.submit(&again, &own, &[]).await.expect(303);
    assert_eq!(practice.stored().await.allergies.as_deref(), Some("Penicillin"), "now they have seen both");
}

#[tokio::test]
async fn a_refused_profile_stays_made_from_what_it_was_made_from() {
    let practice = Practice::open().await;
    let profile = practice.home.get("/profile").await.ok();
    practice.recorded("Penicillin: rash").await;
    let refused = practice.home.submit(&profile, PROFILE, &[("phone", "call me")]).await.expect(422);
    assert_eq!(refused.text("#allergies"), "Penicillin");
    assert!(!refused.says("Confirmed by your hospital."), "not this text");
    let shown = practice.home.submit(&refused, PROFILE, &[("phone", "+977 1 5550177")]).await.expect(409);
    assert!(shown.text("#allergies-error").contains("Stored now: Penicillin: rash"));
    assert!(!shown.says("Confirmed by your hospital."));
    assert_eq!(practice.stored().await.allergies.as_deref(), Some("Penicillin: rash"));
}

/// The same text, and something else beside it.
#[tokio::test]
async fn what_stood_beside_it_was_seen_as_well() {
    let practice = Practice::open().await;
    practice.say(&[("allergies", "Nuts")]).await;
    let seen = practice.surgery.get(&practice.path()).await.ok();
    let form = practice.desk.get(&format!("{}/edit", practice.path())).await.ok();
    let profile = practice.home.get("/profile").await.ok();
    practice.recorded("Penicillin and latex").await;
    practice.say(&[("allergies", "Nuts")]).await;
    let refused = practice.confirm(&practice.surgery, &seen).await.expect(409);
    assert!(refused.text("#banner").contains("recorded before: Penicillin and latex"));
    let own = format!("form[action='{}']", practice.path());
    practice.desk.submit(&form, &own, &[("phone", "+977 1 5550166")]).await.expect(409);
    practice.home.submit(&profile, PROFILE, &[("phone", "+977 1 5550177")]).await.expect(409);
    assert_eq!(practice.stored().await.allergies_before.as_deref(), Some("Penicillin and latex"));
    practice.confirm(&practice.surgery, &refused).await.expect(303);
    practice.confirm(&practice.surgery, &refused).await.expect(303);
    practice.confirm(&practice.surgery, &seen).await.expect(303);
}
