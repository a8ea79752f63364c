//! Signing in, out and up; the profile, the password, one's own sessions.

mod addresses;
mod breached_passwords;
mod by_mail;
mod forms_of_another;
mod invitations;
mod letting_in;
mod links_elsewhere;
mod ones_own_sessions;
mod passkeys;
mod powers;
mod proofs;
mod second_factor;
mod signing_in;
mod signing_out;
mod signing_up;
mod the_password;
mod the_platforms_own;
mod the_profile;
mod told_by_mail;
mod too_many_tries;

use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
    patient as patient_row, recovery_code, user,
};
use reqwest::{Method, header};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::*;

/// A password that nobody has yet and that is fit for anybody here.
const OTHER: &str = "violet harbour at seven";
/// What the tests' own address is told from by `X-Forwarded-For`.
const BEHIND_A_PROXY: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1/32");

async fn trail(app: &TestApp, user_id: i64) -> Vec<(AuditAction, AuditSubject, i64)> {
    let entries = audit_entry::Entity::find()
        .filter(audit_entry::Column::ActorId.eq(user_id))
        .order_by_asc(audit_entry::Column::Id);
    let entries = entries.all(&app.db).await.unwrap();
    entries.into_iter().map(|entry| (entry.action, entry.subject_kind, entry.subject_id)).collect()
}

async fn stored(app: &TestApp, user_id: i64) -> user::Model {
    user::Entity::find_by_id(user_id).one(&app.db).await.unwrap().unwrap()
}

async fn try_from(app: &TestApp, address: &str, login: (&str, &str)) -> Page {
    let visitor = app.visitor();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", login.0)
        .append_pair("password", login.1)
        .finish();
    let request = visitor
        .request(Method::POST, "/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, app.origin())
        .header("x-forwarded-for", address)
        .body(body);
    visitor.send(request).await
}

async fn shut(app: &TestApp, user_id: i64) {
    let shut = user::Entity::update_many()
        .col_expr(user::Column::Active, sea_orm::sea_query::Expr::value(false))
        .filter(user::Column::Id.eq(user_id));
    shut.exec(&app.db).await.unwrap();
}
