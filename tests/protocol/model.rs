//! The state machine: which steps may be taken.

use stateright::{Model, Property};

use crate::config::{Config, Mistake, ROW_LEASE};
use crate::properties;
use crate::state::{State, TWO, TopicEntry, UNKNOWN, Value, Write, has};

/// When the server carries out a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Now,
    /// Its process gets no reply, and the server may carry it out at any time.
    Late,
    /// The transport says it again: now, and once more at any time.
    Twice,
}

/// One step. A process that takes none is slow, stopped, or cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Tick,
    RenewLease(usize, Delivery),
    Listen(usize),
    Subscribe(usize),
    SetEpoch,
    /// … and whether a page is kept.
    Ask(usize, bool),
    AnswerAsk(usize),
    CacheFromMap(usize),
    KeepFromCopy(usize),
    InsertRow(usize),
    ShowLife(usize),
    GiveUp(usize),
    Confirm(usize),
    ReadOutbox(usize),
    RenewRow(usize, usize),
    DeleteRow(usize),
    StandApart(usize),
    BeginResuming(usize),
    Resume(usize),
    Strike(usize),
    Hold(usize, Delivery),
    Commit(usize),
    Renew(usize, Delivery),
    FallSilent(usize),
    GoUnheard(usize),
    Answer(usize),
    ExpireHold(usize, usize),
    RunLate,
    BreakSubscription(usize),
    LoseMessage(usize),
    Flush,
    FallBehind,
    FailOver,
    EvictKey(usize),
    EvictLeases,
    EvictRegistry,
    EvictTopic(usize, usize),
    Die(usize),
}

impl Model for Config {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State::first(self)]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.is_settled(self) {
            return;
        }
        steps.push(Step::Tick);
        if !state.may_command() {
            steps.push(Step::SetEpoch);
        }
        for process in (0..TWO).filter(|process| !state.processes[*process].is_dead) {
            self.steps_of_process(state, process, steps);
            if has(self.readers, process) {
                self.steps_of_reader(state, process, steps);
            }
            if self.has_outbox {
                self.steps_of_member(state, process, steps);
            }
        }
        for write in (0..TWO).filter(|write| self.writes[*write].1 != 0) {
            self.steps_of_write(state, write, steps);
        }
        self.faults(state, steps);
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        self.take(&mut state, step);
        state.tidy(self);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all(self)
    }
}

impl Config {
    fn steps_of_process(&self, state: &State, process: usize, steps: &mut Vec<Step>) {
        if state.may_renew_lease(self, process) && !has(self.cut_off, process) {
            self.deliveries(state, |delivery| steps.push(Step::RenewLease(process, delivery)));
        }
    }

    fn steps_of_reader(&self, state: &State, process: usize, steps: &mut Vec<Step>) {
        let me = &state.processes[process];
        if !me.queue.is_empty() {
            steps.push(Step::Listen(process));
        }
        if !me.is_subscribed || me.nonce.is_some_and(|age| age >= self.lease) {
            steps.push(Step::Subscribe(process));
        }
        let is_trusted = state.trusts_server(self, process) || self.is(Mistake::TrustOnReply);
        if me.ask.is_some() {
            steps.push(Step::AnswerAsk(process));
        } else if is_trusted && state.may_command() {
            if state.is_worth_asking(self, process) || self.is(Mistake::TrustOnReply) {
                steps.push(Step::Ask(process, false));
            }
            if state.is_worth_caching(self, state.stamps_at_server(self)) {
                steps.push(Step::Ask(process, true));
            }
        }
        if state.is_worth_caching(self, state.stamps_in_map(self, process)) {
            steps.push(Step::CacheFromMap(process));
        }
        let copied = state.page_of_copy(self, process).filter(|page| state.to_be_shown(self) & !page.shows != 0);
        if copied.is_some() && copied != state.page {
            steps.push(Step::KeepFromCopy(process));
        }
    }

    fn steps_of_member(&self, state: &State, process: usize, steps: &mut Vec<Step>) {
        let me = &state.processes[process];
        let (member, may_command) = (&me.member, state.may_command() && !has(self.cut_off, process));
        if !member.has_row && (has(self.starting, process) || self.gives_up) {
            steps.push(Step::InsertRow(process));
        }
        if self.gives_up && has(self.readers, process) && member.has_row && member.row < ROW_LEASE {
            steps.push(Step::ShowLife(process));
        }
        if state.may_give_up(self, process) {
            steps.push(Step::GiveUp(process));
        }
        let is_counting = has(self.readers, process) || self.strikes;
        if is_counting && member.has_row && member.confirmed != member.seen {
            steps.push(Step::Confirm(process));
        }
        if has(self.readers, process) && state.is_worth_reading(process) {
            steps.push(Step::ReadOutbox(process));
        }
        for write in (0..TWO).filter(|write| may_command && state.may_renew_row(self, process, *write)) {
            steps.push(Step::RenewRow(process, write));
        }
        if state.may_stand_apart(self, process) {
            steps.push(Step::StandApart(process));
        }
        if member.is_silent && member.is_resuming && member.unheard == 0 {
            steps.push(Step::Resume(process));
        }
        if may_command && state.may_begin_resuming(self, process) {
            steps.push(Step::BeginResuming(process));
        }
        if is_counting && !has(self.cut_off, process) && state.may_strike(self, process) {
            steps.push(Step::Strike(process));
        }
    }

    fn steps_of_write(&self, state: &State, write: usize, steps: &mut Vec<Step>) {
        let process = self.writes[write].0;
        let may_command = state.may_command() && !has(self.cut_off, process);
        if state.writes[write] == Write::Idle && may_command {
            self.deliveries(state, |delivery| steps.push(Step::Hold(write, delivery)));
        }
        if state.may_commit(self, write) {
            steps.push(Step::Commit(write));
        }
        if state.may_release(self, write) && may_command {
            self.deliveries(state, |delivery| steps.push(Step::Renew(write, delivery)));
        }
        if self.has_outbox && !has(self.near, process) && matches!(state.writes[write], Write::Idle | Write::Committed)
        {
            steps.push(Step::FallSilent(write));
        }
        if state.may_go_unheard(self, write) {
            steps.push(Step::GoUnheard(write));
        }
        if state.may_answer(self, write) {
            steps.push(Step::Answer(write));
        }
        if state.may_delete_row(self, write) {
            steps.push(Step::DeleteRow(write));
        }
    }

    fn deliveries(&self, state: &State, mut push: impl FnMut(Delivery)) {
        push(Delivery::Now);
        if state.faults.late > 0 && state.late.is_none() {
            push(Delivery::Late);
            push(Delivery::Twice);
        }
    }

    fn faults(&self, state: &State, steps: &mut Vec<Step>) {
        let faults = state.faults;
        if state.late.is_some() {
            steps.push(Step::RunLate);
        }
        for process in (0..TWO).filter(|process| !state.processes[*process].is_dead) {
            if faults.crash > 0 {
                steps.push(Step::Die(process));
            }
            if has(self.readers, process) {
                Self::faults_of_reader(state, process, steps);
            }
        }
        if faults.flush > 0 {
            steps.push(Step::Flush);
        }
        if faults.fail_over > 0 {
            steps.push(if state.replica.is_some() { Step::FailOver } else { Step::FallBehind });
        }
        if faults.evict_leases > 0 && state.server.leases_mark.is_some() {
            steps.push(Step::EvictLeases);
        }
        if faults.evict_registry > 0 && state.server.registry_mark != 0 {
            steps.push(Step::EvictRegistry);
        }
        for topic in (0..TWO).filter(|topic| has(self.depends_on, *topic)) {
            if faults.evict_key > 0 && state.server.topics[topic] != Value::Missing {
                steps.push(Step::EvictKey(topic));
            }
            self.expiries(state, topic, steps);
        }
    }

    fn faults_of_reader(state: &State, process: usize, steps: &mut Vec<Step>) {
        let (me, faults) = (&state.processes[process], state.faults);
        if faults.break_subscription > 0 && me.is_subscribed {
            steps.push(Step::BreakSubscription(process));
        }
        if faults.lose_message > 0 && !me.queue.is_empty() && me.applied != UNKNOWN {
            steps.push(Step::LoseMessage(process));
        }
        for topic in (0..TWO).filter(|topic| faults.evict_topic > 0 && me.map[*topic] != TopicEntry::Absent) {
            steps.push(Step::EvictTopic(process, topic));
        }
    }

    /// A hold runs out when its write is over, or when its process died or lost its way to the server: not before COMMIT, which then the database
    /// refuses.
    fn expiries(&self, state: &State, topic: usize, steps: &mut Vec<Step>) {
        let Value::Held(holders) = state.server.topics[topic] else { return };
        for write in (0..TWO).filter(|write| has(holders, *write)) {
            if !matches!(state.writes[write], Write::Holding(_) | Write::Committed) {
                steps.push(Step::ExpireHold(topic, write));
            }
        }
    }
}

impl State {
    /// Whether a page under these stamps could be older than its request one day, and is not the one that is kept.
    fn is_worth_caching(&self, config: &Config, stamps: Option<[u8; TWO]>) -> bool {
        let is_cached = |stamps| self.page.is_some_and(|page| page.stamps == stamps);
        stamps.is_some_and(|stamps| !is_cached(stamps)) && self.to_be_shown(config) & !self.database.committed != 0
    }

    /// The stamps that a question would be answered, unless a topic is held. A missing one would be set: 0 stands for a new one.
    fn stamps_at_server(&self, config: &Config) -> Option<[u8; TWO]> {
        let mut stamps = [0; TWO];
        for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
            match self.server.topics[topic] {
                Value::Stamp(stamp) => stamps[topic] = stamp,
                Value::Missing => {}
                Value::Held(_) => return None,
            }
        }
        Some(stamps)
    }
}
