//! The command as people run it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{connect, on_each};
use migration::sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

#[tokio::test]
async fn it_tells_does_and_takes_back() {
    on_each(async |url| {
        let run = |words: &str| run(url, "development", words);
        assert!(said(&run("status")).contains("pending"));
        assert!(said(&run("plan")).contains("CREATE TABLE hospital"));
        assert!(said(&run("up")).starts_with("applied m0001_hospital\n"));
        assert_eq!(said(&run("up")), "nothing to do\n");
        assert_eq!(said(&run("plan")), "-- nothing to apply\n");
        assert!(!said(&run("status")).contains("pending"));
        assert_eq!(said(&run("down --steps 2")).lines().count(), 2);
        assert_eq!(said(&run("down")).lines().count(), 1);
        assert_eq!(said(&run("up")).lines().count(), 3);
        assert!(said(&run("fresh")).starts_with("applied m0001_hospital\n"));
    })
    .await;
}

#[tokio::test]
async fn production_data_is_lost_only_by_name() {
    on_each(async |url| {
        let run = |words: &str| run(url, "production", words);
        assert!(run("up").status.success());
        for words in ["fresh", "down", "fresh --confirm other"] {
            let refusal = run(words);
            assert_eq!(refusal.status.code(), Some(2));
            assert!(complained(&refusal).contains("--confirm"));
        }
        let name = url.rsplit('/').next().unwrap();
        let name = name.split('?').next().unwrap();
        assert!(run(&format!("down --confirm {name}")).status.success());
        assert!(run(&format!("fresh --confirm {name}")).status.success());
    })
    .await;
}

#[tokio::test]
async fn two_processes_at_once_both_succeed() {
    on_each(async |url| {
        let start = || {
            let mut command = command(url, "development", "up");
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let both = [start(), start(), start()].map(|child| child.wait_with_output().unwrap());
        let lines: usize = both.iter().map(|output| said(output).matches("applied").count()).sum();
        assert_eq!(lines, said(&run(url, "development", "status")).lines().count());
    })
    .await;
}

#[tokio::test]
async fn the_servers_role_is_taken_from_their_address() {
    on_each(async |url| {
        let command = |words: &str| {
            let servers = format!("postgres://command_{}:hunter2@db/clinic", std::process::id());
            let mut command = command(&servers, "production", words);
            command.env("MIGRATION_DATABASE_URL", url).output().unwrap()
        };
        said(&command("up"));
        let granted = command("grant");
        if url.starts_with("sqlite") {
            return assert!(complained(&granted).contains("SQLite has no roles"));
        }
        assert!(said(&granted).contains("may work with rows"));
        let printed = said(&command("grant --print"));
        assert!(printed.starts_with("ALTER ROLE") && !printed.contains("hunter2"), "{printed}");
        let owner = connect(url).await;
        let role = format!("command_{}", std::process::id());
        owner.execute_unprepared(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
        owner.close().await.unwrap();
    })
    .await;
    // With one address there is nobody to grant to.
    let alone = run("postgres://app:hunter2@127.0.0.1:1/clinic", "production", "grant");
    assert!(alone.status.code() == Some(2) && complained(&alone).contains("--role"));
}

#[test]
fn an_embedded_database_is_made_where_the_command_runs_but_not_by_looking() {
    let folder = TempDir::new().unwrap();
    let run = |words: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_migration"));
        command.current_dir(folder.path()).env_remove("DATABASE_URL");
        command.env_remove("ENVIRONMENT").args(words.split(' '));
        command.output().unwrap()
    };
    let file = folder.path().join(Path::new("data/telemedicine.db"));
    assert!(said(&run("status")).contains("pending"));
    assert!(said(&run("plan")).contains("CREATE TABLE"));
    assert!(!file.exists());
    said(&run("up"));
    assert!(file.exists());
}

#[test]
fn wrong_settings_end_with_2_and_an_absent_server_with_1() {
    let wrong = run("mysql://app:hunter2@db/clinic", "staging", "up");
    assert_eq!(wrong.status.code(), Some(2));
    let text = complained(&wrong);
    assert!(text.contains("DATABASE_URL") && text.contains("ENVIRONMENT"), "{text}");
    assert_eq!(run("", "", "sideways").status.code(), Some(2));
    // Nothing listens on port 1.
    let url = "postgres://app:hunter2@127.0.0.1:1/clinic";
    let absent = run(url, "production", "up --wait 0");
    assert_eq!(absent.status.code(), Some(1));
    let text = complained(&absent);
    for part in ["127.0.0.1:1/clinic", "DATABASE_URL", "refused"] {
        assert!(text.contains(part), "{text}");
    }
}

fn command(url: &str, environment: &str, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migration"));
    command.env("DATABASE_URL", url).env("ENVIRONMENT", environment);
    command.args(words.split(' '));
    command
}

fn run(url: &str, environment: &str, words: &str) -> Output {
    command(url, environment, words).output().unwrap()
}

/// What it printed; it must have succeeded.
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", complained(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Its complaint: one line, and never the password.
fn complained(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("hunter2"), "{text}");
    if output.status.code() == Some(1) {
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    text
}
