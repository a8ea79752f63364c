//! What a patient says at the beginning of a visit: where they are, how they are reached, who is with them, and that they agree to be seen from afar.
//!
//! It is said with the arrival, and kept beside the visit in `visit`, where the doctor looks at it.

use chrono::{DateTime, Utc};
use entity::{
    limits,
    visit::{self, Column},
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, EntityTrait, QueryFilter, Set,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    coherence::Topic,
    db::{DbErr, UnitOfWork},
    features::accounts::parse_phone,
    web::FormReader,
};

/// Of the wording to which patients agree now. Another wording is another number.
pub(crate) const CONSENT_VERSION: i32 = 1;

/// What a patient says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PatientAnswers {
    /// Where they are now.
    pub(crate) location_now: Option<String>,
    /// On which number they are rung.
    pub(crate) call_back: Option<String>,
    /// Who is with them.
    pub(crate) others_present: Option<String>,
    /// Whether they agree to be seen from afar.
    pub(crate) consents: bool,
}

impl PatientAnswers {
    /// The fields of a form that asks for them; each may be empty.
    pub(crate) fn read(reader: &FormReader) -> Self {
        Self {
            location_now: reader.optional("location_now", "Where you are now", limits::LOCATION),
            call_back: reader.parsed_optional("call_back", "Telephone", parse_phone),
            others_present: reader.optional("others_present", "Who is with you", limits::OTHERS_PRESENT),
            consents: reader.optional("consent", "Consent", "on".len()).is_some(),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Keeps what the patient of `appointment_id` says, unless the doctor has checked it; whether it was kept. `visit_id`: the row that is there already.
/// One statement; none if nothing is said.
///
/// # Errors
/// The database's.
pub(crate) async fn keep_answers(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (appointment_id, visit_id): (i64, Option<i64>),
    answers: &PatientAnswers,
) -> Result<bool, DbErr> {
    if answers.is_empty() {
        return Ok(true);
    }
    let topic = Topic::Visit(appointment_id);
    let Some(visit_id) = visit_id else {
        uow.insert_many([new_row(now, appointment_id, answers)], topic).await?;
        return Ok(true);
    };
    let (consented_at, version) = if answers.consents {
        let since = Expr::col(Column::ConsentedAt).if_null(now);
        (since, Expr::value(CONSENT_VERSION))
    } else {
        (Expr::value(None::<DateTime<Utc>>), Expr::value(None::<i32>))
    };
    let update = visit::Entity::update_many()
        .col_expr(Column::LocationNow, Expr::value(answers.location_now.clone()))
        .col_expr(Column::CallBack, Expr::value(answers.call_back.clone()))
        .col_expr(Column::OthersPresent, Expr::value(answers.others_present.clone()))
        .col_expr(Column::ConsentedAt, consented_at)
        .col_expr(Column::ConsentVersion, version)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(visit_id))
        .filter(Column::CheckedAt.is_null());
    Ok(uow.update_where(update, topic).await? > 0)
}

fn new_row(now: DateTime<Utc>, appointment_id: i64, answers: &PatientAnswers) -> visit::ActiveModel {
    visit::ActiveModel {
        id: NotSet,
        appointment_id: Set(appointment_id),
        location_now: Set(answers.location_now.clone()),
        call_back: Set(answers.call_back.clone()),
        others_present: Set(answers.others_present.clone()),
        consented_at: Set(answers.consents.then_some(now)),
        consent_version: Set(answers.consents.then_some(CONSENT_VERSION)),
        identity: Set(None),
        checked_by: Set(None),
        checked_at: Set(None),
        skipped_reason: Set(None),
        version: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    }
}
