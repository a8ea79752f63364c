//! How connections are taken. As actix-web's own server does it, but that each passes through [`Paced`], for which that one has no place.

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_http::{HttpService, Protocol, Request, Response};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, Service},
    rt::net::TcpStream,
};

use crate::web::{connections::Connections, paced::Paced};

/// Connections that nobody has taken yet.
const BACKLOG: i32 = 1024;
/// For the head of each request.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection is kept on which nothing comes.
const KEPT: Duration = Duration::from_secs(75);
/// For the client to close what is to be closed.
const CLOSING: Duration = Duration::from_secs(1);

/// Binds `address`; port 0 is any free one.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    rustix::net::listen(&listener, BACKLOG)?;
    Ok(listener)
}

/// Has `builder`'s workers answer what comes in at `listener` with what `factory` makes.
pub(super) fn listen<F, I, S, B>(
    builder: ServerBuilder,
    listener: TcpListener,
    connections: Connections,
    factory: F,
) -> io::Result<ServerBuilder>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let stopping = builder.graceful_shutdown_signal();
    builder.listen("telemedicine", listener, move || {
        let (connections, stopping) = (connections.clone(), stopping.clone());
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEPT)
            .client_request_timeout(HEAD)
            .client_disconnect_timeout(CLOSING)
            .local_addr(address)
            .on_connect_ext(move |connection: &Paced, data| {
                data.insert(connection.pace());
                connections.accept(connection.stream(), data);
            });
        let app = factory().into_factory().map_err(|error| error.into().error_response());
        let service = service.finish(map_config(app, |_| AppConfig::default()));
        fn_service(|stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            Ok((Paced::new(stream, HEAD), Protocol::Http1, peer))
        })
        .and_then(service)
    })
}
