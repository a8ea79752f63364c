//! What was measured, as Markdown.

/// Rows of name, figure and remark.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    pub(crate) fn row(&mut self, name: &str, figure: &str, remark: &str) {
        eprintln!("{name}: {figure} {remark}");
        self.0.push([name.to_owned(), figure.to_owned(), remark.to_owned()]);
    }

    /// Prints the table; `conditions` stand above it.
    pub(crate) fn print(&self, conditions: &str) {
        println!("\n`cargo bench --bench pages` ({conditions}):\n\n| what | figure | |\n|---|---:|---|");
        for [name, figure, remark] in &self.0 {
            println!("| {name} | {figure} | {remark} |");
        }
    }
}
