//! A page in whose making a patient's record is opened is not kept, however its handler is written and whatever its route says.

use actix_web::HttpResponse;
use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use telemedicine::{
    access::{Allowed, SignedIn},
    features::audit::Accessed,
    page_cache::Policy,
    routing::RouteTable,
    state::Pages,
    web::{self, AppError},
};

use super::outcome;
use crate::support::*;

const RECORD: &str = "Allergic to penicillin";

/// A page of a template that asks for nothing, with this title.
#[derive(Serialize)]
struct Titled(&'static str);

impl web::Page for Titled {
    const TEMPLATE: &'static str = "home/landing.html";

    fn title(&self) -> String {
        self.0.to_owned()
    }
}

/// Puts aside what it is shown, and shows it as a page that may be kept.
async fn leaking(viewer: Allowed<SignedIn>, pages: Pages) -> Result<HttpResponse, AppError> {
    let mut put_aside = "";
    let record = Accessed::new(AuditSubject::Patient, 1, RECORD);
    let _ = record.open(pages.state(), &viewer).await?.map(|text| put_aside = text);
    pages.show(&*viewer, &Titled(put_aside))
}

/// The same without a record.
async fn harmless(viewer: Allowed<SignedIn>, pages: Pages) -> Result<HttpResponse, AppError> {
    pages.show(&*viewer, &Titled("Nothing clinical"))
}

fn routes() -> RouteTable {
    let mut table = telemedicine::features::routes();
    table.cached_get("/leaking", Policy::with(&[]), leaking);
    table.cached_get("/harmless", Policy::with(&[]), harmless);
    table
}

async fn opened(app: &TestApp) -> u64 {
    let opened = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Opened));
    opened.count(&app.db).await.unwrap()
}

#[tokio::test]
async fn a_cached_route_that_opens_a_record_is_rendered_and_recorded_each_time_and_kept_nowhere() {
    let app = TestApp::start_with(&[("CACHE_VERIFY", "false")]).await;
    let doctor = doctor(&hospital().create(&app).await).create(&app).await;
    let instance = app.another_instance_of(routes, &[]);
    let client = app.sign_in(&doctor).await.at(&instance.origin());

    for times in 1..=3 {
        let page = client.get("/leaking").await.ok();
        assert!(page.text("head > title").contains(RECORD));
        assert_eq!((outcome(&page), page.header("cache-control"), page.header("etag")), ("bypass", "no-store", ""));
        assert_eq!(opened(&app).await, times, "each look is in the trail");
    }
    // It is the record that makes the difference.
    let first = client.get("/harmless").await.ok();
    assert_eq!((outcome(&first), first.header("cache-control")), ("miss", "private, no-cache"));
    assert_eq!(outcome(&client.get("/harmless").await.ok()), "hit");
}

#[tokio::test]
async fn forms_into_which_a_record_is_typed_leave_nothing_in_the_browser() {
    let app = TestApp::start().await;
    let clinic = Clinic::create(&app).await;
    let desk = app.sign_in(&clinic.here.admin).await;
    let patient = format!("/patients/{}", clinic.here.patient.id);
    for address in ["/patients/new", &format!("{patient}/edit"), "/appointments/new"] {
        assert_eq!(desk.get(address).await.ok().header("cache-control"), "no-store", "{address}");
    }
    for address in ["/patients", &patient, "/appointments"] {
        let refused = desk.post_form(address, &[("first_name", ""), ("symptoms", "Numbness")]).await;
        assert_eq!((refused.status, refused.header("cache-control")), (422, "no-store"), "{address}");
    }
}
