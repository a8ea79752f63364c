//! Pages that change by themselves: `-- live`.

use std::time::{Duration, Instant};

use super::{
    clinic::{Clinic, SETTLED, form},
    mixed,
    others::{self, Others},
    services::{Services, block_on, live_streams, seconds},
    streams::{self, OF_ONE_SESSION, OpenStream},
    table::Table,
};

/// Changes that somebody else waits for.
const CHANGES: usize = 200;
/// People who look at one board, and who are in their rooms.
const PEOPLE: usize = 200;
/// So often the board changes at which they look.
const CHANGES_OF_A_BOARD: usize = 5;
/// A browser that is told of a change waits as long at most, so that many do not ask at one moment (`live.js`).
const BY_CHANCE: Duration = Duration::from_millis(250);
/// Streams that are open when the process is asked to end.
const AT_THE_END: usize = 1_000;
/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(15);

/// Measures what an idle stream takes, how soon others see a change, a change of a board that many look at, the end of a process,
/// rooms, and the mixed load beside idle streams.
pub(crate) fn measure(services: &Services, table: &mut Table) {
    idle(services, table);
    seen_elsewhere(services, table);
    one_board(services, table);
    the_end(services, table);
    rooms(services, table);
    mixed::beside_streams(services, table);
}

/// Patients of the demo, signed in: as many as it takes to have so many streams.
pub(crate) fn patients(clinic: &Clinic, streams: usize) -> Vec<String> {
    let emails = (0..streams.div_ceil(OF_ONE_SESSION)).map(|place| format!("patient{}@demo.test", 1_000 + place));
    clinic.sign_in(&emails.collect::<Vec<_>>())
}

fn idle(services: &Services, table: &mut Table) {
    let clinic = Clinic::serve(services, &[]);
    let count = live_streams();
    let cookies = patients(&clinic, count);
    // Their pages are made, and what the first streams need is there.
    drop(streams::open(&clinic, &cookies, count.min(100)));
    for cookie in &cookies {
        clinic.page("/dashboard", cookie, "br");
    }
    std::thread::sleep(SETTLED);
    let before = clinic.memory();
    let open = streams::open(&clinic, &cookies, count);
    std::thread::sleep(SETTLED);
    let each = (clinic.memory() - before) * 1000.0 / open.len() as f64;
    let remark = format!("{count} streams, {before:.0} MB before them");
    table.row(["live pages: memory of an idle stream", &format!("{each:.1} kB"), &remark, "", "≤ 25 kB"]);
}

fn middle_and_p95(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[(times.len() - 1) * 95 / 100])
}

/// A doctor says on one instance that they run late, and looks at the dashboard on another.
fn seen_elsewhere(services: &Services, table: &mut Table) {
    let (here, there) = (Clinic::serve(services, &[]), Clinic::serve(services, &[]));
    std::thread::sleep(SETTLED);
    let cookie = here.sign_in(&["doctor1@demo.test".to_owned()]).swap_remove(0);
    let delay = format!("/doctors/{}/delay", doctor(services));
    let change = |number: usize| {
        let mut stream = OpenStream::open(&there.origin, &cookie, &streams::token(&there, "/dashboard", &cookie));
        stream.comes_to("ready");
        here.post(&delay, &cookie, &[("minutes", if number.is_multiple_of(2) { "20" } else { "45" })]);
        let answered = Instant::now();
        let told = stream.comes_to("changed").saturating_duration_since(answered);
        there.page("/dashboard", &cookie, "br");
        (told.as_secs_f64() * 1000.0, answered.elapsed().as_secs_f64() * 1000.0)
    };
    let (told, fetched): (Vec<f64>, Vec<f64>) = (0..CHANGES).map(change).unzip();
    let ((told, told_p95), (_, p95)) = (middle_and_p95(told), middle_and_p95(fetched));
    table.row([
        "live pages, two instances: change answered → another browser has the new page, p95",
        &format!("{p95:.1} ms, and up to 250 ms by chance"),
        &format!("told after {told:.1} ms, p95 {told_p95:.1} ms; {CHANGES} changes"),
        "",
        "≤ 500 ms",
    ]);
}

/// `doctor.id` of the demo's first.
fn doctor(services: &Services) -> i64 {
    let query = "SELECT doctor.id FROM doctor JOIN \"user\" u ON u.id = user_id WHERE email = 'doctor1@demo.test'";
    services.rows(query)[0].try_get("", "id").unwrap()
}

/// As many administrators of one hospital; `doctor.id` of one of its doctors.
fn many_desks(services: &Services) -> i64 {
    services.execute(&format!(
        "INSERT INTO \"user\" (email, password_hash, role, hospital_id, first_name, last_name)
         SELECT 'desk' || k || '@demo.test', password_hash, role, hospital_id, first_name, last_name || k
           FROM \"user\", generate_series(1, {PEOPLE}) k WHERE email = 'admin1@demo.test'"
    ));
    let theirs = "SELECT d.id FROM doctor d JOIN \"user\" u ON u.id = d.user_id JOIN \"user\" a ON a.hospital_id = u.hospital_id \
                  WHERE a.email = 'admin1@demo.test' LIMIT 1";
    services.rows(theirs)[0].try_get("", "id").unwrap()
}

/// Two hundred people, each with a board of their own hospital's day: all of them are told of a change, and fetch their page as browsers do, within a quarter of a
/// second by chance. Meanwhile people of other hospitals go on looking at pages that are kept.
fn one_board(services: &Services, table: &mut Table) {
    let doctor = many_desks(services);
    let clinic = Clinic::serve(services, &[]);
    let emails: Vec<String> = (1..=PEOPLE).map(|k| format!("desk{k}@demo.test")).collect();
    let cookies = clinic.sign_in(&emails);
    let admin = clinic.sign_in(&["admin1@demo.test".to_owned()]).swap_remove(0);
    let others = Others::gather(services, &clinic);
    let ((), quiet) = others.beside(|| std::thread::sleep(SETTLED * 3));
    let (mut seen, mut waits) = (Vec::new(), Vec::new());
    for round in 0..CHANGES_OF_A_BOARD {
        let watching = watch(&clinic, &cookies);
        let minutes = if round % 2 == 0 { "30" } else { "45" };
        let change = || {
            clinic.post(&format!("/doctors/{doctor}/delay"), &admin, &[("minutes", minutes)]);
            fetch_all(&clinic, watching)
        };
        let (wave, beside) = others.beside(change);
        seen.extend(wave);
        waits.extend(beside);
    }
    let last = seen.iter().map(|(time, _)| *time).fold(0.0, f64::max);
    let statements: u32 = seen.iter().map(|(_, statements)| statements).sum();
    table.row([
        "live pages: a change of a board at which 200 people look, until all have the new one",
        &format!("{last:.0} ms"),
        &format!(
            "the longest of {CHANGES_OF_A_BOARD} changes; {:.1} statements for each",
            f64::from(statements) / seen.len() as f64
        ),
        "",
        "≤ 2000 ms, ≤ 3",
    ]);
    let ((p99, hits), (of_quiet, quiet_hits)) = (others::p99(&waits), others::p99(&quiet));
    table.row([
        "live pages: pages of others meanwhile, from the cache, p99",
        &format!("{p99:.1} ms, {hits:.1} % of {} requests", waits.len()),
        &format!("while nothing changes: {of_quiet:.1} ms, {quiet_hits:.1} % of {} requests", quiet.len()),
        &format!("{:.1}", p99 / of_quiet),
        "≤ 2",
    ]);
}

/// A stream of the board for each of these people, ready.
fn watch<'a>(clinic: &Clinic, cookies: &'a [String]) -> Vec<(OpenStream, &'a String)> {
    let open = |cookie: &'a String| {
        (OpenStream::open(&clinic.origin, cookie, &streams::token(clinic, "/dashboard", cookie)), cookie)
    };
    let mut watching: Vec<_> = cookies.iter().map(open).collect();
    for (stream, _) in &mut watching {
        stream.comes_to("ready");
    }
    watching
}

/// Each waits until it is told and fetches its page: the milliseconds since now until it has it, and the statements that it cost.
fn fetch_all(clinic: &Clinic, watching: Vec<(OpenStream, &String)>) -> Vec<(f64, u32)> {
    let answered = Instant::now();
    let fetch = |(mut stream, cookie): (OpenStream, &String)| {
        stream.comes_to("changed");
        std::thread::sleep(BY_CHANCE.mul_f64(rand::random()));
        let page = clinic.page("/dashboard", cookie, "br");
        (answered.elapsed().as_secs_f64() * 1000.0, page.statements())
    };
    let fetch = &fetch;
    std::thread::scope(|scope| {
        let people: Vec<_> = watching.into_iter().map(|one| scope.spawn(move || fetch(one))).collect();
        people.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// A process that is asked to end while pages are open.
fn the_end(services: &Services, table: &mut Table) {
    let clinic = Clinic::serve(services, &[]);
    let count = AT_THE_END.min(live_streams());
    let cookies = patients(&clinic, count);
    let mut open = streams::open(&clinic, &cookies, count);
    let began = Instant::now();
    clinic.end();
    let took = began.elapsed().as_secs_f64();
    for stream in &mut open {
        stream.comes_to("bye");
    }
    let remark = format!("{count} streams, each of them told");
    table.row(["live pages: SIGTERM → the process is gone", &format!("{took:.2} s"), &remark, "", "≤ 3 s"]);
}

/// Two hundred patients in their rooms.
fn rooms(services: &Services, table: &mut Table) {
    let query = format!(
        "SELECT DISTINCT ON (a.patient_id) a.id, u.email FROM appointment a JOIN patient p ON p.id = a.patient_id \
         JOIN \"user\" u ON u.id = p.user_id WHERE a.status IN ('scheduled', 'confirmed', 'waiting') AND u.active LIMIT {PEOPLE}"
    );
    let rows = services.rows(&query);
    let emails: Vec<String> = rows.iter().map(|row| row.try_get("", "email").unwrap()).collect();
    let clinic = Clinic::serve(services, &[]);
    let cookies = clinic.sign_in(&emails);
    let addresses = rows.iter().map(|row| format!("/appointments/{}/presence", row.try_get::<i64>("", "id").unwrap()));
    let people: Vec<(String, String)> = addresses.zip(cookies).collect();
    let sign =
        |people: &[(String, String)]| -> u32 { people.iter().map(|(path, cookie)| clinic.sign(path, cookie)).sum() };
    sign(&people);
    let beats = (seconds() / BEAT.as_secs()).max(1);
    let mut statements = 0;
    for _ in 0..beats {
        std::thread::sleep(BEAT);
        statements += sign(&people);
    }
    let each_second = f64::from(statements) / (beats * BEAT.as_secs()) as f64;
    let remark = format!("{} people, a sign each {} s", people.len(), BEAT.as_secs());
    table.row(["live pages: presence, statements a second", &format!("{each_second:.1}"), &remark, "", "≤ 15"]);
}

impl Clinic {
    /// Signs that whoever has that cookie is in a room; the statements that it cost.
    fn sign(&self, path: &str, cookie: &str) -> u32 {
        block_on(async {
            let request = self.http.post(format!("{}{path}", self.origin)).header("x-live", "1");
            let request = request.header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
            let answer = request.body(form(&[("state", "here")])).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 204, "{path}");
            super::clinic::statements(&answer)
        })
    }
}
