//! D12: the objects of each PDF are of a fixed set: no action but a link to a number or a page, no script, no attachment, nothing said of
//! who made it; all letters are in the file; it can be read aloud; and the same is the same bytes.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::{
    paper_geometry::{EXPORTS, PAPERS, printed},
    pdf::objects,
    vault::Vault,
};

/// The keys of dictionaries that a page of kit has, and no others: structure, letters, what is read aloud, links.
const KEYS: &str = "/A /Alt /ActualText /Annots /Ascent /BaseFont /Border /CIDSet /CIDSystemInfo /CIDToGIDMap /CapHeight /Contents /Count /DW /Datetime \
    /DescendantFonts /Descent /Dest /DisplayDocTitle /Em /Encoding /F /Filter /First /Flags /Font /FontBBox /FontDescriptor /FontFile2 /FontFile3 \
    /FontName /ID /Info /ItalicAngle /K /Kids /Lang /Last /Length /MarkInfo /Marked /MediaBox /Metadata /Next /Nums /Obj /Ordering /Outlines /P /Pages \
    /Parent /ParentTree /ParentTreeNextKey /Pg /Prev /ProcSet /Rect /Registry /Resources /RoleMap /Root /S /Size /StemV /Strong /StructParent \
    /StructParents /StructTreeRoot /Subtype /Supplement /Suspects /T /Tabs /Terms /Title /ToUnicode /Type /URI /ViewerPreferences /W /WMode";
/// The elements of the XMP metadata, and no others.
const METADATA: &str =
    "RDF Description Alt Bag li title language part NPages format InstanceID DocumentID RenditionClass PDFVersion xmpmeta";

/// Every dictionary of an object, itself and those in it.
fn dictionaries<'v>(value: &'v Value, found: &mut Vec<&'v serde_json::Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            found.push(map);
            map.values().for_each(|value| dictionaries(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| dictionaries(value, found)),
        _ => {}
    }
}

#[test]
fn d12_the_objects_of_a_page_are_of_a_fixed_set() {
    let vault = Vault::sealed();
    let world = &vault.mia;
    let allowed: BTreeSet<&str> = KEYS.split_whitespace().collect();
    for (line, _) in EXPORTS {
        for paper in PAPERS {
            let file = printed(world, line, paper);
            let all = objects(world, &file);
            let mut found = Vec::new();
            all.values().for_each(|object| dictionaries(object, &mut found));
            let is_font = |key: &str| key.strip_prefix("/f").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
            let keys: BTreeSet<&str> =
                found.iter().flat_map(|it| it.keys().map(String::as_str)).filter(|key| !is_font(key)).collect();
            let more: Vec<&&str> = keys.difference(&allowed).collect();
            assert!(more.is_empty(), "{file} has {more:?}");
            let of = |kind: &str| found.iter().filter(|it| it.get("/Type").is_some_and(|it| it == kind)).collect::<Vec<_>>();
            // Links to a number or a page of the web: nothing else happens by itself or by a click.
            let links = of("/Action");
            assert!(!links.is_empty(), "{file} has links");
            for link in &links {
                let to = link["/URI"].as_str().unwrap_or_default();
                assert!(link["/S"] == "/URI" && (to.starts_with("u:tel:+") || to.starts_with("u:https://")), "{file}: {link:?}");
            }
            assert!(of("/Annot").iter().all(|it| it["/Subtype"] == "/Link"), "{file} has links and no other notes");
            // Said of itself: a title, no author, no program, no time.
            let catalog = of("/Catalog");
            let [catalog] = catalog.as_slice() else { panic!("{file}: {catalog:?}") };
            let info = &all[&format!("obj:{}", all["trailer"]["/Info"].as_str().expect("a name"))];
            assert_eq!(info.as_object().expect("a dictionary").keys().collect::<Vec<_>>(), ["/Title"], "{file}");
            let metadata = catalog["/Metadata"].as_str().and_then(|name| name.split(' ').next()).expect("a name");
            let shown = world.run("qpdf", [&format!("--show-object={metadata}"), "--filtered-stream-data", &file], b"");
            let xmp = roxmltree::Document::parse(shown.ok().stdout.trim_start_matches('\u{feff}')).expect("XML");
            let names: Vec<&str> = METADATA.split_whitespace().collect();
            let other = xmp.descendants().filter(|it| it.is_element() && !names.contains(&it.tag_name().name()));
            assert_eq!(other.count(), 0, "{file}: {}", shown.stdout);
            // Read aloud, in English.
            assert_eq!(
                (&catalog["/Lang"], &catalog["/MarkInfo"]["/Marked"]),
                (&Value::from("u:en"), &Value::from(true)),
                "{file}"
            );
            let figures = found.iter().filter(|it| it.get("/S").is_some_and(|it| it == "/Figure")).collect::<Vec<_>>();
            assert!(!figures.is_empty() && figures.iter().all(|it| it.get("/Alt").is_some()), "{file}: codes say what they are");
            // Every font is in the file, and only the letters of it that are used.
            let fonts = of("/FontDescriptor");
            assert!(!fonts.is_empty());
            for font in fonts {
                let name = font["/FontName"].as_str().unwrap_or_default();
                let is_subset = name.split_once('+').is_some_and(|(tag, _)| tag.len() == 7);
                assert!(is_subset && (font.contains_key("/FontFile2") || font.contains_key("/FontFile3")), "{file}: {font:?}");
            }
            assert!(world.read(&file).len() < 400_000, "{file} has subsets of its fonts");
        }
    }
}

/// U46: another reader gets every number of the page as it is read, and the whole text.
#[test]
fn u46_another_reader_gets_every_number() {
    let vault = Vault::sealed();
    let world = &vault.mia;
    for (line, _) in EXPORTS {
        let file = printed(world, line, "a4");
        let text = world.run("pdftotext", ["-raw", &file, "-"], b"").ok().stdout.clone();
        let drawn = crate::pdf::drawn(world, &file);
        let squeezed: String = text.split_whitespace().collect();
        let numbers = drawn.iter().flat_map(|page| &page.letters).filter(|it| it.font.starts_with("B612"));
        for it in numbers {
            let wanted: String = it.text.split_whitespace().collect();
            assert!(squeezed.contains(&wanted), "{file}: {:?} in\n{text}", it.text);
        }
    }
}

/// The same kit at the same time is the same file, but for a page whose encryption is never the same.
#[test]
fn the_same_is_the_same_bytes() {
    let vault = Vault::sealed();
    let world = &vault.mia;
    for (line, _) in EXPORTS.iter().filter(|(_, is_repeatable)| *is_repeatable) {
        let file = printed(world, line, "a4");
        let first = world.read(&file);
        fs::remove_file(world.path(&file)).unwrap();
        assert!(first == world.read(printed(world, line, "a4")), "kit {line}");
    }
}
