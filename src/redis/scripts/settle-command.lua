-- What became of a claimed command. Fenced: when the decision changed meanwhile, the report is noted and the command
-- runs again at once.
-- KEYS[1] the site's root
-- ARGV    now, gateway, mac, version, until that was ordered, fault code, what becomes of it, next try at.
--         What becomes: done | retry | dead; left: the gateway or the client comes for it; late: the gateway cannot be told, and
--         does by itself at the next try what is decided now
-- Reply   settled | again | retry | dead | gone | left
-- @include confirm

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway, mac = ARGV[2], ARGV[3]
local key = root .. ':access:' .. gateway .. ':' .. mac
local queue = root .. ':queue:' .. gateway
redis.call('SREM', root .. ':claimed:' .. gateway, mac)
local access = redis.call('HMGET', key, 'version')
if not access[1] then
  if ARGV[5] ~= '0' and ARGV[7] ~= 'left' and redis.call('HEXISTS', root .. ':gateways', gateway) == 1 then
    -- A late report: the client was let in, or may have been, after it had been sent off for good.
    redis.call('HSET', key, 'until', '0', 'confirmedUntil', ARGV[5], 'confirmedVersion', ARGV[4])
    decide(root, now, gateway, mac, true)
    return { 'again' }
  end
  redis.call('ZREM', queue, mac)
  return { 'gone' }
end
local current = access[1] == ARGV[4]

if ARGV[7] == 'done' then return { confirm(root, now, gateway, mac, ARGV[4], ARGV[5]) } end

if not current then
  redis.call('ZADD', queue, int(now), mac)
  return { 'again' }
end
if ARGV[7] == 'left' then
  redis.call('HSET', key, 'error', ARGV[6])
  redis.call('ZREM', queue, mac)
  return { 'left' }
end
redis.call('HINCRBY', key, 'attempts', 1)
redis.call('HSET', key, 'error', ARGV[6], 'errorAt', int(now))
if ARGV[7] ~= 'retry' then
  redis.call('HSET', key, 'dead', '1')
  if ARGV[7] == 'late' then
    redis.call('ZADD', queue, ARGV[8], mac)
  else
    redis.call('ZREM', queue, mac)
  end
  redis.call('ZADD', root .. ':dead:' .. gateway, int(now), mac)
  local grants = redis.call('HGET', key, 'grants') or ''
  record(root, now, 'command.dead', 'gateway', gateway, 'error', ARGV[6], 'grants', grants)
  return { 'dead' }
end
redis.call('ZADD', queue, ARGV[8], mac)
return { 'retry' }
