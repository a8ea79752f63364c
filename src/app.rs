//! THE wiring, used by production and tests alike. Middleware order is on this screen.

mod descriptors;
mod listening;
mod stopping;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_server::ServerBuilder;
use actix_web::{
    App as ActixApp,
    dev::{Server, Service as _},
    middleware::{Compress, Condition, from_fn},
    web,
};
use futures_util::FutureExt as _;

use self::stopping::Signals;
use crate::{
    access::Authenticator,
    background::Supervisor,
    db::Sweeper,
    features::{self, audit::Sealer},
    page_cache::fast_path,
    routing::RouteTable,
    settings::Settings,
    state::{AppState, StartError},
    web::middleware::{
        automatic::automatic, cross_site::cross_site, entrance::entrance, error_pages::error_pages, flash::flash,
        request_id::request_id, security_headers::security_headers, server_timing::server_timing, toolbar::toolbar,
    },
    web::{connections::Connections, paced::UnderWay},
};

/// How long requests may go on after a signal to stop.
const SHUTDOWN_SECONDS: u64 = 30;

/// How long telling the others may hold up the end.
const LEAVING: Duration = Duration::from_secs(2);

/// A server that is bound to its address and not yet running.
pub struct App {
    server: Server,
    signals: Signals,
    state: AppState,
    address: SocketAddr,
}

impl App {
    /// Binds `settings.server.bind` (port 0: any free one) and starts the workers.
    ///
    /// # Errors
    /// [`StartError::Bind`] when the address cannot be had, [`StartError::Routes`] when the table of routes has a defect.
    pub fn build(state: AppState) -> Result<Self, StartError> {
        Self::with_routes(state, features::routes)
    }

    /// The same with other routes, wired alike: for tests of what a handler cannot do, however it is written.
    ///
    /// # Errors
    /// As [`App::build`].
    pub fn with_routes(state: AppState, routes: fn() -> RouteTable) -> Result<Self, StartError> {
        routes().check()?;
        let signals = Signals::listen().map_err(StartError::Signals)?;
        let bind = state.settings.server.bind;
        let failed = |error: io::Error| StartError::Bind { address: bind, reason: reason(&error) };
        let has_toolbar = state.settings.diagnostics.debug_toolbar;
        let kit = web::Data::from(Arc::clone(&state.kit));
        let authenticator = authenticator(&state);
        let data = web::Data::new(state.clone());
        let connections = Connections::new(&data.kit.trusted_proxies);
        let listener = listening::bind(bind).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let server = listening::listen(workers(&state.settings), listener, connections, move || {
            ActixApp::new()
                .app_data(data.clone())
                .app_data(kit.clone())
                .app_data(authenticator.clone())
                .configure(|config| parts(config, &data))
                .configure(|config| routes().configure(config, (&data.sessions, &data.cache)))
                // Outermost last: a request passes them from the bottom up.
                .wrap(from_fn(cross_site))
                .wrap(from_fn(flash))
                .wrap(from_fn(entrance))
                .wrap(from_fn(error_pages))
                .wrap(Condition::new(has_toolbar, from_fn(toolbar)))
                .wrap(Compress::default())
                .wrap(from_fn(server_timing))
                .wrap(from_fn(security_headers))
                .wrap(from_fn(request_id))
                // A page that is kept and current needs none of the above.
                .wrap(from_fn(fast_path))
                // Whatever looks at the session has to know whether a person asks.
                .wrap(from_fn(automatic))
                // Outermost: from here on the head of a request is whole.
                .wrap_fn(|request, service| {
                    let under_way = UnderWay::begin(&request);
                    service.call(request).inspect(move |_| drop(under_way))
                })
        })
        .map_err(failed)?;
        Ok(Self { server: server.run(), signals, state, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A handle that stops it.
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal to end (SIGTERM, SIGINT): then it is not ready, after `SHUTDOWN_DELAY` it takes no new connections, and requests
    /// under way are finished.
    ///
    /// # Errors
    /// When the sockets fail.
    pub async fn run(self) -> io::Result<()> {
        let Self { server, signals, state, .. } = self;
        let background = work(&state);
        let (handle, delay) = (server.handle(), state.settings.server.shutdown_delay);
        let ended = tokio::select! {
            ended = server => ended,
            broken_off = signals.obey(handle, (&state.kit.shutdown, delay), || state.live.end()) => Err(broken_off),
        };
        let background = background.stop();
        let refusals = features::audit::record_refusals(&state, true);
        if !matches!(tokio::time::timeout(LEAVING, refusals).await, Ok(Ok(_))) {
            log::warn!("the trail is not told of what was refused in the last minute");
        }
        // Nobody need wait for it any more.
        if tokio::time::timeout(LEAVING, state.db.leave()).await.is_err() {
            log::info!("this process leaves without having told the others");
        }
        background.await;
        ended
    }
}

/// Those who answer, how many connections they take, and when they end.
fn workers(settings: &Settings) -> ServerBuilder {
    ServerBuilder::new()
        .workers(settings.server.workers)
        .max_concurrent_connections(descriptors::connections_of_a_worker(descriptors::raise(), settings))
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS)
}

/// What handlers and middleware ask for by itself.
fn parts(config: &mut web::ServiceConfig, state: &AppState) {
    config
        .app_data(web::Data::new(state.db.clone()))
        .app_data(web::Data::new(state.sessions.clone()))
        .app_data(web::Data::new(state.cache.clone()))
        .app_data(web::Data::new(state.live.clone()));
}

fn authenticator(state: &AppState) -> web::Data<Authenticator> {
    web::Data::new(Authenticator::new(state.db.clone(), Arc::clone(&state.kit), state.settings.session.idle))
}

/// Starts what goes on without a request.
fn work(state: &AppState) -> Supervisor {
    let mut background = Supervisor::new(&state.background);
    let parts = features::sweep_parts(&state.db, &state.clock, state.settings.retention);
    background.start(Sweeper::new(parts, state.clock_skew.clone()).telling(state.background.clone()));
    let (skew, database) = (state.clock_skew.clone(), state.db.clone());
    background.watch("clock", move |pulse| skew.clone().measure_forever(database.clone(), move || pulse.succeeded()));
    let database = state.db.clone();
    background.watch("cache_outbox", move |pulse| database.clone().drain_outbox_forever(move || pulse.succeeded()));
    if let Some(store) = state.shared_store.clone() {
        background.watch("cache_listener", move |pulse| store.clone().listen_forever(move || pulse.succeeded()));
    }
    if state.db.has_replicas() {
        let database = state.db.clone();
        background.watch("replicas", move |pulse| database.clone().watch_replicas_forever(move || pulse.succeeded()));
    }
    let live = state.live.clone();
    background.watch("live", move |pulse| live.clone().tell_forever(move || pulse.succeeded()));
    let refusing = state.clone();
    background.watch("refusals", move |pulse| {
        features::audit::record_refusals_forever(refusing.clone(), move || pulse.succeeded())
    });
    background.start(Sealer::new(state));
    background.start(features::mail_sender(state));
    background.start(features::CallKeeper::new(state));
    background.start(features::key_maker(state));
    if state.settings.attachments.scanner.is_some() {
        background.start(features::file_checker(state));
    }
    background
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is in use; stop what uses it or choose another".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
        _ => error.to_string(),
    }
}
