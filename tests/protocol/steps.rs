//! What each step does to a state.

use crate::config::Config;
use crate::model::{Delivery, Step};
use crate::state::{Command, State, TWO, Value, Wait, Write, has};

impl Config {
    pub(crate) fn take(&self, state: &mut State, step: Step) {
        match step {
            Step::Tick => tick(self, state),
            Step::Hold(..) | Step::Renew(..) | Step::RenewLease(..) => self.command(state, step),
            Step::RunLate => state.run_late(self),
            Step::Commit(write) => state.commit(write),
            Step::FallSilent(write) => state.fall_silent(self, write),
            Step::GoUnheard(write) => state.go_unheard(self, write),
            Step::Answer(write) => state.answer(self, write),
            Step::DeleteRow(write) => state.database.outbox &= !(1 << write),
            Step::InsertRow(process) => state.insert_row(self, process),
            Step::ShowLife(process) => state.show_life(self, process),
            Step::GiveUp(process) => state.give_up(process),
            Step::Confirm(process) => state.confirm(self, process),
            Step::ReadOutbox(process) => state.read_outbox(process),
            Step::RenewRow(process, write) => state.renew_row(self, process, write),
            Step::StandApart(process) => state.stand_apart(process),
            Step::BeginResuming(process) => state.begin_resuming(process),
            Step::Resume(process) => state.resume(process),
            Step::Strike(process) => state.strike(self, process),
            _ => self.read_or_fail(state, step),
        }
    }

    /// A command to the server, carried out now, later, or twice.
    fn command(&self, state: &mut State, step: Step) {
        let epoch = state.server.epoch;
        let (delivery, command) = match step {
            Step::Hold(write, delivery) => (delivery, Command::Hold { write, epoch }),
            Step::Renew(write, delivery) => (delivery, Command::Renew { write, epoch }),
            Step::RenewLease(process, delivery) => (delivery, state.say_lease(self, process)),
            _ => return,
        };
        if delivery != Delivery::Now {
            state.faults.late -= 1;
            state.late = Some(command);
            if let Command::Hold { write, .. } = command {
                state.doubtful |= 1 << write;
            }
        }
        if delivery == Delivery::Late {
            return;
        }
        match command {
            Command::Hold { write, .. } => state.say_hold(self, write),
            Command::Renew { write, .. } => state.say_renew(self, write),
            Command::RenewLease { process, .. } => {
                let was_lost = state.carry_out_lease(self, command);
                state.registered(self, process, was_lost);
            }
        }
    }

    fn read_or_fail(&self, state: &mut State, step: Step) {
        match step {
            Step::Listen(process) => state.listen(self, process),
            Step::Subscribe(process) => state.subscribe(self, process),
            Step::SetEpoch => state.set_epoch(self),
            Step::Ask(process, is_cached) => state.ask(self, process, is_cached),
            Step::AnswerAsk(process) => state.answer_ask(self, process),
            Step::CacheFromMap(process) => {
                if let Some(stamps) = state.stamps_in_map(self, process) {
                    state.keep(self, state.processes[process].map_epoch, stamps);
                }
            }
            Step::KeepFromCopy(process) => state.page = state.page_of_copy(self, process),
            Step::ExpireHold(topic, write) => {
                if let Value::Held(holders) = state.server.topics[topic] {
                    let left = holders & !(1 << write);
                    state.server.topics[topic] = if left == 0 { Value::Missing } else { Value::Held(left) };
                }
            }
            _ => self.fail(state, step),
        }
    }

    fn fail(&self, state: &mut State, step: Step) {
        match step {
            Step::BreakSubscription(process) => {
                state.faults.break_subscription -= 1;
                state.end_session(process);
            }
            Step::LoseMessage(process) => {
                state.faults.lose_message -= 1;
                state.processes[process].queue.remove(0);
            }
            Step::Flush => {
                state.faults.flush -= 1;
                state.flush();
            }
            Step::FallBehind => state.replica = Some(state.server.clone()),
            Step::FailOver => {
                state.faults.fail_over -= 1;
                state.fail_over();
            }
            Step::EvictKey(_) | Step::EvictLeases | Step::EvictRegistry | Step::EvictTopic(..) => {
                self.evict(state, step)
            }
            Step::Die(process) => {
                state.faults.crash -= 1;
                state.die(self, process);
            }
            _ => {}
        }
    }

    fn evict(&self, state: &mut State, step: Step) {
        match step {
            Step::EvictKey(topic) => {
                state.faults.evict_key -= 1;
                state.server.topics[topic] = Value::Missing;
            }
            Step::EvictLeases => {
                state.faults.evict_leases -= 1;
                state.server.leases = [0; TWO];
                state.server.leases_mark = None;
            }
            Step::EvictRegistry => {
                state.faults.evict_registry -= 1;
                state.server.registry = [None; TWO];
                state.server.registry_mark = 0;
                state.mark_registry(self);
            }
            Step::EvictTopic(process, topic) => {
                state.faults.evict_topic -= 1;
                state.evict(process, topic);
            }
            _ => {}
        }
    }
}

/// Everybody's clock goes on, also that of who is stopped.
fn tick(config: &Config, state: &mut State) {
    let less = |time: &mut u8| *time = time.saturating_sub(1);
    for server in [Some(&mut state.server), state.replica.as_mut()].into_iter().flatten() {
        less(&mut server.grace);
        server.leases.iter_mut().chain(&mut server.leases_mark).for_each(less);
        server.registry.iter_mut().flatten().for_each(less);
    }
    for (number, process) in state.processes.iter_mut().enumerate() {
        let member = &mut process.member;
        if has(config.readers, number) {
            less(&mut member.row);
        }
        [&mut process.lease, &mut process.outbox, &mut member.registration, &mut member.whole]
            .into_iter()
            .for_each(less);
        process.nonce = process.nonce.map(|age| config.lease.min(age + 1));
    }
    if let Some(Command::RenewLease { registration, .. }) = &mut state.late {
        less(registration);
    }
    let less_of_wait = |wait: &mut Wait| {
        less(&mut wait.lease);
        less(&mut wait.grace);
    };
    state.database.drained.iter_mut().flatten().for_each(less_of_wait);
    for write in &mut state.writes {
        match write {
            Write::Holding(wait) | Write::Releasing(wait) => less_of_wait(wait),
            Write::Outbox(pause) => less(pause),
            _ => {}
        }
    }
}
