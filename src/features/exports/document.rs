//! An export as one document, for a patient's own: a person's rows are few.

use serde_json::{Map, Value};

use super::queries::{ExportSink, SinkError};

/// Keeps each table's rows under its name.
#[derive(Default)]
pub(super) struct Document {
    tables: Map<String, Value>,
    open: Option<(&'static str, Vec<Value>)>,
}

impl Document {
    /// All of it, what the export says of itself first.
    pub(super) fn finish(self, manifest: Value) -> Map<String, Value> {
        let mut whole = Map::from_iter([("export".to_owned(), manifest)]);
        whole.extend(self.tables);
        whole
    }
}

impl ExportSink for Document {
    const TAKES_FILES: bool = false;

    fn begin(&mut self, table: &'static str) -> Result<(), SinkError> {
        self.open = Some((table, Vec::new()));
        Ok(())
    }

    fn row(&mut self, row: Map<String, Value>) -> Result<(), SinkError> {
        if let Some((_, rows)) = &mut self.open {
            rows.push(row.into());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), SinkError> {
        if let Some((table, rows)) = self.open.take() {
            self.tables.insert(table.to_owned(), rows.into());
        }
        Ok(())
    }
}
