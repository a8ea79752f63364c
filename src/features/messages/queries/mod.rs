//! Reading threads. Every query starts from the visits that are the viewer's own: those in which they are one of the two who meet.

mod attachment;
mod change;
mod list;
mod thread;

pub(super) use attachment::{
    AttachedFile, AttachmentRow, FileKeptApart, RoomForFiles, attached_file, kept_apart, room_for_files,
};
pub(super) use change::{
    StateOfThread, ThreadForm, WhereRead, is_to_be_told, own_message, state_of_thread, unread_since, where_read,
};
pub(super) use list::{ThreadRow, threads};
pub(super) use thread::{HospitalOfThread, MessageRow, NowOfThread, SenderOfMessage, ThreadRecord, now, thread};

use entity::{
    appointment::{self, Column},
    appointment_event,
    enums::AppointmentStatus,
    message, message_read,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, Query, SimpleExpr, SubQueryStatement},
};

use crate::db::is_one_of;

/// Since when a visit is over: when its last step was recorded, else when it was to end. Of a statement that has `appointment` in it.
fn over_at() -> SimpleExpr {
    let last = appointment_event::Entity::find()
        .select_only()
        .expr(appointment_event::Column::At.max())
        .filter(
            Expr::col((appointment_event::Entity, appointment_event::Column::AppointmentId))
                .equals((appointment::Entity, Column::Id)),
        )
        .filter(is_one_of(appointment_event::Column::ToStatus, AppointmentStatus::TERMINAL));
    let ended = Func::coalesce([Expr::from(last.into_query()), Expr::col((appointment::Entity, Column::EndsAt))]);
    CaseStatement::new().case(is_one_of(Column::Status, AppointmentStatus::TERMINAL), ended).into()
}

/// How many messages of the other one somebody has not read, of a statement that has their `message_read` in it.
fn unread() -> SimpleExpr {
    use message_read::Column as Read;
    let said = |column| Expr::col((message::Entity, column));
    let own = |column| Expr::col((message_read::Entity, column));
    let count = Query::select()
        .expr(Func::count(said(message::Column::Id)))
        .from(message::Entity)
        .and_where(said(message::Column::AppointmentId).equals((message_read::Entity, Read::AppointmentId)))
        .and_where(said(message::Column::Id).gt(own(Read::LastReadId)))
        .and_where(said(message::Column::SenderId).ne(own(Read::UserId)))
        .and_where(said(message::Column::RetractedAt).is_null())
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(count)))
}
