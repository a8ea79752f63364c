//! `telemedicine erase`, on both databases.

use crate::{postgres::on_each_database, program::Program};

#[test]
fn a_patient_is_erased_once_told_what_would_go_and_the_seals_hold() {
    for (program, _database) in on_each_database() {
        a_patient_is_erased(&program);
    }
}

fn a_patient_is_erased(program: &Program) {
    program.run(&["demo", "--patients", "6", "--appointments", "60"]).succeeds();
    let would = program.run(&["erase", "patient", "1", "--dry-run"]).succeeds();
    assert!(would.contains("person and clinical record: would go") && would.contains("--cancel-visits"), "{would}");
    program.run(&["erase", "patient", "1"]).fails(2, &["--reason"]);
    let because = ["erase", "patient", "1", "--reason", "Asked for in writing"];
    program.run(&because).fails(1, &["still to come", "--cancel-visits"]);
    program.run(&["erase", "patient", "999", "--reason", "Asked for"]).fails(1, &["there is no patient 999"]);
    let with_visits = [&because[..], &["--cancel-visits"]].concat();
    let done = program.run(&with_visits).succeeds();
    assert!(done.contains("person and clinical record: gone") && done.contains("not reached: backups"), "{done}");
    assert!(done.contains("to come: cancelled"), "{done}");
    let again = program.run(&because).succeeds();
    assert!(again.contains("nothing personal is left"), "{again}");
    program.run(&["export", "patient", "1", "--to", "left"]).succeeds();
    let left = std::fs::read_to_string(program.folder().join("left/user.json")).unwrap();
    assert!(left.contains("erased-") && !left.contains("patient1@demo.test"), "{left}");
    program.run(&["audit", "verify"]).succeeds();
}
