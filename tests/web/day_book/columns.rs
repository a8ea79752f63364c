//! Who has a column, and what is said of whoever should be in it.

use super::*;

#[tokio::test]
async fn whoever_should_have_come_by_now_is_late_as_on_the_board() {
    let ward = Ward::open().await;
    let visit = ward.visit((&ward.doctor, "Maya"), Status::Confirmed, 0).await;
    let here = ward.visit((&ward.doctor, "Hari"), Status::Waiting, -30).await;
    let is_late = async || {
        let (book, board) = (ward.book("").await, ward.desk.get("/dashboard").await.ok());
        let on_board = board.text(&format!("#visit-{}", visit.id)).contains("Late");
        assert_eq!(text_of(&book, &visit).ends_with("Late"), on_board, "{}", text_of(&book, &visit));
        assert_eq!(book.text("[data-sheet] tbody").contains("Late"), on_board, "on paper as well");
        assert!(!text_of(&book, &here).contains("Late"), "who is there is not late");
        on_board
    };
    ward.app.clock.advance(chrono::TimeDelta::minutes(10));
    assert!(!is_late().await);
    ward.app.clock.advance(chrono::TimeDelta::microseconds(1));
    assert!(is_late().await);
}

#[tokio::test]
async fn who_has_neither_hours_nor_visits_on_a_day_is_named_below_and_fills_no_column() {
    let ward = Ward::open().await;
    for name in ["Idle", "Zoya"] {
        doctor(&ward.hospital).named(name, "Rai").create(&ward.app).await;
    }
    let busy = doctor(&ward.hospital).named("Busy", "Rai").create(&ward.app).await;
    ward.visit((&busy, "Maya"), Status::Scheduled, 30).await;
    let book = ward.book("").await;
    assert_eq!(book.texts("#book thead a"), ["Dr Tara Pandey", "Dr Busy Rai"]);
    assert_eq!(book.text("#book-without"), "No hours on this day: Dr Idle Rai, Dr Zoya Rai.");
    // Tomorrow nobody comes to the busy one either; and whoever is asked for by name is there.
    let tomorrow = ward.book("?date=2026-11-25").await;
    assert_eq!(tomorrow.text("#book-without"), "No hours on this day: Dr Busy Rai, Dr Idle Rai, Dr Zoya Rai.");
    let alone = ward.book(&format!("?date=2026-11-25&doctor={}", busy.id)).await;
    assert_eq!(alone.texts("#book thead a"), Vec::<String>::new(), "there is nothing in it");
    assert!(alone.says("No hours and no visits on this day.") && alone.has("#book-without[hidden]"));
    let asked = ward.book(&format!("?doctor={}", busy.id)).await;
    assert!(asked.text("#book thead").contains("No hours"), "{}", asked.text("#book"));
    ward.works(&busy).await;
    assert!(ward.book("?date=2026-11-25").await.texts("#book thead a").contains(&"Dr Busy Rai".to_owned()));
}
