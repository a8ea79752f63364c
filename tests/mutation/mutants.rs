//! What `instrument.pl` puts around each topic and each look at the clock, so that one build holds all mutants. `MUTANT` in the
//! environment names those that are on, separated by commas. `MUTANTS_REACHED` names a file to which each is written when the program
//! comes by it for the first time: a test that never does cannot find it out.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::Write,
    sync::{LazyLock, Mutex},
};

use crate::{
    coherence::{Topic, Topics},
    web::Present,
};

static ON: LazyLock<Vec<String>> =
    LazyLock::new(|| std::env::var("MUTANT").unwrap_or_default().split(',').map(str::to_owned).collect());

static REACHED: LazyLock<Option<Mutex<(HashSet<&str>, File)>>> = LazyLock::new(|| {
    let file = OpenOptions::new().create(true).append(true).open(std::env::var_os("MUTANTS_REACHED")?);
    Some(Mutex::new((HashSet::new(), file.expect("MUTANTS_REACHED can be written"))))
});

/// Of no doctor: nobody touches it, and nothing depends on it.
const NOTHING: Topic = Topic::Schedule(-1);

/// Whether this is the mutant of the run.
pub fn is_on(id: &'static str) -> bool {
    if let Some(reached) = REACHED.as_ref() {
        let (seen, file) = &mut *reached.lock().expect("nothing panics with it");
        if seen.insert(id) {
            writeln!(file, "{id}").expect("MUTANTS_REACHED can be written");
        }
    }
    ON.iter().any(|on| on == id)
}

/// This topic is not named.
pub fn topic(id: &'static str, topic: Topic) -> Topic {
    if is_on(id) { NOTHING } else { topic }
}

/// As many topics as there were, or fewer, of which none is anything.
pub trait Nothing {
    fn nothing() -> Self;
}

impl<const N: usize> Nothing for [Topic; N] {
    fn nothing() -> Self {
        [NOTHING; N]
    }
}

impl Nothing for Topics {
    fn nothing() -> Self {
        NOTHING.into()
    }
}

/// None of these topics is named.
pub fn topics<T: Nothing>(id: &'static str, topics: T) -> T {
    if is_on(id) { T::nothing() } else { topics }
}

/// What is compared with the clock here is not noted.
pub fn unnoticed(id: &'static str, present: &Present) -> Present {
    if is_on(id) { Present::new(present.instant(), None) } else { present.clone() }
}

/// One number for another.
pub fn number(id: &'static str, (right, wrong): (i64, i64)) -> i64 {
    if is_on(id) { wrong } else { right }
}

/// The text without a part of it, which must be there.
pub fn without(id: &'static str, text: &'static str, part: &str) -> &'static str {
    if !is_on(id) {
        return text;
    }
    assert!(text.contains(part), "{id}: {part} is not there");
    text.replace(part, "").leak()
}
