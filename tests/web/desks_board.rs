//! The desk's board: who is expected, waits, is in a visit and was there, each once, and found by a part of the name.

use crate::support::*;

use AppointmentStatus as Status;

struct Desk {
    app: TestApp,
    hospital: Hospital,
    doctor: Doctor,
    client: Client,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let hospital = hospital().create(&app).await;
        let doctor = doctor(&hospital).named("Tara", "Pandey").create(&app).await;
        let admin = hospital_admin(&hospital).create(&app).await;
        let client = app.sign_in(&admin).await;
        Self { app, hospital, doctor, client }
    }

    async fn visit(&self, (doctor, name): (&Doctor, &str), status: Status, minutes: i64) -> Appointment {
        let patient = patient(&self.hospital).named(name, "Gurung").create(&self.app).await;
        let at = self.app.in_minutes(minutes);
        let visit = appointment().of(doctor).with(&patient).at(at).status(status).overbooked();
        visit.since(self.app.in_minutes(-15)).create(&self.app).await
    }

    async fn board(&self, query: &str) -> Page {
        let board = self.client.get(&format!("/dashboard{query}")).await.ok();
        assert_eq!(rules::broken(&board.body), Vec::<String>::new());
        board
    }
}

fn column(board: &Page, code: &str) -> Vec<i64> {
    board.appointments(&format!("[data-column={code}]"))
}

#[tokio::test]
async fn everybody_of_the_day_is_in_one_column() {
    let desk = Desk::open().await;
    let visit = async |name, status, minutes| desk.visit((&desk.doctor, name), status, minutes).await.id;
    let late = visit("Late", Status::Confirmed, -11).await;
    let just = visit("Just", Status::Scheduled, -9).await;
    let soon = visit("Soon", Status::Scheduled, 60).await;
    let waits = visit("Waits", Status::Waiting, 30).await;
    let inside = visit("Inside", Status::InProgress, -40).await;
    let done = visit("Done", Status::Completed, -120).await;
    let missed = visit("Missed", Status::NoShow, -90).await;
    visit("Asks", Status::Requested, 90).await;
    visit("Called off", Status::Cancelled, 20).await;
    visit("Tomorrow", Status::Scheduled, 24 * 60).await;

    let board = desk.board("").await;
    assert_eq!(column(&board, "expected"), [late, just, soon]);
    assert_eq!(column(&board, "waiting"), [waits]);
    assert_eq!(column(&board, "in_visit"), [inside]);
    assert_eq!(column(&board, "done"), [done, missed]);
    assert_eq!(board.texts("[data-column] h3"), ["Waiting 1", "In visit 1", "Expected 3", "Done 2"]);
    assert!(board.text("#board h2").contains('7'), "{}", board.text("#board h2"));
    assert_eq!(board.attributes(".place:has(.late)", "data-appointment"), [late.to_string()]);
    assert!(board.text("[data-column=waiting]").contains("Waiting since 09:45"), "{}", board.text("#waiting"));
    assert!(board.text("[data-column=in_visit]").contains("since 09:45"));

    desk.app.clock.set(desk.app.in_minutes(1) + chrono::TimeDelta::microseconds(1));
    let board = desk.board("").await;
    let are_late = board.attributes(".place:has(.late)", "data-appointment");
    assert_eq!(are_late, [late.to_string(), just.to_string()], "as soon as it is so");
}

#[tokio::test]
async fn the_desk_finds_whom_it_looks_for_in_every_column() {
    let desk = Desk::open().await;
    let other = doctor(&desk.hospital).named("Indira", "Shah").create(&desk.app).await;
    let maya = desk.visit((&desk.doctor, "Maya"), Status::Scheduled, 60).await.id;
    let mina = desk.visit((&other, "Mina"), Status::Waiting, 30).await.id;
    let hari = desk.visit((&other, "Hari"), Status::Confirmed, 90).await.id;
    let shown = async |query: &str| desk.board(query).await.appointments("#board");

    assert_eq!(shown("").await, [mina, maya, hari]);
    assert_eq!(shown(&format!("?doctor={}", other.id)).await, [mina, hari]);
    assert_eq!(shown("?q=m%C3%81y").await, [maya], "however it is typed");
    assert_eq!(shown("?q=gur+mi").await, [mina]);
    assert_eq!(shown(&format!("?doctor={}&q=maya", other.id)).await, Vec::<i64>::new());
    for nothing in ["?q=", "?doctor=", "?doctor=x", "?doctor=-1&q=+"] {
        assert_eq!(shown(nothing).await.len(), 3, "{nothing}");
    }
    assert_eq!(shown("?q=%25").await, Vec::<i64>::new(), "a sign is looked for as it is");
    let narrowed = desk.board(&format!("?doctor={}&q=min", other.id)).await;
    assert_eq!(narrowed.attributes("[name=q]", "value"), ["min"]);
    assert_eq!(narrowed.attributes("[name=doctor] [selected]", "value"), [other.id.to_string()]);
    assert_eq!(narrowed.texts("[name=doctor] option"), ["All doctors", "Dr Indira Shah", "Dr Tara Pandey"]);
    assert!(narrowed.has("[data-narrowed] a[href=\"/dashboard\"]"), "it says that it leaves people out");
    assert_eq!(narrowed.texts("[data-column] .unknown"), ["Nobody who is looked for."; 3], "others may be there");
    assert_eq!(narrowed.figure("waiting"), 1, "the figures are the hospital's");

    let of_one = format!("/dashboard?doctor={}", other.id);
    let board = desk.client.get(&of_one).await.ok();
    let arrival = format!("#visit-{hari} form[action=\"/appointments/{hari}/arrival\"]");
    let done = desk.client.submit(&board, &arrival, &[]).await.expect(303);
    assert_eq!(done.location(), format!("{of_one}#visit-{hari}"), "the desk is where it was");
    assert_eq!(column(&desk.client.follow(done).await.ok(), "waiting"), [mina, hari]);
    // Whoever waits longest stands first.
    let elsewhere = [("version", "0"), ("back", "row"), ("doctor", "//elsewhere.example")];
    let sent = desk.client.post_form(&format!("/appointments/{maya}/arrival"), &elsewhere).await.expect(303);
    assert_eq!(sent.location(), format!("/dashboard#visit-{maya}"));
}
