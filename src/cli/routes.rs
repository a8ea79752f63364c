//! `telemedicine routes`: the route table as people may read it.

use super::{Failure, output};
use crate::access::{Access, role_code};
use crate::features;

/// Prints one line a route: method, path, who may use it.
pub(super) fn run() -> Result<(), Failure> {
    let table = features::routes();
    let width = table.entries().iter().map(|entry| entry.path.len()).max().unwrap_or_default();
    let lines = table.entries().iter().map(|entry| {
        let (method, path, who) = (entry.method.as_str(), entry.path, who(entry.access));
        format!("{method:<4}  {path:<width$}  {who}")
    });
    output::line(lines.collect::<Vec<_>>().join("\n"))
}

fn who(access: Access) -> String {
    match access {
        Access::Public | Access::Anybody => "everybody".to_owned(),
        Access::Roles(roles) => roles.iter().copied().map(role_code).collect::<Vec<_>>().join(", "),
    }
}
