//! `telemedicine audit verify`.

use sea_orm::{ConnectionTrait as _, Database};

use crate::program::Program;

#[tokio::test]
async fn what_was_not_sealed_by_the_server_is_named_and_the_exit_code_is_one() {
    let program = Program::new();
    let create = ["create-super-admin", "--email", "chief@clinic.example"];
    program.run_with_input(&create, "violet kettle northbound\n").succeeds();
    let verified = program.run(&["audit", "verify"]).succeeds();
    assert!(verified.contains("platform: 0 sealed, 1 not yet sealed"), "{verified}");
    assert!(verified.ends_with("0 entries sealed and unchanged, 1 not yet sealed\n"), "{verified}");

    let file = program.folder().join("data/telemedicine.db");
    let database = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
    let forged =
        "INSERT INTO audit_seal (sequence, first_entry_id, last_entry_id, entry_count, members, digest, sealed_at)
                  VALUES (1, 1, 1, 1, x'00', x'00', '2026-11-24T00:00:00+00:00')";
    database.execute_unprepared(forged).await.unwrap();
    database.close().await.unwrap();
    let outcome = program.run(&["audit", "verify"]);
    assert!(outcome.out.contains("WRONG  platform: seal 1 (id 1)"), "{outcome:?}");
    assert!(outcome.out.contains("WRONG  platform: entry 1 was put in"), "{outcome:?}");
    outcome.fails(1, &["2 things are not as they were sealed"]);
}
