//! The people who sign in.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

/// Every role.
pub(super) const ROLES: [&str; 4] = ["super_admin", "hospital_admin", "doctor", "patient"];

pub(crate) const CHANGE: Change = Change { name: "m0002_user", up, down: |_| drop_table("\"user\"") };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE \"user\" (
  {id},
  {email} NOT NULL,
  {password_hash} NOT NULL,
  {role} NOT NULL,
  hospital_id bigint REFERENCES hospital (id),
  {first_name} NOT NULL,
  {last_name} NOT NULL,
  {phone},
  {date_of_birth},
  active boolean NOT NULL DEFAULT true,
  {last_sign_in_at},
  {stamps},
  CONSTRAINT user_hospital_by_role CHECK ((role = 'super_admin') = (hospital_id IS NULL))
)",
        id = dialect.id(),
        email = text("email", 3, 254),
        password_hash = text("password_hash", 1, 255),
        role = one_of("role", &ROLES),
        first_name = text("first_name", 1, 80),
        last_name = text("last_name", 1, 80),
        phone = text("phone", 1, 32),
        date_of_birth = dialect.date("date_of_birth"),
        last_sign_in_at = dialect.instant("last_sign_in_at"),
        stamps = dialect.stamps(),
    );
    // One account an address, however it is typed; sign-in looks up by the same expression.
    let email = "CREATE UNIQUE INDEX user_email_key ON \"user\" (lower(email))";
    vec![table, email.to_owned()]
}
