//! What is changed of one hospital, and whose pages that is nothing to.

use entity::user;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use telemedicine::coherence::{Topic, Topics};

use super::{outcome, trusting};
use crate::support::*;

/// Looks at `address` until it is kept: the first look may have made no more than the copy of the session.
async fn keep(browser: &Client, address: &str) {
    browser.get(address).await.ok();
    browser.get(address).await.ok();
    assert_eq!(outcome(&browser.get(address).await.ok()), "hit", "{address}");
}

#[tokio::test]
async fn what_a_hospital_changes_of_itself_is_nothing_to_the_dashboards_of_another() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let (here, there) = (&clinic.here, &clinic.there);
    let desk = app.sign_in(&here.admin).await;
    let form = desk.get(&format!("/hospitals/{}/edit", here.hospital.id)).await.ok();

    let own = format!("/hospitals/{}", here.hospital.id);
    let other = format!("/hospitals/{}", there.hospital.id);
    let mut unmoved = vec![(app.visitor(), other.as_str())];
    let mut moved = vec![
        (app.visitor(), "/hospitals"),
        (app.visitor(), own.as_str()),
        (app.sign_in(&clinic.super_admin).await, "/dashboard"),
    ];
    for person in [&there.admin, &there.doctor, &there.patient] as [&Person; 3] {
        unmoved.push((app.sign_in(person).await, "/dashboard"));
    }
    for person in [&here.admin, &here.doctor, &here.patient] as [&Person; 3] {
        moved.push((app.sign_in(person).await, "/dashboard"));
    }
    for (browser, address) in moved.iter().chain(&unmoved) {
        keep(browser, address).await;
    }
    let selector = format!("form[action='{own}']");
    desk.submit(&form, &selector, &[("name", "Another name")]).await.expect(303);
    for (browser, address) in &unmoved {
        assert_eq!(outcome(&browser.get(address).await.ok()), "hit", "{address} of the other hospital");
    }
    for (browser, address) in &moved {
        let page = browser.get(address).await.ok();
        assert_eq!(outcome(&page), "miss", "{address}");
        assert!(page.body.contains("Another name"), "{address}");
    }
}

#[tokio::test]
async fn who_is_moved_to_another_hospital_is_told_its_changes() {
    let app = trusting().await;
    let clinic = Clinic::create(&app).await;
    let doctor = app.sign_in(&clinic.here.doctor).await;
    keep(&doctor, "/dashboard").await;
    let moved = user::Entity::update_many()
        .col_expr(user::Column::HospitalId, Expr::value(clinic.there.hospital.id))
        .filter(user::Column::Id.eq(clinic.here.doctor.user_id));
    let topics = Topics::from([Topic::Account(clinic.here.doctor.user_id), Topic::Platform]);
    app.state
        .db
        .write_unrecorded(NO_ACT, async |uow| uow.update_where(moved.clone(), topics.clone()).await)
        .await
        .unwrap();
    keep(&doctor, "/dashboard").await;

    let desk = app.sign_in(&clinic.there.admin).await;
    let address = format!("/hospitals/{}", clinic.there.hospital.id);
    let form = desk.get(&format!("{address}/edit")).await.ok();
    desk.submit(&form, &format!("form[action='{address}']"), &[("name", "Another name")]).await.expect(303);
    let page = doctor.get("/dashboard").await.ok();
    assert_eq!(outcome(&page), "miss");
    assert!(page.body.contains("Another name"));
}
