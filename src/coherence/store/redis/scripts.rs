//! What is said to Redis, each as one script: nothing is seen half done, and each works only on the server, with the dataset,
//! that the process believes to speak to.
//!
//! A script that sets a stamp makes it of a random number **and the moment it runs**. A connection that breaks may leave a
//! command with the server that is carried out later, after the same was said again: it must not bring a stamp back.
//!
//! Publishing within the script that writes makes the order of the messages the order of the sequence, and a message exist
//! exactly when what it tells of does.

use crate::redis::SERVER;

/// The last of `KEYS` is the epoch, the one before it the sequence; the last of `ARGV` is the epoch that is believed. A server
/// that has another, or on which that one was not set, answers `{1}`, and nothing is done: it was restarted, or it is another
/// one, and does not know which leases there are. A new epoch has to be set first, which begins with a grace.
const GUARD: &str = "\
local believed = table.remove(ARGV) \
if redis.call('GET', table.remove(KEYS)) ~= believed then return {1} end \
if string.match(believed, '^%x+%.(%x+)%.%d+$') ~= server then return {1} end \
local time = redis.call('TIME') \
local now = time[1] * 1000 + math.floor(time[2] / 1000) \
local function int(number) return string.format('%d', number) end \
local sequence_key = table.remove(KEYS) \
local function sequence() \
if redis.call('EXISTS', sequence_key) == 0 then redis.call('SET', sequence_key, int(time[1] * 1000000 + time[2])) end \
return int(redis.call('INCRBY', sequence_key, 0)) end \
local function next_sequence() sequence() return int(redis.call('INCR', sequence_key)) end \
local function leases_known_since(leases) \
local mark = redis.call('HGET', leases, '#') \
local since = mark and string.sub(mark, 1, #believed + 1) == believed .. ' ' and tonumber(string.sub(mark, #believed + 2)) \
if not since then since = now redis.call('HSET', leases, '#', believed .. ' ' .. int(now)) end \
return since end ";

/// For those who write: the last of the remaining `KEYS` is the leases. `ARGV` = channel, process, milliseconds of a lease,
/// how many letters a key has before the topic's name, and what the script itself wants. Leases that were lost (evicted) are known by the
/// mark beside them, which is younger then: every writer waits for as long as any that were noted before it may go on.
const WRITER: &str = "\
local leases = table.remove(KEYS) \
local channel, process, lease, skip = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]) \
local function name(key) return string.sub(key, skip + 1) end \
local function live() \
local all, found = redis.call('HGETALL', leases), {} \
for i = 1, #all, 2 do if all[i] ~= '#' then local left = tonumber(all[i + 1]) - now \
if left <= 0 then redis.call('HDEL', leases, all[i]) \
elseif all[i] ~= process then found[#found + 1] = all[i] found[#found + 1] = left end end end \
return found end \
local grace = math.max(0, tonumber(string.match(believed, '%.(%d+)$')) + lease - now) \
grace = math.max(grace, leases_known_since(leases) + lease - now) \
local function stamp(random) return string.sub(redis.sha1hex(random .. time[1] .. '.' .. time[2]), 1, 32) end \
local function others(value, me) \
if not value or string.sub(value, 1, 1) ~= '!' then return '', 0, false end \
local kept, last, mine = '', 0, false \
for holder, untl in string.gmatch(string.sub(value, 2), '([^,;]+),(%d+)') do \
if holder == me then mine = true \
elseif tonumber(untl) > now then \
kept = kept .. (kept == '' and '' or ';') .. holder .. ',' .. untl \
if tonumber(untl) > last then last = tonumber(untl) end end end \
return kept, last, mine end ";

/// … holder, milliseconds. Adds the holder to each of `KEYS`, and publishes
/// `h {epoch} {sequence} {process} {milliseconds} {topic} …`. Answers `{0, message, 1, grace, {process, milliseconds left, …}}`.
const HOLD: &str = "\
local untl, told = now + tonumber(ARGV[6]), '' \
for _, key in ipairs(KEYS) do \
local kept, last = others(redis.call('GET', key), ARGV[5]) \
if kept ~= '' then kept = kept .. ';' end \
if last < untl then last = untl end \
redis.call('SET', key, '!' .. kept .. ARGV[5] .. ',' .. int(untl), 'PX', int(last - now)) \
told = told .. ' ' .. name(key) end \
local message = 'h ' .. believed .. ' ' .. next_sequence() .. ' ' .. process .. ' ' .. ARGV[6] .. told \
redis.call('PUBLISH', channel, message) \
return {0, message, 1, grace, live()}";

/// … holder, a random number, milliseconds a stamp stays, `1` if the hold may have been said twice. Takes the holder out. Whatever stands at a key that nobody else holds
/// is replaced: a hold of ours, and also what came into its place if it was evicted or flushed meanwhile. Publishes
/// `s {epoch} {sequence} {process} {1: to be acknowledged} {topic}={stamp} … {topic}=!{milliseconds} …`, the latter for what others hold.
/// Answers `{0, message, 1: the hold stood at every key and was said once, grace, {process, milliseconds left, …}}`.
const RENEW: &str = "\
local told, stood = '', ARGV[8] == '1' and 0 or 1 \
for _, key in ipairs(KEYS) do \
local kept, last, mine = others(redis.call('GET', key), ARGV[5]) \
if not mine then stood = 0 end \
if kept == '' then local new = stamp(ARGV[6]) redis.call('SET', key, new, 'PX', ARGV[7]) told = told .. ' ' .. name(key) .. '=' .. new \
else redis.call('SET', key, '!' .. kept, 'PX', int(last - now)) told = told .. ' ' .. name(key) .. '=!' .. int(last - now) end end \
local message = 's ' .. believed .. ' ' .. next_sequence() .. ' ' .. process .. ' ' .. (1 - stood) .. told \
redis.call('PUBLISH', channel, message) \
return {0, message, stood, grace, live()}";

/// `KEYS` = topics; `ARGV` = a random number, milliseconds. Sets those that are missing or hold no stamp, and answers the
/// sequence and what stands at each. Nobody need hear of it: whoever believes an older stamp has heard of every write since.
const ENSURE: &str = "\
local function stamp(random) return string.sub(redis.sha1hex(random .. time[1] .. '.' .. time[2]), 1, 32) end \
for _, key in ipairs(KEYS) do \
local value = redis.call('GET', key) \
if not value or (string.sub(value, 1, 1) ~= '!' and not (#value == 32 and string.match(value, '^%x+$'))) then \
redis.call('SET', key, stamp(ARGV[1]), 'PX', ARGV[2]) end end \
return {0, sequence(), redis.call('MGET', unpack(KEYS))}";

/// `KEYS` = leases, registry. `ARGV` = channel, process, milliseconds, nonce or nothing, the server's clock beyond which the registration does not
/// go, the mark of the registry into which this process has put all that it knows or nothing, and processes that have to be in it. A
/// registration that is carried out late has run out already; a lease goes on from now, which makes writers wait longer and nobody believe
/// more. A registry that was lost has another mark: until a process has put all names back under it, one counts as missing for it. Publishes
/// `n {epoch} {sequence} {process} {nonce} {1: a process is missing}`. Answers
/// `{0, the server's clock, the mark, {process, milliseconds left, …}}`.
const LEASE: &str = "\
local leases, registry = KEYS[1], KEYS[2] \
local mark = redis.call('HGET', registry, '#') \
if not mark or string.sub(mark, 1, #believed + 1) ~= believed .. '/' then \
mark = believed .. '/' .. int(time[1] * 1000000 + time[2]) redis.call('HSET', registry, '#', mark) end \
local missing = 0 \
if ARGV[6] ~= mark then missing = 1 end \
redis.call('HSET', registry, ARGV[2], int(math.min(now + tonumber(ARGV[3]), tonumber(ARGV[5])))) \
for i = 7, #ARGV do redis.call('HSETNX', registry, ARGV[i], '0') end \
local all, found = redis.call('HGETALL', registry), {} \
for i = 1, #all, 2 do if all[i] ~= '#' then \
local left = tonumber(all[i + 1]) - now \
if left <= 0 and all[i] ~= ARGV[2] then missing = 1 end \
found[#found + 1] = all[i] found[#found + 1] = left end end \
if ARGV[4] ~= '' then \
leases_known_since(leases) \
redis.call('HSET', leases, ARGV[2], int(now + tonumber(ARGV[3]))) \
redis.call('PUBLISH', ARGV[1], 'n ' .. believed .. ' ' .. sequence() .. ' ' .. ARGV[2] .. ' ' .. ARGV[4] .. ' ' .. missing) end \
return {0, now, mark, found}";

/// `KEYS` = leases, registry; `ARGV` = channel, who is to be taken out, `1` if it is who says so. Takes out a process whose every change has been
/// told. Another's registration or lease that is in force is left alone: it has come back. Answers `{0, 1: it was taken out}`.
const LEAVE: &str = "\
if ARGV[3] ~= '1' then for _, key in ipairs(KEYS) do \
if tonumber(redis.call('HGET', key, ARGV[2]) or '0') > now then return {0, 0} end end end \
redis.call('HDEL', KEYS[1], ARGV[2]) \
redis.call('HDEL', KEYS[2], ARGV[2]) \
redis.call('PUBLISH', ARGV[1], 'l ' .. ARGV[2]) \
return {0, 1}";

/// A script with the keys and arguments it wants before those of the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Hold,
    Renew,
    Ensure,
    Lease,
    Leave,
}

impl Script {
    /// As text each time it is said: it is short, and a server that has just been restarted knows none.
    pub(super) fn text(self) -> String {
        let (before, body) = match self {
            Self::Hold => (WRITER, HOLD),
            Self::Renew => (WRITER, RENEW),
            Self::Ensure => ("", ENSURE),
            Self::Lease => ("", LEASE),
            Self::Leave => ("", LEAVE),
        };
        [SERVER, GUARD, before, body].concat()
    }
}
