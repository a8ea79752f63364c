//! The lists that several dashboards find.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, NotificationKind},
    notification, patient, user,
};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, DerivePartialModel, EntityTrait, Iterable, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait as _, Query},
};

use crate::{
    access::{HospitalOfViewer, Viewer},
    db::{is_one_of, without_address},
    features::{
        appointments::{scope, wish_lapses_at, with_open_wish},
        home::sections::COUNTED,
        notifications::ToldTimes,
        schedules::Stretch,
    },
};

/// How many unread notifications and newest people are shown.
pub(super) const FEW: u64 = 5;

/// A visit as far as lists and counts are made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct ListedVisit {
    pub id: i64,
    pub status: AppointmentStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// A visit of which the patient asks for another time, until it is too late to answer.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct WishedVisit {
    #[sea_orm(nested)]
    pub listed: ListedVisit,
    #[sea_orm(from_expr = "wish_lapses_at()")]
    pub lapses_at: DateTime<Utc>,
}

/// What a patient without an e-mail address was told of a visit on pages that they cannot open: somebody has to say it by telephone.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "notification::Entity")]
pub(crate) struct UntoldNews {
    #[sea_orm(nested)]
    pub news: Unread,
    #[sea_orm(nested)]
    pub visit: ListedVisit,
}

/// How many rows there are, instead of the rows.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
pub(super) struct RowCount {
    #[sea_orm(from_expr = "Expr::col(Asterisk).count()")]
    pub(super) count: i64,
}

/// An unread notification.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "notification::Entity")]
pub(crate) struct Unread {
    pub id: i64,
    pub kind: NotificationKind,
    pub created_at: DateTime<Utc>,
    /// The visit it is about.
    pub appointment_id: Option<i64>,
    /// The times it was about.
    pub local_starts_at: Option<NaiveDateTime>,
    pub proposed_local_starts_at: Option<NaiveDateTime>,
}

impl Unread {
    /// The times it was about, if it keeps them.
    pub(crate) fn told_times(&self) -> ToldTimes {
        ToldTimes { starts_at: self.local_starts_at, proposed: self.proposed_local_starts_at }
    }
}

/// All of the viewer's visits that somebody still has to do something about.
pub(super) fn open(viewer: &Viewer) -> Select<appointment::Entity> {
    appointment::Entity::find().filter(scope(viewer)).filter(is_one_of(Column::Status, AppointmentStatus::OPEN))
}

/// Of the viewer's visits those of which another time is asked for at `now`, first those whose answer is the most urgent: as many as are counted, and one more.
pub(super) fn wished(viewer: &Viewer, now: DateTime<Utc>) -> Select<appointment::Entity> {
    let found = appointment::Entity::find().filter(scope(viewer)).filter(with_open_wish(viewer, now));
    found.order_by_asc(wish_lapses_at()).order_by_asc(appointment::Column::Id).limit(COUNTED + 1)
}

/// What waits at `now` to be told by telephone to patients of the hospital, of visits to which they have not come yet, and which are not over: the last of
/// each visit ([`is_to_be_said`]), of as many as are counted, and one more.
pub(super) fn untold(hospital: &HospitalOfViewer, now: DateTime<Utc>) -> Select<notification::Entity> {
    notification::Entity::find()
        .join(JoinType::InnerJoin, notification::Relation::User.def())
        .join(JoinType::InnerJoin, notification::Relation::Appointment.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .filter(user::Column::HospitalId.eq(hospital.id))
        .filter(without_address(Expr::col((user::Entity, user::Column::Email))))
        // The doctor or the desk is told of visits as well; they read it.
        .filter(Expr::col((patient::Entity, patient::Column::UserId)).equals((user::Entity, user::Column::Id)))
        .filter(notification::Column::ReadAt.is_null())
        .filter(Expr::col((notification::Entity, notification::Column::Kind)).is_in(words_to_be_said()))
        .filter(is_one_of(Column::Status, TO_BE_TOLD))
        .filter(Column::EndsAt.gt(now))
        .filter(is_last_unread())
        .order_by_asc(notification::Column::Id)
        .limit(COUNTED + 1)
}

/// Whether nothing later is to be said of the same visit.
fn is_last_unread() -> Expr {
    use notification::Column::{AppointmentId, Id, Kind, ReadAt, RecipientId};
    let (later, this) = (|column| Expr::col(("later", column)), |column| Expr::col((notification::Entity, column)));
    let others = Query::select()
        .column(("later", Id))
        .from_as(notification::Entity, "later")
        .and_where(later(RecipientId).eq(this(RecipientId)))
        .and_where(later(AppointmentId).eq(this(AppointmentId)))
        .and_where(later(ReadAt).is_null())
        .and_where(later(Kind).is_in(words_to_be_said()))
        .and_where(later(Id).gt(this(Id)))
        .to_owned();
    Expr::exists(others).not()
}

/// Whether somebody is to be called for it: for what becomes of a visit, each time with the board, on which that stands. Papers come and go without the
/// board, whose page would not hear of them; and they are read on pages that these patients cannot open.
fn is_to_be_said(kind: NotificationKind) -> bool {
    use NotificationKind as Kind;
    match kind {
        Kind::AppointmentRequested
        | Kind::AppointmentBooked
        | Kind::AppointmentApproved
        | Kind::AppointmentProposed
        | Kind::ProposalAccepted
        | Kind::ProposalRefused
        | Kind::AppointmentRejected
        | Kind::AppointmentCancelled
        | Kind::AppointmentRescheduled
        | Kind::AppointmentHandedOver
        | Kind::AppointmentConfirmed
        | Kind::PatientArrived
        | Kind::AppointmentNoShow
        | Kind::AppointmentCorrected
        | Kind::ModalityChanged
        | Kind::TimeWished
        | Kind::WishRefused
        | Kind::WishWithdrawn => true,
        Kind::NoteSigned | Kind::DocumentIssued | Kind::DocumentRevoked | Kind::AbsenceRecorded => false,
    }
}

/// The same as a statement has them.
fn words_to_be_said() -> impl Iterator<Item = Expr> {
    NotificationKind::iter().filter(|kind| is_to_be_said(*kind)).map(|kind| Expr::Constant(kind.to_value().into()))
}

/// How a visit stands of which there is something to tell: whoever has come knows.
const TO_BE_TOLD: [AppointmentStatus; 6] = [
    AppointmentStatus::Requested,
    AppointmentStatus::Proposed,
    AppointmentStatus::Scheduled,
    AppointmentStatus::Confirmed,
    AppointmentStatus::Rejected,
    AppointmentStatus::Cancelled,
];

/// Of the viewer's visits those that begin `within`.
pub(super) fn between(viewer: &Viewer, within: Stretch) -> Select<appointment::Entity> {
    let found = appointment::Entity::find().filter(scope(viewer));
    found.filter(Column::StartsAt.gte(within.starts_at)).filter(Column::StartsAt.lt(within.ends_at))
}

/// The newest of the viewer's unread notifications, of what this release has words for. A later one has the higher id.
pub(super) fn unread(viewer: &Viewer) -> Select<notification::Entity> {
    notification::Entity::find()
        .filter(notification::Column::RecipientId.eq(viewer.user_id))
        .filter(notification::Column::ReadAt.is_null())
        .filter(is_one_of(notification::Column::Kind, NotificationKind::iter()))
        .order_by_desc(notification::Column::Id)
        .limit(FEW)
}
