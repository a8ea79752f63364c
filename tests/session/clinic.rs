//! A small site around the sessions: a database, a Redis, and instances of a server with four addresses.

use std::sync::Arc;
use std::time::Duration;

use actix_session::Session;
use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::StatusCode;
use actix_web::{App, Error, HttpResponse, test, web};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{user, user_session};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use telemedicine::coherence::{Coherence, MemoryStore, Store, Topics};
use telemedicine::db::{Database, Unrecorded};
use telemedicine::integrations::clock::Clock;
use telemedicine::redis::Redis;
use telemedicine::session::{self, NewKey, NewSession, Sessions};
use telemedicine::settings::Settings;

use super::database::TestDatabase;
use super::redis_server::RedisServer;
use super::store::shared_store;
use super::{redis_settings, settings_with, until};

/// What is written here is nobody's act.
pub(crate) const NO_ACT: Unrecorded = Unrecorded::of_everything("a test of sessions alone");

/// Where copies are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    Actor,
    Pool,
}

/// One database, one clock, perhaps one Redis; as many instances as wanted.
pub(crate) struct Clinic {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) user_id: i64,
    url: Option<String>,
    kind: Kind,
    prefix: String,
    /// What the clinic's own units of work are told to.
    store: Arc<dyn Store>,
    database: TestDatabase,
}

impl Clinic {
    /// On the Redis of the tests, else on a server of its own; `None` (skip) where there is neither.
    pub(crate) async fn open(kind: Kind) -> Option<(Self, Option<RedisServer>)> {
        if kind == Kind::Memory {
            return Some((Self::on(kind, None).await, None));
        }
        if let Some(url) = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty()) {
            return Some((Self::on(kind, Some(url)).await, None));
        }
        let server = RedisServer::start()?;
        Some((Self::on(kind, Some(server.url())).await, Some(server)))
    }

    pub(crate) async fn on(kind: Kind, url: Option<String>) -> Self {
        let database = TestDatabase::create().await;
        let settings = settings_with(&[("DATABASE_URL", database.url())]);
        let db = Database::connect(&settings.database, "test").await.unwrap();
        let prefix = format!("t{:032x}", rand::random::<u128>());
        let store: Arc<dyn Store> = match &url {
            Some(url) => shared_store(&db, Redis::open_pooled(&redis_settings(url), &prefix).unwrap()),
            None => Arc::new(MemoryStore::default()),
        };
        db.keep_coherent(Coherence::new(Arc::clone(&store), Duration::from_secs(1)));
        db.join().await.unwrap();
        let user_id = add_person(&db).await;
        Self { db, clock: Clock::fixed(start()), settings, user_id, url, kind, prefix, store, database }
    }

    /// Another process of the same site.
    pub(crate) fn instance(&self) -> Sessions {
        let redis = (self.kind != Kind::Memory).then(|| self.redis());
        let store = redis.clone().map_or_else(|| Arc::clone(&self.store), |redis| shared_store(&self.db, redis));
        Sessions::new(&self.settings, self.clock.clone(), self.db.clone(), (store, redis))
    }

    /// Marks all sessions as revoked, past the server.
    pub(crate) async fn revoke_by_hand(&self) {
        let mark = user_session::Entity::update_many()
            .set(user_session::ActiveModel { revoked_at: Set(Some(self.clock.now())), ..Default::default() });
        sea_orm::UpdateMany::exec(mark, self.db.bare()).await.unwrap();
    }

    pub(crate) fn redis(&self) -> Redis {
        let settings = redis_settings(self.url.as_deref().unwrap());
        match self.kind {
            Kind::Pool => Redis::open_pooled(&settings, &self.prefix).unwrap(),
            _ => Redis::open(&settings, &self.prefix).unwrap(),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The ids of the person's sessions, the most recently used first.
    pub(crate) async fn live(&self, sessions: &Sessions) -> Vec<i64> {
        let live = sessions.list(&self.db.reader(), self.user_id).await.unwrap();
        live.into_iter().map(|row| row.id).collect()
    }

    pub(crate) async fn close(self) {
        self.db.close().await;
        self.database.drop().await;
    }

    pub(crate) fn pass(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }

    pub(crate) async fn rows(&self) -> Vec<user_session::Model> {
        let find = user_session::Entity::find();
        self.db
            .reader()
            .run(Topics::exempt("no page is shown here"), async |conn| find.clone().all(conn).await)
            .await
            .unwrap()
    }
}

/// The person whose sessions they are.
async fn add_person(db: &Database) -> i64 {
    let person = user::ActiveModel {
        email: Set("super@demo.test".to_owned()),
        password_hash: Set("none".to_owned()),
        role: Set(entity::enums::Role::SuperAdmin),
        hospital_id: Set(None),
        first_name: Set("Sita".to_owned()),
        last_name: Set("Rai".to_owned()),
        active: Set(true),
        created_at: Set(start()),
        updated_at: Set(start()),
        ..Default::default()
    };
    db.write_unrecorded(NO_ACT, async |uow| uow.insert(person.clone(), Topics::exempt("no page is shown here")).await)
        .await
        .unwrap()
        .id
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000, 0).unwrap()
}

/// A browser at one instance of the site.
pub(crate) struct Browser<S> {
    site: S,
    pub(crate) cookie: Option<Cookie<'static>>,
}

/// The site: `/in/{user}` and `/out` sign in and out, `/who` tells who asks, `/slow` changes the state after a while, `/note` changes it.
pub(crate) async fn browser(
    db: Database,
    sessions: Sessions,
) -> Browser<impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = Error>> {
    let app = App::new()
        .app_data(web::Data::new((db, sessions.clone())))
        .wrap(sessions.middleware())
        .route("/in/{user}", web::get().to(sign_in))
        .route(
            "/out",
            web::get().to(async |session: Session| {
                session::end(&session);
                ""
            }),
        )
        .route("/who", web::get().to(who))
        .route("/slow", web::get().to(slow))
        .route(
            "/note",
            web::get().to(async |session: Session| {
                session.insert("note", 1).unwrap();
                ""
            }),
        );
    Browser { site: test::init_service(app).await, cookie: None }
}

async fn sign_in(
    session: Session,
    user_id: web::Path<i64>,
    site: web::Data<(Database, Sessions)>,
) -> Result<&'static str, Error> {
    let ((db, sessions), key) = (site.get_ref(), NewKey::random());
    let begun = NewSession { key: &key, ip: [192, 0, 2, 7].into(), user_agent: "A browser" };
    let opened = db.write_unrecorded(NO_ACT, async |uow| sessions.open(uow, *user_id, begun).await).await;
    opened.map_err(ErrorInternalServerError)?;
    session::begin(&session, *user_id, &key)?;
    Ok("")
}

async fn who(session: Session) -> HttpResponse {
    match session.get::<i64>(session::USER_ID).unwrap() {
        Some(user_id) => HttpResponse::Ok().body(user_id.to_string()),
        // As the viewer's statement would.
        None if session.get::<String>(session::KEY_HASH).unwrap().is_some() => {
            HttpResponse::ServiceUnavailable().finish()
        }
        None => HttpResponse::Unauthorized().finish(),
    }
}

async fn slow(session: Session) -> &'static str {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    session.insert("note", "late").unwrap();
    ""
}

impl<S, B> Browser<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    /// Asks with the cookie it has, and keeps the one it is given. An error of the middleware is the status it would have.
    pub(crate) async fn get(&mut self, path: &str) -> (StatusCode, Option<Cookie<'static>>) {
        let (status, given) = self.ask(path, self.cookie.clone()).await;
        if let Some(given) = &given {
            self.cookie = (!given.value().is_empty()).then(|| given.clone());
        }
        (status, given)
    }

    /// Asks with this cookie and keeps nothing.
    pub(crate) async fn ask(
        &self,
        path: &str,
        cookie: Option<Cookie<'static>>,
    ) -> (StatusCode, Option<Cookie<'static>>) {
        let mut request = test::TestRequest::get().uri(path);
        if let Some(cookie) = cookie {
            request = request.cookie(cookie);
        }
        match self.site.call(request.to_request()).await {
            Ok(answer) => {
                let given = answer.response().cookies().next().map(|cookie| cookie.into_owned());
                (answer.status(), given)
            }
            Err(error) => (error.as_response_error().status_code(), None),
        }
    }

    /// Asks until the use at this moment is noted in the row, which happens behind the answer.
    pub(crate) async fn is_noted(&self, clinic: &Clinic) {
        until(Duration::from_secs(3), async || {
            assert!(self.lets_in(&self.cookie).await);
            clinic.rows().await.iter().any(|row| row.last_seen_at == clinic.clock.now())
        })
        .await;
    }

    /// Whether the cookie, or the given one, is let in.
    pub(crate) async fn is_in(&mut self) -> bool {
        self.get("/who").await.0 == StatusCode::OK
    }

    pub(crate) async fn lets_in(&self, cookie: &Option<Cookie<'static>>) -> bool {
        self.ask("/who", cookie.clone()).await.0 == StatusCode::OK
    }
}
