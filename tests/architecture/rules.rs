//! Rules about the tree and about who may use whom.

use super::Rule;
use super::reading::{FEATURES, feature_of, find, named_features, word};

const TOP: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
    "Dockerfile",
    "compose.yaml",
    "deny.toml",
    "src",
    "entity",
    "migration",
    "templates",
    "static",
    "tests",
    "benches",
    "docs",
];

pub(crate) const TOP_LEVEL: Rule = Rule {
    about: |_| true,
    check: |path, _| {
        let top = path.split('/').next().unwrap_or(path);
        if TOP.contains(&top) { Vec::new() } else { vec![(1, format!("{top} does not belong at the top level"))] }
    },
    caught: &[("utils/mod.rs", ""), ("notes.md", ""), ("docker-compose.yml", "")],
    passes: &[("src/lib.rs", ""), ("Cargo.toml", "")],
};

pub(crate) const FEATURES_CALL_LEFT: Rule = Rule {
    about: |path| path.starts_with("src/features/") && path != "src/features/mod.rs",
    check: |path, text| {
        let own = feature_of(path);
        let Some(own_place) = FEATURES.iter().position(|feature| *feature == own) else {
            return vec![(1, format!("`{own}` has no place in the order of features"))];
        };
        named_features(path, text)
            .into_iter()
            .filter(|(_, name)| name != own)
            .filter(|(_, name)| {
                FEATURES.iter().position(|feature| feature == name).is_none_or(|place| place > own_place)
            })
            .map(|(line, name)| (line, format!("`{own}` may not use `{name}`: it stands to its right")))
            .collect()
    },
    caught: &[
        ("src/features/audit/service.rs", "use crate::features::appointments::Status;"),
        ("src/features/people/queries.rs", "use crate::features::{\n    accounts,\n    home::Dashboard,\n};"),
        ("src/features/hospitals/mod.rs", "use super::people::Doctor;"),
        ("src/features/hospitals/handlers.rs", "use super::super::home;"),
        ("src/features/chat/mod.rs", "//! A feature nobody gave a place."),
    ],
    passes: &[
        ("src/features/home/queries.rs", "use crate::features::{appointments, audit::record};"),
        ("src/features/people/handlers.rs", "use super::service;\n// crate::features::home comes later"),
        ("src/features/people/step.rs", "mod tests {\n    use super::super::home_visits;\n}"),
    ],
};

pub(crate) const ONE_INTERFACE: Rule = Rule {
    about: |path| path.starts_with("src/features/") && path.ends_with("/mod.rs") && path.matches('/').count() == 3,
    check: |_, text| {
        find(text, |line| {
            let opened = line.strip_prefix("pub mod ").or(line.strip_prefix("pub(crate) mod "))?;
            Some(format!("`{}` is private to its feature: re-export what others need", opened.trim_end_matches(';')))
        })
    },
    caught: &[
        ("src/features/people/mod.rs", "pub(crate) mod service;"),
        ("src/features/home/mod.rs", "pub mod pages;"),
    ],
    passes: &[("src/features/people/mod.rs", "mod service;\npub(crate) use service::enrol;")],
};

pub(crate) const DATABASE_PLACES: Rule = Rule {
    about: |path| path.starts_with("src/") && !may_query(path),
    check: |_, text| {
        find(text, |line| {
            line.contains("sea_orm::")
                .then(|| "SeaORM is used in services, queries and the database layer only".to_owned())
        })
    },
    caught: &[
        ("src/features/home/handlers.rs", "use sea_orm::EntityTrait;"),
        ("src/web/page.rs", "fn f(e: sea_orm::DbErr) {}"),
        ("src/cli/check.rs", "use sea_orm::Database;"),
    ],
    passes: &[
        ("src/features/home/queries.rs", "use sea_orm::EntityTrait;"),
        ("src/features/home/queries/doctor.rs", "use sea_orm::EntityTrait;"),
        ("src/db/mod.rs", "use sea_orm::Database;"),
        ("src/web/page.rs", "/// Never a `sea_orm::DbErr`."),
        ("src/telemetry.rs", "(\"sea_orm\", LevelFilter::Warn)"),
    ],
};

fn may_query(path: &str) -> bool {
    let folders = ["src/db/", "src/session/", "src/cache/", "src/access/queries", "src/cli/demo"];
    let inside = path.strip_prefix("src/features/").unwrap_or_default();
    folders.iter().any(|folder| path.starts_with(folder))
        || inside.split('/').any(|part| matches!(part.trim_end_matches(".rs"), "service" | "queries"))
}

pub(crate) const MIGRATIONS_STAND_ALONE: Rule = Rule {
    about: |path| path.starts_with("migration/"),
    check: |_, text| {
        find(text, |line| word(line, "entity").then(|| "an old change must not move with today's entities".to_owned()))
    },
    caught: &[
        ("migration/src/m20260101_000001_clinic.rs", "use entity::user;"),
        ("migration/Cargo.toml", "entity = { path = \"../entity\" }"),
    ],
    passes: &[
        ("migration/src/lib.rs", "//! Never imports `entity`."),
        ("migration/src/lib.rs", "let audit_entity = 1;"),
    ],
};

pub(crate) const ENTITIES_WITHOUT_SERDE: Rule = Rule {
    about: |path| path.starts_with("entity/src/"),
    check: |_, text| {
        let shown = |line: &str| ["serde", "Serialize", "Deserialize"].iter().any(|name| word(line, name));
        find(text, |line| shown(line).then(|| "an entity that can be serialised can reach a page".to_owned()))
    },
    caught: &[("entity/src/user.rs", "#[derive(Clone, Serialize)]"), ("entity/src/user.rs", "use serde::Serialize;")],
    passes: &[("entity/src/user.rs", "//! No serde here.\n#[derive(Clone)]")],
};
