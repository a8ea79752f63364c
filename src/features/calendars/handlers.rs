//! `/profile/calendar`, and `GET /calendar/{token}.ics`.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    web,
};
use chrono::TimeDelta;

use super::{
    pages::CalendarPage,
    policy::HaveCalendar,
    queries::{self, CalendarOwner, VisitOfCalendar},
    secret::CalendarSecret,
    service,
};
use crate::{
    access::{Allowed, Visitor},
    db::Reader,
    features::{
        accounts::RecentlyProved,
        notifications::{CalendarVisit, calendar_event},
        schedules::Stretch,
    },
    state::{AppState, Pages},
    text::{CalendarEvent, CalendarMethod, calendar},
    web::{AppError, FlashKind, LinkToken, Submitted, see_other_saying},
};

/// Where it is made.
const HERE: &str = "/profile/calendar";
/// So much of what is past is told.
const PAST: TimeDelta = TimeDelta::days(30);
/// A digest of nothing: compared with as the true one, where there is none.
const NO_DIGEST: [u8; 32] = [0; 32];

/// Whether there is an address, and since when.
pub(super) async fn show(
    viewer: Allowed<HaveCalendar>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let made_at = queries::made_at(&viewer, &reader).await?;
    pages.show(&*viewer, &CalendarPage::new(&viewer, made_at, None))
}

/// Makes one, or another in its place, and shows it, this once.
pub(super) async fn renew(
    viewer: RecentlyProved<HaveCalendar>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let state = pages.state();
    let token = service::renew(state, &viewer).await?.text();
    let address = format!("{}/calendar/{token}.ics", state.settings.server.origin());
    pages.show_secret(&*viewer, &CalendarPage::new(&viewer, Some(state.clock.now()), Some(address)))
}

/// Takes it back.
pub(super) async fn remove(
    viewer: Allowed<HaveCalendar>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let done = match service::remove(pages.state(), &viewer).await? {
        true => "The address of your calendar leads nowhere any more.",
        false => "Your calendar has no address.",
    };
    Ok(see_other_saying(HERE, FlashKind::Success, done))
}

/// The calendar behind a secret address, for whoever has that.
pub(super) async fn feed(
    visitor: Visitor,
    token: web::Path<String>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let (id, owner) = owner(state, &reader, &token).await?.ok_or(AppError::NotFound)?;
    visitor.give_back(pages.request());
    state.kit.page_budget.take_of_calendar(id).map_err(AppError::from)?;
    let now = state.clock.now();
    let window = Stretch { starts_at: now - PAST, ends_at: now + state.settings.booking.horizon };
    let visits = queries::visits(&owner, &reader, window).await?;
    let events: Vec<_> = visits.iter().map(|visit| event(state, &owner, visit)).collect();
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"visits.ics\""))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(calendar(CalendarMethod::Publish, now, None, &events)))
}

/// Whose calendar has this address, with its `calendar_link.id`. What is wrong with one that leads nowhere cannot be told by the time it takes.
async fn owner(state: &AppState, reader: &Reader, token: &str) -> Result<Option<(i64, CalendarOwner)>, AppError> {
    let Some(token) = LinkToken::parse(token) else { return Ok(None) };
    let found = queries::owner(reader, token.id).await?;
    let kept = found.as_ref().map_or((&NO_DIGEST[..], None), |owner| (&owner.digest[..], owner.browsers_forgotten_at));
    let is_right = CalendarSecret(token.secret).is_of(&state.settings.secret_key, kept);
    Ok(found.filter(|owner| is_right && owner.may_enter()).map(|owner| (token.id, owner)))
}

fn event(state: &AppState, owner: &CalendarOwner, visit: &VisitOfCalendar) -> CalendarEvent {
    let told = CalendarVisit {
        id: visit.id,
        version: visit.version,
        starts_at: visit.starts_at,
        ends_at: visit.ends_at,
        modality: visit.modality,
        doctor: &visit.doctor(),
        hospital: &owner.hospital,
    };
    calendar_event(&state.settings.server, owner.role, &told)
}
