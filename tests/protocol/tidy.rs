//! States that differ in names alone are made the same: stamps are numbered in the order in which they are met, and what can
//! never be used again is left out.

use crate::config::{Config, Mistake};
use crate::process::sequence;
use crate::state::{Ask, Bits, Message, Row, Server, State, TWO, TopicEntry, UNKNOWN, Value, Wait, Write, has};

/// More stamps of one topic than there can be at once.
const MANY: usize = 32;

impl State {
    /// A stamp of this topic that stands nowhere: never used again, which is all that a random one is.
    pub(crate) fn unused(&mut self, topic: usize) -> u8 {
        let mut used = 0_u32;
        self.visit(topic, &mut |stamp| used |= 1 << *stamp);
        u8::try_from((used | 1).trailing_ones()).unwrap_or(u8::MAX)
    }

    /// See the module documentation.
    pub(crate) fn tidy(&mut self, config: &Config) {
        if self.page.is_some() && !self.can_be_served(config) {
            self.page = None;
        }
        self.tidy_writes(config);
        for process in 0..TWO {
            if !self.is_waited_for(process) {
                self.processes[process].acknowledged = (0, 0);
            }
            self.tidy_map(config, process);
        }
        self.tidy_sequences();
        (0..TWO).for_each(|topic| self.tidy_stamps(topic));
    }

    /// The writes that pages have to show one day: all but those that are never answered.
    pub(crate) fn to_be_shown(&self, config: &Config) -> Bits {
        let bit = |write: usize| u8::from(self.writes[write] != Write::Failed) << write;
        config.relevant() & (bit(0) | bit(1))
    }

    /// Whether nothing of interest can happen any more: all is written, and no page is kept that does not show it.
    pub(crate) fn is_settled(&self, config: &Config) -> bool {
        let is_done =
            |write: usize| config.writes[write].1 == 0 || matches!(self.writes[write], Write::Answered | Write::Failed);
        let is_late = config.is(Mistake::TrustOnReply) && self.processes.iter().any(|process| process.ask.is_some());
        self.page.is_none()
            && !is_late
            && !self.may_copy_lack(config)
            && (0..TWO).all(is_done)
            && self.to_be_shown(config) & !self.database.committed == 0
    }

    /// Whether a page from a copy may lack what has to be shown, though all of it is committed.
    fn may_copy_lack(&self, config: &Config) -> bool {
        let lacks = |noted: &(u8, Bits)| self.to_be_shown(config) & !noted.1 != 0 || config.is(Mistake::CopyUnproved);
        self.processes.iter().any(|me| me.noted.iter().flatten().any(lacks))
    }

    /// What is over stays so, and a row that was taken out does not come again.
    fn tidy_writes(&mut self, config: &Config) {
        for write in 0..TWO {
            if matches!(self.writes[write], Write::Answered | Write::Failed) {
                self.doubtful &= !(1 << write);
            }
            if !has(self.database.outbox, write) {
                self.database.drained[write] = None;
                for me in &mut self.processes {
                    me.rows[write] = if me.rows[write] == Row::Renewed { Row::Unseen } else { me.rows[write] };
                }
            }
            if let Write::Holding(wait) | Write::Releasing(wait) = self.writes[write] {
                let tidied = self.tidied(config, wait);
                if let Write::Holding(wait) | Write::Releasing(wait) = &mut self.writes[write] {
                    *wait = tidied;
                }
            }
            self.database.drained[write] = self.database.drained[write].map(|wait| self.tidied(config, wait));
        }
    }

    fn tidied(&self, config: &Config, wait: Wait) -> Wait {
        if self.is_over(config, Wait { grace: 0, ..wait }) && !config.is(Mistake::WaitsForEver) {
            Wait { epoch: 0, seq: 0, lease: 0, ..wait }
        } else {
            wait
        }
    }

    /// Of the sequences in the map no more counts than which of the messages and answers on their way are older. An answer that tells nothing any
    /// more is not on its way.
    fn tidy_map(&mut self, config: &Config, process: usize) {
        let me = &mut self.processes[process];
        let is_newer = |ask: &Ask| {
            let is_older = |known: TopicEntry| sequence(known).unwrap_or(me.floor) > ask.seq;
            ask.may_fill && (0..TWO).any(|topic| has(config.depends_on, topic) && !is_older(me.map[topic]))
        };
        let is_late_checked = config.is(Mistake::TrustOnReply) || config.is(Mistake::MapGoesBack);
        me.ask = me.ask.filter(|ask| is_late_checked || is_newer(ask));
        let coming: Vec<u8> = me.queue.iter().filter_map(told).chain(me.ask.map(|ask| ask.seq)).collect();
        let least = |seq: u8| coming.iter().filter(|coming| **coming < seq).max().map_or(0, |older| older + 1);
        me.floor = least(me.floor);
        for known in &mut me.map {
            if let TopicEntry::Current { seq, .. } | TopicEntry::Held { seq } = known {
                *seq = least(*seq);
            }
        }
    }

    /// Sequences count from the least of them.
    fn tidy_sequences(&mut self) {
        let mut least = self.server.seq;
        self.visit_sequences(&mut |seq| least = least.min(*seq));
        self.visit_sequences(&mut |seq| *seq -= least - 1);
    }

    /// All sequences, as far as they are known.
    fn visit_sequences(&mut self, with: &mut impl FnMut(&mut u8)) {
        let mut visit = |seq: &mut u8| {
            if *seq != 0 && *seq != UNKNOWN {
                with(seq);
            }
        };
        for server in [Some(&mut self.server), self.replica.as_mut()].into_iter().flatten() {
            visit(&mut server.seq);
        }
        for me in &mut self.processes {
            visit(&mut me.floor);
            visit(&mut me.applied);
            visit(&mut me.acknowledged.1);
            for known in &mut me.map {
                if let TopicEntry::Current { seq, .. } | TopicEntry::Held { seq } = known {
                    visit(seq);
                }
            }
            for message in &mut me.queue {
                let (Message::Nonce { seq, .. } | Message::Update { seq, .. }) = message;
                visit(seq);
            }
            if let Some(ask) = &mut me.ask {
                visit(&mut ask.seq);
            }
        }
        for write in &mut self.writes {
            if let Write::Holding(wait) | Write::Releasing(wait) = write {
                visit(&mut wait.seq);
            }
        }
        self.database.drained.iter_mut().flatten().for_each(|wait| visit(&mut wait.seq));
    }

    fn tidy_stamps(&mut self, topic: usize) {
        let mut names = [0_u8; MANY];
        let mut next = 0;
        self.visit(topic, &mut |stamp| {
            let name = &mut names[usize::from(*stamp)];
            if *name == 0 {
                next += 1;
                *name = next;
            }
            *stamp = *name;
        });
    }

    /// Whether an acknowledgement of this process is waited for. Only what is said later is waited for later.
    fn is_waited_for(&self, process: usize) -> bool {
        let by_writes = self.writes.iter().filter_map(|write| match write {
            Write::Holding(wait) | Write::Releasing(wait) => Some(*wait),
            _ => None,
        });
        by_writes.chain(self.database.drained.into_iter().flatten()).any(|wait| wait.other == process)
    }

    /// Whether the stamps of the page can still be met by somebody. One that shows all there will be is never older.
    fn can_be_served(&self, config: &Config) -> bool {
        let Some(page) = self.page else { return false };
        let is_there = |topic: usize| {
            let stamp = page.stamps[topic];
            let at = |server: &Server| server.topics[topic] == Value::Stamp(stamp);
            let by = |me: &crate::state::Process| {
                matches!(me.map[topic], TopicEntry::Current { stamp: known, .. } if known == stamp)
                    || me.ask.is_some_and(|ask| ask.values[topic] == Value::Stamp(stamp))
                    || me
                        .queue
                        .iter()
                        .any(|message| matches!(message, Message::Update { stamps, .. } if stamps[topic] == stamp))
            };
            stamp == 0 || at(&self.server) || self.replica.as_ref().is_some_and(at) || self.processes.iter().any(by)
        };
        self.to_be_shown(config) & !page.shows != 0 && is_there(0) && is_there(1)
    }

    /// Every stamp of a topic, wherever one stands.
    fn visit(&mut self, topic: usize, with: &mut impl FnMut(&mut u8)) {
        for server in [Some(&mut self.server), self.replica.as_mut()].into_iter().flatten() {
            visit_value(&mut server.topics[topic], with);
        }
        if let Some(page) = &mut self.page {
            visit_stamp(&mut page.stamps[topic], with);
        }
        for me in &mut self.processes {
            if let TopicEntry::Current { stamp, .. } = &mut me.map[topic] {
                with(stamp);
            }
            if let Some((stamp, _)) = &mut me.noted[topic] {
                with(stamp);
            }
            if let Some(ask) = &mut me.ask {
                visit_value(&mut ask.values[topic], with);
            }
            for message in &mut me.queue {
                if let Message::Update { stamps, .. } = message {
                    visit_stamp(&mut stamps[topic], with);
                }
            }
        }
    }
}

fn visit_value(value: &mut Value, with: &mut impl FnMut(&mut u8)) {
    if let Value::Stamp(stamp) = value {
        with(stamp);
    }
}

fn visit_stamp(stamp: &mut u8, with: &mut impl FnMut(&mut u8)) {
    if *stamp != 0 {
        with(stamp);
    }
}

fn told(message: &Message) -> Option<u8> {
    match message {
        Message::Update { seq, .. } => Some(*seq),
        Message::Nonce { .. } => None,
    }
}
