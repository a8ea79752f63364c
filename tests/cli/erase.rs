//! `telemedicine erase`, on both databases.

use std::path::Path;

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

/// Whether a text stands somewhere in the database's file or in the log beside it.
fn holds(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder.join("data")).unwrap().map(|entry| entry.unwrap().path());
    let of_the_database = files.filter(|path| path.to_str().unwrap().contains(".db"));
    of_the_database.fold(false, |found, path| {
        let bytes = std::fs::read(path).unwrap();
        found || bytes.windows(text.len()).any(|part| part == text.as_bytes())
    })
}

#[test]
fn nothing_of_the_person_is_left_in_the_file() {
    let program = Program::new();
    program.run(&["demo", "--patients", "6", "--appointments", "60"]).succeeds();
    let address = "patient1@demo.test";
    assert!(holds(program.folder(), address) && holds(program.folder(), "patient2@demo.test"));
    program.run(&["erase", "patient", "1", "--reason", "Asked for in writing", "--cancel-visits"]).succeeds();
    assert!(!holds(program.folder(), address));
    assert!(holds(program.folder(), "patient2@demo.test"));
}
