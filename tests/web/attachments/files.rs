//! Files as people send them.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

/// Where a picture was taken, as a camera notes it.
pub(super) const PLACE: &[u8] = b"27.7172N 85.3240E";

/// A file, and what its sender calls it.
pub(super) struct Sent<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
}

impl Sent<'_> {
    /// A form with it: its content type, and its body.
    pub(super) fn form(&self, fields: &[(&str, &str)]) -> (String, Vec<u8>) {
        const BOUNDARY: &str = "a-line-of-no-file";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: image/jpeg\r\n\r\n",
            self.name
        );
        body.extend(head.into_bytes());
        body.extend(self.bytes);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

fn picture(width: u32, height: u32, alpha: u8) -> DynamicImage {
    DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, Rgba([200, 120, 90, alpha])))
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(super) fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
    written(&picture(width, height, alpha), ImageFormat::Png)
}

pub(super) fn webp(width: u32, height: u32) -> Vec<u8> {
    written(&picture(width, height, 255), ImageFormat::WebP)
}

/// As a telephone writes it that was held upright: lying on its side, with a note of it and of the place.
pub(super) fn jpeg_with_a_place(width: u32, height: u32) -> Vec<u8> {
    let plain = written(&DynamicImage::ImageRgb8(picture(width, height, 255).into_rgb8()), ImageFormat::Jpeg);
    // Two entries: which way is up (a quarter turn), and where the place is noted, after them.
    let mut notes =
        b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0"
            .to_vec();
    notes.extend(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0");
    notes.extend(PLACE);
    let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], b"\xFF\xE1", &length, &notes, &plain[2..]].concat()
}

/// A PNG that says how large it is, and is nothing else.
pub(super) fn png_of_header(width: u32, height: u32, depth: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, 6, 0, 0, 0]].concat();
    for (kind, data) in [(b"IHDR", &head[..]), (b"IDAT", &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]), (b"IEND", &[])] {
        let named = [&kind[..], data].concat();
        let mut check = flate2::Crc::new();
        check.update(&named);
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(named);
        bytes.extend(check.sum().to_be_bytes());
    }
    bytes
}

pub(super) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Width and height of a picture.
pub(super) fn size(bytes: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(bytes).unwrap();
    (picture.width(), picture.height())
}
