//! A password as Postgres stores it (SCRAM-SHA-256, RFC 5803), made here: then it stands in no statement, and in no log of a
//! server that logs statements. `psql`'s `\password` does the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// How often the password is hashed: as Postgres does by default.
const ITERATIONS: u32 = 4096;

/// What follows `PASSWORD` in `CREATE ROLE`, without quotes: it holds none. Letters beside ASCII would have to be normalised
/// first: nothing then.
pub(crate) fn verifier(password: &str, salt: [u8; 16]) -> Option<String> {
    if !password.is_ascii() {
        return None;
    }
    let salted = salted(password.as_bytes(), &salt)?;
    let client_key = keyed(&salted, &[b"Client Key"])?;
    let stored_key = STANDARD.encode(Sha256::digest(client_key));
    let server_key = STANDARD.encode(keyed(&salted, &[b"Server Key"])?);
    let salt = STANDARD.encode(salt);
    Some(format!("SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}"))
}

/// PBKDF2 with one block.
fn salted(password: &[u8], salt: &[u8]) -> Option<[u8; 32]> {
    let mut round = keyed(password, &[salt, &1_u32.to_be_bytes()])?;
    let mut sum = round;
    for _ in 1..ITERATIONS {
        round = keyed(password, &[&round])?;
        sum.iter_mut().zip(round).for_each(|(byte, other)| *byte ^= other);
    }
    Some(sum)
}

/// HMAC-SHA-256, which takes keys of any length: never nothing.
fn keyed(key: &[u8], parts: &[&[u8]]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::verifier;

    /// The password and the salt of the example in RFC 7677.
    #[test]
    fn it_is_what_postgres_would_store() {
        let salt = [91, 109, 153, 104, 157, 18, 53, 142, 236, 160, 75, 20, 18, 54, 250, 129];
        let expected = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:\
            wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        assert_eq!(verifier("pencil", salt).as_deref(), Some(expected));
        assert_eq!(verifier("péncil", salt), None);
    }
}
