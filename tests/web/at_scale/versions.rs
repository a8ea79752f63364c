//! Old versions of notes are found by an index, however many are kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Counters, number, sql, value};
use crate::support::*;

const SIZE: [&str; 8] = ["--hospitals", "2", "--doctors", "20", "--patients", "400", "--appointments", "4000"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_versions_of_notes_are_removed_without_a_look_at_the_others() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    Demo::load(&app, &SIZE).await;
    // As if each had been saved forty times before it was signed.
    let versions = "INSERT INTO note_revision (note_id, version, plan, session_id, created_at, updated_at)
         SELECT note.id, 1000 + n, 'Rest', 1, note.signed_at - (41 - n) * interval '6 seconds', note.signed_at
         FROM note, generate_series(1, 40) AS n WHERE note.state = 'signed'";
    sql(&app, versions).await;
    sql(&app, "VACUUM ANALYZE").await;
    // A day on which some are old, whatever weekday the demo was loaded on: its first visits may be those of a Monday, or of a Saturday before a day
    // without any.
    let some = "SELECT percentile_disc(0.03) WITHIN GROUP (ORDER BY signed_at) FROM note WHERE state = 'signed'";
    let kept: DateTime<Utc> = value(&app, some).await;
    app.clock.set(kept + TimeDelta::days(30));
    let old = number(
        &app,
        &format!(
            "SELECT count(*) FROM note_revision JOIN note ON note.id = note_revision.note_id WHERE signed_at < '{kept}'"
        ),
    )
    .await;
    let all = number(&app, "SELECT count(*) FROM note_revision").await;
    assert!(old > 1_000 && all > 4 * old, "{old} of {all} versions are old");
    let counters = Counters::connect(&app).await;
    counters.settle(&app).await;
    let scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'note_revision'";
    let before = (counters.number(scans).await, counters.rows_read("note_revision").await);
    let removed = crate::sweeping::removed(&app).await;
    counters.settle(&app).await;
    assert!(removed.contains(&("versions of notes", u64::try_from(old).unwrap())), "{old}: {removed:?}");
    let (scans, read) = (counters.number(scans).await - before.0, counters.rows_read("note_revision").await - before.1);
    assert_eq!(scans, 0, "the versions were read from end to end");
    // Each is found, looked up to be removed, and its note asked for a newer one; and those of the batches before it, of which there are few here, are
    // passed over again.
    assert!((old..=all.min(12 * old)).contains(&read), "{read} versions of {all} were read to remove {old}");
}
