//! The messages of the channel, as the scripts write them.

use std::time::Duration;

use bytes::Bytes;

use crate::coherence::topic::Topic;
use crate::coherence::topic_map::TopicUpdate;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A writer holds topics, or gives them new stamps.
    Update {
        epoch: Bytes,
        sequence: u64,
        /// Whose it is.
        process: String,
        /// Whether that process waits until this one says that it has heard.
        needs_acknowledgement: bool,
        topics: Vec<(Topic, TopicUpdate)>,
    },
    /// A process asks whether it still hears everything, and is told whether another is missing.
    Nonce { epoch: Bytes, sequence: u64, process: String, nonce: String, is_one_missing: bool },
    /// A process has left in order.
    Left { process: String },
}

impl Message {
    /// `None` for what is no message. A topic of a newer release that nobody here knows is everything there is.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(bytes).ok()?.split(' ');
        let kind = words.next()?;
        if kind == "l" {
            return Some(Self::Left { process: words.next()?.to_owned() });
        }
        let epoch = Bytes::copy_from_slice(words.next()?.as_bytes());
        let sequence = words.next()?.parse().ok()?;
        let process = words.next()?.to_owned();
        let word = words.next()?;
        match kind {
            "n" => {
                let is_one_missing = words.next()? != "0";
                Some(Self::Nonce { epoch, sequence, process, nonce: word.to_owned(), is_one_missing })
            }
            "h" => {
                let time = Duration::from_millis(word.parse().ok()?);
                let topics = words.map(|name| (topic(name), TopicUpdate::HeldFor(time))).collect();
                Some(Self::Update { epoch, sequence, process, needs_acknowledgement: true, topics })
            }
            "s" => {
                let topics = words.map(update).collect::<Option<Vec<_>>>()?;
                Some(Self::Update { epoch, sequence, process, needs_acknowledgement: word == "1", topics })
            }
            _ => None,
        }
    }
}

fn update(word: &str) -> Option<(Topic, TopicUpdate)> {
    let (name, value) = word.split_once('=')?;
    let update = match value.strip_prefix('!') {
        Some(time) => TopicUpdate::HeldFor(Duration::from_millis(time.parse().ok()?)),
        None => TopicUpdate::Stamp(Bytes::copy_from_slice(value.as_bytes())),
    };
    Some((topic(name), update))
}

fn topic(name: &str) -> Topic {
    Topic::parse(name).unwrap_or(Topic::Everything)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_stamps_nonces_and_leaving_are_understood() {
        let update = |needs_acknowledgement, topics| {
            Some(Message::Update {
                epoch: "e.1.2".into(),
                sequence: 7,
                process: "p".to_owned(),
                needs_acknowledgement,
                topics,
            })
        };
        let held = TopicUpdate::HeldFor(Duration::from_millis(60_000));
        assert_eq!(
            Message::parse(b"h e.1.2 7 p 60000 agenda:3 board:1"),
            update(true, vec![(Topic::Agenda(3), held.clone()), (Topic::Board(1), held)])
        );
        let stamp = TopicUpdate::Stamp("abc".into());
        let still = TopicUpdate::HeldFor(Duration::from_millis(50));
        assert_eq!(
            Message::parse(b"s e.1.2 7 p 0 agenda:3=abc board:1=!50"),
            update(false, vec![(Topic::Agenda(3), stamp), (Topic::Board(1), still)])
        );
        let (epoch, process, nonce) = ("e.1.2".into(), "p".to_owned(), "x".to_owned());
        let nonce = Message::Nonce { epoch, sequence: 7, process, nonce, is_one_missing: true };
        assert_eq!(Message::parse(b"n e.1.2 7 p x 1"), Some(nonce));
        assert_eq!(Message::parse(b"l p"), Some(Message::Left { process: "p".to_owned() }));
    }

    #[test]
    fn what_a_newer_release_names_is_everything() {
        let Some(Message::Update { topics, .. }) = Message::parse(b"h e 7 p 9 galaxy:3") else { panic!("a message") };
        assert_eq!(topics.first().map(|(topic, _)| *topic), Some(Topic::Everything));
    }

    #[test]
    fn what_is_no_message_is_none() {
        for bytes in [&b""[..], b"h", b"h e x p 9 agenda:3", b"s e 7 p 0 agenda:3", b"z e 7 p 0", b"\xff e 7 p 0"] {
            assert_eq!(Message::parse(bytes), None, "{bytes:?}");
        }
    }
}
