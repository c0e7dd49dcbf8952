//! The whole kit on paper and back: photographs of its codes on another machine of the team, and what anybody can do to them.

use std::fs;

use outage_kit::code::parts::{parts, sets};

use crate::{
    acme::Acme,
    pdf::drawn,
    world::{Run, World, peer},
};

/// Millimetres of an inch.
const INCH_MM: f64 = 25.4;

/// Prints the kit that is here; the name of the file.
fn printed(world: &World, name: &str) -> String {
    let file = format!("{name}.pdf");
    world.kit(["export", "archive", "--out", &file, "--force"]).ok();
    file
}

/// A photograph of each code with its quiet zone and some of the paper around it, in the order of their numbers.
fn photographs(world: &World, pdf: &str, dpi: u32) -> Vec<String> {
    let mut photographs = Vec::new();
    for (number, page) in (1..).zip(drawn(world, pdf)) {
        let live_mm = ((page.size_mm.0 - 186.0) / 2.0, (page.size_mm.1 - 255.0) / 2.0);
        let pixels = |mm: f64| format!("{}", (mm / INCH_MM * f64::from(dpi)) as i64);
        for code in &page.codes {
            let area = code.with_quiet_zone();
            let file = format!("photo-{dpi}-{:02}", photographs.len() + 1);
            let (x, y) = (pixels(live_mm.0 + area.left), pixels(live_mm.1 + area.top));
            let (w, h) = (pixels(area.right - area.left + 1.0), pixels(area.bottom - area.top + 1.0));
            let (page, dpi) = (number.to_string(), dpi.to_string());
            let crop = ["-r", &dpi, "-f", &page, "-l", &page, "-x", &x, "-y", &y, "-W", &w, "-H", &h];
            let how = ["-gray", "-jpeg", "-jpegopt", "quality=60", "-singlefile", pdf, &file];
            world.run("pdftoppm", crop.iter().chain(&how), b"").ok();
            photographs.push(format!("{file}.jpg"));
        }
    }
    photographs
}

/// What a camera reads of the codes, in the order of their numbers.
fn texts(world: &World, pdf: &str) -> Vec<String> {
    peer("zbarimg");
    world.run("pdftoppm", ["-r", "300", "-gray", "-png", pdf, "codes"], b"").ok();
    let pages = world.files(".").into_iter().filter(|file| file.file_name().unwrap().to_string_lossy().starts_with("codes-"));
    let pages: Vec<_> = pages.collect();
    let read =
        world.run("zbarimg", ["--raw", "--quiet", "-Sdisable", "-Sqrcode.enable"].map(Into::into).iter().chain(&pages), b"");
    let mut texts: Vec<String> = read.ok().stdout.lines().map(str::to_owned).collect();
    texts.sort_by_key(|text| text.split(' ').nth(2).map(str::to_owned));
    pages.iter().for_each(|page| fs::remove_file(world.path(page)).unwrap());
    texts
}

/// Everything that a machine keeps.
fn kept(world: &World, home: &str) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    world.files(home).into_iter().map(|file| (file.clone(), world.read(&file))).collect()
}

fn scan(world: &World, files: &[String]) -> Run {
    world.with("COLUMNS", "200").kit(["import", "--scan"].map(str::to_owned).iter().chain(files))
}

fn scan_texts(world: &World, texts: &[String]) -> Run {
    world.write("texts.txt", texts.join("\n"));
    scan(world, &["texts.txt".to_owned()])
}

/// Alice's laptop is a member and has no kit; Dana printed the kit that it is a member of.
fn lost() -> Acme {
    let acme = Acme::published();
    for (machine, person) in [(acme.alice.clone(), "alice.okafor"), (acme.dana.machine("bob-home"), "bob.reyes")] {
        let join = acme.join(&machine, person);
        acme.admit(&join);
    }
    // As many people as fill two pages.
    let person = |at: u32| {
        let noise = at.wrapping_mul(2_654_435_761);
        let id = format!("{:x}.{:x}", noise >> 12, noise.rotate_left(13) >> 8);
        let number = format!("+44 7700 {:06}", noise % 1_000_000);
        format!(
            "[[person]]\nid = \"p{id}\"\nname = \"{id}\"\nzone = \"Europe/Berlin\"\n[[person.number]]\nnumber = \"{number}\"\n"
        )
    };
    acme.dana.write("team/crowd.toml", (1..=36).map(person).collect::<String>());
    acme.publish().ok();
    acme
}

#[test]
fn of_twenty_four_codes_any_four_may_be_lost_and_photographs_come_in_any_order() {
    let acme = lost();
    let pdf = printed(&acme.dana, "archive");
    fs::rename(acme.dana.path("box"), acme.dana.path("burned")).unwrap();
    let photographs = photographs(&acme.dana, &pdf, 200);
    assert_eq!(photographs.len(), 24, "two full pages");
    let alice = &acme.alice;
    // The first, the last, the spare ones and some between; each as somebody lays them on a table.
    for (round, lost) in [[1, 2, 3, 4], [21, 22, 23, 24], [5, 11, 17, 22], [1, 8, 16, 24]].iter().enumerate() {
        let left: Vec<String> =
            photographs.iter().enumerate().filter(|(at, _)| !lost.contains(&(at + 1))).map(|(_, it)| it.clone()).collect();
        let shuffled: Vec<String> = (0..left.len()).map(|at| left[(at * 7 + round) % left.len()].clone()).collect();
        let home = acme.dana.path("alice-home");
        let own = acme.dana.path(format!("alice-{round}"));
        let copied = acme.dana.run("cp", ["-a".into(), home.into_os_string(), own.into_os_string()], b"");
        copied.ok();
        let machine = alice.machine(&format!("alice-{round}"));
        let missing = lost.map(|number| format!("{number:02}")).join(", ");
        let run = scan(&machine, &shuffled);
        run.ok().says(&format!("READ  20 of 24 codes in 20 pictures; missing {missing}, made good by the others"));
        let signed = acme.dana.read("burned/bundle.kit");
        let has_it = kept(&machine, &format!("alice-{round}")).iter().any(|(_, bytes)| *bytes == signed);
        assert!(has_it, "byte for byte what was signed");
        machine.kit(["lookup", "bob"]).ok().has("+1 202 555 0143");
        // Five are too many.
        let machine = alice.machine("alice-home");
        let before = kept(&machine, "alice-home");
        let run = scan(&machine, &shuffled[1..]);
        run.fails_talking(1).says("19 of 24 codes are too few: 20 are needed").says("Missing: ").says("Nothing was kept");
        assert_eq!(kept(&machine, "alice-home"), before);
    }
}

#[test]
fn whole_pages_are_photographed_at_once() {
    let acme = lost();
    let pdf = printed(&acme.dana, "archive");
    acme.dana.run("pdftoppm", ["-r", "300", "-gray", "-jpeg", &pdf, "page"], b"").ok();
    let pages = ["page-2.jpg".to_owned(), "page-1.jpg".to_owned()];
    let run = scan(&acme.alice, &pages);
    run.ok().says(" of 24 codes in 2 pictures").has("kit 2");
    // Once more it is the same: nothing changes.
    scan(&acme.alice, &pages[..]).ok().says(" of 24 codes in 2 pictures");
}

#[test]
fn h1_h3_an_old_a_forged_and_a_strangers_paper_are_judged_like_those_of_any_place() {
    let acme = lost();
    let alice = &acme.alice;
    let old = texts(&acme.dana, &printed(&acme.dana, "old"));
    acme.publish().ok();
    let new = texts(&acme.dana, &printed(&acme.dana, "new"));
    // Both printings in one heap, some codes twice: each is put together by itself, and the newer one is taken.
    let mut heap: Vec<String> = old.iter().chain(&new).chain(&old[3..9]).cloned().collect();
    heap.reverse();
    scan_texts(alice, &heap).ok().says("These are codes of 2 printings").has("kit 3");
    // The old one alone is older than what is here.
    scan_texts(alice, &old).fails_talking(6).says("ROLLBACK").says("kit 2");
    // A code that somebody changed is found and made good; five of them are too many, and nothing is taken.
    let forged = |text: &String| text.replacen(&text[40..48], "AAAAAAAA", 1);
    let mut some = new.clone();
    some[4] = forged(&some[4]);
    let number = &some[4].split(' ').nth(2).unwrap()[..2];
    scan_texts(alice, &some).ok().says(&format!("DAMAGED OR FORGED {number}, made good by the others"));
    new.iter().enumerate().for_each(|(at, text)| some[at] = if at < 9 { forged(text) } else { text.clone() });
    scan_texts(alice, &some).fails_talking(6).says("damaged or forged").says("Nothing was kept");
    // The head's number changed, every sum made right again: its signature is not.
    let (set, _) = sets(new.iter().map(String::as_str));
    let bytes = set[0].join().unwrap().bytes;
    let mut signed = unpacked(alice, &bytes);
    let at = signed.windows(8).position(|window| window == b"\"seq\":3,").unwrap();
    signed[at + 6] = b'9';
    let packed = packed(alice, &signed);
    let made = parts(set[0].kit(), &packed, 816).unwrap();
    scan_texts(alice, &made).fails_talking(6).says("not to be trusted");
    alice.kit(["status"]).has("kit 3");
}

fn unpacked(world: &World, bytes: &[u8]) -> Vec<u8> {
    let script = "import sys,zlib; sys.stdout.buffer.write(zlib.decompressobj(31).decompress(sys.stdin.buffer.read()))";
    world.write("small", bytes);
    world.run("sh", ["-c", &format!("python3 -c '{script}' <small >unpacked")], b"").ok();
    world.read("unpacked")
}

fn packed(world: &World, bytes: &[u8]) -> Vec<u8> {
    world.write("unpacked", bytes);
    world.run("sh", ["-c", "gzip -9n <unpacked >packed"], b"").ok();
    world.read("packed")
}

#[test]
fn a_strangers_kit_does_not_become_ours() {
    let acme = lost();
    let own = texts(&acme.dana, &printed(&acme.dana, "own"));
    let mallory = acme.dana.machine("mallory-home");
    let init = ["init", "theirs", "--name", "Acme", "--as", "dana.fox", "--device", "desk", "--reader", "plain"];
    let cheap = ["--passphrase-file", "p", "--work-factor", "14"];
    mallory.kit(init.iter().chain(&cheap)).ok();
    mallory.kit(["publish", "theirs", "--to", "theirs-box", "--passphrase-file", "p"]).ok();
    let theirs = texts(&mallory, &printed(&mallory, "theirs"));
    // As they are; and with our kit's name on every code and all sums right.
    let (ours, _) = sets(own.iter().map(String::as_str));
    let (set, _) = sets(theirs.iter().map(String::as_str));
    let renamed = parts(ours[0].kit(), &set[0].join().unwrap().bytes, 816).unwrap();
    let before = kept(&acme.alice, "alice-home");
    for texts in [theirs, renamed] {
        let run = scan_texts(&acme.alice, &texts);
        run.assert([5, 6].contains(&run.status), "refused").assert(run.stdout.is_empty(), "nothing on stdout");
        assert_eq!(kept(&acme.alice, "alice-home"), before, "{}", run.stderr);
    }
}

#[test]
fn what_is_no_paper_of_kit_is_said_and_not_followed() {
    let acme = lost();
    let dana = &acme.dana;
    // A sheet's own codes are for phones: shown, and not opened.
    dana.kit(["export", "sheet", "--out", "sheet.pdf"]).ok();
    let before = kept(dana, "home");
    let last = drawn(dana, "sheet.pdf").len().to_string();
    dana.run("pdftoppm", ["-r", "200", "-gray", "-png", "-f", &last, "-l", &last, "-singlefile", "sheet.pdf", "cards"], b"").ok();
    scan(dana, &["cards.png".to_owned()]).fails(3).says("A code of something else says: BEGIN:VCARD");
    dana.run("pdftoppm", ["-r", "30", "-gray", "-png", "-singlefile", "sheet.pdf", "far"], b"").ok();
    let run = scan(dana, &["far.png".to_owned()]);
    run.fails_talking(3).says("No code was found in far.png").says("from straight above");
    scan(dana, &["sheet.pdf".to_owned()]).fails(2).says("it is a PDF").says("pdftoppm -r 200 -png");
    dana.write("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0");
    scan(dana, &["photo.heic".to_owned()]).fails(2).says("Most Compatible");
    dana.write("noise", [0xff, 0, 1, 2]);
    scan(dana, &["noise".to_owned()]).fails(2).says("neither a JPEG or PNG picture nor a text");
    let cut = dana.read("cards.png");
    dana.write("cut.png", &cut[..cut.len() / 2]);
    scan(dana, &["cut.png".to_owned()]).fails(2).says("again");
    scan(dana, &["gone.png".to_owned()]).fails(2).says("gone.png");
    assert_eq!(kept(dana, "home"), before, "nothing of it is kept");
}

#[test]
fn stock_tools_get_the_kit_from_paper() {
    let acme = lost();
    let texts = texts(&acme.dana, &printed(&acme.dana, "archive"));
    let alice = &acme.alice;
    let reader = alice.files("alice-home").into_iter().find(|file| file.ends_with("reader.txt")).unwrap();
    alice.write("reader.txt", alice.read(reader));
    let recipe = crate::stock_tools::recipe(&["Get a kit from paper"]);
    for lost in [&[][..], &[1, 7, 13, 20], &[21, 22, 23, 24]] {
        let left = texts.iter().enumerate().filter(|(at, _)| !lost.contains(&(at + 1))).map(|(_, text)| text.as_str()).rev();
        alice.write("codes", left.collect::<Vec<_>>().join("\n") + "\n");
        alice.run("sh", ["-ec", &recipe], b"").ok().has("Alice Okafor  +44 7700 900123\n");
        let bundle = acme.dana.read("box/bundle.kit");
        assert!(bundle.starts_with(&alice.read("signed")) && alice.read("signed").len() > 400, "the signed lines, as they are");
    }
}
