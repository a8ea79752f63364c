//! What a writer does: hold, commit, release; and the way of the outbox where the server cannot be told.

use crate::config::{Config, Mistake, OUTBOX_LEASE};
use crate::state::{Row, State, TWO, Wait, Write, has};

impl State {
    pub(crate) fn say_hold(&mut self, config: &Config, write: usize) {
        let wait = self.hold(config, write);
        self.writes[write] = Write::Holding(wait);
        let (process, held) = config.writes[write];
        let message = crate::state::Message::Update { epoch: wait.epoch, seq: wait.seq, stamps: [0; TWO], held };
        self.tell(config, process, message);
    }

    pub(crate) fn may_commit(&self, config: &Config, write: usize) -> bool {
        match self.writes[write] {
            Write::Holding(wait) => self.is_over(config, wait) || config.is(Mistake::CommitWithoutWaiting),
            _ => false,
        }
    }

    pub(crate) fn commit(&mut self, write: usize) {
        self.database.committed |= 1 << write;
        self.writes[write] = Write::Committed;
    }

    /// Whether the release may be said now.
    pub(crate) fn may_release(&self, config: &Config, write: usize) -> bool {
        let is_early = config.is(Mistake::ReleaseBeforeCommit);
        match self.writes[write] {
            Write::Holding(_) => is_early && self.may_commit(config, write),
            Write::Committed => !is_early,
            // It could not be said before, and is said again behind the pause.
            Write::Outbox(_) => true,
            _ => false,
        }
    }

    pub(crate) fn say_renew(&mut self, config: &Config, write: usize) {
        let process = config.writes[write].0;
        let (stood, message, wait) = self.renew(config, write, (process, true));
        self.tell(config, process, message);
        let stood = stood && (!has(self.doubtful, write) || config.is(Mistake::RepeatedHoldStands));
        let is_answered =
            (stood && !matches!(self.writes[write], Write::Outbox(_))) || config.is(Mistake::LateReleaseAnswered);
        let wait = if is_answered { Wait { lease: 0, grace: 0, ..wait } } else { wait };
        self.writes[write] = Write::Releasing(wait);
    }

    /// The commit without the server: only when no registration of the own process can be in force any more.
    pub(crate) fn may_go_unheard(&self, config: &Config, write: usize) -> bool {
        let is_missing = self.is_certainly_missing(config.writes[write].0);
        self.writes[write] == Write::Silent && (is_missing || config.is(Mistake::CommitWhileRegistered))
    }

    /// In one transaction with the row of the outbox, which locks the own row of `cache_instance`. What is committed already gets its
    /// row in the outbox, and is not answered if nobody looks for it there.
    pub(crate) fn go_unheard(&mut self, config: &Config, write: usize) {
        let process = config.writes[write].0;
        let is_committed = has(self.database.committed, write);
        let is_allowed = self.may_be_unheard(config, process);
        if is_committed || is_allowed {
            self.database.committed |= 1 << write;
            self.database.outbox |= 1 << write;
        }
        self.writes[write] = Write::Outbox(config.lease.max(OUTBOX_LEASE));
        if !is_allowed {
            self.end(config, write, Write::Failed);
        }
    }

    pub(crate) fn may_answer(&self, config: &Config, write: usize) -> bool {
        match self.writes[write] {
            Write::Releasing(wait) => self.is_over(config, wait),
            Write::Outbox(pause) => pause == 0,
            _ => false,
        }
    }

    pub(crate) fn answer(&mut self, config: &Config, write: usize) {
        if config.is(Mistake::ReleaseBeforeCommit) {
            self.database.committed |= 1 << write;
        }
        if config.is(Mistake::AnsweredByRelease) && matches!(self.writes[write], Write::Releasing(_)) {
            for row in &mut self.processes[config.writes[write].0].rows {
                *row = if *row == Row::Seen { Row::Renewed } else { *row };
            }
        }
        self.end(config, write, Write::Answered);
    }

    fn end(&mut self, config: &Config, write: usize, how: Write) {
        self.writes[write] = how;
        self.processes[config.writes[write].0].member.unheard &= !(1 << write);
    }

    /// A process dies. Nobody is told what became of its writes.
    pub(crate) fn die(&mut self, config: &Config, process: usize) {
        for write in (0..TWO).filter(|write| config.writes[*write].0 == process) {
            if self.writes[write] != Write::Answered {
                self.writes[write] = Write::Failed;
            }
        }
        self.drop_all(config, process);
        self.end_session(process);
        let me = &mut self.processes[process];
        me.ask = None;
        me.is_dead = true;
    }
}
