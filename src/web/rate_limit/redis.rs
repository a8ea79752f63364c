//! The windows in Redis: a sorted set of tries per key, under `{prefix}:tries:{key}`.

use super::key::Excess;
use super::{AHEAD, Decision, Key};
use crate::redis::{Command, Error, Redis, Reply};

/// `ARGV`: now, the try's id, how far ahead another's clock may be, then for each key limit, window, how many are kept, and `1` if it
/// refuses. All times in ms. Answers `{-1, wait}` without counting, or `{0, before…}` after counting: how many there were before under each
/// key.
const ATTEMPT: &str = "\
local now, before = tonumber(ARGV[1]), {0} \
for i, key in ipairs(KEYS) do \
  local limit, window = tonumber(ARGV[4 * i]), tonumber(ARGV[4 * i + 1]) \
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window) \
  redis.call('ZREMRANGEBYSCORE', key, '(' .. (now + tonumber(ARGV[3])), '+inf') \
  local count = redis.call('ZCARD', key) \
  if count >= limit and ARGV[4 * i + 3] == '1' then \
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES') \
    return {-1, math.floor(oldest[2] + window - now)} \
  end \
  before[i + 1] = count \
end \
for i, key in ipairs(KEYS) do \
  redis.call('ZADD', key, now, ARGV[2]) \
  redis.call('ZREMRANGEBYRANK', key, 0, -tonumber(ARGV[4 * i + 2]) - 1) \
  redis.call('PEXPIRE', key, ARGV[4 * i + 1]) \
end \
return before";

const GIVE_BACK: &str = "for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end return 0";

pub(super) async fn attempt(redis: &Redis, keys: &[Key], id: &str, now: i64) -> Result<Decision, Error> {
    let mut command = eval(redis, ATTEMPT, keys).int(now).arg(id).int(AHEAD);
    for key in keys {
        let refuses = key.excess == Excess::Refuse;
        command = command.int(key.limit).int(key.window_millis()).int(key.kept()).int(i32::from(refuses));
    }
    let reply = redis.run_pooled(command).await?.into_array()?;
    let numbers = reply.into_iter().map(Reply::into_int).collect::<Result<Vec<_>, _>>()?;
    match numbers.as_slice() {
        [-1, wait] => Ok(Decision::Refused { wait: *wait }),
        [0, before @ ..] if before.len() == keys.len() => {
            Ok(Decision::Admitted(before.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect()))
        }
        _ => Err(Error::Unexpected("not a number for each window")),
    }
}

pub(super) async fn give_back(redis: &Redis, keys: &[Key], id: &str) -> Result<(), Error> {
    redis.run_pooled(eval(redis, GIVE_BACK, keys).arg(id)).await.map(drop)
}

pub(super) async fn forgive(redis: &Redis, keys: &[Key]) -> Result<(), Error> {
    let names = keys.iter().map(|key| redis.key("tries", &key.name));
    redis.run_pooled(Command::new("DEL").args(names)).await.map(drop)
}

fn eval(redis: &Redis, script: &str, keys: &[Key]) -> Command {
    let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let names = keys.iter().map(|key| redis.key("tries", &key.name));
    Command::new("EVAL").arg(script).int(count).args(names)
}
