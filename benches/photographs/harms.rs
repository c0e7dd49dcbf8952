//! What happens to paper and to photographs of it, and how many codes are read then.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use outage_kit::code::{Code, Grey, Library, photo, read_by};

/// Millimetres of an inch.
const INCH_MM: f64 = 25.4;
/// What a JPEG file of a page is made with.
const JPEG_QUALITY: u8 = 40;

/// A page of a PDF as a printer and a scanner would give it.
pub(crate) struct Page {
    /// Its pixels.
    grey: Grey,
    /// The same from a JPEG file of this quality.
    jpeg: Grey,
    /// Pixels of a millimetre.
    per_mm: f64,
    /// Where its codes are.
    codes: Vec<Printed>,
}

/// A code on a page, without its quiet zone: left and top in pixels, the side, and what it says.
struct Printed {
    left: f64,
    top: f64,
    side: f64,
    text: String,
}

/// How many codes were read.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Read {
    pub(crate) codes: usize,
    pub(crate) kit: usize,
    pub(crate) zbar: usize,
    pub(crate) rxing: usize,
    pub(crate) rqrr: usize,
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Harm {
    /// As it was printed.
    Nothing,
    /// Turned, in degrees.
    Turned(f64),
    /// Seen from the side: tilted backwards, in degrees, from a page and a half away.
    Tilted(f64),
    /// Out of focus: a Gaussian blur of so many modules.
    Blurred(f64),
    /// A JPEG file of quality 40.
    Jpeg,
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
pub(crate) const HARMS: [Harm; 17] = [
    Harm::Nothing,
    Harm::Turned(1.0),
    Harm::Turned(4.0),
    Harm::Turned(7.0),
    Harm::Tilted(10.0),
    Harm::Blurred(0.5),
    Harm::Blurred(0.6),
    Harm::Blurred(0.7),
    Harm::Jpeg,
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
    pub(crate) fn name(self) -> String {
        match self {
            Self::Nothing => "as printed".to_owned(),
            Self::Turned(degrees) => format!("turned by {degrees}°"),
            Self::Tilted(degrees) => format!("seen {degrees}° from the side"),
            Self::Blurred(modules) => format!("blurred by {modules} modules"),
            Self::Jpeg => format!("JPEG, quality {JPEG_QUALITY}"),
            Self::Noise(part) => format!("{:.0} % of the pixels black or white", part * 100.0),
            Self::Grey => "grey on grey (96 on 208)".to_owned(),
            Self::Line => "a white line of 1 mm through each".to_owned(),
            Self::Stain => "a stain over 8 % of each".to_owned(),
            Self::Stretched(by) => format!("stretched by {by}"),
            Self::Hand => "turned 3°, tilted 6°, blurred by 0.4, noise 1 %, grey".to_owned(),
        }
    }

    /// The page after it.
    fn done(self, page: &Page) -> Grey {
        let seen = &page.grey;
        match self {
            Self::Nothing => seen.clone(),
            Self::Jpeg => page.jpeg.clone(),
            Self::Turned(degrees) => turned(seen, degrees),
            Self::Tilted(degrees) => tilted(seen, degrees),
            Self::Blurred(modules) => blurred(seen, modules * page.module()),
            Self::Noise(part) => noisy(seen, part),
            Self::Grey => each(seen, |_, _, bright| 96 + (u16::from(bright) * 112 / 255) as u8),
            Self::Line => {
                let half = page.per_mm / 2.0;
                over_codes(page, |_, y, side| (y - side * 0.45).abs() < half, |_| 255)
            }
            Self::Stain => {
                let radius = |side: f64| side * (0.08 / std::f64::consts::PI).sqrt();
                over_codes(page, |x, y, side| (x - side * 0.55).hypot(y - side * 0.6) < radius(side), |_| 128)
            }
            Self::Stretched(by) => warped(seen, |x, y| (x / by, y)),
            Self::Hand => {
                let seen = tilted(&turned(seen, 3.0), 6.0);
                let grey = each(&seen, |_, _, bright| 96 + (u16::from(bright) * 112 / 255) as u8);
                noisy(&blurred(&grey, 0.4 * page.module()), 0.01)
            }
        }
    }
}

impl Page {
    /// The pages of a PDF that have codes, as pdftoppm draws them.
    pub(crate) fn all(pdf: &Path, dpi: u32, folder: &Path) -> Vec<Self> {
        let greys = |format: &[&str], ending: &str| -> Vec<Grey> {
            let base = pdf.with_extension(ending);
            let run = Command::new("pdftoppm").args(["-gray", "-r", &dpi.to_string()]).args(format).arg(pdf).arg(&base).status();
            assert!(run.expect("pdftoppm is missing: apt-get install poppler-utils").success());
            let begins = base.file_name().unwrap().to_str().unwrap().to_owned() + "-";
            let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let mut pages: Vec<PathBuf> =
                all.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&begins)).collect();
            pages.sort();
            pages.iter().map(|path| photo(&fs::read(path).unwrap()).unwrap()).collect()
        };
        let quality = format!("quality={JPEG_QUALITY}");
        let (sharp, jpeg) =
            (greys(&["-png"], &format!("{dpi}-png")), greys(&["-jpeg", "-jpegopt", &quality], &format!("{dpi}-jpeg")));
        let pages = sharp.into_iter().zip(jpeg).map(|(grey, jpeg)| {
            let codes = by_zbar(&grey, folder);
            Self { grey, jpeg, per_mm: f64::from(dpi) / INCH_MM, codes }
        });
        pages.filter(|page| !page.codes.is_empty()).collect()
    }

    /// How many different texts its codes have.
    pub(crate) fn texts(&self) -> BTreeSet<String> {
        texts(&self.codes)
    }

    /// The smallest module of its codes, in pixels.
    fn module(&self) -> f64 {
        let module = |code: &Printed| code.side / Code::of(&code.text).map_or(21.0, |code| code.side() as f64);
        self.codes.iter().map(module).fold(f64::MAX, f64::min)
    }

    /// What of it is read after a harm.
    pub(crate) fn read_after(&self, harm: Harm, folder: &Path) -> Read {
        let (picture, all) = (harm.done(self), self.texts());
        let count = |read: &BTreeSet<String>| read.intersection(&all).count();
        let [rxing, rqrr] = [Library::Rxing, Library::Rqrr].map(|reader| read_by(reader, &picture));
        let (zbar, kit) = (count(&texts(&by_zbar(&picture, folder))), count(&(&rxing | &rqrr)));
        Read { codes: all.len(), kit, zbar, rxing: count(&rxing), rqrr: count(&rqrr) }
    }
}

impl Read {
    /// Of two pages together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            codes: self.codes + other.codes,
            kit: self.kit + other.kit,
            zbar: self.zbar + other.zbar,
            rxing: self.rxing + other.rxing,
            rqrr: self.rqrr + other.rqrr,
        }
    }
}

fn texts(codes: &[Printed]) -> BTreeSet<String> {
    codes.iter().map(|code| code.text.clone()).collect()
}

/// What zbarimg reads, and where.
fn by_zbar(picture: &Grey, folder: &Path) -> Vec<Printed> {
    let file = folder.join("seen.pgm");
    let head = format!("P5 {} {} 255\n", picture.width(), picture.height());
    fs::write(&file, [head.as_bytes(), picture.pixels()].concat()).unwrap();
    let run = Command::new("zbarimg").args(["--xml", "--quiet", "-Sbinary", "-Sdisable", "-Sqrcode.enable"]).arg(&file).output();
    let xml = String::from_utf8(run.expect("zbarimg is missing: apt-get install zbar-tools").stdout).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    document.descendants().filter(|node| node.has_tag_name("symbol")).map(printed).collect()
}

fn printed(symbol: roxmltree::Node<'_, '_>) -> Printed {
    let of = |name: &str| symbol.descendants().find(|node| node.has_tag_name(name)).unwrap();
    let bytes =
        data_encoding::BASE64.decode(of("data").text().unwrap().split_whitespace().collect::<String>().as_bytes()).unwrap();
    let points = of("polygon").attribute("points").unwrap().split([' ', ',']).map(|number| number.parse::<f64>().unwrap());
    let points: Vec<f64> = points.collect();
    let least = |from: usize| points.iter().skip(from).step_by(2).copied().fold(f64::MAX, f64::min);
    let most = |from: usize| points.iter().skip(from).step_by(2).copied().fold(f64::MIN, f64::max);
    let text = String::from_utf8(bytes).unwrap();
    Printed { left: least(0), top: least(1), side: most(0) - least(0), text }
}

fn each(picture: &Grey, change: impl Fn(usize, usize, u8) -> u8) -> Grey {
    let width = picture.width();
    let pixels = picture.pixels().iter().enumerate().map(|(at, bright)| change(at % width, at / width, *bright)).collect();
    Grey::new(width, picture.height(), pixels).unwrap()
}

/// Where `is_in` holds, given the place within a code and its side, the pixel is changed.
fn over_codes(page: &Page, is_in: impl Fn(f64, f64, f64) -> bool, change: impl Fn(u8) -> u8) -> Grey {
    each(&page.grey, |x, y, bright| {
        let (x, y) = (x as f64, y as f64);
        let at = |code: &Printed| (x - code.left, y - code.top, code.side);
        let inside = |(x, y, side): &(f64, f64, f64)| (0.0..*side).contains(x) && (0.0..*side).contains(y);
        match page.codes.iter().map(at).find(inside) {
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
