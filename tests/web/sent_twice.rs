//! Forms that make something, sent twice: one row, and the page of what was made; with scripts or without.

use entity::{audit_entry, availability as hours_row, hospital as hospital_row, time_off as absence_row, user};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::support::*;

async fn lines(app: &TestApp) -> u64 {
    audit_entry::Entity::find().count(&app.db).await.unwrap()
}

#[tokio::test]
async fn an_absence_is_recorded_once_and_removed_once() {
    let app = TestApp::start().await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let path = format!("/doctors/{}/time-off", doctor.id);
    let away = [("starts_at", "2026-12-01T00:00"), ("ends_at", "2026-12-02T00:00"), ("reason", "A conference.")];
    let both = join_all((0..2).map(|_| surgery.post_form(&path, &away))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    surgery.post_form(&path, &away).await.expect(303);
    let rows = absence_row::Entity::find().all(&app.db).await.unwrap();
    assert_eq!(rows.len(), 1);
    // One for another reason is another one.
    let other = [away[0], away[1], ("reason", "A wedding.")];
    surgery.post_form(&path, &other).await.expect(303);
    assert_eq!(absence_row::Entity::find().count(&app.db).await.unwrap(), 2);

    let removal = format!("{path}/{}/removal", rows[0].id);
    surgery.post_form(&removal, &[]).await.expect(303);
    let told = lines(&app).await;
    let again = surgery.post_form(&removal, &[]).await.expect(303);
    assert!(surgery.follow(again).await.ok().says("The absence is removed."));
    assert_eq!(lines(&app).await, told, "nothing happened twice");
}

/// Nobody learns which absences of others there are, or were.
#[tokio::test]
async fn an_absence_that_is_not_or_was_not_theirs_is_not_found() {
    let app = TestApp::start().await;
    let (here, there) = (hospital().create(&app).await, hospital().create(&app).await);
    let (doctor, other) =
        (super::support::doctor(&here).create(&app).await, super::support::doctor(&there).create(&app).await);
    let id = time_off(&app, &other, (app.in_hours(24), app.in_hours(48)), "").await;
    let (surgery, elsewhere) = (app.sign_in(&doctor).await, app.sign_in(&other).await);
    let own = format!("/doctors/{}/time-off", doctor.id);
    surgery.post_form(&format!("{own}/{id}/removal"), &[]).await.expect(404);
    surgery.post_form(&format!("{own}/999999/removal"), &[]).await.expect(404);
    elsewhere.post_form(&format!("/doctors/{}/time-off/{id}/removal", other.id), &[]).await.expect(303);
    surgery.post_form(&format!("{own}/{id}/removal"), &[]).await.expect(404);
}

#[tokio::test]
async fn hours_are_added_once() {
    let app = TestApp::start().await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let surgery = app.sign_in(&doctor).await;
    let path = format!("/doctors/{}/availability", doctor.id);
    let hours = [("weekday", "1"), ("start_time", "09:00"), ("end_time", "12:00")];
    let both = join_all((0..2).map(|_| surgery.post_form(&path, &hours))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    let again = surgery.post_form(&path, &hours).await.expect(303);
    assert!(surgery.follow(again).await.ok().says("The hours are added."));
    assert_eq!(hours_row::Entity::find().count(&app.db).await.unwrap(), 1);
    let longer = [hours[0], hours[1], ("end_time", "12:30")];
    surgery.post_form(&path, &longer).await.expect(422);
}

/// People of each kind: the second click leads to whom the first one made. Another form with the same address is refused as ever.
#[tokio::test]
async fn people_are_made_once() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let id = hospital.id.to_string();
    let kinds: [(&Client, &str, FormFields<'_>); 3] = [
        (&desk, "/patients", &[]),
        (&desk, "/doctors", &[("license_number", "N-1"), ("specialization", "Surgery"), ("experience_years", "3")]),
        (&platform, "/admins", &[("hospital_id", &id)]),
    ];
    for (client, path, more) in kinds {
        let email = format!("asha{}@example.test", path.replace('/', "."));
        let own = [
            ("first_name", "Asha"),
            ("last_name", "Shrestha"),
            ("email", email.as_str()),
            ("phone", ""),
            ("date_of_birth", "1980-02-03"),
            ("password", "seven slow boats at noon"),
        ];
        let fields = [&own, more].concat();
        let both = join_all((0..2).map(|_| client.post_form(path, &fields))).await;
        assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303], "{path}");
        assert_eq!(both[0].location(), both[1].location(), "{path}");
        let again = client.post_form(path, &fields).await.expect(303);
        assert_eq!(again.location(), both[0].location());
        let page = client.follow(again).await.ok();
        assert!(page.says("This form was sent before, and made this account."), "{path}: {}", page.words());
        let made = user::Entity::find().filter(user::Column::Email.eq(&email));
        assert_eq!(made.count(&app.db).await.unwrap(), 1, "{path}");
        let another = [&fields[..], &[("first_name", "Bina")]].concat();
        let another: Vec<_> = another.into_iter().filter(|field| *field != ("first_name", "Asha")).collect();
        assert!(client.post_form(path, &another).await.expect(422).says("Somebody already has an account"), "{path}");
    }
}

#[tokio::test]
async fn a_hospital_is_made_once() {
    let app = TestApp::start().await;
    let platform = app.sign_in(&super_admin().create(&app).await).await;
    let both = join_all((0..2).map(|_| platform.post_form("/hospitals", &NEW_HOSPITAL))).await;
    assert_eq!(both.iter().map(|page| page.status).collect::<Vec<_>>(), [303, 303]);
    assert_eq!(both[0].location(), both[1].location());
    assert_eq!(hospital_row::Entity::find().count(&app.db).await.unwrap(), 1);
    let mut other = NEW_HOSPITAL;
    other[1].1 = "Another Road";
    assert!(platform.post_form("/hospitals", &other).await.expect(422).says("Another hospital has this name."));
}
