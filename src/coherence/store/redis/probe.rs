//! Whether the user at the server may do what the store needs, tried with the real channels: for `telemedicine check`. Nothing is changed, and no
//! process takes notice.

use std::time::Duration;

use super::scripts::Script;
use super::{RedisStore, Reply};
use crate::redis::{Command, Error, Subscription};

/// A process of this name is nowhere: that it has left is nothing to anybody.
const NOBODY: &str = "check";
/// How long what is published may take to come back.
const PATIENCE: Duration = Duration::from_secs(2);

impl RedisStore {
    /// Asks for who the server is, subscribes to both kinds of channels, publishes on them, and runs a script.
    ///
    /// # Errors
    /// A sentence that names the command, the channel, and what an ACL has to say to allow it.
    pub async fn probe(&self) -> Result<(), String> {
        let info = self.0.redis.run_in_background(Command::new("INFO").arg("server")).await;
        info.map_err(|error| told("call INFO", "+info", &error))?;
        for channel in [self.0.channel.clone(), self.answers_to(NOBODY)] {
            let rule = ["&", self.0.redis.prefix(), ":*"].concat();
            let may = |what: &str| format!("{what} {channel}");
            let subscribed = self.0.redis.subscribe(std::slice::from_ref(&channel)).await;
            let listening =
                subscribed.map_err(|error| told(&may("SUBSCRIBE to"), &format!("+subscribe {rule}"), &error))?;
            let publish = Command::new("PUBLISH").arg(&channel).arg(["l ", NOBODY].concat());
            let published = self.0.redis.run_in_background(publish).await;
            published.map_err(|error| told(&may("PUBLISH to"), &format!("+publish {rule}"), &error))?;
            comes_back(listening, &channel).await?;
        }
        self.try_scripts().await
    }

    /// The script that takes a process out which is not there does what all the others do.
    async fn try_scripts(&self) -> Result<(), String> {
        let rule = format!("~{}:* +@all -@dangerous +info", self.0.redis.prefix());
        let failed = |error: &Error| told("run its scripts", &rule, error);
        let epoch = self.0.redis.trusted_epoch(true).await.map_err(|error| failed(&error))?;
        let keys = [self.0.leases.as_str(), self.0.registry.as_str()];
        let arguments = [self.0.channel.as_bytes(), NOBODY.as_bytes(), b"1"];
        let call = self.command(Script::Leave, &keys, (&arguments, &epoch));
        let answer = self.0.redis.run_in_background(call).await.and_then(Reply::into_array);
        answer.map(drop).map_err(|error| failed(&error))
    }
}

async fn comes_back(mut listening: Subscription, channel: &str) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, listening.next()).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) | Err(_) => Err(format!("what is published on {channel} does not come back to who is subscribed")),
    }
}

fn told(what: &str, rule: &str, error: &Error) -> String {
    if error.is_forbidden() {
        format!("its user may not {what} (an ACL has to say {rule}): {error}")
    } else {
        format!("cannot {what}: {error}")
    }
}
