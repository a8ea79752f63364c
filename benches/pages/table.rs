//! What was measured, as Markdown.

use std::fmt::Write as _;

use super::services::in_the_project;

/// Rows of what was measured, its figure, what it is compared with, the ratio of the two, and the goal.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 5]>);

/// Where in the README the table of all figures stands, and that of the growth: the mark above it.
pub(crate) const PAGES: &str = "<!-- begin: cargo bench --bench pages -- --write-readme -->";
pub(crate) const GROWTH: &str = "<!-- begin: cargo bench --bench pages -- growth --write-readme -->";
pub(crate) const LIVE: &str = "<!-- begin: cargo bench --bench pages -- live --write-readme -->";
const END: &str = "<!-- end -->";

impl Table {
    /// Adds a row and tells it at once.
    pub(crate) fn row(&mut self, row: [&str; 5]) {
        eprintln!("{}", row.join(" | "));
        self.0.push(row.map(str::to_owned));
    }

    /// Prints the table, and puts it below `mark` into the README if that is asked.
    pub(crate) fn publish(&self, conditions: &str, mark: &str, in_the_readme: bool) {
        let text = self.markdown(conditions);
        println!("\n{text}");
        if in_the_readme {
            write_readme(mark, &text);
        }
    }

    /// The table; `conditions` stand above it.
    pub(crate) fn markdown(&self, conditions: &str) -> String {
        let mut text =
            format!("{conditions}\n\n| what | figure | compared with | ratio | goal |\n|---|---:|---|---:|---:|\n");
        for row in &self.0 {
            let _ = writeln!(text, "| {} |", row.join(" | "));
        }
        text
    }
}

/// Puts `text` between that mark of the README and the next end, in place of what stood there.
fn write_readme(mark: &str, text: &str) {
    let path = in_the_project("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(mark).expect("the README has the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("the README has the mark where the table ends");
    std::fs::write(path, format!("{before}{mark}\n{text}{END}{after}")).unwrap();
}
