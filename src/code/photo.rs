//! JPEG and PNG files as pictures in greys.

use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

use super::Grey;

/// Most bytes of a photograph.
pub const PHOTO_BYTES_MAX: u64 = 64 << 20;
/// Most pixels of a photograph on one side, and all together: a picture is unpacked in memory.
const SIDE_MAX: usize = 20_000;
const PIXELS_MAX: usize = 120 << 20;

/// Why a file is no picture for us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Neither JPEG nor PNG, by its first bytes.
    #[error("it is neither a JPEG nor a PNG file")]
    Kind,
    /// The pictures of newer iPhones.
    #[error("it is a HEIC picture, which kit does not read")]
    Heic,
    /// More pixels than anybody's camera has.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// Cut off or damaged.
    #[error("the picture is damaged")]
    Damaged,
}

/// A photograph or a scan as a picture in greys.
///
/// # Errors
///
/// [`PhotoError`] when the file is of another kind, too large or damaged.
pub fn photo(bytes: &[u8]) -> Result<Grey, PhotoError> {
    match bytes {
        [0xff, 0xd8, ..] => jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => png(bytes),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => Err(PhotoError::Heic),
        _ => Err(PhotoError::Kind),
    }
}

fn is_fine(width: usize, height: usize) -> bool {
    width <= SIDE_MAX && height <= SIDE_MAX && width.saturating_mul(height) <= PIXELS_MAX
}

fn jpeg(bytes: &[u8]) -> Result<Grey, PhotoError> {
    let options =
        DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma).set_max_width(SIDE_MAX).set_max_height(SIDE_MAX);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| PhotoError::Damaged)?;
    let info = decoder.info().ok_or(PhotoError::Damaged)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if !is_fine(width, height) {
        return Err(PhotoError::TooLarge);
    }
    let pixels = decoder.decode().map_err(|_| PhotoError::Damaged)?;
    Grey::new(width, height, pixels).ok_or(PhotoError::Damaged)
}

fn png(bytes: &[u8]) -> Result<Grey, PhotoError> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| PhotoError::Damaged)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    if !is_fine(width, height) {
        return Err(PhotoError::TooLarge);
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(PhotoError::TooLarge)?];
    let frame = reader.next_frame(&mut pixels).map_err(|_| PhotoError::Damaged)?;
    pixels.truncate(frame.buffer_size());
    let grey: Vec<u8> = pixels.chunks_exact(frame.color_type.samples().max(1)).map(luma).collect();
    Grey::new(width, height, grey).ok_or(PhotoError::Damaged)
}

/// How bright a pixel is on white paper: grey, grey and alpha, RGB, RGBA.
fn luma(samples: &[u8]) -> u8 {
    let (bright, alpha) = match *samples {
        [grey] => (u32::from(grey), 255),
        [grey, alpha] => (u32::from(grey), u32::from(alpha)),
        [red, green, blue] => (weigh(red, green, blue), 255),
        [red, green, blue, alpha] => (weigh(red, green, blue), u32::from(alpha)),
        _ => (255, 255),
    };
    u8::try_from((bright * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
}

/// ITU-R BT.601, in 256ths.
fn weigh(red: u8, green: u8, blue: u8) -> u32 {
    (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8
}
