//! What sealing costs when the trail is long: `-- sealing`.
//!
//! Two million entries of ten hospitals are made inside Postgres and sealed by the server's own sealer in seals of twenty, as a busy minute leaves
//! them. Then rounds are measured, each with new entries, and `telemedicine audit verify` over all of it.

use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use telemedicine::{
    features::audit::Sealer,
    integrations::{Clock, OutgoingMail, Outside, mailer::MemoryMailer},
    settings::Settings,
    state::AppState,
};

use super::{
    services::{Services, block_on, trail},
    table::Table,
};

const HOSPITALS: u64 = 10;
/// Entries in a seal: what a hospital writes in a minute.
const A_MINUTE: u64 = 20;
/// Rounds that are measured; the middle one counts, and the worst is told.
const ROUNDS: usize = 41;

/// Adds the rows.
pub(crate) fn measure(services: &Services, table: &mut Table) {
    let entries = trail();
    services.execute(PEOPLE);
    services.execute(&written(entries / HOSPITALS));
    let mut vars = services.settings(0);
    // One connection, which is asked what it has looked at.
    vars.insert("DB_MAX_CONNECTIONS".to_owned(), "1".to_owned());
    let rounds = block_on(async {
        let settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
        let outgoing_mail = OutgoingMail::through(Arc::new(MemoryMailer::default()));
        let outside = Outside { clock: Clock::system(), outgoing_mail };
        let state = AppState::open(settings, outside).await.unwrap_or_else(|error| panic!("{error}"));
        seal_all(&state, entries).await;
        let db = state.db.bare();
        // As autovacuum leaves it, in which time it takes.
        for statement in ["SET statement_timeout = 0", "VACUUM ANALYZE", "RESET statement_timeout"] {
            db.execute_unprepared(statement).await.unwrap();
        }
        Rounds::run(&state).await
    });
    let seals: i64 = services.rows("SELECT count(*) FROM audit_seal")[0].try_get_by_index(0).unwrap();
    let among = format!("{seals} seals, {entries} entries");
    for (what, round, goal) in [
        ("a round of sealing, ten hospitals with 20 new entries each", &rounds.busy, "≤ 50 ms"),
        ("a round with nothing new", &rounds.quiet, "≤ 50 ms"),
        ("the first round of an instance that seals", &rounds.first, ""),
    ] {
        let beside = format!("{among}; the slowest {:.1} ms; {} pages looked at", round.slowest, round.pages);
        table.row([what, &format!("{:.1} ms", round.middle), &beside, "", goal]);
    }
    let took = verify(services);
    table.row(["`telemedicine audit verify` of all of it", &format!("{:.0} s", took.as_secs_f64()), &among, "", ""]);
}

/// Milliseconds of the middle and of the slowest round, and pages of the trail, its seals and their indexes that the middle one looked at.
#[derive(Default)]
struct Round {
    middle: f64,
    slowest: f64,
    pages: i64,
}

impl Round {
    fn of(mut rounds: Vec<(f64, i64)>) -> Self {
        rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (middle, pages) = rounds[rounds.len() / 2];
        Self { middle, slowest: rounds[rounds.len() - 1].0, pages }
    }
}

#[derive(Default)]
struct Rounds {
    busy: Round,
    quiet: Round,
    first: Round,
}

impl Rounds {
    async fn run(state: &AppState) -> Self {
        let mut firsts = Vec::new();
        for _ in 0..5 {
            let sealer = Sealer::new(state);
            sealer.round().await.unwrap();
            add(state, A_MINUTE).await;
            sealer.round().await.unwrap();
            firsts.push(timed(state, &sealer).await);
        }
        let sealer = Sealer::new(state);
        let (mut busy, mut quiet) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            sealer.round().await.unwrap();
        }
        for _ in 0..ROUNDS {
            add(state, A_MINUTE).await;
            // It sees them, and the next one seals them.
            quiet.push(timed(state, &sealer).await);
            busy.push(timed(state, &sealer).await);
        }
        Self { busy: Round::of(busy), quiet: Round::of(quiet), first: Round::of(firsts) }
    }
}

async fn timed(state: &AppState, sealer: &Sealer) -> (f64, i64) {
    let before = looked_at(state).await;
    let start = Instant::now();
    sealer.round().await.unwrap();
    let took = start.elapsed().as_secs_f64() * 1000.0;
    (took, looked_at(state).await - before)
}

async fn seal_all(state: &AppState, entries: u64) {
    let sealer = Sealer::new(state).of_at_most(A_MINUTE);
    sealer.round().await.unwrap();
    let sealed = sealer.round().await.unwrap();
    assert_eq!(sealed, entries, "somebody else writes to the trail");
}

async fn looked_at(state: &AppState) -> i64 {
    let db = state.db.bare();
    db.execute_unprepared("SELECT pg_stat_force_next_flush()").await.unwrap();
    let sum = "SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint FROM pg_statio_user_tables \
               WHERE relname IN ('audit_entry', 'audit_seal', 'audit_chain_head')";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sum)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn add(state: &AppState, of_each: u64) {
    state.db.bare().execute_unprepared(&written(of_each)).await.unwrap();
}

const PEOPLE: &str = "INSERT INTO hospital (name, address, phone, email) \
    SELECT 'Hospital ' || k, 'Kathmandu', '+977 1', 'desk@growth.test' FROM generate_series(1, 10) k;
    INSERT INTO \"user\" (email, password_hash, role, hospital_id, first_name, last_name) \
    SELECT 'admin' || k || '@growth.test', 'none', 'hospital_admin', k, 'First', 'Last' FROM generate_series(1, 10) k";

/// Entries of each hospital, of all of them in turn.
fn written(of_each: u64) -> String {
    format!(
        "INSERT INTO audit_entry (at, actor_id, actor_name, actor_role, hospital_id, action, subject_kind, subject_id, detail)
         SELECT now(), person.id, '-', person.role, person.hospital_id, 'opened', 'patient', n, '{{}}'
           FROM generate_series(1, {of_each}) AS n CROSS JOIN \"user\" AS person"
    )
}

fn verify(services: &Services) -> Duration {
    let start = Instant::now();
    let mut program = Command::new(services.program());
    let output = program.args(["audit", "verify"]).envs(services.settings(8000)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed()
}
