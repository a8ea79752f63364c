//! What the trail does not tell of is not committed, whatever a unit of work says of itself. That it says something at all is
//! the compiler's to check.

use std::sync::Mutex;

use entity::{
    audit_entry,
    enums::{AuditAction, AuditSubject},
    hospital,
};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set, sea_query::Expr,
};
use telemedicine::{
    coherence::Topics,
    db::{Recorded, UnitOfWork, Unrecorded},
};

use crate::support::*;

/// A server, a hospital, and its administrator.
struct Desk {
    app: TestApp,
    house: Hospital,
    admin: Person,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let house = hospital().create(&app).await;
        let admin = hospital_admin(&house).create(&app).await;
        Self { app, house, admin }
    }

    fn line(&self) -> audit_entry::ActiveModel {
        audit_entry::ActiveModel {
            id: NotSet,
            at: Set(self.app.now()),
            actor_id: Set(self.admin.user_id),
            actor_name: Set(self.admin.name()),
            actor_role: Set(Role::HospitalAdmin),
            hospital_id: Set(Some(self.house.id)),
            ip: Set(None),
            action: Set(AuditAction::Deactivated),
            subject_kind: Set(AuditSubject::Hospital),
            subject_id: Set(self.house.id),
            detail: Set(serde_json::json!({})),
            created_at: Set(self.app.now()),
            updated_at: Set(self.app.now()),
        }
    }

    /// Closes the hospital; how many there were.
    async fn close(&self, uow: &UnitOfWork) -> Result<u64, DbErr> {
        let open = hospital::Entity::update_many()
            .col_expr(hospital::Column::Active, Expr::value(false))
            .filter(hospital::Column::Id.eq(self.house.id))
            .filter(hospital::Column::Active.eq(true));
        uow.update_where(open, Topics::of_hospital(Some(self.house.id))).await
    }

    /// Whether the hospital is open, and how many lines tell that it was closed.
    async fn state(&self) -> (bool, u64) {
        let house = hospital::Entity::find_by_id(self.house.id).one(&self.app.db).await.unwrap().unwrap();
        let told = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::Deactivated));
        (house.active, told.count(&self.app.db).await.unwrap())
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, DbErr>) -> String {
    result.unwrap_err().to_string()
}

#[tokio::test]
async fn a_line_commits_what_it_tells_of() {
    let desk = Desk::open().await;
    let written = desk.app.state.db.write(async |uow| {
        let closed = desk.close(uow).await?;
        Ok::<_, DbErr>(uow.record(desk.line()).await?.with(closed))
    });
    assert_eq!((written.await, desk.state().await), (Ok(1), (false, 1)));
}

#[tokio::test]
async fn who_says_that_nothing_was_changed_is_believed_only_if_nothing_was() {
    let desk = Desk::open().await;
    let close =
        async || desk.app.state.db.write(async |uow| Ok::<_, DbErr>(Recorded::unchanged(desk.close(uow).await?))).await;
    let refused = refusal(close().await);
    assert!(refused.contains("it has changed {\"hospital\"}"), "{refused}");
    assert_eq!(desk.state().await, (true, 0), "it was rolled back");

    let written = desk.app.state.db.write(async |uow| {
        let closed = desk.close(uow).await?;
        Ok::<_, DbErr>(uow.record(desk.line()).await?.with(closed))
    });
    assert_eq!((written.await, close().await), (Ok(1), Ok(0)), "the second time there is nothing to close");
}

#[tokio::test]
async fn the_line_of_one_unit_of_work_is_no_proof_for_another() {
    let desk = Desk::open().await;
    let kept = Mutex::new(None);
    let first = desk.app.state.db.write(async |uow| {
        *kept.lock().unwrap() = Some(uow.record(desk.line()).await?);
        uow.record(desk.line()).await
    });
    assert_eq!(first.await, Ok(()));
    let second = desk.app.state.db.write(async |uow| {
        desk.close(uow).await?;
        Ok::<_, DbErr>(kept.lock().unwrap().take().unwrap())
    });
    let refused = refusal(second.await);
    assert!(refused.contains("another unit's"), "{refused}");
    assert_eq!(desk.state().await, (true, 2));
}

#[tokio::test]
async fn what_has_a_line_is_no_bookkeeping() {
    let desk = Desk::open().await;
    let written = desk.app.state.db.write_unrecorded(NO_ACT, async |uow| {
        desk.close(uow).await?;
        uow.record(desk.line()).await.map(drop)
    });
    let refused = refusal(written.await);
    assert!(refused.contains("says that it is no act: a test"), "{refused}");
    assert_eq!(desk.state().await, (true, 0));
}

#[tokio::test]
async fn bookkeeping_changes_its_own_tables_alone() {
    let desk = Desk::open().await;
    let sessions = Unrecorded::of(&["user_session"], "when it was last used");
    let written = desk.app.state.db.write_unrecorded(sessions, async |uow| desk.close(uow).await);
    let refused = refusal(written.await);
    assert!(refused.contains("for it says: when it was last used"), "{refused}");
    assert_eq!(desk.state().await, (true, 0));
}
