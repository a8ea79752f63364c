//! Where days begin and end, what the clock changes, and addresses that mean nothing.

use super::*;
use chrono::NaiveTime;

#[tokio::test]
async fn the_present_is_marked_today_and_moves_by_itself() {
    let ward = Ward::open().await;
    let shown = async |query: &str| ward.book(query).await.texts("#book tbody th");
    assert_eq!(shown("").await, ["09:00", "09:30", "10:00", "Now", "10:30", "11:00", "11:30"]);
    assert!(shown("?view=week").await.contains(&"Now".to_owned()));
    for other in ["?date=2026-11-25", "?date=2026-11-23", "?view=week&date=2026-12-01"] {
        assert!(!ward.book(other).await.has("[data-now]"), "{other}");
    }
    ward.app.clock.set(ward.app.in_minutes(30));
    assert_eq!(shown("").await, ["09:00", "09:30", "10:00", "10:30", "Now", "11:00", "11:30"]);
    let free = async || free_of(&ward.book("").await, &ward.doctor);
    assert_eq!(free().await.first().map(String::as_str), Some("2026-11-24T10:30"));
    ward.app.clock.advance(chrono::TimeDelta::microseconds(1));
    assert_eq!(free().await.first().map(String::as_str), Some("2026-11-24T11:00"), "as soon as it is so");
    ward.app.clock.set(at("2026-11-24T12:15:00Z"));
    assert_eq!(shown("").await.last().map(String::as_str), Some("Now"), "after the last row");
    ward.app.clock.set(at("2026-11-24T18:14:59Z"));
    assert!(ward.book("").await.says("Tuesday 24 November 2026"));
    ward.app.clock.set(at("2026-11-24T18:15:00Z"));
    let book = ward.book("").await;
    assert!(book.says("Wednesday 25 November 2026"), "it is another day in Kathmandu");
    assert_eq!(book.texts("#book tbody th").first().map(String::as_str), Some("Now"), "before the first row");
}

#[tokio::test]
async fn a_visit_is_on_each_day_of_the_hospitals_clock_that_it_touches() {
    let ward = Ward::open().await;
    let last = ward.visit((&ward.doctor, "Last"), Status::Scheduled, 14 * 60 - 15).await;
    let first = ward.visit((&ward.doctor, "First"), Status::Scheduled, 14 * 60 + 15).await;
    let (today, tomorrow) = (ward.book("").await, ward.book("?date=2026-11-25").await);
    assert_eq!(
        (visits_of(&today, &ward.doctor), visits_of(&tomorrow, &ward.doctor)),
        (vec![last.id], vec![last.id, first.id])
    );
    assert_eq!(text_of(&today, &last), "23:45 Last Gurung Scheduled Outside the hours");
    assert_eq!(text_of(&tomorrow, &first), "00:15 First Gurung Scheduled Outside the hours");
    let since = "23:45–00:15 Last Gurung Scheduled Since the day before Outside the hours";
    assert_eq!(text_of(&tomorrow, &last), since);
    assert_eq!(tomorrow.texts("#book tbody th")[..2], ["00:00", "00:15"]);
    assert!(today.text("#book-count").starts_with("1 visit.") && tomorrow.text("#book-count").starts_with("2 visits."));
    assert!(tomorrow.texts("[data-sheet] tbody tr")[0].contains("Since the day before"), "on paper as well");
    // One that ends at midnight is of its own day alone; in a week, where both days are, no id is there twice.
    let other = doctor(&ward.hospital).named("Zoya", "Rai").create(&ward.app).await;
    let ends = ward.visit((&other, "Ends"), Status::Scheduled, 14 * 60 - 30).await;
    assert_eq!(visits_of(&ward.book("").await, &other), [ends.id]);
    assert_eq!(visits_of(&ward.book("?date=2026-11-25").await, &other), Vec::<i64>::new());
    let week = ward.book("?view=week").await;
    assert_eq!(visits_of(&week, &ward.doctor), [last.id, first.id, last.id]);
}

#[tokio::test]
async fn what_goes_on_over_midnight_is_in_the_way_on_both_days() {
    let ward = Ward::open().await;
    let night = doctor(&ward.hospital).named("Night", "Rai").create(&ward.app).await;
    let hours = [("weekday", "1"), ("start_time", "23:00"), ("end_time", "01:00"), ("next_day", "on")];
    ward.desk.post_form(&format!("/doctors/{}/availability", night.id), &hours).await.expect(303);
    ward.desk.get("/dashboard").await.ok();
    let patient = patient(&ward.hospital).create(&ward.app).await;
    appointment().of(&night).with(&patient).at(at("2026-11-24T18:00:00Z")).create(&ward.app).await;
    // From a quarter to twelve to a quarter past: of the half hours around midnight neither is free.
    assert_eq!(free_of(&ward.book("").await, &night), ["2026-11-24T23:00"]);
    assert_eq!(free_of(&ward.book("?date=2026-11-25").await, &night), ["2026-11-25T00:30"]);
}

#[tokio::test]
async fn times_that_the_clocks_skip_are_not_there() {
    let app = TestApp::start().await;
    let hospital = hospital().in_zone("Europe/London".parse().unwrap()).create(&app).await;
    let doctor = doctor(&hospital).create(&app).await;
    availability(&app, &doctor, 6, (NaiveTime::from_hms_opt(0, 30, 0).unwrap(), hour(3))).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let book = keeping(desk.get("/schedule?date=2027-03-28").await.ok());
    assert_eq!(free_of(&book, &doctor), ["2027-03-28T00:30", "2027-03-28T02:00", "2027-03-28T02:30"]);
    assert_eq!(book.texts("#book tbody th"), ["00:30", "02:00", "02:30"]);
}

#[tokio::test]
async fn an_empty_book_says_so() {
    let app = TestApp::start().await;
    let hospital = hospital().create(&app).await;
    let desk = app.sign_in(&hospital_admin(&hospital).create(&app).await).await;
    let empty = async |query: &str| keeping(desk.get(&format!("/schedule{query}")).await.ok()).text("#book");
    for query in ["", "?view=week"] {
        assert_eq!(empty(query).await, "Your hospital has no doctors yet.");
    }
    let doctor = doctor(&hospital).create(&app).await;
    assert_eq!(empty("").await, "No hours and no visits on this day.");
    assert_eq!(empty("?view=week").await, "No hours and no visits in this week.");
    let surgery = app.sign_in(&doctor).await;
    assert!(keeping(surgery.get("/schedule").await.ok()).says("No hours and no visits on this day."));
}

#[tokio::test]
async fn an_address_that_means_nothing_is_refused() {
    let ward = Ward::open().await;
    let elsewhere = doctor(&hospital().create(&ward.app).await).create(&ward.app).await;
    let foreign = format!("doctor={}", elsewhere.id);
    for query in
        ["date=yesterday", "date=2026-02-30", "date=9999-12-31", "view=month", "doctor=x", "doctor=-1", &foreign]
    {
        let refused = keeping(ward.desk.get(&format!("/schedule?{query}")).await.expect(422));
        assert!(refused.has("[role=alert] a[href^=\"#\"]") && !refused.has("#book"), "{query}");
    }
    ward.desk.get("/schedule?unknown=1").await.expect(422);
    for query in ["page=0", "page=x", "page=2"] {
        ward.desk.get(&format!("/schedule?{query}")).await.expect(404);
    }
    // Nothing chosen is everything, and the book ends where no day can be asked for.
    assert_eq!(ward.book("?date=&doctor=&view=").await.texts("#book thead a"), ["Dr Tara Pandey"]);
    assert!(!ward.book("?date=1900-01-01").await.has("[rel=prev]"));
    assert!(!ward.book("?date=2200-12-31&view=week").await.has("[rel=next]"));
    for query in ["?date=2200-12-31&view=week", "?date=2200-12-31", "?date=1900-01-01&view=week", "?date=1900-01-01"] {
        let links = ward.book(query).await.links();
        for link in links.iter().filter(|link| link.starts_with("/schedule") || link.contains("starts_at=")) {
            ward.desk.get(link).await.ok();
        }
    }
}

#[tokio::test]
async fn a_row_is_a_time_at_which_something_begins() {
    let ward = Ward::open().await;
    let late = doctor(&ward.hospital).named("Zoya", "Rai").create(&ward.app).await;
    let (from, to) = (NaiveTime::from_hms_opt(10, 45, 0).unwrap(), NaiveTime::from_hms_opt(11, 45, 0).unwrap());
    availability(&ward.app, &late, 1, (from, to)).await;
    let book = ward.book("").await;
    let times = ["09:00", "09:30", "10:00", "Now", "10:30", "10:45", "11:00", "11:15", "11:30"];
    assert_eq!(book.texts("#book tbody th"), times);
    assert_eq!(free_of(&book, &late), ["2026-11-24T10:45", "2026-11-24T11:15"]);
}

#[tokio::test]
async fn whoever_turns_a_leaf_goes_on_with_the_same_doctors() {
    let ward = Ward::open().await;
    for number in 1..9 {
        ward.works(&doctor(&ward.hospital).named(&format!("Zoya {number}"), "Rai").create(&ward.app).await).await;
    }
    let book = ward.book("?page=2").await;
    assert_eq!(book.texts("#book thead a"), ["Dr Zoya 8 Rai"]);
    assert_eq!(book.attributes("[rel=next]", "href"), ["/schedule?date=2026-11-25&page=2"]);
    assert_eq!(ward.book("?date=2026-11-25&page=2").await.texts("#book thead a"), book.texts("#book thead a"));
}

/// All of the page but the parts that are put in their place anew, and what tells a live page that it is out of date.
fn what_stays(page: &Page) -> String {
    let document = page.document();
    let all = |css: &str| {
        let selector = scraper::Selector::parse(css).unwrap();
        document.select(&selector).map(|part| part.html()).collect::<Vec<_>>()
    };
    let main = all("main").concat();
    let inner = main[main.find('>').unwrap()..].to_owned();
    all("main [data-live-region], main > .unchanged").iter().fold(inner, |rest, part| rest.replace(part, ""))
}

#[tokio::test]
async fn a_page_that_is_open_at_midnight_keeps_nothing_of_yesterday() {
    let ward = Ward::open().await;
    for query in ["", "?view=week"] {
        ward.app.clock.set(at("2026-11-24T18:14:59Z"));
        let before = ward.book(query).await;
        ward.app.clock.set(at("2026-11-24T18:15:00Z"));
        let after = ward.book(query).await;
        assert_eq!(what_stays(&before), what_stays(&after), "{query}");
        assert!(!what_stays(&after).is_empty());
    }
    let day = ward.book("").await.attributes("#book-tools[data-live-region] input[name=date]", "value");
    assert_eq!(day, ["2026-11-25"]);
}

#[tokio::test]
async fn nothing_is_offered_that_the_booking_would_refuse_for_being_too_far_ahead() {
    let ward = Ward::open_with(&[("BOOKING_HORIZON_DAYS", "1")]).await;
    let patient = patient(&ward.hospital).create(&ward.app).await;
    let surgery = ward.app.sign_in(&ward.doctor).await;
    let free = async |query: &str| free_of(&ward.book(query).await, &ward.doctor);
    // It is ten o'clock.
    let tomorrow = ["2026-11-25T09:00", "2026-11-25T09:30", "2026-11-25T10:00"];
    assert_eq!(free("?date=2026-11-25").await, tomorrow);
    let own = keeping(surgery.get("/schedule?date=2026-11-25").await.ok());
    assert_eq!(free_of(&own, &ward.doctor), tomorrow);
    let (doctor, id) = (ward.doctor.id.to_string(), patient.id.to_string());
    let next = [("doctor_id", doctor.as_str()), ("patient_id", &id), ("starts_at", "2026-11-25T10:30")];
    ward.desk.post_form("/appointments", &next).await.expect(422);
    let later = ward.book("?date=2026-11-26").await;
    assert_eq!(free_of(&later, &ward.doctor), Vec::<String>::new());
    assert!(later.text("#book thead th[data-doctor]").ends_with("Too far ahead to be booked"));
    assert!(!ward.book("?date=2026-11-25").await.says("Too far ahead"));
    ward.app.clock.advance(chrono::TimeDelta::minutes(30));
    assert_eq!(free("?date=2026-11-25").await, [&tomorrow[..], &["2026-11-25T10:30"]].concat());
    ward.desk.post_form("/appointments", &next).await.expect(303);
}
