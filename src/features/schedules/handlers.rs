//! `GET /times`, `GET /doctors/{id}/times`, and the schedule that they come from.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{Days, TimeDelta};

use super::{
    forms::{self, NewWeek, SearchQuery, TimesQuery, TimesSearch, WeekChange},
    free::{FreeTimes as _, Rules, Stretch, span},
    pages::{self, FoundWeek, FreeWeek, WEEK},
    policy::{ManageSchedule, SeeTimes},
    queries::{self, Attendees, DoctorOfSchedule, Week},
    service,
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    db::Reader,
    state::Pages,
    web::{AppError, FlashKind, FormView, Submitted, query::Filter, see_other_saying},
};

const REMOVED_WITH_VISITS: &str =
    "The hours are removed. Visits are planned in them: they are listed below, and stay until somebody cancels them.";
const SAVED_WITH_VISITS: &str = "The hours are saved. Visits are planned outside of them: they are listed below, and stay until somebody moves or cancels them.";
const AWAY_WITH_VISITS: &str =
    "The absence is recorded. Visits are planned in it: say below what is to become of each. Until then they stay.";
/// How far ahead absences are shown.
const HORIZON: TimeDelta = TimeDelta::days(2 * 366);

/// The free times of all doctors, or of one, in a week.
pub(super) async fn week(
    viewer: Allowed<SeeTimes>,
    reader: Reader,
    query: Filter<SearchQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let doctors = queries::practising(&viewer, &reader).await?;
    let present = pages.present();
    let context = PageContext { viewer: &viewer, present: &present };
    let horizon = pages.state().settings.booking.horizon;
    let (search, form) = match query.0.search(context, horizon, &doctors) {
        Ok(asked) => asked,
        Err(form) => {
            let page = FreeWeek::refused(&viewer, &doctors, *form);
            return pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page);
        }
    };
    let Some(rules) = doctors.first().map(|doctor| doctor.rules(&viewer)) else {
        return pages.show(&*viewer, &FreeWeek::refused(&viewer, &doctors, form));
    };
    let found = found(&reader, context, search, rules).await?;
    pages.show(&*viewer, &FreeWeek::new(context, &doctors, form, &found))
}

/// What is free in the week that is looked for, and when anything is after a week without a free time. One statement.
async fn found(
    reader: &Reader,
    context: PageContext<'_>,
    search: TimesSearch,
    rules: Rules,
) -> Result<FoundWeek, AppError> {
    let candidates = search.candidates(context.viewer).ok_or(AppError::Forbidden)?;
    let within = span(search.from, pages::AHEAD, rules.zone);
    let week = queries::several(reader, &candidates, within).await?.asking_once();
    let nearest = week.nearest((search.from, pages::AHEAD), rules, (context.present, 1)).first().map(|day| day.0);
    // In the week itself it is seen.
    let next_free = nearest.filter(|date| *date >= search.from + Days::new(WEEK));
    Ok(FoundWeek { search, week, rules, next_free })
}

/// The free times of a doctor on one day.
pub(super) async fn times(
    viewer: Allowed<SeeTimes>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let query = Filter::<TimesQuery>::parse(pages.request().query_string())?.0;
    let doctor = queries::doctor(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let present = pages.present();
    let (date, form) = match query.date(present.date(viewer.zone())) {
        Ok(asked) => asked,
        Err(form) => {
            let page = pages::Times::refused(&viewer, &doctor, *form);
            return pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page);
        }
    };
    let within = span(date, pages::AHEAD, viewer.zone());
    let schedule = queries::schedule(&reader, Attendees::doctor(doctor.id), within).await?;
    let context = PageContext { viewer: &viewer, present: &present };
    pages.show(&*viewer, &pages::Times::new(context, &doctor, (date, form), &schedule))
}

/// A doctor's week and absences.
pub(super) async fn availability(
    viewer: Allowed<ManageSchedule>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let doctor = queries::managed(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &page(&viewer, &reader, &doctor, &pages).await?)
}

/// Hours come into the week, or leave it.
pub(super) async fn change_week(
    viewer: Allowed<ManageSchedule>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (state, reader) = (pages.state(), pages.state().db.reader());
    let doctor = queries::managed(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let (status, form) = match forms::week(submitted.fields()?) {
        Ok((WeekChange::Remove(window), _)) => {
            service::remove_window(state, &viewer, doctor.id, window).await?;
            let left = planned(&reader, &doctor, &pages).await?;
            let is_whole = left.outside(doctor.rules(&viewer)).next().is_none();
            return Ok(saved(&doctor, if is_whole { "The hours are removed." } else { REMOVED_WITH_VISITS }));
        }
        Ok((WeekChange::Whole(new), typed)) => return whole_week(&viewer, &doctor, (&new, typed), &pages).await,
        Ok((WeekChange::Add(new), typed)) => match service::add_window(state, &viewer, doctor.id, new).await {
            Ok(()) => return Ok(saved(&doctor, "The hours are added.")),
            Err(AppError::Conflict(why)) => (StatusCode::UNPROCESSABLE_ENTITY, typed.with_error("start_time", why)),
            Err(error) => return Err(error),
        },
        Err(form) => (StatusCode::UNPROCESSABLE_ENTITY, *form),
    };
    pages.refuse(status, &*viewer, &page(&viewer, &reader, &doctor, &pages).await?.refusing(form))
}

/// All hours by day become those of the form; where visits would come to lie outside of the hours, it is asked first.
async fn whole_week(
    viewer: &Viewer,
    doctor: &DoctorOfSchedule,
    (new, mut typed): (&NewWeek, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let (state, reader) = (pages.state(), pages.state().db.reader());
    let left_out = planned(&reader, doctor, pages).await?.left_out(&new.windows, doctor.rules(viewer));
    let refused = if left_out.is_subset(&new.accepted) {
        match service::set_week(state, viewer, doctor.id, new).await {
            Ok(()) => return week_saved(viewer, doctor, pages).await,
            Err(AppError::Conflict(why)) => {
                // With the hours as they are by now: what was typed is beside them.
                typed.values.remove("seen");
                typed.with_error("", why)
            }
            Err(error) => return Err(error),
        }
    } else {
        typed.with_error("", pages::asking_of(left_out.len()))
    };
    let page = page(viewer, &reader, doctor, pages).await?.refusing(refused).accepting(&left_out);
    pages.refuse(StatusCode::CONFLICT, viewer, &page)
}

/// What is said of a week that is saved. Asked anew: of two clicks the second finds the hours as they are to be, and is the one that is answered.
async fn week_saved(viewer: &Viewer, doctor: &DoctorOfSchedule, pages: &Pages) -> Result<HttpResponse, AppError> {
    let left = planned(&pages.state().db.reader(), doctor, pages).await?;
    let is_whole = left.outside(doctor.rules(viewer)).next().is_none();
    Ok(saved(doctor, if is_whole { "The hours are saved." } else { SAVED_WITH_VISITS }))
}

/// A doctor will be away.
pub(super) async fn add_time_off(
    viewer: Allowed<ManageSchedule>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (state, reader) = (pages.state(), pages.state().db.reader());
    let doctor = queries::managed(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    match forms::absence(submitted.fields()?, viewer.zone(), state.clock.now()) {
        Ok((new, _)) => {
            let with_visits = service::add_absence(state, &viewer, doctor.id, &new).await?;
            Ok(recorded(&doctor, with_visits))
        }
        Err(form) => {
            let page = page(&viewer, &reader, &doctor, &pages).await?.refusing_absence(*form);
            pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
        }
    }
}

/// Where one goes on once an absence is recorded: to the visits in it, if it is one `with_visits`.
fn recorded(doctor: &DoctorOfSchedule, with_visits: Option<i64>) -> HttpResponse {
    match with_visits {
        Some(id) => see_other_saying(&pages::visits_href(doctor.id, id), FlashKind::Success, AWAY_WITH_VISITS),
        None => saved(doctor, "The absence is recorded. No visit lies in it."),
    }
}

/// A doctor will not be away after all.
pub(super) async fn remove_time_off(
    viewer: Allowed<ManageSchedule>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (doctor_id, id) = *ids;
    let reader = pages.state().db.reader();
    let doctor = queries::managed(&viewer, &reader, doctor_id).await?.ok_or(AppError::NotFound)?;
    submitted.button()?;
    service::remove_absence(pages.state(), &viewer, doctor.id, id).await?;
    Ok(saved(&doctor, "The absence is removed."))
}

fn saved(doctor: &DoctorOfSchedule, text: &'static str) -> HttpResponse {
    see_other_saying(&format!("/doctors/{}/availability", doctor.id), FlashKind::Success, text)
}

async fn page(
    viewer: &Viewer,
    reader: &Reader,
    doctor: &DoctorOfSchedule,
    pages: &Pages,
) -> Result<pages::Availability, AppError> {
    Ok(pages::Availability::new(viewer, doctor, &planned(reader, doctor, pages).await?))
}

/// The doctor's week from now on.
async fn planned(reader: &Reader, doctor: &DoctorOfSchedule, pages: &Pages) -> Result<Week, AppError> {
    let now = pages.state().clock.now();
    Ok(queries::week(reader, doctor.id, Stretch { starts_at: now, ends_at: now + HORIZON }).await?)
}
