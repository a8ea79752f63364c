//! What an attachment is called: as the sender called it, as far as that is a name, and ending as what it is.

use entity::{enums::MediaType, limits};

use crate::text;

/// The name that is kept of a file that somebody called `given`.
pub(super) fn stored(given: &str, media_type: MediaType) -> String {
    let ending = match media_type {
        MediaType::Jpeg => ".jpg",
        MediaType::Png => ".png",
        MediaType::Pdf => ".pdf",
    };
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain: String = text::nfc(stem)
        .chars()
        .filter(|letter| !letter.is_control() && !text::is_deceptive(*letter) && !"\"<>:|?*".contains(*letter))
        .take(limits::ATTACHMENT_NAME - ending.len())
        .collect();
    let plain = plain.trim().trim_start_matches('.');
    let stem = if text::is_readable(plain) { plain } else { "file" };
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_ends_as_what_it_is() {
        let named = [
            ("rash.HEIC", "rash.jpg"),
            ("C:\\Users\\maya\\left arm.png", "left arm.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("रिपोर्ट.pdf", "रिपोर्ट.jpg"),
            ("x\u{202E}gpj.exe", "xgpj.jpg"),
            ("page\r\nSet-Cookie: a=b", "pageSet-Cookie a=b.jpg"),
            (".htaccess", "file.jpg"),
            ("", "file.jpg"),
            ("a\"b<c>", "abc.jpg"),
        ];
        for (given, kept) in named {
            assert_eq!(stored(given, MediaType::Jpeg), kept, "{given:?}");
        }
        let long = stored(&"é".repeat(500), MediaType::Pdf);
        assert!(long.ends_with(".pdf") && long.chars().count() == limits::ATTACHMENT_NAME, "{long}");
    }
}
