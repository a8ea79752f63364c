//! A file out of a patient's record, as it is handed to a browser: once, as what it is, and unable to do anything there.

use std::convert::Infallible;

use actix_web::{
    HttpResponse,
    body::{MessageBody, SizedStream},
    http::header::{
        self, Charset, ContentDisposition, ContentEncoding, DispositionParam, DispositionType, ExtendedValue,
    },
    web::Bytes,
};
use futures_util::stream;

use super::{Clinical, FilePlace};

/// Nothing in it runs, nothing is fetched for it, and no page has it in a frame.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// So many bytes are handed to a connection at a time: it holds no more of a file that nobody takes.
const PIECE: usize = 64 << 10;

/// A file.
#[derive(Debug)]
pub struct ClinicalFile {
    /// How it is called when it is kept.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// Whether the browser shows it; else it is kept.
    pub is_shown: bool,
    /// All of it.
    pub data: Vec<u8>,
}

impl Clinical<ClinicalFile> {
    /// The answer that hands it out, piece by piece; it holds `place` as long as it holds the file, which is until the browser has taken all of it.
    pub fn hand_out(self, place: FilePlace) -> HttpResponse {
        let ClinicalFile { name, media_type, is_shown, data } = self.into_shown();
        let disposition = if is_shown { DispositionType::Inline } else { DispositionType::Attachment };
        HttpResponse::Ok()
            .content_type(media_type)
            .insert_header(ContentDisposition { disposition, parameters: called(name) })
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // It is compressed already.
            .insert_header(ContentEncoding::Identity)
            .body(in_pieces(data.into(), place))
    }
}

/// `data` and its length, and `place` as long as it is there.
fn in_pieces(mut data: Bytes, place: FilePlace) -> impl MessageBody {
    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let pieces = std::iter::from_fn(move || {
        let _held = &place;
        let piece = data.split_to(data.len().min(PIECE));
        (!piece.is_empty()).then_some(Ok::<_, Infallible>(piece))
    });
    SizedStream::new(length, stream::iter(pieces))
}

/// The name for browsers of today, and what is left of it for all others.
fn called(name: String) -> Vec<DispositionParam> {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ');
    let plain = name.chars().map(|letter| if is_plain(&letter) { letter } else { '_' }).collect();
    let whole =
        ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into_bytes() };
    vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(whole)]
}
