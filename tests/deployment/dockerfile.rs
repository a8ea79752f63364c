//! What the `Dockerfile` promises.

use super::{file, is_setting};

/// An instruction in capitals and what follows it, continued lines joined, comments left out.
type Instruction = (String, String);

fn instructions(text: &str) -> Vec<Instruction> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.fold(String::new(), |whole, line| match line.trim_end().strip_suffix('\\') {
        Some(part) => whole + part + " ",
        None => whole + line + "\n",
    });
    joined
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(word, rest)| (word.to_uppercase(), rest.trim().to_owned()))
        .collect()
}

/// The stages in order, each beginning with its FROM.
fn stages(text: &str) -> Vec<Vec<Instruction>> {
    let mut stages: Vec<Vec<Instruction>> = Vec::new();
    for instruction in instructions(text) {
        if instruction.0 == "FROM" {
            stages.push(Vec::new());
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(instruction);
        }
    }
    stages
}

fn all<'a>(stage: &'a [Instruction], word: &str) -> Vec<&'a str> {
    stage.iter().filter(|(name, _)| name == word).map(|(_, rest)| rest.as_str()).collect()
}

/// What speaks against running this stage in front of patients.
fn faults(stage: &[Instruction]) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let user = all(stage, "USER").last().copied().unwrap_or("root").to_owned();
    let number = user.split(':').next().unwrap_or_default();
    if !number.parse::<u32>().is_ok_and(|number| number > 0) {
        faults.push("runs as root, or as a name that an orchestrator cannot tell from root");
    }
    let installed = all(stage, "RUN").join(" ");
    let from = all(stage, "FROM").join(" ");
    if ["gcc", "build-essential", "rustc", "cargo", "clang", "curl", "wget"].iter().any(|tool| installed.contains(tool))
        || from.starts_with("rust")
    {
        faults.push("has a compiler or a download tool");
    }
    if all(stage, "ENV").iter().any(|setting| ["SECRET", "PASSWORD", "TOKEN"].iter().any(|sign| setting.contains(sign)))
    {
        faults.push("holds a secret");
    }
    if all(stage, "HEALTHCHECK").is_empty() {
        faults.push("has no health check");
    }
    faults
}

fn both() -> (Vec<Instruction>, Vec<Instruction>) {
    let mut stages = stages(&file("Dockerfile"));
    assert_eq!(stages.len(), 2, "a stage that builds and one that runs");
    let runs = stages.pop().unwrap_or_default();
    (stages.pop().unwrap_or_default(), runs)
}

/// The value of `key = "…"` in Cargo.toml.
fn of_the_manifest(key: &str) -> String {
    let manifest = file("Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='));
    line.unwrap_or_default().trim().trim_matches('"').to_owned()
}

#[test]
fn is_built_with_the_rust_version_of_the_workspace() {
    let (builds, runs) = both();
    let version = of_the_manifest("rust-version");
    assert_eq!(all(&builds, "FROM"), [format!("rust:{version}-slim-bookworm AS builder")]);
    assert_eq!(all(&runs, "FROM"), ["debian:bookworm-slim"], "the same Debian as the builder's, so the same libc");
}

#[test]
fn builds_the_dependencies_before_the_code_is_there() {
    let (builds, _) = both();
    let place = |word: &str, sign: &str| builds.iter().position(|(name, rest)| name == word && rest.contains(sign));
    let dependencies = place("RUN", "cargo build --release --locked");
    let code = builds.iter().position(|(name, rest)| name == "COPY" && rest == "src src");
    assert!(place("COPY", "Cargo.lock") < dependencies, "the manifests come first");
    assert!(dependencies.is_some() && dependencies < code, "then the dependencies, then the code");
    for folder in ["entity", "migration", "templates", "static", "src"] {
        let copied = format!("{folder} {folder}");
        assert!(all(&builds, "COPY").contains(&copied.as_str()), "{folder} is copied");
        assert!(file(".dockerignore").lines().any(|line| line == format!("!{folder}")), "{folder} is in the context");
    }
    // A target that the manifest names by its path must be there, empty or not, or Cargo refuses the manifest.
    for path in file("Cargo.toml").lines().filter_map(|line| line.strip_prefix("path = ")) {
        let path = path.trim_matches('"');
        assert!(place("RUN", path) <= dependencies && place("RUN", path).is_some(), "{path} has a stand-in");
    }
}

#[test]
fn both_programs_are_in_the_image() {
    let (_, runs) = both();
    let copied = all(&runs, "COPY").join(" ");
    for program in ["telemedicine", "migration"] {
        assert!(copied.contains(&format!("/build/target/release/{program} ")), "{program}");
    }
    assert!(copied.starts_with("--from=builder") && copied.ends_with(" /usr/local/bin/"));
    assert_eq!(all(&runs, "CMD"), [r#"["telemedicine", "serve"]"#]);
    assert!(all(&runs, "ENTRYPOINT").is_empty(), "the migration is another command of the same image");
}

#[test]
fn the_image_is_fit_to_run() {
    assert_eq!(faults(&both().1), Vec::<&str>::new());
}

#[test]
fn an_unfit_image_is_noticed() {
    let unfit = "FROM rust:1\nENV SECRET_KEY=abc\nRUN apt-get install \\\n  curl\nCMD [\"x\"]\n";
    let stage = stages(unfit).pop().unwrap_or_default();
    assert_eq!(faults(&stage).len(), 4, "{:?}", faults(&stage));
    let root = "FROM debian\nHEALTHCHECK CMD true\nUSER 10001\nUSER root\n";
    assert_eq!(faults(&stages(root).pop().unwrap_or_default()).len(), 1);
}

#[test]
fn listens_where_the_engine_can_reach_it() {
    let (_, runs) = both();
    assert_eq!(all(&runs, "EXPOSE"), ["8000"]);
    for setting in all(&runs, "ENV") {
        let name = setting.split('=').next().unwrap_or_default();
        assert!(is_setting(name), "{name} is no setting of the server");
    }
    assert!(all(&runs, "ENV").contains(&"BIND=0.0.0.0:8000"));
    assert!(all(&runs, "ENV").contains(&"ENVIRONMENT=production"), "no demo accounts for whoever reaches the host");
    assert!(all(&runs, "HEALTHCHECK").iter().any(|check| check.contains("http://127.0.0.1:8000/health/live")));
}

#[test]
fn the_label_says_the_version() {
    let labels = all(&both().1, "LABEL").join(" ");
    let manifest = file("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap_or_default();
    assert!(labels.contains(&format!("org.opencontainers.image.version={version}")), "{labels}");
}

#[test]
fn user_and_group_have_the_number_that_the_image_runs_as() {
    let (_, runs) = both();
    assert_eq!(all(&runs, "USER"), ["10001:10001"]);
    let made = all(&runs, "RUN").join(" ");
    assert!(made.contains("groupadd --gid 10001 ") && made.contains("useradd --uid 10001 --gid 10001 "), "{made}");
}

#[test]
fn the_context_holds_only_sources() {
    let ignored = file(".dockerignore");
    let lines: Vec<&str> = ignored.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(lines.first(), Some(&"*"), "all is left out but what is named");
    assert!(!lines.iter().any(|line| line.contains(".env") || line.contains("data") || line.contains(".git")));
}
