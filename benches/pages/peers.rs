//! What the dashboard is compared with: servers that send the same bytes and do less for them.

use std::{
    future::ready,
    sync::{Arc, mpsc},
    thread,
};

use actix_session::SessionExt;
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header,
    web,
};
use telemedicine::{
    integrations::{Clock, OutgoingMail, Outside, mailer::MemoryMailer},
    session::USER_ID,
    settings::Settings,
    state::AppState,
};

use super::services::{Services, WORKERS};

/// A running peer; stopped when dropped.
pub(crate) struct Peer {
    pub(crate) origin: String,
    handle: ServerHandle,
    thread: Option<thread::JoinHandle<()>>,
}

impl Peer {
    fn run(serve: impl AsyncFnOnce() -> (Server, u16) + Send + 'static) -> Self {
        let (told, hears) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (server, port) = serve().await;
                told.send((server.handle(), port)).unwrap();
                server.await.unwrap();
            });
        });
        let (handle, port) = hears.recv().unwrap();
        Self { origin: format!("http://127.0.0.1:{port}"), handle, thread: Some(thread) }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Actix-web and nothing else: the same bytes for every request, in this encoding if it has one.
pub(crate) fn raw(body: &[u8], encoding: &'static str) -> Peer {
    let body = web::Bytes::from(body.to_owned());
    Peer::run(async move || {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || ready(page(body.clone(), encoding))))
        });
        let server = server.workers(WORKERS).bind("127.0.0.1:0").unwrap();
        let port = server.addrs()[0].port();
        (server.run(), port)
    })
}

/// The clinic's own sessions, looked up in its own Redis, and no statement.
pub(crate) fn behind_the_session(services: &Services, body: &[u8]) -> Peer {
    let settings = services.settings(0);
    let body = web::Bytes::from(body.to_owned());
    Peer::run(async move || {
        let settings = Settings::from_vars(&settings).unwrap_or_else(|problems| panic!("{problems}"));
        let outside =
            Outside { clock: Clock::system(), outgoing_mail: OutgoingMail::through(Arc::new(MemoryMailer::default())) };
        let state = AppState::open(settings, outside).await.unwrap_or_else(|error| panic!("{error}"));
        // What makes copies of sessions believed.
        actix_web::rt::spawn(state.db.clone().drain_outbox_forever(|| ()));
        actix_web::rt::spawn(state.shared_store.clone().expect("Redis").listen_forever(|| ()));
        let server = HttpServer::new(move || {
            let body = body.clone();
            let show = move |request: HttpRequest| ready(only_signed_in(&request, &body));
            let route = web::resource("/").wrap(state.sessions.middleware()).route(web::get().to(show));
            App::new().service(route)
        });
        let server = server.workers(WORKERS).bind("127.0.0.1:0").unwrap();
        let port = server.addrs()[0].port();
        (server.run(), port)
    })
}

fn only_signed_in(request: &HttpRequest, body: &web::Bytes) -> HttpResponse {
    match request.get_session().get::<i64>(USER_ID) {
        Ok(Some(_)) => page(body.clone(), ""),
        _ => HttpResponse::Unauthorized().finish(),
    }
}

fn page(body: web::Bytes, encoding: &'static str) -> HttpResponse {
    let mut page = HttpResponse::Ok();
    page.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    if !encoding.is_empty() {
        page.insert_header((header::CONTENT_ENCODING, encoding));
    }
    page.body(body)
}
