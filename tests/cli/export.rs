//! `telemedicine export`, on both databases.

use crate::{postgres::on_each_database, program::Program};

#[test]
fn everything_of_a_patient_and_of_a_hospital_is_written_into_a_folder_of_its_own() {
    for (program, _database) in on_each_database() {
        everything_is_written(&program);
    }
}

fn everything_is_written(program: &Program) {
    program.run(&["demo", "--patients", "6", "--appointments", "20"]).succeeds();
    let written = program.run(&["export", "patient", "1", "--to", "mine"]).succeeds();
    assert!(written.contains("user.json") && written.contains("not reached: backups"), "{written}");
    let folder = program.folder().join("mine");
    let user: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("user.json")).unwrap()).unwrap();
    assert_eq!(user[0]["email"], "patient1@demo.test");
    assert!(folder.join("export.json").exists());

    program.run(&["export", "patient", "1", "--to", "mine"]).fails(1, &["is not empty"]);
    program.run(&["export", "patient", "999", "--to", "other"]).fails(1, &["there is no patient 999"]);
    assert!(!program.folder().join("other").exists());
    let as_nobody = ["export", "hospital", "1", "--to", "all", "--as", "admin1@demo.test"];
    program.run(&as_nobody).fails(1, &["platform administrator"]);
    program.run(&["export", "hospital", "1", "--to", "all", "--as", "super@demo.test"]).succeeds();
    program
        .run_with_input(&["create-super-admin", "--email", "chief@clinic.example"], "violet kettle northbound\n")
        .succeeds();
    program.run(&["export", "hospital", "1", "--to", "more"]).fails(1, &["say in whose name"]);
}
