//! A text as a QR code, drawn here: nothing leaves the server, and no script is needed.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use qrcodegen::{QrCode, QrCodeEcc};

/// White squares around the code, as its standard asks.
const MARGIN: i32 = 4;

/// The source of an image, `data:image/svg+xml;…`: black on white in the dark as well, for cameras. Nothing when the text is too long.
pub(in crate::features::accounts) fn image(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN).ok()?;
        }
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>"
    );
    Some(format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg)))
}
