//! What happens to paper and to photographs of it, and how many codes are read then. Shared by the test that holds the least
//! counts and the benchmark that prints all of them.

#![allow(dead_code, reason = "the test and the benchmark use their parts")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use outage_kit::code::{Grey, Library, photo, read_by};

/// A page as a printer and a scanner would give it.
pub struct Scan {
    /// Its pixels.
    pub grey: Grey,
    /// Pixels of a millimetre.
    pub per_mm: f64,
    /// Where its codes are: left and top in pixels, and the side, all without the quiet zone.
    pub codes: Vec<(f64, f64, f64)>,
    /// The side of a module in pixels.
    pub module: f64,
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Harm {
    /// As it was printed.
    Nothing,
    /// Turned, in degrees.
    Turned(f64),
    /// Seen from the side: tilted backwards, in degrees, from a page and a half away.
    Tilted(f64),
    /// Out of focus: a Gaussian blur of so many modules.
    Blurred(f64),
    /// A JPEG file of this quality.
    Jpeg(u8),
    /// So much of the pixels black or white.
    Noise(f64),
    /// Grey on grey: black is 96, white is 208.
    Grey,
    /// A white line of a millimetre through each code.
    Line,
    /// A grey disc over 8 % of each code.
    Stain,
    /// Wider than high by so much.
    Stretched(f64),
    /// Turned, tilted and blurred at once, with noise and little contrast: a hand at night.
    Hand,
}

/// All of them, as docs/benchmarks.md has them.
pub const HARMS: [Harm; 17] = [
    Harm::Nothing,
    Harm::Turned(1.0),
    Harm::Turned(4.0),
    Harm::Turned(7.0),
    Harm::Tilted(10.0),
    Harm::Blurred(0.5),
    Harm::Blurred(0.6),
    Harm::Blurred(0.7),
    Harm::Jpeg(40),
    Harm::Noise(0.02),
    Harm::Noise(0.05),
    Harm::Grey,
    Harm::Line,
    Harm::Stain,
    Harm::Stretched(1.02),
    Harm::Stretched(0.98),
    Harm::Hand,
];

impl Harm {
    /// What it is called in tables.
    pub fn name(self) -> String {
        match self {
            Self::Nothing => "as printed".to_owned(),
            Self::Turned(degrees) => format!("turned by {degrees}°"),
            Self::Tilted(degrees) => format!("seen {degrees}° from the side"),
            Self::Blurred(modules) => format!("blurred by {modules} modules"),
            Self::Jpeg(quality) => format!("JPEG, quality {quality}"),
            Self::Noise(part) => format!("{:.0} % of the pixels black or white", part * 100.0),
            Self::Grey => "grey on grey (96 on 208)".to_owned(),
            Self::Line => "a white line of 1 mm through each".to_owned(),
            Self::Stain => "a stain over 8 % of each".to_owned(),
            Self::Stretched(by) => format!("stretched by {by}"),
            Self::Hand => "turned 3°, tilted 6°, blurred by 0.4, noise 1 %, grey".to_owned(),
        }
    }

    /// The page after it.
    pub fn done(self, scan: &Scan) -> Grey {
        let page = &scan.grey;
        match self {
            Self::Nothing | Self::Jpeg(_) => page.clone(),
            Self::Turned(degrees) => turned(page, degrees),
            Self::Tilted(degrees) => tilted(page, degrees),
            Self::Blurred(modules) => blurred(page, modules * scan.module),
            Self::Noise(part) => noisy(page, part),
            Self::Grey => each(page, |_, _, bright| 96 + (u16::from(bright) * 112 / 255) as u8),
            Self::Line => {
                let half = scan.per_mm / 2.0;
                over_codes(scan, |_, y, side| (y - side * 0.45).abs() < half, |_| 255)
            }
            Self::Stain => {
                let radius = |side: f64| side * (0.08 / std::f64::consts::PI).sqrt();
                over_codes(scan, |x, y, side| (x - side * 0.55).hypot(y - side * 0.6) < radius(side), |_| 128)
            }
            Self::Stretched(by) => warped(page, |x, y| (x / by, y)),
            Self::Hand => {
                let seen = tilted(&turned(page, 3.0), 6.0);
                let grey = each(&seen, |_, _, bright| 96 + (u16::from(bright) * 112 / 255) as u8);
                noisy(&blurred(&grey, 0.4 * scan.module), 0.01)
            }
        }
    }
}

/// The pages of a PDF as pictures, by pdftoppm; quality is that of a JPEG, without it they are PNG.
pub fn pages(pdf: &Path, dpi: u32, quality: Option<u8>) -> Vec<PathBuf> {
    let folder = pdf.parent().unwrap().join(format!("pages-{dpi}-{}", quality.unwrap_or(0)));
    fs::create_dir_all(&folder).unwrap();
    let mut run = Command::new("pdftoppm");
    run.args(["-gray", "-r", &dpi.to_string()]);
    match quality {
        Some(quality) => run.args(["-jpeg", "-jpegopt", &format!("quality={quality}")]),
        None => run.arg("-png"),
    };
    let done = run.arg(pdf).arg(folder.join("page")).status().expect("pdftoppm is missing: apt-get install poppler-utils");
    assert!(done.success());
    let mut pages: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages
}

/// A picture of a page.
pub fn grey(path: &Path) -> Grey {
    photo(&fs::read(path).unwrap()).unwrap()
}

/// What zbarimg reads.
pub fn by_zbar(picture: &Grey, folder: &Path) -> BTreeSet<String> {
    let file = folder.join("seen.pgm");
    let head = format!("P5 {} {} 255\n", picture.width(), picture.height());
    fs::write(&file, [head.as_bytes(), picture.pixels()].concat()).unwrap();
    let run = Command::new("zbarimg").args(["--raw", "--quiet", "-Sdisable", "-Sqrcode.enable"]).arg(&file).output();
    let run = run.expect("zbarimg is missing: apt-get install zbar-tools");
    String::from_utf8_lossy(&run.stdout).lines().map(str::to_owned).collect()
}

/// What zbarimg, each of kit's two readers, and kit read of some texts.
pub fn counts(picture: &Grey, texts: &BTreeSet<String>, folder: &Path) -> [usize; 4] {
    let count = |read: &BTreeSet<String>| read.intersection(texts).count();
    let [rxing, rqrr] = [Library::Rxing, Library::Rqrr].map(|reader| read_by(reader, picture));
    let both: BTreeSet<String> = rxing.union(&rqrr).cloned().collect();
    [count(&by_zbar(picture, folder)), count(&rxing), count(&rqrr), count(&both)]
}

fn each(picture: &Grey, change: impl Fn(usize, usize, u8) -> u8) -> Grey {
    let width = picture.width();
    let pixels = picture.pixels().iter().enumerate().map(|(at, bright)| change(at % width, at / width, *bright)).collect();
    Grey::new(width, picture.height(), pixels).unwrap()
}

/// Where `is_in` holds, given the place within a code and its side, the pixel is changed.
fn over_codes(scan: &Scan, is_in: impl Fn(f64, f64, f64) -> bool, change: impl Fn(u8) -> u8) -> Grey {
    each(&scan.grey, |x, y, bright| {
        let (x, y) = (x as f64, y as f64);
        let at = |(left, top, side): &(f64, f64, f64)| (x - left, y - top, *side);
        let inside = |(x, y, side): &(f64, f64, f64)| (0.0..*side).contains(x) && (0.0..*side).contains(y);
        match scan.codes.iter().map(at).find(inside) {
            Some((x, y, side)) if is_in(x, y, side) => change(bright),
            _ => bright,
        }
    })
}

/// Each pixel from where `from` says, both from the middle of the picture; between four pixels their weighted mean, white beyond.
fn warped(picture: &Grey, from: impl Fn(f64, f64) -> (f64, f64)) -> Grey {
    let (width, height) = (picture.width(), picture.height());
    let middle = (width as f64 / 2.0, height as f64 / 2.0);
    each(picture, |x, y, _| {
        let (x, y) = from(x as f64 - middle.0, y as f64 - middle.1);
        let (x, y) = (x + middle.0, y + middle.1);
        if x < 0.0 || y < 0.0 || x >= width as f64 || y >= height as f64 {
            return 255;
        }
        let (column, row) = (x as usize, y as usize);
        let (right, down) = (x.fract(), y.fract());
        let at = |column, row| f64::from(picture.at(column, row));
        let above = at(column, row) * (1.0 - right) + at(column + 1, row) * right;
        let below = at(column, row + 1) * (1.0 - right) + at(column + 1, row + 1) * right;
        (above * (1.0 - down) + below * down).round() as u8
    })
}

fn turned(picture: &Grey, degrees: f64) -> Grey {
    let (sin, cos) = degrees.to_radians().sin_cos();
    warped(picture, |x, y| (x * cos + y * sin, y * cos - x * sin))
}

/// The page leans away from the camera, which is as far away as the page and a half is high.
fn tilted(picture: &Grey, degrees: f64) -> Grey {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let away = picture.height() as f64 * 1.5;
    warped(picture, |x, y| {
        let on_page = y * away / (away * cos - y * sin);
        (x * (away + on_page * sin) / away, on_page)
    })
}

fn blurred(picture: &Grey, sigma: f64) -> Grey {
    let reach = (sigma * 3.0).ceil() as isize;
    let weights: Vec<f32> = (-reach..=reach).map(|at| (-(at as f64).powi(2) / (2.0 * sigma * sigma)).exp() as f32).collect();
    let sum: f32 = weights.iter().sum();
    let once = |picture: &Grey, step: (isize, isize)| {
        let (width, height, pixels) = (picture.width() as isize, picture.height() as isize, picture.pixels());
        each(picture, |x, y, _| {
            let mut total = 0.0;
            for (weight, at) in weights.iter().zip(-reach..=reach) {
                let column = (x as isize + at * step.0).clamp(0, width - 1);
                let row = (y as isize + at * step.1).clamp(0, height - 1);
                total += weight * f32::from(pixels[(row * width + column) as usize]);
            }
            (total / sum).round() as u8
        })
    };
    once(&once(picture, (1, 0)), (0, 1))
}

/// The same noise each time (xorshift).
fn noisy(picture: &Grey, part: f64) -> Grey {
    let state = std::cell::Cell::new(0x9E37_79B9_7F4A_7C15_u64);
    each(picture, |_, _, bright| {
        let mut next = state.get();
        next ^= next << 13;
        next ^= next >> 7;
        next ^= next << 17;
        state.set(next);
        let chance = (next >> 11) as f64 / (1_u64 << 53) as f64;
        if chance < part / 2.0 {
            0
        } else if chance < part {
            255
        } else {
            bright
        }
    })
}
