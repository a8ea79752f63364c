//! The codes of authenticator apps: RFC 6238 with what all of them understand, SHA-1, six digits and a step of 30 seconds.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::base32;

/// Seconds for which an app shows one code.
const STEP: i64 = 30;
/// How many steps the clock of a telephone may be off, either way.
const TOLERANCE: i64 = 1;
/// A code has six digits.
const MODULUS: u32 = 1_000_000;
/// What apps file the account under.
const ISSUER: &str = "Telemedicine";

/// What app and server share: 160 bits, as RFC 4226 recommends.
#[derive(Clone)]
pub(in crate::features::accounts) struct Secret([u8; 20]);

impl Secret {
    /// Of the first 20 bytes; nothing when there are fewer.
    pub(in crate::features::accounts) fn of(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk().copied().map(Self)
    }

    /// The bytes, to be sealed.
    pub(in crate::features::accounts) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app: base32, in groups of four.
    pub(in crate::features::accounts) fn text(&self) -> String {
        base32::grouped(&self.0)
    }

    /// As a QR code tells it to an app, for the account with this address.
    pub(in crate::features::accounts) fn uri(&self, email: &str) -> String {
        let label = percent_encoding::utf8_percent_encode(email, percent_encoding::NON_ALPHANUMERIC);
        let secret = base32::encode(&self.0);
        format!("otpauth://totp/{ISSUER}:{label}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period={STEP}")
    }

    /// The step whose code `typed` is, of those that a telephone may show at `now`. Takes the same time whichever it is, or none.
    pub(in crate::features::accounts) fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Option<i64> {
        let current = now.timestamp().div_euclid(STEP);
        let steps = current - TOLERANCE..=current + TOLERANCE;
        let looked_at = steps.map(|step| (step, is_same(self.code(step).as_bytes(), typed.as_bytes())));
        looked_at.fold(None, |found, (step, is_it)| if is_it { Some(step) } else { found })
    }

    /// The code of a step, six digits.
    fn code(&self, step: i64) -> String {
        // HMAC fills a key that is shorter than its block up with zeros.
        let mut key = [0; 64];
        key.iter_mut().zip(self.0).for_each(|(place, byte)| *place = byte);
        let mut mac: Hmac<Sha1> = Hmac::new((&key).into());
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        // RFC 4226, section 5.3: four bytes, from the place that the last half byte names.
        let place = usize::from(digest.last().copied().unwrap_or_default() & 15);
        let bytes = digest.get(place..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        format!("{:06}", (u32::from_be_bytes(bytes) & 0x7FFF_FFFF) % MODULUS)
    }
}

/// Whether two texts are the same, without telling by the time how much of them is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |differing, (one, other)| differing | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differing) == 0
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }

    fn secret() -> Secret {
        Secret::of(b"12345678901234567890").unwrap_or_else(|| panic!("20 bytes"))
    }

    /// RFC 6238, appendix B, the last six digits of those for SHA-1.
    #[test]
    fn the_examples_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(seconds / STEP), code, "{seconds}");
            assert_eq!(secret().step_of(code, at(seconds)), Some(seconds / STEP));
        }
    }

    #[test]
    fn a_telephone_may_be_half_a_minute_off_and_no_more() {
        let step = 1_234_567_890 / STEP;
        let code = secret().code(step);
        let (first, last) = ((step - 1) * STEP, (step + 2) * STEP - 1);
        for (seconds, is_taken) in [(first - 1, false), (first, true), (last, true), (last + 1, false)] {
            assert_eq!(secret().step_of(&code, at(seconds)).is_some(), is_taken, "{seconds}");
        }
        for typed in ["", "005924 ", "5924", "0059240", "００５９２４", "abcdef"] {
            assert_eq!(secret().step_of(typed, at(1_234_567_890)), None, "{typed:?}");
        }
    }

    #[test]
    fn an_app_can_read_it() {
        assert_eq!(secret().text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            secret().uri("maya+x@example.test"),
            "otpauth://totp/Telemedicine:maya%2Bx%40example%2Etest?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Telemedicine&algorithm=SHA1&digits=6&period=30"
        );
    }
}
