//! The development toolbar: what each page cost the database, at its foot.
//!
//! It is put into the page on its way out, behind the cache, for it is about this request and not about the page.

use std::time::Duration;

use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use serde::Serialize;

use crate::{
    db::accounting,
    page_cache::CacheStatus,
    web::{Kit, page::bare_layout},
};

#[derive(Debug, Serialize)]
struct Cost {
    cache: &'static str,
    queries: u32,
    milliseconds: String,
    statements: Vec<Statement>,
}

#[derive(Debug, Serialize)]
struct Statement {
    sql: String,
    milliseconds: String,
    /// How often a statement of this shape was run: more than once is a query in a loop.
    repeats: usize,
}

/// See the module.
pub async fn toolbar<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kit = request.app_data::<web::Data<Kit>>().cloned();
    let answer = next.call(request).await?.map_into_boxed_body();
    let Some(kit) = kit.filter(|_| is_page(&answer)) else {
        return Ok(answer);
    };
    let cache_status = answer.request().extensions().get::<CacheStatus>().copied().unwrap_or(CacheStatus::Bypass);
    let (request, response) = answer.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(crate::web::AppError::internal)?;
    let body = with_toolbar(&kit, &String::from_utf8_lossy(&body), cache_status);
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
}

fn is_page(answer: &ServiceResponse<BoxBody>) -> bool {
    let headers = answer.headers();
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_html && !headers.contains_key(header::CONTENT_ENCODING)
}

fn with_toolbar(kit: &Kit, page: &str, cache_status: CacheStatus) -> String {
    let tally = accounting::so_far().unwrap_or_default();
    let repeats = |sql: &str| tally.statements.iter().filter(|other| other.sql == sql).count();
    let cost = Cost {
        cache: cache_status.word(),
        queries: tally.count,
        milliseconds: milliseconds(tally.elapsed),
        statements: tally
            .statements
            .iter()
            .map(|statement| Statement {
                sql: statement.sql.clone(),
                milliseconds: milliseconds(statement.elapsed),
                repeats: repeats(&statement.sql),
            })
            .collect(),
    };
    let layout = bare_layout(kit, "", None, String::new());
    match kit.templates.render("layouts/toolbar.html", &cost, &layout) {
        Ok(toolbar) => page.replacen("</body>", &format!("{toolbar}</body>"), 1),
        Err(error) => {
            log::warn!("the toolbar cannot be rendered: {error}");
            page.to_owned()
        }
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
