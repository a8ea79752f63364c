//! `GET`, `POST /appointments/{id}/rescheduling`, `POST /appointments/{id}/proposal`: wherever another time is chosen.

use actix_web::{HttpResponse, web};
use entity::enums::Role;

use super::super::{
    forms::{self, Move, MoveDraft, MoveQuery, StepCommand},
    pages::{self, DoctorChoice, Purpose, RescheduleForm},
    policy::{DecideAppointment, RescheduleAppointment},
    queries,
    service::{
        self,
        booking::{AHEAD, NotBooked},
        moving, proposing, standing, wishing,
    },
    step::Step,
};
use super::steps;
use crate::{
    access::{Allowed, PageContext, Viewer},
    features::schedules::{self, Schedule, span},
    state::Pages,
    web::{AppError, FlashKind, FormView, RedisplayedForm, Submitted, query::Filter, see_other_saying},
};

/// The form: to which of a doctor's free times.
pub(in super::super) async fn new(
    viewer: Allowed<RescheduleAppointment>,
    id: web::Path<i64>,
    query: Filter<MoveQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let page = form(&viewer, (*id, query.0.draft(), None), &pages).await?;
    pages.show(&*viewer, &page)
}

/// Moves it, or takes the patient's wish for it, and leads back to its page; whoever handed it over has it no more, and comes to what is theirs.
pub(in super::super) async fn create(
    viewer: Allowed<RescheduleAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let refused = match forms::moving(viewer.role(), submitted.fields()?) {
        Ok((change, typed)) => match carry_out(&viewer, *id, &change, &pages).await {
            Ok(answer) => return Ok(answer),
            Err(refused) => refusal(viewer.role() != Role::Patient, refused, typed)?,
        },
        Err(form) => RedisplayedForm::unprocessable(*form),
    };
    let page = form(&viewer, (*id, MoveDraft::again(refused.form), None), &pages).await?;
    pages.refuse(refused.status, &*viewer, &page)
}

/// Proposes the time instead of the one that was asked for, and leads back to the page of the request; or shows the times again.
pub(in super::super) async fn propose(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let refused = match forms::step(&[Step::Propose], submitted.fields()?) {
        Ok((command, typed)) => match carry_out_proposal(&viewer, *id, command, &pages).await {
            Ok(answer) => return Ok(answer),
            Err(refused) => refusal(false, refused, typed)?,
        },
        Err(form) => RedisplayedForm::unprocessable(*form),
    };
    let draft = (*id, MoveDraft::again(refused.form), Some(Purpose::Proposal));
    let page = form(&viewer, draft, &pages).await?;
    pages.refuse(refused.status, &*viewer, &page)
}

async fn carry_out_proposal(
    viewer: &Viewer,
    id: i64,
    mut command: StepCommand,
    pages: &Pages,
) -> Result<HttpResponse, NotBooked> {
    let state = pages.state();
    match proposing::proposable(state, viewer, id, &command).await {
        Ok(free) => command.proposes = Some(free),
        Err(NotBooked::Failed(AppError::Conflict(_))) if standing::was_done(state, viewer, id, &command).await? => {
            return Ok(steps::done(id, &command));
        }
        Err(refused) => return Err(refused),
    }
    service::take_once(state, viewer, id, &command).await?;
    Ok(steps::done(id, &command))
}

async fn carry_out(viewer: &Viewer, id: i64, change: &Move, pages: &Pages) -> Result<HttpResponse, NotBooked> {
    if viewer.role() == Role::Patient {
        wishing::wish(pages.state(), viewer, id, change).await?;
        return Ok(see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, ASKED));
    }
    Ok(moved(viewer, id, moving::reschedule(pages.state(), viewer, id, change).await?))
}

/// To where one sees what has come of it: a doctor who handed it over does not see the visit any more.
fn moved(viewer: &Viewer, id: i64, is_handed_over: bool) -> HttpResponse {
    let is_gone = is_handed_over && viewer.role() == Role::Doctor;
    let to = if is_gone { "/dashboard".to_owned() } else { format!("/appointments/{id}") };
    see_other_saying(&to, FlashKind::Success, if is_handed_over { HANDED_OVER } else { MOVED })
}

const HANDED_OVER: &str = "The visit is handed over, and the others are notified.";
pub(super) const MOVED: &str = "The visit is moved, and the others are notified.";
const ASKED: &str = "The clinic is asked for the other time. Your visit stays at its time until somebody answers.";
const OVERBOOK: &str = "To move it there all the same, say why it must be then.";

/// The form with why nothing was done; whoever may overbook is asked why.
fn refusal(may_overbook: bool, refused: NotBooked, typed: FormView) -> Result<RedisplayedForm, AppError> {
    Ok(match refused {
        NotBooked::Taken(why) if !may_overbook => RedisplayedForm::conflict(typed.with_error("starts_at", why)),
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

/// The page of a draft for that purpose, or for the one that there is as the visit stands now.
async fn form(
    viewer: &Viewer,
    (id, draft, purpose): (i64, MoveDraft, Option<Purpose>),
    pages: &Pages,
) -> Result<RescheduleForm, AppError> {
    let reader = pages.state().db.reader();
    let (visit, doctors) = queries::visit_to_move(viewer, &reader, id).await?.ok_or(AppError::NotFound)?;
    let purpose = purpose.unwrap_or_else(|| Purpose::of(viewer, &visit));
    let wanted = draft.doctor_id.filter(|_| purpose != Purpose::Proposal);
    let choice = DoctorChoice::of(&visit, doctors, wanted);
    let present = pages.present();
    let context = PageContext { viewer, present: &present };
    let rules = schedules::rules(viewer, visit.state.slot_minutes, visit.state.booking_lead_hours);
    let within = span(pages::first_day_to_move(context, &draft, &visit), AHEAD, rules.zone);
    let schedule = match choice.id() {
        Some(id) => {
            let theirs = schedules::schedule(&reader, visit.state.attendees_with(id), within).await?;
            visit.state.moved_out_of(theirs, id)
        }
        None => Schedule::default(),
    };
    Ok(RescheduleForm::new(context, draft, (&visit, choice, purpose), (&schedule, rules)))
}
