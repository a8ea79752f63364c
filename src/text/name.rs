//! Names as they are written everywhere.

/// A doctor's: "Dr Asha Rai".
pub fn doctor_name(first_name: &str, last_name: &str) -> String {
    format!("Dr {first_name} {last_name}")
}
