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
    coherence::RedisStore,
    db::Database,
    features::{self, audit::Sealer, mail::Postman},
    page_cache::fast_path,
    session::{Sessions, only_certain},
    state::{AppState, StartError},
    web::middleware::{
        cross_site::cross_site, error_pages::error_pages, flash::flash, request_id::request_id,
        security_headers::security_headers, server_timing::server_timing, toolbar::toolbar,
    },
};

/// How long requests may go on after a signal to stop.
const SHUTDOWN_SECONDS: u64 = 30;

/// How long a mail that is just being sent may hold up the end.
const MAIL_IN_HAND: Duration = Duration::from_secs(5);

/// How long telling the others may hold up the end.
const LEAVING: Duration = Duration::from_secs(2);

/// A server that is bound to its address and not yet running.
pub struct App {
    server: Server,
    sessions: Sessions,
    database: Database,
    store: Option<RedisStore>,
    sealer: Sealer,
    postman: Postman,
    address: SocketAddr,
}

impl App {
    /// Binds `settings.server.bind` (port 0: any free one) and starts the workers.
    ///
    /// # Errors
    /// [`StartError::Bind`] when the address cannot be had, [`StartError::Routes`] when the table of routes has a defect.
    pub fn build(state: AppState) -> Result<Self, StartError> {
        features::routes().check()?;
        let bind = state.settings.server.bind;
        let failed = |error: io::Error| StartError::Bind { address: bind, reason: reason(&error) };
        let workers = state.settings.server.workers;
        let (sessions, database, store) = (state.sessions.clone(), state.db.clone(), state.shared_store.clone());
        let (sealer, postman) = (Sealer::new(&state), features::postman(&state));
        let has_toolbar = state.settings.diagnostics.debug_toolbar;
        let kit = web::Data::from(Arc::clone(&state.kit));
        let authenticator = Authenticator::new(state.db.clone(), Arc::clone(&state.kit), state.settings.session.idle);
        let authenticator = web::Data::new(authenticator);
        let data = web::Data::new(state);
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(data.clone())
                .app_data(kit.clone())
                .app_data(authenticator.clone())
                .app_data(web::Data::new(data.db.clone()))
                .app_data(web::Data::new(data.sessions.clone()))
                .app_data(web::Data::new(data.cache.clone()))
                .configure(|config| features::routes().configure(config, (&data.sessions, &data.cache)))
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
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .bind(bind)
        .map_err(failed)?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        Ok(Self { server: server.run(), sessions, database, store, sealer, postman, address })
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
        let sweeper = actix_web::rt::spawn(self.sessions.sweep_forever());
        let drainer = actix_web::rt::spawn(self.database.clone().drain_outbox_forever());
        let listener = self.store.map(|store| actix_web::rt::spawn(store.listen_forever()));
        let sealer = actix_web::rt::spawn(self.sealer.run_forever());
        let stopper = self.postman.stopper();
        let postman = actix_web::rt::spawn(self.postman.run());
        let ended = self.server.await;
        for task in [sweeper, drainer, sealer].into_iter().chain(listener) {
            task.abort();
        }
        // Nobody need wait for it any more.
        if tokio::time::timeout(LEAVING, self.database.leave()).await.is_err() {
            log::info!("this process leaves without having told the others");
        }
        stopper.stop();
        if let Err(late) = tokio::time::timeout(MAIL_IN_HAND, postman).await {
            log::warn!("a mail was still in hand and may be sent twice: {late}");
        }
        ended
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is in use; stop what uses it or choose another".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
        _ => error.to_string(),
    }
}
