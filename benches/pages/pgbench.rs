//! What Postgres alone makes of a page's statements: `pgbench` sends them, prepared, with the same values.

use std::{fmt::Write as _, fs, path::PathBuf, process::Command};

use super::{
    services::{Services, WORKERS, seconds},
    statement_proxy::Executed,
};

/// Runs the statements in order, again and again, over that many connections; how often a second all of them were run.
pub(crate) fn run(services: &Services, page: &[Executed], connections: u32) -> f64 {
    let script = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{}.sql", std::process::id()));
    let mut command = Command::new(program());
    command.args(["-n", "-M", "prepared", "-f"]).arg(&script);
    command.args([format!("-c{connections}"), format!("-j{WORKERS}"), format!("-T{}", seconds())]);
    let mut text = String::new();
    for (place, executed) in page.iter().enumerate() {
        let _ = writeln!(text, "{};", with_variables(executed, place));
        for (number, value) in executed.values.iter().enumerate() {
            if let Some(value) = value {
                command.args(["-D", &format!("s{place}v{}={value}", number + 1)]);
            }
        }
    }
    fs::write(&script, text).unwrap();
    let output = command.arg(services.database_url()).output().unwrap();
    let _ = fs::remove_file(&script);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("number of failed transactions: 0"),
        "pgbench: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
    rate.and_then(|rate| rate.split(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("{said}"))
}

/// `$1` becomes the variable `:s0v1`, which pgbench sends as a parameter again; a null stands as it is.
fn with_variables(executed: &Executed, place: usize) -> String {
    let mut parts = executed.sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        match number.parse::<usize>().ok().and_then(|number| executed.values.get(number - 1)) {
            Some(Some(_)) => {
                let _ = write!(text, ":s{place}v{number}{rest}");
            }
            Some(None) => {
                let _ = write!(text, "NULL{rest}");
            }
            None => panic!("no value for ${part}"),
        }
    }
    text
}

/// On the path, or beside the server programs, where Debian keeps it.
fn program() -> PathBuf {
    let is_there = Command::new("pgbench").arg("--version").output().is_ok();
    if is_there {
        return "pgbench".into();
    }
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = folders.map(|folder| folder.path().join("bin/pgbench")).find(|path| path.exists());
    found.expect("pgbench is installed (Debian: postgresql-contrib, postgresql)")
}
