//! Golden days: where the clocks change, and where nothing is free.

use super::*;

fn rules(zone: Tz) -> Rules {
    Rules { zone, slot: TimeDelta::minutes(30), lead: TimeDelta::zero() }
}

fn zone(name: &str) -> Tz {
    name.parse().unwrap_or_default()
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap_or_default().with_timezone(&Utc)
}

/// Every day from one time to another.
fn daily(from: NaiveTime, to: NaiveTime) -> Schedule {
    every_day(ClockHours::stored(from, to, None))
}

fn every_day(hours: ClockHours) -> Schedule {
    let window = |weekday| Window { id: 1, weekday, hours };
    Schedule { windows: (0..7).map(window).collect(), ..Schedule::default() }
}

/// The slots as the wall's clock and as UTC's.
fn free_slots(schedule: &Schedule, day: &str, zone: Tz) -> Vec<String> {
    let slots = schedule.slots(date(day), rules(zone));
    let tell = |slot: Stretch| {
        format!("{}={}", slot.starts_at.with_timezone(&zone).format("%H:%M"), slot.starts_at.format("%dT%H:%M"))
    };
    slots.into_iter().map(tell).collect()
}

#[test]
fn kathmandu_is_a_quarter_beside_the_hour() {
    let slots = free_slots(&daily(time(9, 0), time(10, 30)), "2026-11-24", zone("Asia/Kathmandu"));
    assert_eq!(slots, ["09:00=24T03:15", "09:30=24T03:45", "10:00=24T04:15"]);
}

#[test]
fn london_skips_an_hour_in_march_and_has_one_twice_in_october() {
    let night = daily(time(0, 30), time(3, 0));
    let spring = free_slots(&night, "2026-03-29", zone("Europe/London"));
    assert_eq!(spring, ["00:30=29T00:30", "02:00=29T01:00", "02:30=29T01:30"]);
    let autumn = free_slots(&night, "2026-10-25", zone("Europe/London"));
    let first_of_two = ["00:30=24T23:30", "01:00=25T00:00", "01:30=25T00:30", "02:00=25T02:00", "02:30=25T02:30"];
    assert_eq!(autumn, first_of_two);
}

#[test]
fn new_york_changes_at_two_and_its_working_day_is_as_ever() {
    let night = daily(time(1, 30), time(3, 30));
    assert_eq!(free_slots(&night, "2026-03-08", zone("America/New_York")), ["01:30=08T06:30", "03:00=08T07:00"]);
    let autumn = free_slots(&night, "2026-11-01", zone("America/New_York"));
    assert_eq!(autumn, ["01:30=01T05:30", "02:00=01T07:00", "02:30=01T07:30", "03:00=01T08:00"]);
    let day = daily(time(9, 0), time(17, 0));
    for change in ["2026-03-08", "2026-11-01", "2026-06-01"] {
        assert_eq!(free_slots(&day, change, zone("America/New_York")).len(), 16, "{change}");
    }
}

#[test]
fn lord_howe_changes_by_half_an_hour() {
    let night = daily(time(1, 0), time(3, 0));
    // From 02:00 to 02:30 in October, and from 02:00 back to 01:30 in April.
    let spring = free_slots(&night, "2026-10-04", zone("Australia/Lord_Howe"));
    assert_eq!(spring, ["01:00=03T14:30", "01:30=03T15:00", "02:30=03T15:30"]);
    let autumn = free_slots(&night, "2026-04-05", zone("Australia/Lord_Howe"));
    assert_eq!(autumn, ["01:00=04T14:00", "01:30=04T14:30", "02:00=04T15:30", "02:30=04T16:00"]);
}

#[test]
fn slots_around_a_change_never_overlap() {
    let whole_day = every_day(ClockHours::stored(time(0, 0), time(0, 0), Some(24 * 60)));
    for zone in [zone("Europe/London"), zone("America/New_York"), zone("Australia/Lord_Howe"), zone("Asia/Beirut")] {
        for day in date("2026-01-01").iter_days().take(365) {
            let slots = whole_day.slots(day, rules(zone));
            let apart = slots.windows(2).all(|two| match two {
                [one, next] => !one.overlaps(*next),
                _ => true,
            });
            assert!(apart, "{zone} {day}");
        }
    }
}

#[test]
fn hours_until_midnight_have_their_last_slot_and_hours_over_it_go_on() {
    let kathmandu = zone("Asia/Kathmandu");
    let evening = every_day(ClockHours::stored(time(22, 30), time(23, 59), Some(24 * 60)));
    assert_eq!(free_slots(&evening, "2026-11-24", kathmandu), ["22:30=24T16:45", "23:00=24T17:15", "23:30=24T17:45"]);
    // Saturday night, which goes on into a Sunday without hours of its own.
    let night = ClockHours::stored(time(23, 0), time(23, 59), Some(25 * 60));
    let mut saturday = every_day(night);
    saturday.windows.retain(|window| window.weekday == 5);
    assert_eq!(free_slots(&saturday, "2026-11-28", kathmandu), ["23:00=28T17:15", "23:30=28T17:45"]);
    assert_eq!(free_slots(&saturday, "2026-11-29", kathmandu), ["00:00=28T18:15", "00:30=28T18:45"]);
    assert_eq!(free_slots(&saturday, "2026-11-30", kathmandu), Vec::<String>::new());
    let present = Present::new(utc("2026-11-24T00:00:00Z"), None);
    let judge = |at: &str| saturday.judge(utc(at), rules(kathmandu), &present);
    assert_eq!(judge("2026-11-28T18:45:00Z"), Ok(()));
    assert_eq!(judge("2026-11-28T19:15:00Z"), Err(SlotRefusal::OutOfHours));
    assert_eq!(judge("2026-11-29T18:15:00Z"), Err(SlotRefusal::NotWorking));
    assert_eq!(judge("2026-11-28T18:20:00Z"), Err(SlotRefusal::OffSlot));
}

#[test]
fn a_night_over_a_change_of_the_clocks_has_no_slot_that_is_skipped_and_none_twice() {
    let mut night = every_day(ClockHours::stored(time(23, 30), time(23, 59), Some(27 * 60)));
    night.windows.retain(|window| window.weekday == 5);
    let london = zone("Europe/London");
    let spring = free_slots(&night, "2026-03-29", london);
    assert_eq!(spring, ["00:00=29T00:00", "00:30=29T00:30", "02:00=29T01:00", "02:30=29T01:30"]);
    let autumn = free_slots(&night, "2026-10-25", london);
    let first_of_two =
        ["00:00=24T23:00", "00:30=24T23:30", "01:00=25T00:00", "01:30=25T00:30", "02:00=25T02:00", "02:30=25T02:30"];
    assert_eq!(autumn, first_of_two);
}

#[test]
fn each_empty_day_says_why_it_is_empty() {
    let (day, zone) = (date("2026-11-24"), Tz::UTC);
    let mut schedule = daily(time(9, 0), time(10, 0));
    let at = |text: &str| Present::new(utc(text), None);
    let morning = at("2026-11-24T00:00:00Z");
    let free = |schedule: &Schedule, present: &Present| schedule.free(day, rules(zone), present);
    assert_eq!(free(&schedule, &morning).map(|slots| slots.len()), Ok(2));
    // The first has begun, the second not yet.
    assert_eq!(free(&schedule, &at("2026-11-24T09:00:01Z")).map(|slots| slots.len()), Ok(1));
    assert_eq!(free(&schedule, &at("2026-11-24T12:00:00Z")), Err(NoTimes::TooLate));
    let ahead = Rules { lead: TimeDelta::hours(24), ..rules(zone) };
    assert_eq!(schedule.free(day, ahead, &morning), Err(NoTimes::TooLate));
    assert_eq!(schedule.free(day, ahead, &at("2026-11-23T09:00:00Z")).map(|slots| slots.len()), Ok(2));
    let whole = Stretch { starts_at: utc("2026-11-24T08:00:00Z"), ends_at: utc("2026-11-24T11:00:00Z") };
    schedule.busy = vec![whole];
    assert_eq!(free(&schedule, &morning), Err(NoTimes::Full));
    schedule.absences = vec![whole];
    assert_eq!(free(&schedule, &morning), Err(NoTimes::Away));
    schedule.windows.clear();
    assert_eq!(free(&schedule, &morning), Err(NoTimes::NotWorking));
}

#[test]
fn each_time_that_cannot_be_booked_says_why() {
    let zone = Tz::UTC;
    let mut schedule = daily(time(9, 0), time(12, 0));
    schedule.windows.retain(|window| window.weekday != 6);
    let stretch = |from: &str, to: &str| Stretch { starts_at: utc(from), ends_at: utc(to) };
    schedule.busy = vec![stretch("2026-11-24T09:30:00Z", "2026-11-24T10:00:00Z")];
    schedule.patient_busy = vec![stretch("2026-11-24T10:15:00Z", "2026-11-24T10:45:00Z")];
    schedule.absences = vec![stretch("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z")];
    let present = Present::new(utc("2026-11-22T12:00:00Z"), None);
    let judge = |lead, at: &str| {
        let rules = Rules { lead: TimeDelta::hours(lead), ..rules(zone) };
        schedule.judge(utc(at), rules, &present)
    };
    for (at, expected) in [
        ("2026-11-22T11:59:59Z", Err(SlotRefusal::Past)),
        ("2026-11-29T09:00:00Z", Err(SlotRefusal::NotWorking)),
        ("2026-11-24T08:30:00Z", Err(SlotRefusal::OutOfHours)),
        ("2026-11-24T11:45:00Z", Err(SlotRefusal::OutOfHours)),
        ("2026-11-24T09:10:00Z", Err(SlotRefusal::OffSlot)),
        ("2026-11-25T09:00:00Z", Err(SlotRefusal::Away)),
        ("2026-11-24T10:00:00Z", Err(SlotRefusal::PatientBusy)),
        ("2026-11-24T09:30:00Z", Err(SlotRefusal::Taken)),
        ("2026-11-24T09:00:00Z", Ok(())),
    ] {
        assert_eq!(judge(0, at), expected, "{at}");
    }
    assert_eq!(judge(24, "2026-11-23T11:30:00Z"), Err(SlotRefusal::TooSoon));
    assert_eq!(judge(23, "2026-11-23T11:30:00Z"), Ok(()));
}

#[test]
fn the_nearest_times_are_on_the_next_days_that_have_any() {
    let mut schedule = daily(time(9, 0), time(10, 0));
    schedule.windows.retain(|window| window.weekday < 5);
    let present = Present::new(utc("2026-11-20T09:10:00Z"), None);
    // A Friday with one time left, then the Monday.
    let found = schedule.nearest((date("2026-11-20"), 14), rules(Tz::UTC), (&present, 3));
    let days: Vec<(String, usize)> = found.iter().map(|(day, free)| (day.to_string(), free.len())).collect();
    assert_eq!(days, [("2026-11-20".to_owned(), 1), ("2026-11-23".to_owned(), 2)]);
}
