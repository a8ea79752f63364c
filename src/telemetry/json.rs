//! An event as one JSON object on one line: `time`, `level`, `target`, `message`, then what else it holds. Numbers and truth values
//! stay such; everything beyond ASCII is escaped, so that neither a line nor a terminal can be broken.

use std::fmt::Write as _;

use log::Record;
use log::kv::{Error, Key, Value, VisitSource};

/// The event's line, without the line break.
pub(super) fn line(time: &str, record: &Record<'_>) -> String {
    let mut object = Object(String::with_capacity(240));
    object.add("time", time);
    object.add("level", &record.level().as_str().to_ascii_lowercase());
    object.add("target", record.target());
    object.add("message", &record.args().to_string());
    // The visitor below never fails.
    let _ = record.key_values().visit(&mut object);
    object.0.push('}');
    object.0
}

struct Object(String);

impl Object {
    fn add(&mut self, name: &str, text: &str) {
        self.name(name);
        self.text(text);
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.text(name);
        self.0.push(':');
    }

    fn text(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                ' '..='~' => self.0.push(c),
                _ => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        // Writing to a text cannot fail.
                        let _ = write!(self.0, "\\u{unit:04x}");
                    }
                }
            }
        }
        self.0.push('"');
    }

    fn value(&mut self, value: &Value<'_>) {
        let number = value.to_u64().map(|number| number.to_string());
        let number = number.or_else(|| value.to_i64().map(|number| number.to_string()));
        let number = number.or_else(|| value.to_bool().map(|is_so| is_so.to_string()));
        let number = number.or_else(|| value.to_f64().filter(|number| number.is_finite()).map(|it| it.to_string()));
        match number {
            Some(number) => self.0.push_str(&number),
            None => self.text(&value.to_string()),
        }
    }
}

impl<'kvs> VisitSource<'kvs> for Object {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.name(key.as_str());
        self.value(&value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(message: &str, pairs: &[(&str, Value<'_>)]) -> String {
        let args = format_args!("{message}").to_string();
        let mut record = Record::builder();
        record.level(log::Level::Warn).target("access").key_values(&pairs);
        line("2026-03-01T09:30:00.000000Z", &record.args(format_args!("{args}")).build())
    }

    #[test]
    fn an_event_is_one_object_whose_numbers_are_numbers() -> serde_json::Result<()> {
        let pairs = [
            ("status", Value::from(200_u16)),
            ("milliseconds", Value::from(1.25)),
            ("change", Value::from(-3)),
            ("cut_short", Value::from(true)),
            ("id", Value::from("0012")),
        ];
        let expected = serde_json::json!({
            "time": "2026-03-01T09:30:00.000000Z", "level": "warn", "target": "access", "message": "answered",
            "status": 200, "milliseconds": 1.25, "change": -3, "cut_short": true, "id": "0012",
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&logged("answered", &pairs))?, expected);
        Ok(())
    }

    #[test]
    fn nobody_can_forge_a_line() -> serde_json::Result<()> {
        let hostile = "x\r\n\",\"level\":\"error\u{1b}[2J\u{2028}\u{202e}\u{85}\0\\\u{1f600}";
        let line = logged(hostile, &[("agent", Value::from(hostile))]);
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        let expected = serde_json::json!({
            "time": "2026-03-01T09:30:00.000000Z", "level": "warn", "target": "access", "message": hostile,
            "agent": hostile,
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line)?, expected);
        Ok(())
    }
}
