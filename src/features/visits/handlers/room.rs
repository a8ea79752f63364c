//! `GET /appointments/{id}/room`, `GET /appointments/{id}/now`.

use actix_web::{HttpResponse, web};

use super::super::{
    pages::{NowPage, Room},
    policy::{EnterRoom, SeeNow},
    queries,
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    db::Reader,
    features::{
        guests::InvitedGuest,
        visits::queries::{Line, PlaceInLine, RoomRecord},
    },
    state::Pages,
    web::{AppError, Clinical, Present, RedisplayedForm, with_devices},
};

/// Waiting room and visit in one page, for the two who meet. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<EnterRoom>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (record, line) = record(&viewer, (&reader, *id), &pages).await?;
    let present = pages.present();
    let context = PageContext { viewer: &viewer, present: &present };
    let shown = pages.show_clinical(&*viewer, &record.map(|record| Room::new(context, record, &line)))?;
    Ok(with_devices(shown))
}

/// Where the visit stands and who is there, with nothing clinical in it: the part of the room that changes by itself.
pub(in super::super) async fn now(
    viewer: Allowed<SeeNow>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let found = queries::now(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let present = pages.present();
    let place = PlaceInLine { doctor_id: found.row.doctor_id, starts_at: found.row.starts_at };
    let line = line_of(&viewer, (&reader, &present), place).await?;
    pages.show(&*viewer, &NowPage::new(PageContext { viewer: &viewer, present: &present }, &found, &line))
}

/// The room as it is now, with what was typed and why nothing was kept.
pub(super) async fn show_again(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = room(viewer, id, pages).await?.map(|room| room.refusing(form));
    Ok(with_devices(pages.refuse_clinical(status, viewer, &page)?))
}

/// The same of an invitation.
pub(super) async fn refuse_invitation(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = room(viewer, id, pages).await?.map(|room| room.refusing_invitation(form));
    Ok(with_devices(pages.refuse_clinical(status, viewer, &page)?))
}

/// The room as it is now, with the link of somebody who was just invited.
pub(super) async fn show_invited(
    viewer: &Viewer,
    id: i64,
    guest: InvitedGuest,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = room(viewer, id, pages).await?.map(|room| room.inviting(guest));
    Ok(with_devices(pages.show_clinical(viewer, &page)?))
}

async fn room(viewer: &Viewer, id: i64, pages: &Pages) -> Result<Clinical<Room>, AppError> {
    let reader = pages.state().db.reader();
    let (record, line) = record(viewer, (&reader, id), pages).await?;
    let present = pages.present();
    Ok(record.map(|record| Room::new(PageContext { viewer, present: &present }, record, &line)))
}

async fn record(
    viewer: &Viewer,
    (reader, id): (&Reader, i64),
    pages: &Pages,
) -> Result<(Clinical<RoomRecord>, Line), AppError> {
    // Which doctor's line it is does not tell anything clinical, so it is looked up beside the record.
    let (sealed, place) = queries::room(viewer, reader, id).await?.ok_or(AppError::NotFound)?;
    let line = line_of(viewer, (reader, &pages.present()), place).await?;
    Ok((sealed.open(pages.state(), viewer).await?, line))
}

async fn line_of(
    viewer: &Viewer,
    (reader, present): (&Reader, &Present),
    place: PlaceInLine,
) -> Result<Line, AppError> {
    let zone = viewer.zone();
    Ok(queries::line(reader, place, (present.date(zone), zone)).await?)
}
