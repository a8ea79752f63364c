//! What happens around every handler. The order is in `app.rs`, on one screen.

pub mod automatic;
pub mod cross_site;
pub mod entrance;
pub mod error_pages;
pub mod flash;
pub mod request_id;
pub mod security_headers;
pub mod server_timing;
pub mod toolbar;

use actix_web::{Error, dev::ServiceResponse, error::InternalError, http::header::HeaderMap};

/// Changes the headers of an answer, also of one that is still within an error: what a middleware fails with passes the outer
/// ones as such, and is made an answer only behind the last of them.
fn with_headers<B>(
    result: Result<ServiceResponse<B>, Error>,
    change: impl FnOnce(&mut HeaderMap),
) -> Result<ServiceResponse<B>, Error> {
    match result {
        Ok(mut answer) => {
            change(answer.headers_mut());
            Ok(answer)
        }
        Err(error) => {
            let mut answer = error.error_response();
            change(answer.headers_mut());
            Err(InternalError::from_response(error, answer).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        dev::{Service as _, ServiceRequest},
        http::StatusCode,
        middleware::{Next, from_fn},
        test, web,
    };

    use super::*;

    async fn fails(_: ServiceRequest, _: Next<impl actix_web::body::MessageBody>) -> Result<ServiceResponse, Error> {
        let answer = HttpResponse::ServiceUnavailable().insert_header(("retry-after", "5")).finish();
        Err(InternalError::from_response("away", answer).into())
    }

    #[actix_web::test]
    async fn what_a_middleware_fails_with_has_the_headers_of_every_answer() {
        let app = App::new()
            .route("/", web::get().to(HttpResponse::Ok))
            .wrap(from_fn(fails))
            .wrap(from_fn(error_pages::error_pages))
            .wrap(from_fn(server_timing::server_timing))
            .wrap(from_fn(security_headers::security_headers))
            .wrap(from_fn(request_id::request_id));
        let app = test::init_service(app).await;
        let answer = match app.call(test::TestRequest::get().uri("/").to_request()).await {
            Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        for name in ["retry-after", "x-frame-options", "x-request-id", "server-timing"] {
            assert!(answer.headers().contains_key(name), "{name}");
        }
    }
}
