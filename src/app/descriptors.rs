//! Descriptors: as many as the system allows, and never so many connections that none is left for the database, Redis or a file.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::settings::Settings;

/// Of a worker, however many descriptors there are: what Actix takes by default.
const MOST: u64 = 25_000;
/// Of a worker, however few there are: without connections it would serve nobody.
const LEAST: u64 = 16;
/// For files, the log, timers and what listens.
const SPARE: u64 = 64;

/// Raises the limit of open descriptors as far as this process may; what it is then.
pub(super) fn raise() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let is_lower = |current: u64| maximum.is_none_or(|maximum| current < maximum);
    if current.is_some_and(is_lower)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        log::info!("the limit of open descriptors stays as it is: {error}");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many connections one worker takes at a time, where the process may have so many descriptors. Further ones wait until one ends.
pub(super) fn connections_of_a_worker(limit: u64, settings: &Settings) -> usize {
    let databases = 1 + settings.database.replicas.len() as u64;
    let redis = settings.redis.as_ref().map_or(0, |redis| redis.max_connections as u64);
    let workers = settings.server.workers as u64;
    let others = u64::from(settings.database.max_connections) * databases + redis + workers + SPARE;
    let each = limit.saturating_sub(others) / workers.max(1);
    usize::try_from(each.clamp(LEAST, MOST)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_rest() {
        let vars = [("WORKERS", "4"), ("DB_MAX_CONNECTIONS", "20")];
        let vars: BTreeMap<String, String> =
            vars.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let settings = Settings::from_vars(&vars).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(connections_of_a_worker(1024, &settings), (1024 - 20 - 4 - 64) / 4);
        assert_eq!(connections_of_a_worker(64, &settings), 16);
        assert_eq!(connections_of_a_worker(u64::MAX, &settings), 25_000);
    }

    #[test]
    fn the_limit_is_raised_to_what_the_system_allows() {
        let limit = raise();
        assert_eq!(getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX), limit);
    }
}
