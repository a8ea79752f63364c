//! What Postgres alone makes of the statements of a dashboard, without the wire: `-- plans`.
//!
//! Each statement is prepared on a connection of its own, as the server prepares it, and run again and again with the values
//! that the server sent; as Postgres says itself (`EXPLAIN ANALYZE`), time for planning, which a plan that is kept does not
//! take any more, and time for the execution. The row's figure is under one plan for all values; beside it, as Postgres chooses
//! between plans after some runs, which is what a server gets, and with a plan for each run.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::{
    clinic::Clinic,
    services::{Services, block_on},
    statement_proxy::Executed,
    table::Table,
    uncached::statements,
};

/// Runs of a statement; the middle one counts.
const RUNS: usize = 31;

/// Whose dashboards there are in the demo, and how long all statements of one may take, in milliseconds.
pub(crate) const DASHBOARDS: [(&str, &str, &str); 4] = [
    ("super@demo.test", "platform administrator", ""),
    ("admin1@demo.test", "hospital administrator", "≤ 2.5 ms"),
    ("patient1@demo.test", "patient", "≤ 0.4 ms"),
    ("doctor1@demo.test", "doctor", "≤ 1.0 ms"),
];

/// Adds a row for each of `dashboards`, given as e-mail, role and goal; `among` says how large the clinic is.
pub(crate) fn measure(services: &Services, table: &mut Table, (dashboards, among): (&[(&str, &str, &str)], &str)) {
    let emails: Vec<String> = dashboards.iter().map(|(email, ..)| (*email).to_owned()).collect();
    let clinic = Clinic::serve(services, &[("CACHE_PAGE_SECONDS", "0")]);
    let cookies = clinic.sign_in(&emails);
    drop(clinic);
    for ((_, name, goal), cookie) in dashboards.iter().zip(&cookies) {
        let page = statements(services, cookie);
        let under = |mode| -> Vec<f64> { page.iter().map(|executed| cost(services, executed, mode)).collect() };
        let [kept, chosen, anew] = ["force_generic_plan", "auto", "force_custom_plan"].map(under);
        table.row([
            &format!("statements of the dashboard of a {name}{among}"),
            &format!("{:.2} ms", kept.iter().sum::<f64>()),
            &format!("{}; as Postgres chooses: {}; planned for each run: {}", sum(&kept), sum(&chosen), sum(&anew)),
            "",
            goal,
        ]);
    }
}

/// The statements' milliseconds, as a sum.
fn sum(costs: &[f64]) -> String {
    let each: Vec<String> = costs.iter().map(|cost| format!("{cost:.2}")).collect();
    format!("{} = {:.2} ms", each.join(" + "), costs.iter().sum::<f64>())
}

/// Milliseconds that planning and execution of a statement take together.
fn cost(services: &Services, executed: &Executed, mode: &str) -> f64 {
    block_on(async {
        let mut options = ConnectOptions::new(services.database_url());
        options.max_connections(1).sqlx_logging(false);
        let database = Database::connect(options).await.unwrap();
        // The server's own sessions have this cost.
        let prepare =
            format!("SET plan_cache_mode = {mode}; SET random_page_cost = 1.1; PREPARE page AS {}", executed.sql);
        database.execute_unprepared(&prepare).await.unwrap();
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(run(&database, executed).await);
        }
        database.close().await.unwrap();
        runs.sort_by(f64::total_cmp);
        runs[RUNS / 2]
    })
}

async fn run(database: &DatabaseConnection, executed: &Executed) -> f64 {
    let quoted = |value: &String| format!("'{}'", value.replace('\'', "''"));
    let values: Vec<String> =
        executed.values.iter().map(|value| value.as_ref().map_or("NULL".to_owned(), quoted)).collect();
    // Reading the clock at each row of each node would take longer than the rows.
    let explain = format!("EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, SUMMARY) EXECUTE page ({})", values.join(", "));
    let explain = explain.replace(" ()", "");
    let lines = database.query_all_raw(Statement::from_string(DbBackend::Postgres, explain)).await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| line.try_get_by_index(0).unwrap()).collect();
    ["Planning Time: ", "Execution Time: "].iter().map(|what| milliseconds(&lines, what)).sum()
}

fn milliseconds(lines: &[String], what: &str) -> f64 {
    let found = lines.iter().find_map(|line| line.strip_prefix(what)?.strip_suffix(" ms")?.parse().ok());
    found.unwrap_or_else(|| panic!("no {what}in {lines:#?}"))
}
