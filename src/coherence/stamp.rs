//! What stands for the state of a topic.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::topic::Topic;

/// What stands at a topic's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A random value that nobody has used before: equal means that nothing was written in between.
    Current(Bytes),
    /// Somebody is about to commit a change: nothing is served and nothing is stored.
    Held,
}

/// Stamps as they were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    /// The epoch of that moment. Entries of another epoch are not believed.
    pub epoch: Bytes,
    /// One for each topic that was asked for, in order.
    pub values: Vec<Stamp>,
}

/// What something that is kept was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The epoch under which its stamps were read.
    pub epoch: Bytes,
    /// Each topic with its stamp as it was before the first read that depends on it.
    pub stamps: Vec<(Topic, Bytes)>,
    /// The first moment at which it would look different though nobody wrote anything.
    pub until: Option<DateTime<Utc>>,
}

impl Basis {
    /// Of something that shows one topic alone, whose look no clock changes. `None` while the topic is held.
    #[must_use]
    pub fn of_one(topic: Topic, stamps: &Stamps) -> Option<Self> {
        match stamps.values.as_slice() {
            [Stamp::Current(stamp)] => {
                Some(Self { epoch: stamps.epoch.clone(), stamps: vec![(topic, stamp.clone())], until: None })
            }
            _ => None,
        }
    }

    /// The topics, in the order of their stamps.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        self.stamps.iter().map(|(topic, _)| *topic).collect()
    }

    /// Whether `now`, the stamps of the same topics in the same order, are those from which it was made.
    #[must_use]
    pub fn is(&self, now: &Stamps) -> bool {
        let same = |((_, mine), now): (&(Topic, Bytes), &Stamp)| matches!(now, Stamp::Current(now) if now == mine);
        now.epoch == self.epoch
            && now.values.len() == self.stamps.len()
            && self.stamps.iter().zip(&now.values).all(same)
    }
}

/// 128 random bits, in letters.
pub(super) fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(epoch: &'static str, values: &[&'static str]) -> Stamps {
        let value = |value: &&'static str| if *value == "!" { Stamp::Held } else { Stamp::Current((*value).into()) };
        Stamps { epoch: epoch.into(), values: values.iter().map(value).collect() }
    }

    #[test]
    fn it_stands_only_on_the_same_stamps_under_the_same_epoch() {
        let basis = Basis {
            epoch: "e1".into(),
            stamps: vec![(Topic::Agenda(7), "s1".into()), (Topic::Inbox(5), "s2".into())],
            until: None,
        };
        assert!(basis.is(&stamps("e1", &["s1", "s2"])));
        for other in [
            stamps("e2", &["s1", "s2"]),
            stamps("e1", &["s1", "s3"]),
            stamps("e1", &["s1", "!"]),
            stamps("e1", &["s1"]),
            stamps("e1", &["s1", "s2", "s3"]),
        ] {
            assert!(!basis.is(&other), "{other:?}");
        }
    }
}
