//! Which processes there are, and which may be committing what nobody hears of: registrations, silence, the outbox, striking off.

use crate::config::{Config, Mistake, OUTBOX_LEASE, ROW_LEASE};
use crate::state::{Command, Row, State, Strike, TWO, Write, has};

impl State {
    /// Whether a renewal would be sent now, and would tell something new.
    pub(crate) fn may_renew_lease(&self, config: &Config, process: usize) -> bool {
        let me = &self.processes[process];
        let member = &me.member;
        let may_register = member.has_row || config.is(Mistake::RegisteredWithoutRow);
        let is_settled = member.registration == config.lease && self.server.registry[process] == Some(config.lease);
        let is_restored = member.restored == self.server.registry_mark;
        let is_new = if has(config.readers, process) {
            me.lease < config.lease || config.has_outbox && !(is_settled && is_restored && !me.needs_outbox)
        } else {
            config.has_outbox && !is_settled
        };
        let is_free = !has(config.readers, process) || me.nonce.is_none() && me.is_subscribed;
        is_new && is_free && !member.is_silent && (may_register || !config.has_outbox) && self.may_command()
    }

    /// What a renewal says.
    pub(crate) fn say_lease(&mut self, config: &Config, process: usize) -> Command {
        let epoch = self.server.epoch;
        let me = &mut self.processes[process];
        me.nonce = has(config.readers, process).then_some(0);
        if config.has_outbox {
            me.member.registration = config.lease;
        }
        Command::RenewLease {
            process,
            epoch,
            registration: config.lease,
            is_outstanding: true,
            members: if me.member.restored == me.member.seen { 0 } else { me.member.members },
            restored: me.member.restored,
        }
    }

    /// The answer to a renewal.
    pub(crate) fn registered(&mut self, config: &Config, process: usize, was_lost: bool) {
        if !config.has_outbox {
            return;
        }
        let registry = self.server.registry;
        let member = &mut self.processes[process].member;
        member.was_registered |= member.has_row || config.is(Mistake::RegisteredWithoutRow);
        if !has(config.readers, process) && !config.strikes {
            return;
        }
        member.seen = self.server.registry_mark;
        if was_lost || member.confirmed != member.seen {
            member.confirmed = 0;
            return;
        }
        let there = u8::from(registry[0].is_some()) | u8::from(registry[1].is_some()) << 1;
        let is_whole = member.members & !there == 0;
        member.restored = if is_whole { member.seen } else { 0 };
        member.members = there;
        member.is_one_missing = registry[1 - process] == Some(0);
        if is_whole && !member.is_one_missing {
            member.whole = config.lease;
        }
    }

    /// All processes that have a row, read after the mark was seen.
    pub(crate) fn confirm(&mut self, config: &Config, process: usize) {
        let all = self.database.instances;
        let member = &mut self.processes[process].member;
        member.members = if config.is(Mistake::RegistryForgotten) { 1 << process } else { member.members | all };
        member.confirmed = member.seen;
        member.restored = 0;
    }

    pub(crate) fn insert_row(&mut self, config: &Config, process: usize) {
        self.database.instances |= 1 << process;
        let member = &mut self.processes[process].member;
        member.has_row = true;
        member.row = if config.gives_up { ROW_LEASE } else { 0 };
    }

    /// Whether a process relies on nobody's being missing for so long.
    pub(crate) fn counts_row(&self, config: &Config, process: usize, time: u8) -> bool {
        !config.gives_up || self.processes[process].member.row >= time || config.is(Mistake::RowUnseen)
    }

    /// A process counts up its row, or finds that it is gone.
    pub(crate) fn show_life(&mut self, config: &Config, process: usize) {
        let is_there = has(self.database.instances, process);
        let member = &mut self.processes[process].member;
        member.row = if is_there { ROW_LEASE } else { 0 };
        if !is_there {
            (member.has_row, member.was_registered) = (false, false);
            if !config.is(Mistake::RejoinedOnOldAnswer) {
                member.whole = 0;
            }
            if !config.is(Mistake::RejoinedUnread) {
                (member.confirmed, member.restored) = (0, 0);
            }
        }
    }

    /// Whether the row of the other may be deleted, whatever the server would say of it.
    pub(crate) fn may_give_up(&self, config: &Config, process: usize) -> bool {
        let other = 1 - process;
        let is_over = self.processes[other].member.row == 0 || config.is(Mistake::GivenUpEarly);
        config.gives_up && has(config.readers, other) && has(self.database.instances, other) && is_over
    }

    pub(crate) fn give_up(&mut self, process: usize) {
        self.database.instances &= !(2 >> process);
        self.database.apart &= !(2 >> process);
    }

    /// A process's own registration has certainly run out, and it does not renew it.
    pub(crate) fn is_certainly_missing(&self, process: usize) -> bool {
        let member = &self.processes[process].member;
        member.is_silent && member.registration == 0
    }

    /// A process stops renewing, for a write that cannot be told.
    pub(crate) fn fall_silent(&mut self, config: &Config, write: usize) {
        let member = &mut self.processes[config.writes[write].0].member;
        member.is_silent = true;
        member.unheard |= 1 << write;
        member.is_resuming &= config.is(Mistake::ResumedOnOldReading);
        self.writes[write] = Write::Silent;
    }

    /// A process cannot reach the server: it stops renewing, and when it is certainly missing notes that it relies on the outbox alone.
    pub(crate) fn stand_apart(&mut self, process: usize) {
        if self.is_certainly_missing(process) {
            self.database.apart |= self.database.instances & 1 << process;
        } else {
            let member = &mut self.processes[process].member;
            member.is_silent = true;
            member.is_resuming = false;
        }
    }

    pub(crate) fn may_stand_apart(&self, config: &Config, process: usize) -> bool {
        let is_apart = has(self.database.apart, process) || !has(self.database.instances, process);
        let member = &self.processes[process].member;
        // One task does this and goes back, one after the other.
        let is_busy = member.is_resuming || member.is_silent && !self.is_certainly_missing(process);
        config.starting != 0 && !is_apart && !is_busy
    }

    /// Whether a process renews the topics of a row now: one that it has seen, or its own.
    pub(crate) fn may_renew_row(&self, config: &Config, process: usize, write: usize) -> bool {
        let is_own = config.writes[write].0 == process && has(self.database.outbox, write);
        match self.processes[process].rows[write] {
            _ if !has(config.drains, process) => false,
            Row::Seen => true,
            Row::Unseen => is_own && !has(config.readers, process),
            Row::Renewed => false,
        }
    }

    /// Whether it may look into the outbox to go back: not while a write of its own may still be on its way there.
    pub(crate) fn may_begin_resuming(&self, config: &Config, process: usize) -> bool {
        let member = &self.processes[process].member;
        let is_free = member.unheard == 0 || config.is(Mistake::ResumedOnOldReading);
        member.is_silent && !member.is_resuming && is_free && self.may_command() && self.database.outbox == 0
    }

    /// It takes that back, and then finds the outbox empty.
    pub(crate) fn begin_resuming(&mut self, process: usize) {
        self.database.apart &= !(1 << process);
        self.processes[process].member.is_resuming = self.database.outbox == 0;
    }

    pub(crate) fn resume(&mut self, process: usize) {
        let member = &mut self.processes[process].member;
        member.is_resuming = false;
        member.is_silent &= member.unheard != 0;
    }

    /// Whether a process may commit although nobody is told: the others would miss it, or rely on the outbox alone.
    pub(crate) fn may_be_unheard(&self, config: &Config, process: usize) -> bool {
        let is_known = has(self.database.instances, process) || config.is(Mistake::AnsweredWhenStruck);
        let is_missed = self.processes[process].member.was_registered || config.is(Mistake::UnregisteredCommits);
        let relying = self.database.instances & !self.database.apart & !(1 << process);
        is_known && (is_missed || relying == 0)
    }

    /// Whether a reading of the outbox would tell anything.
    pub(crate) fn is_worth_reading(&self, process: usize) -> bool {
        let me = &self.processes[process];
        me.outbox < OUTBOX_LEASE
            || (0..TWO).any(|write| has(self.database.outbox, write) && me.rows[write] == Row::Unseen)
    }

    /// What the reading of the outbox finds counts as held.
    pub(crate) fn read_outbox(&mut self, process: usize) {
        let me = &mut self.processes[process];
        me.outbox = OUTBOX_LEASE;
        for write in 0..TWO {
            if has(self.database.outbox, write) && me.rows[write] == Row::Unseen {
                me.rows[write] = Row::Seen;
            }
        }
    }

    /// A process renews the topics of a row that it has seen. The row is deleted only after all have heard.
    pub(crate) fn renew_row(&mut self, config: &Config, process: usize, write: usize) {
        let (_, message, wait) = self.renew(config, write, (process, false));
        self.tell(config, process, message);
        self.processes[process].rows[write] = Row::Renewed;
        self.database.drained[write].get_or_insert(wait);
    }

    pub(crate) fn may_delete_row(&self, config: &Config, write: usize) -> bool {
        let wait = self.database.drained[write].filter(|_| has(self.database.outbox, write));
        wait.is_some_and(|wait| self.is_over(config, wait) || config.is(Mistake::RowDeletedEarly))
    }

    pub(crate) fn may_strike(&self, config: &Config, process: usize) -> bool {
        let me = &self.processes[process];
        let is_told = (0..TWO).all(|write| me.rows[write] == Row::Unseen || !has(self.database.outbox, write));
        match me.striking {
            Strike::No => config.strikes && me.member.is_one_missing && self.may_command(),
            Strike::Fenced => true,
            Strike::Read => is_told && self.may_command(),
        }
    }

    /// First the row; then the outbox; then the registry, unless the other has come back.
    pub(crate) fn strike(&mut self, config: &Config, process: usize) {
        let other = 1 - process;
        match self.processes[process].striking {
            Strike::No => {
                self.database.instances &= !(1 << other);
                self.database.apart &= !(1 << other);
                self.processes[process].striking = Strike::Fenced;
            }
            Strike::Fenced => {
                if !config.is(Mistake::StruckUnread) {
                    self.read_outbox(process);
                }
                self.processes[process].striking = Strike::Read;
            }
            Strike::Read => {
                self.processes[process].striking = Strike::No;
                self.take_out(config, process, other);
            }
        }
    }

    fn take_out(&mut self, config: &Config, process: usize, other: usize) {
        let is_back = self.server.registry[other].is_some_and(|left| left > 0) || self.server.leases[other] > 0;
        if is_back && !config.is(Mistake::StruckWhileBack) {
            return;
        }
        self.server.registry[other] = None;
        self.server.leases[other] = 0;
        let member = &mut self.processes[process].member;
        member.members &= !(1 << other);
        member.is_one_missing = false;
    }
}
