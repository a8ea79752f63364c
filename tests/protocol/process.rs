//! What a process is told: the listener, the map, the lease, questions and pages.

use crate::config::{Config, Mistake};
use crate::state::{Ask, Command, Message, Page, Row, State, TWO, TopicEntry, UNKNOWN, Value, has};

impl State {
    /// Whether one of the page's topics was read from the outbox and has no new stamp yet.
    pub(crate) fn is_untold(&self, config: &Config, process: usize) -> bool {
        let is_seen = |write: usize| self.processes[process].rows[write] == Row::Seen;
        (0..TWO).any(|write| is_seen(write) && has(config.relevant(), write))
    }

    /// Whether what the server answers to a question that is sent now may be believed.
    pub(crate) fn trusts_server(&self, config: &Config, process: usize) -> bool {
        let me = &self.processes[process];
        let is_whole = me.member.whole > 0 && self.counts_row(config, process, 1);
        let knows_all = is_whole || me.outbox > 0 || config.is(Mistake::OutboxUnread);
        !config.has_outbox || knows_all && !self.is_untold(config, process)
    }

    /// The stamps of the page's topics, if the map has all of them and may be believed.
    pub(crate) fn stamps_in_map(&self, config: &Config, process: usize) -> Option<[u8; TWO]> {
        let me = &self.processes[process];
        let is_read = !me.needs_outbox || me.outbox > 0 || config.is(Mistake::OutboxUnread);
        if me.is_dead || me.lease == 0 || !is_read || self.is_untold(config, process) {
            return None;
        }
        let mut stamps = [0; TWO];
        for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
            let TopicEntry::Current { stamp, .. } = me.map[topic] else { return None };
            stamps[topic] = stamp;
        }
        Some(stamps)
    }

    /// Whether a request that arrives now is served the kept page without a question.
    pub(crate) fn serves_from_memory(&self, config: &Config, process: usize) -> bool {
        let epoch = self.processes[process].map_epoch;
        let Some(page) = self.page.filter(|page| page.epoch == epoch) else { return false };
        self.stamps_in_map(config, process) == Some(page.stamps)
    }

    /// A page is kept under these stamps; its data is read right after them.
    pub(crate) fn keep(&mut self, config: &Config, epoch: u8, stamps: [u8; TWO]) {
        self.page = Some(Page { epoch, stamps, shows: self.database.committed & config.relevant() });
    }

    /// The page as a copy may show it that is as far behind as it may be: under stamps that the map or the server vouches for, with what was
    /// committed when the last of them was first seen.
    pub(crate) fn page_of_copy(&self, config: &Config, process: usize) -> Option<Page> {
        let me = &self.processes[process];
        let mut page = Page { epoch: me.map_epoch, stamps: [0; TWO], shows: 0 };
        let mut is_at_server = me.map_epoch == self.server.epoch && self.may_command();
        for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
            let (TopicEntry::Current { stamp, .. }, Some((noted, committed))) = (me.map[topic], me.noted[topic]) else {
                return None;
            };
            if noted != stamp {
                return None;
            }
            page.stamps[topic] = stamp;
            page.shows |= committed & config.relevant();
            is_at_server &= self.server.topics[topic] == Value::Stamp(stamp);
        }
        if config.is(Mistake::CopyUnproved) {
            page.shows = 0;
        }
        let is_vouched_for = is_at_server && self.trusts_server(config, process)
            || self.stamps_in_map(config, process) == Some(page.stamps);
        (config.has_copy && is_vouched_for).then_some(page)
    }

    /// Believes nothing of what stands in the map any more, nor what is under way.
    pub(crate) fn drop_all(&mut self, config: &Config, process: usize) {
        let me = &mut self.processes[process];
        me.map = [TopicEntry::Absent; TWO];
        if !config.is(Mistake::SinceOutlivesEpoch) {
            me.noted = [None; TWO];
        }
        me.map_epoch = 0;
        me.floor = 0;
        me.lease = 0;
        me.applied = UNKNOWN;
        if let Some(ask) = &mut me.ask {
            ask.may_fill = false;
        }
    }

    /// The subscription is given up: what is on its way is not heard, and the nonce is not waited for.
    pub(crate) fn end_session(&mut self, process: usize) {
        let me = &mut self.processes[process];
        me.is_subscribed = false;
        me.applied = UNKNOWN;
        me.queue.clear();
        self.forget_nonce(process);
    }

    /// A nonce that is not outstanding is not looked at when it comes.
    fn forget_nonce(&mut self, process: usize) {
        let me = &mut self.processes[process];
        me.nonce = None;
        me.queue.retain(|message| matches!(message, Message::Update { .. }));
        if let Some(Command::RenewLease { process: sender, is_outstanding, .. }) = &mut self.late
            && *sender == process
        {
            *is_outstanding = false;
        }
    }

    /// Begins anew.
    pub(crate) fn subscribe(&mut self, config: &Config, process: usize) {
        self.end_session(process);
        if !config.is(Mistake::MapOutlivesSubscription) {
            self.drop_all(config, process);
        }
        self.processes[process].is_subscribed = true;
    }

    /// Whether this is about what the map is about. What is about another server or dataset makes it worthless.
    fn is_of(&mut self, config: &Config, process: usize, epoch: u8) -> bool {
        let me = &mut self.processes[process];
        if me.map_epoch == 0 {
            me.map_epoch = epoch;
        }
        let is_same = me.map_epoch == epoch;
        if !is_same {
            self.drop_all(config, process);
        }
        is_same
    }

    /// The listener takes the next message. One is missing: it drops everything and begins anew.
    pub(crate) fn listen(&mut self, config: &Config, process: usize) {
        let message = self.processes[process].queue.remove(0);
        let (epoch, seq, step) = match message {
            Message::Nonce { epoch, seq, .. } => (epoch, seq, 0),
            Message::Update { epoch, seq, .. } => (epoch, seq, 1),
        };
        let is_of = self.is_of(config, process, epoch);
        let applied = self.processes[process].applied;
        if !is_of || applied != UNKNOWN && seq != applied + step {
            self.drop_all(config, process);
            self.end_session(process);
            return;
        }
        self.processes[process].applied = seq;
        if let Message::Nonce { is_one_missing, .. } = message {
            self.believe(config, process, is_one_missing);
        } else {
            self.learn_all(config, process, message);
            self.processes[process].acknowledged = (epoch, seq);
        }
    }

    fn believe(&mut self, config: &Config, process: usize, is_one_missing: bool) {
        let Some(age) = self.processes[process].nonce else { return };
        self.forget_nonce(process);
        let me = &mut self.processes[process];
        let age = if config.is(Mistake::LeaseFromReceipt) { 0 } else { age };
        me.lease = config.lease.saturating_sub(age);
        let (lease, member) = (me.lease, &me.member);
        let is_confirmed = member.confirmed == member.seen && member.restored == member.seen;
        let is_there = self.counts_row(config, process, lease);
        self.processes[process].needs_outbox = config.has_outbox && (is_one_missing || !is_confirmed || !is_there);
    }

    /// What the writer of this process has itself said.
    pub(crate) fn tell(&mut self, config: &Config, process: usize, message: Message) {
        if let Message::Update { epoch, .. } = message
            && has(config.readers, process)
            && self.is_of(config, process, epoch)
        {
            self.learn_all(config, process, message);
        }
    }

    fn learn_all(&mut self, config: &Config, process: usize, message: Message) {
        let Message::Update { seq, stamps, held, .. } = message else { return };
        for (topic, stamp) in stamps.into_iter().enumerate() {
            if has(held, topic) {
                self.learn(config, (process, topic), TopicEntry::Held { seq });
            } else if stamp != 0 {
                self.learn(config, (process, topic), TopicEntry::Current { stamp, seq });
            }
        }
    }

    /// The map never goes back.
    fn learn(&mut self, config: &Config, (process, topic): (usize, usize), known: TopicEntry) {
        let me = &mut self.processes[process];
        let before = sequence(me.map[topic]).unwrap_or(me.floor);
        if sequence(known).is_some_and(|seq| seq >= before) {
            me.map[topic] = known;
            self.note(config, (process, topic), known);
        }
    }

    /// A stamp that is seen again was seen before.
    fn note(&mut self, config: &Config, (process, topic): (usize, usize), known: TopicEntry) {
        let noted = &mut self.processes[process].noted[topic];
        *noted = match known {
            TopicEntry::Current { stamp, .. } if config.has_copy => {
                Some(noted.filter(|(before, _)| *before == stamp).unwrap_or((stamp, self.database.committed)))
            }
            _ => None,
        };
    }

    /// Topics leave the map.
    pub(crate) fn evict(&mut self, process: usize, topic: usize) {
        let me = &mut self.processes[process];
        let newest = me.map.iter().copied().filter_map(sequence).max();
        me.floor = me.floor.max(newest.unwrap_or_default());
        me.map[topic] = TopicEntry::Absent;
        me.noted[topic] = None;
    }

    /// The answer to a question: fills the map, and serves the kept page.
    pub(crate) fn answer_ask(&mut self, config: &Config, process: usize) {
        let is_trusted = config.is(Mistake::TrustOnReply) && self.trusts_server(config, process);
        let Some(ask) = self.processes[process].ask.take() else { return };
        if ask.may_fill && self.is_of(config, process, ask.epoch) {
            self.fill(config, process, &ask);
        }
        let stamps = stamps_of(config, &ask);
        if let Some(page) = self.page.filter(|page| page.epoch == ask.epoch && Some(page.stamps) == stamps) {
            self.is_violated |= is_trusted && ask.answered & config.relevant() & !page.shows != 0;
        }
    }

    fn fill(&mut self, config: &Config, process: usize, ask: &Ask) {
        for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
            if let Value::Stamp(stamp) = ask.values[topic] {
                let known = TopicEntry::Current { stamp, seq: ask.seq };
                if config.is(Mistake::MapGoesBack) {
                    self.processes[process].map[topic] = known;
                } else {
                    self.learn(config, (process, topic), known);
                }
            }
        }
    }

    /// A question is asked; a page may be rendered under what it is answered. Its data is read when the answer is there, and nothing is lost by
    /// taking the earliest moment for it.
    pub(crate) fn ask(&mut self, config: &Config, process: usize, is_cached: bool) {
        let ask = self.read(config);
        self.processes[process].ask = Some(ask);
        if is_cached && let Some(stamps) = stamps_of(config, &ask) {
            self.keep(config, ask.epoch, stamps);
        }
    }

    /// Whether a request that arrives now, and asks, is served the kept page.
    pub(crate) fn serves_as_asked(&self, config: &Config, process: usize) -> bool {
        let Some(page) = self.page.filter(|page| page.epoch == self.server.epoch) else { return false };
        let is_current =
            |topic: usize| page.stamps[topic] == 0 || self.server.topics[topic] == Value::Stamp(page.stamps[topic]);
        let may_ask = self.may_command() && !self.processes[process].is_dead;
        may_ask && self.trusts_server(config, process) && is_current(0) && is_current(1)
    }

    /// Whether a question would tell the map anything.
    pub(crate) fn is_worth_asking(&self, config: &Config, process: usize) -> bool {
        let is_known = |topic: usize| match (self.server.topics[topic], self.processes[process].map[topic]) {
            (Value::Stamp(stamp), TopicEntry::Current { stamp: known, .. }) => stamp == known,
            (Value::Held(_), _) => true,
            _ => false,
        };
        (0..TWO).any(|topic| has(config.depends_on, topic) && !is_known(topic))
    }
}

pub(crate) fn sequence(known: TopicEntry) -> Option<u8> {
    match known {
        TopicEntry::Absent => None,
        TopicEntry::Current { seq, .. } | TopicEntry::Held { seq } => Some(seq),
    }
}

/// The stamps of the page's topics, if none is held.
pub(crate) fn stamps_of(config: &Config, ask: &Ask) -> Option<[u8; TWO]> {
    let mut stamps = [0; TWO];
    for topic in (0..TWO).filter(|topic| has(config.depends_on, *topic)) {
        let Value::Stamp(stamp) = ask.values[topic] else { return None };
        stamps[topic] = stamp;
    }
    Some(stamps)
}
