//! THE wiring, used by production and tests alike. Middleware order is on this screen.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::Server,
    middleware::{Compress, Condition, from_fn},
    web,
};

use crate::{
    access::Authenticator,
    background::Supervisor,
    features::{self, audit::Sealer},
    page_cache::fast_path,
    routing::RouteTable,
    session::only_certain,
    state::{AppState, StartError},
    web::middleware::{
        cross_site::cross_site, error_pages::error_pages, flash::flash, request_id::request_id,
        security_headers::security_headers, server_timing::server_timing, toolbar::toolbar,
    },
};

/// How long requests may go on after a signal to stop.
const SHUTDOWN_SECONDS: u64 = 30;

/// How long telling the others may hold up the end.
const LEAVING: Duration = Duration::from_secs(2);

/// A server that is bound to its address and not yet running.
pub struct App {
    server: Server,
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
        let bind = state.settings.server.bind;
        let failed = |error: io::Error| StartError::Bind { address: bind, reason: reason(&error) };
        let has_toolbar = state.settings.diagnostics.debug_toolbar;
        let kit = web::Data::from(Arc::clone(&state.kit));
        let authenticator = Authenticator::new(state.db.clone(), Arc::clone(&state.kit), state.settings.session.idle);
        let authenticator = web::Data::new(authenticator);
        let data = web::Data::new(state.clone());
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(data.clone())
                .app_data(kit.clone())
                .app_data(authenticator.clone())
                .app_data(web::Data::new(data.db.clone()))
                .app_data(web::Data::new(data.sessions.clone()))
                .app_data(web::Data::new(data.cache.clone()))
                .configure(|config| routes().configure(config, (&data.sessions, &data.cache)))
                // Outermost last: a request passes them from the bottom up.
                .wrap(from_fn(cross_site))
                .wrap(from_fn(flash))
                .wrap(from_fn(error_pages))
                .wrap(Condition::new(has_toolbar, from_fn(toolbar)))
                .wrap(Compress::default())
                .wrap(from_fn(server_timing))
                .wrap(from_fn(security_headers))
                .wrap(from_fn(request_id))
                .wrap(from_fn(only_certain))
                // A page that is kept and current needs none of the above.
                .wrap(from_fn(fast_path))
        })
        .workers(state.settings.server.workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .bind(bind)
        .map_err(failed)?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        Ok(Self { server: server.run(), state, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A handle that stops it.
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal to stop (SIGTERM, SIGINT); requests under way are finished first.
    ///
    /// # Errors
    /// When the sockets fail.
    pub async fn run(self) -> io::Result<()> {
        let background = work(&self.state);
        let ended = self.server.await;
        let background = background.stop();
        // Nobody need wait for it any more.
        if tokio::time::timeout(LEAVING, self.state.db.leave()).await.is_err() {
            log::info!("this process leaves without having told the others");
        }
        background.await;
        ended
    }
}

/// Starts what goes on without a request.
fn work(state: &AppState) -> Supervisor {
    let mut background = Supervisor::new(&state.background);
    background.start(state.sessions.clone());
    let database = state.db.clone();
    background.watch("cache_outbox", move |pulse| database.clone().drain_outbox_forever(move || pulse.succeeded()));
    if let Some(store) = state.shared_store.clone() {
        background.watch("cache_listener", move |pulse| store.clone().listen_forever(move || pulse.succeeded()));
    }
    if state.db.has_replicas() {
        let database = state.db.clone();
        background.watch("replicas", move |pulse| database.clone().watch_replicas_forever(move || pulse.succeeded()));
    }
    background.start(Sealer::new(state));
    background.start(features::mail_sender(state));
    background
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is in use; stop what uses it or choose another".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
        _ => error.to_string(),
    }
}
