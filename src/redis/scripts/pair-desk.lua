-- A tablet becomes a check-in desk by a code that was made for it. Wrong codes are bounded whoever types them, while there is
-- one to be guessed.
-- KEYS[1] the site's root
-- ARGV    now, code digest, desk, digest of its cookie, what the browser calls itself, tries at most, tries counted for ms
-- Reply   paired <name> | refused | throttled <ms>
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local most, window = tonumber(ARGV[6]), tonumber(ARGV[7])
local tries_key, open = root .. ':pairing-tries', root .. ':pairings'

redis.call('ZREMRANGEBYSCORE', open, '-inf', int(now))
local tries = redis.call('HMGET', tries_key, 'count', 'since')
local since = tonumber(tries[2] or '0')
local count = now - since < window and tonumber(tries[1] or '0') or 0
if count >= most then return { 'throttled', int(since + window - now) } end

local key = root .. ':pairing:' .. ARGV[2]
local code = redis.call('HMGET', key, 'name', 'by')
if not code[1] or not redis.call('ZSCORE', open, ARGV[2]) then
  if redis.call('ZCARD', open) > 0 then
    if count == 0 then redis.call('HSET', tries_key, 'since', int(now)) end
    redis.call('HSET', tries_key, 'count', int(count + 1))
    redis.call('PEXPIRE', tries_key, int(window))
  end
  return { 'refused' }
end
redis.call('DEL', key)
redis.call('ZREM', open, ARGV[2])
local desk = root .. ':desk:' .. ARGV[3]
redis.call('HSET', desk, 'name', code[1], 'digest', ARGV[4], 'agent', ARGV[5], 'pairedAt', int(now), 'seenAt', int(now))
redis.call('SADD', root .. ':desks', ARGV[3])
record(root, now, 'desk.paired', 'desk', ARGV[3], 'by', code[2])
return { 'paired', code[1] }
