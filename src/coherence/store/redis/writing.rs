//! The writer's side: holds, new stamps, and the waiting before COMMIT; registrations.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::acknowledgements::Live;
use super::message::Message;
use super::scripts::Script;
use super::{Certainty, Change, RedisStore, Reply, STAMP_FOR, Unavailable, millis, random, unavailable};
use crate::coherence::membership::{Registered, Registration};
use crate::coherence::topic::Topic;
use crate::coherence::topic_map::TopicUpdate;
use crate::redis::Command;

/// What a writer's script answered.
struct ScriptAnswer {
    epoch: Bytes,
    sequence: u64,
    /// Whether the hold stood at every key when it was taken away.
    stood: bool,
    /// How long after a new epoch nobody may commit: leases of before it are not known to the server.
    grace: Duration,
    live: Vec<Live>,
}

impl RedisStore {
    /// See [`super::Store::hold`].
    pub(super) async fn hold_topics(
        &self,
        topics: &[Topic],
        holder: &str,
        time: Duration,
    ) -> Result<Certainty, Unavailable> {
        let time = millis(time).to_string();
        let failures = self.0.redis.breaker().failures();
        let answer = self.run_and_apply(Script::Hold, topics, &[holder.as_bytes(), time.as_bytes()]).await?;
        // Said again over another connection, it may be carried out twice.
        let is_certain = self.0.redis.breaker().failures() == failures;
        self.wait(answer).await;
        Ok(if is_certain { Certainty::Certain } else { Certainty::Doubtful })
    }

    /// See [`super::Store::renew`].
    pub(super) async fn renew_topics(
        &self,
        topics: &[Topic],
        holder: &str,
        certainty: Certainty,
    ) -> Result<(), Unavailable> {
        let (random, time) = (random(), millis(STAMP_FOR).to_string());
        let doubt = if certainty == Certainty::Doubtful { "1" } else { "" };
        let arguments = [holder.as_bytes(), random.as_bytes(), time.as_bytes(), doubt.as_bytes()];
        let answer = self.run_and_apply(Script::Renew, topics, &arguments).await?;
        // A hold that was gone may have been followed by a stamp, and a page under it that somebody believes: they have to
        // hear of the new one before the writer is answered.
        if !answer.stood {
            self.wait(answer).await;
        }
        Ok(())
    }

    async fn wait(&self, answer: ScriptAnswer) {
        let ScriptAnswer { epoch, sequence, grace, live, .. } = answer;
        let acknowledged = self.0.acknowledgements.wait(&epoch, sequence, live);
        // A sleep of no time lasts until the timer's next tick, a millisecond, and there is a grace only after a new epoch.
        if grace.is_zero() {
            return acknowledged.await;
        }
        tokio::join!(acknowledged, tokio::time::sleep(grace));
    }

    /// Runs it, and applies it to this process's own map at once.
    async fn run_and_apply(
        &self,
        script: Script,
        topics: &[Topic],
        rest: &[&[u8]],
    ) -> Result<ScriptAnswer, Unavailable> {
        let keys: Vec<String> = topics.iter().map(|topic| format!("{}{topic}", self.0.topics)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).chain([self.0.leases.as_str()]).collect();
        let (lease, skip) = (millis(self.0.lease).to_string(), self.0.topics.len().to_string());
        let common = [self.0.channel.as_bytes(), self.process().as_bytes(), lease.as_bytes(), skip.as_bytes()];
        let arguments: Vec<&[u8]> = common.into_iter().chain(rest.iter().copied()).collect();
        let (_, reply) = self.run(script, &keys, &arguments).await?;
        let (answer, updates) = parse(reply).ok_or_else(|| Unavailable("an answer that is none".to_owned()))?;
        self.0.map.apply_own(&answer.epoch, answer.sequence, &updates);
        // Whoever listens to this process alone hears of it here, whether the listener is subscribed or not.
        if !self.0.state_of_listener.is_listening() {
            self.publish_changes(&updates);
        }
        Ok(answer)
    }

    /// Tells other parts of this process which topics have new stamps.
    pub(super) fn publish_changes(&self, updates: &[(Topic, TopicUpdate)]) {
        for (topic, update) in updates {
            if matches!(update, TopicUpdate::Stamp(_)) {
                // Nobody may be listening.
                let _ = self.0.changes.send(Change::Of(*topic));
            }
        }
    }

    /// Registers this process, so that the others notice when it is missing, and learns whether one of them is.
    ///
    /// # Errors
    /// Redis cannot be reached, or this process commits without it just now.
    pub(super) async fn register(&self) -> Result<(), Unavailable> {
        let _alone = self.0.registering.lock().await;
        if self.0.membership.is_trusted() {
            return Ok(());
        }
        let epoch = self.0.redis.trusted_epoch(false).await.map_err(unavailable)?;
        self.learn_clock(&epoch).await?;
        let Some(registration) = self.0.membership.register(&epoch) else {
            return Ok(());
        };
        let arguments = self.lease_arguments(&registration, "");
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        let keys = [self.0.leases.as_str(), self.0.registry.as_str()];
        let (epoch, reply) = self.run(Script::Lease, &keys, &arguments).await?;
        self.registered(&epoch, &registration, &reply);
        Ok(())
    }

    /// A registration says until when it goes by the server's clock, and so that clock has to be known.
    pub(super) async fn learn_clock(&self, epoch: &Bytes) -> Result<(), Unavailable> {
        if self.0.membership.has_clock(epoch) {
            return Ok(());
        }
        let reply = self.0.redis.run_pooled(Command::new("TIME")).await.and_then(Reply::into_array);
        let mut parts = reply.map_err(unavailable)?.into_iter().map(|part| {
            let text = part.into_bytes().ok().flatten().unwrap_or_default();
            std::str::from_utf8(&text).ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default()
        });
        let (seconds, micros) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        self.0.membership.set_clock(epoch, seconds * 1000 + micros / 1000);
        Ok(())
    }

    /// What the script wants after its keys.
    pub(super) fn lease_arguments(&self, registration: &Registration, nonce: &str) -> Vec<Vec<u8>> {
        let lease = millis(self.0.membership.lease()).to_string();
        let deadline = registration.deadline.to_string();
        let mark = String::from_utf8_lossy(&registration.mark);
        let fixed = [self.0.channel.as_str(), self.process(), &lease, nonce, &deadline, &mark];
        let all = fixed.into_iter().chain(registration.members.iter().map(String::as_str));
        all.map(|text| text.as_bytes().to_vec()).collect()
    }

    /// Takes the answer: the server's clock, the mark of the registry, and who is registered for how long.
    pub(super) fn registered(&self, epoch: &Bytes, registration: &Registration, reply: &[Reply]) {
        let [Reply::Int(clock), Reply::Bytes(mark), Reply::Array(members)] = reply else { return };
        let clock = u64::try_from(*clock).unwrap_or_default();
        let answer = Registered { clock, mark: Bytes::copy_from_slice(mark), members: pairs(members) };
        self.0.membership.registered(epoch, registration, &answer);
    }

    /// Takes a process out of leases and registry: this one, which answers nothing from memory any more, or one that can write nothing any
    /// more, if it has not come back meanwhile.
    pub(super) async fn leave_registry(&self, process: &str) {
        let keys = [self.0.leases.as_str(), self.0.registry.as_str()];
        let own = if process == self.process() { "1" } else { "" };
        let arguments = [self.0.channel.as_bytes(), process.as_bytes(), own.as_bytes()];
        match self.run(Script::Leave, &keys, &arguments).await {
            Ok((_, reply)) if matches!(reply.first(), Some(Reply::Int(1))) => self.0.membership.left(process),
            Ok(_) => {}
            Err(error) => log::debug!("process {process} is not taken out of the registry: {error}"),
        }
    }
}

/// `message, stood, grace, {process, milliseconds left, …}`.
fn parse(reply: Vec<Reply>) -> Option<(ScriptAnswer, Vec<(Topic, TopicUpdate)>)> {
    let [Reply::Bytes(message), Reply::Int(stood), Reply::Int(grace), Reply::Array(live)] = reply.as_slice() else {
        return None;
    };
    let Message::Update { epoch, sequence, topics, .. } = Message::parse(message)? else { return None };
    let now = Instant::now();
    let time = |millis: i64| Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    let live = pairs(live).into_iter().map(|(process, left)| Live { process, until: now + time(left) }).collect();
    let answer = ScriptAnswer { epoch, sequence, stood: *stood == 1, grace: time(*grace), live };
    Some((answer, topics))
}

fn pairs(items: &[Reply]) -> Vec<(String, i64)> {
    let mut pairs = Vec::new();
    let mut items = items.iter();
    while let (Some(Reply::Bytes(name)), Some(Reply::Int(left))) = (items.next(), items.next()) {
        pairs.push((String::from_utf8_lossy(name).into_owned(), *left));
    }
    pairs
}
