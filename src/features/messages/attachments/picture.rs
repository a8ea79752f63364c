//! Pictures, made anew out of their points.

use std::io::Cursor;

use actix_web::web::Bytes;
use entity::enums::MediaType;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Points along the longest side of a picture that is read.
const LONGEST: u32 = 8192;
/// Points along the longest side of one that is kept.
const KEPT: u32 = 2560;
/// Bytes that one may take while it is read.
const MOST: u64 = 256 * 1024 * 1024;
/// Of 100.
const QUALITY: u8 = 88;
/// Pictures that are made at a time: each takes a processor, and memory for all its points.
static HANDS: Semaphore = Semaphore::const_new(2);

/// The picture in `bytes`, as it is kept; none if there is none that can be read.
pub(super) async fn anew(bytes: Bytes, format: ImageFormat) -> Option<(MediaType, Vec<u8>)> {
    let hand = HANDS.acquire().await.ok()?;
    // The hand is busy until the picture is made, also when nobody waits for it any more.
    let made = spawn_blocking(move || {
        let made = made(&bytes, format);
        drop(hand);
        made
    });
    match made.await {
        Ok(Ok(picture)) => picture,
        Ok(Err(error)) => {
            log::debug!("a picture cannot be read: {error}");
            None
        }
        Err(error) => {
            log::warn!("a picture broke off its reading: {error}");
            None
        }
    }
}

fn made(bytes: &[u8], format: ImageFormat) -> ImageResult<Option<(MediaType, Vec<u8>)>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MOST);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if needed(bytes, format, decoder.total_bytes()) > MOST || width.max(height) > LONGEST {
        return Ok(None);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > KEPT {
        picture = picture.thumbnail(KEPT, KEPT);
    }
    picture.apply_orientation(orientation);
    written(picture).map(Some)
}

/// Bytes that it takes to read a picture whose points take `points`. A JPEG that comes in several passes, and has that mark in it, is in memory a
/// second time meanwhile, as numbers of two bytes each.
fn needed(bytes: &[u8], format: ImageFormat, points: u64) -> u64 {
    let is_in_passes = format == ImageFormat::Jpeg && bytes.windows(2).any(|pair| pair == b"\xFF\xC2");
    points.saturating_mul(if is_in_passes { 3 } else { 1 })
}

fn written(picture: DynamicImage) -> ImageResult<(MediaType, Vec<u8>)> {
    let mut data = Cursor::new(Vec::new());
    if shines_through(&picture) {
        DynamicImage::ImageRgba8(picture.into_rgba8()).write_to(&mut data, ImageFormat::Png)?;
        return Ok((MediaType::Png, data.into_inner()));
    }
    let encoder = JpegEncoder::new_with_quality(&mut data, QUALITY);
    DynamicImage::ImageRgb8(picture.into_rgb8()).write_with_encoder(encoder)?;
    Ok((MediaType::Jpeg, data.into_inner()))
}

fn shines_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha()
        && picture.to_rgba8().pixels().any(|point| point.0.last().is_some_and(|alpha| *alpha < 255))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_in_passes_takes_three_times_the_room() {
        assert_eq!(needed(b"\xFF\xD8\xFF\xC0", ImageFormat::Jpeg, 10), 10);
        assert_eq!(needed(b"\xFF\xD8\xFF\xFF\xC2", ImageFormat::Jpeg, 10), 30);
        assert_eq!(needed(b"\x89PNG\xFF\xC2", ImageFormat::Png, 10), 10);
        assert_eq!(needed(b"\xFF\xC2", ImageFormat::Jpeg, u64::MAX), u64::MAX);
    }
}
