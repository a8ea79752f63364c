//! Addresses with parameters: as the documentation has them, `/appointments/{id}`, and as Actix matches them.
//!
//! Ids are digits: `/appointments/1.css` and `/appointments/1;x` are addresses of nothing, whatever
//! a cache between us and the browser makes of their endings.

const ID: &str = "{id:[0-9]{1,18}}";
/// Of a record within another: `/doctors/{id}/time-off/{id}/removal`.
const SECOND_ID: &str = "{second_id:[0-9]{1,18}}";
/// An id and a secret: see `accounts`.
const TOKEN: &str = "{token:[0-9]{1,18}-[A-Za-z0-9_-]{43}}";
const STATIC_NAME: &str = "/static/{name:[a-zA-Z0-9_./-]+}";

/// The pattern that Actix matches, of a documented path.
pub fn matching(path: &str) -> String {
    path.replacen("{id}", ID, 1)
        .replacen("{id}", SECOND_ID, 1)
        .replace("/static/{name}", STATIC_NAME)
        .replace("{token}", TOKEN)
}

/// The documented path, of a pattern as Actix matched it: for metrics and logs.
pub fn documented(pattern: &str) -> String {
    pattern
        .replace(ID, "{id}")
        .replace(SECOND_ID, "{id}")
        .replace(STATIC_NAME, "/static/{name}")
        .replace(TOKEN, "{token}")
}
