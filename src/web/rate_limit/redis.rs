//! The windows in Redis: a sorted set of tries per key, under `{prefix}:tries:{key}`.

use super::{Decision, Excess, Key};
use crate::redis::{Command, Error, Redis, Reply};

/// `ARGV`: now, the try's id, then for each key limit, window and `1` if it refuses. All times in ms. Answers `{-1, wait}`
/// without counting, or `{0 or 1 (slow), 0}` after counting. No set holds more than its limit.
const ATTEMPT: &str = "\
local now, slow = tonumber(ARGV[1]), 0 \
for i, key in ipairs(KEYS) do \
  local limit, window = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]) \
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window) \
  if redis.call('ZCARD', key) >= limit then \
    if ARGV[3 * i + 2] == '1' then \
      local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES') \
      return {-1, math.floor(oldest[2] + window - now)} \
    end \
    slow = 1 \
  end \
end \
for i, key in ipairs(KEYS) do \
  redis.call('ZADD', key, now, ARGV[2]) \
  redis.call('ZREMRANGEBYRANK', key, 0, -tonumber(ARGV[3 * i]) - 1) \
  redis.call('PEXPIRE', key, ARGV[3 * i + 1]) \
end \
return {slow, 0}";

const GIVE_BACK: &str = "for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end return 0";

pub(super) async fn attempt(redis: &Redis, keys: &[Key], id: &str, now: i64) -> Result<Decision, Error> {
    let mut command = eval(redis, ATTEMPT, keys).int(now).arg(id);
    for key in keys {
        let refuses = key.excess == Excess::Refuse;
        command = command.int(key.limit).int(key.window_millis()).int(i32::from(refuses));
    }
    let reply = redis.run_pooled(command).await?.into_array()?;
    let numbers = reply.into_iter().map(Reply::into_int).collect::<Result<Vec<_>, _>>()?;
    match numbers.as_slice() {
        [-1, wait] => Ok(Decision::Refused { wait: *wait }),
        [slow, _] => Ok(Decision::Admitted { slow: *slow == 1 }),
        _ => Err(Error::Unexpected("not two numbers")),
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
