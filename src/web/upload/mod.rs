//! A form that may come with one file, in the field `file`: as `multipart/form-data`, or without a file as any other form.

mod pace;
mod places;

pub use self::places::FilePlace;
pub(super) use self::places::Places;

use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header,
    web::{Bytes, BytesMut, Data},
};
use futures_util::StreamExt;

use self::pace::in_pace;
use super::{
    Kit,
    error::AppError,
    form_owner,
    forms::{Fields, LongSubmitted},
    submitted::LONG_LIMIT,
};

/// The name of the field.
const FILE: &str = "file";
/// How long a client may take to send one, however steadily it comes.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most fields of a form.
const PARTS: usize = 20;

/// A form that may come with a file, which is its last field. Nothing of it is read before [`Upload::receive`]: first it is decided whether whoever sends
/// it may. Of whoever is signed out what was typed is read, as of any other form, to be handed back ([`Upload::typed`]).
pub struct Upload {
    request: HttpRequest,
    payload: Payload,
}

/// What came.
#[derive(Debug)]
pub struct Received {
    /// What was typed.
    pub fields: Fields,
    /// What came with it.
    pub file: Option<SentFile>,
}

/// A file as a browser sent it.
#[derive(Debug)]
pub struct SentFile {
    /// As the sender called it: any text.
    pub name: String,
    /// All of it, or why it is not there.
    pub bytes: Result<Bytes, NotHeld>,
    _place: Option<FilePlace>,
}

/// Why a file that came is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHeld {
    /// It is larger than it may be.
    TooLarge,
    /// There was no place for it: too many come at once, of this sender or of all.
    NoPlace,
}

/// What was typed by somebody who is signed out.
#[derive(Debug)]
pub struct Typed {
    /// What was typed.
    pub fields: Fields,
    /// Whether a file came with it, which is not there any more.
    pub had_file: bool,
}

impl FromRequest for Upload {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self { request: request.clone(), payload: payload.take() }))
    }
}

impl Upload {
    /// All of it, sent by `user_id`.
    ///
    /// # Errors
    /// Those of [`Submitted::fields`](super::Submitted::fields).
    pub async fn receive(mut self, user_id: i64) -> Result<Received, AppError> {
        if !self.has_parts() {
            let form = LongSubmitted::from_request(&self.request, &mut self.payload).await?;
            return Ok(Received { fields: form.fields()?, file: None });
        }
        let kit = kit(&self.request)?;
        let parts = parts(&self.request, self.payload, kit.largest_file);
        let mut received = in_time(read(parts, Holder::Person(&kit.places, user_id), kit.largest_file)).await?;
        form_owner::check(&self.request, &mut received.fields)?;
        form_owner::remember(&self.request, &received.fields);
        Ok(received)
    }

    /// What was typed, whoever the form belongs to, and with the field that says so: to be handed back to a browser in which nobody is signed in. A file
    /// is held nowhere. It goes by unseen, so that a browser that is still sending it sees the answer; of a form that is handed back to nobody it is not
    /// waited for.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub async fn typed(mut self) -> Result<Typed, AppError> {
        if !self.has_parts() {
            let form = LongSubmitted::from_request(&self.request, &mut self.payload).await?;
            return Ok(Typed { fields: form.unchecked()?, had_file: false });
        }
        let most = kit(&self.request)?.largest_file;
        let parts = parts(&self.request, self.payload, most);
        let Received { fields, file } = in_time(read(parts, Holder::Nobody, most)).await?;
        Ok(Typed { fields, had_file: file.is_some() })
    }

    fn has_parts(&self) -> bool {
        let content_type = self.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        content_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
    }
}

fn kit(request: &HttpRequest) -> Result<&Kit, AppError> {
    let kit: &Kit = request.app_data::<Data<Kit>>().ok_or_else(|| AppError::internal("the kit is not configured"))?;
    Ok(kit)
}

/// The parts of the form. What is too large is read to its end, so that a browser sees the answer, but not without end.
fn parts(request: &HttpRequest, payload: Payload, most: usize) -> Multipart {
    let mut left = most.saturating_mul(4).saturating_add(LONG_LIMIT);
    let bounded = in_pace(payload).map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    });
    Multipart::new(request.headers(), bounded)
}

async fn in_time(reading: impl Future<Output = Result<Received, AppError>>) -> Result<Received, AppError> {
    tokio::time::timeout(PATIENCE, reading).await.map_err(|_late| LATE)?
}

const LATE: AppError = AppError::Malformed("The form did not arrive in time.");

/// Where a file is held.
#[derive(Clone, Copy)]
enum Holder<'a> {
    /// In a place of that person's.
    Person(&'a Places, i64),
    /// Nowhere: nobody is signed in.
    Nobody,
}

async fn read(mut parts: Multipart, holder: Holder<'_>, most: usize) -> Result<Received, AppError> {
    let (mut fields, mut file, mut typed) = (Fields::new(), None, 0);
    for _ in 0..=PARTS {
        let Some(part) = parts.next().await else { return Ok(Received { fields, file }) };
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let called = part.content_disposition().and_then(|told| told.get_filename()).map(str::to_owned);
        let is_known = match called {
            Some(called) if name == FILE && file.is_none() => {
                let (sent, is_end) = match holder {
                    Holder::Person(places, user_id) => held(&mut part, called, (places, user_id, most)).await?,
                    Holder::Nobody => passed_by(&mut part, called, &fields).await,
                };
                file = sent;
                if is_end {
                    return Ok(Received { fields, file });
                }
                true
            }
            Some(_) => false,
            None => {
                let text = whole(&mut part, LONG_LIMIT.saturating_sub(typed)).await?.ok_or(AppError::TooLarge)?;
                typed += text.len();
                let text =
                    String::from_utf8(text.into()).map_err(|_other| AppError::Malformed("The form is not text."))?;
                fields.insert(name, text).is_none()
            }
        };
        if !is_known {
            return Err(AppError::Malformed("A field was sent twice, or holds a file and should not."));
        }
    }
    Err(AppError::Malformed("The form has too many fields."))
}

/// The file that is sent in `part`, if one was chosen; and whether the form ends with it, since it is so large that nobody reads on.
async fn held(
    part: &mut Field,
    name: String,
    (places, user_id, most): (&Places, i64, usize),
) -> Result<(Option<SentFile>, bool), AppError> {
    // Nothing is read, and nothing held, while this waits.
    let place = if name.is_empty() { None } else { places.take(user_id).await };
    let (bytes, is_end) = match whole(part, if place.is_some() { most } else { 0 }).await {
        // What was typed is there: the file comes last.
        Err(AppError::TooLarge) => (None, true),
        read => (read?, false),
    };
    // What a browser sends of a field in which nothing was chosen.
    if name.is_empty() && bytes.as_ref().is_some_and(Bytes::is_empty) {
        return Ok((None, is_end));
    }
    let why = if place.is_some() { NotHeld::TooLarge } else { NotHeld::NoPlace };
    Ok((Some(SentFile { name, bytes: bytes.ok_or(why), _place: place }), is_end))
}

/// The file that is sent in `part` by nobody who is known, without what is in it; and whether the form ends with it. How it ends changes nothing: what was
/// typed is there, for the file comes last.
async fn passed_by(part: &mut Field, name: String, fields: &Fields) -> (Option<SentFile>, bool) {
    let is_end = !form_owner::is_bound(fields) || whole(part, 0).await.is_err();
    let sent = (!name.is_empty()).then(|| SentFile { name, bytes: Err(NotHeld::NoPlace), _place: None });
    (sent, is_end)
}

/// All of a part; none when it is larger.
async fn whole(part: &mut Field, most: usize) -> Result<Option<Bytes>, AppError> {
    let mut whole = Some(BytesMut::new());
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(broken)?;
        whole = whole.filter(|whole| whole.len() + chunk.len() <= most);
        if let Some(whole) = &mut whole {
            whole.extend_from_slice(&chunk);
        }
    }
    Ok(whole.map(BytesMut::freeze))
}

fn broken(error: MultipartError) -> AppError {
    log::debug!("a form's body broke off: {error}");
    match error {
        MultipartError::Payload(PayloadError::Overflow) => AppError::TooLarge,
        MultipartError::Payload(why) if pace::is_late(&why) => LATE,
        _ => AppError::Malformed("The form broke off."),
    }
}
