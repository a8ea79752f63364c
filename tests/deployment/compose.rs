//! What `compose.yaml` promises.

use yaml_rust2::{Yaml, YamlLoader};

use super::{file, is_setting};

/// A node of the file, reached by keys.
fn at<'a>(node: &'a Yaml, path: &[&str]) -> &'a Yaml {
    path.iter().fold(node, |inner, key| &inner[*key])
}

fn parse(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("compose.yaml: {error}"));
    assert_eq!(documents.len(), 1, "one document");
    documents.remove(0)
}

fn compose() -> Yaml {
    parse(&file("compose.yaml"))
}

fn names(map: &Yaml) -> Vec<&str> {
    let keys = map.as_hash().into_iter().flat_map(|hash| hash.keys());
    keys.filter_map(Yaml::as_str).collect()
}

fn words(list: &Yaml) -> Vec<&str> {
    list.as_vec().into_iter().flatten().filter_map(Yaml::as_str).collect()
}

fn environment<'a>(file: &'a Yaml, service: &str) -> Vec<(&'a str, String)> {
    let settings = at(file, &["services", service, "environment"]);
    // What is merged in, then what the service adds.
    let merged = settings["<<"].as_hash().into_iter().flatten();
    let pairs = settings.as_hash().into_iter().flatten().filter(|(name, _)| name.as_str() != Some("<<"));
    merged
        .chain(pairs)
        .filter_map(|(name, value)| {
            let value = value.as_str().map(str::to_owned).or(value.as_i64().map(|number| number.to_string()));
            Some((name.as_str()?, value.unwrap_or_default()))
        })
        .collect()
}

/// The values in the file that are secrets in plain text: where a name or a URL asks for one, it must come from outside.
fn secrets(file: &Yaml) -> Vec<String> {
    let mut found = Vec::new();
    for service in names(&file["services"]) {
        for (name, value) in environment(file, service) {
            let secret = ["PASSWORD", "SECRET", "TOKEN", "KEY"].iter().any(|sign| name.contains(sign));
            let password = value
                .split_once("://")
                .and_then(|(_, rest)| rest.split_once('@'))
                .and_then(|(user, _)| user.split_once(':'));
            let exposed = match password {
                Some((_, password)) => !password.starts_with("${"),
                None => secret && !value.starts_with("${"),
            };
            if exposed {
                found.push(format!("{service}: {name}"));
            }
        }
    }
    found
}

#[test]
fn has_the_four_services() {
    let file = compose();
    assert_eq!(names(&file["services"]), ["database", "redis", "migrate", "app"]);
    assert_eq!(at(&file, &["services", "database", "image"]).as_str(), Some("postgres:16"));
    assert_eq!(at(&file, &["services", "redis", "image"]).as_str(), Some("redis:7-alpine"));
    for service in ["migrate", "app"] {
        assert_eq!(at(&file, &["services", service, "build"]).as_str(), Some("."), "{service} is built from here");
        assert_eq!(at(&file, &["services", service, "image"]).as_str(), Some("telemedicine"), "one image for both");
    }
}

#[test]
fn publishes_the_app_alone() {
    let file = compose();
    for service in names(&file["services"]) {
        let ports = at(&file, &["services", service, "ports"]);
        assert_eq!(ports.is_badvalue(), service != "app", "ports of {service}");
        assert!(at(&file, &["services", service, "network_mode"]).is_badvalue(), "{service} keeps to its network");
    }
    let port = &at(&file, &["services", "app", "ports"])[0];
    assert_eq!((port["target"].as_i64(), port["published"].as_i64()), (Some(8000), Some(8000)));
}

#[test]
fn starts_in_order() {
    let file = compose();
    let condition = |service: &str, other: &str| {
        at(&file, &["services", service, "depends_on", other, "condition"]).as_str().map(str::to_owned)
    };
    assert_eq!(condition("migrate", "database").as_deref(), Some("service_healthy"));
    assert_eq!(condition("app", "database").as_deref(), Some("service_healthy"));
    assert_eq!(condition("app", "redis").as_deref(), Some("service_healthy"));
    assert_eq!(condition("app", "migrate").as_deref(), Some("service_completed_successfully"));
}

#[test]
fn asks_each_lasting_service_how_it_is() {
    let file = compose();
    for (service, question) in [("database", "pg_isready"), ("redis", "ping"), ("app", "/health/live")] {
        let check = at(&file, &["services", service, "healthcheck"]);
        let test = words(&check["test"]).join(" ");
        assert!(test.starts_with("CMD") && test.contains(question), "{service}: {test}");
        for bound in ["interval", "timeout"] {
            assert!(check[bound].as_str().is_some_and(|time| time.ends_with('s')), "{service} without {bound}");
        }
    }
}

#[test]
fn restarts_what_lasts_and_migrates_once() {
    let file = compose();
    let restart = |service: &str| at(&file, &["services", service, "restart"]).as_str().map(str::to_owned);
    for service in ["database", "redis", "app"] {
        assert_eq!(restart(service).as_deref(), Some("unless-stopped"), "{service}");
    }
    assert_eq!(restart("migrate").as_deref(), Some("no"));
    // What the server could not use ends this, so that no server is started that ends at once, for ever.
    let command = words(at(&file, &["services", "migrate", "command"]));
    assert_eq!(command, ["sh", "-c", "telemedicine check --settings && migration up && exec migration grant"]);
    let (checked, own): (Vec<_>, Vec<_>) =
        environment(&file, "migrate").into_iter().partition(|(name, _)| *name != "MIGRATION_DATABASE_URL");
    assert_eq!(checked, environment(&file, "app"), "the settings that are checked are the server's");
    assert_eq!(own.len(), 1, "and the owner's address is not among them");
}

/// Whoever takes the server over is somebody who can change neither the schema nor the trail.
#[test]
fn the_server_is_not_the_owner_of_the_tables() {
    let file = compose();
    let value = |service: &str, name: &str| {
        environment(&file, service)
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .unwrap_or_default()
    };
    let owner = value("database", "POSTGRES_USER");
    assert!(
        value("migrate", "MIGRATION_DATABASE_URL").starts_with(&format!("postgres://{owner}:${{POSTGRES_PASSWORD}}@"))
    );
    assert!(value("app", "DATABASE_URL").starts_with("postgres://clinic_app:${CLINIC_APP_PASSWORD}@"));
    assert_ne!(owner, "clinic_app");
    for (name, value) in environment(&file, "app") {
        assert!(!value.contains("POSTGRES_PASSWORD"), "{name} holds the owner's password");
    }
}

#[test]
fn keeps_the_data_and_no_copy_of_a_session() {
    let file = compose();
    let kept = words(at(&file, &["services", "database", "volumes"]));
    assert_eq!(kept, ["database:/var/lib/postgresql/data"]);
    assert!(names(&file["volumes"]).contains(&"database"));
    assert!(at(&file, &["services", "redis", "volumes"]).is_badvalue());
    assert!(words(at(&file, &["services", "redis", "command"])).windows(2).any(|pair| pair == ["--appendonly", "no"]));
}

#[test]
fn holds_no_secret() {
    assert_eq!(secrets(&compose()), Vec::<String>::new());
    // The check itself must be able to fail.
    for planted in [
        "SECRET_KEY: abc",
        "POSTGRES_PASSWORD: postgres",
        "DATABASE_URL: \"postgres://u:p@database/t\"",
        "METRICS_TOKEN: 1234",
    ] {
        let text = format!("services:\n  app:\n    environment:\n      {planted}\n");
        assert_eq!(secrets(&parse(&text)).len(), 1, "{planted}");
    }
}

#[test]
fn sets_what_the_server_reads() {
    let file = compose();
    for (name, _) in environment(&file, "app") {
        assert!(is_setting(name), "{name} is no setting of the server");
    }
    let app = environment(&file, "app");
    let value = |name: &str| app.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    assert_eq!(value("BIND"), Some("0.0.0.0:8000"));
    assert_eq!(value("ENVIRONMENT"), Some("${ENVIRONMENT:-production}"));
    assert!(value("DATABASE_URL").is_some_and(|url| url.contains("@database:5432/")));
    assert_eq!(value("REDIS_URL"), Some("redis://default:${REDIS_PASSWORD}@redis:6379"));
    assert!(words(at(&file, &["services", "redis", "command"])).ends_with(&["--requirepass", "${REDIS_PASSWORD}"]));
    assert!(!is_setting("DATABSE_URL"), "a misspelt name is noticed");
}

/// What a service lacks of what bounds it.
fn unbounded(file: &Yaml, service: &str) -> Vec<&'static str> {
    let of = |path: &[&str]| at(&file["services"][service], path);
    let user = of(&["user"]).as_str().unwrap_or_default();
    let built = of(&["image"]).as_str() == Some("telemedicine");
    let bounds = [
        ("a user", built || user.split(':').all(|number| number.parse::<u32>().is_ok_and(|number| number > 0))),
        ("read_only", of(&["read_only"]).as_bool() == Some(true)),
        ("cap_drop", words(of(&["cap_drop"])) == ["ALL"]),
        ("no-new-privileges", words(of(&["security_opt"])) == ["no-new-privileges:true"]),
        ("a size of its log", of(&["logging", "options", "max-size"]).as_str().is_some()),
        ("memory", of(&["deploy", "resources", "limits", "memory"]).as_str().is_some()),
        ("pids", of(&["deploy", "resources", "limits", "pids"]).as_i64().is_some()),
    ];
    bounds.iter().filter(|(_, kept)| !kept).map(|(name, _)| *name).collect()
}

#[test]
fn every_service_is_bounded() {
    let file = compose();
    for service in names(&file["services"]) {
        assert_eq!(unbounded(&file, service), Vec::<&str>::new(), "{service}");
    }
    let bare = parse("services:\n  redis:\n    image: redis\n    user: \"0:0\"\n");
    assert_eq!(unbounded(&bare, "redis").len(), 7);
}

#[test]
fn only_the_app_reaches_the_world() {
    let file = compose();
    assert_eq!(at(&file, &["networks", "backend", "internal"]).as_bool(), Some(true));
    for service in names(&file["services"]) {
        let expected: &[&str] = if service == "app" { &["backend", "default"] } else { &["backend"] };
        assert_eq!(words(at(&file, &["services", service, "networks"])), expected, "{service}");
    }
}

#[test]
fn is_fit_for_defang() {
    let text = file("compose.yaml");
    let file = parse(&text);
    assert_eq!(at(&file, &["services", "database", "x-defang-postgres"]).as_bool(), Some(true));
    assert_eq!(at(&file, &["services", "redis", "x-defang-redis"]).as_bool(), Some(true));
    assert!(names(&file).iter().all(|key| !key.starts_with("x-")), "Defang warns of extensions that it does not know");
    for service in names(&file["services"]) {
        for refused in ["entrypoint", "hostname", "dns", "devices", "group_add"] {
            assert!(at(&file, &["services", service, refused]).is_badvalue(), "{service}: Defang refuses {refused}");
        }
        let memory = at(&file, &["services", service, "deploy", "resources", "reservations", "memory"]);
        assert!(memory.as_str().is_some(), "{service} reserves memory");
        for (name, value) in environment(&file, service) {
            // Stored secrets are put in only where the plain form stands.
            let stored = ["POSTGRES_PASSWORD", "CLINIC_APP_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"]
                .iter()
                .any(|secret| value.contains(&format!("${{{secret}:")));
            assert!(!stored, "{service}: {name} is written ${{NAME}}");
        }
    }
    assert!(at(&file, &["services", "app", "ports"])[0]["host_ip"].is_badvalue(), "Defang refuses host_ip");
}
