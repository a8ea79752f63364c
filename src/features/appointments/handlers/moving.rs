//! `GET`, `POST /appointments/{id}/rescheduling`.

use actix_web::{HttpResponse, web};

use super::super::{
    forms::{self, MoveDraft, MoveQuery},
    pages::{self, RescheduleForm},
    policy::RescheduleAppointment,
    queries,
    service::{
        booking::{AHEAD, NotBooked},
        moving,
    },
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    features::schedules::{self, span},
    state::Pages,
    web::{AppError, FlashKind, FormView, RedisplayedForm, Submitted, query::Filter, see_other_saying},
};

/// The form: to which of the doctor's free times.
pub(in super::super) async fn new(
    viewer: Allowed<RescheduleAppointment>,
    id: web::Path<i64>,
    query: Filter<MoveQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let page = form(&viewer, (*id, query.0.draft()), &pages).await?;
    pages.show(&*viewer, &page)
}

/// Moves it, and leads back to its page.
pub(in super::super) async fn create(
    viewer: Allowed<RescheduleAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let refused = match forms::moving(submitted.fields()?) {
        Ok((change, typed)) => match moving::reschedule(pages.state(), &viewer, *id, &change).await {
            Ok(()) => {
                return Ok(see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, MOVED));
            }
            Err(refused) => refusal(refused, typed)?,
        },
        Err(form) => RedisplayedForm::unprocessable(*form),
    };
    let page = form(&viewer, (*id, MoveDraft::again(refused.form)), &pages).await?;
    pages.refuse(refused.status, &*viewer, &page)
}

const MOVED: &str = "The visit is moved, and the others are notified.";
const OVERBOOK: &str = "To move it there all the same, say why it must be then.";

/// The form with why nothing was moved.
fn refusal(refused: NotBooked, typed: FormView) -> Result<RedisplayedForm, AppError> {
    Ok(match refused {
        NotBooked::Taken(why) => {
            RedisplayedForm::conflict(typed.with_error("starts_at", why).with_error("overbook_reason", OVERBOOK))
        }
        NotBooked::Field(field, why) => RedisplayedForm::unprocessable(typed.with_error(field, why)),
        NotBooked::Used(why) | NotBooked::Failed(AppError::Conflict(why)) => {
            RedisplayedForm::conflict(typed.with_error("", why))
        }
        NotBooked::Unproved => return Err(AppError::Forbidden),
        NotBooked::Failed(error) => return Err(error),
    })
}

/// The page of a draft, as the visit stands now.
async fn form(viewer: &Viewer, (id, draft): (i64, MoveDraft), pages: &Pages) -> Result<RescheduleForm, AppError> {
    let reader = pages.state().db.reader();
    let visit = queries::visit_to_move(viewer, &reader, id).await?.ok_or(AppError::NotFound)?;
    let present = pages.present();
    let context = PageContext { viewer, present: &present };
    let rules = schedules::rules(viewer, visit.state.slot_minutes, visit.state.booking_lead_hours);
    let within = span(pages::first_day_to_move(context, &draft, &visit), AHEAD, rules.zone);
    let schedule = schedules::schedule(&reader, visit.state.attendees(), within).await?;
    Ok(RescheduleForm::new(context, draft, &visit, (&schedule.without(visit.state.stretch()), rules)))
}
