//! PDF files made by hand, good and bad.

use super::*;

/// A PDF with the objects given, the first of which is its catalogue.
fn file(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(out.len());
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = out.len();
    let count = objects.len() + 1;
    out.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    out.extend(
        format!("trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    out
}

/// A PDF of one page for each text of drawing instructions.
fn pages(contents: &[&str]) -> Vec<u8> {
    let kids = (0..contents.len()).map(|page| format!("{} 0 R", 4 + 2 * page));
    let kids = kids.collect::<Vec<_>>().join(" ");
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {}>>", contents.len()),
        "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica\
         /Encoding/WinAnsiEncoding>>>>/XObject<</X 5 0 R>>>>"
            .to_owned(),
    ];
    for (page, content) in contents.iter().enumerate() {
        let stream = 5 + 2 * page;
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources 3 0 R/Contents {stream} 0 R>>"
        ));
        objects.push(format!(
            "<</Subtype/Form/Resources 3 0 R/Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    file(&objects)
}

/// Instructions that write each `(size, x, y from the foot, text)`.
fn write(texts: &[(u32, u32, u32, &str)]) -> String {
    let line = |(size, x, y, text): &(u32, u32, u32, &str)| {
        format!("BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n")
    };
    texts.iter().map(line).collect()
}

fn reading(bytes: &[u8]) -> RawDocument {
    read(bytes).expect("a PDF that can be read").0
}

fn reason(bytes: &[u8]) -> String {
    read(bytes).expect_err("no text")
}

#[test]
fn headings_pages_and_broken_words_are_understood() {
    let first = write(&[
        (20, 50, 700, "Kettle care"),
        (11, 50, 660, "Descale it every month, with vin-"),
        (11, 50, 647, "egar or lemon juice. A well-known trick is to"),
        (11, 50, 634, "leave it over"),
        (8, 300, 30, "Page 1 of 2"),
    ]);
    let second = write(&[
        (11, 50, 700, "night. Rinse it well."),
        (16, 50, 660, "Spare parts"),
        (11, 50, 630, "The lid is part 7."),
        (8, 300, 30, "Page 2 of 2"),
    ]);
    let document = reading(&pages(&[&first, &second]));
    assert_eq!(document.title.as_deref(), Some("Kettle care"));
    let found: Vec<(Option<u32>, String, &str)> = document
        .sections
        .iter()
        .map(|section| {
            (
                section.page,
                section.headings.join("/"),
                section.text.trim(),
            )
        })
        .collect();
    let care = "Descale it every month, with vinegar or lemon juice. A well-known trick is to \
                leave it over night. Rinse it well.";
    let expected = [
        (Some(1), String::new(), care),
        (Some(2), "Spare parts".to_owned(), "The lid is part 7."),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_table_keeps_its_rows() {
    let mut texts = Vec::new();
    let rows = [
        ("Part", "Price"),
        ("Lid", "4.50"),
        ("Gasket", "1.20"),
        ("Spout", "3.00"),
    ];
    for (y, (part, price)) in (0..).map(|row| 600 - 15 * row).zip(rows) {
        texts.extend([(11, 50, y, part), (11, 300, y, price)]);
    }
    let document = reading(&pages(&[&write(&texts)]));
    assert_eq!(
        document.sections[0].text.trim(),
        "| Part | Price |\n| --- | --- |\n| Lid | 4.50 |\n| Gasket | 1.20 |\n| Spout | 3.00 |"
    );
}

#[test]
fn what_is_no_pdf_or_was_cut_short_is_told_apart() {
    assert!(reason(b"just text").contains("is not a PDF"));
    let whole = pages(&[&write(&[(11, 50, 700, "Some text.")])]);
    assert!(reason(&whole[..150]).contains("damaged or cut short"));
}

#[test]
fn a_page_of_pictures_asks_for_ocr() {
    let only_lines = pages(&["100 100 200 200 re f"]);
    assert_eq!(
        reason(&only_lines),
        "holds no text, only pictures; run OCR first"
    );
    let mixed = pages(&[
        "100 100 200 200 re f",
        &write(&[(11, 50, 700, "Some text.")]),
    ]);
    let (_, warnings) = read(&mixed).expect("a PDF that can be read");
    assert!(
        warnings[0].contains("1 of its 2 pages hold no text (1)"),
        "{warnings:?}"
    );
}

#[test]
fn a_form_that_draws_itself_and_deep_nesting_end() {
    let text = write(&[(11, 50, 700, "Text.")]);
    let again = pages(&[&format!("{text} /X Do /X Do /X Do")]);
    assert!(reading(&again).sections[0].text.contains("Text."));
    let deep = pages(&[&format!("{text} {}", "[".repeat(300_000))]);
    assert!(reading(&deep).sections[0].text.contains("Text."));
    let states = pages(&[&format!("{} {text}", "q ".repeat(300_000))]);
    assert!(reading(&states).sections[0].text.contains("Text."));
}

#[test]
fn pages_that_hold_each_other_end() {
    let looped = file(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".to_owned(),
    ]);
    assert!(reason(&looped).contains("damaged"));
}
