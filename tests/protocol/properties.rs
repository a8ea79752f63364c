//! What must hold in every state.

use stateright::Property;

use crate::config::Config;
use crate::state::{Page, State, TWO, Write, has};

pub(crate) const FRESH: &str = "no answer is older than its request";
pub(crate) const ANSWERED: &str = "every write can be answered";

pub(crate) fn all(config: &Config) -> Vec<Property<Config>> {
    let mut all = vec![Property::always(FRESH, is_fresh), Property::always(ANSWERED, can_be_answered)];
    all.push(Property::sometimes(
        "a kept page is served while a write is under way",
        |config: &Config, state: &State| (0..TWO).any(|process| state.serves_from_memory(config, process)),
    ));
    if config.has_copy {
        all.push(Property::sometimes("a page from a copy lacks what is to come", |config: &Config, state: &State| {
            let lacks = |page: Page| state.to_be_shown(config) & !page.shows != 0;
            (0..TWO).any(|process| state.page_of_copy(config, process).is_some_and(lacks))
        }));
    }
    if config.writes[0].1 != 0 {
        all.push(Property::sometimes("the first write is answered", |_, state: &State| state.answered() & 1 != 0));
    }
    if config.writes[1].1 != 0 {
        all.push(Property::sometimes("the second write is answered", |_, state: &State| state.answered() & 2 != 0));
    }
    all
}

fn is_fresh(config: &Config, state: &State) -> bool {
    let is_old = state.page.is_some_and(|page| state.answered() & config.relevant() & !page.shows != 0);
    let is_served = |process: usize| {
        has(config.readers, process)
            && (state.serves_from_memory(config, process) || state.serves_as_asked(config, process))
    };
    let is_served_old = is_old && (0..TWO).any(is_served);
    !state.is_violated && !is_served_old
}

/// There is no dead end: what a write waits for is a step that may be taken, or a time that only grows less. Each of its steps brings it further
/// and none back, so it is answered in the end.
fn can_be_answered(config: &Config, state: &State) -> bool {
    (0..TWO).filter(|write| config.writes[*write].1 != 0).all(|write| {
        let process = config.writes[write].0;
        // Whoever believes another epoch than the server's reads it, or sets one: steps that may always be taken.
        match state.writes[write] {
            Write::Idle | Write::Committed | Write::Answered | Write::Failed => true,
            Write::Holding(wait) => state.may_commit(config, write) || wait.lease > 0 || wait.grace > 0,
            Write::Releasing(wait) => state.may_answer(config, write) || wait.lease > 0 || wait.grace > 0,
            Write::Silent => state.may_go_unheard(config, write) || state.processes[process].member.registration > 0,
            Write::Outbox(pause) => state.may_answer(config, write) || pause > 0,
        }
    })
}
