//! Reads of one thread put together: whoever asks while nobody is being answered is asked for at once, whoever asks
//! meanwhile is asked for together, in the next command.
//!
//! A worker that has many requests at hand would send Redis one small command for each, and pay for each on both
//! sides. Here the calls of one thread gather in a batch, and a task of its own sends one batch after the other. The task is
//! first run when the tasks that are ready have had their turn, so no timer holds anybody up; and since it belongs
//! to no caller, one that goes away (its client hung up) takes nothing from the others.
//!
//! - **A value is never older than the moment its caller asked**: a call joins only a batch that has not been sent yet,
//!   so the command leaves after everyone in it has asked. Nothing is handed on from an earlier answer.
//! - All values of a batch, and its epoch, are of one moment. A key that several ask for is sent once.
//! - An error is everyone's in the batch, and counts for the breaker as often as there are callers, as if each had asked
//!   alone: an outage is noticed as soon.
//! - Nobody waits longer than the patience: what the batch before has used up is taken off.
//! - While the breaker is open, calls do not gather: only the one that is the probe of this second waits for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::{Error, Redis, Trusted};

/// A batch of as many keys is sent without waiting for the one before, so that no command keeps the server long.
const MOST_KEYS: usize = 512;

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The queues of this thread by the id of their [`Batches`]: seldom more than one.
    static QUEUES: RefCell<Vec<(u64, Arc<Queue>)>> = const { RefCell::new(Vec::new()) };
}

/// What a batch was answered; its values are in the order of its keys.
type Answer = Arc<Result<Trusted, Error>>;

/// See the module documentation. One for each [`Redis`].
#[derive(Debug)]
pub(super) struct Batches(u64);

impl Batches {
    pub(super) fn new() -> Self {
        Self(NEXT_ID.fetch_add(1, Relaxed))
    }

    /// As [`Redis::read_trusted`].
    pub(super) async fn read(&self, redis: &Redis, keys: &[&str]) -> Result<Trusted, Error> {
        if redis.breaker().is_open() {
            let mut alone = Batch::new();
            let slots = alone.add(keys);
            return alone.read(redis).await.map(|trusted| trusted.pick(&slots));
        }
        let (slots, receiver) = self.queue().join(redis, keys);
        match receiver.await {
            Ok(answer) => answer.as_ref().as_ref().map(|trusted| trusted.pick(&slots)).map_err(Clone::clone),
            Err(_gone) => Err(Error::Disconnected("the worker is stopping".to_owned())),
        }
    }

    /// This thread's.
    fn queue(&self) -> Arc<Queue> {
        QUEUES.with_borrow_mut(|queues| {
            if let Some((_, queue)) = queues.iter().find(|(id, _)| *id == self.0) {
                return queue.clone();
            }
            // Nobody holds the queues of those that are gone; one that is merely idle is made again.
            queues.retain(|(_, queue)| Arc::strong_count(queue) > 1);
            let queue = Arc::new(Queue::default());
            queues.push((self.0, queue.clone()));
            queue
        })
    }
}

/// The calls of one thread that have not been sent. The task that sends them may run on another.
#[derive(Debug, Default)]
struct Queue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    batch: Option<Batch>,
    /// Whether a task is at work that takes what gathers.
    is_served: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a call to the batch that gathers. Where its keys will be, and who will tell.
    fn join(self: Arc<Self>, redis: &Redis, keys: &[&str]) -> (Vec<usize>, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        let batch = waiting.batch.get_or_insert_with(Batch::new);
        let slots = batch.add(keys);
        batch.callers.push(sender);
        let full = (batch.slots.len() >= MOST_KEYS).then(|| waiting.batch.take()).flatten();
        let is_first = full.is_none() && !std::mem::replace(&mut waiting.is_served, true);
        drop(waiting);
        if let Some(batch) = full {
            let redis = redis.clone();
            tokio::spawn(async move { batch.send(&redis).await });
        } else if is_first {
            let (redis, service) = (redis.clone(), Service { queue: self, is_over: false });
            tokio::spawn(async move { service.run(&redis).await });
        }
        (slots, receiver)
    }
}

/// The task that serves a queue. Should its runtime end before it is over, those who wait are told, and the next call on
/// that thread starts another.
struct Service {
    queue: Arc<Queue>,
    is_over: bool,
}

impl Service {
    async fn run(mut self, redis: &Redis) {
        while let Some(batch) = self.next() {
            batch.send(redis).await;
        }
    }

    fn next(&mut self) -> Option<Batch> {
        let mut waiting = self.queue.lock();
        let batch = waiting.batch.take();
        waiting.is_served = batch.is_some();
        self.is_over = batch.is_none();
        batch
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if !self.is_over {
            *self.queue.lock() = Waiting::default();
        }
    }
}

/// Keys to ask for in one command, and who wants to know.
#[derive(Debug)]
struct Batch {
    /// Where each key is to stand.
    slots: HashMap<Vec<u8>, usize>,
    callers: Vec<oneshot::Sender<Answer>>,
    /// When its first call was made.
    begun: Instant,
}

impl Batch {
    fn new() -> Self {
        Self { slots: HashMap::new(), callers: Vec::new(), begun: Instant::now() }
    }

    fn add(&mut self, keys: &[&str]) -> Vec<usize> {
        let place = |key: &&str| match self.slots.get(key.as_bytes()) {
            Some(slot) => *slot,
            None => {
                let slot = self.slots.len();
                self.slots.insert(key.as_bytes().to_vec(), slot);
                slot
            }
        };
        keys.iter().map(place).collect()
    }

    async fn read(&mut self, redis: &Redis) -> Result<Trusted, Error> {
        let mut keys = vec![Vec::new(); self.slots.len()];
        for (key, slot) in self.slots.drain() {
            if let Some(place) = keys.get_mut(slot) {
                *place = key;
            }
        }
        redis.0.epoch.read(redis, &keys, self.begun + redis.0.patience).await
    }

    async fn send(mut self, redis: &Redis) {
        let answer = self.read(redis).await;
        if let Err(error) = &answer
            && error.is_outage()
        {
            self.callers.iter().skip(1).for_each(|_| redis.breaker().failed(error));
        }
        let answer = Arc::new(answer);
        for caller in self.callers {
            // One that went away does not mind.
            drop(caller.send(answer.clone()));
        }
    }
}
