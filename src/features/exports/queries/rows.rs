//! Rows as JSON, column by column: a column that is added later is in the exports by itself.

use chrono::SecondsFormat;
use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, sea_query};
use serde_json::{Map, Value};

/// `row` without the columns named in `left_out`.
pub(super) fn json_row<E: EntityTrait>(row: &E::Model, left_out: &[&str]) -> Result<Map<String, Value>, DbErr>
where
    E::Model: ModelTrait<Entity = E>,
{
    let columns = E::Column::iter().map(|column| (column.as_str(), row.get(column)));
    let shown = columns.filter(|(name, _)| !left_out.contains(name));
    shown.map(|(name, value)| Ok((name.to_owned(), json_value(value)?))).collect()
}

/// Instants in UTC with a Z, dates, times and times on a wall as ISO 8601 writes them, money as text, so that no digit is lost.
fn json_value(value: sea_query::Value) -> Result<Value, DbErr> {
    use sea_query::Value as Stored;
    Ok(match value {
        Stored::Bool(value) => value.into(),
        Stored::SmallInt(value) => value.into(),
        Stored::Int(value) => value.into(),
        Stored::BigInt(value) => value.into(),
        Stored::String(value) => value.into(),
        Stored::Json(value) => value.map_or(Value::Null, |value| *value),
        Stored::ChronoDate(value) => value.map(|date| date.to_string()).into(),
        Stored::ChronoTime(value) => value.map(|time| time.format("%H:%M:%S").to_string()).into(),
        Stored::ChronoDateTime(value) => value.map(|local| local.format("%Y-%m-%dT%H:%M:%S").to_string()).into(),
        Stored::ChronoDateTimeUtc(value) => {
            value.map(|instant| instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)).into()
        }
        Stored::Decimal(value) => value.map(|amount| amount.to_string()).into(),
        Stored::Bytes(value) => value.map(|bytes| hexadecimal(&bytes)).into(),
        _ => return Err(DbErr::Custom("a column of a kind that exports do not know".to_owned())),
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
