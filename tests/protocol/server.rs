//! What the server's scripts do. Each runs at one moment, and only where its process believes the epoch that stands there.

use crate::config::{Config, Mistake};
use crate::state::{Ask, Bits, Command, Message, Server, State, TWO, Value, Wait, has};

impl State {
    /// The guard of every script: the epoch that was believed when it was said, set on the server that answers. A process that is refused
    /// reads the epoch, and says it again.
    fn is_guarded(&self, epoch: u8) -> bool {
        self.may_command() && self.server.epoch == epoch
    }

    /// Whether the server has an epoch of its own.
    pub(crate) fn may_command(&self) -> bool {
        self.server.epoch != 0 && !self.server.is_foreign
    }

    /// LEASE: the lease counts from now, the registration from when its sender said it. Publishes the nonce with the sequence and the verdict,
    /// whether a registered process is missing; so it is for whom has not put back all under the mark that stands there. Whether the registry was
    /// lost.
    pub(crate) fn carry_out_lease(&mut self, config: &Config, command: Command) -> bool {
        let Command::RenewLease { process, registration, is_outstanding, members, restored, .. } = command else {
            return false;
        };
        let (was_lost, verdict) = if config.has_outbox {
            let registration = if config.is(Mistake::RegistrationFromExecution) { config.lease } else { registration };
            self.register(config, process, (registration, members, restored))
        } else {
            (false, false)
        };
        if has(config.readers, process) {
            self.server.leases[process] = config.lease;
            let nonce = Message::Nonce { epoch: self.server.epoch, seq: self.server.seq, is_one_missing: verdict };
            let sender = &mut self.processes[process];
            if is_outstanding && sender.is_subscribed {
                sender.queue.push(nonce);
            }
        }
        was_lost
    }

    fn register(&mut self, config: &Config, process: usize, said: (u8, Bits, u8)) -> (bool, bool) {
        let (registration, members, restored) = said;
        let was_lost = self.mark_registry(config);
        let server = &mut self.server;
        server.registry[process] = Some(registration);
        for other in (0..TWO).filter(|other| has(members, *other)) {
            server.registry[other].get_or_insert(0);
        }
        let is_missing = server.registry[1 - process] == Some(0);
        let is_unlike = if config.is(Mistake::LossReportedOnce) { was_lost } else { restored != server.registry_mark };
        (was_lost, is_missing || is_unlike)
    }

    /// Gives a registry that was lost a mark that was never used.
    pub(crate) fn mark_registry(&mut self, config: &Config) -> bool {
        let was_lost = self.server.registry_mark == 0;
        if was_lost {
            let server = &mut self.server;
            server.last_mark += 1;
            server.registry_mark = if config.is(Mistake::LossReportedOnce) { server.epoch } else { server.last_mark };
        }
        was_lost
    }

    /// HOLD: adds the holder to each topic's key.
    pub(crate) fn hold(&mut self, config: &Config, write: usize) -> Wait {
        self.server.seq += 1;
        let (process, topics) = config.writes[write];
        for topic in (0..TWO).filter(|topic| has(topics, *topic)) {
            let holders = self.holders(topic);
            self.server.topics[topic] = Value::Held(holders | 1 << write);
        }
        self.publish(
            config,
            Message::Update { epoch: self.server.epoch, seq: self.server.seq, stamps: [0; TWO], held: topics },
        );
        self.wait(config, 1 - process)
    }

    fn holders(&self, topic: usize) -> Bits {
        match self.server.topics[topic] {
            Value::Held(holders) => holders,
            Value::Missing | Value::Stamp(_) => 0,
        }
    }

    /// RENEW by a process: takes the holder out, and gives what nobody else holds a new stamp. Whether the hold still stood at every key, what
    /// it published, and whom to wait for.
    pub(crate) fn renew(&mut self, config: &Config, write: usize, said: (usize, bool)) -> (bool, Message, Wait) {
        let (process, is_holder) = said;
        self.server.seq += 1;
        let (mut stamps, mut held, mut stood) = ([0; TWO], 0, is_holder);
        for topic in (0..TWO).filter(|topic| has(config.writes[write].1, *topic)) {
            let holders = self.holders(topic);
            stood &= has(holders, write);
            let left = if is_holder { holders & !(1 << write) } else { holders };
            if left == 0 {
                stamps[topic] = self.unused(topic);
                self.server.topics[topic] = Value::Stamp(stamps[topic]);
            } else {
                self.server.topics[topic] = Value::Held(left);
                held |= 1 << topic;
            }
        }
        let message = Message::Update { epoch: self.server.epoch, seq: self.server.seq, stamps, held };
        self.publish(config, message);
        (stood, message, self.wait(config, 1 - process))
    }

    /// Stamps, epoch and sequence in one command; what is missing is set.
    pub(crate) fn read(&mut self, config: &Config) -> Ask {
        for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
            if self.server.topics[topic] == Value::Missing {
                self.server.topics[topic] = Value::Stamp(self.unused(topic));
            }
        }
        let Self { server, .. } = self;
        let (epoch, seq, values) = (server.epoch, server.seq, server.topics);
        let answered = if config.is(Mistake::TrustOnReply) { self.answered() } else { 0 };
        Ask { epoch, seq, values, answered, may_fill: true }
    }

    /// Whom a writer's script tells to wait for: the lease that the other process has, and the grace. Leases that were lost get a mark, and with it
    /// a grace.
    fn wait(&mut self, config: &Config, other: usize) -> Wait {
        let server = &mut self.server;
        let mut grace = server.grace.max(server.leases_mark.unwrap_or(config.lease));
        if server.leases_mark.is_none() {
            server.leases_mark = Some(if config.is(Mistake::GraceOnce) { 0 } else { config.lease });
        }
        if config.is(Mistake::NoGrace) {
            grace = 0;
        }
        Wait { other, epoch: server.epoch, seq: server.seq, lease: server.leases[other], grace }
    }

    /// The other process has applied the message, or its lease has run out; and the grace is over.
    pub(crate) fn is_over(&self, config: &Config, wait: Wait) -> bool {
        let (epoch, seq) = self.processes[wait.other].acknowledged;
        let is_acknowledged = epoch == wait.epoch && seq >= wait.seq;
        let is_believed = wait.lease > 0 || config.is(Mistake::WaitsForEver) && has(config.readers, wait.other);
        (is_acknowledged || !is_believed) && wait.grace == 0
    }

    fn publish(&mut self, config: &Config, message: Message) {
        for (process, listener) in self.processes.iter_mut().enumerate() {
            if has(config.readers, process) && listener.is_subscribed {
                listener.queue.push(message);
            }
        }
    }

    /// The server forgets everything. A sequence that was lost begins anew at the clock, beyond all there were.
    pub(crate) fn flush(&mut self) {
        let server = &mut self.server;
        server.epoch = 0;
        server.is_foreign = false;
        server.grace = 0;
        server.leases = [0; TWO];
        server.leases_mark = None;
        server.registry = [None; TWO];
        server.registry_mark = 0;
        server.topics = [Value::Missing; TWO];
    }

    /// A replica that is behind takes over, and all connections are lost.
    pub(crate) fn fail_over(&mut self) {
        if let Some(replica) = self.replica.take() {
            let Server { last_epoch, last_mark, .. } = self.server;
            self.server = Server { last_epoch, last_mark, ..replica };
            self.server.is_foreign = true;
            (0..TWO).for_each(|process| self.end_session(process));
        }
    }

    /// A process that found no epoch of this server sets one: a value that was never used, and its grace. The marks of another count for
    /// nothing.
    pub(crate) fn set_epoch(&mut self, config: &Config) {
        let server = &mut self.server;
        server.last_epoch += 1;
        server.epoch = server.last_epoch;
        server.is_foreign = false;
        server.grace = config.lease;
        server.leases_mark = None;
        server.registry_mark = 0;
    }

    /// Carries out what was said earlier, if its epoch is still the server's.
    pub(crate) fn run_late(&mut self, config: &Config) {
        match self.late.take() {
            Some(command @ Command::RenewLease { epoch, .. }) if self.is_guarded(epoch) => {
                self.carry_out_lease(config, command);
            }
            Some(Command::Hold { write, epoch }) if self.is_guarded(epoch) => {
                self.hold(config, write);
            }
            Some(Command::Renew { write, epoch }) if self.is_guarded(epoch) => {
                self.renew(config, write, (config.writes[write].0, true));
            }
            _ => {}
        }
    }
}
