//! What is attached to messages.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    attachment, attachment_data,
    enums::{AttachmentState, AuditSubject, MediaType, Role},
    message, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationTrait,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::Reader,
    features::{appointments::scope_of_both, audit::Accessed, messages::queries::ThreadForm},
};

/// What is attached to a message, in a thread.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "attachment::Entity")]
pub(in crate::features::messages) struct AttachmentRow {
    pub(in crate::features::messages) id: i64,
    pub(in crate::features::messages) name: String,
    pub(in crate::features::messages) media_type: MediaType,
    pub(in crate::features::messages) bytes: i32,
    /// None when the file was erased.
    pub(in crate::features::messages) sha256: Option<Vec<u8>>,
    pub(in crate::features::messages) state: AttachmentState,
}

/// A file. A clinical record.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::messages) struct AttachedFile {
    pub(in crate::features::messages) appointment_id: i64,
    pub(in crate::features::messages) name: String,
    pub(in crate::features::messages) media_type: MediaType,
    pub(in crate::features::messages) data: Vec<u8>,
}

/// The attachment `id`, if the viewer is one of the two who meet, the message was not taken back and the file may be opened. One statement.
pub(in crate::features::messages) async fn attached_file(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<Accessed<AttachedFile>>, DbErr> {
    let found = attachment::Entity::find_by_id(id)
        .select_only()
        .columns([attachment::Column::AppointmentId, attachment::Column::Name, attachment::Column::MediaType])
        .column(attachment_data::Column::Data)
        .join(JoinType::InnerJoin, attachment_data::Relation::Attachment.def().rev())
        .join(JoinType::InnerJoin, attachment::Relation::Message.def())
        .join(JoinType::InnerJoin, attachment::Relation::Appointment.def())
        .filter(scope_of_both(viewer))
        .filter(message::Column::RetractedAt.is_null())
        .filter(attachment::Column::State.eq(AttachmentState::Clean));
    let topics = Topics::exempt("a file that is handed out is not kept");
    let found: Option<AttachedFile> =
        reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await?;
    let sealed = |file: AttachedFile| {
        let sealed = Accessed::new(AuditSubject::Appointment, file.appointment_id, file);
        sealed.telling("part", "attachment").numbering("attachment_id", id)
    };
    Ok(found.map(sealed))
}

/// How much there is already.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in crate::features::messages) struct RoomForFiles {
    pub(in crate::features::messages) hospital_id: i64,
    /// Whether the form was sent before: then nothing is added.
    pub(in crate::features::messages) is_sent: bool,
    /// Files about the visit.
    pub(in crate::features::messages) of_visit: i64,
    /// Bytes of the hospital.
    pub(in crate::features::messages) of_hospital: i64,
}

/// How much is attached to the messages of the visit that `form` is about, and in its hospital, if the viewer is one of the two who meet. One
/// statement.
pub(in crate::features::messages) async fn room_for_files(
    viewer: &Viewer,
    reader: &Reader,
    form: ThreadForm<'_>,
) -> Result<Option<RoomForFiles>, DbErr> {
    let all = |what: SimpleExpr, column: attachment::Column, same: Column| {
        let of = Expr::col((attachment::Entity, column)).equals((appointment::Entity, same));
        Expr::from(attachment::Entity::find().select_only().expr(what).filter(of).into_query())
    };
    let files = Func::count(Expr::col((attachment::Entity, attachment::Column::Id)));
    let bytes = Func::coalesce([attachment::Column::Bytes.sum(), Expr::value(0)]);
    let sent = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::SenderId.eq(viewer.user_id))
        .filter(message::Column::Token.eq(form.token));
    let found = appointment::Entity::find()
        .select_only()
        .column(Column::HospitalId)
        .expr_as(Expr::exists(sent.into_query()), "is_sent")
        .expr_as(all(files.into(), attachment::Column::AppointmentId, Column::Id), "of_visit")
        .expr_as(all(bytes.into(), attachment::Column::HospitalId, Column::HospitalId), "of_hospital")
        .filter(scope_of_both(viewer))
        .filter(Column::Id.eq(form.visit));
    let topics = Topics::exempt("what is about to be written is no page");
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}

/// A file that is kept apart until the virus scanner has looked at it.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::messages) struct FileKeptApart {
    /// `attachment.id`
    pub(in crate::features::messages) id: i64,
    pub(in crate::features::messages) appointment_id: i64,
    pub(in crate::features::messages) created_at: DateTime<Utc>,
    /// Who sent it, and as whom: `user.id`.
    pub(in crate::features::messages) uploader_id: i64,
    pub(in crate::features::messages) role: Role,
    pub(in crate::features::messages) hospital_id: i64,
    pub(in crate::features::messages) data: Vec<u8>,
}

/// The first of them behind the attachment `after`. For the scanner, which belongs to no viewer. One statement.
pub(in crate::features::messages) async fn kept_apart(
    reader: &Reader,
    after: i64,
) -> Result<Option<FileKeptApart>, DbErr> {
    use attachment::Column as Of;
    let first = attachment::Entity::find()
        .select_only()
        .columns([Of::Id, Of::AppointmentId, Of::CreatedAt, Of::UploaderId, Of::HospitalId])
        .column(user::Column::Role)
        .column(attachment_data::Column::Data)
        .join(JoinType::InnerJoin, attachment_data::Relation::Attachment.def().rev())
        .join(JoinType::InnerJoin, attachment::Relation::User.def())
        .filter(Of::State.eq(AttachmentState::Quarantined))
        .filter(Of::Id.gt(after))
        .order_by_asc(Of::Id)
        .limit(1);
    let topics = Topics::exempt("what a scanner is shown is no page");
    reader.run(topics, async |conn| first.clone().into_model().one(conn).await).await
}
