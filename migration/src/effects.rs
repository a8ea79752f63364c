//! What a statement of a change keeps others from while it runs, and what a running server would not survive: read from its SQL, so that
//! no change can be made without it.

/// The lock that a statement takes on a table of Postgres, by whom it keeps waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Nobody reads or writes.
    AccessExclusive,
    /// Nobody writes.
    Writers(&'static str),
    /// Nobody waits.
    Nobody(&'static str),
}

impl Lock {
    /// By its name in Postgres, and what it means.
    pub(crate) fn words(self) -> String {
        match self {
            Self::AccessExclusive => "ACCESS EXCLUSIVE: nobody reads or writes it meanwhile".to_owned(),
            Self::Writers(name) => format!("{name}: nobody writes to it meanwhile"),
            Self::Nobody(name) => format!("{name}: nobody waits"),
        }
    }
}

const SHARE: Lock = Lock::Writers("SHARE");
const SHARE_ROW_EXCLUSIVE: Lock = Lock::Writers("SHARE ROW EXCLUSIVE");
const SHARE_UPDATE_EXCLUSIVE: Lock = Lock::Nobody("SHARE UPDATE EXCLUSIVE");
const ROW_EXCLUSIVE: Lock = Lock::Nobody("ROW EXCLUSIVE");

/// The tables that `statement` locks, with the lock on each. An index that is dropped is not its table: that is in no statement.
pub(crate) fn locks(statement: &str) -> Vec<(String, Lock)> {
    let words = words(statement);
    let is = |start: &[&str]| words.iter().zip(start).filter(|(word, wanted)| word == wanted).count() == start.len();
    let after = |word: &str| words.iter().position(|found| found == word).and_then(|at| words.get(at + 1));
    let one = |table: Option<&String>, lock| table.map(|table| (table.clone(), lock)).into_iter().collect();
    if is(&["CREATE", "TABLE"]) {
        let pairs = words.windows(2).filter_map(|pair| match pair {
            [word, table] if word == "REFERENCES" => Some((table.clone(), SHARE_ROW_EXCLUSIVE)),
            _ => None,
        });
        return pairs.collect();
    }
    let is_kept_otherwise = statement.contains(" SET (") || statement.contains(" RESET (");
    if is(&["ALTER", "TABLE"]) && (is_kept_otherwise || words.iter().any(|word| word == "VALIDATE")) {
        return one(words.get(2), SHARE_UPDATE_EXCLUSIVE);
    }
    if is(&["ALTER", "TABLE"]) || is(&["DROP", "TABLE"]) {
        let referenced = after("REFERENCES").filter(|table| Some(*table) != words.get(2));
        let itself = words.get(2).map(|table| (table.clone(), Lock::AccessExclusive));
        return itself.into_iter().chain(referenced.map(|table| (table.clone(), SHARE_ROW_EXCLUSIVE))).collect();
    }
    if is(&["DROP", "TRIGGER"]) {
        return one(after("ON"), Lock::AccessExclusive);
    }
    if is(&["CREATE", "TRIGGER"]) {
        return one(after("ON"), SHARE_ROW_EXCLUSIVE);
    }
    if is(&["CREATE", "INDEX"]) || is(&["CREATE", "UNIQUE", "INDEX"]) {
        let is_online = words.iter().any(|word| word == "CONCURRENTLY");
        return one(after("ON"), if is_online { SHARE_UPDATE_EXCLUSIVE } else { SHARE });
    }
    if is(&["INSERT", "INTO"]) || is(&["DELETE", "FROM"]) {
        return one(words.get(2), ROW_EXCLUSIVE);
    }
    if is(&["UPDATE"]) { one(words.get(1), ROW_EXCLUSIVE) } else { Vec::new() }
}

/// Whether a server of the release before may fail once `statement` has run: it takes away what that one still names, or asks for what that
/// one does not write.
pub(crate) fn breaks_running_servers(statement: &str) -> bool {
    let words = words(statement);
    let has =
        |start: &[&str]| words.windows(start.len()).any(|some| some.iter().zip(start).all(|(one, two)| one == two));
    let is_alter = words.first().is_some_and(|word| word == "ALTER");
    let is_type = is_alter && words.iter().any(|word| word == "TYPE");
    let is_drop = has(&["DROP", "TABLE"]) || is_alter && has(&["DROP", "COLUMN"]);
    let is_asked_for = has(&["ADD", "COLUMN"]) && has(&["NOT", "NULL"]) && !has(&["DEFAULT"]);
    let asks_for_more = is_asked_for || has(&["SET", "NOT", "NULL"]) || has(&["DROP", "DEFAULT"]);
    is_type || is_drop || is_alter && (has(&["RENAME"]) || asks_for_more)
}

/// The table of which `statement` reads each row while it keeps everybody out of it: what is checked of rows that are there already. With
/// `NOT VALID` only what is written from then on is checked; of a column that is new and empty there is nothing else to check.
pub(crate) fn reads_all_of(statement: &str) -> Option<String> {
    let words = words(statement);
    let has = |word: &str| words.iter().any(|found| found == word);
    let is_alter = words.first().is_some_and(|word| word == "ALTER");
    let is_checked = has("ADD") && has("CHECK") && !has("VALID") || has("SET") && has("NULL");
    if is_alter && is_checked { words.get(2).cloned() } else { None }
}

/// Its words, without the marks that stand around names.
fn words(statement: &str) -> Vec<String> {
    let parts = statement.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'));
    parts.map(|part| part.trim_matches('"').to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(statement: &str) -> Option<(String, Lock)> {
        locks(statement).pop()
    }

    #[test]
    fn each_statement_is_known_by_the_table_that_it_locks() {
        let found = |table: &str, lock| Some((table.to_owned(), lock));
        assert_eq!(one("ALTER TABLE appointment ADD COLUMN x text"), found("appointment", Lock::AccessExclusive));
        let validated = "ALTER TABLE appointment VALIDATE CONSTRAINT x";
        assert_eq!(one(validated), found("appointment", SHARE_UPDATE_EXCLUSIVE));
        assert_eq!(one("CREATE INDEX user_x ON \"user\" (id)"), found("user", SHARE));
        let kept = "ALTER TABLE \"user\" SET (fillfactor = 90)";
        assert_eq!(one(kept), found("user", SHARE_UPDATE_EXCLUSIVE));
        let online = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x ON mail (id)";
        assert_eq!(one(online), found("mail", SHARE_UPDATE_EXCLUSIVE));
        assert_eq!(one("CREATE TABLE x (\n  y bigint REFERENCES doctor (id)\n)"), found("doctor", SHARE_ROW_EXCLUSIVE));
        assert_eq!(one("DROP TRIGGER t ON appointment"), found("appointment", Lock::AccessExclusive));
        let both = locks("ALTER TABLE mail ADD COLUMN link_id bigint REFERENCES link (id)");
        let expected = [("mail", Lock::AccessExclusive), ("link", SHARE_ROW_EXCLUSIVE)];
        assert_eq!(both, expected.map(|(table, lock)| (table.to_owned(), lock)));
        assert_eq!(one("INSERT INTO x (y)\n SELECT 1"), found("x", ROW_EXCLUSIVE));
        assert_eq!(one("DROP INDEX CONCURRENTLY IF EXISTS x"), None);
    }

    #[test]
    fn what_a_running_server_does_not_survive_is_known() {
        for breaking in [
            "ALTER TABLE doctor DROP COLUMN bio",
            "ALTER TABLE \"user\" ALTER COLUMN last_name TYPE varchar(200)",
            "ALTER TABLE hospital RENAME COLUMN name TO title",
            "ALTER TABLE mail ALTER COLUMN notice SET NOT NULL",
            "DROP TABLE mail",
            "ALTER TABLE mail ADD COLUMN a text NOT NULL",
            "ALTER TABLE mail ALTER COLUMN attempts DROP DEFAULT",
        ] {
            assert!(breaks_running_servers(breaking), "{breaking}");
        }
        for harmless in [
            "ALTER TABLE mail ADD COLUMN a text",
            "ALTER TABLE mail ADD COLUMN a text NOT NULL DEFAULT ''",
            "CREATE TABLE a (b text NOT NULL)",
            "DROP INDEX a",
        ] {
            assert!(!breaks_running_servers(harmless), "{harmless}");
        }
    }

    #[test]
    fn what_reads_a_whole_table_is_known() {
        let checked = "ALTER TABLE mail ADD COLUMN a text CHECK (length(a) < 3)";
        assert_eq!(reads_all_of(checked).as_deref(), Some("mail"));
        let constraint = "ALTER TABLE \"user\" ADD CONSTRAINT a CHECK (x > 1)";
        assert_eq!(reads_all_of(constraint).as_deref(), Some("user"));
        assert_eq!(reads_all_of("ALTER TABLE mail ALTER COLUMN a SET NOT NULL").as_deref(), Some("mail"));
        assert_eq!(reads_all_of(&format!("{constraint} NOT VALID")), None);
        assert_eq!(reads_all_of("ALTER TABLE mail ADD COLUMN a text"), None);
        assert_eq!(reads_all_of("ALTER TABLE mail ADD COLUMN a text NOT NULL DEFAULT ''"), None);
    }
}
