//! The HTTP kit: errors, pages, forms, flash messages, pagination, static files, middleware.
//!
//! It knows no feature, nor who may do what: features use it, it never uses them. What it needs of the process is in the [`Kit`],
//! which is made by whoever opens the pools.

pub mod assets;
mod clinical;
mod clinical_file;
pub mod connections;
pub mod error;
pub mod flash;
mod form_owner;
pub mod forms;
pub mod health;
mod hosts;
mod kept;
mod kit;
mod link_token;
mod live_mark;
pub mod middleware;
pub mod moment;
pub mod paced;
pub mod page;
pub mod pagination;
pub mod pattern;
pub mod peer;
mod phone;
mod present;
mod program;
pub mod query;
pub mod rate_limit;
mod record_mark;
pub mod refusals;
mod sent_json;
pub mod shutdown;
mod submitted;
pub mod templates;
mod upload;

pub use clinical::{Clinical, ClinicalPage};
pub use clinical_file::ClinicalFile;
pub use error::{AppError, RefusedForm};
pub use flash::{FlashKind, see_other, see_other_saying};
pub use forms::{FormReader, FormView, LongSubmitted, RedisplayedForm, Submitted};
pub use kept::KeptForm;
pub use kit::{Kit, Surroundings};
pub(crate) use link_token::LinkToken;
pub use live_mark::LiveMarks;
pub(crate) use middleware::security_headers::with_devices;
pub use moment::{Moment, local_in_words, local_value, parse_local, parse_time, start_of_day};
pub use page::{Page, Pages};
pub use pagination::{Paginated, Pagination, Paging, how_many};
pub use phone::PhoneLink;
pub use present::Present;
pub use program::{is_prefetch, is_program, told, told_refused};
pub use record_mark::RecordMarks;
pub use sent_json::SentJson;
pub use submitted::Relay;
pub use upload::{FilePlace, NotHeld, Received, SentFile, Typed, Upload};
