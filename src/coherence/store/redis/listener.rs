//! Hears what changes, keeps the lease, and says what was heard.
//!
//! One task a process, with two connections of its own: one that is subscribed, and one over which leases are renewed and answers
//! are given. Messages are applied in the order in which they come. Whatever goes wrong with either connection: both are given up,
//! nothing that was known is believed, and it begins anew.
//!
//! A lease is renewed every fifth of its time by publishing a nonce; not before the one before has come back, so that a process
//! that hears nothing any more is not waited for longer than one lease.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt as _, future::BoxFuture};
use tokio::time::{Instant, sleep_until};

use super::message::Message;
use super::scripts::Script;
use super::{Change, RedisStore, believed, unavailable};
use crate::coherence::boot_clock;
use crate::coherence::membership::Registration;
use crate::coherence::store::Unavailable;
use crate::redis::{Answers, Command, Error, Published, Reply, Subscription};

/// Parts of a lease between two renewals.
const RENEWALS: u32 = 5;
/// Between two tries to subscribe.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Whether the listener hears.
#[derive(Debug, Default)]
pub(super) struct ListenerState(AtomicBool);

impl ListenerState {
    pub(super) fn is_listening(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// One subscription's life.
struct Session<'a> {
    store: &'a RedisStore,
    succeeded: &'a dyn Fn(),
    answers: Answers,
    /// The nonce that has not come back, and when it was sent.
    outstanding: Option<(String, Duration)>,
    next_renewal: Instant,
    /// When something was last heard.
    received: Instant,
    /// What was sent and is not answered yet.
    sent: FuturesUnordered<BoxFuture<'static, Sent>>,
}

enum Sent {
    /// A renewal, sent under this epoch.
    Lease(Bytes, Registration, Result<Reply, Error>),
    Answer(Result<Reply, Error>),
}

impl RedisStore {
    /// Listens for ever: for a task of its own, one a process. Calls `succeeded` whenever it is registered with the server anew.
    pub async fn listen_forever(self, succeeded: impl Fn()) {
        // Whatever became of the task that listened before this one.
        self.forget();
        let mut pause = PAUSE;
        loop {
            let began = Instant::now();
            let ended = self.listen(&succeeded).await;
            self.forget();
            if let Err(error) = ended {
                log::debug!("the cache's listener begins anew: {error}");
            }
            pause = if began.elapsed() > LONGEST_PAUSE { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            tokio::time::sleep(pause).await;
        }
    }

    /// Nothing is heard: nothing that was known is believed.
    fn forget(&self) {
        self.0.state_of_listener.0.store(false, Relaxed);
        self.0.map.drop_all();
        let _ = self.0.changes.send(Change::Unknown);
    }

    async fn listen(&self, succeeded: &dyn Fn()) -> Result<(), Unavailable> {
        let channels = [self.0.channel.clone(), self.answers_to(self.process())];
        let mut subscription = self.0.redis.subscribe(&channels).await.map_err(unavailable)?;
        self.0.map.drop_all();
        let session = Session {
            store: self,
            succeeded,
            answers: subscription.answers(),
            outstanding: None,
            next_renewal: Instant::now(),
            received: Instant::now(),
            sent: FuturesUnordered::new(),
        };
        session.run(&mut subscription).await
    }

    /// The channel on which a process hears who has heard it.
    pub(super) fn answers_to(&self, process: &str) -> String {
        self.0.redis.channel(&["heard:", process].concat())
    }
}

impl Session<'_> {
    async fn run(mut self, subscription: &mut Subscription) -> Result<(), Unavailable> {
        let lease = self.store.0.membership.lease();
        let silence = (lease * 2).max(Duration::from_secs(2));
        loop {
            tokio::select! {
                biased;
                received = subscription.next() => self.take(received)?,
                Some(sent) = self.sent.next() => self.answered(sent)?,
                () = sleep_until(self.next_renewal) => self.renew(lease).await?,
                () = sleep_until(self.received + silence) => return Err(Unavailable("nothing is heard".to_owned())),
            }
        }
    }

    fn take(&mut self, received: Option<Published>) -> Result<(), Unavailable> {
        self.received = Instant::now();
        match received {
            Some(published) if published.channel == self.store.0.channel => self.apply(&published.payload),
            Some(published) => {
                self.acknowledged(&published.payload);
                Ok(())
            }
            None => Err(Unavailable("the connection is gone".to_owned())),
        }
    }

    /// Sends the next nonce, if the one before has come back.
    async fn renew(&mut self, lease: Duration) -> Result<(), Unavailable> {
        self.next_renewal = Instant::now() + lease / RENEWALS;
        if let Some((_, sent)) = &self.outstanding {
            let is_lost = boot_clock::now().saturating_sub(*sent) > lease;
            return if is_lost { Err(Unavailable("a nonce has not come back".to_owned())) } else { Ok(()) };
        }
        let store = self.store;
        let epoch = store.0.redis.trusted_epoch(false).await.map_err(unavailable)?;
        store.learn_clock(&epoch).await?;
        let registration = store.0.membership.register(&epoch);
        // Who answers nothing from memory is not waited for, and so has no lease.
        let believes = !store.0.lease.is_zero();
        if !believes || registration.is_none() {
            self.call_out();
        }
        let Some(registration) = registration else { return Ok(()) };
        let nonce = if believes { format!("{:016x}", rand::random::<u64>()) } else { String::new() };
        let arguments = store.lease_arguments(&registration, &nonce);
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        let keys = [store.0.leases.as_str(), store.0.registry.as_str()];
        let command = store.command(Script::Lease, &keys, (&arguments, &epoch));
        self.outstanding = believes.then_some((nonce, registration.sent));
        let mut answers = self.answers.clone();
        self.sent.push(Box::pin(async move { Sent::Lease(epoch, registration, answers.run(&command).await) }));
        Ok(())
    }

    /// Says something to itself: where no nonce is sent, what comes back shows that the subscription lives.
    fn call_out(&mut self) {
        self.publish(self.store.answers_to(self.store.process()), String::new());
    }

    fn publish(&mut self, channel: String, text: String) {
        let command = Command::new("PUBLISH").arg(channel).arg(text);
        let mut answers = self.answers.clone();
        self.sent.push(Box::pin(async move { Sent::Answer(answers.run(&command).await) }));
    }

    fn answered(&mut self, sent: Sent) -> Result<(), Unavailable> {
        let failed = |error: Error| {
            self.store.0.redis.heed(&error);
            unavailable(error)
        };
        match sent {
            Sent::Answer(answer) => answer.map(drop).map_err(failed),
            Sent::Lease(epoch, registration, answer) => {
                match answer.and_then(Reply::into_array).map_err(failed)?.as_slice() {
                    [Reply::Int(0), rest @ ..] => {
                        self.store.registered(&epoch, &registration, rest);
                        self.store.0.state_of_listener.0.store(true, Relaxed);
                        (self.succeeded)();
                    }
                    // Another epoch stands there, or has to be set: what is known here is of no use any more.
                    _ => return Err(Unavailable("redis is not the server that was believed".to_owned())),
                }
                Ok(())
            }
        }
    }

    fn apply(&mut self, payload: &[u8]) -> Result<(), Unavailable> {
        let store = self.store;
        match Message::parse(payload) {
            None => return Err(Unavailable("a message that is none".to_owned())),
            Some(Message::Left { process }) => store.0.membership.left(&process),
            Some(Message::Nonce { epoch, sequence, process, nonce, is_one_missing }) => {
                if process == store.process() {
                    self.apply_nonce((&epoch, sequence), (&nonce, is_one_missing))?;
                }
            }
            Some(Message::Update { epoch, sequence, process, needs_acknowledgement, topics }) => {
                if !store.0.map.apply_next(&epoch, sequence, &topics) {
                    return Err(Unavailable("a message is missing".to_owned()));
                }
                store.publish_changes(&topics);
                if needs_acknowledgement && process != store.process() {
                    self.answer(&process, (&epoch, sequence));
                }
            }
        }
        Ok(())
    }

    fn apply_nonce(
        &mut self,
        (epoch, sequence): (&Bytes, u64),
        (nonce, is_one_missing): (&str, bool),
    ) -> Result<(), Unavailable> {
        let Some((_, sent)) = self.outstanding.take_if(|(mine, _)| mine == nonce) else { return Ok(()) };
        // Counted from the moment of sending: the server's began later, so it ends later.
        let end = sent + believed(self.store.0.lease);
        let needs_outbox = is_one_missing || !self.store.0.membership.covers(sent, end);
        if self.store.0.map.renew_lease(epoch, sequence, (end, needs_outbox)) {
            Ok(())
        } else {
            Err(Unavailable("a message is missing".to_owned()))
        }
    }

    /// Says to the writer that this process has applied its message.
    fn answer(&mut self, process: &str, (epoch, sequence): (&Bytes, u64)) {
        let text = format!("{} {} {sequence}", self.store.process(), String::from_utf8_lossy(epoch));
        self.publish(self.store.answers_to(process), text);
    }

    /// Another process has heard this one.
    fn acknowledged(&self, payload: &[u8]) {
        let Ok(text) = std::str::from_utf8(payload) else { return };
        if let [process, epoch, sequence] = text.split(' ').collect::<Vec<_>>()[..]
            && let Ok(sequence) = sequence.parse()
        {
            self.store.0.acknowledgements.acknowledge(process, epoch.as_bytes(), sequence);
        }
    }
}
