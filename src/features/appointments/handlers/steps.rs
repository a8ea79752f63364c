//! `POST /appointments/{id}/…`: one handler for each address at which a step is taken.

use actix_web::{HttpResponse, web};

use super::super::{
    forms::{self, StepCommand},
    pages,
    policy::{AnswerOtherTime, CancelAppointment, ConfirmAppointment, DecideAppointment, RecordArrival, RecordOutcome},
    queries,
    service::{
        self, proposing, standing,
        wishing::{self, Answered},
    },
    step::Step,
};
use super::moving::MOVED;
use crate::{
    access::{Allowed, Viewer},
    state::Pages,
    web::{AppError, FlashKind, FormView, Present, RedisplayedForm, Submitted, see_other_saying},
};

/// A form that was sent to take one of `steps` with the appointment `id`.
#[derive(Clone, Copy)]
struct StepForm<'a> {
    id: i64,
    steps: &'a [Step],
}

/// The doctor accepts the request.
pub(in super::super) async fn approve(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Approve] }, submitted, &pages).await
}

/// The doctor declines the request, with a reason.
pub(in super::super) async fn reject(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Reject] }, submitted, &pages).await
}

/// The proposed time is taken, or the one that the patient asks for.
pub(in super::super) async fn accept(
    viewer: Allowed<AnswerOtherTime>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::AcceptProposal] }, submitted, &pages).await
}

/// The proposed time is declined, or the visit stays where the patient would not have it; or would after all.
pub(in super::super) async fn refuse(
    viewer: Allowed<AnswerOtherTime>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::RefuseProposal] }, submitted, &pages).await
}

/// The patient says that they will come.
pub(in super::super) async fn confirm(
    viewer: Allowed<ConfirmAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Confirm] }, submitted, &pages).await
}

/// A party calls it off, with a reason.
pub(in super::super) async fn cancel(
    viewer: Allowed<CancelAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Cancel] }, submitted, &pages).await
}

/// The patient is there.
pub(in super::super) async fn arrive(
    viewer: Allowed<RecordArrival>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Arrive] }, submitted, &pages).await
}

/// The visit begins.
pub(in super::super) async fn start(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    take(&viewer, StepForm { id: *id, steps: &[Step::Start] }, submitted, &pages).await
}

/// The visit took place, or the patient did not come.
pub(in super::super) async fn outcome(
    viewer: Allowed<RecordOutcome>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    standing::may_stand_in(pages.state(), &viewer, *id).await?;
    take(&viewer, StepForm { id: *id, steps: &[Step::Complete, Step::MissVisit] }, submitted, &pages).await
}

/// Takes one of the steps with the appointment and goes back to its page; or shows the page as it
/// is now, with what was typed and why nothing was done.
async fn take(
    viewer: &Viewer,
    sent: StepForm<'_>,
    submitted: Submitted,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    match forms::step(sent.steps, submitted.fields()?) {
        Ok(command) => carry_out(viewer, sent, command, pages).await,
        Err(form) => show_again(viewer, sent, RedisplayedForm::unprocessable(*form), pages).await,
    }
}

/// The same for a form that was understood.
async fn carry_out(
    viewer: &Viewer,
    sent: StepForm<'_>,
    (command, typed): (StepCommand, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    match take_or_answer(viewer, sent.id, &command, pages).await {
        Ok(said) => Ok(see_other_saying(&command.back.path(sent.id), FlashKind::Success, said)),
        Err(AppError::Conflict(why)) => {
            show_again(viewer, sent, RedisplayedForm::conflict(typed.with_error("", why)), pages).await
        }
        Err(error) => Err(error),
    }
}

/// Takes the step: what is said then.
async fn take_or_answer(
    viewer: &Viewer,
    id: i64,
    command: &StepCommand,
    pages: &Pages,
) -> Result<&'static str, AppError> {
    if !matches!(command.step, Step::AcceptProposal | Step::RefuseProposal) {
        service::take_once(pages.state(), viewer, id, command).await?;
        return Ok(command.step.done());
    }
    Ok(match wishing::answer(pages.state(), viewer, id, command).await? {
        Answered::Stepped => command.step.done(),
        Answered::Moved => MOVED,
        Answered::Left => LEFT,
        Answered::Kept => KEPT,
    })
}

const LEFT: &str = "The visit stays at its time, and the patient is notified.";
const KEPT: &str = "You keep your time, and the clinic is told.";

/// Back to where it was asked.
pub(super) fn done(id: i64, command: &StepCommand) -> HttpResponse {
    see_other_saying(&command.back.path(id), FlashKind::Success, command.step.done())
}

/// The page as it is now, with what was typed and why nothing was done.
async fn show_again(
    viewer: &Viewer,
    StepForm { id, steps }: StepForm<'_>,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let present = Present::new(pages.state().clock.now(), None);
    let free = proposing::free_instead(pages.state(), viewer, (id, steps), &present).await?;
    let refusing = |page: pages::Show, form| page.refusing(steps, form).offering(free);
    show_refused(viewer, id, RedisplayedForm { status, form }, (pages, refusing)).await
}

/// The page of the visit `id` as it is now, with the form that was sent and refused as `refusing` puts it there.
pub(super) async fn show_refused(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    (pages, refusing): (&Pages, impl FnOnce(pages::Show, FormView) -> pages::Show),
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let (_, sealed) = queries::record(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?;
    let record = sealed.open(state, viewer).await?;
    let present = Present::new(state.clock.now(), None);
    let shown = |record| pages::Show::new(viewer, &present, pages.record_marks(), record);
    pages.refuse_clinical(status, viewer, &record.map(|record| refusing(shown(record), form)))
}
