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
    cache,
    db::Database,
    features::{self, audit::Sealer, mail::Postman},
    session::Sessions,
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

/// A server that is bound to its address and not yet running.
pub struct App {
    server: Server,
    sessions: Sessions,
    database: Database,
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
        let (sessions, database) = (state.sessions.clone(), state.db.clone());
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
                .configure(|config| features::routes().configure(config, &data.sessions))
                // Outermost last: a request passes them from the bottom up.
                .wrap(from_fn(cross_site))
                .wrap(from_fn(flash))
                .wrap(from_fn(error_pages))
                .wrap(Condition::new(has_toolbar, from_fn(toolbar)))
                .wrap(Compress::default())
                .wrap(from_fn(server_timing))
                .wrap(from_fn(security_headers))
                .wrap(from_fn(request_id))
                // A page that is kept and current needs none of the above.
                .wrap(from_fn(cache::front))
        })
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .bind(bind)
        .map_err(failed)?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        Ok(Self { server: server.run(), sessions, database, sealer, postman, address })
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
        let drainer = actix_web::rt::spawn(self.database.drain_outbox_forever());
        let sealer = actix_web::rt::spawn(self.sealer.run_forever());
        let stopper = self.postman.stopper();
        let postman = actix_web::rt::spawn(self.postman.run());
        let ended = self.server.await;
        for task in [sweeper, drainer, sealer] {
            task.abort();
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
