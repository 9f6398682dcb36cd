-- What became of one attempt, or of events that are none of its topics. Fenced: the cursor moves only for who holds the
-- webhook, from where it was read, and not when the webhook changed meanwhile: then the event is sent again.
-- KEYS[1] the site's root
-- ARGV    now, webhook, holder, version, cursor as read, outcome, cursor after, held until ('0': let go), next try at,
--         what went wrong, reason of the end, record of the attempt ('' none), how many records are kept, until when
--         Outcome: passed | failed | off
-- Reply   settled | moved
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local key = root .. ':webhook:' .. ARGV[2]
local webhook = redis.call('HMGET', key, 'holder', 'version', 'cursor')
if webhook[2] and ARGV[12] ~= '' then
  local log = key .. ':deliveries'
  redis.call('LPUSH', log, ARGV[12])
  redis.call('LTRIM', log, 0, tonumber(ARGV[13]) - 1)
  keep(now, log, ARGV[14])
end
if webhook[1] ~= ARGV[3] or webhook[2] ~= ARGV[4] or webhook[3] ~= ARGV[5] then return { 'moved' } end
if ARGV[6] == 'passed' then
  redis.call('HSET', key, 'cursor', ARGV[7])
  if ARGV[12] ~= '' then redis.call('HDEL', key, 'failingSince', 'attempts', 'nextAt', 'fault') end
else
  redis.call('HINCRBY', key, 'attempts', 1)
  redis.call('HSETNX', key, 'failingSince', int(now))
  redis.call('HSET', key, 'nextAt', ARGV[9], 'fault', ARGV[10])
  if ARGV[6] == 'off' then
    redis.call('HSET', key, 'on', '0', 'offAt', int(now), 'offReason', ARGV[11])
    redis.call('HDEL', key, 'nextAt')
    record(root, now, 'webhook.disabled', 'webhook', ARGV[2], 'reason', ARGV[11])
  end
end
if ARGV[8] == '0' then
  redis.call('HDEL', key, 'holder', 'heldUntil')
else
  redis.call('HSET', key, 'heldUntil', ARGV[8])
end
return { 'settled' }
