//! What a doctor has more than a user.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0003_doctor", up, down: |_| drop_table("doctor") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE doctor (
  {id},
  user_id bigint NOT NULL CONSTRAINT doctor_user_id_key UNIQUE REFERENCES \"user\" (id),
  {license_number} NOT NULL CONSTRAINT doctor_license_number_key UNIQUE,
  {specialization} NOT NULL,
  experience_years integer NOT NULL DEFAULT 0 CHECK (experience_years BETWEEN 0 AND 80),
  {bio},
  {education},
  accepting boolean NOT NULL DEFAULT true,
  {stamps}
)",
        id = dialect.id(),
        license_number = text("license_number", 1, 64),
        specialization = text("specialization", 1, 120),
        bio = text("bio", 1, 2000),
        education = text("education", 1, 1000),
        stamps = dialect.stamps(),
    )]
}
