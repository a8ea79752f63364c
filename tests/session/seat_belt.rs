//! A page that was made for somebody else than it would be kept for is shown and not kept: the last belt, should session and cache ever
//! disagree on whom a request is of.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, test, web};
use entity::user;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use telemedicine::coherence::{Coherence, MemoryStore, Store, Topic};
use telemedicine::db::Database;
use telemedicine::integrations::clock::Clock;
use telemedicine::page_cache::{
    self, CacheScope, CacheStatus, Credential, Host, PageCache, Policy, Route, ServedPage, SessionName,
};

use super::database::TestDatabase;
use super::settings_with;

/// Whose every session is.
const OWNER: i64 = 7;

/// A site whose pages are made for this person, whoever asks.
struct Site {
    made_for: Option<i64>,
}

impl Host for Site {
    fn credential(&self, _: &HttpRequest) -> Credential {
        Credential::Session(SessionName(Arc::from("a session")))
    }

    fn cached_viewer(&self, _: &SessionName) -> Option<i64> {
        Some(OWNER)
    }

    fn hint(&self, _: &SessionName) -> Option<i64> {
        Some(OWNER)
    }

    fn viewer<'a>(&'a self, _: &'a SessionName) -> LocalBoxFuture<'a, Option<i64>> {
        async { Some(OWNER) }.boxed_local()
    }

    fn made_for(&self, _: &HttpRequest) -> Option<i64> {
        self.made_for
    }

    fn exempt(&self, _: &HttpRequest) {}

    fn forget(&self, _: &HttpRequest) {}

    fn complete(&self, _: &ServiceRequest, _: &mut HttpResponse, _: ServedPage) {}
}

/// What becomes of the same page the first and the second time.
async fn asked_twice(made_for: Option<i64>) -> [&'static str; 2] {
    let file = TestDatabase::create().await;
    let settings = settings_with(&[("DATABASE_URL", file.url())]);
    let db = Database::connect(&settings.database, "test").await.unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    db.keep_coherent(Coherence::new(Arc::clone(&store), Duration::from_secs(1)));
    let cache = PageCache::new(&settings, Clock::system(), (store, None), Box::new(Site { made_for }));
    let policy = Policy::with(&[]);
    let route = Rc::new(Route { pattern: "/people", path: Vec::new(), policy, scope: CacheScope::SignedIn });
    let around = from_fn(move |request, next| page_cache::cached((cache.clone(), Rc::clone(&route)), request, next));
    let page = web::get().to(async |db: web::Data<Database>| {
        let people = db.reader().run(Topic::Hospitals, async |conn| user::Entity::find().count(conn).await).await;
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!("{} people", people.unwrap()))
    });
    let site = App::new().app_data(web::Data::new(db.clone()));
    let site = test::init_service(site.service(web::resource("/people").route(page).wrap(around))).await;
    let ask = async || {
        let answer = test::call_service(&site, test::TestRequest::get().uri("/people").to_request()).await;
        assert_eq!(answer.status(), 200);
        answer.request().extensions().get::<CacheStatus>().unwrap().word()
    };
    [ask().await, ask().await]
}

#[actix_web::test]
async fn a_page_that_was_made_for_somebody_else_is_not_kept() {
    assert_eq!(asked_twice(Some(OWNER)).await, ["miss", "hit"]);
    for another in [Some(OWNER + 1), None] {
        assert_eq!(asked_twice(another).await, ["miss", "miss"], "{another:?}");
    }
}
