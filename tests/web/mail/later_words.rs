//! Words of a later release, as an earlier one finds them while both run, or after going back.

use sea_orm::{ConnectionTrait, QuerySelect, TransactionTrait};

use super::*;

/// Writes past the rule that knows the words of today alone.
async fn write_past_the_rules(app: &TestApp, table: &str, column: &str, sql: &str) {
    let unit = app.state.db.bare().begin().await.unwrap();
    let rule = format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check");
    let (before, after) = if uses_postgres() {
        (rule.as_str(), "SELECT 1")
    } else {
        ("PRAGMA ignore_check_constraints = ON", "PRAGMA ignore_check_constraints = OFF")
    };
    for sql in [before, sql, after] {
        unit.execute_unprepared(sql).await.unwrap();
    }
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_later_release_has_words_for_holds_up_nothing_else() {
    let practice = Practice::open().await;
    let app = &practice.app;
    practice.step(&practice.surgery, "approval", &[]).await;
    practice.step(&practice.surgery, "cancellation", &[("reason", "The ward is shut.")]).await;
    let [approved, cancelled, _of_the_doctor] = &practice.rows(MailKind::Notice).await[..] else {
        panic!("three mails")
    };
    let later = format!("UPDATE mail SET notice = 'told_tomorrow' WHERE id = {}", approved.id);
    write_past_the_rules(app, "mail", "notice", &later).await;
    let later = "UPDATE notification SET kind = 'told_tomorrow' WHERE kind = 'appointment_approved'";
    write_past_the_rules(app, "notification", "kind", later).await;
    app.clock.advance(TimeDelta::seconds(1));
    let told = practice.to_patient().await;
    assert_eq!(told.iter().map(|email| email.subject.as_str()).collect::<Vec<_>>(), ["A visit was cancelled"]);
    let waits =
        mail::Entity::find().filter(Column::Status.eq(MailStatus::Waiting)).filter(Column::Kind.eq(MailKind::Notice));
    let waits = waits.select_only().column(Column::Id).into_tuple::<i64>().all(&app.db).await.unwrap();
    assert_eq!(waits, [approved.id], "it waits for whoever can read it, and {} went", cancelled.id);
    for page in ["/notifications", "/dashboard"] {
        let page = practice.home.get(page).await.ok();
        assert!(page.says("was cancelled.") && !page.says("was approved."), "{}", page.words());
    }
}
