//! Instants compare as instants, also where they are kept as text.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{appointment, time_off};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::support::{at, clinic, on_each, on_sqlite, refused};

/// The same second with every kind of fraction, in order.
fn close_together() -> Vec<DateTime<Utc>> {
    [0, 1, 1_000, 10_000, 120_000, 500_000, 500_001, 999_999]
        .into_iter()
        .map(|micros| at(0) + TimeDelta::microseconds(micros))
        .chain([at(0) + TimeDelta::seconds(1)])
        .collect()
}

#[tokio::test]
async fn ranges_and_order_are_right_down_to_the_microsecond() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let instants = close_together();
        for &start in instants.iter().rev() {
            let absence = time_off::ActiveModel {
                doctor_id: Set(clinic.doctor),
                starts_at: Set(start),
                ends_at: Set(at(60)),
                ..Default::default()
            };
            absence.insert(db).await.unwrap();
        }
        let ordered = time_off::Entity::find().order_by_asc(time_off::Column::StartsAt).all(db).await.unwrap();
        let ordered: Vec<DateTime<Utc>> = ordered.iter().map(|row| row.starts_at).collect();
        assert_eq!(ordered, instants);
        for (earlier, &bound) in instants.iter().enumerate() {
            let before = time_off::Entity::find().filter(time_off::Column::StartsAt.lt(bound)).count(db).await.unwrap();
            assert_eq!(before, u64::try_from(earlier).unwrap(), "before {bound}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_visit_may_begin_at_the_very_instant_another_ends() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        let mut first = clinic.visit(0, 30);
        first.ends_at = Set(at(30) + TimeDelta::microseconds(1));
        first.insert(db).await.unwrap();
        let second = clinic.visit(30, 60).insert(db).await;
        refused(second, "overlap");
        let mut second = clinic.visit(30, 60);
        second.starts_at = Set(at(30) + TimeDelta::microseconds(1));
        second.insert(db).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_night_visit_blocks_the_next_morning() {
    on_each(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 24 * 60).insert(db).await.unwrap();
        let late = clinic.visit(24 * 60 - 1, 24 * 60 + 30);
        refused(late.insert(db).await, "overlap");
    })
    .await;
}

#[tokio::test]
async fn sqlite_takes_instants_in_one_form_only() {
    on_sqlite(async |db| {
        let clinic = clinic(db).await;
        clinic.visit(0, 30).insert(db).await.unwrap();
        for form in ["2026-03-02 08:00:00", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00+05:45", "1772438400"] {
            let sql = format!("UPDATE appointment SET starts_at = '{form}'");
            refused(db.execute_unprepared(&sql).await, "starts_at GLOB");
        }
        assert_eq!(appointment::Entity::find().count(db).await.unwrap(), 1);
    })
    .await;
}
