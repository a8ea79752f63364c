//! `telemedicine restored`: after a backup was put back nobody sees what came after it.

use std::net::TcpListener;

use reqwest::{Client, Response, StatusCode};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};

use crate::postgres::Fresh;
use crate::program::{Program, service};

/// Public, and kept for everybody.
const PUBLIC: &str = "/hospitals/1";
/// Kept for whoever is signed in.
const OWN: &str = "/dashboard";

/// A clinic at an address that stays the same over restarts, as pages are kept for one.
struct Site {
    program: Program,
    address: String,
    visitor: Client,
}

impl Site {
    fn new(prepare: impl FnOnce(Program) -> Program) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let program = Program::new()
            .var("BIND", &address)
            .var("SECRET_KEY", "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3");
        // A connection to a server that has ended is of no use with the next one.
        let visitor = Client::builder().cookie_store(true).pool_max_idle_per_host(0);
        let visitor = visitor.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { program: prepare(program), address, visitor }
    }

    async fn get(&self, path: &str) -> Response {
        self.visitor.get(format!("http://{}{path}", self.address)).send().await.unwrap()
    }

    async fn post(&self, path: &str, form: &str) -> StatusCode {
        let request = self.visitor.post(format!("http://{}{path}", self.address)).body(form.to_owned());
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap().status()
    }

    async fn sign_in(&self) {
        let form = "email=doctor1%40demo.test&password=demo-pass-2026";
        assert_eq!(self.post("/sign-in", form).await, StatusCode::SEE_OTHER);
    }

    async fn rename(&self, name: &str) {
        let form = format!("first_name={name}&last_name=Doctor");
        assert_eq!(self.post("/profile", &form).await, StatusCode::SEE_OTHER);
    }

    /// Whether both pages show the name; they are opened often enough to be kept.
    async fn shows(&self, name: &str) -> [bool; 2] {
        let mut shown = [false; 2];
        for (path, shown) in [PUBLIC, OWN].into_iter().zip(&mut shown) {
            for _ in 0..3 {
                *shown = self.get(path).await.text().await.unwrap().contains(name);
            }
        }
        shown
    }

    /// From the backup on: another name, another session, pages kept.
    async fn goes_on(&self) {
        self.rename("Afterwards").await;
        self.sign_in().await;
        assert_eq!(self.shows("Afterwards").await, [true, true]);
        assert_eq!(self.get(OWN).await.headers()["x-cache"], "hit");
    }

    /// With the backup in place: what was, and nobody is signed in.
    async fn is_back(&self) {
        assert_eq!(self.get(OWN).await.status(), StatusCode::SEE_OTHER, "the session is one of the future");
        let public = self.get(PUBLIC).await.text().await.unwrap();
        assert!(public.contains("Before") && !public.contains("Afterwards"), "a page of the future");
        self.sign_in().await;
        assert_eq!(self.shows("Before").await, [true, true]);
        assert_eq!(self.shows("Afterwards").await, [false, false]);
    }
}

#[tokio::test]
async fn a_backup_of_sqlite_is_the_clinic_as_it_was() {
    let site = Site::new(|program| program);
    let file = site.program.folder().join("data/telemedicine.db");
    let backup = site.program.folder().join("clinic-backup.db");
    let serving = site.program.serve();
    site.sign_in().await;
    site.rename("Before").await;
    // While the server runs.
    let db = open(&format!("sqlite://{}", file.display())).await;
    db.execute_unprepared(&format!("VACUUM INTO '{}'", backup.display())).await.unwrap();
    db.close().await.unwrap();
    site.goes_on().await;
    assert_eq!(serving.stop(), Some(0));

    for tail in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{tail}", file.display()));
    }
    std::fs::rename(&backup, &file).unwrap();
    mails_wait(&format!("sqlite://{}", file.display())).await;
    are_sorted_out(&site.program);
    let serving = site.program.serve();
    site.is_back().await;
    assert_eq!(serving.stop(), Some(0));
}

#[tokio::test]
async fn a_backup_of_postgres_is_the_clinic_as_it_was_whatever_redis_keeps() {
    let (Some(server), Some(redis)) = (service("TEST_DATABASE_URL"), service("TEST_REDIS_URL")) else { return };
    let database = Fresh::new(&server);
    let url = database.url();
    let db = open(&url).await;
    migration::up(&db).await.unwrap();
    db.close().await.unwrap();
    let prefix = format!("restored-{:016x}", rand::random::<u64>());
    let site = Site::new(|program| {
        program.var("DATABASE_URL", &url).var("REDIS_URL", &redis).var("CACHE_KEY_PREFIX", &prefix)
    });
    site.program.run(&["demo"]).succeeds();
    let serving = site.program.serve();
    site.sign_in().await;
    site.rename("Before").await;
    assert_eq!(serving.stop(), Some(0));
    let file = site.program.folder().join("clinic.dump");
    let copy = (!database.dump(&file)).then(|| database.copy());
    let kept = what_triggers_keep(&url).await;
    let serving = site.program.serve();
    site.goes_on().await;
    assert_eq!(serving.stop(), Some(0));

    match &copy {
        Some(copy) => database.replace_by(copy),
        None => database.restore(&file),
    }
    assert_eq!(what_triggers_keep(&url).await, kept);
    mails_wait(&url).await;
    let said = are_sorted_out(&site.program);
    assert!(said.contains("keys removed") && !said.contains("redis     0 keys"), "{said}");
    let serving = site.program.serve();
    site.is_back().await;
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn without_redis_that_is_configured_it_says_that_pages_may_be_kept_there() {
    let program = Program::new().var("REDIS_URL", "redis://127.0.0.1:1").var("REDIS_TIMEOUT", "1");
    program.run(&["restored"]).fails(1, &["127.0.0.1:1", "REDIS_URL"]);
    Program::new().run(&["restored", "--stopped-at", "yesterday"]).fails(2, &["--stopped-at"]);
}

/// Triggers, constraints and indexes of the schema, and what was counted: a restore must bring all of it back.
async fn what_triggers_keep(url: &str) -> String {
    let kept = "SELECT concat_ws(' ', (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), \
        (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND convalidated), \
        (SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid::regclass::text NOT LIKE 'pg\\_%'), \
        (SELECT sum(visits) FROM care_relation), (SELECT sum(patients_seen) FROM doctor_tally), \
        (SELECT sum(patients) FROM hospital_tally), (SELECT count(*) FROM audit_entry)) AS kept";
    let db = open(url).await;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), kept)).await.unwrap().unwrap();
    db.close().await.unwrap();
    row.try_get("", "kept").unwrap()
}

/// Two mails that wait in the backup, due on one day and the next.
async fn mails_wait(url: &str) {
    let db = open(url).await;
    for day in [1, 2] {
        let mail = format!(
            "INSERT INTO mail (recipient_id, kind, appointment_id, visit_starts_at, status, due_at, attempts, created_at, updated_at)
             SELECT patient.user_id, 'reminder', appointment.id, appointment.starts_at, 'waiting', '2026-03-0{day}T09:00:00+00:00', 0,
                    appointment.created_at, appointment.created_at
             FROM appointment JOIN patient ON patient.id = appointment.patient_id ORDER BY appointment.id LIMIT 1"
        );
        db.execute_unprepared(&mail).await.unwrap();
    }
    let waiting =
        "SELECT count(*) AS number FROM mail WHERE status = 'waiting' AND due_at < '2026-03-03T00:00:00+00:00'";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), waiting)).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "number").unwrap(), 2);
    db.close().await.unwrap();
}

/// Only what was due while servers ran may have been sent; and twice does no harm.
fn are_sorted_out(program: &Program) -> String {
    let said = program.run(&["restored", "--stopped-at", "2026-03-01T18:00:00Z"]).succeeds();
    assert!(said.contains("mail      1 given up, due by 2026-03-01T18:00:00Z"), "{said}");
    assert!(!said.contains("sessions  0 ended"), "{said}");
    let again = program.run(&["restored"]).succeeds();
    assert!(again.contains("sessions  0 ended"), "{again}");
    said
}

async fn open(url: &str) -> DatabaseConnection {
    Database::connect(url).await.unwrap()
}
