//! The rules of the interface that can be read off its files: sizes, names, nothing inline, every
//! icon drawn. What a browser must judge is judged by axe on the pages themselves.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// Every template: its path, and its text without comments.
fn templates() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    files_below(&root)
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            (name, without_comments(&fs::read_to_string(path).unwrap()))
        })
        .collect()
}

/// Comments keep their line breaks, so that lines still count.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("{#") {
        kept.push_str(before);
        let (comment, after) = after.split_once("#}").unwrap_or((after, ""));
        kept.extend(comment.chars().filter(|letter| *letter == '\n'));
        rest = after;
    }
    kept + rest
}

/// What stands between `before` and the next `after`, wherever it occurs.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| rest.split(after).next())
}

#[test]
fn the_room_of_a_visit_and_its_check_load_little() {
    let files = [
        ("css/visit.css", 8_000),
        ("css/call.css", 4_000),
        ("js/visit.js", 12_000),
        ("js/room.js", 6_000),
        ("js/unsaved.js", 3_000),
        ("js/call.js", 12_000),
        ("js/words.js", 4_000),
        ("js/links.js", 1_000),
        ("js/line.js", 12_000),
        ("js/guests.js", 4_000),
        ("js/guest.js", 4_000),
        ("js/signals.js", 4_500),
        ("js/devices.js", 5_000),
        ("css/check.css", 1_000),
        ("css/hours.css", 1_500),
        ("js/check.js", 12_000),
        ("css/messages.css", 2_000),
        ("js/messages.js", 5_000),
        ("js/record.js", 2_000),
    ];
    for (file, most) in files {
        let file = format!("static/{file}");
        let size = fs::metadata(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap().len();
        assert!(size <= most, "{file}: {size} bytes");
    }
}

#[test]
fn the_stylesheet_stays_small() {
    for (sheet, most) in [("app.css", 25_000), ("board.css", 10_000), ("day_book.css", 8_000), ("print.css", 4_000)] {
        let css = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/css").join(sheet);
        let size = fs::metadata(css).unwrap().len();
        assert!(size <= most, "{sheet}: {size} bytes");
    }
}

/// A layer says which rule counts, not where: without a media query what paper hides is hidden on screens as well.
#[test]
fn what_is_hidden_on_paper_is_shown_on_screens() {
    let is_for_paper = |css: &str| {
        let bare: String = css.split_whitespace().collect();
        bare.match_indices("@layerprint{").all(|(at, layer)| {
            bare[..at].ends_with("@mediaprint{") || bare[at + layer.len()..].starts_with("@mediaprint{")
        })
    };
    assert!(!is_for_paper("@layer print { #write { display: none; } }"));
    assert!(is_for_paper("@layer print { @media print { #write { display: none; } } }"));
    for sheet in files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static/css")) {
        assert!(is_for_paper(&fs::read_to_string(&sheet).unwrap()), "{}", sheet.display());
    }
}

#[test]
fn templates_are_short_and_escaped() {
    for (name, text) in templates() {
        assert!(name.ends_with(".html"), "{name} would not be escaped");
        assert!(text.lines().count() <= 100, "{name} is too long");
        let drawn: usize =
            DRAWINGS.iter().filter(|(page, _)| *page == name).map(|(_, use_)| text.matches(use_).count()).sum();
        assert_eq!(text.matches("| safe").count(), drawn, "{name} switches escaping off");
    }
}

/// What is put in unescaped, once each: SVG drawn on the server of numbers and dates, with nothing anybody typed.
/// `features::reports::chart` tests that no script and no style is in it.
const DRAWINGS: [(&str, &str); 4] = [
    ("reports/calls.html", "{{ page.ways_chart | safe }}"),
    ("reports/calls.html", "{{ page.first_frames_chart | safe }}"),
    ("reports/hospital.html", "{{ page.visits_chart | safe }}"),
    ("reports/hospital.html", "{{ page.waits_chart | safe }}"),
];

#[test]
fn templates_hold_no_inline_code_or_style() {
    for (name, text) in templates() {
        let text = text.to_lowercase();
        for script in between(&text, "<script", "</script>") {
            assert!(script.contains("src=") && script.ends_with('>'), "{name}: a script of its own");
        }
        for forbidden in ["<style", " style=\"", " onclick", " onsubmit", " onload", " onerror", "javascript:"] {
            assert!(!text.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn every_icon_that_is_named_is_drawn() {
    let templates = templates();
    let (_, sprite) = templates.iter().find(|(name, _)| name == "layouts/sprite.html").unwrap();
    for (name, text) in &templates {
        let named = between(text, "<icon name=\"", "\"").chain(between(text, " icon=\"", "\""));
        for icon in named {
            assert!(sprite.contains(&format!("id=\"icon-{icon}\"")), "{name}: {icon} is not drawn");
        }
    }
}
