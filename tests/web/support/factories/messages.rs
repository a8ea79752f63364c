//! Messages about visits.

use entity::{message, message_read};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::TestApp,
    appointments::Appointment,
    people::{Doctor, Patient},
    texts::Texts,
};

/// A message in the database.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) text: String,
}

/// What one of the two who meet in `visit`, the doctor if `by_doctor`, wrote to the other, who has not read it; with `payload` in it.
pub(crate) async fn message(
    app: &TestApp,
    visit: &Appointment,
    (doctor, patient, by_doctor): (&Doctor, &Patient, bool),
    payload: &str,
) -> Message {
    let mut texts = Texts::new();
    texts.say(payload);
    let both = [doctor.user_id, patient.user_id];
    let [sender, other] = if by_doctor { both } else { [both[1], both[0]] };
    let text = texts.make("Message", 4000);
    let row = message::ActiveModel {
        appointment_id: Set(visit.id),
        sender_id: Set(sender),
        body: Set(text.clone()),
        token: Set(format!("factory-{}", texts.number())),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    };
    let id = row.insert(&app.db).await.unwrap().id;
    let of_visit = message_read::Column::AppointmentId.eq(visit.id);
    if message_read::Entity::find().filter(of_visit.clone()).one(&app.db).await.unwrap().is_none() {
        for user in both {
            mark(app, visit, user).insert(&app.db).await.unwrap();
        }
    }
    let latest = message_read::Entity::update_many().col_expr(message_read::Column::LatestId, Expr::value(id));
    latest.filter(of_visit.clone()).exec(&app.db).await.unwrap();
    let newest = message_read::Entity::update_many().col_expr(message_read::Column::NewestId, Expr::value(id));
    let newest = newest.filter(of_visit).filter(message_read::Column::UserId.eq(other));
    newest.exec(&app.db).await.unwrap();
    Message { id, text }
}

fn mark(app: &TestApp, visit: &Appointment, user_id: i64) -> message_read::ActiveModel {
    message_read::ActiveModel {
        appointment_id: Set(visit.id),
        user_id: Set(user_id),
        last_read_id: Set(0),
        newest_id: Set(0),
        latest_id: Set(0),
        created_at: Set(app.now()),
        updated_at: Set(app.now()),
        ..Default::default()
    }
}
