//! Whoever looks at what they were told of has read it, by whatever way they came there.
//!
//! It is noted where it is noted that they opened the record, in the same unit of work. That is the one thing a GET leaves behind: no page asks for
//! such a page by itself, no cache keeps it, and another site cannot have it asked for but by somebody who goes there. Done by a script it would not
//! be without one; done by the link of the notification alone, it would not be for whoever comes from a list.

use chrono::{DateTime, Utc};
use entity::{
    enums::NotificationKind,
    notification::{self, Column},
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::{OWN, own};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{UnitOfWork, is_not_word, is_one_of},
    features::audit::Accessed,
    session::is_automatic,
    state::Pages,
    web::{AppError, Clinical, is_prefetch},
};

/// What somebody looks at, as far as they were told of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewsSubject {
    /// A visit, and what was told of it that its page says.
    Visit {
        /// `appointment.id`
        id: i64,
        /// `notification.id` of the last that was there when the page was read: what came since, nobody has seen on it.
        up_to: i64,
    },
    /// What was signed of that visit: once, so what was told of it is no newer than what was read.
    Note(i64),
    /// A document of a visit. News name no document: they are told by when it was issued, and revoked.
    Document {
        /// `appointment.id`
        visit_id: i64,
        issued_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
    },
    /// The absence that was recorded then. News name the first visit in it, which may be elsewhere by now.
    Absence(DateTime<Utc>),
}

impl NewsSubject {
    /// What was told of it, to whomever.
    fn news(self) -> Condition {
        let of_visit = |id: i64| Condition::all().add(Column::AppointmentId.eq(id));
        match self {
            Self::Visit { id, up_to } => of_visit(id).add(is_said_by_visit()).add(Column::Id.lte(up_to)),
            Self::Note(id) => of_visit(id).add(Column::Kind.eq(NotificationKind::NoteSigned)),
            Self::Document { visit_id, issued_at, revoked_at } => of_visit(visit_id)
                .add(is_one_of(Column::Kind, [NotificationKind::DocumentIssued, NotificationKind::DocumentRevoked]))
                .add(Column::CreatedAt.is_in([Some(issued_at), revoked_at].into_iter().flatten())),
            Self::Absence(recorded_at) => Condition::all()
                .add(Column::Kind.eq(NotificationKind::AbsenceRecorded))
                .add(Column::CreatedAt.eq(recorded_at)),
        }
    }
}

/// What the page of a visit says. That a document counts no more stands on the document alone, and whoever still has it at home must not miss it; an
/// absence is told of once for all visits in it, so who looks at one of them does not know of the others.
fn is_said_by_visit() -> Condition {
    Condition::all()
        .add(is_not_word(Column::Kind, NotificationKind::DocumentRevoked))
        .add(is_not_word(Column::Kind, NotificationKind::AbsenceRecorded))
}

/// The last that is unread of a visit.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "notification::Entity")]
pub(crate) struct UnreadNews {
    id: i64,
}

impl UnreadNews {
    /// What is read by whoever opens the visit `id` as it was when this was found.
    pub(crate) fn of_visit(self, id: i64) -> NewsSubject {
        NewsSubject::Visit { id, up_to: self.id }
    }
}

/// The last that `viewer` has to read on the page of the visit `id`, if anything: for the statement that reads the record, so that whoever has read
/// everything costs none more.
pub(crate) fn unread_news(viewer: &Viewer, id: i64) -> Select<notification::Entity> {
    notification::Entity::find()
        .filter(Column::RecipientId.eq(viewer.user_id))
        .filter(Column::ReadAt.is_null())
        .filter(Column::AppointmentId.eq(id))
        .filter(is_said_by_visit())
        // A later one has the higher id.
        .order_by_desc(Column::Id)
        .limit(1)
}

/// Opens a record for `viewer`, who has read with it what they were `told` of it: who they are from now on, with as many fewer unread. One
/// statement more than [`Accessed::open`], where they were told something and anything of theirs is unread.
///
/// # Errors
/// As of [`Accessed::open`].
pub(crate) async fn open<T>(
    sealed: Accessed<T>,
    pages: &Pages,
    viewer: &Viewer,
    told: Option<NewsSubject>,
) -> Result<(Clinical<T>, Viewer), AppError> {
    let told = told.filter(|_| may_have_news(pages, viewer));
    let note = async |uow: &UnitOfWork| match told {
        Some(subject) => read(uow, pages, (viewer, subject)).await,
        None => Ok(0),
    };
    let (record, read) = sealed.open_noting(pages.state(), viewer, note).await?;
    Ok((record, viewer.having_read(read)))
}

/// The same on a page that opens no record. One statement while anything of theirs is unread, else none.
///
/// # Errors
/// The database's.
pub(crate) async fn look_at(pages: &Pages, viewer: &Viewer, subject: NewsSubject) -> Result<Viewer, AppError> {
    if is_automatic() || !may_have_news(pages, viewer) {
        return Ok(viewer.clone());
    }
    let write = async |uow: &UnitOfWork| Ok::<_, AppError>(read(uow, pages, (viewer, subject)).await?);
    let read = pages.state().db.write_unrecorded(OWN, write).await?;
    Ok(viewer.having_read(read))
}

/// Whether anything of theirs is unread, and they see it now: what a browser fetches in advance, perhaps nobody looks at.
fn may_have_news(pages: &Pages, viewer: &Viewer) -> bool {
    viewer.unread > 0 && !is_prefetch(pages.request())
}

async fn read(uow: &UnitOfWork, pages: &Pages, (viewer, subject): (&Viewer, NewsSubject)) -> Result<u64, DbErr> {
    let unread = own(pages.state(), viewer).filter(Column::ReadAt.is_null()).filter(subject.news());
    uow.update_where(unread, Topic::Inbox(viewer.user_id)).await
}
