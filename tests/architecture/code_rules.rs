//! Rules about how each file is written.

use super::Rule;
use super::reading::{attributes, word};

pub(crate) const FILE_LENGTH: Rule = Rule {
    about: |path| path.ends_with(".rs"),
    check: |path, text| {
        let limit = if path == "src/main.rs" { 40 } else { 300 };
        let lines = text.lines().count();
        if lines > limit { vec![(lines, format!("{lines} lines, at most {limit}"))] } else { Vec::new() }
    },
    caught: &[(
        "src/main.rs",
        "//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n",
    )],
    passes: &[(
        "src/lib.rs",
        "//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n//\n",
    )],
};

pub(crate) const HANDLER_LENGTH: Rule = Rule {
    about: |path| path.starts_with("src/features/") && path.contains("/handlers"),
    check: |_, text| {
        let mut breaches = Vec::new();
        let mut opened = None;
        for (number, line) in (1..).zip(text.lines()) {
            if line.starts_with("pub(super) async fn ")
                || line.starts_with("pub(crate) async fn ")
                || line.starts_with("async fn ")
            {
                opened = Some(number);
            } else if let (Some(first), true) = (opened, line == "}") {
                let lines = number - first + 1;
                if lines > 25 {
                    breaches.push((first, format!("a handler of {lines} lines, at most 25")));
                }
                opened = None;
            }
        }
        breaches
    },
    caught: &[(
        "src/features/home/handlers.rs",
        "async fn show() {\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n}\n",
    )],
    passes: &[(
        "src/features/home/handlers.rs",
        "async fn show() {\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n}\n",
    )],
};

pub(crate) const MODULE_DOCS: Rule = Rule {
    about: |path| path.ends_with(".rs"),
    check: |_, text| {
        if text.starts_with("//!") {
            Vec::new()
        } else {
            vec![(1, "begins with `//!`: what it is and who may call it".to_owned())]
        }
    },
    caught: &[("src/web/mod.rs", "mod page;\n"), ("src/web/mod.rs", "")],
    passes: &[("src/web/mod.rs", "//! The HTTP kit.\nmod page;\n")],
};

pub(crate) const NOTHING_FOR_LATER: Rule = Rule {
    about: |path| !path.starts_with("tests/architecture") && path != "Cargo.lock",
    check: |_, text| {
        let signs = ["TODO", "FIXME", "XXX", "HACK", "unimplemented", "todo", "dbg"];
        let found = |line: &str| {
            signs.iter().find(|sign| match **sign {
                macro_name @ ("unimplemented" | "todo" | "dbg") => line.contains(&format!("{macro_name}!(")),
                remark => word(line, remark),
            })
        };
        let lines = (1..).zip(text.lines());
        lines
            .filter_map(|(number, line)| Some((number, format!("`{}`: finish it or leave it out", found(line)?))))
            .collect()
    },
    caught: &[
        ("src/a.rs", "// TODO: later"),
        ("templates/a.html", "{# FIXME #}"),
        ("src/a.rs", "    unimplemented!()"),
        ("src/a.rs", "todo!(\"x\")"),
    ],
    passes: &[("src/a.rs", "let todos = 1;\n// Mark it as done.")],
};

pub(crate) const LINT_REASONS: Rule = Rule {
    about: |path| path.ends_with(".rs") && !path.starts_with("tests/architecture"),
    check: |_, text| {
        let exceptions = attributes(text).into_iter().filter(|(_, attribute)| {
            let lifted = ["[allow(", "[expect(", " allow(", " expect("];
            lifted.iter().any(|begin| attribute.contains(begin)) && !attribute.contains("reason = \"")
        });
        exceptions.map(|(line, _)| (line, "an exception from a lint says why: reason = \"…\"".to_owned())).collect()
    },
    caught: &[
        ("src/a.rs", "#[allow(clippy::unwrap_used)]\nfn f() {}"),
        ("tests/web/main.rs", "#![allow(\n    clippy::unwrap_used,\n    clippy::expect_used\n)]"),
        ("src/a.rs", "#[cfg_attr(test, allow(dead_code))]"),
    ],
    passes: &[
        ("src/a.rs", "#[expect(clippy::unwrap_used, reason = \"the length was checked above\")]"),
        ("src/a.rs", "#![allow(\n    clippy::unwrap_used,\n    reason = \"a test may panic\"\n)]"),
        ("src/a.rs", "let x = y.expect(\"no attribute\");"),
    ],
};
