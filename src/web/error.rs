//! Errors as the visitor meets them: a short public sentence, and a private cause for the log.
//!
//! Handlers return [`AppError`]. It becomes an empty answer that carries a [`Problem`]; the
//! `error_pages` middleware turns that, and every error of Actix's own, into a page of the site.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};

use serde::Serialize;

use super::flash::{Flash, FlashKind};
use super::forms::{FormView, RedisplayedForm};
use super::rate_limit::RetryAfter;
use crate::db::DbErr;

/// Why a request cannot be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in: 303 to the sign-in page, which leads back to `next` (a same-origin path).
    #[error("sign-in required")]
    SignInRequired {
        /// Where to go after signing in.
        next: String,
        /// Whether a form was sent, which was not read: the sign-in page says so.
        sent: bool,
    },
    /// Nobody is signed in, and it is not a person who asks: 401.
    #[error("not signed in")]
    NotSignedIn,
    /// The form was made for somebody else than whoever is signed in: 409, with what was typed.
    #[error("the form of another person")]
    OtherPerson {
        /// The full name of whoever is signed in.
        signed_in: String,
        /// What was typed.
        typed: Vec<TypedField>,
    },
    /// The role may not do this: 403. Says nothing about any record.
    #[error("forbidden to this role")]
    Forbidden,
    /// There is no such thing, or this viewer may not know that there is: 404.
    #[error("not found")]
    NotFound,
    /// A field of the address or of a form is unusable, and there is no form to show again: 422.
    #[error("unprocessable: {0}")]
    Unprocessable(&'static str),
    /// The state moved on: 409, with a sentence saying what to do next.
    #[error("conflict: {0}")]
    Conflict(String),
    /// What the address led to is over, which whoever has it may know: 410, with a sentence saying what to do next.
    #[error("gone: {0}")]
    Gone(&'static str),
    /// The body is not a form: 400.
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// The body is larger than it may be: 413.
    #[error("body too large")]
    TooLarge,
    /// Too many tries: 429 with `Retry-After` in seconds.
    #[error("too many tries, again in {0} s")]
    TooManyRequests(u64),
    /// The same of tries to sign in to an account, which others may have made.
    #[error("too many tries to sign in, again in {0} s")]
    TooManySignIns(u64),
    /// Something we depend on is away: 503. The cause is for the log alone.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect: 500. The cause is for the log alone.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// An [`AppError::Internal`] whose cause is `cause`.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl From<RetryAfter> for AppError {
    fn from(wait: RetryAfter) -> Self {
        Self::TooManyRequests(wait.seconds())
    }
}

impl From<DbErr> for AppError {
    /// A database that cannot be reached, or that is in no state to answer, is not a defect of the page: it answers 503.
    /// There is deliberately no "record not found is 404": only a query that is scoped to the
    /// viewer may decide that.
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            other if crate::db::is_unavailable(&other) => Self::Unavailable(other.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Why a form is shown again with what was typed in it, although nothing was wrong with a field.
#[derive(Clone, Debug)]
pub struct RefusedForm {
    /// Of the answer.
    pub status: StatusCode,
    /// In a sentence.
    pub why: String,
    /// After so many seconds it can be sent again as it is; none where that would change nothing.
    pub wait: Option<u64>,
}

impl RefusedForm {
    /// Of `error`; `many` says that it was done too often.
    ///
    /// # Errors
    /// `error`, where it has a page of its own.
    pub fn of(error: AppError, many: &str) -> Result<Self, AppError> {
        match error {
            AppError::Conflict(why) => Ok(Self { status: StatusCode::CONFLICT, why, wait: None }),
            AppError::TooManyRequests(seconds) => {
                Ok(Self { status: StatusCode::TOO_MANY_REQUESTS, why: many.to_owned(), wait: Some(seconds) })
            }
            other => Err(other),
        }
    }

    /// What was typed, shown again with why nothing was done above it.
    #[must_use]
    pub fn above(&self, typed: FormView) -> RedisplayedForm {
        RedisplayedForm { status: self.status, form: typed.with_error("", self.why.as_str()) }
    }

    /// The page, which tells programs too when to come again.
    #[must_use]
    pub fn told_by(&self, mut answer: HttpResponse) -> HttpResponse {
        if let Some(seconds) = self.wait {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        answer
    }
}

/// A field of a form as somebody filled it in, shown again where nothing was done with it.
#[derive(Clone, Serialize)]
pub struct TypedField {
    /// Its name in words.
    pub label: String,
    /// What was typed. May be clinical.
    pub text: String,
}

impl std::fmt::Debug for TypedField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TypedField").field("label", &self.label).finish_non_exhaustive()
    }
}

/// What an error page says. Travels in the extensions of the response from the place where it is
/// known to the middleware that writes the page.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// A title, or nothing to use the status's own.
    pub title: Option<&'static str>,
    /// A sentence for the visitor, or nothing to use the status's own.
    pub explanation: Option<String>,
    /// What they had typed, when it would be lost otherwise.
    pub typed: Vec<TypedField>,
    /// What went wrong, for the log alone: written there with the reference that the page shows.
    pub cause: Option<String>,
}

/// Marks an answer with an error status whose body is already a page of ours (a form shown again).
#[derive(Clone, Copy, Debug)]
pub struct Rendered;

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignInRequired { .. } => StatusCode::SEE_OTHER,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) | Self::OtherPerson { .. } => StatusCode::CONFLICT,
            Self::Gone(_) => StatusCode::GONE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests(_) | Self::TooManySignIns(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::SignInRequired { next, sent } => {
                answer.insert_header((header::LOCATION, sign_in_with(next)));
                if *sent {
                    answer.extensions_mut().insert(Flash { kind: FlashKind::Error, text: NOT_SAVED.to_owned() });
                }
            }
            Self::TooManyRequests(seconds) | Self::TooManySignIns(seconds) => {
                answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            Self::Unavailable(_) => {
                answer.insert_header((header::RETRY_AFTER, "5"));
            }
            _ => {}
        }
        let explanation = match self {
            Self::Unprocessable(sentence) | Self::Malformed(sentence) | Self::Gone(sentence) => {
                Some((*sentence).to_owned())
            }
            Self::Conflict(sentence) => Some(sentence.clone()),
            Self::OtherPerson { signed_in, .. } => Some(somebody_elses(signed_in)),
            Self::TooManyRequests(seconds) => Some(wait_in_words(*seconds)),
            Self::TooManySignIns(seconds) => Some(format!("{} {SIGNED_IN_ELSEWHERE}", wait_in_words(*seconds))),
            _ => None,
        };
        let cause = matches!(self, Self::Unavailable(_) | Self::Internal(_)).then(|| self.to_string());
        let (title, typed) = match self {
            Self::OtherPerson { typed, .. } => (Some(OTHERS_FORM), typed.clone()),
            _ => (None, Vec::new()),
        };
        answer.extensions_mut().insert(Problem { title, explanation, typed, cause });
        answer.finish()
    }
}

/// True of an account to which others try to sign in, and of nothing that is a person's own everywhere.
const SIGNED_IN_ELSEWHERE: &str = "Where you are signed in already, everything works as ever.";
/// Said on the page that signs in.
const NOT_SAVED: &str = "You were signed out; what you sent was not saved. Sign in, and send it once more.";
const OTHERS_FORM: &str = "This form was opened by somebody else";

fn somebody_elses(signed_in: &str) -> String {
    format!(
        "You are signed in as {signed_in}. The form that was sent was opened while somebody else was signed in in this browser, so \
         nothing was done. If you are {signed_in}, open the page anew. If not, sign out, and sign in as yourself."
    )
}

fn wait_in_words(seconds: u64) -> String {
    let wait = match seconds.div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    format!("Wait {wait}, then try again.")
}

/// `/sign-in?next=…`, with `next` percent-encoded.
fn sign_in_with(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/sign-in?{query}")
}
