//! Static files: embedded in the program, named by their content, compressed once at start.
//!
//! `css/app.css` is served as `/static/css/app-1a2b3c4d5e6f7a8b.css` and may be kept for a year:
//! when the bytes change, so does the name. A name without its fingerprint is not served.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, AcceptEncoding, Encoding, Header},
    web,
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::error::AppError;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// "css/app-….css" → its forms. Compressing them is half a second of work, which servers of one process do once together: a test starts dozens.
static SERVED: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let files = Files::iter().filter_map(|name| Some((Files::get(&name)?.data.into_owned(), name)));
    files.map(|(bytes, name)| (fingerprinted(&name, &bytes), Asset::new(&name, bytes))).collect()
});

/// All static files, by the name they are served under and by the name they are written with.
#[derive(Clone, Debug)]
pub struct Assets {
    /// "css/app.css" → "/static/css/app-….css" (or under a CDN's address).
    urls: Arc<HashMap<String, String>>,
}

#[derive(Debug)]
struct Asset {
    /// "css/app.css"
    name: String,
    content_type: &'static str,
    identity: web::Bytes,
    gzip: Option<web::Bytes>,
    brotli: Option<web::Bytes>,
}

impl Assets {
    /// Reads and compresses every file. `static_url` is the prefix of the addresses in pages:
    /// `/static`, or the address of a CDN that fetches from it.
    pub fn load(static_url: &str) -> Self {
        let prefix = static_url.trim_end_matches('/');
        let urls = SERVED.iter().map(|(served, asset)| (asset.name.clone(), format!("{prefix}/{served}")));
        Self { urls: Arc::new(urls.collect()) }
    }

    /// The address of the file written as `name`, or nothing if there is no such file.
    pub fn url(&self, name: &str) -> Option<&str> {
        self.urls.get(name).map(String::as_str)
    }
}

impl Asset {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        let smaller = |form: Option<Vec<u8>>| form.filter(|form| form.len() < bytes.len()).map(web::Bytes::from);
        Self {
            name: name.to_owned(),
            content_type: content_type(name),
            gzip: smaller(gzip(&bytes)),
            brotli: smaller(brotli(&bytes)),
            identity: web::Bytes::from(bytes),
        }
    }

    /// The smallest form the client accepts, with the name of its encoding.
    fn best(&self, accepted: Option<&AcceptEncoding>) -> (Option<&'static str>, &web::Bytes) {
        let accepts = |encoding: Encoding| {
            accepted.is_some_and(|accepted| accepted.negotiate([&encoding].into_iter()).as_ref() == Some(&encoding))
        };
        match (&self.brotli, &self.gzip) {
            (Some(form), _) if accepts(Encoding::brotli()) => (Some("br"), form),
            (_, Some(form)) if accepts(Encoding::gzip()) => (Some("gzip"), form),
            _ => (None, &self.identity),
        }
    }
}

/// `css/app.css` and its bytes → `css/app-<16 hex digits of SHA-256>.css`.
fn fingerprinted(name: &str, bytes: &[u8]) -> String {
    let digest: String = Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{digest}.{extension}"),
        None => format!("{name}-{digest}"),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).ok()
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).ok()?;
    Some(compressed)
}

/// The file of this fingerprinted name, in the smallest form that the client accepts.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
pub async fn show(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, AppError> {
    let asset = SERVED.get(name.as_str()).ok_or(AppError::NotFound)?;
    let accepted = AcceptEncoding::parse(&request).ok();
    let (encoding, body) = asset.best(accepted.as_ref());
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, asset.content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"))
        // Public bytes: pages of ours load them from a CDN's host as well.
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    if let Some(encoding) = encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Ok(answer.body(body.clone()))
}
