//! What somebody wants to attach, looked at before anything is kept of it: by what is in it and not by what it is called.
//!
//! Pictures are made anew out of their points alone, so that what else a camera, or somebody, has put into the file is gone: where it was taken, and
//! whatever is no picture. Documents are kept as they came and never shown, only handed out. What the virus scanner does not answer about is kept apart.

mod name;
mod picture;

use actix_web::{http::StatusCode, web::Bytes};
use entity::enums::{AttachmentState, MediaType};
use image::ImageFormat;
use sha2::{Digest as _, Sha256};

use crate::{
    integrations::virus_scanner::{self, Finding},
    settings::AttachmentSettings,
    web::{NotHeld, SentFile},
};

/// Files of one visit.
pub(super) const OF_A_VISIT: i64 = 20;

/// What can be attached.
#[derive(Clone, Debug)]
pub(super) struct Attachable {
    pub(super) name: String,
    pub(super) media_type: MediaType,
    pub(super) data: Vec<u8>,
    /// Of that data.
    pub(super) sha256: Vec<u8>,
    /// Whether it may be opened at once.
    pub(super) state: AttachmentState,
}

/// Why something is not attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There is nothing in it.
    Empty,
    /// It is nothing of what may be attached.
    Kind,
    /// It looks like a picture, and none can be made of it.
    Picture,
    /// So many MiB are the most.
    TooLarge(u32),
    /// Too many come at once.
    NoPlace,
    /// The scanner found something.
    Harmful,
    /// The visit has all it may have.
    VisitFull,
    /// So has the hospital.
    HospitalFull,
}

impl Refused {
    /// For the trail.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Kind => "kind",
            Self::Picture => "picture",
            Self::TooLarge(_) => "too_large",
            Self::NoPlace => "no_place",
            Self::Harmful => "harmful",
            Self::VisitFull => "visit_full",
            Self::HospitalFull => "hospital_full",
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Empty | Self::Kind | Self::Picture | Self::Harmful => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoPlace => StatusCode::SERVICE_UNAVAILABLE,
            Self::VisitFull | Self::HospitalFull => StatusCode::CONFLICT,
        }
    }

    /// What to do, for whoever sent it.
    pub(super) fn sentence(self) -> String {
        let sentence = match self {
            Self::Empty => "There is nothing in this file. Choose another one.",
            Self::Kind => "Choose a picture (JPEG, PNG or WebP) or a PDF file. Other files cannot be sent.",
            Self::Picture => "This picture cannot be read. Take it again, or make it smaller.",
            Self::TooLarge(most) => return format!("A file may have {most} MB. Choose a smaller one."),
            Self::NoPlace => "Too many files are being sent at this moment. Choose it again, and send it in a minute.",
            Self::Harmful => "The virus scanner found something harmful in this file, so it is not sent.",
            Self::VisitFull => "There are 20 files about this visit already. Send the message without one.",
            Self::HospitalFull => {
                "There is no room for more files. Send the message without one, and tell the hospital."
            }
        };
        sentence.to_owned()
    }
}

/// What is made of `file`.
///
/// # Errors
/// Why nothing is.
pub(super) async fn examine(settings: &AttachmentSettings, file: SentFile) -> Result<Attachable, Refused> {
    let bytes = file.bytes.as_ref().map_err(|why| match why {
        NotHeld::TooLarge => Refused::TooLarge(settings.max_mb),
        NotHeld::NoPlace => Refused::NoPlace,
    })?;
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    let kind = Kind::of(bytes).ok_or(Refused::Kind)?;
    let state = looked_at(settings, bytes).await?;
    let (media_type, data) = match kind {
        Kind::Pdf => (MediaType::Pdf, bytes.to_vec()),
        Kind::Picture(format) => picture::anew(bytes.clone(), format).await.ok_or(Refused::Picture)?,
    };
    if data.len() > settings.max_bytes() {
        return Err(Refused::TooLarge(settings.max_mb));
    }
    let (name, sha256) = (name::stored(&file.name, media_type), Sha256::digest(&data).to_vec());
    Ok(Attachable { name, media_type, data, sha256, state })
}

async fn looked_at(settings: &AttachmentSettings, bytes: &[u8]) -> Result<AttachmentState, Refused> {
    let Some(scanner) = &settings.scanner else { return Ok(AttachmentState::Clean) };
    match virus_scanner::scan(scanner, bytes).await {
        Ok(Finding::Nothing) => Ok(AttachmentState::Clean),
        Ok(Finding::Harmful) => Err(Refused::Harmful),
        Err(why) => {
            log::warn!("a file is kept apart: {why}");
            Ok(AttachmentState::Quarantined)
        }
    }
}

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Picture(ImageFormat),
    Pdf,
}

impl Kind {
    fn of(bytes: &Bytes) -> Option<Self> {
        let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
        match () {
            () if at(0, b"\xFF\xD8\xFF") => Some(Self::Picture(ImageFormat::Jpeg)),
            () if at(0, b"\x89PNG\r\n\x1A\n") => Some(Self::Picture(ImageFormat::Png)),
            () if at(0, b"RIFF") && at(8, b"WEBP") => Some(Self::Picture(ImageFormat::WebP)),
            () if at(0, b"%PDF-") => Some(Self::Pdf),
            () => None,
        }
    }
}
