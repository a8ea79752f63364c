//! The production server, once for each test.

use std::{collections::BTreeMap, net::SocketAddr, sync::mpsc, thread, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entity::user_session;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use telemedicine::{app::App, integrations::clock::Clock, settings::Settings, state::AppState};

use super::{
    back_door::BackDoor,
    browser::Client,
    database::{self, TestDatabase},
    factories::{PASSWORD, Person},
    raw::{self, RawAnswer},
};

/// Where each test's clock stands at first: Tuesday 24 November 2026, 04:15 UTC, which is 10:00 in Kathmandu.
pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_493_700, 0).unwrap();

/// A running server. Stopped, and its database dropped, when this is dropped.
pub(crate) struct TestApp {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The server's clock.
    pub(crate) clock: Clock,
    /// The server's own state: for what cannot be seen from outside.
    pub(crate) state: AppState,
    /// The test's own way into the server's database: for factories, and to look what was stored.
    pub(crate) db: BackDoor,
    running: Option<Running>,
}

struct Running {
    handle: actix_web::dev::ServerHandle,
    thread: thread::JoinHandle<()>,
}

/// What the server's thread tells when it serves.
struct Started {
    address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    state: AppState,
    database_url: String,
}

impl TestApp {
    /// A server with the default settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A server with some settings of its own, by the names they have in the environment.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let _ = env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn"))
            .is_test(true)
            .try_init();
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let clock = Clock::fixed(NOW);
        let (told, hears) = mpsc::channel();
        let thread = thread::spawn({
            let clock = clock.clone();
            move || actix_web::rt::System::new().block_on(serve(settings, clock, told))
        });
        let Ok(started) = hears.recv() else {
            let cause = thread.join().expect_err("a server that did not start has panicked");
            std::panic::resume_unwind(cause);
        };
        Self {
            address: started.address,
            clock,
            db: BackDoor::new(database::open(&started.database_url).await, started.state.cache.clone()),
            state: started.state,
            running: Some(Running { handle: started.handle, thread }),
        }
    }

    /// The server's present instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// `hours` from now; negative is before.
    pub(crate) fn in_hours(&self, hours: i64) -> DateTime<Utc> {
        self.now() + TimeDelta::hours(hours)
    }

    /// `minutes` from now; negative is before.
    pub(crate) fn in_minutes(&self, minutes: i64) -> DateTime<Utc> {
        self.now() + TimeDelta::minutes(minutes)
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A browser that nobody is signed in with.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(self.origin(), "a visitor", self.db.announcer())
    }

    /// A browser with `person` signed in, through the sign-in form.
    pub(crate) async fn sign_in(&self, person: &Person) -> Client {
        self.sign_in_with(person, PASSWORD).await
    }

    /// The same for somebody whose password was changed.
    pub(crate) async fn sign_in_with(&self, person: &Person, password: &str) -> Client {
        self.sign_in_as(&person.label(), &person.email, password).await
    }

    /// The same for somebody whom no factory made; `who` is for messages.
    pub(crate) async fn sign_in_as(&self, who: &str, email: &str, password: &str) -> Client {
        let client = Client::new(self.origin(), who, self.db.announcer());
        let fields = [("email", email), ("password", password)];
        let answer = client.post_form("/sign-in", &fields).await.expect(303);
        assert_eq!(answer.location(), "/dashboard", "{who} signs in");
        client
    }

    /// Asks as that person until the use of a session at this moment is noted in its row, which happens behind the answers.
    pub(crate) async fn notes_use_by(&self, client: &Client) {
        for _ in 0..100 {
            assert!(client.is_signed_in().await);
            let noted = user_session::Entity::find().filter(user_session::Column::LastSeenAt.eq(self.now()));
            if noted.one(&self.db).await.unwrap().is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("the use of a session is not noted");
    }

    /// Sends exactly these bytes on a connection of their own: for what no well-behaved client sends.
    pub(crate) fn raw(&self, request: impl AsRef<[u8]>) -> RawAnswer {
        raw::send(self.address, request.as_ref())
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            drop(running.handle.stop(false));
            let ended = running.thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server's thread panicked");
        }
    }
}

/// Everything that happens in the server's thread, from the database's making to its dropping.
async fn serve(own: BTreeMap<String, String>, clock: Clock, told: mpsc::Sender<Started>) {
    let database = TestDatabase::create().await;
    let mut vars = defaults(&database);
    vars.extend(own);
    let settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
    let state = AppState::open(settings, clock).await.unwrap_or_else(|error| panic!("{error}"));
    let app = App::build(state.clone()).unwrap_or_else(|error| panic!("{error}"));
    let started =
        Started { address: app.address(), handle: app.handle(), state, database_url: database.url().to_owned() };
    if told.send(started).is_ok() {
        app.run().await.expect("the server runs until it is stopped");
    }
    database.drop().await;
}

fn defaults(database: &TestDatabase) -> BTreeMap<String, String> {
    let mut vars = BTreeMap::new();
    let mut set = |name: &str, value: &str| vars.insert(name.to_owned(), value.to_owned());
    set("ENVIRONMENT", "development");
    set("BIND", "127.0.0.1:0");
    set("WORKERS", "1");
    set("SECRET_KEY", &"tests/web ".repeat(8));
    set("DATABASE_URL", database.url());
    set("DB_MAX_CONNECTIONS", "5");
    // Every page that is served from the cache is rendered again and compared, in all of these tests.
    set("CACHE_VERIFY", "true");
    if let Some(url) = database::variable("TEST_REDIS_URL") {
        set("REDIS_URL", &url);
        set("CACHE_KEY_PREFIX", database.name());
    }
    vars
}
