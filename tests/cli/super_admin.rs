//! `telemedicine create-super-admin`.

use sha1::{Digest as _, Sha1};

use crate::program::Program;

const PASSWORD: &str = "violet kettle northbound";

fn create(program: &Program, email: &str, password: &str) -> crate::program::Outcome {
    program.run_with_input(&["create-super-admin", "--email", email], &format!("{password}\n"))
}

#[test]
fn the_password_comes_from_standard_input_and_is_never_printed() {
    let program = Program::new();
    let outcome = create(&program, "Chief@clinic.example", PASSWORD);
    assert!(!outcome.out.contains(PASSWORD) && !outcome.err.contains(PASSWORD), "{outcome:?}");
    assert!(outcome.succeeds().contains("Chief@clinic.example"));
    create(&program, "chief@CLINIC.example", PASSWORD).fails(1, &["already"]);
}

#[test]
fn bad_passwords_and_addresses_are_refused() {
    let program = Program::new();
    create(&program, "chief@clinic.example", "").fails(1, &["no password"]);
    create(&program, "chief@clinic.example", "short").fails(1, &["12"]);
    create(&program, "nobody", PASSWORD).fails(1, &["mail"]);
    program.run(&["create-super-admin"]).fails(2, &["--email"]);
}

#[test]
fn a_password_from_a_breach_is_refused() {
    let program = Program::new();
    let list = program.folder().join("pwned-passwords.txt");
    // That of `violet kettle northbound`, between both ends.
    let digest: String = Sha1::digest(PASSWORD.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect();
    std::fs::write(&list, format!("{}:1\n{digest}:9\n{}:1\n", "0".repeat(40), "F".repeat(40))).unwrap();
    let program = program.var("BREACHED_PASSWORDS", list.display().to_string());
    let outcome = create(&program, "chief@clinic.example", PASSWORD);
    assert!(!outcome.err.contains("kettle") && !outcome.err.contains(&digest), "{outcome:?}");
    outcome.fails(1, &["breach"]);
    create(&program, "chief@clinic.example", "violet kettle southbound").succeeds();
}
