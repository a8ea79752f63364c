//! `GET /hospitals/new`, `POST /hospitals`, `GET /hospitals/{id}/edit`, `POST /hospitals/{id}`, `/deactivation`, `/reactivation`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    forms::{self, HospitalDetails, KEEPS},
    policy::{EditHospital, ManageHospitals},
    service::{self, HospitalNotSaved},
};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::{
        accounts::Provable,
        modalities::{ModalityChoice, modality_choices},
        wall_times::Keep,
    },
    state::Pages,
    web::{AppError, FlashKind, FormView, Page, Submitted, see_other_saying},
};

const STALE: &str = "Somebody changed the hospital after you opened the form. What you typed is below; where something else is \
                     stored now, that stands beside it. Save once more to keep what you typed.";
/// What most mean who correct a zone.
const USUALLY: &str = "clock";
const ASK: &str = "The time zone changes. Say what is to stay of what is to come, then save once more.";
const IN_THE_WAY: &str = "The changes are saved. Some visits could not move with the clock, because they would meet others: they are at \
                          another time than was promised. They are on the dashboard, among the visits that need somebody.";
const MADE_BEFORE: &str = "This form was sent before, and made this hospital. Nothing was made a second time.";
const NAME_TAKEN: &str = "Another hospital has this name.";

/// A hospital to be made or changed.
#[derive(Debug, Serialize)]
struct HospitalForm {
    title: String,
    form: FormView,
    action: String,
    back: String,
    back_label: String,
    /// None for a new one.
    version: Option<String>,
    /// What is asked before the zone changes.
    question: Option<ZoneQuestion>,
    /// To the platform: whether it is listed, and where that is changed.
    listing: Option<Listing>,
    rules: Vec<Rule>,
    modalities: Vec<ModalityChoice>,
}

/// Whom it can ask for a second factor.
#[derive(Debug, Serialize)]
struct Rule {
    value: &'static str,
    label: &'static str,
}

fn rules() -> Vec<Rule> {
    forms::RULES.into_iter().map(|(_, value, label)| Rule { value, label }).collect()
}

/// What is to come, and what of it may stay.
#[derive(Debug, Serialize)]
struct ZoneQuestion {
    /// `3 visits and 1 absence are to come`
    legend: String,
    options: Vec<KeepChoice>,
}

#[derive(Debug, Serialize)]
struct KeepChoice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
}

impl ZoneQuestion {
    fn new(visits: usize, absences: usize) -> Self {
        let options = KEEPS.map(|(value, keep)| {
            let (label, hint) = match keep {
                Keep::ClockTimes => {
                    ("Keep what the clock shows", "A visit at 09:00 stays at 09:00: what people were told holds.")
                }
                Keep::Instants => ("Keep the moments", "A visit is when it was, and the clock shows another time."),
            };
            KeepChoice { value, label, hint }
        });
        let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        let all = [(visits, "visit"), (absences, "absence")];
        let some: Vec<String> =
            all.into_iter().filter(|(number, _)| *number > 0).map(|(number, one)| count(number, one)).collect();
        let is = if visits + absences == 1 { "is" } else { "are" };
        Self { legend: format!("{} {is} to come", some.join(" and ")), options: options.into() }
    }
}

#[derive(Debug, Serialize)]
struct Listing {
    active: bool,
    href: String,
}

impl HospitalForm {
    fn new(form: FormView) -> Self {
        Self {
            title: "Add a hospital".to_owned(),
            form,
            action: "/hospitals".to_owned(),
            back: "/hospitals".to_owned(),
            back_label: "Hospitals".to_owned(),
            version: None,
            question: None,
            listing: None,
            rules: rules(),
            modalities: modality_choices(),
        }
    }

    /// The same with what is asked.
    fn asking(self, question: Option<ZoneQuestion>) -> Self {
        Self { question, ..self }
    }

    fn of(viewer: &Viewer, row: &entity::hospital::Model, form: Option<FormView>) -> Self {
        let path = format!("/hospitals/{}", row.id);
        let state = if row.active { "deactivation" } else { "reactivation" };
        let listing = Listing { active: row.active, href: format!("{path}/{state}") };
        let is_platform = viewer.runs_platform();
        Self {
            title: format!("Change {}", row.name),
            form: form.unwrap_or_else(|| FormView::filled(HospitalDetails::of(row).values())),
            back: if is_platform { path.clone() } else { "/dashboard".to_owned() },
            back_label: if is_platform { row.name.clone() } else { "Dashboard".to_owned() },
            version: Some(service::version(row)),
            question: None,
            listing: is_platform.then_some(listing),
            rules: rules(),
            modalities: modality_choices(),
            action: path,
        }
    }
}

impl Page for HospitalForm {
    const TEMPLATE: &'static str = "hospitals/form.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}

/// The form of a new hospital.
pub(super) async fn new(viewer: Allowed<ManageHospitals>, pages: Pages) -> Result<HttpResponse, AppError> {
    pages.show(&*viewer, &HospitalForm::new(forms::usual()))
}

/// Makes it.
pub(super) async fn create(
    viewer: Allowed<ManageHospitals>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let form = match forms::hospital(submitted.fields()?, None) {
        Ok((sent, typed)) => match service::create(pages.state(), &viewer, &sent.details).await {
            Ok(id) => return Ok(saved(&viewer, id, "The hospital is made. Add somebody who runs it.")),
            Err(HospitalNotSaved::NameTaken) => {
                match service::made_before(&pages.state().db.reader(), &sent.details).await? {
                    Some(id) => return Ok(saved(&viewer, id, MADE_BEFORE)),
                    None => typed.with_error("name", NAME_TAKEN),
                }
            }
            Err(HospitalNotSaved::Failed(error)) => return Err(error),
            // Nothing is to come at a hospital that is not there yet.
            Err(_) => typed.with_error("", STALE),
        },
        Err(form) => *form,
    };
    pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &HospitalForm::new(form))
}

/// The form with what is stored.
pub(super) async fn edit(
    viewer: Allowed<EditHospital>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let row = service::find(&viewer, &reader, *id).await?;
    pages.show(&*viewer, &HospitalForm::of(&viewer, &row, None))
}

/// Changes what is stored.
pub(super) async fn update(
    viewer: Provable<EditHospital>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let row = service::find(&viewer, &state.db.reader(), *id).await?;
    let (status, form, question) = match forms::hospital(submitted.fields()?, Some(&row)) {
        // Whoever has somebody's password comes in where no second factor is asked for: it is asked who asks for less.
        Ok((sent, _))
            if sent.details.second_factor < row.second_factor
                && let Some(question) = viewer.ask()? =>
        {
            return Ok(question);
        }
        Ok((sent, typed)) => match service::update(state, &viewer, &row, &sent).await {
            Ok(done) if done.in_the_way.is_empty() => return Ok(saved(&viewer, row.id, "The changes are saved.")),
            Ok(_) => return Ok(saved(&viewer, row.id, IN_THE_WAY)),
            Err(why) => refused(why, typed, &row)?,
        },
        Err(form) => (StatusCode::UNPROCESSABLE_ENTITY, *form, None),
    };
    pages.refuse(status, &*viewer, &HospitalForm::of(&viewer, &row, Some(form)).asking(question))
}

/// The form again, with why nothing was stored or with what is asked.
fn refused(
    why: HospitalNotSaved,
    typed: FormView,
    row: &entity::hospital::Model,
) -> Result<(StatusCode, FormView, Option<ZoneQuestion>), AppError> {
    Ok(match why {
        HospitalNotSaved::NameTaken => (StatusCode::UNPROCESSABLE_ENTITY, typed.with_error("name", NAME_TAKEN), None),
        HospitalNotSaved::Stale => {
            (StatusCode::CONFLICT, typed.beside(HospitalDetails::of(row).values()).with_error("", STALE), None)
        }
        HospitalNotSaved::AskWhatStays { visits, absences } => {
            let question = ZoneQuestion::new(visits, absences);
            let mut asked = typed.with_error("keep", ASK);
            asked.values.insert("keep".to_owned(), USUALLY.to_owned());
            (StatusCode::UNPROCESSABLE_ENTITY, asked, Some(question))
        }
        HospitalNotSaved::TooManyToMove(visits) => {
            let says = format!("{visits} visits are to come, too many to move at once. Ask whoever runs the server.");
            (StatusCode::UNPROCESSABLE_ENTITY, typed.with_error("time_zone", says), None)
        }
        HospitalNotSaved::Failed(error) => return Err(error),
    })
}

/// Takes it out of the directory.
pub(super) async fn deactivate(
    viewer: Allowed<ManageHospitals>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let row = service::find(&viewer, &pages.state().db.reader(), *id).await?;
    service::set_active(pages.state(), &viewer, row.id, false).await?;
    Ok(saved(&viewer, row.id, "The hospital is no longer listed."))
}

/// Puts it back.
pub(super) async fn reactivate(
    viewer: Allowed<ManageHospitals>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let row = service::find(&viewer, &pages.state().db.reader(), *id).await?;
    service::set_active(pages.state(), &viewer, row.id, true).await?;
    Ok(saved(&viewer, row.id, "The hospital is listed again."))
}

fn saved(viewer: &Viewer, id: i64, text: &'static str) -> HttpResponse {
    // Who runs one hospital sees its public page as everybody does; their place is the form.
    let edit = if viewer.runs_platform() { "" } else { "/edit" };
    see_other_saying(&format!("/hospitals/{id}{edit}"), FlashKind::Success, text)
}
