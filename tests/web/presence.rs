//! What lists say of the rooms of visits: who is there, the way in, and how late the doctor runs; and for how long it is kept.

use chrono::TimeDelta;
use entity::{doctor_delay, visit_presence};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, sea_query::Expr};

use crate::{support::*, sweeping::removed};

/// A visit that is awaited, another of another day, and whoever sees them in a list.
struct Lists {
    app: TestApp,
    doctor: Doctor,
    patient: Patient,
    visit: Appointment,
    later: Appointment,
    surgery: Client,
    home: Client,
    desk: Client,
}

impl Lists {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).create(&app).await;
        let patient = patient(&hospital).create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        let visit = appointment().of(&doctor).with(&patient).at(app.in_minutes(-5));
        let visit = visit.status(AppointmentStatus::Waiting).create(&app).await;
        let later = appointment().of(&doctor).with(&patient).at(app.in_hours(40)).create(&app).await;
        let (surgery, home) = (app.sign_in(&doctor).await, app.sign_in(&patient).await);
        let desk = app.sign_in(&admin).await;
        Self { app, doctor, patient, visit, later, surgery, home, desk }
    }

    async fn sign(&self, client: &Client, state: &str) {
        client.post_form(&format!("{}/presence", self.visit.path()), &[("state", state)]).await.expect(204);
    }

    /// Of whom the dashboard says that they are where, in the row of the visit.
    async fn seen(&self, client: &Client) -> Vec<(String, String)> {
        let page = client.get("/dashboard").await.ok();
        assert!(page.statements() <= 3, "{}: {} statements", client.who, page.statements());
        let row = format!("[data-appointment=\"{}\"] [data-presence]", self.visit.id);
        let (states, users) = (page.attributes(&row, "data-presence"), page.attributes(&row, "data-user"));
        states.into_iter().zip(users).collect()
    }
}

#[tokio::test]
async fn lists_say_who_is_in_the_room_and_count_them() {
    let lists = Lists::open().await;
    let here_now = async |client: &Client| client.get("/dashboard").await.ok().figure("here-now");
    assert_eq!(lists.seen(&lists.surgery).await, []);
    assert_eq!((here_now(&lists.surgery).await, here_now(&lists.desk).await), (0, 0));
    lists.sign(&lists.surgery, "here").await;
    assert_eq!(lists.seen(&lists.home).await[0], ("here".to_owned(), lists.doctor.user_id.to_string()));
    assert_eq!((here_now(&lists.surgery).await, here_now(&lists.desk).await), (0, 0), "the doctor is no patient");
    lists.sign(&lists.home, "here").await;
    let here = ("here".to_owned(), lists.patient.user_id.to_string());
    for client in [&lists.surgery, &lists.desk] {
        let seen = lists.seen(client).await;
        assert!(!seen.is_empty() && seen.iter().all(|one| *one == here), "{}: {seen:?}", client.who);
        assert_eq!(here_now(client).await, 1, "{}", client.who);
    }
    // Of the room of tomorrow's visit no row says anything.
    lists.home.post_form(&format!("{}/presence", lists.later.path()), &[("state", "here")]).await.expect(204);
    for client in [&lists.surgery, &lists.desk] {
        assert_eq!(here_now(client).await, 1, "{}", client.who);
    }
    lists.sign(&lists.home, "leaving").await;
    lists.app.clock.advance(TimeDelta::seconds(5));
    for client in [&lists.surgery, &lists.desk] {
        assert_eq!(lists.seen(client).await[0].0, "away", "{}", client.who);
        assert_eq!(here_now(client).await, 0, "{}", client.who);
    }
    lists.app.clock.advance(TimeDelta::seconds(40));
    assert_eq!(lists.seen(&lists.home).await[0].0, "away", "nothing was heard of the doctor");
}

#[tokio::test]
async fn lists_lead_into_the_room_when_it_is_time() {
    let lists = Lists::open().await;
    let room = |visit: &Appointment| format!("{}/room", visit.path());
    let rooms =
        async |client: &Client| client.get("/dashboard").await.ok().attributes(".buttons a[href$=\"/room\"]", "href");
    for client in [&lists.surgery, &lists.home] {
        let found = rooms(client).await;
        assert!(!found.is_empty() && found.iter().all(|href| *href == room(&lists.visit)), "{}: {found:?}", client.who);
    }
    assert_eq!(rooms(&lists.desk).await, Vec::<String>::new(), "it is for the two who meet");
    lists.app.clock.advance(lists.later.starts_at - lists.app.now() - TimeDelta::minutes(30));
    let home = lists.app.sign_in(&lists.patient).await;
    assert!(rooms(&home).await.contains(&room(&lists.later)));
}

#[tokio::test]
async fn lists_say_how_late_the_doctor_runs() {
    let lists = Lists::open().await;
    let late = async |client: &Client| client.get("/dashboard").await.ok().attributes("[data-late]", "data-late");
    let path = format!("/doctors/{}/delay", lists.doctor.id);
    for (minutes, seen) in [("20", Some("20")), ("45", Some("45")), ("0", None)] {
        for client in [&lists.surgery, &lists.home, &lists.desk] {
            late(client).await;
        }
        let said = lists.surgery.post_form(&path, &[("minutes", minutes)]).await.expect(303);
        assert!(said.statements() <= 8, "{} statements", said.statements());
        for client in [&lists.surgery, &lists.home, &lists.desk] {
            let found = late(client).await;
            assert!(found.iter().all(|one| Some(one.as_str()) == seen), "{}: {found:?}", client.who);
            assert_eq!(found.is_empty(), seen.is_none(), "{}", client.who);
        }
    }
}

#[tokio::test]
async fn who_was_in_rooms_and_how_late_doctors_ran_is_not_kept_for_ever() {
    let lists = Lists::open().await;
    for client in [&lists.surgery, &lists.home] {
        lists.sign(client, "here").await;
    }
    let path = format!("/doctors/{}/delay", lists.doctor.id);
    lists.desk.post_form(&path, &[("minutes", "20")]).await.expect(303);
    let presences = async || visit_presence::Entity::find().count(&lists.app.db).await.unwrap();
    let swept = async || removed(&lists.app).await.into_iter().skip(7).collect::<Vec<_>>();
    let old = [("presence in rooms", 0), ("delays", 0)];
    assert_eq!(swept().await, old);
    let long_ago = lists.app.now() - TimeDelta::days(31);
    let update = visit_presence::Entity::update_many()
        .col_expr(visit_presence::Column::CreatedAt, Expr::value(long_ago))
        .col_expr(visit_presence::Column::HereSince, Expr::value(long_ago))
        .col_expr(visit_presence::Column::HereUntil, Expr::value(long_ago));
    update.exec(&lists.app.db).await.unwrap();
    let day =
        doctor_delay::Entity::update_many().col_expr(doctor_delay::Column::Day, Expr::value(long_ago.date_naive()));
    day.exec(&lists.app.db).await.unwrap();
    assert_eq!(swept().await, [("presence in rooms", 0), ("delays", 1)], "the visit is not over");
    let fields = [("version", lists.visit.version.as_str()), ("outcome", "no_show")];
    lists.surgery.post_form(&format!("{}/outcome", lists.visit.path()), &fields).await.expect(303);
    assert_eq!(presences().await, 2);
    assert_eq!(swept().await, [("presence in rooms", 2), ("delays", 0)]);
    assert_eq!(presences().await, 0);
}
