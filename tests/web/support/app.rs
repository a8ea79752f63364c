//! The production server, once for each test.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, mpsc},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{enums::MailStatus, mail, user_session};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use telemedicine::{
    app::App,
    features::{
        self,
        mail::{MailSender, Round},
    },
    integrations::{
        Clock, OutgoingMail, Outside,
        mailer::{Email, MemoryMailer},
    },
    routing::RouteTable,
    settings::{PasswordHashing, Settings},
    state::AppState,
};
use tokio::sync::OnceCell;

use super::{
    browser::Client,
    database::{self, TestDatabase},
    factories::{CHEAPEST, PASSWORD, Person},
    raw::{self, RawAnswer},
    raw_database::RawDatabase,
    running::{Running, Started, launch},
};

/// Where each test's clock stands at first: Tuesday 24 November 2026, 04:15 UTC, which is 10:00 in Kathmandu.
pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_493_700, 0).unwrap();

/// A running server. Stopped, and its database dropped, when this is dropped; what [`TestApp::another_instance`] gave before.
pub(crate) struct TestApp {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The server's clock.
    pub(crate) clock: Clock,
    /// What the server sends by mail, its other instances included.
    pub(crate) mail: Arc<MemoryMailer>,
    /// The server's own state: for what cannot be seen from outside.
    pub(crate) state: AppState,
    /// The test's own way into the server's database: for factories, and to look what was stored.
    pub(crate) db: RawDatabase,
    told: Told,
    sending_state: OnceCell<AppState>,
    _running: Running,
}

/// What a server is told at its start.
#[derive(Clone)]
struct Told {
    /// By the names they have in the environment.
    vars: BTreeMap<String, String>,
    /// What hashing a password costs, if not what it costs in production: nearly every test signs people in.
    hashing: Option<PasswordHashing>,
}

/// One more server over the database, the Redis keys, the secret and the clock of a [`TestApp`]. Stopped when dropped.
pub(crate) struct Instance {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its own state.
    pub(crate) state: AppState,
    _running: Running,
}

impl TestApp {
    /// A server with the default settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same at which hashing a password costs what it costs in production.
    pub(crate) async fn start_at_full_cost(settings: &[(&str, &str)]) -> Self {
        let told = Told { vars: named(settings), hashing: None };
        Self::start_told(told, |mail| OutgoingMail::through(mail.clone())).await
    }

    /// A server that sends no mail, as in production without a mail server.
    pub(crate) async fn start_without_mail() -> Self {
        Self::start_as(&[], |_| OutgoingMail::off()).await
    }

    /// A server with some settings of its own, by the names they have in the environment.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_as(settings, |mail| OutgoingMail::through(mail.clone())).await
    }

    /// A server whose mail goes the way that `post` makes of [`Self::mail`].
    pub(crate) async fn start_as(settings: &[(&str, &str)], open: fn(&Arc<MemoryMailer>) -> OutgoingMail) -> Self {
        Self::start_told(Told { vars: named(settings), hashing: Some(CHEAPEST) }, open).await
    }

    async fn start_told(own: Told, open: fn(&Arc<MemoryMailer>) -> OutgoingMail) -> Self {
        super::logged::begin();
        let hashing = own.hashing;
        let (clock, mail) = (Clock::fixed(NOW), Arc::new(MemoryMailer::default()));
        let outside = Outside { clock: clock.clone(), outgoing_mail: open(&mail) };
        let (started, running) = launch(serve_alone(own, outside));
        Self {
            address: started.address,
            clock,
            mail,
            db: RawDatabase::new(
                database::open(&started.vars["DATABASE_URL"]).await,
                (started.state.coherence.clone(), started.state.db.clone()),
            ),
            state: started.state,
            told: Told { vars: started.vars, hashing },
            sending_state: OnceCell::new(),
            _running: running,
        }
    }

    /// A further instance, as behind a load balancer. Without Redis it knows nothing of what the first keeps in its process.
    pub(crate) fn another_instance(&self) -> Instance {
        self.another_instance_with(&[])
    }

    /// The same with some settings of its own. [`Client::at`] takes a browser there.
    pub(crate) fn another_instance_with(&self, settings: &[(&str, &str)]) -> Instance {
        self.another_instance_of(features::routes, settings)
    }

    /// The same whose addresses are those of `routes`, wired as all are.
    pub(crate) fn another_instance_of(&self, routes: fn() -> RouteTable, settings: &[(&str, &str)]) -> Instance {
        let mut told = self.told.clone();
        told.vars.extend(named(settings));
        self.launch_another(routes, self.clock.clone(), told)
    }

    /// The same by a clock of its own.
    pub(crate) fn another_instance_by(&self, clock: Clock) -> Instance {
        self.launch_another(features::routes, clock, self.told.clone())
    }

    fn launch_another(&self, routes: fn() -> RouteTable, clock: Clock, told: Told) -> Instance {
        let outside = Outside { clock, outgoing_mail: OutgoingMail::through(self.mail.clone()) };
        let (started, running) = launch(async move |ready| serve(routes, told, outside, ready).await);
        Instance { address: started.address, state: started.state, _running: running }
    }

    /// The settings it was started with, by the names they have in the environment.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        self.told.vars.clone()
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

    /// Sends the mail that is due, as the server does every few seconds.
    pub(crate) async fn send_mail(&self) -> Round {
        self.mail_sender().await.round().await.expect("mail can be sent")
    }

    /// A postman of the test's own, with the server's clock and mailer. It has connections of its own: those that are used in
    /// the test's runtime stand still whenever that is blocked, and the server would wait for them.
    pub(crate) async fn mail_sender(&self) -> MailSender {
        let open = async || {
            let settings = Settings::from_vars(&self.told.vars).unwrap_or_else(|problems| panic!("{problems}"));
            let outside = Outside { clock: self.clock.clone(), outgoing_mail: self.state.outgoing_mail.clone() };
            AppState::open(settings, outside).await.unwrap_or_else(|error| panic!("{error}"))
        };
        features::mail_sender(self.sending_state.get_or_init(open).await)
    }

    /// All emails to this address so far, the oldest first, after what is due has been sent.
    pub(crate) async fn emails_to(&self, address: &str) -> Vec<Email> {
        self.send_mail().await;
        // The server has a postman as well, who may be on the way with one.
        let on_the_way = mail::Entity::find()
            .filter(mail::Column::Status.eq(MailStatus::Waiting))
            .filter(mail::Column::Attempts.gt(0))
            .filter(mail::Column::LastError.is_null());
        while on_the_way.clone().one(&self.db).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.mail.sent().into_iter().filter(|email| email.address == address).collect()
    }

    /// The same once there are as many as `count`: for emails that are asked for behind an answer.
    pub(crate) async fn emails_when(&self, address: &str, count: usize) -> Vec<Email> {
        for _ in 0..200 {
            let emails = self.emails_to(address).await;
            if emails.len() >= count {
                return emails;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("fewer than {count} emails reached {address}");
    }

    /// Sends exactly these bytes on a connection of their own: for what no well-behaved client sends.
    pub(crate) fn raw(&self, request: impl AsRef<[u8]>) -> RawAnswer {
        raw::send(self.address, request.as_ref())
    }
}

fn named(settings: &[(&str, &str)]) -> BTreeMap<String, String> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Everything that happens in the thread of a server with a database of its own, from its making to its dropping.
fn serve_alone(own: Told, outside: Outside) -> impl AsyncFnOnce(mpsc::Sender<Started>) + Send {
    async move |ready| {
        let database = TestDatabase::create().await;
        let mut vars = database.variables();
        vars.extend(own.vars);
        serve(features::routes, Told { vars, ..own }, outside, ready).await;
        database.drop().await;
    }
}

async fn serve(routes: fn() -> RouteTable, told: Told, outside: Outside, ready: mpsc::Sender<Started>) {
    let Told { vars, hashing } = told;
    let mut settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
    settings.security.password_hashing = hashing.unwrap_or(settings.security.password_hashing);
    let state = AppState::open(settings, outside).await.unwrap_or_else(|error| panic!("{error}"));
    let app = App::with_routes(state.clone(), routes).unwrap_or_else(|error| panic!("{error}"));
    let started = Started { address: app.address(), handle: app.handle(), state, vars };
    if ready.send(started).is_ok() {
        app.run().await.expect("the server runs until it is stopped");
    }
}
